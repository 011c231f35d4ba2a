"""A gazetteer file: what is read, and what is left out and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reconcile.lists import HEADER, ROWS, write_gazetteer
from twingraph.errors import UsageError
from twingraph.reconcile.bodies import Body
from twingraph.reconcile.gazetteer import read_gazetteer

GOOD = ["90", "locality", "Good", "Good", "Q90", "", "50", "20", "PL", "", "", "1"]


def _row(**changes: str) -> list[str]:
    return [changes.get(name, cell) for name, cell in zip(HEADER, GOOD, strict=True)]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lat": "north"}, "broken coordinates"),
        ({"lat": "91"}, "broken coordinates"),
        ({"lon": ""}, "broken coordinates"),
        ({"lat": "nan"}, "broken coordinates"),
        ({"qid": "12"}, "not a Wikidata item"),
        ({"qid": "Q012"}, "not a Wikidata item"),
        ({"geonames_id": "x1"}, "geonames_id"),
        ({"country": "Polska"}, "two capital letters"),
        ({"name": "", "name_native": ""}, "no name"),
    ],
)
def test_a_broken_row_is_left_out_and_told_with_its_line(
    tmp_path: Path, changes: dict[str, str], told: str
) -> None:
    read = read_gazetteer(write_gazetteer(tmp_path / "g.tsv", _row(**changes), _row()))
    line = len(ROWS.splitlines()) + 2
    assert [(p.line, told in p.message) for p in read.problems] == [(line, True)]
    assert "Q90" in {e.wikidata for e in read.entries}
    assert read.rows == line
    assert "1 rows left out" in read.summary()


def test_a_row_of_another_width_or_encoding_is_left_out(tmp_path: Path) -> None:
    path = write_gazetteer(tmp_path / "g.tsv", ["91", "locality", "Short"])
    path.write_bytes(path.read_bytes() + b"\n92\t\xff\n")
    assert len(read_gazetteer(path).problems) == 2


def test_rows_of_one_item_are_one_entry(tmp_path: Path) -> None:
    read = read_gazetteer(write_gazetteer(tmp_path / "g.tsv"))
    (entry,) = [e for e in read.entries if e.wikidata == "Q606706"]
    assert len(entry.spots) == 2 and entry.apart() > 700


def test_a_commune_and_a_rural_area_are_told_from_the_town(tmp_path: Path) -> None:
    read = read_gazetteer(write_gazetteer(tmp_path / "g.tsv"))
    bodies = {e.id: (e.name, e.body) for e in read.entries}
    assert bodies["2"] == ("Sieniawa", Body.COMMUNE)
    assert bodies["Q6427133"] == ("Kolbuszowa", Body.RURAL_AREA)
    assert bodies["Q1019339"] == ("Město Albrechtice", None)


def test_a_csv_file_with_few_columns_serves_too(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text('\ufeffname,qid,lat,lon,country\n"Mol, the",Q1,51,5,BE\n', encoding="utf-8")
    assert read_gazetteer(path).entries[0].name == "Mol, the"


@pytest.mark.parametrize("text", ["", "name,qid,lat\n", "\n"])
def test_without_its_columns_it_is_no_gazetteer(tmp_path: Path, text: str) -> None:
    path = tmp_path / "g.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="header lacks"):
        read_gazetteer(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_gazetteer(tmp_path / "none.tsv")
