"""How a release stands in a store.

    {base}graph/merged        the merged view; the default graph as well, where that is its own
    {base}graph/{source}      what each source states
    {base}store/state         which release this is, and which graphs belong to it

The names never change, so whoever asks the store needs to know nothing of releases. Beside them,
while a release is being loaded:

    {base}store/work          what has been loaded, where to, and what is to change
    {base}store/run/…         the new release, and how it differs from the one that is read

One update then applies the differences to all graphs, the state among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twingraph.errors import ServiceError
from twingraph.namespaces import DCT, VOID

Solution = Mapping[str, Mapping[str, str]]
"""One solution, as the SPARQL 1.1 Query Results JSON Format writes it."""


@dataclass(frozen=True, slots=True)
class GraphNames:
    """The names of the graphs of a dataset, by its base."""

    base: str

    @property
    def merged(self) -> str:
        return f"{self.base}graph/merged"

    @property
    def default(self) -> str:
        """Stands for the store's default graph where it has one of its own; nothing is in it."""
        return f"{self.base}store/default"

    @property
    def state(self) -> str:
        return f"{self.base}store/state"

    @property
    def work(self) -> str:
        return f"{self.base}store/work"

    def run(self, release: str) -> str:
        return f"{self.base}store/run/{release}"

    def term(self, name: str) -> str:
        """A property of the bookkeeping, written for a query."""
        return f"<{self.base}store#{name}>"


@dataclass(frozen=True, slots=True)
class StoreState:
    """Which release a store holds: its identifier, its graphs, and how many triples they have."""

    release: str
    graphs: tuple[str, ...]
    triples: int

    def sources(self, names: GraphNames) -> tuple[str, ...]:
        """The graphs of the sources."""
        return tuple(graph for graph in self.graphs if graph not in (names.merged, names.default))

    def triples_of(self, names: GraphNames) -> Iterable[str]:
        """The state as N-Triples."""
        subject = f"<{names.state}>"
        yield f'{subject} <{DCT}identifier> "{self.release}" .'
        # A string: some stores write numbers in a way of their own.
        yield f'{subject} <{VOID}triples> "{self.triples}" .'
        for graph in self.graphs:
            yield f"{subject} <{DCT}hasPart> <{graph}> ."


def state_query(names: GraphNames) -> str:
    """The query for the state."""
    return (
        f"SELECT ?property ?value WHERE {{ GRAPH <{names.state}> "
        f"{{ <{names.state}> ?property ?value }} }}"
    )


def read_state(bindings: Iterable[Solution]) -> StoreState | None:
    """The state out of the solutions of that query, or None where the store holds no release.

    Raises ServiceError for what no push has written.
    """
    said: dict[str, list[str]] = {}
    try:
        for binding in bindings:
            said.setdefault(binding["property"]["value"], []).append(binding["value"]["value"])
        if not said:
            return None
        (release,), (triples,) = said[f"{DCT}identifier"], said[f"{VOID}triples"]
        return StoreState(release, tuple(sorted(said[f"{DCT}hasPart"])), int(triples))
    except (KeyError, ValueError, TypeError) as error:
        raise ServiceError("the store does not say clearly which release it holds") from error


def solutions(document: Any) -> list[Solution]:
    """The solutions of a SPARQL JSON result. Raises ServiceError for another document."""
    try:
        found = document["results"]["bindings"]
    except (KeyError, TypeError) as error:
        raise ServiceError("the store's answer is no SPARQL result") from error
    if not isinstance(found, list):
        raise ServiceError("the store's answer is no SPARQL result")
    return found
