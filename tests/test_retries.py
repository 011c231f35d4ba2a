"""When to try again, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import tenacity

from twingraph.retries import Again, policy, retry_after

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("37", 37.0),
        (" 0 ", 0.0),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Monday, 23-Nov-26 12:00:10 GMT", 10.0),
        ("", None),
        (None, None),
        ("soon", None),
        ("nan", None),
        ("-5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def waits(*answers: Again, attempts: int = 5) -> tuple[list[float], int]:
    """The waits between attempts that end so, and then well; how many attempts there were."""
    slept: list[float] = []
    rest = list(answers)
    made = 0

    def attempt() -> int:
        nonlocal made
        made += 1
        if rest:
            raise rest.pop(0)
        return made

    try:
        tenacity.Retrying(**policy(attempts, 1.0, 4.0), sleep=slept.append)(attempt)
    except Again:
        assert made == attempts
    return slept, made


def test_waits_double_up_to_the_longest() -> None:
    slept, made = waits(*(Again("busy") for _ in range(4)))
    assert made == 5
    for found, least in zip(slept, (1, 2, 4, 4), strict=True):
        assert least <= found <= least + 1


def test_a_service_gets_the_time_it_asks_for_within_reason() -> None:
    slept, _ = waits(Again("busy", 50.0), Again("busy", 0.0), Again("busy", 5000.0))
    assert slept[0] == 50.0
    assert slept[1] <= 3
    assert slept[2] == 120.0


def test_patience_ends() -> None:
    assert waits(*(Again("busy") for _ in range(9)), attempts=3)[1] == 3
