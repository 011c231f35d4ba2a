"""What a push writes down in the store while it works, in the graph {base}store/work.

<graph>  run <run> ; loaded "n"     a graph that belongs to a run, with so many triples so far
<graph>  into <target>              it holds what is to be added to a graph that is read
<graph>  from <target>              it holds what is to be removed from one
<run>    ready "seal"               the run may switch
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from twingraph.sparql.remote.client import StoreClient
from twingraph.sparql.remote.layout import GraphNames

_AT_ONCE = 200


class Workspace:
    """The notes of one run, and of those before it."""

    def __init__(self, client: StoreClient, names: GraphNames, release: str) -> None:
        self._client = client
        self.graph = names.work
        self.run = names.run(release)
        self.into, self.from_ = names.term("into"), names.term("from")
        self.ready = names.term("ready")
        self._of_run, self._loaded = names.term("run"), names.term("loaded")

    def loaded(self) -> dict[str, int]:
        """How many triples each graph of this run has been given."""
        rows = self._client.select(
            f"SELECT ?graph ?loaded WHERE {{ GRAPH <{self.graph}> {{ ?graph {self._of_run} "
            f"<{self.run}> OPTIONAL {{ ?graph {self._loaded} ?loaded }} }} }}"
        )
        return {
            row["graph"]["value"]: int(row["loaded"]["value"]) if "loaded" in row else 0
            for row in rows
        }

    def set_loaded(self, graph: str, count: int) -> None:
        """Say how many triples a graph of this run has been given."""
        # As a string, which no store writes in a way of its own.
        self._client.update(
            f"WITH <{self.graph}> DELETE {{ ?graph {self._loaded} ?before }} "
            f'INSERT {{ ?graph {self._loaded} "{count}" }} '
            f"WHERE {{ ?graph {self._of_run} <{self.run}> FILTER(?graph = <{graph}>) "
            f"OPTIONAL {{ ?graph {self._loaded} ?before }} }}"
        )

    def claim(self, graphs: Iterable[str], change: str = "", target: str = "") -> None:
        """Say that graphs belong to this run, before anything is in them; and which change to
        which graph they are."""
        triples = [f"<{graph}> {self._of_run} <{self.run}> ." for graph in graphs]
        triples += [f"<{graph}> {change} <{target}> ." for graph in graphs if change]
        for start in range(0, len(triples), _AT_ONCE):
            self._insert("\n".join(triples[start : start + _AT_ONCE]))

    def forget_changes(self) -> None:
        """Forget all changes: a run before this may have compared with another state."""
        self._client.update(
            *(
                f"DELETE WHERE {{ GRAPH <{self.graph}> {{ ?graph {change} ?target }} }}"
                for change in (self.into, self.from_)
            )
        )

    def seal(self) -> str:
        """Say that this run may switch; the seal holds until somebody sweeps."""
        seal = secrets.token_hex(8)
        self._insert(f'<{self.run}> {self.ready} "{seal}" .')
        return seal

    def sweep(self, keep: str = "") -> int:
        """Remove what runs have left, but for one of them; how many graphs that were."""
        rows = self._client.select(
            f"SELECT ?graph ?run WHERE {{ GRAPH <{self.graph}> {{ ?graph {self._of_run} ?run }} "
            f"{f'FILTER(?run != <{keep}>)' if keep else ''} }}"
        )
        # First of all, so that none of them switches from now on.
        for run in sorted({row["run"]["value"] for row in rows}):
            self._client.update(
                f"DELETE WHERE {{ GRAPH <{self.graph}> {{ <{run}> {self.ready} ?seal }} }}"
            )
        self.drop(row["graph"]["value"] for row in rows)
        if rows and not keep:
            self._client.update(f"DROP SILENT GRAPH <{self.graph}>")
        return len(rows)

    def drop(self, graphs: Iterable[str]) -> None:
        """Remove graphs, and what is noted of them."""
        for graph in sorted(set(graphs)):
            self._client.update(
                f"DROP SILENT GRAPH <{graph}>",
                f"DELETE WHERE {{ GRAPH <{self.graph}> {{ <{graph}> ?p ?o }} }}",
            )

    def _insert(self, triples: str) -> None:
        self._client.update(f"INSERT DATA {{ GRAPH <{self.graph}> {{\n{triples}\n}} }}")
