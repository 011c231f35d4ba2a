"""Columns for scripts: every town and partnership is in them once, and can be named again."""

from __future__ import annotations

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twingraph.web.graph_data import MapTown, Tie, graph_json, layout_json

KEYS = ("at-graz", "pl-sieniawa", "Q1", "Q2", "sk-lutina")


def town(key: str) -> MapTown:
    at = None if key == "Q2" else (float(len(key)), 50.12345)
    return MapTown(key, f"Name of {key}", "pl", "POL" if key.startswith("pl") else "", at, 3)


partners = st.lists(st.sampled_from(KEYS), min_size=2, max_size=4, unique=True)
ties = st.lists(
    st.builds(
        lambda towns, own, since, status, sources: Tie(
            own or "--".join(sorted(towns)), towns, since, status, tuple(sources)
        ),
        partners,
        st.sampled_from(("", "circle")),
        st.one_of(st.none(), st.integers(1900, 2030)),
        st.sampled_from(("", "active", "ended")),
        st.lists(st.sampled_from(("one", "two", "three")), unique=True),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ties)
def test_what_was_put_in_comes_out(given: list[Tie]) -> None:
    text = graph_json([town(key) for key in KEYS], given, str.lower, str.upper, str.title)
    graph = orjson.loads(text)
    columns = graph["partnerships"]
    named = {part: graph[part]["key"] for part in ("countries", "statuses", "sources")}
    assert graph["statuses"]["name"] == [key.upper() for key in named["statuses"]]
    read = []
    for number, numbers in enumerate(columns["partners"]):
        keys = sorted(graph["towns"]["key"][one] for one in numbers)
        sources = graph["combinations"][columns["sources"][number]]
        read.append(
            (
                columns["key"].get(str(number), "--".join(keys)),
                keys,
                columns["since"][number] or None,
                named["statuses"][columns["status"][number]],
                [named["sources"][one] for one in sources],
            )
        )
    wanted = [(t.key, sorted(t.partners), t.since, t.status, list(t.sources)) for t in given]
    assert sorted(read, key=repr) == sorted(wanted, key=repr)


def test_columns_of_towns() -> None:
    towns = orjson.loads(graph_json([town(key) for key in KEYS], [], str, str, str))["towns"]
    assert towns["key"] == list(KEYS)
    assert towns["north"] == [50.123, 50.123, 50.123, None, 50.123]
    assert {len(column) for column in towns.values()} == {len(KEYS)}


def test_the_layout_goes_upwards() -> None:
    """In a picture y goes downwards, in the script upwards: both show the same side up."""
    assert orjson.loads(layout_json([(1, 2.345)], [0], [1.5])) == {
        "x": [1], "y": [-2.35], "community": [0], "weight": [1.5],
    }  # fmt: skip
