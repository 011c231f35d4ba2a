"""When registers had a partnership; gone from a complete one is a mark, never a removal."""

from __future__ import annotations

from tests.conftest import FOUNDING
from twingraph.build import check_view, read_view
from twingraph.model.merge import merge
from twingraph.model.records import Authority, Claims, Partnership, Record, Source, Text, View


def register(day: str | None, *pairs: str, complete: bool | None = False, **more: str) -> Claims:
    """A register read on a day, with partnerships such as `Q1 Q2`."""
    partners = [tuple(sorted(pair.split())) for pair in pairs]
    towns = sorted({town for pair in partners for town in pair})
    records: list[Record] = [
        Authority(t, labels=(Text(t, "en"),), wikidata_close=more.get(t)) for t in towns
    ]
    records += [Partnership("--".join(pair), partners=pair) for pair in partners]
    source = Source(
        key=more.get("key", f"w-{day}"), titles=(Text("W", "en"),), kind="register", rank=80,
        publisher=more.get("publisher", "Wikidata"), retrieved=day, complete=complete,
    )  # fmt: skip
    return Claims(source, tuple(records))


def view(*claims: Claims) -> View:
    return merge(read_view(FOUNDING).dataset, claims)


def days(found: View, key: str) -> tuple[str | None, str | None, tuple[str, ...]]:
    record = found.all(Partnership)[key]
    return record.first_seen, record.last_seen, record.absent_from


def test_first_and_last_day() -> None:
    found = view(
        register("2022-01-09", "Q1 Q2"),
        register("2016-09-12", "Q1 Q2", "Q1 Q3"),
        register("2017-05-29", "Q1 Q2"),
    )
    assert days(found, "Q1--Q2") == ("2016-09-12", "2022-01-09", ())
    assert days(found, "Q1--Q3") == ("2016-09-12", "2016-09-12", ())


def test_a_page_and_a_register_of_unknown_day_tell_no_day() -> None:
    found = view(register("2026-11-01", "Q1 Q2", complete=None), register(None, "Q1 Q3"))
    assert days(found, "Q1--Q2") == days(found, "Q1--Q3") == (None, None, ())


def test_a_partial_register_proves_nothing() -> None:
    found = view(register("2016-09-12", "Q1 Q2"), register("2022-01-09", "Q1 Q3"))
    assert days(found, "Q1--Q2")[2] == ()


def test_gone_from_a_later_complete_one() -> None:
    found = view(
        register("2016-09-12", "Q1 Q2", "Q1 Q3"), register("2026-11-27", "Q1 Q3", complete=True)
    )
    assert days(found, "Q1--Q2") == ("2016-09-12", "2016-09-12", ("w-2026-11-27",))
    assert days(found, "Q1--Q3") == ("2016-09-12", "2026-11-27", ())
    assert found.all(Partnership)["Q1--Q2"].status is None


def test_only_the_newest_complete_one_counts_and_only_of_the_same_register() -> None:
    old = register("2016-09-12", "Q1 Q2", "Q1 Q3", "Q1 Q4")
    middle = register("2020-01-01", "Q1 Q4", complete=True)
    new = register("2026-01-01", "Q1 Q2", complete=True)
    other = register("2026-06-01", "Q8 Q9", complete=True, key="atlas", publisher="Atlas")
    found = view(old, middle, new, other)
    assert days(found, "Q1--Q2")[2] == (), "it is there again"
    assert days(found, "Q1--Q3")[2] == ("w-2026-01-01",)
    assert days(found, "Q1--Q4")[2] == ("w-2026-01-01",)
    later = register("2026-12-01", "Q1 Q3")
    assert days(view(old, new, later), "Q1--Q3")[2] == (), "seen after that"


def test_a_settlement_whose_commune_has_it_now() -> None:
    old = register("2016-09-12", "Q1 Q2")
    new = register("2026-01-01", "Q2 Q7", complete=True, Q7="Q1")
    assert days(view(old, new), "Q1--Q2")[2] == ()


def test_what_is_gone_is_a_warning() -> None:
    found = view(register("2016-09-12", "Q1 Q2"), register("2026-11-27", "Q3 Q4", complete=True))
    report = check_view(found)
    report.raise_for_violations()
    (warning,) = (r for r in report.warnings if "complete reading" in r.message)
    assert "Q1--Q2" in str(warning)
