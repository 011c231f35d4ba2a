"""SHACL constraints as SPARQL: queries for the nodes that may break them.

For each constraint there is a way to say, of a value, that it is *surely good* and that it is
*maybe good*. Between the two lies what SPARQL and pySHACL might judge differently. A node is
returned unless it is surely good; what stands in a negation or under an upper bound is counted
when it is maybe good. So nothing is overlooked (SHACL, section 4, says what each constraint means).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, count, product
from typing import Final, NamedTuple

from rdflib.term import Node

from twingraph import terms
from twingraph.errors import UsageError
from twingraph.namespaces import RDF, SH, XSD
from twingraph.rdf import term
from twingraph.shapes import Constraint, Path, Rule, Shape

Subclasses = Mapping[str, frozenset[str]]
"""The classes below a class, by the class's IRI, for those that have any."""

_NODE_KINDS: Final = {
    "IRI": "isIRI({v})",
    "Literal": "isLiteral({v})",
    "BlankNode": "isBlank({v})",
    "IRIOrLiteral": "(isIRI({v}) || isLiteral({v}))",
    "BlankNodeOrIRI": "(isIRI({v}) || isBlank({v}))",
    "BlankNodeOrLiteral": "(isLiteral({v}) || isBlank({v}))",
}
# What every processor takes for a well-formed literal; whatever else there is, pySHACL decides.
_WELL_FORMED: Final = {
    f"{XSD}string": "true",
    f"{RDF}langString": "true",
    f"{XSD}boolean": 'STR({v}) IN ("true", "false")',
    f"{XSD}integer": 'REGEX(STR({v}), "^[+-]?[0-9]{{1,18}}$")',
    f"{XSD}decimal": 'REGEX(STR({v}), "^[+-]?[0-9]{{1,15}}([.][0-9]{{1,15}})?$")',
    f"{XSD}date": (
        'REGEX(STR({v}), "^[1-9][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}$")'
        " && xsd:date(STR({v})) = xsd:date(STR({v}))"
    ),
}
FOCUS: Final = "?f"
_COMPARED: Final = {"lessThan": "<", "lessThanOrEquals": "<="}
_BOUNDS: Final = {"minInclusive": ">=", "maxInclusive": "<="}
_MOST_COUNTED: Final = 5
# A pattern that starts from one property, and not from the one that everything has.
_SELECTIVE: Final = re.compile(rf"[?]f \^?<(?!{RDF}type>)")


class Query(NamedTuple):
    """A query for nodes that may break a rule.

    `everywhere`: it does not ask whether the rule is about them. That is asked of the few nodes
    it finds, which is faster than to start from all the nodes that the rule is about.
    """

    text: str
    everywhere: bool


class Compiler:
    """Compiles rules. Raises UsageError for a constraint it cannot compile."""

    def __init__(self, subclasses: Subclasses) -> None:
        self._subclasses = subclasses
        self._numbers = count()

    def queries(self, rule: Rule) -> Iterator[Query]:
        """Queries whose ?f together are all the nodes that may break a rule."""
        for broken in self._broken(rule.shape, FOCUS):
            if _SELECTIVE.match(broken):
                yield Query(self._select(broken), everywhere=True)
            else:
                for target in self.targets(rule):
                    yield Query(self._select(f"{target} {broken}"), everywhere=False)

    def targets(self, rule: Rule) -> list[str]:
        """Graph patterns that bind ?f to the nodes that a rule is about."""
        return [self._target(*target) for target in rule.targets]

    @staticmethod
    def _select(pattern: str) -> str:
        return f"PREFIX xsd: <{XSD}> SELECT DISTINCT {FOCUS} WHERE {{ {pattern} }}"

    def _target(self, kind: str, iri: str) -> str:
        match kind:
            case "targetClass":
                return self._instance(FOCUS, iri)
            case "targetSubjectsOf":
                return f"{FOCUS} <{iri}> {self._new()} ."
            case "targetObjectsOf":
                return f"{self._new()} <{iri}> {FOCUS} ."
            case _:
                return f"VALUES {FOCUS} {{ <{iri}> }}"

    def _instance(self, v: str, iri: str) -> str:
        below = self._subclasses.get(iri)
        if not below:
            return f"{v} a <{iri}> ."
        c = self._new()
        return f"{v} a {c} . VALUES {c} {{ {' '.join(f'<{i}>' for i in sorted({iri, *below}))} }}"

    def _broken(self, shape: Shape, f: str) -> Iterator[str]:
        """Graph patterns: the node ?f may break the shape where one of them matches."""
        for constraint in shape.constraints:
            make = getattr(self, f"_broken_{constraint.parameter}", None)
            if make is not None:
                yield from make(shape.path, f, constraint.value)
            elif constraint.parameter in _COMPARED:
                yield from self._broken_order(shape.path, f, constraint)
            else:
                yield from self._broken_value(shape.path, f, constraint)

    def _broken_value(self, path: Path | None, f: str, constraint: Constraint) -> Iterator[str]:
        if path is None:
            yield f"FILTER({self._not_surely(constraint, f)})"
            return
        for steps in expanded(path):
            v = self._new() if steps else f
            yield f"{_reach(f, steps, v)} FILTER({self._not_surely(constraint, v)})"

    def _broken_minCount(self, path: Path, f: str, least: int) -> Iterator[str]:
        yield self._fewer(path, f, least, lambda v: "true")

    def _broken_maxCount(self, path: Path, f: str, most: int) -> Iterator[str]:
        yield self._distinct(path, f, most + 1, lambda v: "true")

    def _broken_qualifiedValueShape(
        self, path: Path, f: str, value: tuple[Shape, int | None, int | None]
    ) -> Iterator[str]:
        shape, least, most = value
        if least:
            yield self._fewer(path, f, least, lambda v: self._good(shape, v, surely=True))
        if most is not None:
            yield self._distinct(path, f, most + 1, lambda v: self._good(shape, v, surely=False))

    def _broken_hasValue(self, path: Path | None, f: str, value: Node) -> Iterator[str]:
        if path is None:
            yield f"FILTER(!sameTerm({f}, {term(value)}))"
        else:
            yield _without(f, f"{f} {path.text()} {term(value)} .")

    def _broken_equals(self, path: Path, f: str, other: str) -> Iterator[str]:
        v, w = self._new(), self._new()
        ways = expanded(path)
        for steps in ways:
            if steps != (f"<{other}>",):
                v = self._new() if steps else f
                yield _reach(f, steps, v) + _without(f, f"{f} <{other}> {v} .")
        if (f"<{other}>",) not in ways:
            yield f"{f} <{other}> {w} ." + _without(f, f"{f} {path.text()} {w} .")

    def _broken_disjoint(self, path: Path, f: str, other: str) -> Iterator[str]:
        for steps in expanded(path):
            v = self._new() if steps else f
            yield f"{_reach(f, steps, v)} {f} <{other}> {v} ."

    def _broken_order(self, path: Path | None, f: str, constraint: Constraint) -> Iterator[str]:
        operator = _COMPARED[constraint.parameter]
        for steps in expanded(_of_property(path, constraint)):
            v, w = self._new(), self._new()
            yield (
                f"{_reach(f, steps, v)} {f} <{constraint.value}> {w} ."
                f" FILTER(COALESCE(!({v} {operator} {w}), true))"
            )

    def _broken_uniqueLang(self, path: Path, f: str, _: object) -> Iterator[str]:
        v, w = self._new(), self._new()
        way = path.text()
        yield (
            f'{f} {way} {v} . FILTER(LANG({v}) != "") {f} {way} {w} .'
            f" FILTER(!sameTerm({v}, {w}) && LCASE(LANG({v})) = LCASE(LANG({w})))"
        )

    def _broken_closed(self, _: None, f: str, allowed: frozenset[str]) -> Iterator[str]:
        p, o = self._new(), self._new()
        yield f"{f} {p} {o} . FILTER({p} NOT IN ({', '.join(f'<{i}>' for i in sorted(allowed))}))"

    def _fewer(self, path: Path, f: str, least: int, good: Callable[[str], str]) -> str:
        """There are not so many values that are good."""
        return _without(f, self._distinct(path, f, least, good)) if least else "FILTER(false)"

    def _distinct(self, path: Path, f: str, number: int, good: Callable[[str], str]) -> str:
        """There are so many different values that are good."""
        if number > _MOST_COUNTED:
            raise UsageError(f"{path.text(readable=True)}: more than {_MOST_COUNTED} to count")
        values = [self._new() for _ in range(number)]
        patterns = "".join(f"{f} {path.text()} {v} . " for v in values)
        tests = [test for v in values if (test := good(v)) != "true"]
        tests += [f"!sameTerm({v}, {w})" for v, w in combinations(values, 2)]
        return patterns + (f"FILTER({' && '.join(tests)})" if tests else "")

    def _good(self, shape: Shape, v: str, surely: bool) -> str:
        """An expression: the value conforms to the shape, surely or maybe."""
        if surely:
            broken = [f"EXISTS {{ {pattern} }}" for pattern in self._broken_parts(shape, v)]
            tests = [
                *(self._test(c, v, True) for c in self._own(shape)),
                *(f"!{b}" for b in broken),
            ]
        else:
            if shape.properties or shape.path:
                raise UsageError(f"{shape.local or '[]'}: a path in a negation cannot be screened")
            tests = [self._test(c, v, False) for c in shape.constraints]
        return f"({' && '.join(tests)})" if tests else "true"

    @staticmethod
    def _own(shape: Shape) -> tuple[Constraint, ...]:
        return () if shape.path else shape.constraints

    def _broken_parts(self, shape: Shape, v: str) -> Iterator[str]:
        for part in (*shape.properties, *((shape,) if shape.path else ())):
            if part.path is None:
                raise UsageError(f"{part.local or '[]'}: sh:property must have a path")
            yield from self._broken(part, v)
            if part.properties:
                raise UsageError(f"{part.local or '[]'}: sh:property under sh:property")

    def _not_surely(self, constraint: Constraint, v: str) -> str:
        return f"COALESCE(!{self._test(constraint, v, True)}, true)"

    def _test(self, constraint: Constraint, v: str, surely: bool) -> str:
        """An expression: the value meets the constraint, surely (an error: no) or maybe (yes)."""
        test = self._plain_test(constraint, v, surely)
        return f"COALESCE({test}, {'false' if surely else 'true'})"

    def _plain_test(self, constraint: Constraint, v: str, surely: bool) -> str:
        parameter, value = constraint
        match parameter:
            case "nodeKind":
                return _NODE_KINDS[str(value).removeprefix(SH)].format(v=v)
            case "class":
                return f"EXISTS {{ {self._instance(v, str(value))} }}"
            case "datatype":
                return _datatype(str(value), v, surely)
            case "pattern":
                regex, flags = map(terms.text, value)
                return f"(!isBlank({v}) && REGEX(STR({v}), {regex}, {flags}))"
            case "minLength":
                return f"(!isBlank({v}) && STRLEN(STR({v})) >= {value})"
            case "maxLength":
                return f"(!isBlank({v}) && STRLEN(STR({v})) <= {value})"
            case "minInclusive" | "maxInclusive":
                return f"({v} {_BOUNDS[parameter]} {term(value)})"
            case "hasValue":
                return f"sameTerm({v}, {term(value)})"
            case "in":
                return f"({' || '.join(f'sameTerm({v}, {term(node)})' for node in value)})"
            case "node":
                return self._good(value, v, surely)
            case "not":
                return f"(!{self._good(value, v, not surely)})"
            case "and" | "or":
                by = " && " if parameter == "and" else " || "
                return f"({by.join(self._good(shape, v, surely) for shape in value)})"
        raise UsageError(f"sh:{parameter} cannot be screened here")

    def _new(self) -> str:
        return f"?v{next(self._numbers)}"


def expanded(path: Path) -> list[tuple[str, ...]]:
    """The ways a path can go: each a sequence of steps, in SPARQL's syntax.

    An alternative goes several ways; a path of zero or one step goes nowhere or goes it.
    """
    match path.kind:
        case "sequence":
            return [
                tuple(step for way in ways for step in way)
                for ways in product(*map(expanded, path.parts))
            ]
        case "alternative":
            return [way for part in path.parts for way in expanded(part)]
        case "zeroOrOne":
            return [(), *expanded(path.parts[0])]
        case _:
            return [(path.text(),)]


def _reach(f: str, steps: tuple[str, ...], v: str) -> str:
    return f"{f} {'/'.join(steps)} {v} ." if steps else ""


def _without(f: str, pattern: str) -> str:
    """Nothing matches. Of the focus nodes, MINUS tells it at one go, where NOT EXISTS would look
    anew for each (very slow for a path of several steps); within EXISTS, MINUS would not see ?f."""
    if f == FOCUS:
        return f" MINUS {{ {pattern} }}"
    return f" FILTER NOT EXISTS {{ {pattern} }}"


def _of_property(path: Path | None, constraint: Constraint) -> Path:
    if path is None:
        raise UsageError(f"sh:{constraint.parameter} belongs to a property shape")
    return path


def _datatype(datatype: str, v: str, surely: bool) -> str:
    same = f"DATATYPE({v}) = <{datatype}>"
    if not surely:
        return f"({same})"
    # Of a datatype that no processor knows the form of, only the name counts.
    return f"({same} && {_WELL_FORMED.get(datatype, 'true').format(v=v)})"
