"""The layout of the network: communities apart, hubs known, the same each time."""

from __future__ import annotations

import asyncio
import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twingraph.web.network_layout import Layout, layout, layout_of

# Two circles of eight towns, all linked with one another, and a hub with nine partners of its own.
CIRCLES = [*combinations(range(8), 2), *combinations(range(8, 16), 2)]
HUB = [(16, other) for other in range(17, 26)]
PAIRS = [*CIRCLES, *HUB, (0, 16), (8, 16)]


@pytest.fixture(scope="module")
def drawn() -> Layout:
    return layout(26, PAIRS)


def test_it_is_the_same_each_time_and_in_a_process_of_its_own(drawn: Layout) -> None:
    again = asyncio.run(layout_of(26, PAIRS))
    assert [tuple(place) for place in again.places] == list(drawn.places)
    assert list(again.communities) == list(drawn.communities)


def test_a_circle_is_no_crowd_of_hubs(drawn: Layout) -> None:
    """Each of eight towns has seven partners, as a hub might; the hub outweighs them all."""
    assert max(range(26), key=lambda town: drawn.weights[town]) == 16
    assert drawn.weights[16] == 11
    assert all(weight <= 2.01 for weight in drawn.weights[:16])


def test_communities_are_found_and_stand_apart(drawn: Layout) -> None:
    assert len(set(drawn.communities[1:8])) == len(set(drawn.communities[9:16])) == 1
    assert len({drawn.communities[1], drawn.communities[9], drawn.communities[20]}) == 3
    for one, other in combinations(range(26), 2):
        far = math.dist(drawn.places[one], drawn.places[other])
        same = drawn.communities[one] == drawn.communities[other]
        assert far > (0.05 if same else 1), (one, other)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60))
def test_every_town_has_a_place(pairs: list[tuple[int, int]]) -> None:
    made = layout(31, pairs)
    assert len(made.places) == len(made.communities) == len(made.weights) == 31
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in made.places)
    sizes = [made.communities.count(number) for number in range(len(set(made.communities)))]
    assert sizes == sorted(sizes, reverse=True) and sum(sizes) == 31
    for one, other in pairs:  # What is linked with nothing is a community alone.
        if one != other:
            assert made.weights[one] > 0 and made.weights[other] > 0


def test_nothing_is_a_layout_too() -> None:
    assert layout(0, []) == Layout([], [], [])
