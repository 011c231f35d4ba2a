"""The shortest chain of partnerships from one town to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Neighbours = Mapping[str, Sequence[str]]


def shortest_chain(neighbours: Neighbours, one: str, other: str) -> list[str]:
    """The keys from one town to another, both included, by as few steps as can be; none where no
    chain leads there. Of several it is the same each time, if the neighbours are in order.

    Both ends are searched by turns, the smaller front first: in a network of ten thousand towns
    some hundred are looked at.
    """
    if one == other:
        return [one]
    before: tuple[dict[str, str], dict[str, str]] = ({one: ""}, {other: ""})
    fronts = ([one], [other])
    while all(fronts):
        side = 0 if len(fronts[0]) <= len(fronts[1]) else 1
        met, front = _step(neighbours, fronts[side], before[side], before[1 - side])
        if met:
            return [*reversed(_back(before[0], met)), *_back(before[1], met)[1:]]
        fronts = (front, fronts[1]) if side == 0 else (fronts[0], front)
    return []


def _step(
    neighbours: Neighbours, front: Sequence[str], known: dict[str, str], opposite: Mapping[str, str]
) -> tuple[str, list[str]]:
    """The town where both searches meet, or "", and the towns one step further on."""
    further = []
    for town in front:
        for near in neighbours[town]:
            if near not in known:
                known[near] = town
                further.append(near)
                if near in opposite:
                    return near, further
    return "", further


def _back(before: Mapping[str, str], town: str) -> list[str]:
    """From a town to where its search began."""
    chain = [town]
    while before[chain[-1]]:
        chain.append(before[chain[-1]])
    return chain
