"""The competency questions: each answers right on the built graph, in two engines.

A question's answer on the founding data stands in tests/data/queries/founding/, under its name: as
.tsv (SPARQL 1.1 Query Results CSV and TSV Formats, section 4), .srj for yes or no, .ttl for a
graph. They are checked by hand against the sources. What the founding pages do not hold is asked
of tests/data/queries/variety/data (facts of real pages), of tests/data/made-up and, of projects and
their money, of tests/data/queries/projects/data. After a change
of the data, look at the new answer with

    twingraph query ontology/queries/NAME.rq --format tsv

and write it down where it is right. The second engine is rdflib: it answers all of them, which
shows that no engine's own extension is used.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from tests.conftest import FOUNDING, ROOT
from tests.release.writing import write_one
from twingraph.build import read_view
from twingraph.model.records import RECORD_CLASSES, View
from twingraph.namespaces import BASE, TG, VOCABULARIES, XSD, prefixes
from twingraph.rdf import concepts
from twingraph.rdf import mapping as graph
from twingraph.release.content import Content
from twingraph.sparql.competency_questions import questions

EXPECTED = ROOT / "tests" / "data" / "queries"
DATA = {
    "founding": FOUNDING,
    "variety": EXPECTED / "variety" / "data",
    "made-up": ROOT / "tests" / "data" / "made-up",
    "projects": EXPECTED / "projects" / "data",
}
QUESTIONS = {question.name: question for question in questions()}
ANSWERS = sorted(p for dataset in DATA for p in (EXPECTED / dataset).iterdir() if p.is_file())

# rdflib 7 still calls, inside its own Dataset, what it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Dataset.* is deprecated:DeprecationWarning")

NUMBERS = {f"{XSD}{name}" for name in ("integer", "decimal", "double")}

Answer: TypeAlias = bool | list[tuple[Any, ...]] | rdflib.Graph
"""Yes or no, the rows in order with the names of the columns first, or a graph."""


@dataclass(frozen=True)
class Asked:
    """A data folder, built: its view, and its graph in two engines."""

    view: View
    oxigraph: ox.Store
    rdflib: rdflib.Dataset


@cache
def asked(dataset: str) -> Asked:
    view = read_view(DATA[dataset])
    with TemporaryDirectory() as folder:
        quads = gzip.decompress(
            write_one("twingraph.nq.gz", Path(folder), Content(view)).read_bytes()
        )
    store, second = ox.Store(), rdflib.Dataset()
    store.bulk_load(quads, ox.RdfFormat.N_QUADS)
    second.parse(data=quads, format="nquads")
    return Asked(view, store, second)


def value(term: Any) -> Any:
    """A term of either engine as plain values, numbers by what they are worth."""
    if term is None or isinstance(term, ox.NamedNode | rdflib.URIRef):
        return term and f"<{term.value if isinstance(term, ox.NamedNode) else term}>"
    assert isinstance(term, ox.Literal | rdflib.Literal), f"{term!r}: no blank node is published"
    text = term.value if isinstance(term, ox.Literal) else str(term)
    datatype = term.datatype
    name = datatype.value if isinstance(datatype, ox.NamedNode) else str(datatype or f"{XSD}string")
    if name in NUMBERS:
        return Decimal(text)
    return (text, term.language) if term.language else (text, name)


def as_graph(triples: Iterable[Any]) -> rdflib.Graph:
    text = b"".join(f"{triple} .\n".encode() for triple in triples)
    return rdflib.Graph().parse(data=text, format="nt")


def from_oxigraph(answer: Any) -> Answer:
    if isinstance(answer, ox.QueryBoolean):
        return bool(answer)
    if isinstance(answer, ox.QueryTriples):
        return as_graph(answer)
    names = tuple(variable.value for variable in answer.variables)
    return [names, *(tuple(value(solution[name]) for name in names) for solution in answer)]


def in_oxigraph(dataset: str, query: str) -> Answer:
    return from_oxigraph(asked(dataset).oxigraph.query(query))


def in_rdflib(dataset: str, query: str) -> Answer:
    answer: Any = asked(dataset).rdflib.query(query)
    if answer.type == "ASK":
        return bool(answer.askAnswer)
    if answer.type == "CONSTRUCT":
        found: rdflib.Graph = answer.graph
        return found
    names = tuple(str(variable) for variable in answer.vars)
    return [names, *(tuple(value(term) for term in row) for row in answer)]


def expected(path: Path) -> Answer:
    if path.suffix == ".ttl":
        return as_graph(quad.triple for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE))
    forms = {".tsv": ox.QueryResultsFormat.TSV, ".srj": ox.QueryResultsFormat.JSON}
    return from_oxigraph(ox.parse_query_results(path=path, format=forms[path.suffix]))


def assert_same(found: Answer, right: Answer) -> None:
    if isinstance(found, rdflib.Graph) and isinstance(right, rdflib.Graph):
        assert isomorphic(found, right), set(found) ^ set(right)
    else:
        assert found == right


def rows(dataset: str, name: str, replaced: str = "", by: str = "") -> list[dict[str, Any]]:
    """The solutions of a question, of which a part of the query may be replaced."""
    query = QUESTIONS[name].text
    assert replaced in query
    answer = in_oxigraph(dataset, query.replace(replaced, by) if replaced else query)
    assert isinstance(answer, list)
    return [dict(zip(answer[0], row, strict=True)) for row in answer[1:]]


def identify(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", ANSWERS, ids=identify)
def test_a_question_has_the_expected_answer(path: Path) -> None:
    assert_same(in_oxigraph(path.parent.name, QUESTIONS[path.stem].text), expected(path))


@pytest.mark.parametrize("path", ANSWERS, ids=identify)
def test_a_second_engine_gives_the_same_answer(path: Path) -> None:
    assert_same(in_rdflib(path.parent.name, QUESTIONS[path.stem].text), expected(path))


# -- the files


def test_every_question_has_an_answer_on_the_founding_data_and_the_other_way_round() -> None:
    assert {path.stem for path in ANSWERS if path.parent.name == "founding"} == set(QUESTIONS)
    assert {path.stem for path in ANSWERS} == set(QUESTIONS)
    assert len({(path.parent, path.stem) for path in ANSWERS}) == len(ANSWERS), "one form each"


def test_every_question_finds_something_somewhere() -> None:
    found: set[str] = set()
    for path in ANSWERS:
        answer = expected(path)
        if answer is True or (not isinstance(answer, bool) and len(answer) > 1):
            found.add(path.stem)
    # Asked of the data that ships, in tests/test_shipped_data.py.
    assert found == set(QUESTIONS) - {"partnerships-between-two-countries"}


def code(text: str) -> str:
    """A query without comments, strings and IRIs in brackets."""
    return re.sub(r'^\s*#.*$|"[^"\n]*"|<[^>\s]*>', "", text, flags=re.MULTILINE)


def declared(text: str) -> dict[str, str]:
    return dict(re.findall(r"^PREFIX (\S*): <(\S+)>$", text, flags=re.MULTILINE))


def used(text: str) -> set[tuple[str, str]]:
    body = re.sub(r"^PREFIX.*$", "", code(text), flags=re.MULTILINE)
    return set(re.findall(r"(?<![\w?:-])([a-z][\w-]*):([\w-]*)", body))


@pytest.mark.parametrize("name", QUESTIONS)
def test_prefixes_are_declared_used_and_those_of_the_dataset(name: str) -> None:
    text = QUESTIONS[name].text
    schemes = {"kind": "agreement-kind", "status": "partnership-status", "basis": "signature-basis"}
    known = prefixes(BASE, concepts.schemes()) | {"schema": "http://schema.org/"}
    known |= {prefix: f"{BASE}concept/{scheme}/" for prefix, scheme in schemes.items()}
    assert declared(text).items() <= known.items()
    assert set(declared(text)) == {prefix for prefix, _ in used(text)}


@pytest.mark.parametrize("name", QUESTIONS)
def test_terms_of_the_vocabulary_and_concepts_exist(name: str) -> None:
    text = QUESTIONS[name].text
    ontology = ox.parse(path=ROOT / "ontology" / "twingraph.ttl", format=ox.RdfFormat.TURTLE)
    terms = {quad.subject.value for quad in ontology if isinstance(quad.subject, ox.NamedNode)}
    known = {term[1:-1] for term in concepts.descriptions(BASE)}
    for prefix, local in used(text):
        iri = declared(text)[prefix] + local
        assert not iri.startswith(TG) or iri in terms, f"{prefix}:{local}"
        assert not iri.startswith(f"{BASE}concept/") or iri in known, f"{prefix}:{local}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_rows_come_in_an_order_and_days_are_not_compared_as_dates(name: str) -> None:
    text = code(QUESTIONS[name].text)
    form = re.search(r"^(SELECT|ASK|CONSTRUCT)\b", text, flags=re.MULTILINE)
    assert form
    assert ("ORDER BY" in text) == (form[1] == "SELECT")
    # SPARQL 1.1 (17.3) has no operator for xsd:date: bounds are compared as strings.
    assert not re.search(r"(Earliest|Latest|earliest|latest) *[<>]", text)


def test_the_vocabularies_of_others_are_those_of_the_dataset() -> None:
    for question in QUESTIONS.values():
        for prefix, namespace in declared(question.text).items():
            assert VOCABULARIES.get(prefix, namespace) == namespace


# -- what a fixed answer cannot show


def test_the_two_countries_of_partnerships_can_be_others() -> None:
    name, between = (
        "partnerships-between-two-countries",
        "country:{} .\n  ?other tg:country country:{} .",
    )
    found = rows("founding", name, between.format("DEU", "FRA"), between.format("POL", "SVK"))
    pairs = {(row["one"], row["other"]) for row in found}
    sieniawa = f"<{BASE}municipality/pl-sieniawa>"
    assert pairs == {
        (sieniawa, f"<{BASE}municipality/{key}>")
        for key in ("sk-cervena-voda", "sk-lutina", "sk-pecovska-nova-ves")
    }


@pytest.mark.parametrize("dataset", DATA)
def test_disagreements_are_those_that_merging_lists(dataset: str) -> None:
    view = asked(dataset).view
    classes = {record_class.path: record_class for record_class in RECORD_CLASSES}
    listed: dict[bool, set[tuple[str, str, str]]] = {True: set(), False: set()}
    for one in view.disagreements:
        about = str(graph.property_of(classes[one.subject.path], one.field))
        for claim in one.others:
            source = f"<{BASE}source/{claim.source}>"
            listed[one.fits].add((f"<{one.subject.iri(BASE)}>", about, source))
    conflicts = rows(dataset, "disagreements")
    gained = rows(dataset, "precision-gained")
    assert {(r["subject"], r["property"], r["claimedBy"]) for r in conflicts} == listed[False]
    assert {(r["subject"], r["property"], r["vagueSource"]) for r in gained} == listed[True]


@pytest.mark.parametrize("dataset", DATA)
def test_the_statements_of_a_source_are_all_in_its_graph(dataset: str) -> None:
    view = asked(dataset).view
    counts = {
        f"<{BASE}source/{claims.source.key}>": sum(
            len(statements) for _, statements in graph.describe_claims(claims, BASE)
        )
        for claims in view.claims
    }
    found = rows(dataset, "sources-and-their-yield")
    assert {row["source"]: row["statements"] for row in found} == counts


@pytest.mark.parametrize(
    ("languages", "label"),
    [
        ('("sk" "en")', ("šport", "sk")),
        ('("cs" "nl")', ("sport", "nl")),
        ('("cs" "hu")', ("sport", f"{XSD}string")),
    ],
)
def test_labels_fall_back_on_the_second_language_and_the_notation(
    languages: str, label: tuple[str, str]
) -> None:
    found = rows("founding", "fields-and-methods", '("sk" "en")', languages)
    (sport,) = (row for row in found if row["concept"] == f"<{BASE}concept/field/sport>")
    assert sport["label"] == label


@pytest.mark.parametrize(
    ("day", "status", "possibly"),
    [
        ("2019-12-31", "unknown", None),
        ("2020-06-30", "unknown", "suspended"),
        ("2020-12-31", "suspended", None),
    ],
)
def test_the_status_changes_with_the_day(day: str, status: str, possibly: str | None) -> None:
    found = rows("variety", "status-at-a-date", "2022-12-31", day)
    (grodno,) = (row for row in found if row["partnership"].endswith("/by-grodno--pl-bialystok>"))
    concept = f"<{BASE}concept/partnership-status/"
    assert grodno["status"] == f"{concept}{status}>"
    assert grodno["possibly"] == (possibly and f"{concept}{possibly}>")


def test_no_is_an_answer_too() -> None:
    query = QUESTIONS["are-two-towns-twinned"].text
    assert in_oxigraph("founding", query.replace("wd:Q926110", "wd:Q1068547")) is True
    assert in_oxigraph("founding", query.replace("wd:Q377994", "wd:Q1068547")) is False


def test_a_town_named_in_more_languages_adds_no_rows() -> None:
    store = ox.Store()
    store.extend(asked("founding").oxigraph)
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    partner_in = ox.NamedNode(f"{TG}partnerIn")
    for town in {q.subject for q in store.quads_for_pattern(None, partner_in, None)}:
        store.add(ox.Quad(town, label, ox.Literal("another name", language="en")))
    for name, question in QUESTIONS.items():
        before = in_oxigraph("founding", question.text)
        after = from_oxigraph(store.query(question.text))
        if isinstance(before, list) and isinstance(after, list):
            assert len(before) == len(after), name
