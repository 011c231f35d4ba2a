"""What a shape asks of the values of its path, compiled once into plain functions.

Of the values as a whole: how many, in which order, the same as those of another property. Of each
value: what asks of it alone (`term_tests`), and what asks of other things too, by the links that
the walk gathers. Every function gives what pySHACL will say, or None where that is not sure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from operator import le, lt
from typing import Any, Final, NamedTuple

from twingraph.rdf.rdflib_terms import term
from twingraph.rdf.terms import Term
from twingraph.shacl.links import Follow, Links, named
from twingraph.shacl.report import VIOLATION
from twingraph.shacl.shapes import Constraint, Shape
from twingraph.shacl.term_tests import (
    Judgement,
    TermTest,
    canonical,
    compare,
    distinct,
    every,
    language,
    opposite,
    some,
    term_test,
)

Values = Collection[Term]

_COMPARED: Final = {"lessThan": lt, "lessThanOrEquals": le}


class NotCompiled(Exception):
    """A constraint that is not known here: pySHACL judges all that its shape is about."""


class ValuesTest(NamedTuple):
    """What a constraint asks of the values as a whole, beside those of the property `pair` of the
    same thing. `linked`: it asks of other things too."""

    constraint: Constraint
    judge: Callable[[Values, Values], Judgement]
    pair: Term | None = None
    linked: bool = False


class Compiled(NamedTuple):
    """What a shape asks of values: of all of them, of each alone, of each by the links.

    `instance` is the class that each must be of, where nothing else is linked.
    """

    whole: tuple[ValuesTest, ...]
    alone: TermTest | None
    linked: TermTest | None
    instance: Term | None


class ShapeCompiler:
    """Compiles shapes; what they ask of other things is gathered in `links` from then on."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def compile(self, shape: Shape, properties: bool = False) -> Compiled:
        """What a shape asks of values; by its property shapes too if that is wanted.

        Raises NotCompiled.
        """
        whole: list[ValuesTest] = []
        alone: list[TermTest] = []
        linked: list[TermTest] = []
        instance: Term | None = None
        for constraint in shape.constraints:
            if test := self._values_test(constraint):
                whole.append(test)
            elif (judge := term_test(constraint)) is not None:
                alone.append(judge)
            else:
                judge, by_links = self._value_test(constraint)
                (linked if by_links else alone).append(judge)
                if constraint.parameter == "class":
                    instance = named(str(constraint.value))
        if properties:
            linked += [self._conforms(part)[0] for part in shape.properties]
        return Compiled(
            tuple(whole), _all(alone), _all(linked), instance if len(linked) == 1 else None
        )

    def at(self, compiled: Compiled, follow: Follow) -> TermTest:
        """What pySHACL will say of a thing, whose values a path leads to: by the links."""
        pairs = [
            (test.judge, self._links.values(test.pair[1:-1]) if test.pair else {})
            for test in compiled.whole
        ]
        each = [test for test in (compiled.alone, compiled.linked) if test]
        if len(pairs) == 1 and not each:
            ((only, of),) = pairs
            return lambda node: only(follow(node), of.get(node, ()))

        def judge(node: Term) -> Judgement:
            values = follow(node)
            judgements = [test(values, others.get(node, ())) for test, others in pairs]
            return every([*judgements, *(test(value) for test in each for value in values)])

        return judge

    def _conforms(self, shape: Shape) -> tuple[TermTest, bool]:
        """Whether a value conforms to a shape, and whether links tell it."""
        if shape.severity != VIOLATION:
            raise NotCompiled("to pySHACL, what breaks no more than a warning conforms")
        compiled = self.compile(shape, properties=True)
        if shape.path is None and not compiled.whole:
            tests = [test for test in (compiled.alone, compiled.linked) if test]
            return _all(tests) or _yes, compiled.linked is not None
        follow = self._links.follow(shape.path) if shape.path else _itself
        return self.at(compiled, follow), True

    def _value_test(self, constraint: Constraint) -> tuple[TermTest, bool]:
        """What is asked of a value by its shapes or its class, and whether links tell it."""
        parameter, value = constraint
        match parameter:
            case "class":
                return self._links.members(str(value)).__contains__, True
            case "node":
                return self._conforms(value)
            case "not":
                test, linked = self._conforms(value)
                return lambda v: opposite(test(v)), linked
            case "and" | "or" | "xone":
                parts = [self._conforms(shape) for shape in value]
                tests = [test for test, _ in parts]
                joined = {"and": every, "or": some, "xone": _one}[parameter]
                return lambda v: joined([test(v) for test in tests]), any(
                    linked for _, linked in parts
                )
        raise NotCompiled(parameter)

    def _values_test(self, constraint: Constraint) -> ValuesTest | None:
        parameter, value = constraint
        match parameter:
            case "minCount":
                return ValuesTest(constraint, lambda values, _: _number(values) >= value)
            case "maxCount":
                return ValuesTest(constraint, lambda values, _: _is_within(values, value))
            case "hasValue":
                wanted = term(value)
                return ValuesTest(constraint, lambda values, _: wanted in map(canonical, values))
            case "uniqueLang":
                return ValuesTest(constraint, lambda values, _: _unique_languages(values))
            case "equals":
                return ValuesTest(constraint, _same, named(value))
            case "disjoint":
                return ValuesTest(constraint, _apart, named(value))
            case "lessThan" | "lessThanOrEquals":
                ordered = partial(_in_order, _COMPARED[parameter])
                return ValuesTest(constraint, ordered, named(value))
            case "qualifiedValueShape":
                return self._qualified(constraint)
        return None

    def _qualified(self, constraint: Constraint) -> ValuesTest:
        shape, least, most = constraint.value
        test, linked = self._conforms(shape)

        def judge(values: Values, _: Values) -> Judgement:
            judgements = [test(value) for value in distinct(values)]
            sure = judgements.count(True)
            maybe = sure + judgements.count(None)
            return every((_reaches(sure, maybe, least or 0), _stays(sure, maybe, most)))

        return ValuesTest(constraint, judge, linked=linked)


def _all(tests: list[TermTest]) -> TermTest | None:
    if len(tests) < 2:
        return tests[0] if tests else None

    def judge(v: Term) -> Judgement:
        sure: Judgement = True
        for test in tests:
            judgement = test(v)
            if judgement is False:
                return False
            sure = sure and judgement
        return sure

    return judge


def _yes(_: Term) -> Judgement:
    return True


def _itself(node: Term) -> Values:
    return (node,)


def _number(values: Values) -> int:
    return len(distinct(values))


def _is_within(values: Values, most: int) -> Judgement:
    return len(values) <= most or _number(values) <= most


def _same(values: Values, others: Values) -> Judgement:
    return set(values) == set(others) or set(map(canonical, values)) == set(map(canonical, others))


def _apart(values: Values, others: Values) -> Judgement:
    return not others or set(map(canonical, values)).isdisjoint(map(canonical, others))


def _in_order(operator: Callable[[Any, Any], bool], values: Values, others: Values) -> Judgement:
    return every([compare(operator, value, other) for value in values for other in others])


def _unique_languages(values: Values) -> Judgement:
    if len(values) < 2:
        return True
    tags = [tag for value in distinct(values) if (tag := language(value))]
    return len(tags) == len(set(tags))


def _one(judgements: list[Judgement]) -> Judgement:
    """Whether just one of them holds."""
    if judgements.count(True) > 1:
        return False
    return None if None in judgements else judgements.count(True) == 1


def _reaches(sure: int, maybe: int, least: int) -> Judgement:
    return True if sure >= least else None if maybe >= least else False


def _stays(sure: int, maybe: int, most: int | None) -> Judgement:
    return True if most is None or maybe <= most else None if sure <= most else False
