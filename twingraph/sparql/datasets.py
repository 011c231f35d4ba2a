"""Which graphs a query is about (SPARQL 1.1 Query, section 13; Protocol, section 2.1.4).

The store's default graph is the merged view, its named graphs are the sources' claims. Two more
names may be used in FROM and as default-graph-uri: `{base}graph/merged` for the merged view, and
`{base}graph/all` for the union of all sources' claims. A query that asks for sh:SPARQLExecutable
and names no graph is about the endpoint, not about towns: it is asked of the examples alone, which
are no part of any release.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from twingraph.namespaces import SH, prefixes
from twingraph.rdf import concepts
from twingraph.sparql.lexer import mentions
from twingraph.sparql.query_syntax import DatasetClauses, dataset_clauses, names, readable_tokens

MERGED: Final = "graph/merged"
ALL: Final = "graph/all"

GraphName = NamedNode | BlankNode | DefaultGraph


def asks_for_examples(query: str) -> bool:
    """Whether a query names the class that editors look for."""
    name = "SPARQLExecutable"
    return name in query and names(readable_tokens(query), f"{SH}{name}")


@dataclass(frozen=True, slots=True)
class DatasetView:
    """What a query is run on: a store, and the graphs of it (None: all as they are)."""

    store: Store
    default: list[GraphName] | None
    named: list[NamedNode | BlankNode] | None


class Datasets:
    """The views that can be asked for over one store."""

    def __init__(self, store: Store, base: str, examples: Store | None = None) -> None:
        self.store = store
        self._examples = Store() if examples is None else examples
        self.base = base
        # Read here: a worker, which shares this, may open no file.
        self.prefixes = prefixes(base, concepts.schemes())
        self.sources = sorted(
            (g for g in store.named_graphs() if isinstance(g, NamedNode)), key=lambda g: g.value
        )

    def view(
        self, query: str, default: Sequence[str] | None, named: Sequence[str] | None
    ) -> DatasetView:
        """The dataset of the protocol, or else of the query's own FROM clauses, or else the whole.

        Raises ValueError for a graph name that is no IRI. A graph that is not in the store is
        empty; nothing is ever fetched.
        """
        if default is None and named is None:
            own = DatasetClauses([], [])
            if mentions(query, "FROM"):
                own = dataset_clauses(readable_tokens(query), self.base)
            if not any(own) and asks_for_examples(query):
                return DatasetView(self._examples, None, None)
            if not self._beyond_the_engine(own):
                return DatasetView(self.store, None, None)
            default, named = own
        graphs = self._graphs(default or [])
        names: list[NamedNode | BlankNode] = [NamedNode(name) for name in named or []]
        if len(graphs) > 1:
            return DatasetView(_merged(self.store, graphs, names), [DefaultGraph()], names)
        return DatasetView(self.store, graphs, names)

    def _beyond_the_engine(self, own: DatasetClauses) -> bool:
        return len(own.default) > 1 or any(
            name in (self.base + MERGED, self.base + ALL) for name in own.default
        )

    def _graphs(self, names: Iterable[str]) -> list[GraphName]:
        found: dict[GraphName, None] = {}
        for name in names:
            if name == self.base + ALL:
                found.update(dict.fromkeys(self.sources))
            else:
                merged = name == self.base + MERGED
                found[DefaultGraph() if merged else NamedNode(name)] = None
        return list(found)


def _merged(store: Store, graphs: list[GraphName], named: list[NamedNode | BlankNode]) -> Store:
    """A store whose default graph is the RDF merge of some graphs, with some named ones beside.

    The engine answers from several default graphs by going through each in turn, so that a triple
    that stands in two of them counts twice. A merge is a set.
    """
    merge = Store()
    merge.bulk_extend(
        Quad(quad.subject, quad.predicate, quad.object)
        for graph in graphs
        for quad in store.quads_for_pattern(None, None, None, graph)
    )
    for name in named:
        merge.bulk_extend(store.quads_for_pattern(None, None, None, name))
    return merge
