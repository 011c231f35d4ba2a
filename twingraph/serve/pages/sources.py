"""A source: what it is, when it was read, everything it states, what it was overruled on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.serve.pages.attribution import Link, Reader, Words, tag_of
from twingraph.serve.pages.index import Index
from twingraph.serve.pages.paging import Paging
from twingraph.serve.pages.thing_data import Extract, checked, extract, reach
from twingraph.serve.pages.things import structured
from twingraph.serve.sparql_client import select
from twingraph.sparql.query_engine import QueryEngine
from twingraph.web.locale import Locale

TG: Final = ns.TG
ON_A_PAGE: Final = 60
_DATE_ENDS = ("Earliest", "Latest")
# Links up and down say the same; one direction is enough to read.
_UNTOLD: Final = frozenset(
    {f"{TG}{n}" for n in ("agreementOf", "signatureOf", "statusChangeOf")}
    | {f"{ns.RDF}type", f"{ns.GEO}hasGeometry", f"{ns.GEO}asWKT"}
)


@dataclass(frozen=True)
class Claim:
    """What the source states of one property. `shown` is what the merged view has instead."""

    about: str
    value: str
    relation: str
    shown: str | None
    words: Sequence[Words]


@dataclass(frozen=True)
class Stated:
    """One thing that the source speaks of."""

    link: Link
    claims: Sequence[Claim]
    mentions: Sequence[Words]


async def page(
    runs: QueryEngine, index: Index, locale: Locale, iri: str, number: int
) -> dict[str, Any]:
    """What the template of a source shows; `number` is the page of its claims, from 1."""
    found = await reach(runs, iri, ())
    key = index.key(iri) or ""
    graphs = [graph for graph, of in index.graphs.items() if of == key]
    subjects, count = await _subjects(runs, [f"{index.base}{g}" for g in graphs], number)
    paging = Paging(number, count, ON_A_PAGE)
    claims = await extract(runs, subjects)
    reader = Reader(index, locale, found)
    stating = Reader(index, locale, claims)
    stated = [_stated(stating, claims, one, iri, graphs) for one in subjects]
    shown = [one for one in stated if one.claims or one.mentions]
    return {**_about(reader, iri, key), "paging": paging, "stated": shown}


async def _subjects(runs: QueryEngine, graphs: Sequence[str], number: int) -> tuple[list[str], int]:
    """The things that some graphs speak of, on one page, and how many there are."""
    if not graphs:
        return [], 0
    values = " ".join(f"<{checked(graph)}>" for graph in graphs)
    pattern = f"VALUES ?g {{ {values} }} GRAPH ?g {{ ?s a ?c }} FILTER(!CONTAINS(STR(?s), '#'))"
    count = await select(runs, f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {pattern} }}")
    rows = await select(
        runs,
        f"SELECT DISTINCT ?s WHERE {{ {pattern} }} ORDER BY ?s "
        f"LIMIT {ON_A_PAGE} OFFSET {(number - 1) * ON_A_PAGE}",
    )
    found = [row["s"].value for row in rows if isinstance(row["s"], ox.NamedNode)]
    return found, int(count[0]["n"].value)


def _about(reader: Reader, iri: str, key: str) -> dict[str, Any]:
    found, index, locale = reader.extract, reader.index, reader.locale
    name = reader.link(key)
    read = index.sources.get(key)
    publisher = index.key(found.one(iri, f"{ns.DCT}publisher") or "")
    languages = found.values(iri, f"{ns.DCT}language")
    publisher_name = reader.name(publisher) if publisher else None
    return {
        "name": name,
        "read": read,
        "kind": reader.concept(read.kind) if read else None,
        "publisher": publisher_name,
        "publisher_href": f"/{publisher}" if publisher and "#" not in publisher else None,
        "languages": [locale.language_name(one.rpartition("/")[2]) for one in languages],
        "retrieved": locale.day(read.retrieved) if read and read.retrieved else None,
        "rights": found.values(iri, f"{ns.DCT}rights"),
        "notes": [Link("", *text) for text in found.texts(iri, f"{ns.SKOS}editorialNote")],
        "structured": structured(
            reader,
            iri,
            "CreativeWork",
            name.text,
            url=read.page if read else None,
            publisher={"@type": "Organization", "name": publisher_name} if publisher_name else None,
            inLanguage=[tag_of(one) for one in languages],
        ),
    }


def _stated(
    reader: Reader, claims: Extract, subject: str, source: str, graphs: Sequence[str]
) -> Stated:
    properties: dict[str, None] = {}
    for graph in graphs:
        for predicate in claims.claimed_properties(subject, f"{reader.index.base}{graph}"):
            for end in _DATE_ENDS:
                predicate = predicate.removesuffix(end)
            if predicate not in _UNTOLD:
                properties[predicate] = None
    found = [_claim(reader, subject, predicate, source) for predicate in properties]
    mentions = [
        Words(q.words, tag_of(q.language), q.derived, q.edtf, q.note)
        for q in claims.quotes(subject, None)
        if q.source == source
    ]
    key = reader.index.key(subject) or subject
    link = reader.link(key)
    return Stated(link, [claim for claim in found if claim], mentions)


def _claim(reader: Reader, subject: str, predicate: str, source: str) -> Claim | None:
    fact = reader.fact(subject, predicate.removeprefix(TG))
    key = reader.index.key(source)
    saying = next((s for s in fact.sayings if s.source.key == key and s.value), None)
    if saying is None or saying.value is None:
        return None
    shown = None
    if saying.relation in ("other", "older"):
        shown = next((s.value for s in fact.sayings if s.relation == "same"), None)
    return Claim(fact.about, saying.value, saying.relation, shown, saying.words)
