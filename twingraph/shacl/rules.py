"""A rule, compiled: what it asks of things of some kind, and what the walk finds of it.

Of a kind (see `kinds`) it is worked out once what is left to ask: a rule about another class asks
nothing, nor does one about a property that is not there and need not be, or about the number of
values of one that is stated once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from rdflib import URIRef

from twingraph.rdf.rdflib_terms import term
from twingraph.rdf.shown_names import NAMING, own_label
from twingraph.rdf.terms import TYPE, Term
from twingraph.shacl.compiler import NotCompiled, ShapeCompiler, ValuesTest
from twingraph.shacl.kinds import Compare, Kind
from twingraph.shacl.links import HERE, Links, Mirror, Said, begun, named, own_ways
from twingraph.shacl.report import VIOLATION
from twingraph.shacl.shapes import Constraint, Path, Shape, ShapeRule
from twingraph.shacl.term_tests import Judgement, TermTest, every

_TARGETS: Final = frozenset({"targetClass", "targetSubjectsOf", "targetNode"})
_GOOD: Final = 50_000
"""So many good pairs of values are remembered."""


class CompiledRule:
    """A rule, compiled, and what the walk finds of it.

    Where it only asks that two properties mirror each other, this is found of all things at once
    unless it `lists` them.

    `suspects` may break it. `broken` surely do: they are read off. `bad` are values that may break
    it: who has them is to be found. Raises NotCompiled.
    """

    def __init__(
        self,
        rule: ShapeRule,
        compiler: ShapeCompiler,
        links: Links,
        labels: dict[Term, str],
        lists: bool = True,
    ) -> None:
        shape = rule.shape
        self.shape, self.targets, self._labels = shape, rule.targets, labels
        if not all(kind in _TARGETS and isinstance(node, URIRef) for kind, node in rule.targets):
            raise NotCompiled("it may be about literals")
        self._meant = [(kind, term(node)) for kind, node in rule.targets]
        self._closed, constraints = _opened(shape)
        self._compiled = compiler.compile(replace(shape, constraints=constraints))
        self._path = shape.path or HERE
        self.exact = (
            self._closed is None and shape.severity != VIOLATION and _is_exact(shape, constraints)
        )
        self._by_presence = self.exact and constraints[0] == ("minCount", 1)
        self._by_links = any(test.linked for test in self._compiled.whole)
        self._judge: TermTest | None = None
        self._mirror = None if lists else _mirror(self._path, constraints, links)
        if self._mirror is None and (self._by_links or own_ways(self._path) is None):
            self._judge = compiler.at(self._compiled, links.follow(self._asked_at_the_end()))
        self.suspects: set[Term] = set()
        self.broken: list[Term] = []
        self.bad: set[Term] = set()
        self._deferred: list[Term] = []
        self._pending: set[Term] = set()
        instance = self._compiled.instance
        self._members: Collection[Term] = links.members(instance[1:-1]) if instance else ()

    @property
    def nodes(self) -> list[Term]:
        """The things that it is about by their names."""
        return [iri for kind, iri in self._meant if kind == "targetNode"]

    def about(self, subject: Term, said: Said, classes: Collection[Term]) -> bool:
        """Whether one of its targets means a thing, which is of these classes."""
        for kind, iri in self._meant:
            among = {"targetClass": classes, "targetSubjectsOf": said, "targetNode": (subject,)}
            if iri in among[kind]:
                return True
        return False

    def ask(self, kind: Kind) -> None:
        """Add to a kind what is left to ask of its things."""
        said = kind.said
        if self._closed is not None and not self._closed.issuperset(said):
            kind.named.append(self._suspect)
        if self._mirror is not None:
            if self._mirror.there in said:
                kind.there.append(self._mirror)
            return
        path = begun(self._path, said)
        if path is None:
            self._ask_without_values(kind)
        elif not (self._by_presence and _is_there(path)):
            ways = None if self._by_links else own_ways(path)
            if ways is not None:
                self._ask_of_values(path, ways, kind)
            elif self.exact:
                kind.named.append(self._defer)
            else:
                kind.deferred.append(self._deferred)

    def has_bad(self, subject: Term, said: Said) -> bool:
        """Whether a thing has a value that is bad."""
        path = begun(self._path, said) if self.bad else None
        ways = own_ways(path) if path else None
        return ways is not None and any(
            not self.bad.isdisjoint((subject,) if way is None else said.get(way, ()))
            for way in ways
        )

    def settle(self) -> None:
        """Answer what was left for the end of the walk."""
        judge, linked = self._judge, self._compiled.linked
        if judge is not None:
            for subject in self._deferred:
                if (judgement := judge(subject)) is not True:
                    self._found(subject, judgement)
        if linked is not None:
            bad = {v: told for v in self._pending if (told := linked(v)) is not True}
            if self._path == HERE:
                for subject, judgement in bad.items():
                    self._found(subject, judgement)
            else:
                self.bad = set(bad)
        self._deferred.clear()
        self._pending.clear()

    def _asked_at_the_end(self) -> Path:
        path = self._path
        if self._by_presence and path.kind == "alternative":
            # What is said of the thing itself was enough, or is not there.
            return Path(path.kind, parts=tuple(p for p in path.parts if p.kind != "predicate"))
        return path

    def _found(self, subject: Term, judgement: Judgement) -> None:
        if self.exact and judgement is False:
            self.broken.append(subject)
        else:
            self.suspects.add(subject)

    def _suspect(self, subject: Term, _: Said) -> None:
        self.suspects.add(subject)

    def _read_off(self, subject: Term, said: Said) -> None:
        self._name(subject, said)
        self.broken.append(subject)

    def _defer(self, subject: Term, said: Said) -> None:
        self._name(subject, said)
        self._deferred.append(subject)

    def _name(self, subject: Term, said: Said) -> None:
        if subject not in self._labels:
            of_name = [(p, v) for p in NAMING if p in said for v in said[p]]
            self._labels[subject] = own_label(of_name) if of_name else ""

    def _ask_without_values(self, kind: Kind) -> None:
        others, tests = (TYPE,), self._compiled.whole  # whatever they are
        judgement = every([t.judge((), others if t.pair in kind.said else ()) for t in tests])
        if judgement is not True:
            read_off = self.exact and judgement is False
            kind.named.append(self._read_off if read_off else self._suspect)

    def _ask_of_values(self, path: Path, ways: Sequence[Term | None], kind: Kind) -> None:
        compiled = self._compiled
        key = named(path.iri) if path.kind == "predicate" else Term(path.text())
        if key not in kind.said:
            kind.derived[key] = ways
        single = path == HERE or (path.kind == "predicate" and key not in kind.many)
        for test in compiled.whole:
            if not _is_sure(test, path, single, kind.said):
                kind.whole.append((key, test.pair, *self._comparing(test)))
                if self.exact:
                    kind.named.append(self._name)
        if compiled.alone is not None:
            kind.alone[key].append((compiled.alone, self.suspects))
        if compiled.linked is not None and not (path == HERE and compiled.instance in kind.classes):
            if self.exact:
                kind.named.append(self._name)
            kind.linked.append((key, self._members, self._pending))

    def _comparing(self, test: ValuesTest) -> tuple[set[tuple[Term, Term]], Compare]:
        """Pairs of values that are known to be good, and what to do with the values of a thing."""
        judge, pair = test.judge, test.pair
        good: set[tuple[Term, Term]] = set()

        def compare(subject: Term, values: Sequence[Term], others: Sequence[Term]) -> None:
            judgement = judge(values, others)
            if judgement is not True:
                self._found(subject, judgement)
            elif pair and len(values) == len(others) == 1 and len(good) < _GOOD:
                good.add((values[0], others[0]))

        return good, compare


def _opened(shape: Shape) -> tuple[frozenset[Term] | None, tuple[Constraint, ...]]:
    """The properties that a closed shape allows, and its other constraints."""
    closed = [c.value for c in shape.constraints if c.parameter == "closed"]
    if closed and shape.path is not None:
        raise NotCompiled("sh:closed on the values of a path")
    allowed = frozenset(map(named, closed[0])) if closed else None
    return allowed, tuple(c for c in shape.constraints if c.parameter != "closed")


def _mirror(path: Path, constraints: Sequence[Constraint], links: Links) -> Mirror | None:
    """What tells whether all keep a rule that only asks that two properties mirror each other."""
    if path.kind == "inverse" and path.parts[0].kind == "predicate" and len(constraints) == 1:
        parameter, value = constraints[0]
        return links.mirror(value, path.parts[0].iri) if parameter == "equals" else None
    return None


def _is_exact(shape: Shape, constraints: Sequence[Constraint]) -> bool:
    """Whether a result says no more than which thing it is about: what is asked for is a number of
    values, or that the thing itself conforms to one of several shapes."""
    if len(constraints) != 1:
        return False
    parameter, value = constraints[0]
    if shape.path is None:
        return parameter == "or"
    return parameter in ("minCount", "maxCount") or (
        parameter == "qualifiedValueShape" and value[2] is None
    )


def _is_there(path: Path) -> bool:
    """Whether a path that has begun leads somewhere by what is said of the thing itself."""
    parts = path.parts if path.kind == "alternative" else (path,)
    return any(part.kind == "predicate" for part in parts)


def _is_sure(test: ValuesTest, path: Path, single: bool, said: Said) -> bool:
    """Whether a constraint holds of every thing with these properties, whatever the values."""
    parameter, value = test.constraint
    match parameter:
        case "minCount":
            return bool(value <= 1)
        case "maxCount":
            return single and bool(value >= 1)
        case "uniqueLang":
            return single
        case "disjoint" | "lessThan" | "lessThanOrEquals":
            return test.pair not in said
        case "equals":
            return path.kind == "predicate" and path.iri == value
    return False
