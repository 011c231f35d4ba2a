"""Refuses a release that has lost too much: a source that failed must not empty the catalogue.

A loss is accepted by its name alone. The name of a single thing (`partnership/be-tremelo--pl-…`)
takes that thing off the list. The refusal also gives the whole list one name, made of the release
before and of every single thing on it: written into a script by mistake, it fits no other loss.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from twingraph import identifiers as ids
from twingraph.errors import LossRefused
from twingraph.release.identity import Succession

GUARDED: Final = {
    ids.PARTNERSHIP: "partnerships",
    ids.MUNICIPALITY: "towns",
    ids.SOURCE: "sources",
}
"""What must not be lost unnoticed: the path of its IRI and what it is called."""

PERCENT: Final = 5.0
"""The share that may be lost without a word."""


@dataclass(frozen=True)
class Allowed:
    """How much may be lost: a share in percent, and losses that somebody has accepted by name."""

    percent: float = PERCENT
    accepted: Collection[str] = ()


USUAL: Final = Allowed()
"""What is allowed if nobody says otherwise."""


def guard(followed: Succession, name: str, allowed: Allowed) -> list[str]:
    """Refuse a loss against the release of a name, if it is more than is allowed.

    Returns what was accepted but is not lost: nothing needs it any more. Raises LossRefused with
    the list of all that would be gone.
    """
    lost = {path: list(followed.lost.get(path, ())) for path in GUARDED}
    code = _code(name, lost)
    open_ = {
        path: [i for i in iris if _short(i, path) not in allowed.accepted]
        for path, iris in lost.items()
    }
    over = {
        path: iris
        for path, iris in open_.items()
        if 100 * len(iris) > allowed.percent * followed.before.get(path, 0)
    }
    if over and code not in allowed.accepted:
        raise LossRefused("\n".join(_refusal(over, followed.before, name, code, allowed)))
    known = {code, *(_short(iri, path) for path, iris in lost.items() for iri in iris)}
    return sorted(set(allowed.accepted) - (known if any(lost.values()) else set()))


def _refusal(
    over: Mapping[str, list[str]],
    before: Mapping[str, int],
    name: str,
    code: str,
    allowed: Allowed,
) -> Iterator[str]:
    yield f"this release would lose more than {allowed.percent:g} % of what {name} has:"
    for path, iris in over.items():
        share = 100 * len(iris) / before[path]
        few = allowed.percent and before[path] * allowed.percent < 100
        why = f" (of so few, any loss is more than {allowed.percent:g} %)" if few else ""
        yield f"  {len(iris)} of {before[path]} {GUARDED[path]}, {share:.3g} %{why}:"
        yield from (f"    {_short(iri, path)}" for iri in iris)
    yield "nothing was published; the release before is as it was."
    yield "  → if a source is missing or was cut short, bring it back and build again"
    yield "  → if a thing has a new key, write that into redirects.csv in the data folder"
    yield f"  → if all of this is to go: twingraph build --accept-loss {code}"
    yield "    (a single thing by its name, as it stands above; the option may be repeated)"


def _short(iri: str, path: str) -> str:
    return f"{path}/{iri.rpartition(f'/{path}/')[2]}"


def _code(name: str, lost: Mapping[str, list[str]]) -> str:
    """The name of a loss as a whole."""
    everything = "\n".join((name, *(iri for path in sorted(lost) for iri in lost[path])))
    return f"loss-{hashlib.sha256(everything.encode()).hexdigest()[:12]}"
