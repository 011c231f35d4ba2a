"""Statements and terms of RDF as a page shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph import resources
from twingraph.serve.rdf_documents import prefixes
from twingraph.web.languages import best


class GraphStatements:
    """The statements of a graph, by subject and predicate."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._objects: dict[tuple[str, str], list[ox.NamedNode | ox.BlankNode | ox.Literal]] = {}
        for s, p, o, _ in quads:
            if not isinstance(s, ox.Triple) and not isinstance(o, ox.Triple):
                self._objects.setdefault((s.value, p.value), []).append(o)

    def of(self, subject: str, predicate: str) -> list[str]:
        """The values of a property, as text."""
        return [o.value for o in self._objects.get((subject, predicate), [])]

    def text(self, subject: str, predicate: str, language: str) -> tuple[str, str]:
        """The text of a property for a reader of a language, and the language that it is in."""
        objects = self._objects.get((subject, predicate), [])
        texts = [(o.value, o.language or "") for o in objects if isinstance(o, ox.Literal)]
        return best(texts, language) or ("", "")

    def label(self, subject: str, language: str) -> str:
        """What a term is called; "" where it has no name."""
        return self.text(subject, f"{ns.RDFS}label", language)[0]

    def instances(self, classes: Collection[str]) -> Iterator[str]:
        """The subjects of some classes, in the order they were written."""
        for (subject, predicate), objects in self._objects.items():
            if predicate == ns.RDF_TYPE and any(o.value in classes for o in objects):
                yield subject

    def having(self, predicate: str) -> Iterator[tuple[str, str]]:
        """Subject and value of every statement with a predicate."""
        for (subject, of), objects in self._objects.items():
            if of == predicate:
                yield from ((subject, o.value) for o in objects)


@cache
def installed_ontology() -> GraphStatements:
    """The vocabulary of this installation."""
    path = resources.folder("ontology") / "twingraph.ttl"
    return GraphStatements(ox.parse(path=path, format=ox.RdfFormat.TURTLE))


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
    return Value(compact(iri, prefixes(base)), address_of(iri, base))


def address_of(iri: str, base: str) -> str:
    """Where an IRI leads to from a page, or "": nothing but the web is linked to, for an IRI may
    hold a script."""
    if iri.startswith(base):
        return f"/{iri.removeprefix(base)}"
    return iri if iri.startswith(("https://", "http://")) else ""


def compact(iri: str, known: Mapping[str, str]) -> str:
    """An IRI with the longest prefix that fits, as Turtle writes it; or the IRI."""
    fitting = [(len(full), short) for short, full in known.items() if iri.startswith(full)]
    if not fitting:
        return iri
    length, short = max(fitting)
    return f"{short}:{iri[length:]}"
