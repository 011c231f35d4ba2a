"""The shapes, each with a good and a bad file, and what a check reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import BNode, Graph, URIRef

from tests.conftest import ROOT
from twingraph import namespaces as ns
from twingraph import resources
from twingraph.errors import CheckFailed, UsageError
from twingraph.model.records import Origin
from twingraph.namespaces import SH, TG
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.shacl.check import check
from twingraph.shacl.report import VIOLATION, ValidationReport
from twingraph.shacl.shapes import SHAPES, Shapes, load, untargeted

CASES = ROOT / "tests" / "shapes"
BAD = sorted(CASES.glob("*/bad-*.ttl"))
GOOD = sorted(CASES.glob("*/good*.ttl"))
PARTNERSHIP = f"{ns.BASE}partnership/xx-three"


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return load(resources.folder("shapes"))


def ntriples(*files: Path) -> bytes:
    """The made-up world, with what these files add to it."""
    triples = {
        triple.triple
        for file in (CASES / "context.ttl", *files)
        for triple in ox.parse(path=file, format=ox.RdfFormat.TURTLE)
    }
    return "".join(f"{line} .\n" for line in sorted(map(str, triples))).encode()


def named(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def expected(file: Path) -> set[str]:
    return {
        SHAPES + name for name in re.findall(r"^# expects: shape:(\S+)$", file.read_text(), re.M)
    }


def case(name: str) -> bytes:
    return ntriples(CASES / f"{name}.ttl")


def test_the_context_has_no_fault_and_no_warning(shapes: Shapes) -> None:
    assert check(ntriples(), shapes).results == ()


@pytest.mark.parametrize("file", GOOD, ids=named)
def test_a_good_file_conforms(file: Path, shapes: Shapes) -> None:
    report = check(ntriples(file), shapes)
    assert report.conforms, report.text()
    if file.parent.name == "quality":
        assert report.results == (), report.text()


@pytest.mark.parametrize("file", BAD, ids=named)
def test_a_bad_file_fails_for_the_named_reason(file: Path, shapes: Shapes) -> None:
    report = check(ntriples(file), shapes)
    reported = {result.shape for result in report.results}
    violated = {result.shape for result in report.violations}
    wanted = expected(file)
    if file.parent.name == "quality":
        assert report.conforms and wanted <= reported, report.text()
    else:
        assert violated == wanted, report.text()


def test_every_rule_has_its_bad_file_and_every_class_a_good_one(shapes: Shapes) -> None:
    files = {file.stem.removeprefix("bad-"): file for file in BAD}
    rules = {rule.shape.local for rule in shapes.rules}
    assert rules - files.keys() == set(), "add a bad-NAME.ttl to tests/shapes for each of them"
    assert files.keys() - rules == set(), "there is no such shape"
    assert all(SHAPES + name in expected(file) for name, file in files.items())
    classes = {file.stem for file in resources.folder("shapes").glob("*.ttl")}
    assert classes == {file.parent.name for file in BAD} == {file.parent.name for file in GOOD}


def test_every_shape_targets_something(shapes: Shapes) -> None:
    assert untargeted(shapes, graph_of(ntriples())) == []


def test_a_misspelt_class_is_found(shapes: Shapes) -> None:
    triples = shapes.graph.serialize(format="nt")
    right, wrong = (f"<{SH}targetClass> <{TG}{name}>" for name in ("Partnership", "Partnerschip"))
    assert right in triples
    shapes_with_it = Shapes(Graph().parse(data=triples.replace(right, wrong), format="nt"))
    assert untargeted(shapes_with_it, graph_of(ntriples())) == [
        "Partnership",
        "PartnershipQuality",
    ]
    assert check(case("Partnership/bad-partnership-status"), shapes_with_it).conforms


def test_the_shapes_speak_only_of_terms_that_the_ontology_has(shapes: Shapes) -> None:
    ontology = resources.folder("ontology") / "twingraph.ttl"
    declared = {str(t) for t in Graph().parse(ontology).subjects() if str(t).startswith(ns.TG)}
    used = {str(t) for triple in shapes.graph for t in triple if str(t).startswith(ns.TG)}
    assert used <= declared, used - declared


def test_the_shapes_are_well_formed_by_the_shapes_of_shacl_itself(shapes: Shapes) -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes.graph, meta_shacl=True)
    assert conforms, text


def test_a_rule_says_what_is_wrong_and_what_to_do(shapes: Shapes) -> None:
    for rule in shapes.rules:
        wrong, _, cure = rule.shape.message.partition(": ")
        told = f"{rule.shape.local}: say “What is wrong: what to do about it.” in sh:message"
        assert wrong and cure.endswith("."), told


def test_no_shape_uses_sparql(shapes: Shapes) -> None:
    used = {str(p) for p in shapes.graph.predicates()}
    refused = {f"{ns.SH}{name}" for name in ("sparql", "select", "ask", "rule", "js")}
    assert used & refused == set(), "say it in SHACL Core: pySHACL parses SPARQL for each node"


def test_what_shapes_say_and_nobody_understands_is_an_error() -> None:
    for said, why in (
        ("sh:expression true", "expression is not understood"),
        ("sh:severity <https://example.org/Grave>", "none of SHACL's own three"),
        ("sh:sparql [ sh:select 'SELECT' ]", "sparql is not understood"),
        ("<https://example.org/strange> true", "strange is not understood"),
        ("sh:minCount 'one'", "must be a whole number"),
        ("sh:uniqueLang false", "must be true, or left out"),
        ("sh:node <https://example.org/nowhere>", "nowhere written down"),
        ("sh:node <https://example.org/s>", "refers to itself"),
    ):
        turtle = (
            f"@prefix sh: <{ns.SH}> . <https://example.org/s> sh:targetClass <{ns.TG}Project> ;"
            f" sh:path <{ns.TG}start> ; sh:name 'a' ; sh:message 'b: c.' ; {said} ."
        )
        with pytest.raises(UsageError, match=why):
            Shapes(Graph().parse(data=turtle, format="turtle"))


def test_a_rule_without_a_name_of_its_own_is_an_error() -> None:
    turtle = f"@prefix sh: <{ns.SH}> . [] sh:targetClass <{ns.TG}Project> ; sh:nodeKind sh:IRI ."
    with pytest.raises(UsageError, match="lacks its iri and name and message"):
        _ = Shapes(Graph().parse(data=turtle, format="turtle")).rules


def test_folders_and_files_that_hold_no_shapes_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no shapes"):
        load(tmp_path)
    (tmp_path / "broken.ttl").write_text("this is no Turtle")
    with pytest.raises(UsageError, match=r"broken\.ttl is no Turtle"):
        load(tmp_path)


def test_the_concepts_follow_the_base() -> None:
    base = "https://example.org/towns/"
    there = load(resources.folder("shapes"), base)
    graph = ntriples().replace(ns.BASE.encode(), base.encode())
    graph = graph.replace(f"{base}ns#".encode(), ns.TG.encode())
    assert check(graph, there).results == ()
    assert not check(graph, load(resources.folder("shapes"))).conforms


def test_a_blank_node_is_refused(shapes: Shapes) -> None:
    blank = b'_:b <http://purl.org/dc/terms/title> "no name" .\n'
    with pytest.raises(ValueError, match="blank node"):
        check(ntriples() + blank, shapes)


def test_descriptions_and_ntriples_are_checked_alike(shapes: Shapes) -> None:
    from twingraph.rdf.terms import Statement, Term

    data = case("Partnership/bad-partnership-two-partners")
    said: dict[Term, list[Statement]] = {}
    for line in data.decode().splitlines():
        s, p, o = line.removesuffix(" .").split(" ", 2)
        said.setdefault(Term(s), []).append((Term(p), Term(o)))
    assert check(said.items, shapes).results == check(data, shapes).results != ()


# What a check reports


@pytest.fixture(scope="module")
def report(shapes: Shapes) -> ValidationReport:
    data = case("Partnership/bad-partnership-two-partners")
    origins = {PARTNERSHIP: [Origin("data/sources/a.yaml", 7), Origin("data/sources/b.yaml", 9)]}
    return check(data, shapes, origins=origins)


def test_a_result_says_what_where_and_which_rule(report: ValidationReport) -> None:
    (result,) = report.violations
    assert result.focus == PARTNERSHIP
    assert result.readable_path == "(tg:partner|tg:unnamedPartner)"
    assert result.component == f"{ns.SH}MinCountConstraintComponent"
    assert (result.rule, result.severity, result.value) == ("two partners", VIOLATION, None)
    assert "add the other town to `partners`" in result.message


def test_the_text_is_for_people(report: ValidationReport) -> None:
    text = report.text()
    assert text.startswith("VIOLATION: partnership xx-three: A partnership needs at least two")
    assert "    in data/sources/a.yaml:7 data/sources/b.yaml:9\n" in text
    assert "rule “two partners”" in text
    assert "      1 × violation: two partners\n" in text
    assert "does NOT conform: 1 violations" in text


def test_the_text_names_things_and_values(shapes: Shapes) -> None:
    text = check(case("LocalAuthority/bad-authority-nuts3"), shapes).text()
    assert "municipality xx-three (Synthetic Three): " in text
    assert "(found: PL82)" in text


def test_the_text_is_cut_rule_by_rule(shapes: Shapes) -> None:
    text = check(case("LocalAuthority/bad-authority-own-entry"), shapes).text(most=1)
    assert text.count("VIOLATION") == 1
    assert "      2 × violation: entry of its own\n" in text


def test_the_json_is_whole(report: ValidationReport) -> None:
    told = json.loads(json.dumps(report.json()))
    assert told["conforms"] is False
    assert told["counts"] == {"violation": 1, "warning": 2, "info": 0}
    first = told["results"][0]
    assert first["where"][0] == {"file": "data/sources/a.yaml", "line": 7}
    assert first["path"] == "(tg:partner|tg:unnamedPartner)"


def test_violations_become_problems_of_the_data(report: ValidationReport) -> None:
    with pytest.raises(CheckFailed) as failed:
        report.raise_for_violations()
    (problem,) = failed.value.problems
    assert (problem.file, problem.line) == ("data/sources/a.yaml", 7)
    assert "A partnership needs at least two partners" in problem.message
    assert "also in data/sources/b.yaml:9" in problem.message
    assert problem.cure == "add the other town to `partners`."


def test_warnings_do_not_keep_a_graph_from_conforming(shapes: Shapes) -> None:
    report = check(case("quality/bad-quality-partnership-date"), shapes)
    report.raise_for_violations()
    assert report.conforms and report.warnings
    assert (None, URIRef(f"{ns.SH}conforms"), None) in report.graph
    assert "The graph conforms: 0 violations" in report.text()


def test_the_graph_is_a_validation_report_without_blank_nodes(report: ValidationReport) -> None:
    graph = report.graph
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    found = {str(o) for o in graph.objects(None, URIRef(f"{ns.SH}focusNode"))}
    assert found == {result.focus for result in report.results}
    # A path of several properties would need blank nodes: the shape has it.
    paths = set(graph.subject_objects(URIRef(f"{ns.SH}resultPath")))
    assert (URIRef(f"{report.iri}#r1"), URIRef(f"{ns.TG}partner")) not in paths
    assert URIRef(f"{ns.TG}statedBy") in {path for _, path in paths}
    count = len(list(graph.objects(URIRef(report.iri), URIRef(f"{ns.SH}result"))))
    assert count == len(report.results)


def test_the_same_graph_gives_the_same_report(report: ValidationReport, shapes: Shapes) -> None:
    data = case("Partnership/bad-partnership-two-partners")
    turned = b"".join(reversed(data.splitlines(keepends=True)))
    assert list(check(turned, shapes).descriptions()) == list(report.descriptions())


def test_an_evidence_fragment_is_found_where_its_whole_is(shapes: Shapes) -> None:
    whole = f"{ns.BASE}evidence/xx"
    origins = {whole: [Origin("data/sources/a.yaml", 3)]}
    report = check(case("Evidence/bad-target-selector"), shapes, origins=origins)
    assert report.violations[0].focus == f"{whole}#target"
    assert report.where(report.violations[0]) == origins[whole]


def test_ill_formed_literals_are_told_in_plain_words_alone(
    shapes: Shapes, capsys: pytest.CaptureFixture[str]
) -> None:
    report = check(case("Date/bad-since-latest"), shapes)
    assert "2010-02-30" in report.text()
    assert "Traceback" not in capsys.readouterr().err
