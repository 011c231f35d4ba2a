"""What a query says of itself: the cases that the suites of the W3C do not have."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.service import BASE
from twingraph.sparql.lexer import tokens
from twingraph.sparql.query_syntax import (
    absolute,
    dataset_clauses,
    deeper_than,
    form,
    names,
    needs_service,
    outer_limit,
    readable_tokens,
    undeclared_prefixes,
)

CASES = [
    ("SELECT * {?s ?p ?o}", [], []),
    ("SELECT * FROM <http://a/> WHERE {?s ?p ?o}", ["http://a/"], []),
    ("PREFIX g: <http://a/> SELECT * FROM g:x from named g:y {}", ["http://a/x"], ["http://a/y"]),
    ("BASE <http://b/> SELECT * FROM <x> {}", ["http://b/x"], []),
    ("SELECT * FROM <graph/all> {}", [f"{BASE}graph/all"], []),
    ("CONSTRUCT {?s ?p 'FROM <http://no/>'} FROM <http://a/> WHERE {}", ["http://a/"], []),
    ("CONSTRUCT FROM <http://a/> WHERE {?s ?p ?o}", ["http://a/"], []),
    ("SELECT (\"FROM <http://no/>\" AS ?from) {} # FROM <http://no/>", [], []),
    ("SELECT ?from (?a < ?b AS ?c) FROM <http://a/#x> { FILTER(?x < 3) }", ["http://a/#x"], []),
    ("DESCRIBE <http://x/> FROM <http://a/> FROM <http://b/>", ["http://a/", "http://b/"], []),
    ("PREFIX g: <http://a#> SELECT * FROM g:x FROM NAMED <b#> {}", ["http://a#x"], [f"{BASE}b#"]),
    ("PREFIX from: <http://p/> SELECT (from:from() AS ?x) {}", [], []),
    ("ASK FROM <http://a/> { SELECT * { ?s ?p '''} FROM <http://no/>''' } }", ["http://a/"], []),
]  # fmt: skip


@pytest.mark.parametrize(("query", "default", "named"), CASES)
def test_clauses(query: str, default: list[str], named: list[str]) -> None:
    assert dataset_clauses(tokens(query), BASE) == (default, named)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * {}", "SELECT"),
        ("# SELECT\nprefix a: <x#y>\n# more\nBASE <z>\nask {}", "ASK"),
        ("PREFIX : <x> PREFIX b-c: <y>CONSTRUCT WHERE {}", "CONSTRUCT"),
        ("describe <x>", "DESCRIBE"),
        ("INSERT DATA {}", "INSERT"),
        ("# x\nPREFIX a: <b:c>\nLOAD <http://127.0.0.1/>", "LOAD"),
        ("PREFIX a: ASK {}", "ASK"),
        ("PREFIX", ""),
        ("BASE a", ""),
        ("?a", ""),
        ("", ""),
    ],
)
def test_the_form(query: str, expected: str) -> None:
    assert form(tokens(query)) == expected


def test_prefixes_that_are_not_declared() -> None:
    query = "PREFIX a: <x:a> SELECT * { ?s b:c 'd:e', <f:g>, a:h, :i, b:j } # k:l"
    assert undeclared_prefixes(tokens(query)) == ["b", ""]
    assert undeclared_prefixes(tokens("ASK { ?s a b:c, b:d, e: }")) == ["b", "e"]


def test_an_iri_that_is_named() -> None:
    query = "PREFIX a: <http://a/> ASK { ?s a:b <http://c/d>, 'http://e/f' . b:c a a:\\~ }"
    assert [names(tokens(query), f"http://{iri}") for iri in ("a/b", "c/d", "e/f")] == [
        True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ASK { SERVICE <a> {} }", True),
        ("ASK { SERVICE SILENT <a> {} }", False),
        ("ASK { SERVICE SILENT <a> { SERVICE ?b {} } }", True),
        ("ASK { ?service <SERVICE> 'SERVICE', :SERVICE } # SERVICE", False),
        ("ASK { ?s ?p trueSERVICE<a>{} }", True),
        ("ASK { SERVICE", True),
    ],
)
def test_who_needs_a_service(query: str, expected: bool) -> None:
    assert needs_service(tokens(query)) == expected


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("SELECT * {}", None),
        ("SELECT * {} LIMIT 5 OFFSET 2", 5),
        ("SELECT * { { SELECT * {} LIMIT 3 } } OFFSET 2", None),
        ("SELECT (5 AS ?limit) { ?s <limit> 'LIMIT 7' } ORDER BY (1) LIMIT 9", 9),
        (f"SELECT * {{}} LIMIT {'9' * 5000}", 10**30 - 1),
    ],
)
def test_the_limit_of_the_query_itself(query: str, limit: int | None) -> None:
    assert outer_limit(tokens(query)) == limit


def test_depth() -> None:
    query = "SELECT (((1)) AS ?x) { [ <p> ( 1 '((((' ) ] }"
    assert deeper_than(tokens(query), 2)
    assert not deeper_than(tokens(query), 3)


def test_what_can_be_read_before_a_fault() -> None:
    assert [token.text for token in readable_tokens("SELECT ?a {\0 ?b")] == ["SELECT", "?a", "{"]


@pytest.mark.parametrize("base", ["http://e.test/b/c?d", "http://e.test/b/c#f", "http://e.test/"])
@pytest.mark.parametrize(
    "reference",
    ["", "#", "#x", "?q", "a", "../a", "/a/./b", "//h/p#", "g;x=1/../y", "http:x", "http://a/../b#",
     "urn:a:../b"],
)  # fmt: skip
def test_references_are_resolved_as_the_engine_does(base: str, reference: str) -> None:
    found = ox.Store().query(f"SELECT (<{reference}> AS ?iri) {{}}", base_iri=base)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["iri"] for row in found] == [ox.NamedNode(absolute(base, reference))]
