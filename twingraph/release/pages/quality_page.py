"""quality.html and quality-wikidata.html: the report to read, in the languages of the dataset.

Beside them quality.json, and the commands for QuickStatements.

Long lists are cut after ROWS lines and say so; quality.json has a query for each that lists all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.model.records import (
    Agreement,
    Authority,
    Participation,
    Partnership,
    Person,
    Project,
    Signature,
    View,
)
from twingraph.quality.completeness import METRICS, PRECISIONS, Shares
from twingraph.quality.conflicts import REASONS, Conflict, Quoted
from twingraph.quality.doubles import Double
from twingraph.quality.history import QUALITY
from twingraph.quality.report import Quality
from twingraph.quality.sides import CONFIRMED_BY, OneSided
from twingraph.quality.stale import STALE_AFTER
from twingraph.quality.wikidata import FILE
from twingraph.release.pages.editions import QUALITY as QUALITY_PAGE
from twingraph.release.pages.editions import WIKIDATA, Edition, figures, write_page
from twingraph.web.languages import in_language
from twingraph.web.messages import N_, ngettext_noop

ROWS: Final = 100
"""How many lines of a list the page shows."""

TITLES: Final = {metric.name: metric.title for metric in METRICS}
_OF_COUNTRY: Final = (
    "authority-wikidata",
    "partnership-date",
    "partnership-evidence",
    "agreement-day",
    "agreement-signatory",
)
_OF_SOURCE: Final = ("partnership-date", "agreement-day", "agreement-signatory")
_OVER_TIME: Final = ("authority-wikidata", "partnership-date", "partnership-evidence")
PRECISION_NAMES: Final = {
    "day": N_("to the day"),
    "month": N_("to the month"),
    "year": N_("to the year"),
    "bounds": N_("only bounds"),
    "none": N_("not known"),
}
CONFIRMATION_NAMES: Final = {
    "all": N_("by pages of all partners"),
    "some": N_("by pages of some partners"),
    "none": N_("by others alone"),
}
_COMMANDS: Final = ngettext_noop("command", "commands")
_CONTRADICTIONS: Final = ngettext_noop("contradiction", "contradictions")
_ONE_SIDED: Final = ngettext_noop("one-sided partnership", "one-sided partnerships")


class Linked(NamedTuple):
    """A thing's name and address."""

    name: str
    address: str


class FigureRow(NamedTuple):
    """A row of figures: what it is of, and a cell for each column."""

    name: str
    address: str | None
    cells: Sequence[str]


def write_quality(folder: Path, quality: Quality) -> None:
    """Write quality.json, and quality.html in each language, into a folder."""
    text = json.dumps(quality.json(), ensure_ascii=False, indent=1)
    (folder / QUALITY).write_text(f"{text}\n", "utf-8")
    (folder / FILE).write_text(quality.wikidata.text(), "utf-8")
    about = quality.view.dataset
    write_page(folder, about, QUALITY_PAGE, lambda edition: _Shown(quality, edition).quality())
    write_page(folder, about, WIKIDATA, lambda edition: _Shown(quality, edition).wikidata())


class ThingNames:
    """What things are called in one language."""

    def __init__(self, view: View, language: str) -> None:
        self.view = view
        self.language = language

    def __call__(self, path: str, key: str) -> Linked:
        """The name of a thing, and its IRI."""
        known: Any = next((c for c in self.view.things if c.path == path), None)
        record = self.view.all(known).get(key) if known else None
        return Linked(self._name(record) or key, f"{self.view.dataset.base}{path}/{key}")

    def source(self, key: str) -> Linked:
        """A source's title, and its address, or else its IRI."""
        source = self.view.sources[key]
        iri = source.ref.iri(self.view.dataset.base)
        return Linked(in_language(source.titles, self.language) or key, source.url or iri)

    def _name(self, record: Any) -> str:
        match record:
            case Authority():
                return in_language(record.labels, self.language)
            case Partnership():
                return " – ".join(self(ids.MUNICIPALITY, key).name for key in record.partners)
            case Agreement():
                title = in_language(record.titles, self.language) or record.kind or ""
                between = self(ids.PARTNERSHIP, record.partnership).name
                return f"{between}: {title}" if title else between
            case Signature():
                return self(ids.AGREEMENT, record.agreement).name
            case Participation():
                return self(ids.PROJECT, record.project).name
            case Project():
                return in_language(record.titles, self.language)
            case Person():
                return record.name or ""
        return ""


class _Shown:
    """What the templates are given, in one language."""

    def __init__(self, quality: Quality, edition: Edition) -> None:
        self.of = quality
        self.edition = edition
        self.locale = edition.locale
        self.names = ThingNames(quality.view, edition.language)

    def wikidata(self) -> Mapping[str, Any]:
        """What Wikidata should know."""
        _, advice, sides = self.locale.gettext, self.of.wikidata, self.of.sides
        lists = (
            (_("Partnerships that Wikidata does not have"), advice.missing),
            (
                _("Partnerships that Wikidata has without a start, and that our sources date"),
                advice.datable,
            ),
            (_("Not proposed, for no source of ours has an address"), advice.unsourced),
            (_("Not compared, for an entry was not read"), advice.unread),
        )
        return {
            "title": _("What Wikidata should know"),
            "rows": ROWS,
            "figures": [
                *figures(self.locale, {_COMMANDS: len(advice.commands)}),
                *figures(self.locale, {_ONE_SIDED: len(sides.wikidata)}),
                (len(advice.doubled), _("linked on several levels")),
                (len(advice.undated), _("without a start")),
                *figures(self.locale, {_CONTRADICTIONS: len(advice.conflicts)}),
            ],
            "harvests": [(self.names.source(key), day) for key, day in advice.harvests],
            "commands": len(advice.commands),
            "lists": [
                (heading, [self.names(ids.PARTNERSHIP, key) for key in keys[:ROWS]], len(keys))
                for heading, keys in lists
            ],
            "one_sided": self._one_sided(sides.wikidata),
            "one_sided_in_all": len(sides.wikidata),
            "doubled": [
                (
                    self.names(ids.PARTNERSHIP, doubled.partnership),
                    [tuple(Linked(i, f"{ns.WD}{i}") for i in pair) for pair in doubled.links],
                )
                for doubled in advice.doubled[:ROWS]
            ],
            "doubled_in_all": len(advice.doubled),
            **self._conflicts("conflicts", advice.conflicts),
        }

    def quality(self) -> Mapping[str, Any]:
        """The figures of the report."""
        quality, _ = self.of, self.locale.gettext
        return {
            "title": _("Quality report"),
            "summary": _("What is known of the partnerships, and what is not yet."),
            "rows": ROWS,
            "wikidata_page": self.edition.name(WIKIDATA),
            "figures": self._figures(),
            "metrics": [
                (_(TITLES[name]), share, self.locale.percent(share.value))
                for name, share in quality.shares.items()
            ],
            "precision_columns": [_(PRECISION_NAMES[name]) for name in PRECISIONS],
            "precisions": self._precisions(),
            "country_columns": self._titles(_OF_COUNTRY),
            "countries": self._countries(),
            "source_columns": self._titles(_OF_SOURCE),
            "sources": self._sources(),
            **self._conflicts("conflicts", quality.contradictions),
            **self._conflicts("refined", [c for c in quality.conflicts if c.fits]),
            "confirmed": [
                (_(CONFIRMATION_NAMES[level]), quality.sides.confirmed_by[level])
                for level in CONFIRMED_BY
            ],
            "one_sided": self._one_sided(quality.sides.documents),
            "one_sided_in_all": len(quality.sides.documents),
            "one_sided_wikidata": self._one_sided(quality.sides.wikidata),
            "one_sided_wikidata_in_all": len(quality.sides.wikidata),
            "doubles": [self._double(double) for double in quality.doubles[:ROWS]],
            "doubles_in_all": len(quality.doubles),
            "as_of": quality.age.as_of,
            "stale_after": STALE_AFTER,
            "stale": [(self.names.source(s.source), s.retrieved) for s in quality.age.stale[:ROWS]],
            "stale_in_all": len(quality.age.stale),
            "undated": [self.names.source(key) for key in quality.age.undated[:ROWS]],
            "warnings": [
                (group.first.rule, len(group.results), group.first.message)
                for group in quality.warnings
            ],
            "history_columns": [
                *(_("Version"), _("Date"), _("Partnerships"), _("Towns"), _("Sources")),
                *(*self._titles(_OVER_TIME), _("Contradictions"), _("Warnings")),
            ],
            "history": self._history(),
        }

    def _titles(self, metrics: Iterable[str]) -> list[str]:
        return [self.locale.gettext(TITLES[name]) for name in metrics]

    def _figures(self) -> list[tuple[int, str]]:
        counts = self.of.counts
        return figures(
            self.locale,
            {
                ngettext_noop("partnership", "partnerships"): counts[ids.PARTNERSHIP],
                ngettext_noop("town or other body", "towns and other bodies"): counts[
                    ids.MUNICIPALITY
                ],
                ngettext_noop("document", "documents"): counts[ids.AGREEMENT],
                ngettext_noop("source", "sources"): counts[ids.SOURCE],
                _CONTRADICTIONS: len(self.of.contradictions),
                ngettext_noop("warning", "warnings"): self.of.summary["warnings"],
            },
        )

    def _precisions(self) -> list[FigureRow]:
        _, number = self.locale.gettext, self.locale.number
        names = {"since": _("start of the partnership"), "signed_on": _("signing of the document")}
        return [
            FigureRow(names[what], None, [number(n) for n in of.values()])
            for what, of in self.of.precisions.items()
        ]

    def _cells(self, shares: Shares, names: Iterable[str]) -> list[str]:
        return [self._cell(shares, name) for name in names]

    def _cell(self, shares: Shares, name: str) -> str:
        share = shares.get(name)
        return (
            f"{self.locale.percent(share.value)}\u00a0({share.known}/{share.of})" if share else "–"
        )

    def _countries(self) -> list[FigureRow]:
        lines = [
            FigureRow(self.locale.country(code), None, self._cells(shares, _OF_COUNTRY))
            for code, shares in self.of.by_country.items()
        ]
        return sorted(lines, key=lambda line: self.locale.sort_key(line.name))

    def _sources(self) -> list[FigureRow]:
        return [
            FigureRow(*self.names.source(key), self._cells(shares, _OF_SOURCE))
            for key, shares in self.of.by_source.items()
            if any(name in shares for name in _OF_SOURCE)
        ]

    def _conflicts(self, name: str, found: Sequence[Conflict]) -> Mapping[str, Any]:
        shown = [self._conflict(conflict) for conflict in found[:ROWS]]
        return {name: shown, f"{name}_in_all": len(found)}

    def _conflict(self, conflict: Conflict) -> Mapping[str, Any]:
        return {
            "subject": self.names(conflict.path, conflict.key),
            "field": conflict.field,
            "shown": self._quoted(conflict.shown),
            "others": [self._quoted(other) for other in conflict.others],
            "why": self.locale.gettext(REASONS[conflict.reason]),
        }

    def _quoted(self, quoted: Quoted) -> tuple[str, Linked, int]:
        return _said(quoted.value), self.names.source(quoted.source), quoted.rank

    def _one_sided(self, found: Sequence[OneSided]) -> list[Mapping[str, Any]]:
        return [
            {
                "subject": self.names(ids.PARTNERSHIP, one.partnership),
                "stated_by": [self.names(ids.MUNICIPALITY, key) for key in one.stated_by],
                "silent": [self.names(ids.MUNICIPALITY, key) for key in one.silent],
            }
            for one in found[:ROWS]
        ]

    def _double(self, double: Double) -> tuple[list[Linked], str]:
        shared = len(double.partners)
        words = ngettext_noop("%(num)s partner in common", "%(num)s partners in common")
        return (
            [self.names(*ref) for ref in (double.one, double.other)],
            self.locale.count(*words, shared) if shared else "",
        )

    def _history(self) -> list[FigureRow]:
        lines = []
        for summary in (*self.of.earlier, self.of.summary):
            counts, shares = summary["counts"], summary["shares"]
            number, percent = self.locale.number, self.locale.percent
            cells = [self.locale.day(summary["modified"]) if summary["modified"] else "–"]
            cells += [
                number(counts.get(p, 0)) for p in (ids.PARTNERSHIP, ids.MUNICIPALITY, ids.SOURCE)
            ]
            cells += [percent(shares[n]) if n in shares else "–" for n in _OVER_TIME]
            cells += [str(summary.get(name, "–")) for name in ("conflicts", "warnings")]
            lines.append(FigureRow(summary["version"] or "–", None, cells))
        return lines


def _said(value: Any) -> str:
    """A value of the report in one line."""
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return f"{value['value']} ({value['language']})" if value["language"] else value["value"]
    return str(value)
