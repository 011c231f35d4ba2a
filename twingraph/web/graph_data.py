"""The towns and partnerships of a release as scripts draw them: columns, in compact JSON.

    towns         columns; the number of a town is its place in them
      key         of /municipality/{key}
      name        in the reader's language, `language` that of the name ("" where it is not known)
      country     a number in `countries`
      east, north  degrees with three decimals, null where the place is not known
      degree      how many partnerships it has or had; towns are in that order, the most first
    partnerships
      partners    the numbers of its towns
      key         of /partnership/{key}, by number, where it is not that of its towns (below)
      since       the year it began, 0 where that is not known
      status      a number in `statuses`
      sources     a number in `combinations`, each of numbers in `sources`
    countries, statuses, sources    `key` and `name` of each

A partnership's key is mostly those of its towns, sorted and joined with "--": that is left to the
script, as it is half of all bytes otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import orjson

Named = Callable[[str], str]
"""What a key is called."""


class MapTown(NamedTuple):
    """A town; `at` is longitude and latitude."""

    key: str
    name: str
    language: str
    country: str
    at: tuple[float, float] | None
    degree: int


class Tie(NamedTuple):
    """A partnership: keys of its towns, the year it began, its status, keys of its sources."""

    key: str
    partners: Sequence[str]
    since: int | None
    status: str
    sources: tuple[str, ...]


class KeyNumbers:
    """Keys by number, in the order in which they are first met."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}

    def __call__(self, key: Any) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def __iter__(self) -> Any:
        return iter(self._numbers)


def graph_json(
    towns: Sequence[MapTown], ties: Iterable[Tie], country: Named, status: Named, source: Named
) -> bytes:
    """The JSON text of towns, in their order, and partnerships; the others name what they meet."""
    number = {town.key: place for place, town in enumerate(towns)}
    countries, statuses, sources, combinations = (
        KeyNumbers(),
        KeyNumbers(),
        KeyNumbers(),
        KeyNumbers(),
    )
    ordered = sorted(
        ((sorted(number[key] for key in tie.partners if key in number), tie) for tie in ties),
        key=lambda one: (one[0], one[1].key),
    )
    made = {
        "towns": {
            "key": [town.key for town in towns],
            "name": [town.name for town in towns],
            "language": [town.language for town in towns],
            "country": [countries(town.country) for town in towns],
            "east": [round(town.at[0], 3) if town.at else None for town in towns],
            "north": [round(town.at[1], 3) if town.at else None for town in towns],
            "degree": [town.degree for town in towns],
        },
        "partnerships": {
            "partners": [partners for partners, _ in ordered],
            "key": {
                str(place): tie.key
                for place, (_, tie) in enumerate(ordered)
                if tie.key != "--".join(sorted(tie.partners))
            },
            "since": [tie.since or 0 for _, tie in ordered],
            "status": [statuses(tie.status) for _, tie in ordered],
            "sources": [
                combinations(tuple(sources(key) for key in tie.sources)) for _, tie in ordered
            ],
        },
        "combinations": list(combinations),
    }
    for name, numbers, named in (
        ("countries", countries, country),
        ("statuses", statuses, status),
        ("sources", sources, source),
    ):
        made[name] = {"key": list(numbers), "name": [named(key) for key in numbers]}
    return orjson.dumps(made)


def layout_json(
    places: Sequence[tuple[float, float]], communities: Sequence[int], weights: Sequence[float]
) -> bytes:
    """Where the same towns stand in the network, as columns: `x`, `y` (upwards), `community` (the
    largest first), `weight` as a hub."""
    return orjson.dumps(
        {
            "x": [round(x, 2) for x, _ in places],
            "y": [round(-y, 2) for _, y in places],
            "community": communities,
            "weight": weights,
        }
    )
