"""The plain page of a thing that has none of its own: its statements, and links to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.serve.documents import EXTENSIONS, prefixes
from twingraph.serve.formats import HTML
from twingraph.serve.messages import Refused, Request, Response
from twingraph.serve.pages.site import render
from twingraph.serve.service import Service
from twingraph.serve.things import describe
from twingraph.terms import Description

_LABELS: Final = tuple(
    f"<{iri}>"
    for iri in (f"{ns.SKOS}prefLabel", f"{ns.DCT}title", f"{ns.FOAF}name", f"{ns.RDFS}label")
)


@dataclass(frozen=True)
class Value:
    """A value as a page shows it: a link where it has an address, a language where it is text."""

    text: str
    href: str = ""
    language: str = ""
    datatype: str = ""

    @classmethod
    def of(cls, term: Any, base: str) -> Value:
        """A term of the graph."""
        if isinstance(term, ox.NamedNode):
            return link(term.value, base)
        if isinstance(term, ox.Literal):
            known = compact(term.datatype.value, prefixes(base))
            plain = term.language or known == "xsd:string"
            return cls(term.value, language=term.language or "", datatype="" if plain else known)
        return cls(str(term))


def link(iri: str, base: str) -> Value:
    """An IRI as a link: one of ours on this service, another's where it is."""
    shown = compact(iri, prefixes(base))
    if iri.startswith(base):
        return Value(shown, f"/{iri.removeprefix(base)}")
    # Nothing but the web is linked to: an IRI may hold a script.
    return Value(shown, iri if iri.startswith(("https://", "http://")) else "")


def compact(iri: str, known: Mapping[str, str]) -> str:
    """An IRI with the longest prefix that fits, as Turtle writes it; or the IRI."""
    fitting = [(len(full), short) for short, full in known.items() if iri.startswith(full)]
    if not fitting:
        return iri
    length, short = max(fitting)
    return f"{short}:{iri[length:]}"


async def statements_page(service: Service, request: Request, iri: str) -> Response:
    """The page of a thing. Raises Refused, as `describe` does."""
    if service.asked is None:
        raise Refused(503, "the service is starting up", {"Retry-After": "5"})
    base = service.base
    thing = await describe(service.asked, iri, base)
    names = dict(_names(thing.descriptions))
    own = [d for d in thing.descriptions if d[0][1:-1].partition("#")[0] == iri]
    others = [d for d in thing.descriptions if d not in own]
    values = {
        "title": names.get(iri) or compact(iri, prefixes(base)),
        "iri": iri,
        "blocks": [_block(one, names, base) for one in own],
        "links": list(_links(others, iri, names, base)),
        "cut": thing.left_out or ("more links to this" if thing.more else ""),
        "formats": [
            {"media_type": form, "href": f"/{iri.removeprefix(base)}{ending}", "name": ending[1:]}
            for ending, form in EXTENSIONS.items()
            if form != HTML
        ],
    }
    return render(request, "statements.html", values)


def _names(descriptions: Sequence[Description]) -> Iterator[tuple[str, str]]:
    for subject, statements in descriptions:
        said = [o for label in _LABELS for p, o in statements if p == label]
        if said:
            yield subject[1:-1], str(_term(said[0]).value)


def _block(
    description: Description, names: Mapping[str, str], base: str
) -> tuple[str, list[tuple[Value, list[Value]]]]:
    subject, statements = description
    rows: dict[str, list[Value]] = {}
    for predicate, object_ in statements:
        rows.setdefault(predicate[1:-1], []).append(_shown(_term(object_), names, base))
    local = subject[1:-1].partition("#")[2]
    return local, [(link(predicate, base), values) for predicate, values in rows.items()]


def _links(
    descriptions: Sequence[Description], iri: str, names: Mapping[str, str], base: str
) -> Iterator[tuple[Value, Value]]:
    for subject, statements in descriptions:
        for predicate, object_ in statements:
            if object_ == f"<{iri}>":
                yield _shown(_term(subject), names, base), link(predicate[1:-1], base)


def _shown(term: Any, names: Mapping[str, str], base: str) -> Value:
    value = Value.of(term, base)
    name = names.get(term.value) if isinstance(term, ox.NamedNode) else None
    return Value(name, value.href) if name else value


@lru_cache(maxsize=4096)
def _term(text: str) -> Any:
    line = f"<x:s> <x:p> {text} ."
    return next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).object
