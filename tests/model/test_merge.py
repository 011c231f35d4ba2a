"""Merging: each rule, the order of the sources, and what is listed as a disagreement."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twingraph.dates import parse
from twingraph.model.merge import merge
from twingraph.model.records import (
    Agreement,
    Claim,
    Claims,
    Dataset,
    Disagreement,
    Partnership,
    Project,
    Record,
    Source,
    StatusChange,
    Text,
    View,
)

DATASET = Dataset(
    titles=(Text("A test", "en"),),
    descriptions=(),
    publisher_name=(),
    publisher_url="https://example.org/",
    publisher_type=None,
    contact_name="",
    contact_email=None,
    contact_url=None,
    licence="",
    base="https://example.org/",
    languages=("en",),
)


def source(key: str, rank: int = 30, retrieved: str | None = None) -> Source:
    return Source(key, (Text(key, "en"),), "municipal", rank, retrieved=retrieved)


def claims(by: Source, *records: Record) -> Claims:
    return Claims(by, records)


def signed(date: str) -> Agreement:
    return Agreement("a--b_1", "a--b", signed_on=parse(date))


def merged_date(*dates: str) -> tuple[str, tuple[Disagreement, ...]]:
    """Merge documents with these dates, the first from the best source."""
    view = merge(
        DATASET, [claims(source(f"s{rank}", rank + 1), signed(d)) for rank, d in enumerate(dates)]
    )
    date = view.all(Agreement)["a--b_1"].signed_on
    assert date is not None
    return date.edtf, view.disagreements


def test_a_date_that_fits_and_is_more_precise_is_shown() -> None:
    date, disagreements = merged_date("2018-04", "2018-04-29")
    assert date == "2018-04-29"
    (one,) = disagreements
    assert one.fits
    assert one.shown.source == "s1"
    assert one.others == (Claim("s0", parse("2018-04")),)


def test_a_date_that_conflicts_loses_to_the_better_source() -> None:
    date, disagreements = merged_date("2018-04", "2018-05-01")
    assert date == "2018-04"
    assert [d.fits for d in disagreements] == [False]


def test_a_conflict_beside_a_fitting_date_is_a_conflict() -> None:
    date, (one,) = merged_date("2018-04", "2018-05-01", "2018-04-29")
    assert date == "2018-04-29"
    assert not one.fits
    assert {c.source for c in one.others} == {"s0", "s1"}


def test_bounds_give_way_to_a_year_within_them() -> None:
    assert merged_date("197X", "1974")[0] == "1974"
    assert merged_date("../2012", "2011")[0] == "2011"
    assert merged_date("[2010-01-01..2010-12-31]", "2010")[0] == "2010"


@pytest.mark.parametrize("dates", [("2010", "2010"), ("2010", "2010-XX")])
def test_dates_that_mean_the_same_do_not_disagree(dates: tuple[str, str]) -> None:
    assert merged_date(*dates)[1] == ()


def test_the_better_rank_wins_then_the_later_reading_then_the_key() -> None:
    def grant(amount: int) -> Project:
        return Project("p", grant=Decimal(amount))

    sources = [
        claims(source("c", 30, "2026-01-01"), grant(3)),
        claims(source("a", 30, "2025-01-01"), grant(1)),
        claims(source("b", 30, "2026-01-01"), grant(2)),
        claims(source("d", 40, "2026-06-01"), grant(4)),
    ]
    for order in permutations(sources):
        view = merge(DATASET, order)
        assert view.all(Project)["p"].grant == 2
        (one,) = view.disagreements
        assert [c.source for c in one.others] == ["c", "a", "d"]
        assert not one.fits


def test_status_is_as_of_the_newest_source() -> None:
    def status(name: str) -> Partnership:
        return Partnership("a--b", ("a", "b"), status=name)

    view = merge(
        DATASET,
        [
            claims(source("old", 10, "2019-01-01"), status("active")),
            claims(source("new", 60, "2024-01-01"), status("ended")),
            claims(source("undated", 1), status("intended")),
        ],
    )
    assert view.all(Partnership)["a--b"].status == "ended"
    assert view.disagreements[0].fits


def test_two_statuses_read_the_same_day_conflict() -> None:
    def status(key: str, name: str) -> Claims:
        return claims(source(key, 30, "2024-01-01"), Partnership("a--b", ("a", "b"), status=name))

    view = merge(DATASET, [status("x", "active"), status("y", "ended")])
    assert not view.disagreements[0].fits


def test_a_status_that_nobody_states_is_that_of_the_last_change() -> None:
    def change(local: str, status: str, day: str, concerns: str | None = None) -> StatusChange:
        return StatusChange(f"a--b_{local}", "a--b", status, parse(day), concerns)

    partnership = Partnership("a--b", ("a", "b"))
    changes = [change("1", "ended", "2022-08"), change("2", "suspended", "2022-03")]
    changes.append(change("3", "active", "2023", concerns="a"))
    view = merge(DATASET, [claims(source("s"), partnership, *changes)])
    assert view.all(Partnership)["a--b"].status == "ended"
    stated = replace(partnership, status="suspended")
    view = merge(DATASET, [claims(source("s"), stated, *changes)])
    assert view.all(Partnership)["a--b"].status == "suspended"


def test_lists_are_joined_and_texts_decided_language_by_language() -> None:
    first = Project("p", (Text("Staré mamy", "sk"),), partners=("b",))
    second = Project("p", (Text("Babki", "pl"), Text("Other", "sk")), partners=("a",))
    view = merge(DATASET, [claims(source("s0", 1), first), claims(source("s1", 2), second)])
    project = view.all(Project)["p"]
    assert project.partners == ("a", "b")
    assert project.titles == (Text("Babki", "pl"), Text("Staré mamy", "sk"))
    (one,) = view.disagreements
    assert one.others == (Claim("s1", (Text("Other", "sk"),)),)
    assert one.fits


def test_what_one_source_alone_states_is_taken_as_it_stands() -> None:
    record = signed("197X")
    view = merge(DATASET, [claims(source("only"), record)])
    assert view.all(Agreement)["a--b_1"] is record


DATES = ("2018", "2018-04", "2018-04-29", "2018-05", "201X", "../2018", "2017/2019", "2018-04~")


@given(st.lists(st.sampled_from(DATES), min_size=1, max_size=5), st.randoms())
def test_the_outcome_depends_on_no_order(dates: list[str], random: object) -> None:
    all_claims = [claims(source(f"s{i}", i + 1), signed(d)) for i, d in enumerate(dates)]
    expected = merge(DATASET, all_claims)
    random.shuffle(all_claims)  # type: ignore[attr-defined]
    assert _without_claims(merge(DATASET, all_claims)) == _without_claims(expected)


@given(st.lists(st.sampled_from(DATES), min_size=1, max_size=5))
def test_the_date_shown_is_one_that_a_source_states_and_fits_the_best(dates: list[str]) -> None:
    view = merge(DATASET, [claims(source(f"s{i}", i + 1), signed(d)) for i, d in enumerate(dates)])
    shown = view.all(Agreement)["a--b_1"].signed_on
    assert shown is not None
    assert shown.edtf in dates
    assert shown.within(parse(dates[0]))


def _without_claims(view: View) -> View:
    return replace(view, claims=())


def test_who_states_a_partnership_is_what_any_source_says() -> None:
    both = Partnership("a--b", partners=("a", "b"))
    by_a = replace(both, stated_by=("a",), not_stated_by=("b",))
    by_b = replace(both, stated_by=("b",))
    silent = merge(DATASET, [claims(source("s"), by_a), claims(source("t"), both)])
    one = silent.all(Partnership)["a--b"]
    assert (one.stated_by, one.not_stated_by) == (("a",), ("b",))
    found = merge(DATASET, [claims(source("s"), by_a), claims(source("t"), by_b)])
    one = found.all(Partnership)["a--b"]
    assert (one.stated_by, one.not_stated_by) == (("a", "b"), ())
    assert not found.disagreements


def test_a_round_sum_stands_beside_the_exact_one_of_another_source() -> None:
    view = merge(
        DATASET,
        [
            claims(source("page", 10), Project("p", total_budget_about=Decimal(40000))),
            claims(source("register", 50), Project("p", total_budget=Decimal("39876.50"))),
        ],
    )
    project = view.all(Project)["p"]
    assert project.total_budget == Decimal("39876.50")
    assert project.total_budget_about == 40000
    assert view.disagreements == ()
