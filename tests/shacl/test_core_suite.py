"""The cases of the W3C's test suite for SHACL Core: a check finds what they say, and so pySHACL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from rdflib import Literal, URIRef

from tests.conftest import ROOT
from twingraph import namespaces as ns
from twingraph.errors import UsageError
from twingraph.rdf.rdflib_terms import graph_of, turtle_graph
from twingraph.shacl.check import check, validate
from twingraph.shacl.evaluator import Evaluator
from twingraph.shacl.shapes import Shapes

CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    (ROOT / "tests" / "data" / "shacl-core.yaml").read_text("utf-8")
)
PREFIXES = "".join(
    f"@prefix {prefix}: <{namespace}> .\n"
    for prefix, namespace in {
        **{"ex": "https://example.org/", "sh": ns.SH, "xsd": ns.XSD, "rdf": ns.RDF},
        **{"rdfs": ns.RDFS, "owl": ns.OWL},
    }.items()
)
REFUSED = {
    "misc/severity-002": "none of SHACL's own three",
    "property/property-001": "use sh:node",
    "validation-reports/shared": "use sh:node",
}
"""What the reader of shapes does not understand, and says so."""
BLANK = {"property/nodeKind-001", "property/qualifiedValueShape-001"}
"""Their graphs have blank nodes, which ours never have."""
FALLS_BACK = {
    "sh:targetNode of a literal": {
        *("misc/deactivated-002", "misc/severity-001", "node/class-002", "node/datatype-001"),
        *("node/datatype-002", "node/hasValue-001", "node/maxExclusive-001"),
        *("node/maxInclusive-001", "node/maxLength-001", "node/minExclusive-001"),
        *("node/minInclusive-001", "node/minInclusive-002", "node/minInclusive-003"),
        *("node/minLength-001", "node/nodeKind-001", "node/pattern-001", "node/pattern-002"),
    },
    "sh:targetObjectsOf": {"targets/targetObjectsOf-001"},
    "sh:languageIn": {"node/languageIn-001", "property/languageIn-001"},
    "sh:qualifiedValueShape of a node shape, or apart from its siblings": {
        "node/qualified-001",
        "property/qualifiedMinCountDisjoint-001",
        "property/qualifiedValueShapesDisjoint-001",
    },
}
"""What the compiler does not know: pySHACL judges it on the whole graph."""
OTHERWISE = {"property/uniqueLang-002": 'pySHACL takes "1"^^xsd:boolean for true'}
"""Where pySHACL finds something else than the suite says."""


def shapes_of(name: str, folder: Path) -> Shapes:
    """The shapes of a case, each named and with a message, as ours must be."""
    file = folder / "shapes.ttl"
    file.write_text(PREFIXES + CASES[name]["shapes"])
    graph = turtle_graph([file])
    for shape in {s for s in graph.subjects() if isinstance(s, URIRef)}:
        for said in ("name", "message"):
            if graph.value(shape, URIRef(f"{ns.SH}{said}")) is None:
                graph.add((shape, URIRef(f"{ns.SH}{said}"), Literal("of the suite")))
    return Shapes(graph)


def data_of(name: str) -> bytes:
    turtle = PREFIXES + CASES[name]["data"]
    quads = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    return "".join(f"{quad.triple} .\n" for quad in quads).encode()


def expected(name: str) -> set[tuple[str, ...]]:
    """Focus node, shape, component and value of each result, in N-Triples."""
    found: set[tuple[str, ...]] = set()
    for focus, shape, component, value in CASES[name]["results"]:
        turtle = f"{PREFIXES} {shape} <x:focus> {focus} ; <x:value> {value or '<x:none>'} ."
        said = {q.predicate.value: q for q in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
        node, other = (said[p].object for p in ("x:focus", "x:value"))
        text = node.value if isinstance(node, ox.NamedNode | ox.Literal) else ""
        shown = str(other) if value else ""
        found.add((text, str(said["x:focus"].subject), component, shown))
    return found


@pytest.mark.parametrize("name", sorted(CASES.keys() - REFUSED.keys() - BLANK))
def test_a_case_gets_the_results_of_pyshacl_and_of_the_suite(name: str, tmp_path: Path) -> None:
    shapes, data = shapes_of(name, tmp_path), data_of(name)
    results = set(check(data, shapes).results)
    assert results == validate(graph_of(data), shapes)
    found = {
        (
            r.focus,
            f"<{r.shape}>",
            r.component.removeprefix(ns.SH).removesuffix("ConstraintComponent"),
            r.value or "",
        )
        for r in results
    }
    assert (found == expected(name)) == (name not in OTHERWISE)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_not_understood_is_an_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=REFUSED[name]):
        _ = shapes_of(name, tmp_path).rules


@pytest.mark.parametrize("name", sorted(BLANK))
def test_blank_nodes_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="blank node"):
        check(data_of(name), shapes_of(name, tmp_path))


def test_what_falls_back_to_pyshacl_is_listed(tmp_path: Path) -> None:
    known = CASES.keys() - REFUSED.keys()
    found = {name for name in known if Evaluator(shapes_of(name, tmp_path)).unknown}
    assert found == set().union(*FALLS_BACK.values())
    assert (len(CASES), len(found), len(REFUSED), len(BLANK)) == (97, 23, 3, 2)
