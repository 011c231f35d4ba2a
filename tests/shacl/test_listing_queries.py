"""The query that a report gives for a shape that is broken lists just its results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.shacl.test_check import BAD, case, named, ntriples
from twingraph import resources
from twingraph.namespaces import BASE, RDF_TYPE, RDFS, TG
from twingraph.shacl.check import check
from twingraph.shacl.listing_queries import load as loaded
from twingraph.shacl.report import ValidationReport
from twingraph.shacl.shapes import SHAPES, Shapes, load

ALL = load(resources.folder("shapes"))
QUALITY = {shape.iri for shape in ALL.by_iri.values() if shape.severity != "violation"}


def rows(data: bytes, query: str) -> list[tuple[str, ...]]:
    found = loaded([data]).query(query)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(str(value) for value in row if value) for row in found]


def listed(data: bytes, report: ValidationReport) -> Mapping[str, int]:
    return {shape: len(rows(data, query)) for shape, query in report.queries.items()}


@pytest.mark.parametrize("file", BAD, ids=named)
def test_a_query_finds_as_many_as_the_report_has(file: Path) -> None:
    data = ntriples(file)
    report = check(data, ALL)
    results = Counter(result.shape for result in report.results)
    assert listed(data, report) == {shape: results[shape] for shape in report.queries}
    assert results.keys() & QUALITY <= report.queries.keys()


def test_nearly_every_shape_that_can_be_broken_has_a_query() -> None:
    broken: dict[str, bool] = {}
    for file in BAD:
        report = check(ntriples(file), ALL)
        for result in report.results:
            broken[result.shape] = broken.get(result.shape, True) and result.shape in report.queries
    assert len(broken) > 150
    without = {shape.removeprefix(SHAPES) for shape, has in broken.items() if not has}
    # One value breaks two of their constraints, or one constraint two ways.
    assert without <= {"agreement-not-replacing-itself", "project-currency", "source-language"}


def test_it_gives_the_nodes_and_the_values() -> None:
    data = case("LocalAuthority/bad-authority-nuts3")
    report = check(data, ALL)
    (result,) = report.violations
    (row,) = rows(data, report.queries[result.shape])
    assert row == (f"<{result.focus}>", result.value)


def test_it_is_written_with_prefixes_in_one_line() -> None:
    report = check(case("quality/bad-quality-partnership-date"), ALL)
    query = report.queries[f"{SHAPES}quality-partnership-date"]
    assert query.startswith(f"PREFIX tg: <{TG}> SELECT DISTINCT ?focus WHERE {{ ?focus a tg:Par")
    assert "\n" not in query and query.count("<") == 1


def test_what_stands_in_a_string_is_no_iri(tmp_path: Path) -> None:
    shapes = made(tmp_path, 'sh:path tg:cci ; sh:pattern "^<https://w3id.org/twingraph/ns#x>$"')
    data = f'<x:1> a <{TG}Programme> ; <{TG}cci> "<{TG}x>", "<{TG}y>" .'
    data = "".join(f"{q.triple} .\n" for q in ox.parse(data, format=ox.RdfFormat.TURTLE))
    report = check(data.encode(), shapes)
    (query,) = report.queries.values()
    assert rows(data.encode(), query) == [("<x:1>", f'"<{TG}y>"')]


def test_a_subclass_that_the_graph_tells_of_is_asked_for(tmp_path: Path) -> None:
    shapes = made(tmp_path, "sh:path tg:cci ; sh:minCount 1")
    data = f"""<{TG}Fund> <{RDFS}subClassOf> <{TG}Programme> .
        <x:1> a <{TG}Fund> . <x:2> a <{TG}Programme> ."""
    data = "".join(f"{q.triple} .\n" for q in ox.parse(data, format=ox.RdfFormat.TURTLE))
    (query,) = check(data.encode(), shapes).queries.values()
    assert sorted(rows(data.encode(), query)) == [("<x:1>",), ("<x:2>",)]


def test_where_no_query_tells_just_the_results_there_is_none(tmp_path: Path) -> None:
    """Two constraints of one shape give two results of one value, and a query gives it once."""
    shapes = made(tmp_path, "sh:path tg:cci ; sh:minLength 3 ; sh:pattern 'abc'")
    data = f"<x:1> <{RDF_TYPE}> <{TG}Programme> .\n"
    report = check(f'{data}<x:1> <{TG}cci> "x" .\n'.encode(), shapes)
    assert len(report.results) == 2 and report.queries == {}
    (group,) = report.groups()
    assert (len(group.results), group.query) == (2, "")


def made(folder: Path, constraints: str) -> Shapes:
    (folder / "made.ttl").write_text(
        f"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix tg: <{TG}> .
        <{SHAPES}Made> a sh:NodeShape ; sh:targetClass tg:Programme ; sh:property <{SHAPES}made> .
        <{SHAPES}made> {constraints} ; sh:name "made" ; sh:message "mend it" ."""
    )
    return load(folder, BASE)
