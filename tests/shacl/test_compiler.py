"""Shapes made at random: whatever they ask of whatever graph, a check finds what pySHACL finds."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rdflib import Graph

from tests.shacl.test_evaluator import UNORDERED, described
from twingraph import namespaces as ns
from twingraph.errors import UsageError
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.shacl.check import check, validate
from twingraph.shacl.shapes import Shapes

X = "https://example.org/"
PREFIXES = f"@prefix : <{X}> . @prefix sh: <{ns.SH}> . @prefix xsd: <{ns.XSD}> ."
PROPERTIES = (":p", ":q", ":r")
CLASSES = (":C", ":D")
THINGS = (":a", ":b", ":c", ":d")
LITERALS = (
    *('""', '"a"', '"ab"', '"abc"', '"A"', '"a\\nb"', '"a"@en', '"a"@EN', '"b"@en', '"b"@de'),
    *(
        f'"{lexical}"^^xsd:{datatype}'
        for datatype, lexicals in {
            "integer": ("1", "01", "2", "-1", "x"),
            "decimal": ("1.0", "1.5", "1.50", "2", "1e0"),
            "date": ("2010-01-31", "2010-02-30", "2011-01-01", "2010-01-31Z"),
            "gYear": ("2010", "20"),
            "boolean": ("true", "1", "maybe"),
            "double": ("1", "1.5", "NaN"),
            "dateTime": ("2010-01-31T00:00:00", "2010-01-31T00:00:00Z"),
            "byte": ("1", "300"),
            "string": ("a",),
            "own": ("1",),
        }.items()
        for lexical in lexicals
    ),
)
VALUES = (*THINGS, *CLASSES, *LITERALS)

a_property = st.sampled_from(PROPERTIES)
a_value = st.sampled_from(VALUES)
a_number = st.integers(0, 3)


def _lists(of: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(of, min_size=2, max_size=most).map(lambda parts: f"( {' '.join(parts)} )")


paths = st.recursive(
    a_property,
    lambda inner: st.one_of(
        _lists(inner),
        _lists(inner).map("[ sh:alternativePath {} ]".format),
        *(
            inner.map(f"[ sh:{kind}Path {{}} ]".format)
            for kind in ("inverse", "zeroOrOne", "zeroOrMore", "oneOrMore")
        ),
    ),
    max_leaves=4,
)
OF_VALUES = {
    "class": st.sampled_from(CLASSES),
    "datatype": st.sampled_from(
        [f"xsd:{name}" for name in ("string", "integer", "decimal", "date", "gYear", "boolean")]
        + ["xsd:byte", "xsd:dateTime", "xsd:own", f"<{ns.RDF}langString>", f"<{ns.RDFS}Literal>"]
    ),
    "nodeKind": st.sampled_from(
        [f"sh:{kind}" for kind in ("IRI", "Literal", "BlankNode", "IRIOrLiteral", "BlankNodeOrIRI")]
    ),
    "pattern": st.sampled_from(
        ['"a"', '"^a$"', '"^[0-9]+$"', '"b$"', '"example"', '"."', '"\\\\S"']
    ),
    "minLength": a_number,
    "maxLength": a_number,
    **{
        f"{side}{kind}": st.sampled_from(LITERALS)
        for side in ("min", "max")
        for kind in ("Inclusive", "Exclusive")
    },
    "in": _lists(a_value, 6),
    "hasValue": a_value,
}
OF_PATHS = {
    "minCount": a_number,
    "maxCount": a_number,
    "uniqueLang": st.just("true"),
    **{pair: a_property for pair in ("equals", "disjoint", "lessThan", "lessThanOrEquals")},
}
RARELY = st.integers(0, 29).map(lambda number: number == 29)
"""What falls back to pySHACL altogether."""
SEVERITIES = ("Violation", "Violation", "Warning", "Info")


@st.composite
def constraints(draw: st.DrawFn, path: bool, depth: int) -> str:
    """Some constraints of a shape, each kind of them once."""
    known = {**OF_VALUES, **(OF_PATHS if path else {})}
    names = draw(st.lists(st.sampled_from(sorted(known)), max_size=3, unique=True))
    said = [f"sh:{name} {draw(known[name])}" for name in names]
    if draw(RARELY):
        said.append('sh:languageIn ( "en" "de" )')
    if depth and draw(st.booleans()):
        said.append(draw(logical(path, depth - 1)))
    return " ; ".join(said)


@st.composite
def logical(draw: st.DrawFn, path: bool, depth: int) -> str:
    """A constraint that names further shapes."""
    inner = anonymous(depth)
    kinds = ["and", "or", "xone", "node", "not"] + (["qualifiedValueShape"] if path else [])
    match draw(st.sampled_from(kinds)):
        case "qualifiedValueShape":
            bound = draw(st.sampled_from(("Min", "Max")))
            number = draw(a_number)
            shape = draw(inner)
            return f"sh:qualifiedValueShape {shape} ; sh:qualified{bound}Count {number}"
        case "not":
            return f"sh:not {draw(inner)}"
        case "node":
            return f"sh:node {draw(anonymous(depth, node=True))}"
        case kind:
            return f"sh:{kind} {draw(_lists(inner))}"
    raise AssertionError


@st.composite
def anonymous(draw: st.DrawFn, depth: int, node: bool = False) -> str:
    """A shape without a name: of a node, or of a path."""
    if node or draw(st.booleans()):
        said = draw(constraints(path=False, depth=depth))
        if draw(st.booleans()):
            said += f" ; sh:property [ {draw(of_path(depth))} ]"
    else:
        said = draw(of_path(depth))
    return f"[ {said} ; sh:severity sh:{'Warning' if draw(RARELY) else 'Violation'} ]"


@st.composite
def of_path(draw: st.DrawFn, depth: int) -> str:
    """What a property shape says."""
    return f"sh:path {draw(paths)} ; {draw(constraints(path=True, depth=depth))}"


@st.composite
def shapes_graph(draw: st.DrawFn) -> str:
    """A node shape with a target and property shapes, in Turtle."""
    targets = {
        "targetClass": st.sampled_from(CLASSES),
        "targetSubjectsOf": a_property,
        "targetObjectsOf": a_property,
        "targetNode": st.sampled_from((*THINGS, *THINGS, '"a"', ":nowhere")),
    }
    usual = ["targetClass", "targetSubjectsOf", "targetNode"]
    kind = "targetObjectsOf" if draw(RARELY) else draw(st.sampled_from(usual))
    parts = [draw(of_path(2)) for _ in range(draw(st.integers(1, 3)))]
    named = 'sh:name "n" ; sh:message "m"'
    severities = [draw(st.sampled_from(SEVERITIES)) for _ in range(len(parts) + 1)]
    own = draw(constraints(path=False, depth=2))
    if draw(st.integers(0, 5)) == 0:
        own += f" ; sh:closed true ; sh:ignoredProperties ( <{ns.RDF_TYPE}> :p )"
    shape = [
        f":S sh:{kind} {draw(targets[kind])} ; sh:severity sh:{severities[0]} ; {named} ; {own} ."
    ]
    for number, part in enumerate(parts):
        shape.append(f":S sh:property :s{number} .")
        shape.append(f":s{number} {part} ; sh:severity sh:{severities[number + 1]} ; {named} .")
    return PREFIXES + " ".join(shape)


def _line(subject: str, predicate: str, value: str) -> str:
    terms = (_term(subject), _term(predicate), _term(value))
    return f"{' '.join(terms)} ."


def _term(turtle: str) -> str:
    if turtle.startswith(":"):
        return f"<{X}{turtle[1:]}>"
    head, mark, tail = turtle.partition("^^xsd:")
    return f"{head}^^<{ns.XSD}{tail}>" if mark else turtle


statement = st.one_of(
    *[st.builds(_line, st.sampled_from(THINGS), a_property, a_value)] * 4,
    st.builds(_line, st.sampled_from(THINGS), a_property, st.sampled_from(THINGS)),
    st.builds(
        lambda thing, c: f"{_term(thing)} <{ns.RDF_TYPE}> {_term(c)} .",
        st.sampled_from(THINGS),
        st.sampled_from(CLASSES),
    ),
)
graphs = st.tuples(
    st.sets(statement, max_size=14),
    st.sampled_from((*[""] * 5, f"{_term(':D')} <{ns.RDFS}subClassOf> {_term(':C')} .")),
).map(lambda drawn: sorted({*drawn[0], drawn[1]} - {""}))


@pytest.fixture(autouse=True, scope="module")
def quiet() -> None:
    """rdflib tells of each ill-typed literal of the shapes."""
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)


@given(shapes_graph(), graphs)
@settings(
    max_examples=400,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_any_shapes_find_in_any_graph_what_pyshacl_finds(turtle: str, lines: list[str]) -> None:
    shapes = Shapes(Graph().parse(data=turtle, format="turtle"))
    data = "".join(f"{line}\n" for line in lines).encode()
    try:
        expected = validate(graph_of(data), shapes)
    except (UsageError, *UNORDERED, ArithmeticError):
        assume(False)
    assert set(check(data, shapes).results) == expected
    assert set(check(lambda: described(lines), shapes).results) == expected
