"""The vocabulary as people read it: each term with its meaning, an example from the data that is
served, the rules that check it, and how often it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from twingraph import namespaces as ns
from twingraph.identifiers import CONCEPT
from twingraph.rdf import concepts
from twingraph.serve.negotiation import language_of
from twingraph.serve.pages.site import Values, render
from twingraph.serve.rdf_documents import EXTENSIONS, prefixes
from twingraph.serve.service import Service
from twingraph.serve.sparql_client import select
from twingraph.serve.term_display import GraphStatements, Value, compact, link
from twingraph.serve.vocabulary import DOCUMENTS
from twingraph.sparql.query_engine import QueryEngine
from twingraph.sparql.result_formats import HTML

CLASSES: Final = frozenset({f"{ns.OWL}Class"})
PROPERTIES: Final = frozenset({f"{ns.OWL}ObjectProperty", f"{ns.OWL}DatatypeProperty"})
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
        self._values: dict[str, Values] = {}

    async def respond(self, request: Request) -> Response:
        """The page in the reader's language."""
        engine, language = self._service.engine, language_of(request)
        generation = self._service.generation
        if generation != self._generation:
            self._generation, self._values = generation, {}
        kept = self._values
        if language not in kept:
            kept[language] = await _Ontology(self._service, engine, language).values()
        return render(request, "ontology.html", kept[language])


class _Ontology:
    """What the files of a release say of the vocabulary, and what its data has of it."""

    def __init__(self, service: Service, engine: QueryEngine, language: str) -> None:
        self._folder, self._base = service.folder, service.base
        self._engine, self._language = engine, language

    def _document(self, path: str) -> GraphStatements:
        turtle = DOCUMENTS[path].turtle(self._folder, self._base) or b""
        return GraphStatements(ox.parse(turtle, format=ox.RdfFormat.TURTLE))

    @cached_property
    def _terms(self) -> GraphStatements:
        return self._document("ns")

    @cached_property
    def _counts(self) -> Mapping[str, int]:
        """How often each term is used, as the release has counted."""
        void = self._document("void")
        return {
            term: int(void.of(node, f"{ns.VOID}{count}")[0])
            for kind, count in (("class", "entities"), ("property", "triples"))
            for node, term in void.having(f"{ns.VOID}{kind}")
        }

    @cached_property
    def _rules(self) -> Mapping[str, Sequence[Values]]:
        """The shapes that check each term, by the term's IRI."""
        shapes, rules = self._document("shapes"), defaultdict(list)
        for aim in ("path", "targetClass"):
            for shape, term in shapes.having(f"{ns.SH}{aim}"):
                if message := shapes.text(shape, f"{ns.SH}message", "en")[0]:
                    rules[term].append({"name": shape.rpartition("#")[2], "message": message})
        return rules

    async def values(self) -> Values:
        """What the template shows."""
        about, terms = ns.TG[:-1], self._terms
        return {
            "title": terms.text(about, f"{ns.DCT}title", self._language)[0],
            "summary": terms.text(about, f"{ns.DCT}description", "en")[0],
            "version": terms.of(about, f"{ns.OWL}versionInfo"),
            "namespace": ns.TG,
            "classes": [await self._term(iri, "?s a <{}>") for iri in terms.instances(CLASSES)],
            "properties": [
                await self._term(iri, "?s <{}> ?o") for iri in terms.instances(PROPERTIES)
            ],
            "schemes": self._schemes(),
            "formats": [
                {"media_type": form, "href": f"/ns{ending}", "name": ending[1:]}
                for ending, form in EXTENSIONS.items()
                if form != HTML
            ],
        }

    async def _term(self, iri: str, used: str) -> Values:
        """A class or a property; `used` is the pattern of SPARQL for its use."""
        terms = self._terms
        return {
            "name": iri.rpartition("#")[2],
            "label": terms.text(iri, f"{ns.RDFS}label", self._language),
            "meaning": terms.text(iri, f"{ns.RDFS}comment", "en")[0],
            "relations": [
                (word, link(value, self._base))
                for name, word in _RELATIONS.items()
                for value in terms.of(iri, f"{ns.RDFS}{name}")
            ],
            "rules": self._rules.get(iri, []),
            "used": self._counts.get(iri, 0) if self._counts else None,
            "example": await self._example(used.format(iri)),
        }

    async def _example(self, pattern: str) -> tuple[Value, Value | None] | None:
        rows = await select(self._engine, f"SELECT * {{ {pattern} }} LIMIT 1")
        if not rows:
            return None
        subject, object_ = rows[0]["s"], rows[0].get("o")
        of = None if object_ is None else Value.of(object_, self._base)
        return Value.of(subject, self._base), of

    def _schemes(self) -> Sequence[Values]:
        """The concept schemes with their concepts."""
        base, language = self._base, self._language
        lines = "\n".join(
            f"{s} {p} {o} ."
            for s, described in concepts.descriptions(base).items()
            for p, o in described
        )
        graph = GraphStatements(ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))
        members = defaultdict(list)
        for concept, scheme in graph.having(f"{ns.SKOS}inScheme"):
            members[scheme].append(
                (
                    link(concept, base).href,
                    compact(concept, prefixes(base)),
                    graph.text(concept, f"{ns.SKOS}prefLabel", language),
                    graph.text(concept, f"{ns.SKOS}definition", "en")[0],
                )
            )
        return [
            {
                "id": f"scheme-{scheme.rpartition('/')[2]}",
                "href": link(scheme, base).href,
                "label": graph.text(scheme, f"{ns.SKOS}prefLabel", language),
                "concepts": members[scheme],
            }
            for scheme in graph.instances({f"{ns.SKOS}ConceptScheme"})
            if scheme.startswith(f"{base}{CONCEPT}/")
        ]
