"""The vocabulary as people read it: each term with its meaning, an example from the data that is
served, the rules that check it, and how often it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.identifiers import CONCEPT
from twingraph.rdf import concepts
from twingraph.serve.messages import Refused, Request, Response
from twingraph.serve.pages.site import render
from twingraph.serve.rdf_documents import EXTENSIONS, prefixes
from twingraph.serve.service import Service
from twingraph.serve.shown import Value, compact, link
from twingraph.serve.sparql_client import select
from twingraph.serve.vocabulary import STANDING
from twingraph.sparql.query_engine import QueryEngine
from twingraph.sparql.result_formats import HTML
from twingraph.web.languages import LANGUAGES, language_of

_CLASSES: Final = frozenset({f"{ns.OWL}Class"})
_PROPERTIES: Final = frozenset({f"{ns.OWL}ObjectProperty", f"{ns.OWL}DatatypeProperty"})


@dataclass(frozen=True)
class Rule:
    """A shape that checks a term: its name, and what it says to who breaks it."""

    name: str
    message: str


@dataclass(frozen=True)
class Term:
    """A class or a property, as the page shows it."""

    iri: str
    name: str
    label: tuple[str, str]
    """In the reader's language where it has one, and that language."""
    meaning: str
    relations: Sequence[tuple[str, Value]]
    rules: Sequence[Rule]
    used: int | None
    example: tuple[Value, Value | None] | None


@dataclass(frozen=True)
class Scheme:
    """A concept scheme. Of each concept: address, name, label with its language, meaning."""

    id: str
    href: str
    label: tuple[str, str]
    concepts: Sequence[tuple[str, str, tuple[str, str], str]]


class _Said:
    """The statements of a graph, by subject and predicate."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._said: dict[tuple[str, str], list[ox.NamedNode | ox.BlankNode | ox.Literal]] = {}
        for s, p, o in triples:
            if not isinstance(s, ox.Triple) and not isinstance(o, ox.Triple):
                self._said.setdefault((s.value, p.value), []).append(o)

    def of(self, subject: str, predicate: str) -> list[str]:
        """The values of a property, as text."""
        return [o.value for o in self._said.get((subject, predicate), [])]

    def text(self, subject: str, predicate: str, language: str) -> tuple[str, str]:
        """A text in a language, or in the first of ours that it is there in."""
        found = {
            o.language or "": o.value
            for o in self._said.get((subject, predicate), [])
            if isinstance(o, ox.Literal)
        }
        order = [language, *LANGUAGES, *found]
        return next(((found[tag], tag) for tag in order if tag in found), ("", ""))

    def subjects(self, predicate: str, values: frozenset[str]) -> Iterator[str]:
        """The subjects that have one of some values, in the order they were written."""
        for (subject, of), objects in self._said.items():
            if of == predicate and any(o.value in values for o in objects):
                yield subject

    def having(self, predicate: str) -> Iterator[tuple[str, str]]:
        """Subject and value of every statement with a predicate."""
        for (subject, of), objects in self._said.items():
            if of == predicate:
                yield from ((subject, o.value) for o in objects)


class _Ontology:
    """What the files of a release say of the vocabulary."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._standing = {standing.path: standing for standing in STANDING}

    def _graph(self, path: str) -> _Said:
        turtle = self._standing[path].turtle(self._service.folder, self._service.base) or b""
        return _Said(quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE))

    @cached_property
    def terms(self) -> _Said:
        return self._graph("ns")

    @cached_property
    def shapes(self) -> _Said:
        return self._graph("shapes")

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each term is used, as the release has counted."""
        void = self._graph("void")
        found: dict[str, int] = {}
        for kind, count in (("class", "entities"), ("property", "triples")):
            for node, term in void.having(f"{ns.VOID}{kind}"):
                found[term] = int(void.of(node, f"{ns.VOID}{count}")[0])
        return found

    @cached_property
    def rules(self) -> dict[str, list[Rule]]:
        """The shapes that check each term, by the term's IRI."""
        found: dict[str, list[Rule]] = {}
        for aim in ("path", "targetClass"):
            for shape, term in self.shapes.having(f"{ns.SH}{aim}"):
                message = self.shapes.text(shape, f"{ns.SH}message", "en")[0]
                if message:
                    found.setdefault(term, []).append(Rule(shape.rpartition("#")[2], message))
        return found


class _Page:
    def __init__(self, ontology: _Ontology, runs: QueryEngine, base: str, language: str) -> None:
        self._ontology, self._runs, self._base, self._language = ontology, runs, base, language

    async def terms(self, kinds: frozenset[str]) -> list[Term]:
        """The classes or the properties, in the ontology's own order."""
        return [
            await self._term(iri, kinds is _CLASSES)
            for iri in self._ontology.terms.subjects(ns.RDF_TYPE, kinds)
        ]

    async def _term(self, iri: str, is_class: bool) -> Term:
        said = self._ontology.terms
        relations = [
            (word, link(value, self._base))
            for name, word in _RELATIONS.items()
            for value in said.of(iri, f"{ns.RDFS}{name}")
        ]
        return Term(
            iri=iri,
            name=iri.rpartition("#")[2],
            label=said.text(iri, f"{ns.RDFS}label", self._language),
            meaning=said.text(iri, f"{ns.RDFS}comment", "en")[0],
            relations=relations,
            rules=self._ontology.rules.get(iri, []),
            used=self._ontology.counts.get(iri, 0) if self._ontology.counts else None,
            example=await self._example(iri, is_class),
        )

    async def _example(self, iri: str, is_class: bool) -> tuple[Value, Value | None] | None:
        where = f"?s a <{iri}>" if is_class else f"?s <{iri}> ?o"
        rows = await select(self._runs, f"SELECT * {{ {where} }} LIMIT 1")
        if not rows:
            return None
        subject, object_ = rows[0]["s"], rows[0].get("o")
        of = None if object_ is None else Value.of(object_, self._base)
        return Value.of(subject, self._base), of

    def schemes(self) -> list[Scheme]:
        """The concept schemes with their concepts."""
        base, language = self._base, self._language
        lines = "\n".join(
            f"{s} {p} {o} ." for s, said in concepts.descriptions(base).items() for p, o in said
        )
        said = _Said(q.triple for q in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))
        members: dict[str, list[str]] = {}
        for concept, scheme in said.having(f"{ns.SKOS}inScheme"):
            members.setdefault(scheme, []).append(concept)
        label, meaning = f"{ns.SKOS}prefLabel", f"{ns.SKOS}definition"
        return [
            Scheme(
                f"scheme-{scheme.rpartition('/')[2]}",
                link(scheme, base).href,
                said.text(scheme, label, language),
                [
                    (
                        link(iri, base).href,
                        compact(iri, prefixes(base)),
                        said.text(iri, label, language),
                        said.text(iri, meaning, "en")[0],
                    )
                    for iri in members.get(scheme, [])
                ],
            )
            for scheme in said.subjects(ns.RDF_TYPE, frozenset({f"{ns.SKOS}ConceptScheme"}))
            if scheme.startswith(f"{base}{CONCEPT}/")
        ]


_RELATIONS: Final = {
    "subClassOf": "subclass of",
    "subPropertyOf": "subproperty of",
    "domain": "of",
    "range": "value",
    "seeAlso": "see",
}


class OntologyPage:
    """The page of the vocabulary. What it says is put together once for each release and language:
    that takes a tenth of a second, in which nothing else would be answered."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._generation = -1
        self._values: dict[str, dict[str, Any]] = {}

    async def respond(self, request: Request) -> Response:
        """The page in the reader's language."""
        runs, language = self._service.asked, language_of(request)
        if runs is None:
            raise Refused(503, "the service is starting up", {"Retry-After": "5"})
        generation = self._service.generation
        if generation != self._generation:
            self._generation, self._values = generation, {}
        kept = self._values
        if language not in kept:
            kept[language] = await self._made(runs, language)
        return render(request, "ontology.html", kept[language])

    async def _made(self, runs: QueryEngine, language: str) -> dict[str, Any]:
        ontology = _Ontology(self._service)
        page = _Page(ontology, runs, self._service.base, language)
        about = ns.TG[:-1]
        return {
            "title": ontology.terms.text(about, f"{ns.DCT}title", language)[0],
            "summary": ontology.terms.text(about, f"{ns.DCT}description", "en")[0],
            "version": ontology.terms.of(about, f"{ns.OWL}versionInfo"),
            "namespace": ns.TG,
            "classes": await page.terms(_CLASSES),
            "properties": await page.terms(_PROPERTIES),
            "schemes": page.schemes(),
            "formats": [
                {"media_type": form, "href": f"/ns{ending}", "name": ending[1:]}
                for ending, form in EXTENSIONS.items()
                if form != HTML
            ],
        }
