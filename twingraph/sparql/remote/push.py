"""Load a release into a store, beside the one that is read there, and switch in one step.

1. Every graph of the release is loaded into a graph of its own, in pieces; what has been loaded is
   written down in the store, so a run that is broken off is taken up where it was.
2. The store compares each with the graph that is read, and keeps what is to be removed and added.
   It compares its own values with its own: some stores change what they are given.
3. One update applies all of these differences to all graphs. A query sees the state before or the
   state after.
4. What was only needed for that is removed, also what broken runs of other releases left.

A second run of the same release finds it there and does nothing. Two runs at once do no harm: the
step applies only to the state that it was compared with, and only while its own work is untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from twingraph.errors import ServiceError, UsageError
from twingraph.namespaces import DCT
from twingraph.sparql.remote.client import RequestTooLarge, StoreClient
from twingraph.sparql.remote.layout import GraphNames, StoreState, read_state, state_query
from twingraph.sparql.remote.release_quads import ReleaseQuads
from twingraph.sparql.remote.workspace import Workspace

Progress = Callable[[str], None]

CHUNK: Final = 20_000
"""Triples in one upload, some three megabytes."""
BY_UPDATE: Final = 1_000
"""Triples in one update: stores compile it as one query."""
_TOLD_EVERY: Final = 100_000


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a run did: the release, its triples, how many this run uploaded, and whether the store
    was changed at all."""

    release: str
    triples: int
    uploaded: int
    switched: bool


class _Part(NamedTuple):
    """A graph of the release: where it is loaded to, and the graph that it becomes."""

    staged: str
    target: str


def push(
    release: Path,
    client: StoreClient,
    progress: Progress = lambda message: None,
    chunk: int = CHUNK,
) -> Pushed:
    """Make a store hold a release. Raises UsageError (the release), ServiceError (the store)."""
    if not client.endpoints.update:
        raise UsageError("the store has no address for updates: name it by --update-url")
    return Push(ReleaseQuads.of_release(release), client, progress, chunk).run()


class Push:
    """One run."""

    def __init__(
        self, quads: ReleaseQuads, client: StoreClient, progress: Progress, chunk: int
    ) -> None:
        self._quads, self._client, self._progress = quads, client, progress
        self._chunk = chunk if client.endpoints.graphs else min(chunk, BY_UPDATE)
        self._names = GraphNames(quads.base)
        self._total = sum(quads.counts.values())
        self._work = Workspace(client, self._names, quads.identifier)
        self._staged = {
            graph or self._names.merged: f"{self._work.run}/new/{number}"
            for number, graph in enumerate(sorted(quads.counts))
        }

    def run(self) -> Pushed:
        """Do all of it."""
        release, default = self._quads.identifier, self._names.default
        before = self._state()
        if before and before.release == release:
            self._sweep()
            self._progress(f"the store holds release {release} already")
            return Pushed(release, self._total, 0, False)
        self._sweep(keep=self._work.run)
        uploaded = self._load()
        parts = [_Part(staged, target) for target, staged in self._staged.items()]
        if self._default_is_ours(before):
            parts.append(_Part(self._staged[self._names.merged], default))
        graphs = tuple(sorted(part.target for part in parts))
        after = StoreState(release, graphs, self._total)
        self._compare(parts, before, after)
        self._switch(before, after)
        self._sweep()
        self._work.drop(set(before.graphs if before else ()) - {*graphs, default})
        return Pushed(release, self._total, uploaded, True)

    def _state(self) -> StoreState | None:
        return read_state(self._client.select(state_query(self._names)))

    def _sweep(self, keep: str = "") -> None:
        if removed := self._work.sweep(keep):
            self._progress(f"{removed} graphs that are no longer needed are removed")

    # --- 1: load -------------------------------------------------------------------------------

    def _load(self) -> int:
        loaded = self._work.loaded()
        self._work.claim([staged for staged in self._staged.values() if staged not in loaded])
        by_graph = {graph: loaded.get(self._at(graph), 0) for graph in self._quads.counts}
        done = sum(by_graph.values())
        if done:
            self._progress(f"{done} of {self._total} triples are there from a run before")
        uploaded, told = 0, 0
        for graph, before, lines in self._quads.chunks(self._chunk, by_graph):
            self.upload(self._at(graph), lines)
            self._work.set_loaded(self._at(graph), before + len(lines))
            uploaded += len(lines)
            if uploaded - told >= _TOLD_EVERY:
                told = uploaded
                self._progress(f"{done + uploaded} of {self._total} triples loaded")
        self._progress(f"{done + uploaded} of {self._total} triples loaded")
        self._count()
        return uploaded

    def _at(self, graph: str) -> str:
        """Where a graph of the dump is loaded to."""
        return self._staged[graph or self._names.merged]

    def upload(self, graph: str, lines: Sequence[str]) -> None:
        """Add triples to a graph; in halves, where the store takes no more at once."""
        try:
            self._client.add(graph, lines)
        except RequestTooLarge:
            if len(lines) == 1:
                raise
            middle = len(lines) // 2
            self.upload(graph, lines[:middle])
            self.upload(graph, lines[middle:])

    def _count(self) -> None:
        """Compare what the store has with what it was sent: a store may lose things in silence."""
        for graph, expected in self._quads.counts.items():
            query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{self._at(graph)}> {{ ?s ?p ?o }} }}"
            found = int(self._client.select(query)[0]["n"]["value"])
            if found != expected:
                self._sweep()
                raise ServiceError(
                    f"the store has {found} of the {expected} triples sent for "
                    f"{graph or 'the merged view'}; what was read before stays: push again"
                )

    # --- 2: compare ----------------------------------------------------------------------------

    def _default_is_ours(self, before: StoreState | None) -> bool:
        """Whether the merged view is to be the default graph as well: it must be a graph of its
        own, not the union of all, and hold nothing that somebody else has put there."""
        if before is not None:
            return self._names.default in before.graphs
        if not self._client.ask("?s ?p ?o"):
            return True
        staged = self._staged[self._names.merged]
        alone = f"GRAPH <{staged}> {{ ?s ?p ?o }} FILTER NOT EXISTS {{ ?s ?p ?o }}"
        if self._client.ask(alone):  # Else the default graph is the union of all graphs.
            self._progress(
                f"the store's default graph holds other data: ask for <{self._names.merged}>"
                " instead"
            )
        return False

    def _compare(
        self, parts: Sequence[_Part], before: StoreState | None, after: StoreState
    ) -> None:
        state = f"{self._work.run}/new/state"
        self._work.claim([state])
        self._client.update(
            f"DROP SILENT GRAPH <{state}>",
            f"INSERT DATA {{ GRAPH <{state}> {{ {' '.join(after.triples_of(self._names))} }} }}",
        )
        self._work.forget_changes()
        gone = set(before.graphs) - set(after.graphs) if before else set()
        everything = [
            *parts,
            _Part(state, self._names.state),
            # Nothing stands there: all that is read is to go.
            *(_Part(f"{self._work.run}/none", graph) for graph in sorted(gone)),
        ]
        for number, (staged, target) in enumerate(everything):
            add, remove = (f"{self._work.run}/{kind}/{number}" for kind in ("add", "remove"))
            self._work.claim([add], self._work.into, target)
            self._keep_difference(add, staged, target)
            self._work.claim([remove], self._work.from_, target)
            self._keep_difference(remove, target, staged)

    def _keep_difference(self, graph: str, one: str, other: str) -> None:
        """Keep what stands in one graph and not in the other."""
        there, not_there = (
            "?s ?p ?o" if name == self._names.default else f"GRAPH <{name}> {{ ?s ?p ?o }}"
            for name in (one, other)
        )
        self._client.update(
            f"DROP SILENT GRAPH <{graph}>",
            f"INSERT {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} "
            f"WHERE {{ {there} FILTER NOT EXISTS {{ {not_there} }} }}",
        )

    # --- 3: switch -----------------------------------------------------------------------------

    def _switch(self, before: StoreState | None, after: StoreState) -> None:
        work, state = self._work, self._names.state
        seal = work.seal()
        identifier = f"<{state}> <{DCT}identifier>"
        unchanged = (
            f'GRAPH <{state}> {{ {identifier} "{before.release}" }}'
            if before
            else f"FILTER NOT EXISTS {{ GRAPH <{state}> {{ {identifier} ?any }} }}"
        )
        with_default = self._names.default in {*after.graphs, *(before.graphs if before else ())}
        deleted, inserted, changes = self._changes(with_default)
        sealed = f'GRAPH <{work.graph}> {{ <{work.run}> {work.ready} "{seal}" }}'
        self._client.update(
            f"DELETE {{ {deleted} }} INSERT {{ {inserted} }} "
            f"WHERE {{ {sealed} {unchanged} {changes} }}"
        )
        if self._state() != after:
            raise ServiceError("another push changed the store at the same time: push again")
        self._progress(f"release {after.release} is read now")

    def _changes(self, with_default: bool) -> tuple[str, str, str]:
        """Templates of what is deleted and inserted, and the pattern that finds it."""
        work, default = self._work, f"<{self._names.default}>"

        def kept(change: str, target: str, triple: str) -> str:
            return (
                f"GRAPH <{work.graph}> {{ ?delta {change} {target} }} GRAPH ?delta {{ {triple} }}"
            )

        cases = [kept(work.from_, "?less", "?a ?b ?c"), kept(work.into, "?more", "?d ?e ?f")]
        deleted, inserted = "GRAPH ?less { ?a ?b ?c }", "GRAPH ?more { ?d ?e ?f }"
        if with_default:
            named = [
                f"{case} FILTER({graph} != {default})"
                for case, graph in zip(cases, ("?less", "?more"), strict=True)
            ]
            less, more = "?g ?h ?i", "?j ?k ?l"
            cases = [*named, kept(work.from_, default, less), kept(work.into, default, more)]
            deleted, inserted = f"{deleted} {less}", f"{inserted} {more}"
        return deleted, inserted, " UNION ".join(f"{{ {case} }}" for case in cases)
