"""The empty sheet: headings, notes and drop-downs, in each language; the same bytes each time."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from twingraph.contributions import columns
from twingraph.contributions.sheet import LISTS
from twingraph.contributions.template import LONGEST_CELL, write_sheet, write_template
from twingraph.errors import UsageError
from twingraph.web.languages import LANGUAGES

SHEETS = {
    "en": ["Source", "Partnerships", "Documents", "Signatures", "Projects"],
    "pl": ["Źródło", "Partnerstwa", "Dokumenty", "Podpisy", "Projekty"],
}


@pytest.mark.parametrize("language", sorted(SHEETS))
@pytest.mark.parametrize("kind", [".xlsx", ".ods"])
def test_a_workbook_has_a_sheet_for_each_table(language: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"sheet{kind}"
    write_template(path, language)
    book = CalamineWorkbook.from_path(str(path))
    assert [name for name in book.sheet_names if name != LISTS] == SHEETS[language]
    (heads,) = book.get_sheet_by_name(SHEETS[language][1]).to_python()
    for_all = [column for column in columns.PARTNERSHIPS.columns if column.is_for_all]
    assert heads == [columns.heading(column, language) for column in for_all]


@pytest.mark.parametrize("language", LANGUAGES)
def test_csv_has_all_side_by_side(language: str, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    write_template(path, language)
    with path.open(encoding="utf-8-sig", newline="") as file:
        (heads,) = csv.reader(file)
    assert len(heads) == len(set(heads)) == 59
    assert all(head.casefold() in columns.flat_headings() for head in heads)


def test_notes_and_drop_downs(tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    write_template(path, "pl")
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).decode("utf-8", "replace") for name in packed.namelist()}
    notes = "".join(text for name, text in parts.items() if "comments" in name)
    assert "Kiedy zaczęła się współpraca" in notes
    assert "<dataValidation" in parts["xl/worksheets/sheet4.xml"]
    assert "wójt, burmistrz lub prezydent miasta" in parts["xl/sharedStrings.xml"]
    assert f"{LISTS}!$" in parts["xl/worksheets/sheet4.xml"]


def test_notes_in_ods(tmp_path: Path) -> None:
    path = tmp_path / "sheet.ods"
    write_template(path, "pl")
    with zipfile.ZipFile(path) as packed:
        content = packed.read("content.xml").decode()
    notes = [columns.note(c, "pl") for t in columns.FOR_ALL for c in t.columns if c.note]
    assert content.count("<office:annotation>") == len(notes)
    assert "<office:annotation><text:p>Kiedy zaczęła się współpraca" in content


@pytest.mark.parametrize("kind", [".xlsx", ".ods", ".csv"])
def test_the_same_bytes_each_time(kind: str, tmp_path: Path) -> None:
    one, other = (tmp_path / f"{name}{kind}" for name in "ab")
    for path in (one, other):
        write_template(path, "de")
    assert one.read_bytes() == other.read_bytes()


def test_what_no_sheet_can_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a sheet ends in \.xlsx, \.ods, \.csv"):
        write_template(tmp_path / "sheet.doc", "en")
    with pytest.raises(UsageError, match="cannot be written"):
        write_template(tmp_path / "none" / "sheet.csv", "en")
    long = {"source": [{"title": "x" * (LONGEST_CELL + 1)}]}
    with pytest.raises(UsageError, match="longer than a cell may be"):
        write_sheet(tmp_path / "sheet.xlsx", long, "en")
