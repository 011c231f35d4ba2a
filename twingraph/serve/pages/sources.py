"""A source: what it is, when it was read, everything it states, what it was overruled on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.records import Record, Source
from twingraph.rdf.mapping import FIELDS, PARENTS
from twingraph.serve.pages.attribution import Attribution, Quotation, Relation
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.site import Paging, structured
from twingraph.serve.things import claims
from twingraph.sparql.query_engine import QueryEngine

ON_A_PAGE: Final = 60


@dataclass(frozen=True)
class ShownClaim:
    """What the source states of one property. `shown` is what the merged view has instead."""

    about: str
    value: str
    relation: Relation
    shown: str | None
    quotations: Sequence[Quotation]


@dataclass(frozen=True)
class StatedThing:
    """One thing that the source speaks of."""

    link: Link
    claims: Sequence[ShownClaim]
    mentions: Sequence[Quotation]


async def page(engine: QueryEngine, reader: Reader, source: Source, number: int) -> dict[str, Any]:
    """What the template of a source shows; `number` is the page of its claims, from 1."""
    things = reader.lookup.stated_by[source.key]
    paging = Paging(number, len(things), ON_A_PAGE)
    on_page = things[paging.start : paging.stop]
    facts = Attribution(reader, await claims(engine, reader.lookup, on_page))
    stated = [_thing_stated(facts, ref, source.key) for ref in on_page]
    shown = [one for one in stated if one.claims or one.mentions]
    return {**_about(reader, source), "paging": paging, "stated": shown}


def _about(reader: Reader, source: Source) -> dict[str, Any]:
    locale, name = reader.locale, reader.link(source.ref)
    publisher, authority = reader.publisher(source), source.publisher_authority
    return {
        "name": name,
        "read": source,
        "kind": reader.concept("source-kind", source.kind),
        "publisher": publisher,
        "publisher_href": f"/{ids.MUNICIPALITY}/{authority}" if authority else None,
        "languages": [locale.language_name(one) for one in source.languages],
        "retrieved": locale.day(source.retrieved) if source.retrieved else None,
        "rights": [source.rights] if source.rights else [],
        "notes": [Link("", note, "en") for note in (source.note or "").splitlines()],
        "structured": structured(
            reader.iri(source),
            "CreativeWork",
            name.text,
            url=source.url,
            publisher={"@type": "Organization", "name": publisher} if publisher else None,
            inLanguage=list(source.languages),
        ),
    }


def _thing_stated(facts: Attribution, ref: Ref, source: str) -> StatedThing:
    record, stated = facts.lookup.get(ref), facts.claim(ref, source)
    by_property = _parts(facts.reader, ref, source)
    if isinstance(record, Record) and stated:
        for field in FIELDS[type(stated)]:
            if getattr(stated, field.name) not in (None, ()):
                claim = _claim(facts, record, field.name, source)
                before = by_property.get(field.property)
                # Two fields may be written under one property: the entries of Wikidata, GeoNames.
                values = sorted([before.value, claim.value]) if before else [claim.value]
                value = facts.reader.locale.listing(values)
                by_property[field.property] = replace(claim, value=value)
    claims = [by_property[name] for name in sorted(by_property)]
    return StatedThing(facts.reader.link(ref), claims, facts.quotations(ref, source))


def _parts(reader: Reader, ref: Ref, source: str) -> dict[str, ShownClaim]:
    """The parts of a thing that the source states, by the property that links to them."""
    lookup, by_property = reader.lookup, dict[str, ShownClaim]()
    for part_class, (_, path, down, _) in PARENTS.items():
        parts = lookup.parts[part_class][ref.key] if path == ref.path else ()
        links = [reader.link(p.ref) for p in parts if source in lookup.sources_of[p.ref]]
        if links:
            names = reader.locale.listing([link.text for link in reader.sorted(links)])
            by_property[down] = ShownClaim(reader.property(down[1:-1]), names, "same", None, ())
    return by_property


def _claim(facts: Attribution, record: Record, name: str, source: str) -> ShownClaim:
    fact = facts.fact(record, name)
    statement = next(s for s in fact.statements if s.source.key == f"{ids.SOURCE}/{source}")
    shown = None
    if statement.relation in ("other", "older"):
        shown = next((s.value for s in fact.statements if s.relation == "same"), None)
    return ShownClaim(
        fact.about, statement.value or "", statement.relation, shown, statement.quotations
    )
