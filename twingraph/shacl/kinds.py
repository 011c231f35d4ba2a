"""What is done with each thing of a kind, as one function that is written for it.

A kind are things of one type, of which the same properties are stated; those that are stated more
than once among them. Of a kind it is worked out once what to ask (`rules`) and what to gather for
others (`links`). All this is written down as the source of one Python function, and compiled: to
walk through lists of what to do would take longer than doing it. Of the values only the places
among the statements differ from thing to thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from twingraph.rdf.shown_names import NAMING
from twingraph.rdf.terms import TYPE, Term
from twingraph.shacl.links import Mirror, Said
from twingraph.shacl.term_tests import TermTest

Ask = Callable[[Term, Sequence[Term]], None]
"""Does what there is to do with a thing, given its values in the order of the properties."""

Places = Sequence[int | slice]
"""Where the values of each property are: of one that is stated once, a number."""

Named = Callable[[Term, Said], None]
"""Something to do with a thing, given what it is called."""

Compare = Callable[[Term, Sequence[Term], Sequence[Term]], None]
"""Something to do with a thing, given all its values of one property, and of another."""

_GOOD: Final = 50_000
"""So many values that are good are remembered."""


@dataclass(slots=True)
class Kind:
    """What is done with each thing of a kind: these properties (with the values of one such
    thing), some `many` times, these classes.

    `instances`, `forward` and `back` are kept for others (see `Links`). `derived` are values that a
    path leads to, under a name of its own: those of some properties, and of None the thing itself.
    `alone` are tests of each value, with who is suspected; `linked` the values that await the end
    of the walk, unless they are instances already; `deferred` takes the thing itself until then.
    `whole` asks of all values, and those of another property; pairs of one value each that are
    known to be good are passed over. `named` are things to do with what has a name; `there` and
    `mirrored` are the two sides of properties that should mirror each other.
    """

    said: Said
    many: Collection[Term]
    classes: Collection[Term]
    instances: list[set[Term]] = field(default_factory=list)
    forward: list[tuple[Term, dict[Term, Sequence[Term]]]] = field(default_factory=list)
    back: list[tuple[Term, dict[Term, list[Term]]]] = field(default_factory=list)
    derived: dict[Term, Sequence[Term | None]] = field(default_factory=dict)
    alone: dict[Term, list[tuple[TermTest, set[Term]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    linked: list[tuple[Term, Collection[Term], set[Term]]] = field(default_factory=list)
    deferred: list[list[Term]] = field(default_factory=list)
    whole: list[tuple[Term, Term | None, set[tuple[Term, Term]], Compare]] = field(
        default_factory=list
    )
    named: list[Named] = field(default_factory=list)
    there: list[Mirror] = field(default_factory=list)
    mirrored: list[Mirror] = field(default_factory=list)


class KindCompiler:
    """Compiles kinds. What is known of values is known for all kinds that ask the same of them."""

    def __init__(self) -> None:
        self._tests: dict[tuple[int, ...], tuple[set[Term], Callable[[Term, Term], None]]] = {}

    def compile(self, kind: Kind) -> Callable[[Places], Ask]:
        """A function that makes what is done with a thing, for the places where its values are."""
        source = _Source(kind)
        source.write(self._together)
        return source.compiled()

    def _together(
        self, tests: Sequence[tuple[TermTest, set[Term]]]
    ) -> tuple[set[Term], Callable[[Term, Term], None]]:
        """The values that are known to be good, and what to do with another value of a thing."""
        key = tuple(id(test) for test, _ in tests)
        if key not in self._tests:
            self._tests[key] = _remembering(tests)
        return self._tests[key]


def _remembering(
    tests: Sequence[tuple[TermTest, set[Term]]],
) -> tuple[set[Term], Callable[[Term, Term], None]]:
    good: set[Term] = set()

    def judge(value: Term, subject: Term) -> None:
        sure = True
        for test, suspects in tests:
            if test(value) is not True:
                suspects.add(subject)
                sure = False
        if sure and len(good) < _GOOD:
            good.add(value)

    return good, judge


class _Source:
    """The source of a function, and what it names."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._names: dict[str, Any] = {}
        self._lines: list[str] = []
        self._place = {key: f"p{number}" for number, key in enumerate(kind.said)}
        self._derived = {key: f"d{number}" for number, key in enumerate(kind.derived)}

    def compiled(self) -> Callable[[Places], Ask]:
        """The function that makes the function."""
        places = "".join(f"{place}, " for place in self._place.values())
        unpacked = f"    {places}= places\n" if places else ""
        body = "".join(f"        {line}\n" for line in self._lines) or "        pass\n"
        text = f"def make(places):\n{unpacked}    def ask(s, o):\n{body}    return ask\n"
        exec(compile(text, "<a kind of things>", "exec"), self._names)
        made: Callable[[Places], Ask] = self._names["make"]
        return made

    def write(
        self, together: Callable[..., tuple[set[Term], Callable[[Term, Term], None]]]
    ) -> None:
        """Write down all that is done with a thing."""
        kind, add, named = self._kind, self._lines.append, self._named
        for members in kind.instances:
            add(f"{named(members.add)}(s)")
        for key, values_of in kind.forward:
            # Of a kind the types are known: all things of it may have one list of them.
            values = named(list(kind.said[TYPE])) if key == TYPE else self._all(key)
            add(f"{named(values_of)}[s] = {values}")
        for key, things_of in kind.back:
            table = named(things_of)
            self._each(key, f"if v in {table}: {table}[v].append(s)", f"else: {table}[v] = [s]")
        for key, ways in kind.derived.items():
            there = (way for way in ways if way is None or way in kind.said)
            lists = ("s" if way is None else f"*{self._all(way)}" for way in there)
            add(f"{self._derived[key]} = [{', '.join(lists)}]")
        for key, tests in kind.alone.items():
            good, judge = together(tests)
            if key in kind.derived and list(kind.derived[key]) == [None]:
                add(f"{named(judge)}(s, s)")  # it never comes again
                continue
            self._each(key, f"if v not in {named(good)}: {named(judge)}(v, s)")
        for key, members_, pending in kind.linked:
            self._each(key, f"if v not in {named(members_)}: {named(pending.add)}(v)")
        for deferred in kind.deferred:
            add(f"{named(deferred.append)}(s)")
        for key, pair, pairs, compare in kind.whole:
            self._compare(key, pair, named(pairs), named(compare))
        for mirror in kind.there:
            self._each(mirror.there, f"{named(mirror.sums)}[0] += hash((s, v))")
        for mirror in kind.mirrored:
            self._each(mirror.back, f"{named(mirror.sums)}[1] += hash((v, s))")
        if kind.named:
            labels = (f"{named(p)}: {self._all(p)}" for p in NAMING if p in kind.said)
            add(f"n = {{{', '.join(labels)}}}")
            for step in kind.named:
                add(f"{named(step)}(s, n)")

    def _compare(self, key: Term, pair: Term | None, pairs: str, compare: str) -> None:
        one = self._one(key)
        other = self._one(pair) if pair in self._kind.said and pair else None
        others = self._all(pair) if pair in self._kind.said and pair else "()"
        if one and other:
            self._lines.append(
                f"if ({one}, {other}) not in {pairs}: {compare}(s, [{one}], [{other}])"
            )
        else:
            self._lines.append(f"{compare}(s, {self._all(key)}, {others})")

    def _each(self, key: Term, *lines: str) -> None:
        """Do something with each value `v`."""
        if one := self._one(key):
            self._lines += [f"v = {one}", *lines]
        else:
            self._lines += [f"for v in {self._all(key)}:", *(f"    {line}" for line in lines)]

    def _one(self, key: Term) -> str | None:
        """The only value, where it is known that there is one."""
        if key in self._derived or key in self._kind.many:
            return None
        return f"o[{self._place[key]}]"

    def _all(self, key: Term) -> str:
        """The values, as a list."""
        one = self._one(key)
        return self._derived.get(key) or (f"[{one}]" if one else f"o[{self._place[key]}]")

    def _named(self, thing: Any) -> str:
        name = f"x{len(self._names)}"
        self._names[name] = thing
        return name


@dataclass(slots=True)
class PropertyLayout:
    """A sequence of properties that things have: where the values of each are.

    `order` puts the values of each property together, where they are not. `types` gives the types
    among the values in that order; `asks` what is done with things of these types.
    """

    places: dict[Term, int | slice]
    order: Sequence[int] | None
    types: Callable[[Sequence[Term]], object]
    asks: dict[object, Ask] = field(default_factory=dict)

    @classmethod
    def of(cls, predicates: Sequence[Term]) -> PropertyLayout:
        """The layout of things with these properties, in the order of their statements."""
        where: dict[Term, list[int]] = {}
        for number, predicate in enumerate(predicates):
            where.setdefault(predicate, []).append(number)
        order = [number for numbers in where.values() for number in numbers]
        places = dict(_places(where))
        together = order == list(range(len(predicates)))
        at = places.get(TYPE)
        if isinstance(at, slice):
            return cls(places, None if together else order, lambda o, at=at: tuple(o[at]))  # type: ignore[misc]
        types = (lambda o: o[at]) if at is not None else (lambda o: None)
        return cls(places, None if together else order, types)

    @property
    def many(self) -> list[Term]:
        """The properties that are stated more than once."""
        return [key for key, place in self.places.items() if isinstance(place, slice)]

    def said(self, objects: Sequence[Term]) -> Said:
        """What is said of a thing, by property."""
        return {
            key: list(objects[place]) if isinstance(place, slice) else [objects[place]]
            for key, place in self.places.items()
        }


def _places(where: dict[Term, list[int]]) -> Iterator[tuple[Term, int | slice]]:
    start = 0
    for key, numbers in where.items():
        end = start + len(numbers)
        yield key, start if len(numbers) == 1 else slice(start, end)
        start = end
