"""What changed between two releases: the statements of the one that the other does not have.

The default graphs are compared as lines of canonical N-Triples, by a digest of each: of a million
statements that is some 150 MB of memory, and only what differs is kept as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from twingraph.rdf import triples


@dataclass(frozen=True)
class Changes:
    """Statements of two releases, as sorted lines: only in the new one, only in the old one."""

    added: tuple[bytes, ...]
    removed: tuple[bytes, ...]

    def write(self, folder: Path) -> None:
        """Write added.nt and removed.nt into a folder."""
        (folder / "added.nt").write_bytes(b"".join(self.added))
        (folder / "removed.nt").write_bytes(b"".join(self.removed))


def compare(old: Path, new: Path) -> Changes:
    """Compare two release folders. Raises UsageError where one cannot be read."""
    known = {digest for digest, _ in _digested(old)}
    left = known.copy()
    added: list[bytes] = []
    for digest, line in _digested(new):
        if digest in known:
            left.discard(digest)
        else:
            added.append(line)
    del known
    removed = (line for digest, line in _digested(old) if digest in left) if left else ()
    return Changes(tuple(sorted(set(added))), tuple(sorted(set(removed))))


def _digested(release: Path) -> Iterator[tuple[bytes, bytes]]:
    for line in triples.lines(release):
        yield blake2b(line, digest_size=16).digest(), line
