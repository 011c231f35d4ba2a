"""The check, the mapping and the whole build by size, beside their peers, and how they grow.

Each side of `bench.sides` is measured once at each size that it is fit for: a peer that takes
minutes for the smaller sizes is left out of the larger ones.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from math import log
from typing import Final, NamedTuple

from rich.table import Table

from bench import sides
from bench.measuring import Taken
from bench.rows import Row, at_most, times_as_fast
from bench.sides import SIDES

OURS: Final = "ours"
_SMALL: Final = (1_000, 10_000, 50_000)
_SIZES: Final = {"check": _SMALL, "mapping": (*_SMALL, 200_000), "whole": (*_SMALL, 200_000)}
_LARGE: Final = (200_000, 500_000)
_MOST: Final = {
    "pySHACL": 10_000,
    "pyshacl-turbo": 10_000,
    "Jena shacl": 50_000,
    "rdflib": 50_000,
    "rdflib + pySHACL": 10_000,
    "ours, three formats": 50_000,
}
"""Up to how many partnerships a side is measured."""
_FROM: Final = 10_000
"""From here on growth counts: the start of a program is no part of it any more."""


class Scale(NamedTuple):
    """What each side of an operation took, by size."""

    operation: str
    taken: Mapping[str, Mapping[int, Taken]]

    def growth(self, side: str) -> float | None:
        """The exponent by which a side's time grows with the size; None of fewer than two."""
        of = {size: t.seconds for size, t in self.taken[side].items() if size >= _FROM}
        if len(of) < 2:
            return None
        least, most = min(of), max(of)
        return log(of[most] / of[least]) / log(most / least)

    def table(self) -> Table:
        """Seconds by size; then the growth, and the MiB at the largest size."""
        sizes = sorted({size for of in self.taken.values() for size in of})
        table = Table(f"{self.operation}: processor seconds", *(f"{s:,}" for s in sizes))
        for name in ("growth", "MiB", "of the busiest process"):
            table.add_column(name)
        for side, of in self.taken.items():
            growth, last = self.growth(side), of[max(of)]
            table.add_row(
                side,
                *(f"{of[size].seconds:.2f}" if size in of else "" for size in sizes),
                "" if growth is None else f"n^{growth:.2f}",
                f"{last.mebibytes:,.0f}",
                "" if last.longest == last.seconds else f"{last.longest:.2f} s",
            )
        return table

    def json(self) -> dict[str, object]:
        """All of it."""
        return {
            side: {str(size): taken._asdict() for size, taken in of.items()}
            for side, of in self.taken.items()
        }

    def rows(self) -> list[Row]:
        """The targets, and whether they are met."""
        return list(_ROWS[self.operation](self))

    def ratio(self, peer: str, size: int, least: float, side: str = OURS) -> list[Row]:
        """How many times as fast as a peer a side of ours is."""
        if size not in self.taken.get(peer, ()):
            return []
        ours, theirs = self.taken[side][size], self.taken[peer][size]
        name = f"{self.operation} against {peer}, {size:,} partnerships"
        return [times_as_fast(name, ours.seconds, theirs.seconds, least)]

    def bounds(self, size: int, seconds: float, mebibytes: float | None) -> list[Row]:
        """The bounds of ours at a size: seconds of the busiest process, and MiB."""
        taken = self.taken[OURS].get(size)
        if taken is None:
            return []
        name = f"{self.operation}, {size:,} partnerships"
        found = [at_most(name, taken.longest, seconds)]
        if mebibytes is not None:
            found.append(at_most(f"{name}: memory", taken.mebibytes, mebibytes, "MiB"))
        return found

    def growing(self, most: float) -> list[Row]:
        """The bound of the growth of ours."""
        growth = self.growth(OURS)
        if growth is None:
            return []
        of = self.taken[OURS]
        name = f"{self.operation}: growth from {_FROM:,} to {max(of):,}, n^{growth:.2f}"
        more, less = of[max(of)].seconds, of[_FROM].seconds
        return [Row(name, more, less, growth, f"≤ n^{most}", growth <= most)]


def measure(operation: str, large: bool, sizes: Sequence[int] = ()) -> Scale:
    """Measure all sides of an operation, one after another."""
    chosen = sorted({*(sizes or _SIZES[operation]), *(_LARGE if large else ())})
    taken: dict[str, dict[int, Taken]] = {}
    for side in SIDES[operation]:
        if not sides.available(side):
            sys.stderr.write(f"left out: {side} (it is not installed)\n")
            continue
        taken[side] = {}
        for size in (s for s in chosen if s <= _MOST.get(side, s)):
            sys.stderr.write(f"measuring {operation} of {size:,}: {side}\n")
            taken[side][size] = sides.run(operation, side, size)
    _compare(operation, taken)
    return Scale(operation, taken)


def _compare(operation: str, taken: Mapping[str, Mapping[int, Taken]]) -> None:
    """Say where those who should do the same did not."""
    for one, other in _ALIKE[operation]:
        both = taken.get(one, {}).keys() & taken.get(other, {}).keys()
        for size in sorted(both):
            ours, theirs = taken[one][size].number, taken[other][size].number
            if ours != theirs:
                sys.stderr.write(f"{other} has {theirs} of {size:,}, and {one} {ours}\n")


_ALIKE: Final = {
    "check": ((OURS, "pySHACL"), (OURS, "pyshacl-turbo"), (OURS, "Jena shacl")),
    "mapping": (("ours, some columns", "Morph-KGC"),),
    "whole": (),
}
_ROWS: Final = {
    "check": lambda scale: (
        *scale.ratio("pySHACL", 10_000, 80),
        *scale.ratio("pyshacl-turbo", 10_000, 25),
        *scale.growing(1.05),
        *scale.bounds(500_000, 90, 2048),
    ),
    "mapping": lambda scale: (*scale.ratio("rdflib", 10_000, 20), *scale.growing(1.1)),
    "whole": lambda scale: (
        *scale.ratio("rdflib + pySHACL", 10_000, 60, side="ours, three formats"),
        *scale.bounds(50_000, 25, None),
        *scale.bounds(500_000, 300, 6144),
        *scale.growing(1.1),
    ),
}
