"""When the next request may start, by a clock that only moves when it is told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from twingraph.errors import ServiceError, UsageError
from twingraph.sources.wikidata.pacing import ERRORS, Clock, Gate
from twingraph.sources.wikidata.settings import WikibaseSettings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Still(Clock):
    """A clock that stands still but for sleeping."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.at)

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_queries_take_no_more_than_a_minute_of_a_minute() -> None:
    clock = Still()
    gate = Gate(clock, 1)
    with gate.query():
        clock.at += 90
    started = clock.at
    with gate.query():
        assert clock.at - started == 0, "60 s of the last 60 s are just allowed"
        clock.at += 1
    with gate.request():
        pass


def test_processing_of_the_last_minute_is_counted() -> None:
    clock = Still()
    gate = Gate(clock, 3)
    gate._processing.extend([(clock.at - 50, clock.at), (clock.at - 30, clock.at)])
    with gate.query():
        assert clock.at == 1030, "from 970 on, the two took 60 s"


def test_errors_are_spread_over_the_minute() -> None:
    clock = Still()
    gate = Gate(clock, 1)
    for _ in range(ERRORS):
        gate.failed()
        clock.at += 1
    with gate.request():
        assert clock.at == 1060


def test_a_wait_holds_for_everything_and_the_longest_counts() -> None:
    clock = Still()
    gate = Gate(clock, 1)
    gate.hold(60)
    gate.hold(10)
    with gate.query():
        assert clock.at == 1060


def test_a_closed_gate_lets_nothing_through() -> None:
    gate = Gate(Still(), 1)
    gate.close(ServiceError("banned"))
    with pytest.raises(ServiceError, match="banned"), gate.request():
        pass


def test_no_more_at_once_than_slots() -> None:
    gate = Gate(Clock(), 2)
    inside, most, lock = [0], [0], threading.Lock()
    together = threading.Barrier(2)

    def work() -> None:
        with gate.request():
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            together.wait(5)
            with lock:
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 2


@pytest.mark.parametrize(
    "contact", ["", "me", "http://", "a@b c", "x@y\r\nEvil: 1", "https://e.org/(a)"]
)
def test_nobody_asks_without_saying_who_runs_this(contact: str) -> None:
    with pytest.raises(UsageError, match="is no contact"):
        WikibaseSettings(contact)


@pytest.mark.parametrize("contact", ["https://example.org/bot?x=1", "town@example.org"])
def test_the_user_agent_names_program_operator_and_library(contact: str) -> None:
    agent = WikibaseSettings(contact).user_agent
    assert agent.startswith("twingraph/") and f" ({contact}) requests/" in agent


def test_never_more_than_three_at_once() -> None:
    assert WikibaseSettings("a@example.org").at_once == 1
    assert WikibaseSettings("a@example.org", at_once=3).at_once == 3
    with pytest.raises(UsageError, match="requests at once: 4 is not between 1 and 3"):
        WikibaseSettings("a@example.org", at_once=4)
    with pytest.raises(UsageError, match="batch size"):
        WikibaseSettings("a@example.org", batch=51)
