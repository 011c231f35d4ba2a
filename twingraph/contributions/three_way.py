"""What somebody changed, put into what is there: plain content merged three ways.

`base` is what was shown of a file, `theirs` all that the file holds, `mine` what was shown with
what somebody changed. Where the last says the same as the first the file's own stays, and so does
all that was never shown. Blocks in lists are told apart by what names them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, Final

from twingraph.sources.curated.yaml_reader import Place

_NAMES: Final = ("signatory", "key", "quote")
"""What names a block of a list, the first of these that it has."""
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


def merged(base: Any, theirs: Any, mine: Any) -> Any:
    """What the file holds, with what was changed in it; None where nothing is left."""
    if base == mine:
        return theirs
    if isinstance(base, Mapping) and isinstance(theirs, Mapping) and isinstance(mine, str):
        mine = dict.fromkeys(base, mine)  # Of the language that was shown.
    if isinstance(theirs, Mapping) and isinstance(mine, Mapping):
        return _mappings(base if isinstance(base, Mapping) else {}, theirs, mine)
    if isinstance(theirs, list) and isinstance(mine, list):
        return _lists(base if isinstance(base, list) else [], theirs, mine)
    if isinstance(base, str) and isinstance(theirs, (Mapping, list)):
        return _in_place_of(base, theirs, mine)
    return mine


def _mappings(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> dict[str, Any]:
    names = dict.fromkeys((*theirs, *mine))
    both = {n: merged(base.get(n), theirs.get(n), mine.get(n)) for n in names}
    return {name: value for name, value in both.items() if value not in _EMPTY}


def _lists(base: Sequence[Any], theirs: Sequence[Any], mine: Sequence[Any]) -> list[Any]:
    shown, now = {identity(one): one for one in base}, {identity(one): one for one in mine}
    renamed = _renamed(shown, now)
    found: list[Any] = []
    for one in theirs:
        name = identity(one)
        if name not in shown and name not in now:
            found.append(one)
        elif (other := now.get(name, renamed.get(name))) is not None:
            found.append(merged(shown.get(name), one, other))
    known = {*map(identity, theirs), *map(identity, renamed.values())}
    return [*found, *(one for name, one in now.items() if name not in known)]


def _renamed(shown: Mapping[Hashable, Any], now: Mapping[Hashable, Any]) -> Mapping[Hashable, Any]:
    """What stands now for what was shown, where as many are new as are gone, and no key says
    which is which."""
    gone, new = [n for n in shown if n not in now], [n for n in now if n not in shown]
    if len(gone) != len(new) or any(_is_keyed(name) for name in (*gone, *new)):
        return {}
    return {one: now[other] for one, other in zip(gone, new, strict=True)}


def _is_keyed(name: Hashable) -> bool:
    return isinstance(name, tuple) and name[0] != "quote"


def identity(one: Any) -> Hashable:
    """By what one of a list is known among the others."""
    if isinstance(one, Mapping):
        return next(((n, one[n]) for n in _NAMES if n in one), repr(one))
    return str(one)


def _in_place_of(base: str, theirs: Any, mine: Any) -> Any:
    """One of several texts, of which only that was shown, changed or taken away."""
    if isinstance(theirs, list):
        changed = [mine if one == base else one for one in theirs]
        return [one for one in changed if one not in _EMPTY] or None
    new = {name: mine if one == base else one for name, one in theirs.items()}
    return {name: one for name, one in new.items() if one not in _EMPTY} or None


def beyond(base: Any, theirs: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """What a file holds and is not shown, each with its place in the file."""
    if base in _EMPTY:
        yield at, theirs
    elif isinstance(theirs, Mapping):
        # Of several texts that one may be shown which there is in a language.
        shown = base if isinstance(base, Mapping) else dict.fromkeys(_holding(theirs, base), base)
        for name, one in theirs.items():
            yield from beyond(shown.get(name), one, (*at, name))
    elif isinstance(theirs, list):
        by_name = {identity(one): one for one in (base if isinstance(base, list) else [base])}
        for number, one in enumerate(theirs):
            yield from beyond(by_name.get(identity(one)), one, (*at, number))


def _holding(theirs: Mapping[str, Any], base: Any) -> list[str]:
    return [name for name, one in theirs.items() if one == base]


def place_in(place: Place, mine: Any, both: Any) -> Place:
    """Where a place of `mine` is in what was merged of it, or the nearest thing that holds it."""
    found: list[str | int] = []
    for step in place:
        if isinstance(step, int) and isinstance(mine, list) and step < len(mine):
            wanted, mine = identity(mine[step]), mine[step]
            others = both if isinstance(both, list) else []
            at = next((n for n, one in enumerate(others) if identity(one) == wanted), None)
            if at is None:
                break
            found.append(at)
            both = others[at]
        else:
            mine = mine.get(step) if isinstance(mine, Mapping) else None
            both = both.get(step) if isinstance(both, Mapping) else None
            found.append(step)
    return tuple(found)
