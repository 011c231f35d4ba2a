"""How much of what could be known is known: a share for each metric, also by country and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from twingraph import dates
from twingraph.dates import Date
from twingraph.model.lookup import Lookup, grouped
from twingraph.model.records import DID_NOT_SIGN, Agreement, Partnership, Signature, View
from twingraph.web.messages import N_


class Share(NamedTuple):
    """How many of how many."""

    known: int
    of: int

    @property
    def value(self) -> float:
        """As a fraction from 0 to 1; of nothing, all is known."""
        return round(self.known / self.of, 4) if self.of else 1.0


class Metric(NamedTuple):
    """One question asked of every thing of a kind.

    `name` begins with the kind of thing; `title` names the share in English; `definition` says
    what is counted. `dimension` is a name in W3C's Linked Data Quality Dimensions.
    """

    name: str
    title: str
    definition: str
    dimension: str
    holds: Callable[[Lookup, Any], bool]

    @property
    def things(self) -> str:
        """The collection of `Lookup` that it is asked of."""
        return _COLLECTIONS[self.name.partition("-")[0]]


_COLLECTIONS: Final = {
    "authority": "authorities",
    "partnership": "partnerships",
    "agreement": "agreements",
    "source": "sources",
}


def _dated(date: Date | None) -> bool:
    return date is not None and not date.is_without_year


def _has_date(lookup: Lookup, partnership: Partnership) -> bool:
    documents = lookup.documents[partnership.key]
    return _dated(partnership.since) or any(_dated(d.signed_on) for d in documents)


def _signed_by_all(lookup: Lookup, agreement: Agreement) -> bool:
    partnership = lookup.partnerships.get(agreement.partnership)
    signers = {s.on_behalf_of for s in _signers(lookup, agreement)}
    return partnership is not None and set(partnership.partners) <= signers


def _signers(lookup: Lookup, agreement: Agreement) -> list[Signature]:
    """The parts of people who are named and signed."""
    parts = lookup.signatures[agreement.key]
    return [s for s in parts if s.signatory is not None and s.basis not in DID_NOT_SIGN]


METRICS: Final[tuple[Metric, ...]] = (
    Metric(
        "authority-wikidata",
        N_("towns with a Wikidata entry"),
        "Of all towns and other bodies, those linked to the Wikidata entry of the same body.",
        "interlinking",
        lambda _, a: a.wikidata is not None,
    ),
    Metric(
        "authority-point",
        N_("towns on the map"),
        "Of all towns and other bodies, those with coordinates.",
        "completeness",
        lambda _, a: a.point is not None,
    ),
    Metric(
        "authority-code",
        N_("towns with an official code"),
        "Of all towns and other bodies, those with a national or LAU code.",
        "interlinking",
        lambda _, a: bool(a.national_code or a.lau),
    ),
    Metric(
        "partnership-date",
        N_("partnerships with a date"),
        "Of all partnerships, those whose start, or the signing of a document of theirs, has a "
        "date of any precision.",
        "completeness",
        _has_date,
    ),
    Metric(
        "partnership-status",
        N_("partnerships of known status"),
        "Of all partnerships, those of which a source says whether they are active, ended or "
        "other.",
        "completeness",
        lambda _, p: p.status not in (None, "unknown"),
    ),
    Metric(
        "partnership-document",
        N_("partnerships with a document"),
        "Of all partnerships, those of which at least one agreement, resolution or the like is "
        "known.",
        "completeness",
        lambda lookup, p: bool(lookup.documents[p.key]),
    ),
    Metric(
        "partnership-evidence",
        N_("partnerships with evidence"),
        "Of all partnerships, those for which, or for a document of which, words of a source are "
        "quoted.",
        "trustworthiness",
        lambda lookup, p: p.ref in lookup.quoted,
    ),
    Metric(
        "agreement-date",
        N_("documents with a date"),
        "Of all agreements and other documents, those with a date of any precision.",
        "completeness",
        lambda _, a: _dated(a.signed_on),
    ),
    Metric(
        "agreement-day",
        N_("documents dated to the day"),
        "Of all agreements and other documents, those whose date is known to the day.",
        "completeness",
        lambda _, a: precision(a.signed_on) == "day",
    ),
    Metric(
        "agreement-signatory",
        N_("documents with a signatory"),
        "Of all agreements and other documents, those of which somebody who signed is named.",
        "completeness",
        lambda lookup, a: bool(_signers(lookup, a)),
    ),
    Metric(
        "agreement-signatories",
        N_("documents with signatories of all sides"),
        "Of all agreements and other documents, those of which somebody who signed is named for "
        "each of the partners.",
        "completeness",
        _signed_by_all,
    ),
    Metric(
        "agreement-evidence",
        N_("documents with evidence"),
        "Of all agreements and other documents, those for which words of a source are quoted.",
        "trustworthiness",
        lambda lookup, a: a.ref in lookup.quoted,
    ),
    Metric(
        "source-address",
        N_("sources with an address"),
        "Of all sources, those with a web address.",
        "trustworthiness",
        lambda _, s: s.url is not None,
    ),
    Metric(
        "source-retrieved",
        N_("sources with a day of reading"),
        "Of all sources, those of which the day they were read is recorded.",
        "timeliness",
        lambda _, s: s.retrieved is not None,
    ),
    Metric(
        "source-rights",
        N_("sources with their rights"),
        "Of all sources, those whose rights are recorded.",
        "licensing",
        lambda _, s: s.rights is not None,
    ),
    Metric(
        "source-quoted",
        N_("sources that are quoted"),
        "Of all sources, those of which words are quoted as evidence.",
        "trustworthiness",
        lambda lookup, s: s.key in lookup.quoted_sources,
    ),
)

PRECISIONS: Final = ("day", "month", "year", "bounds", "none")
"""How precise a date is: to the day, month or year, mere bounds, or not known."""

_PRECISION: Final = {dates.DAY: "day", dates.YEAR_MONTH: "month", dates.YEAR: "year"}

Shares = Mapping[str, Share]
"""By the metric's name; only metrics of things there are."""

Things = Mapping[str, Mapping[str, Any]]
"""Things by their keys, of some kinds."""


def precision(date: Date | None) -> str:
    """One of PRECISIONS."""
    if not _dated(date):
        return "none"
    assert date is not None
    return _PRECISION[date.datatype] if date.datatype else "bounds"


def shares(lookup: Lookup, things: Things | None = None) -> Shares:
    """Every metric of what there is to know, or of some things; those of nothing are left out."""
    found: dict[str, Share] = {}
    for metric in METRICS:
        of_kind = getattr(lookup, metric.things) if things is None else things.get(metric.things)
        if of_kind:
            held = sum(metric.holds(lookup, thing) for thing in of_kind.values())
            found[metric.name] = Share(held, len(of_kind))
    return found


def precisions(lookup: Lookup) -> Mapping[str, Mapping[str, int]]:
    """How precise dates are: when partnerships began, when documents were signed."""
    return {
        "since": _counted(p.since for p in lookup.partnerships.values()),
        "signed_on": _counted(a.signed_on for a in lookup.agreements.values()),
    }


def _counted(dated: Iterable[Date | None]) -> Mapping[str, int]:
    counts = Counter(map(precision, dated))
    return {name: counts[name] for name in PRECISIONS}


def by_country(lookup: Lookup) -> Mapping[str, Shares]:
    """The shares of each country (its EU code), of all that concerns its bodies.

    A partnership, with its documents, is of the country of each of its partners.
    """
    bodies = grouped(lookup.authorities.values(), lambda a: (a.country,))
    links = grouped(
        lookup.partnerships.values(), lambda p: {t.country for t in lookup.towns_of(p.partners)}
    )
    return {
        country: shares(
            lookup,
            {
                "authorities": {a.key: a for a in bodies[country]},
                "partnerships": {p.key: p for p in links[country]},
                "agreements": {a.key: a for p in links[country] for a in lookup.documents[p.key]},
            },
        )
        for country in sorted(bodies)
    }


def by_source(view: View) -> Mapping[str, Shares]:
    """The shares of what each source states by itself."""
    lookups = {claims.source.key: Lookup.of_claims(claims) for claims in view.claims}
    kinds = ("authorities", "partnerships", "agreements")
    return {
        source: shares(lookup, {kind: getattr(lookup, kind) for kind in kinds})
        for source, lookup in lookups.items()
    }
