"""Everything about a thing: what a document about it holds, and who states what of it.

A document holds the thing's own statements and those of its fragments (#point) and parts (a
partnership's agreements, their signatures); links to it from others; the evidence for its claims,
with the quoted words; the sources it is taken from; and of whatever else is linked, type and label.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import pyoxigraph as ox
from starlette.exceptions import HTTPException

from twingraph import namespaces as ns
from twingraph.identifiers import CONCEPT, EVIDENCE, GRAPH, SOURCE, Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import Claims, Evidence
from twingraph.rdf import concepts
from twingraph.rdf.mapping import PARENTS
from twingraph.rdf.terms import Description, Statement, Term, descriptions_of
from twingraph.rdf.triples import statement
from twingraph.rdf.turtle import Graph
from twingraph.serve.sparql_client import construct, ntriples, select
from twingraph.sparql.datasets import ALL, MERGED
from twingraph.sparql.query_engine import QueryEngine
from twingraph.sparql.readback import RecordReader, by_subject

LINKS: Final = 500
"""Links from other things in one document; the next are on its next page."""
GRAPH_TRIPLES: Final = 10_000
"""A graph with more is not in its document: dumps and the endpoint have it."""

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_TOO_MUCH: Final = "the triples in the graph: take a dump, or ask for them"
_AT_ONCE: Final = 500
_DEPTH: Final = 3
_HAS_BODY: Final = f"{ns.OA}hasBody"
_LABELS: Final = (
    ns.RDF_TYPE,
    f"{ns.SKOS}prefLabel",
    f"{ns.DCT}title",
    f"{ns.FOAF}name",
    f"{ns.RDFS}label",
)
_STATEMENTS: Final = "CONSTRUCT { ?s ?p ?o } { VALUES ?s { %s } ?s ?p ?o }"
_LABELLED: Final = (
    f"CONSTRUCT {{ ?s ?p ?o }} {{ VALUES ?s {{ %s }} "
    f"VALUES ?p {{ {' '.join(f'<{iri}>' for iri in _LABELS)} }} ?s ?p ?o }}"
)
_LABEL_TERMS: Final = frozenset(f"<{iri}>" for iri in _LABELS)


class State(NamedTuple):
    """What a graph says of an IRI: whether it is there at all, removed, or replaced by another."""

    known: bool = False
    removed: bool = False
    replaced_by: str | None = None


@dataclass(frozen=True)
class Thing:
    """A thing's descriptions, itself first; `left_out` says what was left out of them, and `more`
    whether there is a next page of links to it."""

    iri: str
    descriptions: list[Description]
    parts: list[str]
    """The IRIs of the thing and of what belongs to it."""
    more: bool = False
    left_out: str = ""


async def state(engine: QueryEngine, iri: str, base: str) -> State:
    """What is to be done with a request for an IRI (which must be a valid one)."""
    if iri in (base + MERGED, base + ALL) or f"<{iri}>" in concepts.descriptions(base):
        return State(known=True)
    anywhere = (
        f"{{ <{iri}> ?p ?o }} UNION {{ ?s ?p <{iri}> }} UNION {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"
    )
    rows = await select(
        engine,
        f"SELECT ?removed ?new {{ {{ SELECT ?p {{ {anywhere} }} LIMIT 1 }} "
        f"OPTIONAL {{ <{iri}> <{ns.OWL}deprecated> ?removed }} "
        f"OPTIONAL {{ <{iri}> <{ns.DCT}isReplacedBy> ?new }} }} ORDER BY ?new",
    )
    removed = any("removed" in row and row["removed"].value == "true" for row in rows)
    new = [row["new"].value for row in rows if isinstance(row.get("new"), ox.NamedNode)]
    ref = Ref.of(iri, base)
    if not rows and ref and ref.path in (GRAPH, EVIDENCE):
        # A graph and annotations are of a source, which alone leaves a tombstone.
        source = Ref(SOURCE, ref.key.partition("_")[0])
        removed = (await state(engine, source.iri(base), base)).removed
    return State(bool(rows), removed, new[0] if new else None)


async def describe(engine: QueryEngine, iri: str, base: str, page: int = 1) -> Thing:
    """Everything of a thing. Raises HTTPException (404) for a page past the end of its links."""
    own = await _statements(engine, await _parts(engine, iri))
    links = await _links(engine, iri, page)
    if page > 1 and not links:
        raise HTTPException(404, "there are no more links to this")
    more, links = len(links) > LINKS, links[:LINKS]
    evidence = [s.value for s, p, _ in links if p.value == _HAS_BODY]
    annotations = await _statements(engine, evidence)
    sources = await _statements(engine, _sources([*own, *annotations]))
    content, left_out = await _content(engine, iri, base)
    triples = [*own, *links, *annotations, *sources, *content, *_of_concepts(iri, base)]
    labels = await _labels(engine, _unnamed(triples, base))
    first = [iri, *_subjects(own), *evidence]
    descriptions = descriptions_of([*triples, *labels], list(dict.fromkeys(first)))
    return Thing(iri, descriptions, list(dict.fromkeys([iri, *_subjects(own)])), more, left_out)


async def stated(engine: QueryEngine, thing: Thing) -> list[Graph]:
    """What each source states of a thing: its named graph, as far as it speaks of the thing."""
    graphs: dict[Term, dict[Term, list[Statement]]] = defaultdict(lambda: defaultdict(list))
    for batch in _batches(thing.parts):
        for row in await select(engine, _CLAIMS % _values(batch)):
            graph, subject, predicate, object_ = (Term(str(row[name])) for name in "gspo")
            graphs[graph][subject].append((predicate, object_))
    return [(graph, list(graphs[graph].items())) for graph in sorted(graphs)]


async def _parts(engine: QueryEngine, iri: str) -> list[str]:
    """A thing, and what stands only as a part of it."""
    down = "|".join(link for _, _, link, _ in PARENTS.values())
    rows = await select(engine, f"SELECT DISTINCT ?part {{ <{iri}> ({down})+ ?part }}")
    return [iri, *sorted(row["part"].value for row in rows if row["part"].value != iri)]


async def _statements(engine: QueryEngine, subjects: Sequence[str]) -> list[ox.Triple]:
    """All statements of some subjects, and of the fragments that belong to them."""
    triples: list[ox.Triple] = []
    pending, done = list(dict.fromkeys(subjects)), set[str]()
    for _ in range(_DEPTH):
        for batch in _batches(pending):
            triples += await construct(engine, _STATEMENTS % _values(batch))
        done.update(pending)
        fragments = {
            triple.object.value
            for triple in triples
            if isinstance(triple.object, ox.NamedNode)
            and isinstance(triple.subject, ox.NamedNode)
            and triple.object.value.startswith(f"{triple.subject.value.partition('#')[0]}#")
        }
        pending = sorted(fragments - done)
        if not pending:
            break
    return triples


async def _links(engine: QueryEngine, iri: str, page: int) -> list[ox.Triple]:
    """What points to a thing: one more than a page holds, where there is more."""
    rows = await select(
        engine,
        f"SELECT ?s ?p {{ ?s ?p <{iri}> }} ORDER BY ?s ?p LIMIT {LINKS + 1} "
        f"OFFSET {LINKS * (page - 1)}",
    )
    return [
        ox.Triple(row["s"], row["p"], ox.NamedNode(iri))
        for row in rows
        if not isinstance(row["s"], ox.Literal) and isinstance(row["p"], ox.NamedNode)
    ]


async def statements_about(engine: QueryEngine, iri: str) -> list[ox.Triple]:
    """What the merged view says of an IRI (which must be a valid one)."""
    return await construct(engine, f"CONSTRUCT WHERE {{ <{iri}> ?p ?o }}")


async def claims(engine: QueryEngine, lookup: Lookup, things: Iterable[Ref]) -> list[Claims]:
    """What each source states of some things of the look-up, and in which words."""
    reader = RecordReader(lookup.base)
    stated: dict[str, list[tuple[Term, Term, Term]]] = defaultdict(list)
    quoted: dict[str, list[Evidence]] = defaultdict(list)
    for batch in _batches([thing.iri(lookup.base) for thing in things]):
        rows, annotations = await asyncio.gather(
            select(engine, _CLAIMS % _values(batch)),
            ntriples(engine, _EVIDENCE % {"things": _values(batch)}),
        )
        for row in rows:
            key = row["g"].value.removeprefix(f"{lookup.base}{GRAPH}/")
            stated[key].append((Term(str(row["s"])), Term(str(row["p"])), Term(str(row["o"]))))
        for key, evidence in reader.evidence(by_subject(map(statement, annotations))):
            quoted[key].append(evidence)
    return [
        Claims(source, reader.all(by_subject(stated[key])), tuple(quoted[key]))
        for key, source in lookup.sources.items()
        if key in stated or key in quoted
    ]


_CLAIMS: Final = "SELECT ?g ?s ?p ?o { VALUES ?s { %s } GRAPH ?g { ?s ?p ?o } }"
# Three plain patterns and no path of optional steps: over such a path Virtuoso now and then loses
# the last step, and with it the words that are quoted.
_EVIDENCE: Final = f"""CONSTRUCT {{ ?part ?p ?o }} WHERE {{
  {{ VALUES ?s {{ %(things)s }} ?part <{_HAS_BODY}> ?s }} UNION
  {{ VALUES ?s {{ %(things)s }} ?annotation <{_HAS_BODY}> ?s ; <{ns.OA}hasTarget> ?part }} UNION
  {{ VALUES ?s {{ %(things)s }} ?annotation <{_HAS_BODY}> ?s ; <{ns.OA}hasTarget> ?target .
    ?target <{ns.OA}hasSelector> ?part }}
  ?part ?p ?o
}}"""


def _sources(triples: Iterable[ox.Triple]) -> list[str]:
    """The sources that triples name."""
    names = (f"{ns.DCT}source", f"{ns.OA}hasSource", f"{ns.PROV}wasDerivedFrom")
    return sorted(
        {
            t.object.value
            for t in triples
            if t.predicate.value in names and isinstance(t.object, ox.NamedNode)
        }
    )


async def _content(engine: QueryEngine, iri: str, base: str) -> tuple[list[ox.Triple], str]:
    """What stands in a graph, where the thing is one; or a statement that it is too much."""
    if iri == base + ALL:
        return [*_of_graph(iri, base, "What all sources state")], _TOO_MUCH
    merged = iri == base + MERGED
    if not merged and not iri.startswith(f"{base}{GRAPH}/"):
        return [], ""
    where = f"FROM <{iri}> " if merged else ""
    inner = "?s ?p ?o" if merged else f"GRAPH <{iri}> {{ ?s ?p ?o }}"
    rows = await select(engine, f"SELECT (COUNT(*) AS ?n) {where}{{ {inner} }}")
    description = [*_of_graph(iri, base, "The merged view of all sources")] if merged else []
    if int(rows[0]["n"].value) > GRAPH_TRIPLES:
        return description, _TOO_MUCH
    return description + await construct(
        engine, f"CONSTRUCT {{ ?s ?p ?o }} {where}{{ {inner} }}"
    ), ""


def _of_graph(iri: str, base: str, label: str) -> Iterator[ox.Triple]:
    """The description of a graph that no statement is about."""
    node = ox.NamedNode(iri)
    yield ox.Triple(node, ox.NamedNode(ns.RDF_TYPE), ox.NamedNode(f"{_SD}Graph"))
    yield ox.Triple(node, ox.NamedNode(f"{ns.RDFS}label"), ox.Literal(label, language="en"))
    endpoint = ox.NamedNode(f"{base}sparql")
    yield ox.Triple(node, ox.NamedNode(f"{ns.VOID}sparqlEndpoint"), endpoint)


def _unnamed(triples: Sequence[ox.Triple], base: str) -> list[str]:
    """The things of ours that triples mention and do not describe."""
    typed = {
        t.subject.value
        for t in triples
        if isinstance(t.subject, ox.NamedNode) and t.predicate.value == _LABELS[0]
    }
    mentioned = {
        term.value
        for t in triples
        for term in (t.subject, t.object)
        if isinstance(term, ox.NamedNode)
    }
    return sorted(iri for iri in mentioned - typed if iri.startswith(base))


def _of_concepts(iri: str, base: str) -> Iterator[ox.Triple]:
    """What the vocabulary says of a concept or a scheme, and the names of its scheme or of the
    concepts in it: the graph holds those that it uses."""
    if not iri.startswith(f"{base}{CONCEPT}/"):
        return
    vocabulary, term = concepts.descriptions(base), f"<{iri}>"
    own = vocabulary.get(Term(term), ())
    lines, linked = [f"{term} {p} {o} ." for p, o in own], {o for _, o in own}
    for subject, statements in vocabulary.items():
        if subject in linked or any(object_ == term for _, object_ in statements):
            lines += [
                f"{subject} {p} {o} ." for p, o in statements if p in _LABEL_TERMS or o == term
            ]
    for quad in ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES):
        yield quad.triple


async def _labels(engine: QueryEngine, iris: Sequence[str]) -> list[ox.Triple]:
    triples: list[ox.Triple] = []
    for batch in _batches(iris):
        triples += await construct(engine, _LABELLED % _values(batch))
    return triples


def _subjects(triples: Iterable[ox.Triple]) -> list[str]:
    return sorted({t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)})


def _values(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)


def _batches(iris: Sequence[str]) -> Iterable[Sequence[str]]:
    return (iris[start : start + _AT_ONCE] for start in range(0, len(iris), _AT_ONCE))
