"""The report of the check in a release: in short and whole, of one mind, and small."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, SH, XSD, BNode, Literal, URIRef

import twingraph
from tests.test_cli import run
from twingraph import namespaces as ns
from twingraph.build import Built
from twingraph.release.shacl_reports import FULL_REPORT, REPORT, write_shacl_reports
from twingraph.shacl.report import WARNING, Result, ValidationReport
from twingraph.shacl.shapes import SHAPES
from twingraph.shacl.shapes import Path as PropertyPath
from twingraph.verify.reports import report_faults

TG = rdflib.Namespace(ns.TG)
IRI = URIRef(f"{ns.BASE}shacl-report")
MANY = 50_000


@pytest.fixture(scope="module")
def short(release: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(release / REPORT)


@pytest.fixture(scope="module")
def full(release: Path) -> rdflib.Graph:
    return read_full(release)


def read_full(folder: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(data=gzip.decompress((folder / FULL_REPORT).read_bytes()))


def groups(graph: rdflib.Graph) -> list[URIRef]:
    return sorted(URIRef(str(group)) for group in graph.subjects(RDF.type, TG.ResultGroup))


def test_the_whole_report_has_every_result(full: rdflib.Graph, built: Built) -> None:
    assert len(list(full.objects(IRI, SH.result))) == len(built.report.results) > 10
    assert set(full.subjects(RDF.type, SH.ValidationResult)) == set(full.objects(IRI, SH.result))
    assert (IRI, SH.conforms, Literal(True)) in full
    assert not [node for triple in full for node in triple if isinstance(node, BNode)]


def test_the_short_one_has_each_shape_once_with_number_and_example(
    short: rdflib.Graph, full: rdflib.Graph
) -> None:
    assert (IRI, RDF.type, SH.ValidationReport) in short
    assert list(short.objects(IRI, SH.conforms)) == list(full.objects(IRI, SH.conforms))
    assert set(groups(short)) == set(short.objects(IRI, TG.resultGroup))
    shapes = list(short.objects(None, SH.sourceShape))
    assert set(shapes) == set(full.objects(None, SH.sourceShape))
    assert len(groups(short)) == len(set(shapes)) < len(list(full.objects(IRI, SH.result)))
    for group in groups(short):
        shape = short.value(group, SH.sourceShape)
        count = len(list(full.subjects(SH.sourceShape, shape)))
        assert short.value(group, TG.resultCount) == Literal(count, datatype=XSD.integer)
        (example,) = short.objects(group, SH.detail)
        assert (IRI, SH.result, example) in short and (IRI, SH.result, example) in full
        assert set(short.predicate_objects(example)) == set(full.predicate_objects(example))
        assert short.value(example, SH.focusNode) and short.value(group, SH.resultSeverity)
    assert not [node for triple in short for node in triple if isinstance(node, BNode)]


def test_the_query_of_each_shape_lists_its_results_on_the_release(
    short: rdflib.Graph, full: rdflib.Graph, release: Path
) -> None:
    opened = twingraph.open(release)
    for group in groups(short):
        assert (group, RDF.type, SH.SPARQLSelectExecutable) in short
        rows = opened.query(str(short.value(group, SH.select)))
        shape = short.value(group, SH.sourceShape)
        nodes = {str(full.value(r, SH.focusNode)) for r in full.subjects(SH.sourceShape, shape)}
        assert {row["focus"] for row in rows} == nodes
        assert len(rows) == int(str(short.value(group, TG.resultCount)))


def test_the_command_line_runs_it_too(short: rdflib.Graph, release: Path) -> None:
    group = URIRef(f"{IRI}#quality-agreement-date")
    query = str(short.value(group, SH.select))
    done = run("query", query, "--release", str(release), "--format", "csv")
    assert done.stdout.split() == ["focus", f"{ns.BASE}agreement/be-tremelo--pl-sieniawa_1"]


def many() -> ValidationReport:
    """A report of 50,000 results of one shape, and one of another."""
    path = PropertyPath("predicate", iri=f"{ns.TG}since")
    component = f"{ns.SH}MinCountConstraintComponent"
    results = [
        Result(
            WARNING, f"{ns.BASE}partnership/Q{number}--Q{number + 1}", f"{SHAPES}dated", component,
            path, None, "partnership without a date", "No date is known: look for `since`."
        )
        for number in range(MANY)
    ]  # fmt: skip
    one = Result(
        WARNING, f"{ns.BASE}source/x", f"{SHAPES}address", component, None, None, "address", "Give."
    )
    query = "SELECT ?focus WHERE { ?focus a <x:Partnership> }"
    return ValidationReport((*results, one), str(IRI), queries={f"{SHAPES}dated": query})


def test_fifty_thousand_warnings_of_a_kind_are_one_entry(tmp_path: Path) -> None:
    report = many()
    write_shacl_reports(tmp_path, report, ns.BASE, ns.BASE)
    short = rdflib.Graph().parse(tmp_path / REPORT)
    counts = [int(str(short.value(group, TG.resultCount))) for group in groups(short)]
    assert sorted(counts) == [1, MANY]
    assert (tmp_path / REPORT).stat().st_size < 10_000
    assert (tmp_path / FULL_REPORT).stat().st_size < 3_000_000
    with gzip.open(tmp_path / FULL_REPORT, "rt", encoding="utf-8") as file:
        assert sum(line.endswith("a sh:ValidationResult ;\n") for line in file) == MANY + 1
    text = report.text()
    assert len(text.splitlines()) < 20
    assert "  50000 × warning: partnership without a date\n" in text
    assert "--format json has all of them" in text


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_shacl_reports(tmp_path / name, many(), ns.BASE, ns.BASE)
    for name in (REPORT, FULL_REPORT):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_they_are_of_one_mind(release: Path) -> None:
    assert list(report_faults(release)) == []
