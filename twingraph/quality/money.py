"""Money that does not add up: partners' budgets against the project's, and amounts of zero.

A project is looked at where it has a budget and every participant on record has one. A cent for
each participant is forgiven: amounts are rounded one by one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from twingraph.model.lookup import Lookup

CENT: Final = Decimal("0.01")


class Sum(NamedTuple):
    """A project whose partners' budgets do not add up; `zeros` of them are written as zero."""

    project: str
    currency: str | None
    total: Decimal
    partners: Decimal
    zeros: int


def sums(lookup: Lookup) -> tuple[Sum, ...]:
    """The projects that do not add up, by key."""
    return tuple(one for key in sorted(lookup.projects) if (one := _sum(key, lookup)) is not None)


def _sum(key: str, lookup: Lookup) -> Sum | None:
    project, parts = lookup.projects[key], lookup.participations[key]
    budgets = [part.total_budget for part in parts if part.total_budget is not None]
    if project.total_budget is None or not budgets or len(budgets) < len(parts):
        return None
    if {part.currency for part in parts} != {project.currency}:
        return None
    whole = sum(budgets, Decimal())
    if abs(whole - project.total_budget) < CENT * len(budgets):
        return None
    return Sum(key, project.currency, project.total_budget, whole, budgets.count(Decimal()))
