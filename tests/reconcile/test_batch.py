"""A list in, the same list with items out."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.reconcile.lists import write_gazetteer
from twingraph.errors import UsageError
from twingraph.reconcile.batch import as_query, finder, reconcile_file
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Outcome, in_words


@pytest.fixture
def gazetteer(tmp_path: Path) -> Path:
    return write_gazetteer(tmp_path / "places.tsv")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_keep_their_order_and_their_columns(tmp_path: Path, gazetteer: Path) -> None:
    names, out = tmp_path / "names.csv", tmp_path / "out.csv"
    names.write_text(
        'note,name,country,lat,lon,code\n"a, b",Trenčín,SK,,,\n,Staré Město,CZ,,,\n'
        ',Staré Město,CZ,49.08,17.43,\n,Atlantis,PL,,,\n"two\nlines",Tremelo,Belgia,,,24109\n',
        encoding="utf-8",
    )
    done: list[tuple[int, int]] = []
    summary = reconcile_file(names, out, gazetteer, progress=lambda n, of: done.append((n, of)))
    rows = _rows(out)
    assert list(rows[0]) == [
        *("note", "name", "country", "lat", "lon", "code"),
        *("outcome", "qid", "score", "reason", "candidates"),
    ]
    assert [row["note"] for row in rows] == ["a, b", "", "", "", "two\nlines"]
    assert [(row["outcome"], row["qid"]) for row in rows] == [
        ("matched", "Q145002"),
        ("candidates", ""),
        ("matched", "Q1009003"),
        ("none", ""),
        ("matched", "Q926110"),
    ]
    assert set(rows[1]["candidates"].split()) == {"Q1009003", "Q1444566"}
    assert rows[3]["score"] == "" and rows[3]["candidates"] == ""
    assert all(row["reason"] for row in rows)
    assert done[-1] == (5, 5)
    assert str(summary) == "5 rows: 3 matched, 1 candidates, 1 none"


def test_a_second_run_replaces_what_the_first_added(tmp_path: Path, gazetteer: Path) -> None:
    names, out = tmp_path / "names.csv", tmp_path / "out.csv"
    names.write_text("name;country\nTrenčín;SK\n", encoding="utf-8-sig")
    reconcile_file(names, out, gazetteer)
    once = out.read_bytes()
    reconcile_file(out, out, gazetteer)
    assert out.read_bytes() == once


def test_a_persons_choice_survives_a_second_run(tmp_path: Path, gazetteer: Path) -> None:
    names, out = tmp_path / "names.csv", tmp_path / "out.csv"
    names.write_text("name,country\nStaré Město,CZ\nTrenčín,SK\nAtlantis,PL\n", "utf-8")
    reconcile_file(names, out, gazetteer)
    corrected = out.read_text("utf-8").replace("candidates,,", "candidates,Q1444566,")
    corrected = corrected.replace("matched,Q145002", "matched,Q577509")
    out.write_text(corrected.replace("none,,", "none,Q12345678,"), "utf-8")
    reconcile_file(out, out, gazetteer)
    old, wrong, unknown = _rows(out)
    assert (old["outcome"], old["qid"]) == ("matched", "Q1444566")
    assert old["reason"].startswith("Q1444566 was given: the same name")
    assert (wrong["outcome"], wrong["qid"]) == ("candidates", "Q577509")
    assert "Q577509 was given, and is kept" in wrong["reason"]
    assert "by its name it would be Q145002" in wrong["reason"]
    assert (unknown["outcome"], unknown["qid"]) == ("candidates", "Q12345678")
    assert "is not found under this name" in unknown["reason"]
    once = out.read_bytes()
    reconcile_file(out, out, gazetteer)
    assert out.read_bytes() == once


def test_columns_of_the_lists_own_are_not_written_over(tmp_path: Path, gazetteer: Path) -> None:
    names, out = tmp_path / "names.csv", tmp_path / "out.csv"
    names.write_text(
        "score,name,country,qid,Reason\n7,Trenčín,SK,,ours\n8,Staré Město,CZ,Q1444566,theirs\n"
        "9,Tremelo,BE,nothing,\n",
        "utf-8",
    )
    for _ in range(2):
        reconcile_file(names, out, gazetteer)
        with out.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == [
            *("score", "name", "country", "qid", "Reason"),
            *("outcome", "score_2", "reason_2", "candidates"),
        ]
        assert [row[:6] for row in rows] == [
            ["7", "Trenčín", "SK", "Q145002", "ours", "matched"],
            ["8", "Staré Město", "CZ", "Q1444566", "theirs", "matched"],
            ["9", "Tremelo", "BE", "nothing", "", "candidates"],
        ]
        assert rows[2][7].startswith("'nothing' is no item id")
        names = out


def test_two_places_that_may_be_meant_are_two_that_are_told(
    tmp_path: Path, gazetteer: Path
) -> None:
    find, _ = finder(gazetteer)
    reason = find(as_query({"name": "Poznań", "country": "PL"})).reason
    assert reason.startswith("2 places may be meant")
    assert "Q268 Poznań (52.41 16.93), no item: Poznań (51.65 22.48)" in reason


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Trenčín,Narnia,,", "'Narnia' is not known"),
        (",SK,,", "no name"),
        ("Trenčín,SK,north,18", "not coordinates"),
        ("Trenčín,SK,48,", "not coordinates"),
    ],
)
def test_a_row_that_cannot_be_read_says_so(
    tmp_path: Path, gazetteer: Path, row: str, why: str
) -> None:
    names, out = tmp_path / "names.csv", tmp_path / "out.csv"
    names.write_text(f"name,country,lat,lon\n{row}\n", encoding="utf-8")
    reconcile_file(names, out, gazetteer)
    (found,) = _rows(out)
    assert found["outcome"] == "none" and why in found["reason"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"town,country\nx,SK\n", "lacks the column name"),
        (b"", "lacks the column"),
        (b"name,country\n\xff,SK\n", "not UTF-8"),
        (b"name,country\na,SK,b\n", "2: 3 cells"),
    ],
)
def test_a_list_that_cannot_be_read(
    tmp_path: Path, gazetteer: Path, content: bytes, why: str
) -> None:
    names = tmp_path / "names.csv"
    names.write_bytes(content)
    with pytest.raises(UsageError, match=why):
        reconcile_file(names, tmp_path / "out.csv", gazetteer)
    assert not (tmp_path / "out.csv").exists()


def test_an_output_that_cannot_be_written(tmp_path: Path, gazetteer: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("name,country\nTrenčín,SK\n", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        reconcile_file(names, tmp_path / "no" / "out.csv", gazetteer)


def test_a_list_without_anything_to_look_in(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("name,country\n", encoding="utf-8")
    with pytest.raises(UsageError, match="gazetteer"):
        reconcile_file(names, tmp_path / "out.csv")


def test_one_town_at_a_prompt(gazetteer: Path) -> None:
    find, problems = finder(gazetteer)
    assert not problems
    decision = find(as_query({"name": "Trencin", "country": "Slovensko"}))
    assert decision.outcome is Outcome.MATCHED
    query = Query("Trencin", frozenset(["SK"]))
    assert in_words(query, decision).splitlines()[0] == "Trencin, SK: Q145002 Trenčín (98)"
    undecided = find(as_query({"name": "Staré Město", "country": "CZ"}))
    assert "Q1444566" in in_words(Query("Staré Město"), undecided)
    nothing = find(as_query({"name": "Atlantis", "country": "CZ"}))
    assert "nothing found" in in_words(Query("Atlantis"), nothing)
    with pytest.raises(UsageError, match="not known"):
        find(as_query({"name": "Trenčín", "country": "Narnia"}))
