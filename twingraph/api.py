"""A release in Python: ask it, walk its records, hand it to rdflib or pandas.

>>> import twingraph
>>> release = twingraph.open("public")                                     # doctest: +SKIP
>>> release.query("SELECT ?p ?since { ?p tg:since ?since }")[0]["since"]   # doctest: +SKIP
'2010'
"""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import rdflib

from twingraph.errors import UsageError
from twingraph.model.records import R, Record
from twingraph.namespaces import prefixes
from twingraph.rdf import concepts
from twingraph.sparql import readback
from twingraph.sparql.store import Store

if TYPE_CHECKING:
    import pandas


class Release:
    """An opened release. Make one with `twingraph.open`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store.of_release(folder)

    def query(self, sparql: str) -> Any:
        """The answer to a SPARQL query, in plain Python.

        SELECT gives a list of dicts (variable → text, or None where unbound), ASK a bool,
        CONSTRUCT and DESCRIBE an rdflib Graph. The prefixes of the dataset (tg, skos,
        municipality, office …) need not be declared. Raises UsageError for a wrong query.
        """
        answer = self.store.query(sparql)
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        if isinstance(answer, ox.QueryTriples):
            return _graph(ox.serialize(answer, format=ox.RdfFormat.N_TRIPLES), self.store.base)
        names = [variable.value for variable in answer.variables]
        return [{name: _value(solution[name]) for name in names} for solution in answer]

    def records(self, record_class: type[R]) -> Iterator[R]:
        """The records of a class (`twingraph.model.records`) in the merged view, by key."""
        return readback.records(self.store, record_class)

    def __iter__(self) -> Iterator[Record]:
        """All records of the merged view."""
        return readback.all_records(self.store)

    def graph(self, source: str | None = None) -> rdflib.Graph:
        """An rdflib Graph of the merged view, or of what one source states (by its key).

        Raises UsageError for a source that is not in the release.
        """
        name = f"{self.store.base}graph/{source}" if source else None
        if name and name not in self.store.graphs():
            raise UsageError(f"the release has no source {source!r}")
        triples = (quad.triple for quad in self.store.quads(name))
        return _graph(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), self.store.base)

    def frame(self, sparql: str) -> pandas.DataFrame:
        """The solutions of a SELECT query as a pandas DataFrame, a column for each variable.

        Raises UsageError where pandas is not installed, or for another form of query.
        """
        try:
            import pandas
        except ImportError as error:
            raise UsageError("pandas is not installed: pip install 'twingraph[pandas]'") from error
        answer = self.store.query(sparql)
        if not isinstance(answer, ox.QuerySolutions):
            raise UsageError("a frame is made of a SELECT query")
        names = [variable.value for variable in answer.variables]
        rows = [[_value(solution[name]) for name in names] for solution in answer]
        return pandas.DataFrame(rows, columns=names)


def open(folder: str | PathLike[str] = "public") -> Release:
    """Open a release folder, as `twingraph build` writes it.

    Raises UsageError where the folder holds no readable release.
    """
    return Release(Path(folder))


def _value(term: Any) -> str | None:
    return None if term is None else str(term.value)


def _graph(triples: bytes | None, base: str) -> rdflib.Graph:
    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in prefixes(base, concepts.schemes()).items():
        graph.bind(prefix, namespace)
    return graph.parse(data=triples or b"", format="nt")
