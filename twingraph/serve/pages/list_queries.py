"""A list as the SPARQL query that gives the same things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.model.membership import OVER
from twingraph.serve.pages.list_filters import LASTING, UNKNOWN, Filter

_OF: Final = {
    "towns": ("town", "tg:LocalAuthority", "skos:prefLabel"),
    "partnerships": ("partnership", "tg:Partnership ; tg:partner ?town", "skos:prefLabel"),
    "projects": ("project", "tg:Project", "dct:title"),
    "signatories": ("thing", "foaf:Person", "foaf:name"),
    "programmes": ("thing", "tg:Programme", "dct:title"),
    "organizations": ("thing", "org:Organization", "skos:prefLabel"),
    "sources": ("thing", "tg:Source", "dct:title"),
    "concepts": ("thing", "skos:Concept", "skos:prefLabel"),
}
"""Of each list: the variable of its things, their class, and the property of their names."""
_BODY: Final = {
    "partnerships": "?partnership tg:partner",
    "projects": "?project tg:projectPartner|tg:participation",
}


def query(listing: str, chosen: Filter, base: str) -> str:
    """The query for a list, by its path."""
    prefixes = {
        "tg": ns.TG, "skos": ns.SKOS, "dct": ns.DCT, "foaf": ns.FOAF, "org": ns.ORG,
        "country": ns.COUNTRY, "status": f"{base}{ids.CONCEPT}/partnership-status/",
        "programme": f"{base}{ids.PROGRAMME}/", "source": f"{base}{ids.SOURCE}/",
    }  # fmt: skip
    thing, of_class, name = _OF[listing]
    variables, named = f"?{thing} ?name", thing
    lines = [f"?{thing} a {of_class} ."]
    if listing == "projects":
        lines += _local("?project tg:programme", "programme", chosen.programme)
    if listing == "towns":
        lines += _in_country("?town", chosen.country)
    if listing in _BODY:
        lines += _countries(listing, chosen)
    if listing == "projects":
        lines += _period(chosen)
        lines += _years("?project tg:start", chosen)
    if listing == "towns" and chosen.of_partnerships:
        lines.append("?town tg:partnerIn ?partnership .")
    if listing in ("towns", "partnerships"):
        lines += _partnership(chosen)
    if listing == "partnerships":
        variables, named = "?partnership ?town ?name ?since", "town"
        lines.append("OPTIONAL { ?partnership tg:since ?since }")
    lines.append(f"OPTIONAL {{ ?{named} {name} ?name }}")
    order = "?partnership ?town" if listing == "partnerships" else variables
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes.items())
    body = "".join(f"  {line}\n" for line in lines)
    return f"{head}SELECT DISTINCT {variables} WHERE {{\n{body}}}\nORDER BY {order}\n"


def _countries(listing: str, chosen: Filter) -> Iterator[str]:
    """A body in the country, and another one in the other country; a town and its part in a
    project are one body."""
    for name, code in (("?one", chosen.country), ("?other", chosen.other_country)):
        if code:
            yield f"{_BODY[listing]} {name} ."
            yield from _in_country(name, code)
            if listing == "projects":
                yield f"FILTER NOT EXISTS {{ {name} tg:participant/^tg:projectPartner ?project }}"
    if chosen.country and chosen.other_country:
        yield "FILTER(?one != ?other)"


def _in_country(body: str, code: str) -> Iterator[str]:
    if code == UNKNOWN:
        yield f"FILTER NOT EXISTS {{ {body} tg:country ?country }}"
    else:
        yield from _local(f"{body} tg:country", "country", code)


def _period(chosen: Filter) -> Iterator[str]:
    if chosen.period:
        first, _, last = chosen.period.partition("-")
        yield "?project tg:programme ?in . ?in tg:startEarliest ?begins ; tg:endLatest ?ends ."
        yield f'FILTER(STR(?begins) = "{first}-01-01" && STR(?ends) = "{last}-12-31")'


def _partnership(chosen: Filter) -> Iterator[str]:
    if chosen.status == LASTING:
        over = " ".join(f"status:{status}" for status in sorted(OVER))
        yield f"FILTER NOT EXISTS {{ VALUES ?over {{ {over} }} ?partnership tg:status ?over }}"
    else:
        yield from _local("?partnership tg:status", "status", chosen.status)
    yield from _local("?partnership dct:source", "source", chosen.source)
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
