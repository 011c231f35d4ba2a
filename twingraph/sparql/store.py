"""The embedded SPARQL store: a release, opened and asked."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from twingraph.errors import UsageError
from twingraph.namespaces import BASE, SKOS, prefixes
from twingraph.rdf import concepts

DUMP = "twingraph.nq.gz"
"""The dump that holds the whole dataset: the merged view and every source's graph."""

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


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
        path = release / DUMP
        engine = ox.Store()
        try:
            with gzip.open(path, "rb") as dump:
                # Written and checked by the build: it need not be validated a second time.
                engine.bulk_load(cast(IO[bytes], dump), ox.RdfFormat.N_QUADS, lenient=True)
        except FileNotFoundError as error:
            cure = "run `twingraph build`, or name a release with --release"
            raise UsageError(f"{release} holds no release ({DUMP} is missing): {cure}") from error
        except (OSError, EOFError, SyntaxError, ValueError) as error:
            raise UsageError(f"{path} cannot be read: {error}; build the release again") from error
        return cls(engine)

    def query(self, sparql: str) -> Answer:
        """Run a query. The prefixes of the dataset need not be declared.

        Raises UsageError, with the parser's position, for what is no SPARQL 1.1 query.
        """
        known = prefixes(self.base, concepts.schemes())
        try:
            return self._engine.query(sparql, prefixes=known)
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
    return str(quad.object.value).rpartition("concept/")[0] if quad else BASE
