"""Evaluating rules in one walk of a graph: which of them may be broken, and where.

The descriptions of a graph are few kinds, and of each kind it is worked out once what to ask of its
things (`rules`). What asks of other things is answered when the walk has ended, by the links
gathered on the way.

A thing is suspected where a rule does not surely hold: pySHACL judges it. Rules that are warnings,
and whose results say no more than which thing it is, are read off where the answer is sure, since
whole countries lack the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from twingraph.namespaces import RDFS
from twingraph.rdf.terms import TYPE, Description, Term
from twingraph.shacl.compiler import Compiler, NotCompiled
from twingraph.shacl.links import Links, Said
from twingraph.shacl.rules import Kind, Rule
from twingraph.shacl.shapes import ShapeRule, Shapes

SUBCLASS: Final = Term(f"<{RDFS}subClassOf>")

Subclass = tuple[Term, Term]
"""A class, and one above it."""

_KINDS: Final = 10_000
"""So many kinds of things are kept: there are some hundreds in what people write."""


class Evaluator:
    """Is fed with the descriptions of a graph, in any order; each thing is described once.

    `subclasses` are the graph's own statements of that, where there are any: see `twice`.
    """

    def __init__(self, shapes: Shapes, subclasses: Iterable[Subclass] = ()) -> None:
        self._above = _closure(subclasses)
        self._links = Links()
        compiler = Compiler(self._links)
        self.labels: dict[Term, str] = {}
        self.rules: list[Rule] = []
        self.unknown: list[ShapeRule] = []
        for rule in shapes.rules:
            try:
                self.rules.append(Rule(rule, compiler, self._links, self.labels))
            except NotCompiled:
                self.unknown.append(rule)
        self._named = {node for rule in self.rules for node in rule.nodes}
        self._kinds: dict[tuple[object, ...], Kind] = {}
        self._seen: set[int] = set()
        self.repeated: set[Term] = set()
        self.subclasses: set[Subclass] = set()

    @property
    def twice(self) -> bool:
        """Whether the graph must be walked anew, since it was not known before that it has classes
        above others, or describes a thing in two places."""
        return bool(self.repeated or (self.subclasses and not self._above))

    @property
    def below(self) -> dict[str, frozenset[str]]:
        """The classes below a class, for those that have any; all by their IRIs."""
        pairs = [(c, a) for c, above in self._above.items() for a in above]
        classes = {above for _, above in pairs}
        return {a[1:-1]: frozenset(c[1:-1] for c, b in pairs if b == a) for a in classes}

    def add(self, descriptions: Iterable[Description]) -> None:
        """Evaluate some descriptions. Raises ValueError for a blank node."""
        kinds, seen, by_name = self._kinds, self._seen, self._named
        for subject, statements in descriptions:
            said: dict[Term, Any] = {}
            many: tuple[Term, ...] = ()
            for predicate, value in statements:
                if predicate in said:
                    values = said[predicate]
                    values.append(value)
                    if len(values) == 2:
                        many += (predicate,)
                else:
                    said[predicate] = [value]
                if value[0] == "_":
                    raise _blank()
            if subject[0] == "_":
                raise _blank()
            # Two subjects of one number are taken for a repetition: then they are looked at again.
            number = hash(subject)
            if number in seen:
                self.repeated.add(subject)
            seen.add(number)
            of_name = subject if subject in by_name else None
            key = (*said, None, *said.get(TYPE, ()), None, *many, of_name)
            kind = kinds.get(key)
            if kind is None:
                kind = self._kind(subject, said, many)
                self._remember(key, kind)
            _keep(kind, subject, said)
            _ask(kind, subject, said)

    def settle(self) -> None:
        """The walk has ended: answer what asks of other things."""
        for node in sorted(self._named):
            if hash(node) not in self._seen:
                said: Said = {}
                _ask(self._kind(node, said, ()), node, said)
        for rule in self.rules:
            rule.settle()

    def about(self, rule: Rule, subject: Term, said: Said) -> bool:
        """Whether a rule is about a thing."""
        return rule.about(subject, said, self._classes(said))

    def _classes(self, said: Said) -> frozenset[Term]:
        types = said.get(TYPE, ())
        return frozenset(types).union(*(self._above.get(c, ()) for c in types))

    def _kind(self, subject: Term, said: Said, many: tuple[Term, ...]) -> Kind:
        self.subclasses.update((subject, above) for above in said.get(SUBCLASS, ()))
        kind, links = Kind({**said}, many, self._classes(said)), self._links
        kind.instances += (s for c, s in links.instances.items() if c in kind.classes)
        kind.forward += ((p, table) for p, table in links.forward.items() if p in said)
        kind.back += ((p, table) for p, table in links.back.items() if p in said)
        for rule in self.rules:
            if rule.about(subject, said, kind.classes):
                rule.ask(kind)
        return kind

    def _remember(self, key: tuple[object, ...], kind: Kind) -> None:
        if len(self._kinds) >= _KINDS:
            self._kinds.clear()
        # Every class that says what is above it is to be seen: see `_kind`.
        if SUBCLASS not in kind.said:
            self._kinds[key] = kind


def _keep(kind: Kind, subject: Term, said: Said) -> None:
    """Gather what others may ask of a thing."""
    for members in kind.instances:
        members.add(subject)
    for predicate, values_of in kind.forward:
        values_of[subject] = said[predicate]
    for predicate, things_of in kind.back:
        for value in said[predicate]:
            if value in things_of:
                things_of[value].append(subject)
            else:
                things_of[value] = [subject]


def _ask(kind: Kind, subject: Term, said: Said) -> None:
    """Ask of a thing what is left to ask of its kind."""
    for key, values_of in kind.derived.items():
        said[key] = values_of(subject, said)
    for key, good, test, suspects in kind.alone:
        for value in said[key]:
            if value not in good and test(value) is not True:
                suspects.add(subject)
    for key, members, pending in kind.linked:
        for value in said[key]:
            if value not in members:
                pending.add(value)
    for deferred in kind.deferred:
        deferred.append(subject)
    for step in kind.steps:
        step(subject, said)


def _closure(subclasses: Iterable[Subclass]) -> dict[Term, set[Term]]:
    """All the classes above a class, for those that have any."""
    above: dict[Term, set[Term]] = {}
    for below, one in subclasses:
        above.setdefault(below, set()).add(one)
    grown = True
    while grown:
        grown = False
        for classes in above.values():
            further = set().union(*(above.get(c, ()) for c in classes)) - classes
            classes |= further
            grown = grown or bool(further)
    return above


def _blank() -> ValueError:
    return ValueError("the graph has a blank node: everything in it must have a name")
