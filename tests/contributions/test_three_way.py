"""What somebody changed, put into what is there."""

from __future__ import annotations

from typing import Any

import pytest

from twingraph.contributions.three_way import beyond, merged, place_in

A: dict[str, Any] = {"key": "a", "since": "2010"}
B: dict[str, Any] = {"key": "b"}


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "both"),
    [
        # What was not changed stays as the file has it, and so does what was never shown.
        ("A", {"pl": "A", "en": "B"}, "A", {"pl": "A", "en": "B"}),
        ({"x": "1"}, {"x": "1", "rank": "5"}, {"x": "2"}, {"x": "2", "rank": "5"}),
        ({"x": "1"}, {"x": "1", "rank": "5"}, {}, {"rank": "5"}),
        ({}, {"rank": "5"}, {"x": "1"}, {"rank": "5", "x": "1"}),
        # Of several texts that one is changed which was shown.
        ("A", {"pl": "A", "en": "B"}, "C", {"pl": "C", "en": "B"}),
        ({"en": "B"}, {"en": "B", "de": "D"}, "C", {"en": "C", "de": "D"}),
        ("A", ["A", "B"], "C", ["C", "B"]),
        ("A", ["A", "B"], None, ["B"]),
        (["pl"], ["pl", "sk"], ["en"], ["en", "sk"]),
        # Blocks are known by their keys: one that is gone is gone with all that is in it.
        ([A], [{**A, "involves": ["x"]}, B], [{**A, "since": "2011"}],
         [{"key": "a", "since": "2011", "involves": ["x"]}, B]),
        ([A, B], [{**A, "involves": ["x"]}, B], [B, {"key": "c"}], [B, {"key": "c"}]),
        ([{"quote": "p"}], [{"quote": "p", "note": "n"}, {"for": ["since"], "derived": "true"}],
         [{"quote": "q"}], [{"quote": "q", "note": "n"}, {"for": ["since"], "derived": "true"}]),
        ("words", "words", [{"quote": "others"}], [{"quote": "others"}]),
    ],
)  # fmt: skip
def test_three_ways(base: Any, theirs: Any, mine: Any, both: Any) -> None:
    assert merged(base, theirs, mine) == both


def test_what_is_not_shown_is_told_with_its_place() -> None:
    theirs = {"title": {"pl": "A", "en": "B"}, "rank": "5", "p": [{**A, "involves": ["x"]}, B]}
    assert list(beyond({"title": "A", "p": [A]}, theirs)) == [
        (("title", "en"), "B"),
        (("rank",), "5"),
        (("p", 0, "involves"), ["x"]),
        (("p", 1), B),
    ]


def test_a_place_is_found_again() -> None:
    mine, both = {"p": [B, {"key": "c", "since": "1"}]}, {"p": [A, B, {"key": "c", "since": "1"}]}
    assert place_in(("p", 1, "since"), mine, both) == ("p", 2, "since")
    assert place_in(("p",), mine, both) == ("p",)
    assert place_in(("p", 0, "evidence", 0), {"p": [{**B, "evidence": [{"quote": "x"}]}]},
                    {"p": [{**B, "evidence": "x"}]}) == ("p", 0, "evidence")  # fmt: skip
