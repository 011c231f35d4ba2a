"""Do all dumps say the same? Turtle, JSON-LD and N-Triples one graph, N-Quads and TriG one dataset,
whose default graph is that graph.

Each dump is read by its parser into a sum over digests of its statements, in flat memory. Only
where two sums differ are the statements themselves compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from twingraph.rdf.triples import NQUADS, NTRIPLES
from twingraph.verify.syntax import DATASETS, DUMPS, GRAPHS, Unreadable, quads

_SHOWN: Final = 3


@dataclass(frozen=True)
class Digest:
    """How many statements there are, and the sum of their digests: whatever their order."""

    count: int = 0
    total: int = 0

    def plus(self, statement: str) -> Digest:
        """With a further statement."""
        one = int.from_bytes(blake2b(statement.encode(), digest_size=16).digest(), "big")
        return Digest(self.count + 1, (self.total + one) % (1 << 128))


def dump_faults(release: Path) -> Iterator[str]:
    """What is wrong with the dumps of a release: those that there must be, and those that it
    offers."""
    read: dict[str, tuple[Digest, Digest]] = {}
    for name in _offered(release):
        try:
            read[name] = _digests(release / name)
        except Unreadable as error:
            yield str(error)
    graphs: list[str] = [name for name in GRAPHS if name in read]
    datasets: list[str] = [name for name in DATASETS if name in read]
    for name in graphs:
        if read[name][1].count:
            yield f"{name}: holds {read[name][1].count} statements in named graphs"
    yield from _differing(release, read, [*graphs, *datasets], 0)
    yield from _differing(release, read, datasets, 1)
    if datasets and not read[datasets[0]][1].count:
        yield f"{datasets[0]}: holds no source's graph"


def _offered(release: Path) -> list[str]:
    catalogue = release / "catalog.ttl"
    listed = catalogue.read_text("utf-8", "replace") if catalogue.is_file() else ""
    there = (NTRIPLES, NQUADS)
    return [n for n in DUMPS if n in there or (release / n).exists() or f"{n}>" in listed]


def _digests(path: Path) -> tuple[Digest, Digest]:
    """Of the default graph, and of all named ones."""
    default, named = Digest(), Digest()
    for quad in quads(path):
        if quad.graph_name == ox.DefaultGraph():
            default = default.plus(str(quad.triple))
        else:
            named = named.plus(str(quad))
    return default, named


def _differing(
    release: Path, read: dict[str, tuple[Digest, Digest]], names: list[str], part: int
) -> Iterator[str]:
    what = ("default graph", "sources' graphs")[part]
    for name in names[1:]:
        first = names[0]
        if read[name][part] != read[first][part]:
            mine, other = (_statements(release / one, part) for one in (name, first))
            for missing, by, against in ((mine - other, name, first), (other - mine, first, name)):
                if missing:
                    lacks = f"{len(missing)} statements of its {what} are not in {against}"
                    yield f"{by}: {lacks}: {'; '.join(sorted(missing)[:_SHOWN])}"


def _statements(path: Path, part: int) -> set[str]:
    default = ox.DefaultGraph()
    return {str(quad) for quad in quads(path) if (quad.graph_name != default) == bool(part)}
