"""What changed between two releases: the statements of the one that the other does not have.

Their dumps have one order, and each statement once. So they are read side by side, as lines of
canonical N-Quads, and in memory is only what one of them has and the other did not come to yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from twingraph.rdf import triples


@dataclass(frozen=True)
class Changes:
    """Statements of two releases' default graphs, as sorted lines: only in the new one, only in
    the old one. `graphs` has the numbers of both, by the IRI of each other graph that differs."""

    added: tuple[bytes, ...]
    removed: tuple[bytes, ...]
    graphs: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write added.nt and removed.nt into a folder."""
        (folder / "added.nt").write_bytes(b"".join(self.added))
        (folder / "removed.nt").write_bytes(b"".join(self.removed))


def compare(old: Path, new: Path) -> Changes:
    """Compare two release folders. Raises UsageError where one cannot be read."""
    removed: set[bytes] = set()
    added: set[bytes] = set()
    for was, now in zip_longest(triples.quads(old), triples.quads(new)):
        if was != now:
            _note(was, removed, added)
            _note(now, added, removed)
    (more, by_graph), (less, lost) = map(_parted, (added, removed))
    graphs = {graph: (by_graph[graph], lost[graph]) for graph in sorted(by_graph | lost)}
    return Changes(more, less, graphs)


def _note(line: bytes | None, here: set[bytes], there: set[bytes]) -> None:
    """Note a line that one release has, unless the other had it before."""
    if line in there:
        there.remove(line)
    elif line is not None:
        here.add(line)


def _parted(lines: set[bytes]) -> tuple[tuple[bytes, ...], Counter[str]]:
    """The lines of the default graph, sorted, and how many there are of other graphs."""
    of = {line: triples.graph(line) for line in lines}
    default = sorted(line for line in lines if not of[line])
    return tuple(default), Counter(graph for graph in of.values() if graph)
