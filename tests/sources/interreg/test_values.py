"""Values as lists write them: amounts, dates, rates. What is none is counted, never raised."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from twingraph.model.records import Point
from twingraph.sources.interreg import values
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import Money


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("30296.38", "30296.38"), ("30296,38", "30296.38"), ("30 296,38", "30296.38"),
        ("30\u00a0296,38 €", "30296.38"), ("30\u202f296,38", "30296.38"), ("1'234.50", "1234.50"),
        ("30.296,38", "30296.38"), ("30,296.38", "30296.38"), ("1.234.567", "1234567"),
        ("1,234,567", "1234567"), ("1,234", "1234"), ("1.234", "1.234"), ("EUR 12", "12"),
        ("12 345 zł", "12345"), (30296.38, "30296.38"), (5, "5"), ("0.00", "0.00"),
        ("-3,5", "-3.5"), (0.1 + 0.2, "0.30"), ("12.500,- €", "12500"),
        ("30 000,\u2014 Kč", "30000"), ("1.250.000,\u2013\u2013 EUR", "1250000"),
        ("1 234,567", "1234.567"), ("12345,678", "12345.678"),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_any_usual_form(cell: Any, amount: str) -> None:
    assert values.number(cell) == Decimal(amount)


@pytest.mark.parametrize(
    "cell", ["abc", "12 apples", "1..2x", True, float("nan"), "1-2", "10.000.00", "28.781,55,-"]
)
def test_what_is_no_amount_is_refused(cell: Any) -> None:
    with pytest.raises(ValueError, match="is no"):
        values.number(cell)


@pytest.mark.parametrize("cell", ["", None, "-", "N/A", "  "])
def test_nothing_is_no_amount_and_no_fault(cell: Any) -> None:
    assert values.number(cell) is None


@pytest.mark.parametrize(
    ("cell", "edtf"),
    [
        ("2018-04-29", "2018-04-29"), ("29.04.2018", "2018-04-29"), ("29/4/2018", "2018-04-29"),
        ("2018-04-29T00:00:00Z", "2018-04-29"), (43219, "2018-04-29"), (43219.0, "2018-04-29"),
        ("43219", "2018-04-29"), (date(2018, 4, 29), "2018-04-29"), ("2018-04", "2018-04"),
        (datetime(2018, 4, 29, 12), "2018-04-29"), ("2018", "2018"), (2018, "2018"),
    ],
)  # fmt: skip
def test_a_date_keeps_its_precision(cell: Any, edtf: str) -> None:
    report = Report()
    found = values.day(cell, "here", report)
    assert found is not None and found.edtf == edtf
    assert not report.counts


@pytest.mark.parametrize("cell", ["31.02.2018", "soon", "2018-13", "99999999"])
def test_what_is_no_date_is_counted(cell: str) -> None:
    report = Report()
    assert values.day(cell, "here", report) is None
    assert report.counts == {"bad-date": 1}


def test_an_end_before_the_start_leaves_neither() -> None:
    report = Report()
    assert values.period("2020-01-01", "2019-01-01", "here", report) == (None, None)
    assert report.counts == {"bad-period": 1}


@pytest.mark.parametrize(
    ("given", "made", "counted"),
    [
        (("10", "8,5", "85", "EUR"), Money(Decimal(10), Decimal("8.5"), Decimal(85), "EUR"), {}),
        (("10 €", "8.5", "0.85", None),
         Money(Decimal(10), Decimal("8.5"), Decimal("85.00"), "EUR"), {}),
        (("10", None, None, None), Money(), {"no-currency": 1}),
        (("-10", "5", None, "EUR"), Money(None, Decimal(5), None, "EUR"), {"negative-amount": 1}),
        (("0", None, None, "EUR"), Money(Decimal(0), None, None, "EUR"), {"zero-amount": 1}),
        (("10", "11", None, "EUR"), Money(Decimal(10), None, None, "EUR"),
         {"grant-over-budget": 1}),
        (("x", None, "101", "EUR"), Money(), {"bad-amount": 1, "bad-rate": 1}),
        ((None, None, "85 %", None), Money(rate=Decimal(85)), {}),
    ],
)  # fmt: skip
def test_money_adds_up_or_is_counted(
    given: tuple[Any, Any, Any, str | None], made: Money, counted: dict[str, int]
) -> None:
    report = Report()
    assert values.money(*given, "here", report) == made
    assert report.counts == counted


def test_addresses_and_places() -> None:
    report = Report()
    assert values.pages("https://e.org/b https://e.org/a nonsense", "here", report) == (
        "https://e.org/a", "https://e.org/b",
    )  # fmt: skip
    assert values.point("49.5", "20,25", "here", report) == Point(Decimal("20.25"), Decimal("49.5"))
    assert values.point("0", "0", "here", report) is None
    assert values.point("91", "0", "here", report) is None
    assert values.point("north", "0", "here", report) is None
    assert report.counts == {"bad-page": 1, "bad-coordinates": 2}
