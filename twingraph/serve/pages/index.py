"""What lists, search and pictures need of the whole graph, held in memory and read once a release.

It is read by plain queries, so that it works over any store. Things are named by their IRI without
the base: `municipality/pl-sieniawa`.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.serve.messages import Refused
from twingraph.serve.sparql_client import bindings
from twingraph.sparql.query_engine import QueryEngine
from twingraph.web.languages import best

PAGE: Final = 60_000
"""Rows asked for at once: below what one answer may hold."""

_POINT = re.compile(r"\s*(?:<[^>]*>)?\s*POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)\s*", re.I)
_TOGETHER = 3

Names = tuple[tuple[str, str], ...]
"""A thing's names: text and language tag."""


class Bounds(NamedTuple):
    """A date: the value as stated, where there is one, and the days it may mean."""

    value: str | None = None
    earliest: str | None = None
    latest: str | None = None

    @property
    def first(self) -> str | None:
        """What to sort by."""
        return self.earliest or self.latest

    @property
    def year(self) -> int | None:
        """The year, where it is certain."""
        if self.earliest and self.latest and self.earliest[:4] == self.latest[:4]:
            return int(self.earliest[:4])
        return None


@dataclass(slots=True)
class Town:
    """An authority: what is shown of it in lists and on maps."""

    key: str
    country: str | None = None
    level: str | None = None
    point: tuple[float, float] | None = None
    """Degrees east and north."""
    partnerships: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tie:
    """A partnership: what is shown of it in lists and on maps."""

    key: str
    partners: list[str] = field(default_factory=list)
    status: str | None = None
    since: Bounds = Bounds()
    projects: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Work:
    """A project in lists."""

    key: str
    programme: str | None = None
    partners: list[str] = field(default_factory=list)
    start: Bounds = Bounds()


@dataclass(slots=True)
class Read:
    """A source: what is said of it wherever it is named."""

    key: str
    page: str | None = None
    rank: int | None = None
    retrieved: str | None = None
    kind: str | None = None
    publisher: str | None = None


@dataclass
class Index:
    """All of a release that lists need. Every mapping is by key, in key order."""

    base: str
    names: dict[str, Names]
    other_names: dict[str, Names]
    towns: dict[str, Town]
    ties: dict[str, Tie]
    works: dict[str, Work]
    sources: dict[str, Read]
    graphs: dict[str, str]
    """The source of each named graph, both by their keys."""
    signatures: dict[str, int]
    """How many signatures each person gave."""

    def key(self, iri: str) -> str | None:
        """The key of a thing of ours, or None for one of others."""
        return iri[len(self.base) :] if iri.startswith(self.base) else None

    def of(self, path: str) -> Iterator[str]:
        """The keys of the things whose IRI has a path, in their order."""
        start = f"{path}/"
        return (key for key in self.names if key.startswith(start))

    def name(self, key: str, language: str) -> tuple[str, str]:
        """What a thing is called for a reader, and the language of that name.

        A thing without a name is called by the last part of its IRI: nothing is hidden for the
        lack of a label.
        """
        found = best(self.names.get(key, ()), language)
        if found is None and key in self.ties:
            names = [self.name(partner, language)[0] for partner in self.ties[key].partners]
            return " – ".join(names) or _last(key), ""
        return found or (_last(key), "")

    @cached_property
    def kinds(self) -> Mapping[str, int]:
        """How many named things there are of each path."""
        return Counter(key.partition("/")[0] for key in self.names)


def _last(key: str) -> str:
    return key.rpartition("/")[2] or key


async def build(runs: QueryEngine, base: str) -> Index:
    """Read the index. Raises Refused where the store does not answer, or not in full."""
    ask = _Asking(runs)
    tg = ns.TG
    wanted = {
        "prefLabel": f"?s <{ns.SKOS}prefLabel> ?o",
        "altLabel": f"?s <{ns.SKOS}altLabel> ?o",
        "title": f"?s <{ns.DCT}title> ?o",
        "name": f"?s <{ns.FOAF}name> ?o",
        "authority": f"?s a <{tg}LocalAuthority> BIND(1 AS ?o)",
        "country": f"?s <{tg}country> ?o",
        "level": f"?s <{tg}level> ?o",
        "point": f"?s <{ns.GEO}hasGeometry> ?g . ?g <{ns.GEO}asWKT> ?o",
        "partnership": f"?s a <{tg}Partnership> BIND(1 AS ?o)",
        "partner": f"?s <{tg}partner> ?o",
        "status": f"?s <{tg}status> ?o",
        "since": f"?s <{tg}since> ?o",
        "sinceEarliest": f"?s <{tg}sinceEarliest> ?o",
        "sinceLatest": f"?s <{tg}sinceLatest> ?o",
        "jointProject": f"?s <{tg}jointProject> ?o",
        "programme": f"?s <{tg}programme> ?o",
        "projectPartner": f"?s <{tg}projectPartner> ?o",
        "start": f"?s a <{tg}Project> ; <{tg}start> ?o",
        "startEarliest": f"?s a <{tg}Project> ; <{tg}startEarliest> ?o",
        "startLatest": f"?s a <{tg}Project> ; <{tg}startLatest> ?o",
        "page": f"?s a <{tg}Source> ; <{ns.FOAF}page> ?o",
        "rank": f"?s <{tg}rank> ?o",
        "retrieved": f"?s <{tg}retrieved> ?o",
        "sourceKind": f"?s <{tg}sourceKind> ?o",
        "publisher": f"?s a <{tg}Source> ; <{ns.DCT}publisher> ?o",
        "source": f"?s <{ns.PROV}wasDerivedFrom> ?o",
        "signatory": f"?o <{tg}signatory> ?s",
    }
    found = dict(zip(wanted, await asyncio.gather(*map(ask.pairs, wanted.values())), strict=True))
    # Not in the loop: meanwhile others are answered.
    return await asyncio.to_thread(_Assembly(base, found).index)


Value = tuple[str, str | None]
"""A value, and its language: "" for a literal without one, None for what is no literal."""

Pairs = list[tuple[str, Value]]


class _Asking:
    def __init__(self, runs: QueryEngine) -> None:
        self._runs = runs
        self._turns = asyncio.Semaphore(_TOGETHER)

    async def pairs(self, pattern: str) -> Pairs:
        """All ?s and ?o of a pattern, page by page."""
        async with self._turns:
            found: Pairs = []
            asked = 0
            while True:
                rows = await bindings(
                    self._runs,
                    f"SELECT ?s ?o WHERE {{ {pattern} }} LIMIT {PAGE} OFFSET {asked}",
                )
                found += await asyncio.to_thread(_pairs, rows)
                asked += len(rows)
                if len(rows) < PAGE:
                    break
            # Pages of an unordered result hold together only where the store walks the same way
            # each time; sorting 100,000 rows again for each page would be the other way.
            if asked > PAGE and len(set(found)) != len(found):
                raise Refused(502, "the store gives its rows in another order each time")
            return found


def _pairs(rows: list[dict[str, dict[str, str]]]) -> Pairs:
    return [(row["s"]["value"], _value(row["o"])) for row in rows if row["s"]["type"] == "uri"]


def _value(term: dict[str, str]) -> Value:
    literal = term["type"] not in ("uri", "bnode")
    return term["value"], term.get("xml:lang", "").lower() if literal else None


class _Assembly:
    """From pairs to an index."""

    def __init__(self, base: str, found: Mapping[str, Pairs]) -> None:
        self._base = base
        self._found = found

    def index(self) -> Index:
        towns = {key: Town(key) for key, _ in self._ours("authority")}
        ties = {key: Tie(key) for key, _ in self._ours("partnership")}
        self._fill_towns(towns)
        self._fill_ties(ties)
        for tie in ties.values():
            for partner in tie.partners:
                if partner in towns:
                    towns[partner].partnerships.append(tie.key)
        names = self._names("prefLabel", "title", "name")
        for key in (*towns, *ties):
            names.setdefault(key, ())
        return Index(
            self._base,
            dict(sorted(names.items())),
            self._names("altLabel"),
            dict(sorted(towns.items())),
            dict(sorted(ties.items())),
            self._works(names),
            self._sources(names),
            {key: of for key, of in self._links("source") if key.startswith(f"{ids.GRAPH}/")},
            dict(Counter(key for key, _ in self._ours("signatory"))),
        )

    def _ours(self, name: str) -> Iterator[tuple[str, str]]:
        skip = len(self._base)
        for subject, value in self._found[name]:
            if subject.startswith(self._base):
                yield subject[skip:], value[0]

    def _links(self, name: str) -> Iterator[tuple[str, str]]:
        """Pairs whose value is a thing of ours too."""
        skip = len(self._base)
        for key, value in self._ours(name):
            if value.startswith(self._base):
                yield key, value[skip:]

    def _names(self, *properties: str) -> dict[str, Names]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        skip = len(self._base)
        for name in properties:
            for subject, value in self._found[name]:
                text, language = value
                if subject.startswith(self._base) and language is not None:
                    found[subject[skip:]].append((text, language))
        return {key: tuple(names) for key, names in found.items()}

    def _fill_towns(self, towns: Mapping[str, Town]) -> None:
        for key, value in self._ours("country"):
            if key in towns:
                towns[key].country = value.rpartition("/")[2]
        for key, value in self._links("level"):
            if key in towns:
                towns[key].level = value
        for key, value in self._ours("point"):
            match = _POINT.fullmatch(value)
            if key in towns and match:
                towns[key].point = float(match[1]), float(match[2])

    def _fill_ties(self, ties: Mapping[str, Tie]) -> None:
        for key, value in self._links("partner"):
            if key in ties:
                ties[key].partners.append(value)
        for key, value in self._links("status"):
            if key in ties:
                ties[key].status = value
        for key, value in self._links("jointProject"):
            if key in ties:
                ties[key].projects.append(value)
        for key, since in self._bounds("since").items():
            if key in ties:
                ties[key].since = since
        for tie in ties.values():
            tie.partners.sort()

    def _bounds(self, name: str) -> dict[str, Bounds]:
        value, first, last = (
            dict(self._ours(n)) for n in (name, f"{name}Earliest", f"{name}Latest")
        )
        keys = value.keys() | first.keys() | last.keys()
        return {key: Bounds(value.get(key), first.get(key), last.get(key)) for key in keys}

    def _works(self, names: Mapping[str, Names]) -> dict[str, Work]:
        works = {key: Work(key) for key in sorted(names) if key.startswith(f"{ids.PROJECT}/")}
        for key, value in self._links("programme"):
            if key in works:
                works[key].programme = value
        for key, value in self._links("projectPartner"):
            if key in works:
                works[key].partners.append(value)
        for key, start in self._bounds("start").items():
            if key in works:
                works[key].start = start
        return works

    def _sources(self, names: Mapping[str, Names]) -> dict[str, Read]:
        # A fragment is the publisher of a source, not a source.
        keys = (k for k in sorted(names) if k.startswith(f"{ids.SOURCE}/") and "#" not in k)
        sources = {key: Read(key) for key in keys}
        for name, field_name in (("page", "page"), ("retrieved", "retrieved")):
            for key, value in self._ours(name):
                if key in sources:
                    setattr(sources[key], field_name, value)
        for name, field_name in (("sourceKind", "kind"), ("publisher", "publisher")):
            for key, value in self._links(name):
                if key in sources:
                    setattr(sources[key], field_name, value)
        for key, value in self._ours("rank"):
            if key in sources and value.isdigit():
                sources[key].rank = int(value)
        return sources
