from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

from tests.service import BASE, QUADS
from twingraph.sparql.datasets import Datasets, clauses

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
    assert clauses(query, BASE) == (default, named)


@pytest.fixture(scope="module")
def datasets() -> Datasets:
    store = Store()
    store.load(QUADS.encode(), RdfFormat.N_QUADS)
    return Datasets(store, BASE)


def twins(
    datasets: Datasets,
    clause: str = "",
    default: list[str] | None = None,
    named: list[str] | None = None,
    pattern: str = "?s tg:twinnedWith ?o",
) -> list[str]:
    query = f"PREFIX tg: <{BASE}ns#> SELECT ?o {clause} {{ {pattern} }} ORDER BY ?o"
    view = datasets.view(query, default, named)
    found = view.store.query(
        query, base_iri=BASE, default_graph=view.default, named_graphs=view.named
    )
    assert isinstance(found, QuerySolutions)
    return [str(row[0]).rstrip(">")[-1] for row in found]


GRAPH = "GRAPH ?g { ?s tg:twinnedWith ?o }"


def test_the_default_graph_is_the_merged_view(datasets: Datasets) -> None:
    assert twins(datasets) == ["b"]
    assert twins(datasets, "FROM <graph/merged>") == ["b"]
    assert twins(datasets, default=[f"{BASE}graph/merged"]) == ["b"]


def test_each_source_and_the_union_of_all(datasets: Datasets) -> None:
    assert twins(datasets, "FROM <graph/two>") == ["b", "c"]
    assert twins(datasets, default=[f"{BASE}graph/one"]) == ["b"]
    # A merge is a set: what two sources state counts once.
    assert twins(datasets, "FROM <graph/all>") == ["b", "c"]
    assert twins(datasets, "FROM <graph/one> FROM <graph/two>") == ["b", "c"]
    assert twins(datasets, default=[f"{BASE}graph/merged", f"{BASE}graph/two"]) == ["b", "c"]


def test_named_graphs(datasets: Datasets) -> None:
    assert twins(datasets, pattern=GRAPH) == ["b", "b", "c"]
    assert twins(datasets, named=[f"{BASE}graph/two"], pattern=GRAPH) == ["b", "c"]
    assert twins(datasets, "FROM NAMED <graph/one>", pattern=GRAPH) == ["b"]
    # Where a request names a default graph only, there are no named ones (and the other way).
    assert twins(datasets, default=[f"{BASE}graph/one"], pattern=GRAPH) == []
    assert twins(datasets, named=[f"{BASE}graph/one"]) == []
    both = "FROM <graph/one> FROM <graph/two> FROM NAMED <graph/one>"
    assert twins(datasets, both, pattern=GRAPH) == ["b"]


def test_the_protocol_overrides_the_query(datasets: Datasets) -> None:
    assert twins(datasets, "FROM <graph/two>", default=[f"{BASE}graph/one"]) == ["b"]


def test_what_is_not_there_is_empty_and_never_fetched(datasets: Datasets) -> None:
    assert twins(datasets, "FROM <file:///etc/passwd>") == []
    assert twins(datasets, default=["http://127.0.0.1:1/x"]) == []


def test_sources_are_listed(datasets: Datasets) -> None:
    assert datasets.sources == [NamedNode(f"{BASE}graph/one"), NamedNode(f"{BASE}graph/two")]
