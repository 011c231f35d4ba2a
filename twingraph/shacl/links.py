"""The links that a walk gathers, for what a constraint asks beyond a thing and its own values.

Of every property that a path follows from other things, or backwards, it is kept which values a
thing has, or which things have a value; of every class that a value must be of, its instances.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Final

from twingraph.rdf.terms import Statement, Term
from twingraph.shacl.shapes import Path

Said = dict[Term, Sequence[Term]]
"""What is said of one thing: its values, by property."""

ValuesOf = Callable[[Term, Said], Sequence[Term]]
"""The values that a path leads to from a thing, by what is said of it alone."""

Follow = Callable[[Term], Collection[Term]]
"""Where a path leads from a node, in whatever order and number."""

HERE: Final = Path("sequence")
"""The path of no step: it leads to where it begins."""


def named(iri: str) -> Term:
    """The term of an IRI that stands in shapes."""
    return Term(f"<{iri}>")


def grouped(statements: Iterable[Statement]) -> Said:
    """What statements say of a thing, by property."""
    said: dict[Term, list[Term]] = {}
    for predicate, value in statements:
        said.setdefault(predicate, []).append(value)
    return {**said}


class Links:
    """What is gathered. Each table is there from the moment that somebody asks for it."""

    def __init__(self) -> None:
        self.forward: dict[Term, dict[Term, Sequence[Term]]] = {}
        self.back: dict[Term, dict[Term, list[Term]]] = {}
        self.instances: dict[Term, set[Term]] = {}

    def values(self, iri: str) -> dict[Term, Sequence[Term]]:
        """The values of a property, by the thing."""
        return self.forward.setdefault(named(iri), {})

    def things(self, iri: str) -> dict[Term, list[Term]]:
        """The things that have a value of a property, by the value."""
        return self.back.setdefault(named(iri), {})

    def members(self, iri: str) -> set[Term]:
        """The instances of a class."""
        return self.instances.setdefault(named(iri), set())

    def follow(self, path: Path, back: bool = False) -> Follow:
        """A path as a function; what it needs is gathered from now on."""
        match path.kind:
            case "predicate":
                table = self.things(path.iri) if back else self.values(path.iri)
                return lambda node: table.get(node, ())
            case "inverse":
                return self.follow(path.parts[0], not back)
            case "sequence":
                parts = reversed(path.parts) if back else path.parts
                return partial(_sequence, [self.follow(part, back) for part in parts])
            case "alternative":
                return partial(_alternative, [self.follow(part, back) for part in path.parts])
        step = self.follow(path.parts[0], back)
        if path.kind == "zeroOrOne":
            return lambda node: (node, *step(node))
        return partial(_repeated, step, path.kind == "zeroOrMore")


def begun(path: Path, said: Collection[Term]) -> Path | None:
    """A path without the ways that lead nowhere from a thing of which this is said: None if none is
    left."""
    match path.kind:
        case "predicate":
            return path if named(path.iri) in said else None
        case "alternative":
            parts = tuple(part for p in path.parts if (part := begun(p, said)) is not None)
            return parts[0] if len(parts) == 1 else Path(path.kind, parts=parts) if parts else None
        case "sequence" if path.parts:
            first = begun(path.parts[0], said)
            return None if first is None else Path(path.kind, parts=(first, *path.parts[1:]))
        case "zeroOrOne" | "zeroOrMore":
            return path if begun(path.parts[0], said) is not None else HERE
        case "oneOrMore":
            return path if begun(path.parts[0], said) is not None else None
    return path


def own_values(path: Path) -> ValuesOf | None:
    """Where a path leads by what is said of a thing alone; None where it goes on from there."""
    if path == HERE:
        return lambda node, _: (node,)
    if path.kind == "predicate":
        iri = named(path.iri)
        return lambda _, said: said.get(iri, ())
    ways = [own_values(part) for part in path.parts]
    if path.kind == "zeroOrOne":
        ways.insert(0, own_values(HERE))
    elif path.kind != "alternative":
        return None
    known = [way for way in ways if way is not None]
    if len(known) < len(ways):
        return None
    return lambda node, said: [value for way in known for value in way(node, said)]


def _sequence(steps: Iterable[Follow], node: Term) -> Collection[Term]:
    nodes: Collection[Term] = (node,)
    for step in steps:
        nodes = {value for node in nodes for value in step(node)}
    return nodes


def _alternative(ways: Iterable[Follow], node: Term) -> Collection[Term]:
    return [value for way in ways for value in way(node)]


def _repeated(step: Follow, here: bool, node: Term) -> Collection[Term]:
    reached: set[Term] = set()
    new = {node}
    while new:
        new = {value for node in new for value in step(node)} - reached
        reached |= new
    return reached | {node} if here else reached
