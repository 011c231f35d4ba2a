"""A release's quads, graph by graph, as lines of N-Triples."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from twingraph.errors import UsageError
from twingraph.namespaces import BASE, SKOS
from twingraph.rdf.triples import NQUADS, open_dump
from twingraph.sparql.store import base_of_concept

_KEPT: Final = 200_000
"""The most triples held in memory, where the graphs of a dump are mixed."""

MERGED: Final = ""
"""Stands for the default graph, which is the merged view."""


@dataclass(frozen=True, slots=True)
class ReleaseQuads:
    """The quads of a release: the base of its IRIs, how many there are by graph, and what tells
    this content from any other."""

    release: Path
    base: str
    counts: dict[str, int]
    identifier: str

    @classmethod
    def of_release(cls, release: Path) -> ReleaseQuads:
        """Read a release through once. Raises UsageError where that cannot be done."""
        base, counts, digest = BASE, Counter[str](), hashlib.sha256()
        for graph, triple in _quads(release):
            counts[graph] += 1
            digest.update(f"{triple} {graph}\n".encode())
            if triple.predicate.value == f"{SKOS}inScheme" and not graph:
                base = base_of_concept(triple.subject.value)  # type: ignore[union-attr]
        if not counts:
            raise UsageError(f"{release / NQUADS} holds nothing: build the release again")
        return cls(release, base, dict(counts), digest.hexdigest()[:16])

    def chunks(self, size: int, known: dict[str, int]) -> Iterator[tuple[str, int, list[str]]]:
        """What is to be loaded, in pieces of at most `size` triples of one graph: the graph, how
        many of its triples come before, and the triples. `known` says how many of each graph are
        loaded already; they are left out."""
        waiting: dict[str, list[str]] = {}
        before: Counter[str] = Counter()
        kept = 0
        for graph, triple in _quads(self.release):
            if before[graph] + len(waiting.get(graph, ())) < known.get(graph, 0):
                before[graph] += 1
                continue
            lines = waiting.setdefault(graph, [])
            lines.append(f"{triple} .")
            kept += 1
            if len(lines) >= size or kept >= _KEPT:
                graph = max(waiting, key=lambda name: len(waiting[name]))
                lines = waiting.pop(graph)
                yield graph, before[graph], lines
                before[graph] += len(lines)
                kept -= len(lines)
        for graph, lines in waiting.items():
            yield graph, before[graph], lines


def _quads(release: Path) -> Iterator[tuple[str, ox.Triple]]:
    with open_dump(release) as dump:
        for quad in ox.parse(dump, ox.RdfFormat.N_QUADS):
            graph = quad.graph_name
            yield MERGED if isinstance(graph, ox.DefaultGraph) else str(graph.value), quad.triple
