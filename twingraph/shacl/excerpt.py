"""What pySHACL must see of a graph to judge some suspects: taken from a second walk of it.

All that is said of the suspects, and of the properties that their rules follow from there all that
is said of anything. `surroundings` is what of this a rule's paths touch from its suspects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rdflib import Graph

from twingraph.rdf.rdflib_terms import graph_of, term
from twingraph.rdf.shown_names import own_label
from twingraph.rdf.terms import TYPE, Description, Statement, Term
from twingraph.shacl.evaluator import SUBCLASS, Evaluator
from twingraph.shacl.links import Said, grouped, named
from twingraph.shacl.rules import CompiledRule
from twingraph.shacl.shapes import Path, Shape

_PAIRS = ("equals", "disjoint", "lessThan", "lessThanOrEquals")

Touched = dict[tuple[Term, Term, Term], None]
"""Statements, each once."""


class Excerpt:
    """Part of a graph; gathering it finds the last suspects too: those who have a bad value."""

    def __init__(self, evaluator: Evaluator, rules: Sequence[CompiledRule]) -> None:
        self._evaluator, self._rules = evaluator, rules
        self._asked = {p for rule in rules for p in _properties(rule)}
        self._whole = [rule for rule in rules if _is_closed(rule.shape)]
        self._said: dict[Term, Said] = {}
        self._back: dict[Term, dict[Term, list[Term]]] = defaultdict(lambda: defaultdict(list))

    def gather(self, descriptions: Iterable[Description]) -> None:
        """Take what is needed from a walk of the graph."""
        suspects: set[Term] = set().union(*(rule.suspects for rule in self._rules))
        with_bad = [rule for rule in self._rules if rule.bad]
        for rule in with_bad:
            # Of what a rule names there may be no description.
            rule.suspects.update(node for node in rule.nodes if rule.has_bad(node, {}))
        for subject, statements in descriptions:
            said = grouped(statements)
            wanted = subject in suspects
            for rule in with_bad:
                if rule.has_bad(subject, said) and self._evaluator.about(rule, subject, said):
                    rule.suspects.add(subject)
                    wanted = True
            if wanted or any(self._evaluator.about(rule, subject, said) for rule in self._whole):
                self._keep(subject, said)
            else:
                self._keep(subject, {p: said[p] for p in self._asked.intersection(said)})

    def label(self, subject: Term) -> str:
        """The name of a thing of which everything was kept."""
        return own_label(_statements(self._said.get(subject, {})))

    def descriptions(self) -> Iterator[Description]:
        """All of it."""
        for subject, said in self._said.items():
            yield subject, list(_statements(said))

    def surroundings(self, shape: Shape, focus: Iterable[Term]) -> Graph:
        """The statements that pySHACL reads to judge a shape at some nodes, and no more."""
        touched: Touched = {}
        for subject, said in self._said.items():
            touched.update(((subject, SUBCLASS, above), None) for above in said.get(SUBCLASS, ()))
        self._touch(shape, set(focus), touched)
        return graph_of((s, ((p, o),)) for s, p, o in touched)

    def _keep(self, subject: Term, said: Said) -> None:
        if said:
            self._said[subject] = said
        for predicate, values in said.items():
            things = self._back[predicate]
            for value in values:
                things[value].append(subject)

    def _touch(self, shape: Shape, nodes: set[Term], touched: Touched) -> None:
        """Add what is read to judge a shape at these nodes."""
        values = self._follow(shape.path, nodes, touched) if shape.path else nodes
        for parameter, value in shape.constraints:
            if parameter == "class":
                self._step(values, TYPE, False, touched)
            elif parameter in _PAIRS:
                self._step(nodes, named(value), False, touched)
            elif parameter == "closed":
                for node in nodes:
                    for predicate in self._said.get(node, ()):
                        self._step({node}, predicate, False, touched)
        for part in (*parts_of(shape), *shape.properties):
            self._touch(part, values, touched)

    def _follow(
        self, path: Path, nodes: set[Term], touched: Touched, back: bool = False
    ) -> set[Term]:
        """Where a path leads from these nodes, every statement on the way added."""
        match path.kind:
            case "predicate":
                return self._step(nodes, named(path.iri), back, touched)
            case "inverse":
                return self._follow(path.parts[0], nodes, touched, not back)
            case "sequence":
                for part in reversed(path.parts) if back else path.parts:
                    nodes = self._follow(part, nodes, touched, back)
                return nodes
            case "alternative":
                return {n for p in path.parts for n in self._follow(p, nodes, touched, back)}
            case "zeroOrOne":
                return nodes | self._follow(path.parts[0], nodes, touched, back)
        reached, new = set(nodes), nodes
        while new:
            new = self._follow(path.parts[0], new, touched, back) - reached
            reached |= new
        return reached

    def _step(self, nodes: set[Term], predicate: Term, back: bool, touched: Touched) -> set[Term]:
        reached: set[Term] = set()
        for node in nodes:
            if back:
                found = self._back[predicate].get(node, [])
                touched.update(((thing, predicate, node), None) for thing in found)
            else:
                found = list(self._said.get(node, {}).get(predicate, ()))
                touched.update(((node, predicate, value), None) for value in found)
            reached.update(found)
        return reached


def parts_of(shape: Shape) -> Iterator[Shape]:
    """The shapes that a shape's constraints ask its values to conform to, or not to."""
    for parameter, value in shape.constraints:
        match parameter:
            case "node" | "not":
                yield value
            case "and" | "or" | "xone":
                yield from value
            case "qualifiedValueShape":
                yield value[0]


def _properties(rule: CompiledRule) -> Iterator[Term]:
    """The properties that a rule follows, and those that say whether it is about a thing."""
    yield SUBCLASS
    for kind, node in rule.targets:
        yield term(node) if kind == "targetSubjectsOf" else TYPE
    yield from _asked(rule.shape)


def _asked(shape: Shape) -> Iterator[Term]:
    if shape.path:
        yield from _of_path(shape.path)
    for parameter, value in shape.constraints:
        if parameter == "class":
            yield TYPE
        elif parameter in _PAIRS:
            yield named(value)
    for part in (*parts_of(shape), *shape.properties):
        yield from _asked(part)


def _of_path(path: Path) -> Iterator[Term]:
    if path.kind == "predicate":
        yield named(path.iri)
    for part in path.parts:
        yield from _of_path(part)


def _is_closed(shape: Shape) -> bool:
    return any(parameter == "closed" for parameter, _ in shape.constraints)


def _statements(said: Said) -> Iterator[Statement]:
    for predicate, values in said.items():
        for value in values:
            yield predicate, value
