"""quality.html and quality-wikidata.html: the report to read, in the languages of the landing page.

Beside them quality.json, and the commands for QuickStatements.

Long lists are cut after ROWS lines and say so; quality.json has all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.model.records import (
    Agreement,
    Authority,
    Partnership,
    Person,
    Project,
    Signature,
    View,
)
from twingraph.quality.completeness import METRICS, PRECISIONS, Shares
from twingraph.quality.conflicts import REASONS, Conflict, Quoted
from twingraph.quality.history import QUALITY
from twingraph.quality.report import Quality
from twingraph.quality.sides import CONFIRMED_BY, OneSided
from twingraph.quality.stale import STALE_AFTER
from twingraph.quality.wikidata import FILE
from twingraph.release.pages.landing import Page, country_name, environment, in_words, pages
from twingraph.web.phrases import in_language

QUALITY_PAGE: Final = "quality"
WIKIDATA_PAGE: Final = "quality-wikidata"
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
    "day": "to the day",
    "month": "to the month",
    "year": "to the year",
    "bounds": "only bounds",
    "none": "not known",
}
CONFIRMATION_NAMES: Final = {
    "all": "by pages of all partners",
    "some": "by pages of some partners",
    "none": "by others alone",
}


class Linked(NamedTuple):
    """A thing's name and address."""

    name: str
    address: str


class Line(NamedTuple):
    """A row of figures: what it is of, and a cell for each column."""

    name: str
    address: str | None
    cells: Sequence[str]


def page_name(page: Page, stem: str) -> str:
    """The name of a page of the report in the language of a landing page."""
    return page.name.replace("index", stem, 1)


def write_quality(folder: Path, quality: Quality) -> None:
    """Write quality.json, and quality.html in each language, into a folder."""
    text = json.dumps(quality.json(), ensure_ascii=False, indent=1)
    (folder / QUALITY).write_text(f"{text}\n", "utf-8")
    (folder / FILE).write_text(quality.wikidata.text(), "utf-8")
    templates = environment()
    for page in pages(quality.view.dataset):
        shown = _Shown(quality, page)
        for stem, content in (
            (QUALITY_PAGE, shown.quality_page()),
            (WIKIDATA_PAGE, shown.wikidata()),
        ):
            text = templates.get_template(f"{stem}.html").render(**shown.frame(stem), **content)
            (folder / page_name(page, stem)).write_text(text, "utf-8")


class Names:
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
            case Project():
                return in_language(record.titles, self.language)
            case Person():
                return record.name or ""
        return ""


class _Shown:
    """What the template is given, in the language of one page."""

    def __init__(self, quality: Quality, page: Page) -> None:
        self.quality = quality
        self.page = page
        self.t = partial(in_words, page.language)
        self.names = Names(quality.view, page.language)

    def frame(self, stem: str) -> Mapping[str, Any]:
        """What stands around the figures of a page."""
        about = self.quality.view.dataset
        report = page_name(self.page, QUALITY_PAGE), self.t("Quality report")
        is_report = stem == QUALITY_PAGE
        return {
            "t": self.t,
            "language": self.page.language,
            "pages": [(p, page_name(p, stem)) for p in pages(about)],
            "landing": self.page.name,
            "above": [] if is_report else [report],
            "heading": report[1] if is_report else self.t("What Wikidata should know"),
            "about": about,
            "title": in_language(about.titles, self.page.language),
            "rows": ROWS,
        }

    def wikidata(self) -> Mapping[str, Any]:
        """What Wikidata should know."""
        advice, sides = self.quality.wikidata, self.quality.sides
        lists = {
            name: getattr(advice, name) for name in ("missing", "datable", "unsourced", "unread")
        }
        shown: dict[str, Any] = {}
        for name, keys in lists.items():
            shown[name] = [self.names(ids.PARTNERSHIP, key) for key in keys[:ROWS]]
            shown[f"{name}_in_all"] = len(keys)
        return {
            **shown,
            "figures": [
                (self.t("commands"), len(advice.commands)),
                (self.t("one-sided"), len(sides.wikidata)),
                (self.t("linked on several levels"), len(advice.doubled)),
                (self.t("without a start"), len(advice.undated)),
                (self.t("contradictions"), len(advice.conflicts)),
            ],
            "harvests": [(self.names.source(key), day) for key, day in advice.harvests],
            "commands": len(advice.commands),
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
            "conflicts": [self._conflict(c) for c in advice.conflicts[:ROWS]],
            "conflicts_in_all": len(advice.conflicts),
        }

    def quality_page(self) -> Mapping[str, Any]:
        """The figures of the report."""
        quality = self.quality
        conflicts = quality.contradictions
        refined = [c for c in quality.conflicts if c.fits]
        return {
            "wikidata_page": page_name(self.page, WIKIDATA_PAGE),
            "figures": self._figures(),
            "metrics": [
                (self.t(TITLES[name]), share, self.percent(share.value))
                for name, share in quality.shares.items()
            ],
            "precision_columns": [self.t(PRECISION_NAMES[name]) for name in PRECISIONS],
            "precisions": self._precisions(),
            "country_columns": [self.t(TITLES[name]) for name in _OF_COUNTRY],
            "countries": self._countries(),
            "source_columns": [self.t(TITLES[name]) for name in _OF_SOURCE],
            "sources": self._sources(),
            "conflicts": [self._conflict(c) for c in conflicts[:ROWS]],
            "conflicts_in_all": len(conflicts),
            "refined": [self._conflict(c) for c in refined[:ROWS]],
            "refined_in_all": len(refined),
            "confirmed": [
                (self.t(CONFIRMATION_NAMES[level]), quality.sides.confirmed_by[level])
                for level in CONFIRMED_BY
            ],
            "one_sided": self._one_sided(quality.sides.documents),
            "one_sided_in_all": len(quality.sides.documents),
            "one_sided_wikidata": self._one_sided(quality.sides.wikidata),
            "one_sided_wikidata_in_all": len(quality.sides.wikidata),
            "as_of": quality.age.as_of,
            "stale_after": STALE_AFTER,
            "stale": [(self.names.source(s.source), s) for s in quality.age.stale[:ROWS]],
            "stale_in_all": len(quality.age.stale),
            "undated": [self.names.source(key) for key in quality.age.undated[:ROWS]],
            "warnings": quality.warnings,
            "time_columns": [self.t(TITLES[name]) for name in _OVER_TIME],
            "history": self._history(),
        }

    def percent(self, value: float) -> str:
        """A share as people of the page's language write it."""
        text = f"{value * 100:.1f}".removesuffix(".0")
        return f"{text}%" if self.page.language == "en" else f"{text.replace('.', ',')} %"

    def _figures(self) -> list[tuple[str, int]]:
        counts, quality = self.quality.counts, self.quality
        return [
            (self.t("partnerships"), counts[ids.PARTNERSHIP]),
            (self.t("towns and other bodies"), counts[ids.MUNICIPALITY]),
            (self.t("agreements"), counts[ids.AGREEMENT]),
            (self.t("sources"), counts[ids.SOURCE]),
            (self.t("contradictions"), len(quality.contradictions)),
            (self.t("warnings"), quality.summary["warnings"]),
        ]

    def _precisions(self) -> list[Line]:
        names = {"since": "start of the partnership", "signed_on": "signing of the document"}
        return [
            Line(self.t(names[what]), None, [str(n) for n in of.values()])
            for what, of in self.quality.precisions.items()
        ]

    def _cells(self, shares: Shares, names: Iterable[str]) -> list[str]:
        return [self._cell(shares, name) for name in names]

    def _cell(self, shares: Shares, name: str) -> str:
        share = shares.get(name)
        return f"{self.percent(share.value)} ({share.known}/{share.of})" if share else "–"

    def _countries(self) -> list[Line]:
        return [
            Line(country_name(code, self.page.language), None, self._cells(shares, _OF_COUNTRY))
            for code, shares in self.quality.by_country.items()
        ]

    def _sources(self) -> list[Line]:
        return [
            Line(*self.names.source(key), self._cells(shares, _OF_SOURCE))
            for key, shares in self.quality.by_source.items()
            if any(name in shares for name in _OF_SOURCE)
        ]

    def _conflict(self, conflict: Conflict) -> Mapping[str, Any]:
        return {
            "subject": self.names(conflict.path, conflict.key),
            "field": conflict.field,
            "shown": self._quoted(conflict.shown),
            "others": [self._quoted(other) for other in conflict.others],
            "why": self.t(REASONS[conflict.reason]),
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

    def _history(self) -> list[Line]:
        lines = []
        for summary in (*self.quality.earlier, self.quality.summary):
            counts, shares = summary["counts"], summary["shares"]
            cells = [summary["modified"] or "–"]
            cells += [
                str(counts.get(p, 0)) for p in (ids.PARTNERSHIP, ids.MUNICIPALITY, ids.SOURCE)
            ]
            cells += [self.percent(shares[n]) if n in shares else "–" for n in _OVER_TIME]
            cells += [str(summary.get(name, "–")) for name in ("conflicts", "warnings")]
            lines.append(Line(summary["version"] or "–", None, cells))
        return lines


def _said(value: Any) -> str:
    """A value of the report in one line."""
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return f"{value['value']} ({value['language']})" if value["language"] else value["value"]
    return str(value)
