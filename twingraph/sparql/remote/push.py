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

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from twingraph.errors import ServiceError, UsageError
from twingraph.namespaces import DCT
from twingraph.sparql.remote.client import Client, NotFound, Patience, TooLarge
from twingraph.sparql.remote.endpoints import Credentials, Endpoints, candidates
from twingraph.sparql.remote.graph_lines import Dump
from twingraph.sparql.remote.layout import Names, State, read_state, state_query

Say = Callable[[str], None]

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


@dataclass(frozen=True, slots=True)
class _Part:
    """A graph of the release: where it is loaded to, and the graph that it becomes."""

    staged: str
    target: str


def find_endpoints(
    store: str, credentials: Credentials, patience: Patience | None = None
) -> Endpoints:
    """The endpoints of a store by its base URL, or by that of its endpoint for queries.

    Raises UsageError for what is no URL, ServiceError where no SPARQL store answers.
    """
    tried: list[str] = []
    answering = ""
    for endpoints in candidates(store):
        tried.append(endpoints.query)
        with suppress(NotFound), Client(endpoints, credentials, patience) as client:
            client.ask("")
            if client.takes_updates():
                return endpoints
            answering = answering or endpoints.query
    if answering:
        return Endpoints(answering)  # To read from, at least.
    raise ServiceError(
        f"no SPARQL store answers at {' or '.join(dict.fromkeys(tried))}: "
        "name its endpoints by --query-url, --update-url and --graph-store-url"
    )


def find_base(client: Client) -> str:
    """The base of the dataset that a store holds. Raises ServiceError for none, or several."""
    rows = client.select(
        f"SELECT DISTINCT ?graph WHERE {{ GRAPH ?graph {{ ?graph <{DCT}hasPart> ?part }} }}"
    )
    end = Names("").state
    found = sorted(
        graph.removesuffix(end)
        for graph in (row["graph"]["value"] for row in rows)
        if graph.endswith(f"/{end}")
    )
    if not found:
        raise ServiceError(f"{client.endpoints.place} holds no release: push one to it first")
    if len(found) > 1:
        which = ", ".join(found)
        raise ServiceError(
            f"{client.endpoints.place} holds several datasets, choose one by --base: {which}"
        )
    return found[0]


def push(
    release: Path, client: Client, say: Say = lambda message: None, chunk: int = CHUNK
) -> Pushed:
    """Make a store hold a release. Raises UsageError (the release), ServiceError (the store)."""
    if not client.endpoints.update:
        raise UsageError("the store has no address for updates: name it by --update-url")
    dump = Dump.of_release(release)
    return _Run(dump, client, say, chunk).run()


class _Run:
    def __init__(self, dump: Dump, client: Client, say: Say, chunk: int) -> None:
        self._dump, self._client, self._say = dump, client, say
        self._chunk = chunk if client.endpoints.graphs else min(chunk, BY_UPDATE)
        self._names = Names(dump.base)
        self._total = sum(dump.counts.values())
        self._run = self._names.run(dump.identifier)
        self._parts = [
            _Part(f"{self._run}/new/{number}", graph or self._names.merged)
            for number, graph in enumerate(sorted(dump.counts))
        ]

    def run(self) -> Pushed:
        names, release = self._names, self._dump.identifier
        before = self._state()
        if before and before.release == release:
            self._sweep(keep="")
            self._say(f"the store holds release {release} already")
            return Pushed(release, self._total, 0, False)
        self._sweep(keep=self._run)
        uploaded = self._load()
        parts = list(self._parts)
        if self._default_is_ours(before):
            merged = next(part for part in parts if part.target == names.merged)
            parts.append(_Part(merged.staged, names.default))
        after = State(release, tuple(sorted(part.target for part in parts)), self._total)
        self._compare(parts, before, after)
        self._switch(before, after)
        self._sweep(keep="")
        self._drop(set(before.graphs if before else ()) - set(after.graphs) - {names.default})
        return Pushed(release, self._total, uploaded, True)

    def _state(self) -> State | None:
        return read_state(self._client.select(state_query(self._names)))

    # --- 1: load -------------------------------------------------------------------------------

    def _load(self) -> int:
        loaded = self._loaded()
        missing = [part for part in self._parts if part.staged not in loaded]
        for some in _batches(missing, 200):
            self._note(f"<{part.staged}> {self._p('run')} <{self._run}> ." for part in some)
        staged = {part.target: part.staged for part in self._parts}
        by_graph = {
            graph: loaded.get(staged[graph or self._names.merged], 0) for graph in self._dump.counts
        }
        done = sum(by_graph.values())
        if done:
            self._say(f"{done} of {self._total} triples are there from a run before")
        uploaded, told = 0, 0
        for graph, before, lines in self._dump.chunks(self._chunk, by_graph):
            target = staged[graph or self._names.merged]
            self._upload(target, lines)
            self._mark(target, before + len(lines))
            uploaded += len(lines)
            if uploaded - told >= _TOLD_EVERY:
                told = uploaded
                self._say(f"{done + uploaded} of {self._total} triples loaded")
        self._say(f"{done + uploaded} of {self._total} triples loaded")
        self._count(staged)
        return uploaded

    def _loaded(self) -> dict[str, int]:
        """How many triples each of our staged graphs has been given."""
        found = self._client.select(
            f"SELECT ?graph ?loaded WHERE {{ GRAPH <{self._names.work}> {{ ?graph {self._p('run')} "
            f"<{self._run}> OPTIONAL {{ ?graph {self._p('loaded')} ?loaded }} }} }}"
        )
        return {
            row["graph"]["value"]: int(row["loaded"]["value"]) if "loaded" in row else 0
            for row in found
        }

    def _upload(self, graph: str, lines: Sequence[str]) -> None:
        try:
            self._client.add(graph, lines)
        except TooLarge:
            if len(lines) == 1:
                raise
            middle = len(lines) // 2
            self._upload(graph, lines[:middle])
            self._upload(graph, lines[middle:])

    def _mark(self, graph: str, loaded: int) -> None:
        run, count = self._p("run"), self._p("loaded")
        # As a string, which no store writes in a way of its own.
        self._client.update(
            f"WITH <{self._names.work}> DELETE {{ ?graph {count} ?before }} "
            f'INSERT {{ ?graph {count} "{loaded}" }} '
            f"WHERE {{ ?graph {run} <{self._run}> FILTER(?graph = <{graph}>) "
            f"OPTIONAL {{ ?graph {count} ?before }} }}"
        )

    def _count(self, staged: dict[str, str]) -> None:
        """Compare what the store has with what it was sent: a store may lose things in silence."""
        for graph, expected in self._dump.counts.items():
            name = staged[graph or self._names.merged]
            query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
            found = int(self._client.select(query)[0]["n"]["value"])
            if found != expected:
                self._sweep(keep="")
                raise ServiceError(
                    f"the store has {found} of the {expected} triples sent for "
                    f"{graph or 'the merged view'}; what was read before stays: push again"
                )

    # --- 2: compare ----------------------------------------------------------------------------

    def _default_is_ours(self, before: State | None) -> bool:
        """Whether the merged view is to be the default graph as well: it must be a graph of its
        own, not the union of all, and hold nothing that somebody else has put there."""
        if before is not None:
            return self._names.default in before.graphs
        if not self._client.ask("?s ?p ?o"):
            return True
        any_staged = self._parts[0].staged
        if not self._client.ask(
            f"GRAPH <{any_staged}> {{ ?s ?p ?o }} FILTER NOT EXISTS {{ ?s ?p ?o }}"
        ):
            return False  # The default graph is the union of all graphs.
        self._say(
            f"the store's default graph holds other data: ask for <{self._names.merged}> instead"
        )
        return False

    def _compare(self, parts: Sequence[_Part], before: State | None, after: State) -> None:
        state = f"{self._run}/new/state"
        self._note([f"<{state}> {self._p('run')} <{self._run}> ."])
        self._client.update(
            f"DROP SILENT GRAPH <{state}>",
            f"INSERT DATA {{ GRAPH <{state}> {{ {' '.join(after.triples_of(self._names))} }} }}",
        )
        old = set(before.graphs) - set(after.graphs) if before else set()
        everything = [
            *parts,
            _Part(state, self._names.state),
            # Nothing stands there: all that is read is to go.
            *(_Part(f"{self._run}/none", graph) for graph in sorted(old)),
        ]
        # An earlier run may have compared with another state.
        into, from_ = self._p("into"), self._p("from")
        self._client.update(
            f"DELETE WHERE {{ GRAPH <{self._names.work}> {{ ?graph {into} ?target }} }}",
            f"DELETE WHERE {{ GRAPH <{self._names.work}> {{ ?graph {from_} ?target }} }}",
        )
        for number, part in enumerate(everything):
            self._difference(f"{self._run}/add/{number}", part.staged, part.target, "into")
            self._difference(f"{self._run}/remove/{number}", part.target, part.staged, "from")

    def _difference(self, graph: str, one: str, other: str, how: str) -> None:
        """Keep what stands in one graph and not in the other."""
        target = other if how == "into" else one
        self._note(
            [
                f"<{graph}> {self._p('run')} <{self._run}> .",
                f"<{graph}> {self._p(how)} <{target}> .",
            ]
        )
        self._client.update(
            f"DROP SILENT GRAPH <{graph}>",
            f"INSERT {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} "
            f"WHERE {{ {self._at(one)} FILTER NOT EXISTS {{ {self._at(other)} }} }}",
        )

    def _at(self, graph: str) -> str:
        return "?s ?p ?o" if graph == self._names.default else f"GRAPH <{graph}> {{ ?s ?p ?o }}"

    # --- 3: switch -----------------------------------------------------------------------------

    def _switch(self, before: State | None, after: State) -> None:
        names, into, from_ = self._names, self._p("into"), self._p("from")
        seal = secrets.token_hex(8)
        self._note([f'<{self._run}> {self._p("ready")} "{seal}" .'])
        identifier = f"<{names.state}> <{DCT}identifier>"
        unchanged = (
            f'GRAPH <{names.state}> {{ {identifier} "{before.release}" }}'
            if before
            else f"FILTER NOT EXISTS {{ GRAPH <{names.state}> {{ {identifier} ?any }} }}"
        )
        inner = f"GRAPH <{names.work}>"
        deleted, inserted = "GRAPH ?less { ?a ?b ?c }", "GRAPH ?more { ?d ?e ?f }"
        cases = [
            f"{inner} {{ ?delta {from_} ?less }} GRAPH ?delta {{ ?a ?b ?c }}",
            f"{inner} {{ ?delta {into} ?more }} GRAPH ?delta {{ ?d ?e ?f }}",
        ]
        both = {*after.graphs, *(before.graphs if before else ())}
        if names.default in both:
            named = f"!= <{names.default}>)"
            cases = [f"{cases[0]} FILTER(?less {named}", f"{cases[1]} FILTER(?more {named}"]
            cases.append(
                f"{inner} {{ ?delta {from_} <{names.default}> }} GRAPH ?delta {{ ?g ?h ?i }}"
            )
            cases.append(
                f"{inner} {{ ?delta {into} <{names.default}> }} GRAPH ?delta {{ ?j ?k ?l }}"
            )
            deleted, inserted = f"{deleted} ?g ?h ?i", f"{inserted} ?j ?k ?l"
        union = " UNION ".join(f"{{ {case} }}" for case in cases)
        self._client.update(
            f"DELETE {{ {deleted} }} INSERT {{ {inserted} }} WHERE {{ "
            f'{inner} {{ <{self._run}> {self._p("ready")} "{seal}" }} {unchanged} {union} }}'
        )
        if self._state() != after:
            raise ServiceError("another push changed the store at the same time: push again")
        self._say(f"release {after.release} is read now")

    # --- 4: sweep ------------------------------------------------------------------------------

    def _sweep(self, keep: str) -> None:
        """Remove what runs have left, but for one of them."""
        work, run = self._names.work, self._p("run")
        not_kept = f"FILTER(?run != <{keep}>)" if keep else ""
        query = f"SELECT ?graph ?run WHERE {{ GRAPH <{work}> {{ ?graph {run} ?run }} {not_kept} }}"
        left = self._client.select(query)
        if not left:
            return
        # First of all, so that none of them switches from now on.
        for other in sorted({row["run"]["value"] for row in left}):
            self._client.update(
                f"DELETE WHERE {{ GRAPH <{work}> {{ <{other}> {self._p('ready')} ?seal }} }}"
            )
        self._say(f"removing {len(left)} graphs that are no longer needed")
        self._drop(row["graph"]["value"] for row in left)
        if not keep:
            self._client.update(f"DROP SILENT GRAPH <{work}>")

    def _drop(self, graphs: Iterable[str]) -> None:
        for graph in sorted(set(graphs)):
            self._client.update(
                f"DROP SILENT GRAPH <{graph}>",
                f"DELETE WHERE {{ GRAPH <{self._names.work}> {{ <{graph}> ?p ?o }} }}",
            )

    # --- how -----------------------------------------------------------------------------------

    def _note(self, triples: Iterable[str]) -> None:
        """Write something down in the store."""
        said = "\n".join(triples)
        if said:
            self._client.update(f"INSERT DATA {{ GRAPH <{self._names.work}> {{\n{said}\n}} }}")

    def _p(self, name: str) -> str:
        return self._names.term(name)


def _batches(parts: Sequence[_Part], size: int) -> Iterator[list[_Part]]:
    rest = iter(parts)
    while some := list(islice(rest, size)):
        yield some
