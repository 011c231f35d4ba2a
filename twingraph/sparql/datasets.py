"""Which graphs a query is about (SPARQL 1.1 Query, section 13; Protocol, section 2.1.4).

The store's default graph is the merged view, its named graphs are the sources' claims. Two more
names may be used in FROM and as default-graph-uri: `{base}graph/merged` for the merged view, and
`{base}graph/all` for the union of all sources' claims. A query that asks for sh:SPARQLExecutable
and names no graph is about the endpoint, not about towns: it is asked of the examples alone, which
are no part of any release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urljoin

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from twingraph.namespaces import prefixes
from twingraph.rdf import concepts

MERGED: Final = "graph/merged"
ALL: Final = "graph/all"

Graph = NamedNode | BlankNode | DefaultGraph


class Clauses(NamedTuple):
    """The graphs a query's own FROM and FROM NAMED clauses name, as absolute IRIs."""

    default: list[str]
    named: list[str]


_TOKENS: Final = re.compile(
    r"""
      (?P<skip>  \s+ | \#[^\r\n]* )
    | (?P<iri>   <[^<>"{}|^`\\\x00-\x20]*> )
    | (?P<string> \"{3}(?:\\.|[^\\])*?\"{3} | '{3}(?:\\.|[^\\])*?'{3}
                | "(?:\\.|[^"\\\r\n])*" | '(?:\\.|[^'\\\r\n])*' )
    | (?P<other> [?$]\w+ | @[\w-]+ | _:[\w.-]+ )
    | (?P<pname> [\w.-]*:(?:[\w.:%-]|\\.)* )
    | (?P<word>  \w+ )
    | (?P<mark>  . )
    """,
    re.VERBOSE | re.DOTALL,
)


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    """The query's tokens outside all braces, as (kind, text)."""
    depth = 0
    for match in _TOKENS.finditer(query):
        kind, text = str(match.lastgroup), match[0]
        if kind == "mark" and text in "{}":
            depth += 1 if text == "{" else -1
        elif depth == 0 and kind != "skip":
            yield kind, text


def undeclared(query: str) -> list[str]:
    """The prefixes that a query uses and does not declare, in order."""
    declared, used = set[str](), dict[str, None]()
    tokens = (m for m in _TOKENS.finditer(query) if m.lastgroup in ("pname", "word"))
    for match in tokens:
        if match[0].upper() == "PREFIX":
            name = next(tokens, None)
            declared.add(name[0].partition(":")[0] if name else "")
        elif match.lastgroup == "pname":
            used[match[0].partition(":")[0]] = None
    return [prefix for prefix in used if prefix not in declared]


def asks_for_examples(query: str) -> bool:
    """Whether a query has the class that editors look for, prefixed or in full."""
    return "SPARQLExecutable" in query


def clauses(query: str, base: str) -> Clauses:
    """The dataset clauses of a query that is known to be well-formed."""
    found, prefixes = Clauses([], []), dict[str, str]()
    tokens = _tokens(query)
    for kind, text in tokens:
        keyword = text.upper() if kind == "word" else ""
        if keyword == "BASE":
            base = absolute(base, next(tokens)[1][1:-1])
        elif keyword == "PREFIX":
            name, target = next(tokens)[1], next(tokens)[1]
            prefixes[name[:-1]] = absolute(base, target[1:-1])
        elif keyword == "FROM":
            kind, text = next(tokens)
            named = kind == "word" and text.upper() == "NAMED"
            iri = _resolved(*(next(tokens) if named else (kind, text)), prefixes, base)
            (found.named if named else found.default).append(iri)
    return found


def absolute(base: str, reference: str) -> str:
    """The IRI that a reference stands for. urljoin mostly drops an empty fragment, and namespaces
    end with one."""
    joined = urljoin(base, reference)
    return f"{joined}#" if reference.endswith("#") and not joined.endswith("#") else joined


def _resolved(kind: str, text: str, prefixes: dict[str, str], base: str) -> str:
    if kind == "iri":
        return absolute(base, text[1:-1])
    prefix, _, local = text.partition(":")
    return prefixes.get(prefix, "") + local


@dataclass(frozen=True, slots=True)
class View:
    """What a query is run on: a store, and the graphs of it (None: all as they are)."""

    store: Store
    default: list[Graph] | None
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

    def view(self, query: str, default: Sequence[str] | None, named: Sequence[str] | None) -> View:
        """The dataset of the protocol, or else of the query's own FROM clauses, or else the whole.

        Raises ValueError for a graph name that is no IRI. A graph that is not in the store is
        empty; nothing is ever fetched.
        """
        if default is None and named is None:
            own = clauses(query, self.base) if "from" in query.lower() else Clauses([], [])
            if own == Clauses([], []) and asks_for_examples(query):
                return View(self._examples, None, None)
            if not self._beyond_the_engine(own):
                return View(self.store, None, None)
            default, named = own
        graphs = self._graphs(default or [])
        names: list[NamedNode | BlankNode] = [NamedNode(name) for name in named or []]
        if len(graphs) > 1:
            return View(_merged(self.store, graphs, names), [DefaultGraph()], names)
        return View(self.store, graphs, names)

    def _beyond_the_engine(self, own: Clauses) -> bool:
        return len(own.default) > 1 or any(
            name in (self.base + MERGED, self.base + ALL) for name in own.default
        )

    def _graphs(self, names: Iterable[str]) -> list[Graph]:
        found: dict[Graph, None] = {}
        for name in names:
            if name == self.base + ALL:
                found.update(dict.fromkeys(self.sources))
            else:
                merged = name == self.base + MERGED
                found[DefaultGraph() if merged else NamedNode(name)] = None
        return list(found)


def _merged(store: Store, graphs: list[Graph], named: list[NamedNode | BlankNode]) -> Store:
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
