"""Sums of money in the quality report."""

from __future__ import annotations

from decimal import Decimal

import pytest

from twingraph.model.lookup import Lookup
from twingraph.model.records import Claims, Participation, Project, Source
from twingraph.quality.money import Sum, sums


def lookup(total: str | None, *budgets: str | None, currency: str = "EUR") -> Lookup:
    def amount(written: str | None) -> Decimal | None:
        return Decimal(written) if written else None

    parts = (
        Participation(f"x_{n}", "x", total_budget=amount(b), currency=currency)
        for n, b in enumerate(budgets)
    )
    project = Project("x", total_budget=amount(total), currency="EUR")
    return Lookup.of_claims(Claims(Source("s", (), "register", 1), (project, *parts)))


@pytest.mark.parametrize(
    "amounts",
    [("100", "60", "40"), ("100", "60", None), (None, "60"), ("100",), ("100.01", "50", "50")],
)
def test_what_adds_up_or_is_not_known(amounts: tuple[str | None, ...]) -> None:
    assert sums(lookup(*amounts)) == ()


def test_another_currency_is_not_added() -> None:
    assert sums(lookup("100", "60", currency="PLN")) == ()


def test_what_does_not_add_up() -> None:
    assert sums(lookup("100.00", "60.00", "0.00")) == (
        Sum("x", "EUR", Decimal("100.00"), Decimal("60.00"), 1),
    )
