"""Evaluating rules in one walk of a graph: which of them may be broken, and where.

The descriptions of a graph are few kinds, and of each kind it is worked out once what to ask of its
things (`rules`). What asks of other things is answered when the walk has ended, by the links
gathered on the way.

A thing is suspected where a rule does not surely hold: pySHACL judges it. Rules that are warnings,
and whose results say no more than which thing it is, are read off where the answer is sure, since
whole countries lack the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from twingraph.namespaces import RDFS
from twingraph.rdf.terms import TYPE, Description, Term
from twingraph.shacl.compiler import NotCompiled, ShapeCompiler
from twingraph.shacl.kinds import Ask, Kind, KindCompiler, Places, PropertyLayout
from twingraph.shacl.links import Links, Said, grouped
from twingraph.shacl.rules import CompiledRule
from twingraph.shacl.shapes import ShapeRule, Shapes

SUBCLASS: Final = Term(f"<{RDFS}subClassOf>")

Subclass = tuple[Term, Term]
"""A class, and one above it."""

_KINDS: Final = 10_000
"""So many kinds of things are kept: there are some hundreds in what people write."""
_LAYOUTS: Final = 50_000
"""So many sequences of properties are kept: of towns each number of partners makes one."""


class Evaluator:
    """Is fed with the descriptions of a graph, in any order; each thing is described once.

    `subclasses` are the graph's own statements of that, where there are any. `lists`: things that
    properties do not mirror are found one by one. Both are for a second walk: see `twice`.
    """

    def __init__(
        self, shapes: Shapes, subclasses: Iterable[Subclass] = (), lists: bool = False
    ) -> None:
        self._above = _closure(subclasses)
        self._links = Links()
        compiler = ShapeCompiler(self._links)
        self.labels: dict[Term, str] = {}
        self.rules: list[CompiledRule] = []
        self.unknown: list[ShapeRule] = []
        for rule in shapes.rules:
            try:
                self.rules.append(CompiledRule(rule, compiler, self._links, self.labels, lists))
            except NotCompiled:
                self.unknown.append(rule)
        self._named = {node for rule in self.rules for node in rule.nodes}
        self._compiler = KindCompiler()
        self._kinds: dict[tuple[object, ...], Callable[[Places], Ask]] = {}
        self._layouts: dict[tuple[Term, ...], PropertyLayout] = {}
        self._seen: set[int] = set()
        self._number = 0
        self.subclasses: set[Subclass] = set()

    @property
    def twice(self) -> bool:
        """Whether the graph must be walked anew, since it was not known before that it has classes
        above others, describes a thing in two places, or lacks one side of a link."""
        return (
            self._number > len(self._seen)
            or bool(self.subclasses and not self._above)
            or not all(mirror.is_sure for mirror in self._links.mirrors)
        )

    @property
    def below(self) -> dict[str, frozenset[str]]:
        """The classes below a class, for those that have any; all by their IRIs."""
        pairs = [(c, a) for c, above in self._above.items() for a in above]
        classes = {above for _, above in pairs}
        return {a[1:-1]: frozenset(c[1:-1] for c, b in pairs if b == a) for a in classes}

    def add(self, descriptions: Iterable[Description]) -> None:
        """Evaluate some descriptions, in which everything has a name (there is no blank node)."""
        layouts, seen, by_name, number = self._layouts, self._seen, self._named, 0
        for subject, statements in descriptions:
            number += 1
            # Two subjects of one hash are taken for a repetition: then they are looked at again.
            seen.add(hash(subject))
            predicates = tuple([predicate for predicate, _ in statements])
            layout = layouts.get(predicates) or self._layout(predicates)
            objects = [value for _, value in statements]
            if layout.order is not None:
                objects = [objects[place] for place in layout.order]
            ask = layout.asks.get(layout.types(objects))
            if ask is None or (by_name and subject in by_name):
                ask = self._ask(layout, subject, objects)
            ask(subject, objects)
        self._number += number

    def know(self, descriptions: Iterable[Description]) -> None:
        """Take in what is said of things that are evaluated elsewhere: the evaluated ones may link
        to them, or be linked from there."""
        links = self._links
        for subject, statements in descriptions:
            said = grouped(statements)
            for class_ in self._classes(said).intersection(links.instances):
                links.instances[class_].add(subject)
            for predicate, values in said.items():
                if predicate in links.forward:
                    links.forward[predicate][subject] = values
                for value in values if predicate in links.back else ():
                    links.back[predicate].setdefault(value, []).append(subject)

    @property
    def followed(self) -> frozenset[Term]:
        """The properties whose values of other things are asked for; classes are too."""
        return frozenset(self._links.forward)

    @property
    def followed_back(self) -> frozenset[Term]:
        """The properties by which it is asked who links to a thing."""
        return frozenset(self._links.back)

    def settle(self) -> None:
        """The walk has ended: answer what asks of other things."""
        for node in sorted(self._named):
            if hash(node) not in self._seen:
                self._ask(PropertyLayout.of(()), node, [])(node, [])
        for rule in self.rules:
            rule.settle()

    def about(self, rule: CompiledRule, subject: Term, said: Said) -> bool:
        """Whether a rule is about a thing."""
        return rule.about(subject, said, self._classes(said))

    def _classes(self, said: Said) -> frozenset[Term]:
        types = said.get(TYPE, ())
        return frozenset(types).union(*(self._above.get(c, ()) for c in types))

    def _layout(self, predicates: tuple[Term, ...]) -> PropertyLayout:
        if len(self._layouts) >= _LAYOUTS:
            self._layouts.clear()
        layout = self._layouts[predicates] = PropertyLayout.of(predicates)
        return layout

    def _ask(self, layout: PropertyLayout, subject: Term, objects: Sequence[Term]) -> Ask:
        """What is done with a thing, and with others of its layout and its types."""
        said, many = layout.said(objects), layout.many
        if subject in self._named:
            return self._compiler.compile(self._kind(subject, said, many))(
                list(layout.places.values())
            )
        key = (*said, None, *said.get(TYPE, ()), None, *many)
        made = self._kinds.get(key) or self._compiler.compile(self._kind(subject, said, many))
        ask = made(list(layout.places.values()))
        # Every class that says what is above it is to be seen: see `_kind`.
        if SUBCLASS not in said:
            if len(self._kinds) >= _KINDS:
                self._kinds.clear()
            self._kinds[key] = made
            layout.asks[layout.types(objects)] = ask
        return ask

    def _kind(self, subject: Term, said: Said, many: Collection[Term]) -> Kind:
        self.subclasses.update((subject, above) for above in said.get(SUBCLASS, ()))
        kind, links = Kind(said, many, self._classes(said)), self._links
        kind.instances += (s for c, s in links.instances.items() if c in kind.classes)
        kind.forward += ((p, table) for p, table in links.forward.items() if p in said)
        kind.back += ((p, table) for p, table in links.back.items() if p in said)
        kind.mirrored += (mirror for mirror in links.mirrors if mirror.back in said)
        for rule in self.rules:
            if rule.about(subject, said, kind.classes):
                rule.ask(kind)
        return kind


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
