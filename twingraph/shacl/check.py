"""Checking: SHACL speaks the verdict. The only module that imports pySHACL.

A graph is walked once, and every rule evaluated on the way (`evaluator`). Who may break one is
judged by pySHACL, on the statements that the rule's paths touch (`excerpt`). A rule with a
constraint that is not known there is pySHACL's altogether, on the whole graph. The evaluator may
doubt a thing in vain but never overlooks one, so the verdict is pySHACL's on everything.

One exception, for speed: *warnings* that count, as that something is missing, or that ask for one
of several shapes, are read off where the answer is sure, since whole countries lack the same thing.
A violation is always pySHACL's verdict.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef
from rdflib.term import Node

from twingraph.errors import UsageError
from twingraph.namespaces import BASE, SH
from twingraph.rdf.rdflib_terms import graph_of, term
from twingraph.rdf.shown_names import own_label
from twingraph.rdf.terms import Description, Statement, Term
from twingraph.shacl.evaluator import Evaluator
from twingraph.shacl.excerpt import Excerpt
from twingraph.shacl.listing_queries import is_told_alike, listings
from twingraph.shacl.report import Origins, Result, ValidationReport
from twingraph.shacl.rules import CompiledRule
from twingraph.shacl.shapes import Path, Shapes

Walk = Callable[[], Iterable[Description]]
"""Describes a graph, anew each time."""

REPORT: Final = f"{BASE}shacl-report"

_COMPONENTS: Final = {
    "minCount": "MinCount",
    "maxCount": "MaxCount",
    "qualifiedValueShape": "QualifiedMinCount",
    "or": "Or",
}
"""What the components of constraints are called that are read off."""


def check(
    graph: Walk | bytes,
    shapes: Shapes,
    *,
    origins: Origins | None = None,
    iri: str = REPORT,
) -> ValidationReport:
    """Check a graph, given by what describes it or as N-Triples, against shapes.

    `origins` says where in the data each IRI is spoken of, `iri` is the report's own. Raises
    UsageError where the shapes hold what is not understood, ValueError for a blank node.
    """
    walk = partial(list, described(graph)) if isinstance(graph, bytes) else graph
    checking = Check(shapes)
    checking.add(walk())
    return checking.report(walk, origins, iri)


class Check:
    """A check that is told of a graph as somebody else walks it.

    `lists` is for a part of a graph, of which the rest is told by `know`: see `Evaluator`.
    """

    def __init__(self, shapes: Shapes, lists: bool = False) -> None:
        self._shapes = shapes
        self._evaluator = Evaluator(shapes, lists=lists)

    def add(self, descriptions: Iterable[Description]) -> None:
        """Look at some descriptions, in which everything has a name (there is no blank node)."""
        self._evaluator.add(descriptions)

    def know(self, descriptions: Iterable[Description]) -> None:
        """Take in what is said of things that are checked elsewhere."""
        self._evaluator.know(descriptions)

    @property
    def evaluator(self) -> Evaluator:
        """What the shapes were compiled to."""
        return self._evaluator

    def report(
        self, walk: Walk, origins: Origins | None = None, iri: str = REPORT
    ) -> ValidationReport:
        """The verdict on all that was added; `walk` describes it once more, where that is needed.

        See `check`.
        """
        evaluator, shapes = self._evaluator, self._shapes
        if evaluator.twice:
            walk = partial(_together, walk, _repeated(walk()))
            evaluator = Evaluator(shapes, evaluator.subclasses, lists=True)
            evaluator.add(walk())
        evaluator.settle()
        excerpt = _excerpt(evaluator, walk)
        found = set(_found(evaluator, excerpt, shapes))
        whole: list[Description] = []
        if evaluator.unknown:
            whole = list(walk())
            found |= validate(graph_of(whole), shapes, shapes.holding(evaluator.unknown))
        for result, name in _unnamed(found, evaluator, excerpt, walk):
            found.discard(result)
            found.add(replace(result, label=name))
        # Of these each is there once.
        read_off = (
            _read_off(rule, focus, evaluator.labels[focus])
            for rule in evaluator.rules
            for focus in rule.broken
        )
        results = sorted([*found, *read_off], key=lambda result: result.order)
        return ValidationReport(
            tuple(results),
            iri,
            origins or {},
            listings(
                whole or excerpt.descriptions(),
                shapes,
                Counter(result.shape for result in results),
                evaluator.below,
            ),
        )


def described(triples: bytes) -> Iterable[Description]:
    """N-Triples as descriptions. Raises ValueError for a blank node."""
    said: dict[Term, list[Statement]] = defaultdict(list)
    for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            raise ValueError("the graph has a blank node: everything in it must have a name")
        said[Term(str(quad.subject))].append((Term(str(quad.predicate)), Term(str(quad.object))))
    return said.items()


def validate(graph: Graph, shapes: Shapes, some: Graph | None = None) -> set[Result]:
    """What pySHACL finds in a graph: by all shapes, or by those of the graph `some`."""
    _, report, text = pyshacl.validate(
        graph,
        shacl_graph=shapes.graph if some is None else some,
        inference="none",
        advanced=False,
        inplace=True,
        allow_warnings=True,
    )
    if not isinstance(report, Graph):
        raise UsageError(f"the shapes cannot be evaluated: {text}")
    return {_result(report, node, shapes) for node in report.objects(None, _sh("result"))}


def _repeated(descriptions: Iterable[Description]) -> frozenset[Term]:
    """The subjects that are described in several places."""
    times = Counter(subject for subject, _ in descriptions)
    return frozenset(subject for subject, number in times.items() if number > 1)


def _together(walk: Walk, repeated: frozenset[Term]) -> Iterator[Description]:
    """A walk that describes each thing once: those that it repeats come last."""
    merged: dict[Term, list[Statement]] = defaultdict(list)
    for subject, statements in walk():
        if subject in repeated:
            merged[subject] += statements
        else:
            yield subject, statements
    yield from merged.items()


def _excerpt(evaluator: Evaluator, walk: Walk) -> Excerpt:
    """What is looked at again of the graph: to judge, and to count what a listing gives."""
    shapes = {rule.shape.iri for rule in evaluator.rules if _is_looked_at_again(rule)}
    excerpt = Excerpt(evaluator, [r for r in evaluator.rules if r.shape.iri in shapes])
    if shapes:
        excerpt.gather(walk())
    return excerpt


def _is_looked_at_again(rule: CompiledRule) -> bool:
    return bool(rule.suspects or rule.bad or (rule.broken and not is_told_alike(rule.shape)))


def _found(evaluator: Evaluator, excerpt: Excerpt, shapes: Shapes) -> Iterator[Result]:
    for rule in evaluator.rules:
        if rule.suspects:
            graph = excerpt.surroundings(rule.shape, rule.suspects)
            focus = [("targetNode", URIRef(node[1:-1])) for node in sorted(rule.suspects)]
            yield from validate(graph, shapes, shapes.alone(rule.shape, focus))


def _read_off(rule: CompiledRule, focus: Term, name: str) -> Result:
    """What pySHACL would say of a node that surely breaks a shape. Of a node shape the value is the
    node itself (SHACL, section 3.6.2.3)."""
    shape = rule.shape
    component = _COMPONENTS[shape.constraints[0].parameter]
    return Result(
        severity=shape.severity,
        focus=focus[1:-1],
        shape=shape.iri,
        component=f"{SH}{component}ConstraintComponent",
        path=shape.path,
        value=None if shape.path else focus,
        rule=shape.name,
        message=shape.message,
        label=name,
    )


def _unnamed(
    found: set[Result], evaluator: Evaluator, excerpt: Excerpt, walk: Walk
) -> list[tuple[Result, str]]:
    """Results that do not say yet what their node is called, each with the name."""
    unnamed = [result for result in found if not result.label]
    names = {r.focus: excerpt.label(Term(f"<{r.focus}>")) for r in unnamed}
    if evaluator.unknown:
        rest = {Term(f"<{node}>") for node, name in names.items() if not name}
        names |= {s[1:-1]: own_label(said) for s, said in walk() if s in rest}
    return [(result, name) for result in unnamed if (name := names[result.focus])]


def _result(report: Graph, node: Node, shapes: Shapes) -> Result:
    said = {str(p): o for p, o in report.predicate_objects(node)}
    shape = shapes.by_iri[str(said[f"{SH}sourceShape"])]
    path, value = said.get(f"{SH}resultPath"), said.get(f"{SH}value")
    return Result(
        severity=str(said[f"{SH}resultSeverity"]).removeprefix(SH).lower(),
        focus=str(said[f"{SH}focusNode"]),
        shape=shape.iri,
        component=str(said[f"{SH}sourceConstraintComponent"]),
        path=Path("predicate", iri=str(path)) if isinstance(path, URIRef) else shape.path,
        value=None if value is None else term(value),
        rule=shape.name,
        message=shape.message,
    )


def _sh(name: str) -> URIRef:
    return URIRef(f"{SH}{name}")
