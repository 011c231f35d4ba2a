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


class Mirror:
    """Whether two properties mirror each other: what a thing has of one has the thing of the other.

    Each statement adds the hash of its two ends to the sum of its property: equal sums are taken
    for equal sets of pairs. Unequal sets have equal sums once in 2^61 times (SipHash, and xxHash
    of the pair); equal ones have unequal sums only where something is stated twice.
    """

    def __init__(self, there: Term, back: Term) -> None:
        self.there, self.back = there, back
        self.sums = [0, 0]

    @property
    def is_sure(self) -> bool:
        """Whether they do, as far as was walked."""
        return self.sums[0] == self.sums[1]


class Links:
    """What is gathered. Each table is there from the moment that somebody asks for it."""

    def __init__(self) -> None:
        self.forward: dict[Term, dict[Term, Sequence[Term]]] = {}
        self.back: dict[Term, dict[Term, list[Term]]] = {}
        self.instances: dict[Term, set[Term]] = {}
        self.mirrors: list[Mirror] = []

    def values(self, iri: str) -> dict[Term, Sequence[Term]]:
        """The values of a property, by the thing."""
        return self.forward.setdefault(named(iri), {})

    def things(self, iri: str) -> dict[Term, list[Term]]:
        """The things that have a value of a property, by the value."""
        return self.back.setdefault(named(iri), {})

    def members(self, iri: str) -> set[Term]:
        """The instances of a class."""
        return self.instances.setdefault(named(iri), set())

    def mirror(self, iri: str, inverse: str) -> Mirror:
        """Whether a property mirrors another; the things that it is asked of add to the sums."""
        self.mirrors.append(Mirror(named(iri), named(inverse)))
        return self.mirrors[-1]

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


def own_ways(path: Path) -> Sequence[Term | None] | None:
    """The properties whose values a path leads to from a thing, by what is said of it alone; None
    among them is the thing itself. None where it goes on from there."""
    if path == HERE:
        return (None,)
    if path.kind == "predicate":
        return (named(path.iri),)
    if path.kind not in ("zeroOrOne", "alternative"):
        return None
    ways = [own_ways(part) for part in path.parts]
    if path.kind == "zeroOrOne":
        ways.insert(0, own_ways(HERE))
    known = [way for way in ways if way is not None]
    return [one for way in known for one in way] if len(known) == len(ways) else None


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
