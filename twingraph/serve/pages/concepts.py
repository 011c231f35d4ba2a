"""A concept, such as a field of co-operation: what it means, and what it is used for."""

from __future__ import annotations

from typing import Any, Final

import pyoxigraph as ox

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.serve.pages.attribution import Link, Reader
from twingraph.serve.pages.index import Index
from twingraph.serve.pages.paging import Paging
from twingraph.serve.pages.thing_data import checked, extract, reach
from twingraph.serve.pages.things import structured
from twingraph.serve.sparql_client import select
from twingraph.sparql.query_engine import QueryEngine
from twingraph.web.locale import Locale

ON_A_PAGE: Final = 100


async def page(
    runs: QueryEngine, index: Index, locale: Locale, iri: str, number: int
) -> dict[str, Any]:
    """What the template of a concept or of a scheme shows; `number` is the page of its uses."""
    found = await reach(runs, iri, (f"^<{ns.SKOS}inScheme>",))
    reader = Reader(index, locale, found)
    key = index.key(iri) or ""
    members = [
        reader.link(k) for k in map(index.key, found.subjects(f"{ns.SKOS}inScheme", iri)) if k
    ]
    uses, count = ([], 0) if members else await _uses(runs, reader, iri, number)
    definition = reader.text(found.texts(iri, f"{ns.SKOS}definition"))
    name = reader.link(key)
    return {
        "name": name,
        "definition": definition,
        "scheme": reader.links(iri, f"{ns.SKOS}inScheme"),
        "notation": found.one(iri, f"{ns.SKOS}notation"),
        "labels": [
            Link("", text, tag)
            for text, tag in sorted(found.texts(iri, f"{ns.SKOS}prefLabel"), key=lambda t: t[1])
            if text != name.text
        ],
        "members": sorted(members, key=lambda link: locale.sort_key(link.text)),
        "uses": uses,
        "paging": Paging(number, count, ON_A_PAGE),
        "structured": structured(
            reader,
            iri,
            "DefinedTermSet" if members else "DefinedTerm",
            name.text,
            description=definition.text if definition else None,
        ),
    }


async def _uses(
    runs: QueryEngine, reader: Reader, iri: str, number: int
) -> tuple[list[tuple[Link, str]], int]:
    """The things that name a concept on one page, each with the property, and how many in all."""
    pattern = (
        f"?s ?p <{checked(iri)}> FILTER(STRSTARTS(STR(?p), '{ns.TG}'))"
        f" FILTER(STRSTARTS(STR(?s), '{reader.index.base}'))"
    )
    count = await select(runs, f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    rows = await select(
        runs,
        f"SELECT ?s ?p WHERE {{ {pattern} }} ORDER BY ?s ?p "
        f"LIMIT {ON_A_PAGE} OFFSET {(number - 1) * ON_A_PAGE}",
    )
    named = [(row["s"].value, row["p"].value) for row in rows if isinstance(row["s"], ox.NamedNode)]
    unnamed = [s for s, _ in named if (reader.index.key(s) or "") not in reader.index.names]
    more = Reader(reader.index, reader.locale, await extract(runs, unnamed, evidence=False))
    return [
        (
            part(more, s) if s in unnamed else reader.link(reader.index.key(s) or s),
            reader.property(p),
        )
        for s, p in named
    ], int(count[0]["n"].value)


_WHOLES: Final = tuple(f"{ns.TG}{n}" for n in ("agreementOf", "signatureOf", "statusChangeOf"))


def part(reader: Reader, iri: str) -> Link:
    """A thing that has no name of its own, called by its kind, its date and what it belongs to."""
    found, index = reader.extract, reader.index
    kind = found.one(iri, f"{ns.TG}kind") or found.one(iri, f"{ns.TG}newStatus")
    person = found.one(iri, f"{ns.TG}signatory")
    when = reader.when(found.bounds(iri, f"{ns.TG}signedOn")) or reader.when(
        found.bounds(iri, f"{ns.TG}changedOn")
    )
    whole = next(filter(None, (found.one(iri, p) for p in _WHOLES)), None)
    key = index.key(whole) if whole else None
    # A document's key is its partnership's and a number.
    if key and key.startswith(f"{ids.AGREEMENT}/"):
        key = f"{ids.PARTNERSHIP}/{key.partition('/')[2].partition('_')[0]}"
    names = [
        reader.concept(index.key(kind)) if kind else None,
        reader.name(index.key(person) or person) if person else None,
        when,
        reader.name(key) if key else None,
    ]
    own = index.key(iri) or iri
    return Link(f"/{own}", " · ".join(filter(None, names)) or reader.name(own), "", own)
