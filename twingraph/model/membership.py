"""Who was a member of a partnership, from when to when.

The partners of a circle come and go: a change of status that `concerns` one of them says when it
joined (active) or left (ended). Of a partner without such a change the partnership's own start is
its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from twingraph.dates import Date
from twingraph.model.records import Partnership, StatusChange

OVER: Final = frozenset({"ended", "expired"})
NOT_TWINNED: Final = OVER | {"intended"}
"""Statuses of a partnership whose towns are not (or no longer, or not yet) twinned."""


class Membership(NamedTuple):
    """A partner's part in a partnership: since when, until when, and how it stands now.

    `is_current`: it is a member as far as is known. `is_former`: it has left, or was merged into
    another authority.
    """

    partner: str
    since: Date | None
    until: Date | None
    is_current: bool
    is_former: bool


def membership(
    partnership: Partnership, partner: str, changes: Sequence[StatusChange], is_merged: bool
) -> Membership:
    """A partner's part in a partnership, by the changes of status that concern it.

    `is_merged`: it was merged into another authority.
    """
    if not changes:
        return Membership(partner, partnership.since, None, not is_merged, is_merged)
    since, until, status = _story(partnership, changes)
    is_former = is_merged or status in OVER
    is_current = not is_former and status not in NOT_TWINNED
    return Membership(partner, since, until, is_current, is_former)


def together(one: Membership, other: Membership) -> Date | None:
    """Since when two are members at the same time: since the later of them is; None where it is
    not known of both."""
    if one.since is None or other.since is None:
        return None
    return max(one.since, other.since, key=lambda date: date.first_day or "")


def _story(
    partnership: Partnership, changes: Iterable[StatusChange]
) -> tuple[Date | None, Date | None, str | None]:
    """When a member joined last, when it left, and its status after all changes."""
    since, until, status = partnership.since, None, None
    for number, change in enumerate(sorted(changes, key=_when)):
        if change.new_status == "active" and (number == 0 or status in NOT_TWINNED):
            since = change.changed_on
        status = change.new_status
        until = change.changed_on if status in OVER else None
    return since, until, status


def _when(change: StatusChange) -> tuple[str, bool]:
    """The first day on which one can have joined, the last on which one can have left.

    Without a date one has joined before everything else, and left after it.
    """
    over = change.new_status in NOT_TWINNED
    date = change.changed_on
    if date is None:
        return "9999" if over else "", over
    first, last = date.earliest or date.latest or "", date.latest or date.earliest or ""
    return last if over else first, over
