"""Wikidata's precisions, margins and calendars as EDTF."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twingraph import dates
from twingraph.sources.wikidata import times

from . import samples

JULIAN = "Q1985786"


@pytest.mark.parametrize(
    ("written", "precision", "calendar", "expected"),
    [
        ("+1967-06-27T00:00:00Z", 11, "Q1985727", "1967-06-27"),
        ("+1967-06-27T12:30:00Z", 14, "Q1985727", "1967-06-27"),
        ("+00000001967-06-27T00:00:00Z", 11, "Q1985727", "1967-06-27"),
        ("+1967-06-00T00:00:00Z", 10, "Q1985727", "1967-06"),
        ("+1955-00-00T00:00:00Z", 9, "Q1985727", "1955"),
        ("+1955-01-01T00:00:00Z", 9, "Q1985727", "1955"),
        ("+1955-03-00T00:00:00Z", 11, "Q1985727", "1955-03"),
        ("+1955-00-00T00:00:00Z", 11, "Q1985727", "1955"),
        ("+1964-00-00T00:00:00Z", 8, "Q1985727", "196X"),
        ("+1900-00-00T00:00:00Z", 7, "Q1985727", "1801/1900"),
        ("+1901-00-00T00:00:00Z", 7, "Q1985727", "1901/2000"),
        ("+2000-00-00T00:00:00Z", 6, "Q1985727", "1001/2000"),
        ("+1582-10-05T00:00:00Z", 11, JULIAN, "1582-10-15"),
        ("+1917-10-25T00:00:00Z", 11, JULIAN, "1917-11-07"),
        ("+1900-02-29T00:00:00Z", 11, JULIAN, "1900-03-13"),
        ("+1917-10-00T00:00:00Z", 10, JULIAN, "1917-10-14/1917-11-13"),
        ("+1500-00-00T00:00:00Z", 9, JULIAN, "1500-01-10/1501-01-10"),
    ],
)
def test_a_time_keeps_its_precision(
    written: str, precision: int, calendar: str, expected: str
) -> None:
    value = samples.time(written, precision, calendar)["value"]
    assert times.edtf(value) == expected
    dates.parse(expected)


@pytest.mark.parametrize(
    ("written", "precision", "margin", "expected"),
    [
        ("+1967-06-27T00:00:00Z", 11, (1, 0), "1967-06-26/1967-06-27"),
        ("+1967-12-00T00:00:00Z", 10, (1, 1), "1967-11-01/1968-01-31"),
        ("+1967-00-00T00:00:00Z", 9, (0, 2), "1967-01-01/1969-12-31"),
        ("+1960-00-00T00:00:00Z", 8, (1, 0), "1950-01-01/1969-12-31"),
    ],
)
def test_a_margin_widens(
    written: str, precision: int, margin: tuple[int, int], expected: str
) -> None:
    assert times.edtf(samples.time(written, precision, margin=margin)["value"]) == expected


@pytest.mark.parametrize(
    ("written", "precision"),
    [
        ("+0000-00-00T00:00:00Z", 9),
        ("-0020-00-00T00:00:00Z", 9),
        ("+1967-02-30T00:00:00Z", 11),
        ("+1967-13-01T00:00:00Z", 11),
        ("+1967-01-01T00:00:00Z", 5),
        ("+12000-01-01T00:00:00Z", 9),
        ("yesterday", 11),
    ],
)
def test_what_cannot_be_placed_is_refused(written: str, precision: int) -> None:
    with pytest.raises(ValueError, match=r".+"):
        times.edtf(samples.time(written, precision)["value"])


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time value"):
        times.edtf({"text": "2001"})


@given(st.dates(min_value=date(1, 1, 5), max_value=date(9999, 12, 1)))
def test_julian_days_follow_one_another(start: date) -> None:
    """A day later in one calendar is a day later in the other (leap days of Julian years apart)."""

    def gregorian(day: date) -> str:
        written = f"+{day.year:04}-{day.month:02}-{day.day:02}T00:00:00Z"
        return times.edtf(samples.time(written, 11, JULIAN)["value"])

    following = start + timedelta(days=1)
    try:
        step = date.fromisoformat(gregorian(following)) - date.fromisoformat(gregorian(start))
    except ValueError:  # beyond 9999
        return
    leap_day_only_julian = (start.month, start.day) == (2, 28) and following.day == 1
    assert step.days == (2 if leap_day_only_julian and start.year % 4 == 0 else 1)
