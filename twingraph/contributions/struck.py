"""A contribution without its faulty parts: what is wrong with the rest can be told as well, in one
round.

A value that is faulty is left out, and a block that lacks what it must have; so is a whole
partnership whose partners are not sure, for everything below it depends on them. What the source
itself lacks has something in its stead. Nothing of it is ever written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from twingraph.contributions.contribution import (
    SOURCE,
    Contribution,
    Fault,
    format_faults,
    tidy,
)
from twingraph.sources.curated.yaml_reader import Place

_IN_ITS_STEAD: Final[Mapping[str, Any]] = {
    "key": "entered", "title": {"und": "?"}, "kind": "other", "language": ["und"],
}  # fmt: skip
_GONE: Final = object()


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a contribution, and where each place of it was in the whole."""

    contribution: Contribution
    places: Mapping[Place, Place]

    def whole(self, fault: Fault) -> Fault:
        """A fault of the rest as one of the whole."""
        return _moved(fault, self.places)


def without(content: Any, faults: Iterable[Fault]) -> Rest | None:
    """What is left of tidy content without what some faults are about; None where that is nothing
    that can be checked."""
    left, pending = deepcopy(content), list(faults)
    while True:
        if not all(_strike(left, fault) for fault in pending):
            return None
        places: dict[Place, Place] = {}
        rest = tidy(_compressed(left, (), (), places))
        pending = [_moved(fault, places) for fault in format_faults(rest)]
        if not pending:
            return Rest(Contribution.of(rest), places)


def _strike(content: Any, fault: Fault) -> bool:
    """Take out what a fault is about; False where nothing can be taken out."""
    place = fault.place
    name = fault.missing if place == (SOURCE,) else place[1] if len(place) == 2 else ""
    if place[:1] == (SOURCE,) and name in _IN_ITS_STEAD:
        source, stead = content[SOURCE], _IN_ITS_STEAD[str(name)]
        if source.get(name) == stead:
            return False
        source[name] = stead
        return True
    if len(place) < 2 or place[0] != SOURCE:
        return False
    if len(place) > 3 and place[1] == "partnerships" and place[3] == "partners":
        place = place[:3]
    *way, last = place
    holds: Any = content
    for step in way:
        holds = holds[step]
        if holds is _GONE:
            return True
    known = last in holds if isinstance(holds, dict) else isinstance(last, int)
    if known:
        holds[last] = _GONE
    return known


def _compressed(value: Any, at: Place, was: Place, places: dict[Place, Place]) -> Any:
    """A value without what is gone; `places` gets where each place of it was."""
    places[at] = was
    if isinstance(value, dict):
        named = ((step, one) for step, one in value.items() if one is not _GONE)
        return {s: _compressed(one, (*at, s), (*was, s), places) for s, one in named}
    if isinstance(value, list):
        return list(_items(value, at, was, places))
    return value


def _items(value: list[Any], at: Place, was: Place, places: dict[Place, Place]) -> Iterator[Any]:
    left = ((step, one) for step, one in enumerate(value) if one is not _GONE)
    for number, (step, one) in enumerate(left):
        yield _compressed(one, (*at, number), (*was, step), places)


def _moved(fault: Fault, places: Mapping[Place, Place]) -> Fault:
    place = fault.place
    for end in range(len(place), -1, -1):
        if place[:end] in places:
            return fault._replace(place=(*places[place[:end]], *place[end:]))
    return fault
