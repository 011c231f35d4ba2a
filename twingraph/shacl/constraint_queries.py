"""SHACL constraints as SPARQL: queries for the nodes that break them, for people to run.

For each constraint there is a way to say, of a value, that it is *surely good* and that it is
*maybe good*. Between the two lies what SPARQL and pySHACL might judge differently. A node is
returned unless it is surely good; what stands in a negation or under an upper bound is counted
when it is maybe good. So nothing is overlooked (SHACL, section 4, says what each constraint means).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations, count, product
from typing import Any, Final

from rdflib.term import Node

from twingraph.errors import UsageError
from twingraph.namespaces import RDF, SH, XSD
from twingraph.rdf import terms
from twingraph.rdf.rdflib_terms import term
from twingraph.shacl.shapes import Constraint, Path, Shape, ShapeRule

Good = Callable[[str], str]
"""Makes an expression of a variable: its value is good."""

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
FOCUS: Final = "?focus"
VALUE: Final = "?value"
_COMPARED: Final = {"lessThan": "<", "lessThanOrEquals": "<="}
_BOUNDS: Final = {"minInclusive": ">=", "maxInclusive": "<="}
_MOST_COUNTED: Final = 5


class QueryCompiler:
    """Compiles rules. Raises UsageError for a constraint it cannot compile."""

    def __init__(self, subclasses: Subclasses) -> None:
        self._subclasses = subclasses
        self._numbers = count()

    def targets(self, rule: ShapeRule) -> list[str]:
        """Graph patterns that bind ?focus to the nodes that a rule is about."""
        return [self._target(*target) for target in rule.targets]

    def broken(self, shape: Shape) -> Iterator[str]:
        """Graph patterns: ?focus may break the shape where one of them matches, by its ?value if
        the pattern binds one."""
        for constraint in shape.constraints:
            parameter, value = constraint
            if parameter == "closed":
                yield self._other_property(value)
            elif shape.path is None:
                yield f"FILTER({self._not_surely(constraint, FOCUS)})"
            else:
                yield from self._broken_path(shape.path, parameter, value)

    def _target(self, kind: str, node: Node) -> str:
        match kind:
            case "targetClass":
                return self._instance(FOCUS, str(node))
            case "targetSubjectsOf":
                return f"{FOCUS} <{node}> {self._new()} ."
            case "targetNode":
                return f"VALUES {FOCUS} {{ {term(node)} }}"
        raise UsageError(f"sh:{kind} {node} has no query: it may mean literals")

    def _instance(self, v: str, iri: str) -> str:
        below = self._subclasses.get(iri)
        if not below:
            return f"{v} a <{iri}> ."
        c = self._new()
        return f"{v} a {c} . VALUES {c} {{ {' '.join(f'<{i}>' for i in sorted({iri, *below}))} }}"

    def _broken_path(self, path: Path, parameter: str, value: Any) -> Iterator[str]:
        match parameter:
            case "minCount":
                yield self._fewer(path, value, _any)
            case "maxCount":
                yield self._distinct(FOCUS, path, value + 1, _any)
            case "qualifiedValueShape":
                yield from self._broken_qualified(path, *value)
            case "hasValue":
                yield _without(f"{FOCUS} {path.text()} {term(value)} .")
            case "equals":
                yield from self._broken_equals(path, value)
            case "disjoint":
                for reach, v in self._reached(path):
                    yield f"{reach} {FOCUS} <{value}> {v} ."
            case "lessThan" | "lessThanOrEquals":
                for reach, v in self._reached(path):
                    yield self._out_of_order(reach, v, _COMPARED[parameter], value)
            case "uniqueLang":
                yield self._same_language(path)
            case _:
                for reach, v in self._reached(path):
                    yield f"{reach} FILTER({self._not_surely(Constraint(parameter, value), v)})"

    def _reached(self, path: Path) -> Iterator[tuple[str, str]]:
        """Each way that the path can go from ?focus, and the variable at its end."""
        for steps in expanded(path):
            v = VALUE if steps else FOCUS
            yield (f"{FOCUS} {'/'.join(steps)} {v} ." if steps else ""), v

    def _broken_qualified(
        self, path: Path, shape: Shape, least: int | None, most: int | None
    ) -> Iterator[str]:
        if least:
            yield self._fewer(path, least, lambda v: self._good(shape, v, surely=True))
        if most is not None:
            maybe = partial(self._good, shape, surely=False)
            yield self._distinct(FOCUS, path, most + 1, maybe)

    def _broken_equals(self, path: Path, other: str) -> Iterator[str]:
        """Each way must lead to values of the other property, and those be led to by some way."""
        for reach, v in self._reached(path):
            if reach != f"{FOCUS} <{other}> {v} .":
                yield reach + _without(f"{FOCUS} <{other}> {v} .")
        if (f"<{other}>",) not in expanded(path):
            yield f"{FOCUS} <{other}> {VALUE} ." + _without(f"{FOCUS} {path.text()} {VALUE} .")

    def _out_of_order(self, reach: str, v: str, operator: str, other: str) -> str:
        w = self._new()
        return f"{reach} {FOCUS} <{other}> {w} . FILTER(COALESCE(!({v} {operator} {w}), true))"

    def _same_language(self, path: Path) -> str:
        v, w, way = self._new(), self._new(), path.text()
        return (
            f'{FOCUS} {way} {v} . FILTER(LANG({v}) != "") {FOCUS} {way} {w} .'
            f" FILTER(!sameTerm({v}, {w}) && LCASE(LANG({v})) = LCASE(LANG({w})))"
        )

    def _other_property(self, allowed: frozenset[str]) -> str:
        p = self._new()
        listed = ", ".join(f"<{iri}>" for iri in sorted(allowed))
        return f"{FOCUS} {p} {VALUE} . FILTER({p} NOT IN ({listed}))"

    def _fewer(self, path: Path, least: int, good: Good) -> str:
        """?focus has not so many values that are good."""
        return _without(self._distinct(FOCUS, path, least, good)) if least else "FILTER(false)"

    def _distinct(self, f: str, path: Path, number: int, good: Good) -> str:
        """There are so many different values that are good."""
        if number > _MOST_COUNTED:
            raise UsageError(f"{path.text(readable=True)}: more than {_MOST_COUNTED} to count")
        values = [self._new() for _ in range(number)]
        patterns = " ".join(f"{f} {path.text()} {v} ." for v in values)
        tests = [test for v in values if (test := good(v)) != "true"]
        tests += [f"!sameTerm({v}, {w})" for v, w in combinations(values, 2)]
        return patterns + (f" FILTER({' && '.join(tests)})" if tests else "")

    def _good(self, shape: Shape, v: str, surely: bool) -> str:
        """An expression: the value conforms to the shape, surely or maybe."""
        parts = (*shape.properties, *((shape,) if shape.path else ()))
        if parts and not surely:
            raise UsageError(f"{shape.local or '[]'}: a path in a negation has no query")
        own = () if shape.path else shape.constraints
        tests = [self._test(constraint, v, surely) for constraint in own]
        tests += [self._good_part(part, c, v) for part in parts for c in part.constraints]
        return f"({' && '.join(tests)})" if tests else "true"

    def _good_part(self, part: Shape, constraint: Constraint, v: str) -> str:
        """An expression: what a path leads to from the value meets the constraint, surely.

        Of EXISTS within EXISTS, the inner one asks only of variables that the outer one binds.
        """
        parameter, value = constraint
        path = _of_property(part.path, parameter)
        match parameter:
            case "hasValue":
                return f"EXISTS {{ {v} {path.text()} {term(value)} }}"
            case "minCount":
                return f"EXISTS {{ {self._distinct(v, path, value, _any)} }}" if value else "true"
            case "maxCount":
                return f"!EXISTS {{ {self._distinct(v, path, value + 1, _any)} }}"
        w = self._new()
        return f"!EXISTS {{ {v} {path.text()} {w} FILTER({self._not_surely(constraint, w)}) }}"

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
        raise UsageError(f"sh:{parameter} has no query here")

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


def _without(pattern: str) -> str:
    """Nothing matches. MINUS tells it for all nodes at one go, where FILTER NOT EXISTS would look
    anew for each: very slow for a path of several steps."""
    return f" MINUS {{ {pattern} }}"


def _any(_: str) -> str:
    return "true"


def _of_property(path: Path | None, parameter: str) -> Path:
    if path is None:
        raise UsageError(f"sh:{parameter} belongs to a property shape")
    return path


def _datatype(datatype: str, v: str, surely: bool) -> str:
    same = f"DATATYPE({v}) = <{datatype}>"
    if not surely:
        return f"({same})"
    # Of a datatype that no processor knows the form of, only the name counts.
    return f"({same} && {_WELL_FORMED.get(datatype, 'true').format(v=v)})"
