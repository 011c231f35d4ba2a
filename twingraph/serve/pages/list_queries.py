"""A list as the SPARQL query that gives the same things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.serve.pages.lists import Filter

_SIMPLE: Final = {
    "signatories": ("foaf:Person", "foaf:name"),
    "programmes": ("tg:Programme", "dct:title"),
    "organizations": ("org:Organization", "skos:prefLabel"),
    "sources": ("tg:Source", "dct:title"),
    "concepts": ("skos:Concept", "skos:prefLabel"),
}
"""Class and name of what has no filters."""


def query(listing: str, chosen: Filter, base: str) -> str:
    """The query for a list, by its path."""
    prefixes = {
        "tg": ns.TG, "skos": ns.SKOS, "dct": ns.DCT, "foaf": ns.FOAF, "org": ns.ORG,
        "country": ns.COUNTRY, "status": f"{base}{ids.CONCEPT}/partnership-status/",
        "programme": f"{base}{ids.PROGRAMME}/",
    }  # fmt: skip
    variables, lines, order = _parts(listing, chosen)
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes.items())
    body = "".join(f"  {line}\n" for line in lines)
    return f"{head}SELECT DISTINCT {variables} WHERE {{\n{body}}}\nORDER BY {order}\n"


def _parts(listing: str, chosen: Filter) -> tuple[str, Sequence[str], str]:
    """What is asked for, the lines of the pattern, and the order."""
    if listing == "towns":
        of = chosen.of_partnerships
        return (
            "?town ?name",
            [
                "?town a tg:LocalAuthority .",
                *_local("?town tg:country", "country", chosen.country),
                *(["?town tg:partnerIn ?partnership ."] if of else []),
                *_partnership(chosen),
                "OPTIONAL { ?town skos:prefLabel ?name }",
            ],
            "?town ?name",
        )
    if listing == "partnerships":
        return (
            "?partnership ?town ?name ?since",
            [
                "?partnership a tg:Partnership ; tg:partner ?town .",
                *_local("?partnership tg:partner/tg:country", "country", chosen.country),
                *_partnership(chosen),
                "OPTIONAL { ?partnership tg:since ?since }",
                "OPTIONAL { ?town skos:prefLabel ?name }",
            ],
            "?partnership ?town",
        )
    if listing == "projects":
        return (
            "?project ?title",
            [
                "?project a tg:Project .",
                *_local("?project tg:programme", "programme", chosen.programme),
                *_local("?project tg:projectPartner/tg:country", "country", chosen.country),
                *_years("?project tg:start", chosen),
                "OPTIONAL { ?project dct:title ?title }",
            ],
            "?project ?title",
        )
    class_, name = _SIMPLE[listing]
    lines = [f"?thing a {class_} .", f"OPTIONAL {{ ?thing {name} ?name }}"]
    return "?thing ?name", lines, "?thing ?name"


def _partnership(chosen: Filter) -> Iterator[str]:
    yield from _local("?partnership tg:status", "status", chosen.status)
    yield from _local("?partnership tg:jointProject/tg:programme", "programme", chosen.programme)
    yield from _years("?partnership tg:since", chosen)


def _years(start: str, chosen: Filter) -> Iterator[str]:
    if chosen.first:
        yield f"{start}Latest ?latest ."
        yield f'FILTER(STR(?latest) >= "{chosen.first}-01-01")'
    if chosen.last:
        yield f"{start}Earliest ?earliest ."
        yield f'FILTER(STR(?earliest) <= "{chosen.last}-12-31")'


def _local(start: str, prefix: str, choice: str) -> Iterator[str]:
    """The line for a choice; one that cannot be the local part of a name names nothing."""
    if choice:
        fits = all(c.isalnum() and c.isascii() or c in "-_" for c in choice)
        yield f"{start} {prefix}:{choice if fits else 'none'} ."
