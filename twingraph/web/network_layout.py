"""Where the towns of a network stand, and which of them belong together.

Drawn by forces as one, ten thousand towns are a ball of wool. So communities are found first, by
Louvain's method; each is drawn by forces in a disc of its own, and the discs stand near to those
that they have most links with. A link counts the less, the more partners its two towns have in
common: else a circle of towns, all linked with one another, would outweigh the rest.

igraph, an extra, does it, in a process of its own, since no other thread of its process goes on
meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import random
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from itertools import count as numbers
from typing import Any, Final, NamedTuple

import orjson

Point = tuple[float, float]
Pair = tuple[int, int]

_ROUNDS: Final = 300
_LARGE: Final = 300
"""Towns above which forces between those far from each other are passed over."""
_GAP: Final = 1.12
"""From disc to disc: a little more than they need."""
_ANGLE: Final = math.pi * (3 - math.sqrt(5))
"""Of the sunflower: places at such turns are spread evenly."""


class Layout(NamedTuple):
    """Of each town by its number: its place, its community, and its weight as a hub. The first
    communities are the largest."""

    places: Sequence[Point] = ()
    communities: Sequence[int] = ()
    weights: Sequence[float] = ()


def is_installed() -> bool:
    """Whether igraph is here; without it there is no layout."""
    return find_spec("igraph") is not None


async def layout_of(count: int, pairs: Iterable[Pair]) -> Layout:
    """The layout of so many towns and the links between them. Without igraph they are one disc,
    in their order from the middle."""
    if not is_installed():
        return Layout(_sunflower(count), [0] * count, list(range(count, 0, -1)))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        answer, _ = await process.communicate(orjson.dumps((count, list(pairs))))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.returncode:
        raise RuntimeError(f"the network was not laid out: exit {process.returncode}")
    return Layout(*orjson.loads(answer))


def layout(count: int, pairs: Iterable[Pair]) -> Layout:
    """The same, in this process: the same each time."""
    if not count:
        return Layout([], [], [])
    import igraph  # optional, and slow to import

    make: Any = igraph.Graph
    igraph.set_random_number_generator(random.Random(7))
    graph = make(count, sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}))
    shares = _shares(graph)
    found = graph.community_multilevel(weights=shares).membership
    members: dict[int, list[int]] = {}
    for town, community in enumerate(found):
        members.setdefault(community, []).append(town)
    discs = sorted(members.values(), key=lambda towns: (-len(towns), towns))
    communities = [0] * count
    for number, towns in enumerate(discs):
        for town in towns:
            communities[town] = number
    places: list[Point] = [(0.0, 0.0)] * count
    centres = _centres(make, graph, shares, communities, discs)
    for towns, (x, y) in zip(discs, centres, strict=True):
        for town, (dx, dy) in zip(towns, _disc(graph.induced_subgraph(towns)), strict=True):
            places[town] = round(x + dx, 2), round(y + dy, 2)
    weights = graph.strength(weights=shares)
    return Layout(places, communities, [round(weight, 2) for weight in weights])


def _shares(graph: Any) -> list[float]:
    """What each link counts: less, the more partners its two towns have in common."""
    near = [set(graph.neighbors(town)) for town in range(graph.vcount())]
    return [1 / (1 + len(near[edge.source] & near[edge.target])) for edge in graph.es]


def _disc(graph: Any) -> list[Point]:
    """A community drawn by forces and spread evenly over its disc: who is in the middle stays
    there, and all have as much room."""
    count = graph.vcount()
    seeded = random.Random(7)
    start = [(seeded.random(), seeded.random()) for _ in range(count)]
    drawn = graph.layout_fruchterman_reingold(niter=_ROUNDS, seed=start, grid=count > _LARGE).coords
    x, y = (sum(values) / count for values in zip(*drawn, strict=True))
    order = sorted(
        range(count), key=lambda town: math.hypot(drawn[town][0] - x, drawn[town][1] - y)
    )
    places: list[Point] = [(0.0, 0.0)] * count
    for rank, town in enumerate(order):
        far = math.sqrt(rank)
        turn = math.atan2(drawn[town][1] - y, drawn[town][0] - x) if rank else 0.0
        places[town] = far * math.cos(turn), far * math.sin(turn)
    return places


def _sunflower(count: int) -> list[Point]:
    return [
        (math.sqrt(rank) * math.cos(rank * _ANGLE), math.sqrt(rank) * math.sin(rank * _ANGLE))
        for rank in range(count)
    ]


def _centres(
    make: Any, graph: Any, shares: Sequence[float], communities: Sequence[int], discs: Sequence[Any]
) -> list[Point]:
    """The middle of each disc, near to where forces between communities put it."""
    between: dict[Pair, float] = {}
    for edge, share in zip(graph.es, shares, strict=True):
        one, other = sorted((communities[edge.source], communities[edge.target]))
        if one != other:
            between[one, other] = between.get((one, other), 0.0) + share
    seeded = random.Random(7)
    start = [(seeded.random(), seeded.random()) for _ in discs]
    drawn = make(len(discs), list(between)).layout_fruchterman_reingold(
        niter=_ROUNDS, seed=start, grid=False, weights=list(between.values())
    )
    placed: list[tuple[float, float, float]] = []
    for (x, y), towns in zip(drawn.coords, discs, strict=True):
        radius = _GAP * (math.sqrt(len(towns)) + 1)
        # A community without a link to others is wherever chance has put it.
        placed.append((*_free(placed, x, y, radius), radius))
    return [(x, y) for x, y, _ in placed]


def _free(placed: Sequence[tuple[float, float, float]], x: float, y: float, radius: float) -> Point:
    """The nearest place to a wanted one where a disc meets no other."""
    for number in numbers():
        far, turn = radius * 0.8 * math.sqrt(number), number * _ANGLE
        px, py = x + far * math.cos(turn), y + far * math.sin(turn)
        if all(math.hypot(px - qx, py - qy) >= radius + other for qx, qy, other in placed):
            return px, py
    raise AssertionError("a plane has room for all")


def main() -> None:
    """A count and pairs in on standard input, their layout out on standard output, as JSON."""
    os.nice(10)  # Look-ups go on beside it.
    count, pairs = orjson.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(orjson.dumps(tuple(layout(count, pairs))))


if __name__ == "__main__":
    main()
