"""The quality report: all figures of a merged view, as a record and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from twingraph.model.lookup import Lookup
from twingraph.model.records import RECORD_CLASSES, View
from twingraph.quality import completeness
from twingraph.quality.completeness import METRICS, Shares
from twingraph.quality.conflicts import REASONS, Conflict, conflicts
from twingraph.quality.doubles import Double, doubles
from twingraph.quality.money import Sum, sums
from twingraph.quality.queries import QUERIES
from twingraph.quality.sides import ALL, OneSided, Sides, sides
from twingraph.quality.stale import STALE_AFTER, Age, age
from twingraph.quality.wikidata import Advice, advise
from twingraph.shacl.report import ResultGroup, ValidationReport
from twingraph.web.languages import ENGLISH, in_language

FORMAT: Final = 2
"""Counted up when quality.json changes its form."""

SHOWN: Final = 100
"""So many entries quality.json has of a list that grows with the world, and names a query that
lists all of them."""

_EXAMPLES: Final = 5

Summary = Mapping[str, Any]
"""A release's figures in short, as its quality.json has them under `summary`."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of a view's quality.

    `counts` are of things by their path, and of sources; `shares` the metrics of the whole,
    `by_country` and `by_source` of parts; `report` is that of the shapes; `wikidata` what
    Wikidata should know; `earlier` are the summaries of the releases before, oldest first; `sums`
    are projects whose money does not add up.
    """

    view: View
    report: ValidationReport
    counts: Mapping[str, int]
    shares: Shares
    precisions: Mapping[str, Mapping[str, int]]
    by_country: Mapping[str, Shares]
    by_source: Mapping[str, Shares]
    conflicts: tuple[Conflict, ...]
    sides: Sides
    doubles: tuple[Double, ...]
    age: Age
    wikidata: Advice
    sums: tuple[Sum, ...] = ()
    earlier: tuple[Summary, ...] = ()

    @property
    def warnings(self) -> tuple[ResultGroup, ...]:
        """The rules of the shapes that are not kept everywhere, and where they are not."""
        return self.report.groups()

    @property
    def contradictions(self) -> tuple[Conflict, ...]:
        """The conflicts that no rule but the sources' rank could settle."""
        return tuple(c for c in self.conflicts if not c.fits)

    @property
    def summary(self) -> Summary:
        """The figures that are compared over time."""
        about = self.view.dataset
        return {
            "version": about.version,
            "modified": about.modified,
            "counts": dict(self.counts),
            "shares": {name: share.value for name, share in self.shares.items()},
            "conflicts": len(self.contradictions),
            "confirmed_by_all": self.sides.confirmed_by[ALL],
            "one_sided": len(self.sides.documents) + len(self.sides.wikidata),
            "possibly_the_same": len(self.doubles),
            "stale_sources": len(self.age.stale),
            "warnings": len(self.report.results),
        }

    def json(self) -> dict[str, Any]:
        """The report as a JSON object; the order of everything in it is fixed."""
        about = self.view.dataset
        report: dict[str, Any] = {
            "format": FORMAT,
            "dataset": {
                "title": in_language(about.titles, ENGLISH),
                "base": about.base,
                "version": about.version,
                "modified": about.modified,
            },
            "summary": self.summary,
            "completeness": {
                "metrics": [self._metric(name) for name in self.shares],
                "date_precision": {name: dict(of) for name, of in self.precisions.items()},
                "by_country": {name: _shares(of) for name, of in self.by_country.items()},
                "by_source": {name: _shares(of) for name, of in self.by_source.items()},
            },
            "disagreements": [_conflict(c) for c in self.conflicts],
            "sides": {
                "confirmed_by": dict(self.sides.confirmed_by),
                "one_sided_documents": [_one_sided(o) for o in self.sides.documents],
                "one_sided_wikidata": [_one_sided(o) for o in self.sides.wikidata],
            },
            "possibly_the_same": [_possibly_the_same(double) for double in self.doubles],
            "sources": {
                "as_of": self.age.as_of,
                "stale_after_days": STALE_AFTER,
                "stale": [stale._asdict() for stale in self.age.stale],
                "undated": list(self.age.undated),
            },
            "wikidata": self.wikidata.json(),
            "money": {"sums_that_differ": [_sum(one) for one in self.sums]},
            "warnings": [_warning(group) for group in self.warnings],
            "history": [*self.earlier, self.summary],
        }
        report["left_out"] = _cut(report)
        return report

    def _metric(self, name: str) -> dict[str, Any]:
        metric = next(m for m in METRICS if m.name == name)
        share = self.shares[name]
        about = {"name": name, "title": metric.title, "definition": metric.definition}
        return {**about, **share._asdict(), "share": share.value}


def assess(view: View, report: ValidationReport, earlier: Sequence[Summary] = ()) -> Quality:
    """Work out the quality of a merged view that the shapes have been checked on."""
    lookup = Lookup.of_view(view)
    found = conflicts(view)
    counts = {record_class.path: len(view.all(record_class)) for record_class in RECORD_CLASSES}
    return Quality(
        view=view,
        report=report,
        counts={**counts, "source": len(view.sources)},
        shares=completeness.shares(lookup),
        precisions=completeness.precisions(lookup),
        by_country=completeness.by_country(lookup),
        by_source=completeness.by_source(view),
        conflicts=found,
        sides=sides(view),
        doubles=doubles(lookup),
        age=age(view),
        wikidata=advise(view, found),
        sums=sums(lookup),
        earlier=tuple(earlier),
    )


def _cut(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Cut the long lists, and say of each that was how much is left out, and what lists it all."""
    left_out = []
    for place, query in QUERIES.items():
        *outer, name = place.split(".")
        within = report[outer[0]] if outer else report
        whole = within[name]
        if len(whole) > SHOWN:
            within[name] = whole[:SHOWN]
            left_out.append(
                {"list": place, "count": len(whole), "left_out": len(whole) - SHOWN, "query": query}
            )
    return left_out


def _warning(group: ResultGroup) -> dict[str, Any]:
    first, shown = group.first, group.results[:_EXAMPLES]
    return {
        "rule": first.rule,
        "severity": first.severity,
        "message": first.message,
        "shape": first.shape,
        "results": len(group.results),
        "examples": [{"focus": r.focus, "label": r.label or None} for r in shown],
        "left_out": len(group.results) - len(shown),
        "query": group.query or None,
    }


def _shares(shares: Shares) -> dict[str, list[int]]:
    return {name: [share.known, share.of] for name, share in shares.items()}


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "subject": f"{conflict.path}/{conflict.key}",
        "field": conflict.field,
        "conflict": not conflict.fits,
        "shown": conflict.shown._asdict(),
        "others": [other._asdict() for other in conflict.others],
        "reason": conflict.reason,
        "why": REASONS[conflict.reason],
    }


def _possibly_the_same(double: Double) -> dict[str, Any]:
    things = [f"{ref.path}/{ref.key}" for ref in (double.one, double.other)]
    return {"things": things, "partners": len(double.partners)}


def _sum(one: Sum) -> dict[str, Any]:
    return {
        "project": one.project,
        "currency": one.currency,
        "total": f"{one.total:f}",
        "partners": f"{one.partners:f}",
        "zeros": one.zeros,
    }


def _one_sided(one: OneSided) -> dict[str, Any]:
    fields = one._asdict()
    return {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items()}
