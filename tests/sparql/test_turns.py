"""Turns and budgets, by themselves."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twingraph.sparql.turns import Budgets, Places, Turns


@dataclass(frozen=True)
class One:
    client: str
    number: int


def waiting(clients: str) -> Turns[One]:
    """Of each letter a request, in their order."""
    turns: Turns[One] = Turns()
    for number, client in enumerate(clients):
        turns.add(One(client, number))
    return turns


def served(turns: Turns[One]) -> str:
    return "".join(turns.next().client for _ in range(len(turns)))


def test_clients_take_turns() -> None:
    assert served(waiting("aaaabbc")) == "abcabaa"


@given(st.text("abcd"))
def test_nobody_is_served_twice_before_another_once(clients: str) -> None:
    turns = waiting(clients)
    left = Counter(clients)
    last = dict.fromkeys(left, -1)
    for time in range(len(clients)):
        client = turns.next().client
        # Whoever still waits has been served since this one was last, or since all began.
        assert all(last[other] >= last[client] for other in left if left[other] and other != client)
        last[client] = time
        left[client] -= 1
    assert len(turns) == 0


@given(st.text("abc", max_size=20))
def test_of_one_client_the_first_comes_first(clients: str) -> None:
    turns = waiting(clients)
    order = [turns.next() for _ in clients]
    for client in "abc":
        numbers = [one.number for one in order if one.client == client]
        assert numbers == sorted(numbers)


@given(st.text("abc", min_size=1, max_size=20), st.integers(1, 8))
def test_what_is_taken_back_has_its_turn_again(clients: str, taken: int) -> None:
    turns, same = waiting(clients), waiting(clients)
    for one in reversed([turns.next() for _ in range(min(taken, len(clients)))]):
        turns.back(one)
    assert turns.next() == same.next()


def test_what_is_to_begin_again_has_had_its_turn() -> None:
    turns = waiting("aab")
    first = turns.next()
    turns.again(first)
    assert [turns.next() for _ in range(3)] == [One("b", 2), first, One("a", 1)]


def test_some_come_after_all_others() -> None:
    turns = waiting("ab")
    assert turns.first() == "a" and turns.first(lambda client: client == "a") == "b"
    assert turns.next(lambda client: client == "a").client == "b"
    assert turns.next(lambda client: True).client == "a"
    with pytest.raises(LookupError):
        turns.next()


def test_who_waits_is_known() -> None:
    turns = waiting("abb")
    assert turns.longest() == ("b", 2) and turns.last_of("b") == One("b", 2)
    turns.remove(One("b", 1))
    turns.remove(One("b", 2))
    assert [one.client for one in turns] == ["a"] and not turns.others("a") and turns.others("b")
    with pytest.raises(LookupError):
        turns.remove(One("b", 2))
    turns.remove(One("a", 0))
    assert turns.longest() == ("", 0)


# --- budgets ---------------------------------------------------------------------------------


def test_what_was_used_is_forgiven_within_a_minute() -> None:
    budgets = Budgets(30.0)
    budgets.charge("a", 20.0, 100.0)
    assert budgets.wait("a", 100.0) == 0
    budgets.charge("a", 20.0, 100.0)
    assert budgets.used("a", 100.0) == 40
    assert budgets.wait("a", 100.0) == pytest.approx(20)
    assert budgets.wait("a", 119.0) == pytest.approx(1)
    assert budgets.wait("a", 120.1) == 0
    assert budgets.used("a", 180.0) == 0
    assert budgets.used("b", 100.0) == 0


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 20)), max_size=50))
def test_nobody_who_heeds_the_wait_has_more_than_the_budget(
    steps: list[tuple[float, float]],
) -> None:
    budgets, now, used = Budgets(30.0), 0.0, 0.0
    for seconds, pause in steps:
        now += max(pause, budgets.wait("a", now))
        budgets.charge("a", seconds, now)
        used += seconds
    # At first the whole of it, then half a second for each; and what the last went over by.
    assert used <= 30.0 + now * 0.5 + 5.0 + 1e-6


def test_the_service_itself_has_no_bound() -> None:
    budgets = Budgets(1.0)
    budgets.charge("", 1000.0, 0.0)
    assert budgets.wait("", 0.0) == 0


def test_clients_who_have_used_nothing_of_late_are_forgotten() -> None:
    budgets = Budgets(30.0)
    for number in range(10_000):
        budgets.charge(str(number), 0.01, number * 0.1)
    assert len(budgets._used) < 2100


# --- places ----------------------------------------------------------------------------------


def test_one_client_leaves_places_to_others() -> None:
    async def run() -> None:
        places, inside, order = Places(3, 2), Counter[str](), list[str]()
        release = asyncio.Event()

        async def hold(client: str) -> None:
            async with places.one(client):
                order.append(client)
                inside[client] += 1
                await release.wait()
                inside[client] -= 1

        greedy = [asyncio.create_task(hold("a")) for _ in range(20)]
        await asyncio.sleep(0)
        others = [asyncio.create_task(hold("b")) for _ in range(2)]
        await asyncio.sleep(0)
        assert inside == {"a": 2, "b": 1} and places.taken == 3
        release.set()
        await asyncio.gather(*greedy, *others)
        # The second of b has its turn before the third of a.
        assert order[:5] in (["a", "a", "b", "b", "a"], ["a", "a", "b", "a", "b"])
        assert places.taken == 0

    asyncio.run(run())


def test_who_leaves_takes_no_place_along() -> None:
    async def run() -> None:
        places = Places(1, 1)
        async with places.one("a"):
            waiting = [asyncio.create_task(_through(places, client)) for client in "abc"]
            await asyncio.sleep(0)
            waiting[0].cancel()
            await asyncio.sleep(0)
        # Given, and cancelled before it came to run.
        waiting[1].cancel()
        assert await asyncio.wait_for(waiting[2], 5) == "c"
        assert places.taken == 0
        assert await asyncio.wait_for(_through(places, "a"), 5) == "a"

    asyncio.run(run())


async def _through(places: Places, client: str) -> str:
    async with places.one(client):
        return client
