"""What changed between two releases: the statements of the one that the other does not have.

They are compared as lines of canonical N-Quads, by a digest of each: of a million statements that
is some 150 MB of memory, and only what differs in the default graph is kept as text. Of every
source's graph it is counted how much of it is new or gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from twingraph.rdf import triples


@dataclass(frozen=True)
class Changes:
    """Statements of two releases' default graphs, as sorted lines: only in the new one, only in
    the old one. `graphs` counts the same, by the IRI of each other graph that differs."""

    added: tuple[bytes, ...]
    removed: tuple[bytes, ...]
    graphs: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write added.nt and removed.nt into a folder."""
        (folder / "added.nt").write_bytes(b"".join(self.added))
        (folder / "removed.nt").write_bytes(b"".join(self.removed))


def compare(old: Path, new: Path) -> Changes:
    """Compare two release folders. Raises UsageError where one cannot be read."""
    known = {digest for digest, _, _ in _digested(old)}
    left = known.copy()
    added = _Apart()
    for digest, graph, line in _digested(new):
        if digest in known:
            left.discard(digest)
        else:
            added.add(graph, line)
    del known
    removed = _Apart()
    for digest, graph, line in _digested(old) if left else ():
        if digest in left:
            removed.add(graph, line)
    graphs = {
        graph.decode(): (added.graphs[graph], removed.graphs[graph])
        for graph in sorted(added.graphs | removed.graphs)
    }
    return Changes(added.sorted(), removed.sorted(), graphs)


class _Apart:
    """Statements that only one release has: those of the default graph, and numbers of others."""

    def __init__(self) -> None:
        self.lines: set[bytes] = set()
        self.graphs: Counter[bytes] = Counter()

    def add(self, graph: bytes, line: bytes) -> None:
        if graph:
            self.graphs[graph] += 1
        else:
            self.lines.add(line)

    def sorted(self) -> tuple[bytes, ...]:
        return tuple(sorted(self.lines))


def _digested(release: Path) -> Iterator[tuple[bytes, bytes, bytes]]:
    for graph, line in triples.quads(release):
        yield blake2b(line, digest_size=16).digest(), graph, line
