"""The embedded SPARQL store: a release, opened and asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from twingraph.errors import UsageError
from twingraph.namespaces import BASE, SKOS, prefixes
from twingraph.rdf import concepts
from twingraph.rdf.triples import open_dump

QueryResult = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@contextmanager
def evaluating() -> Iterator[None]:
    """Where a query runs, also while its result is read. Raises UsageError where it fails: a
    function that the engine does not know, a service that does not answer."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise UsageError(f"the query failed while it ran: {error}") from error


class Store:
    """A dataset in memory: the merged view is its default graph, each source's claims a named one.

    `base` is the base of its own IRIs, as the dataset's concepts tell.
    """

    def __init__(self, engine: ox.Store) -> None:
        self._engine = engine
        self.base = _base(engine)

    @classmethod
    def of_release(cls, release: Path) -> Store:
        """Open a release folder. Raises UsageError where it holds no readable release."""
        engine = ox.Store()
        with open_dump(release) as dump:
            # Written and checked by the build: it need not be validated a second time.
            engine.bulk_load(dump, ox.RdfFormat.N_QUADS, lenient=True)
        return cls(engine)

    def query(self, sparql: str) -> QueryResult:
        """Run a query. The prefixes of the dataset need not be declared.

        Raises UsageError, with the parser's position, for what is no SPARQL 1.1 query, and for one
        that cannot be evaluated.
        """
        known = prefixes(self.base, concepts.schemes())
        try:
            with evaluating():
                return self._engine.query(sparql.removeprefix("\ufeff"), prefixes=known)
        except SyntaxError as error:
            raise UsageError(f"this is no SPARQL query: {error.msg}") from error

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        """The quads of one graph: the merged view, or the one named by a full IRI."""
        name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        return iter(self._engine.quads_for_pattern(None, None, None, name))

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, sorted."""
        return sorted(str(g)[1:-1] for g in self._engine.named_graphs())


def _base(engine: ox.Store) -> str:
    """The base under which the dataset's concepts stand."""
    in_scheme = ox.NamedNode(f"{SKOS}inScheme")
    quad: Any = next(iter(engine.quads_for_pattern(None, in_scheme, None, ox.DefaultGraph())), None)
    return base_of_concept(quad.object.value) if quad else BASE


def base_of_concept(iri: str) -> str:
    """The base of a dataset, by the IRI of a concept or a scheme in it."""
    return iri.rpartition("concept/")[0]
