"""Members of a circle: who joined when, who left, and who is twinned with whom."""

from __future__ import annotations

from dataclasses import replace

from tests.model.test_merge import DATASET, claims, source
from twingraph.dates import parse
from twingraph.model.lookup import Lookup
from twingraph.model.membership import Membership, together
from twingraph.model.merge import merge
from twingraph.model.records import Authority, Partnership, Record, StatusChange, View

CIRCLE = Partnership("c", partners=("a", "b", "d", "e"), since=parse("1955"))


def view(*records: Record) -> View:
    towns = [Authority(key) for key in CIRCLE.partners]
    named = {record.key for record in records}
    return merge(
        DATASET, [claims(source("s"), *(t for t in towns if t.key not in named), *records)]
    )


def change(number: int, town: str, status: str, date: str | None = None) -> StatusChange:
    return StatusChange(f"c_{number}", CIRCLE.key, status, date and parse(date), town)  # type: ignore[arg-type]


def members(*records: Record) -> dict[str, Membership]:
    found = view(CIRCLE, *records)
    return {member.partner: member for member in Lookup.of_view(found).members(CIRCLE)}


def twins(*records: Record) -> set[tuple[str, str]]:
    found = view(*records)
    circle = found.all(Partnership)[CIRCLE.key]
    return set(Lookup.of_view(found).twinned(circle))


def test_a_member_that_joined_has_its_own_date() -> None:
    found = members(change(1, "d", "active", "1959"))
    assert found["a"] == Membership("a", parse("1955"), None, True, False)
    assert found["d"].since == parse("1959")
    assert together(found["a"], found["d"]) == parse("1959")
    assert together(found["a"], found["b"]) == parse("1955")
    unknown = members(change(1, "d", "active"))["d"]
    assert unknown.since is None and together(unknown, found["a"]) is None


def test_a_member_that_left_is_twinned_with_nobody() -> None:
    left = change(1, "b", "ended", "1970")
    found = members(left)
    assert found["b"] == Membership("b", parse("1955"), parse("1970"), False, True)
    assert twins(CIRCLE, left) == {("a", "d"), ("a", "e"), ("d", "e")}


def test_one_that_came_back_is_a_member_again() -> None:
    changes = (change(1, "b", "ended", "1970"), change(2, "b", "active", "1990-05"))
    assert members(*changes)["b"] == Membership("b", parse("1990-05"), None, True, False)
    for left in ("1990", None):
        undecided = change(1, "b", "ended", left), change(2, "b", "active", "1990-05")
        assert not members(*undecided)["b"].is_current, "as far as is known it has left"


def test_a_pause_is_no_new_beginning() -> None:
    paused = (change(1, "b", "suspended", "2022"), change(2, "b", "active", "2024"))
    assert members(*paused)["b"].since == parse("1955")


def test_one_that_is_yet_to_join_is_neither_member_nor_former() -> None:
    found = members(change(1, "b", "intended", "2027"))["b"]
    assert not found.is_current and not found.is_former


def test_a_predecessor_gives_way_to_the_partner_it_was_merged_into() -> None:
    merged = replace(Authority("e"), replaces=("d",))
    assert twins(CIRCLE, merged) == {("a", "b"), ("a", "e"), ("b", "e")}
    assert Lookup.of_view(view(CIRCLE, merged)).former(CIRCLE) == ("d",)


def test_of_a_circle_that_ended_nobody_is_twinned() -> None:
    ended = replace(CIRCLE, status="ended")
    assert twins(ended) == set()
    assert not Lookup.of_view(view(ended)).is_current(ended)


def test_a_predecessor_is_no_member_even_where_its_successor_is_no_partner() -> None:
    """Who inherits a partnership is for a source to say."""
    elsewhere = replace(Authority("z"), replaces=("d",))
    assert twins(CIRCLE, elsewhere) == {("a", "b"), ("a", "e"), ("b", "e")}
    assert Lookup.of_view(view(CIRCLE, elsewhere)).former(CIRCLE) == ("d",)


def test_a_body_that_was_split_leads_to_each_of_its_parts() -> None:
    parts = [replace(Authority(key), replaces=("d",)) for key in ("e", "z")]
    assert twins(CIRCLE, *parts) == {("a", "b"), ("a", "e"), ("b", "e")}
    successors = Lookup.of_view(view(CIRCLE, *parts)).successors["d"]
    assert [town.key for town in successors] == ["e", "z"]
