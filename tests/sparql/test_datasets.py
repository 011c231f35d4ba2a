from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

from tests.service import BASE, QUADS
from twingraph.sparql.datasets import Datasets, asks_for_examples


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


def test_who_asks_for_examples() -> None:
    sh = "http://www.w3.org/ns/shacl#"
    assert asks_for_examples(f"PREFIX s: <{sh}> SELECT * {{ ?e a s:SPARQLExecutable }}")
    assert asks_for_examples(f"ASK {{ ?e a <{sh}SPARQLExecutable> }}")
    # The name of it in another namespace, in a string, in a comment.
    assert not asks_for_examples("PREFIX s: <x:> ASK { ?e a s:SPARQLExecutable }")
    assert not asks_for_examples(f"ASK {{ ?e ?p '<{sh}SPARQLExecutable>' }}")
    assert not asks_for_examples(f"ASK {{}} # <{sh}SPARQLExecutable>")
