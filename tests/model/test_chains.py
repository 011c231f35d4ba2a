"""Chains of partnerships: as short as a library finds them, and each step a partnership."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twingraph.model.chains import shortest_chain
from twingraph.model.lookup import Groups

PAIRS = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=40)


def neighbours_of(pairs: list[tuple[int, int]]) -> Groups[str, str]:
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        if one != other:
            near[f"t{one}"].add(f"t{other}")
            near[f"t{other}"].add(f"t{one}")
    return Groups({key: sorted(others) for key, others in near.items()})


@settings(max_examples=300)
@given(PAIRS, st.integers(0, 14), st.integers(0, 14))
def test_it_is_as_short_as_can_be(pairs: list[tuple[int, int]], one: int, other: int) -> None:
    near = neighbours_of(pairs)
    graph = nx.Graph([(f"t{a}", f"t{b}") for a, b in pairs])
    graph.add_nodes_from([f"t{one}", f"t{other}"])
    chain = shortest_chain(near, f"t{one}", f"t{other}")
    if not nx.has_path(graph, f"t{one}", f"t{other}"):
        assert chain == []
        return
    assert (chain[0], chain[-1]) == (f"t{one}", f"t{other}")
    assert len(chain) - 1 == nx.shortest_path_length(graph, f"t{one}", f"t{other}")
    assert all(there in near[here] for here, there in pairwise(chain))


@pytest.mark.parametrize(
    ("one", "other", "chain"),
    [
        ("a", "a", ["a"]),
        ("a", "b", ["a", "b"]),
        ("a", "d", ["a", "b", "c", "d"]),
        ("a", "lonely", []),
        ("nowhere", "a", []),
    ],
)
def test_chains(one: str, other: str, chain: list[str]) -> None:
    near = Groups({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]})
    assert shortest_chain(near, one, other) == chain
