"""Tables in every form that lists are published in, and files that are none."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.sources.interreg.workbooks import Cell, ods, xlsx
from twingraph.errors import UsageError
from twingraph.sources.interreg.tables import LARGEST, sheets

ROWS: list[list[Cell]] = [["Tytuł", "Kwota"], ["Gmina Sękowa – źródła", 12.5], ["Ľutina", 3.0]]


def read(path: Path) -> list[list[object]]:
    (sheet,) = sheets(path)
    return [list(row) for row in sheet.rows]


@pytest.mark.parametrize("write", [xlsx, ods])
def test_a_workbook(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert read(write(tmp_path / f"list.{write.__name__}", {"Lista": ROWS})) == ROWS


def test_a_workbook_under_another_name_is_still_one(tmp_path: Path) -> None:
    assert read(xlsx(tmp_path / "list.csv", {"Lista": ROWS})) == ROWS


def test_merged_cells_are_told(tmp_path: Path) -> None:
    (sheet,) = sheets(xlsx(tmp_path / "list.xlsx", {"Lista": ROWS}, {"Lista": ["A1:B1"]}))
    assert list(sheet.merged) == [(0, 0, 0, 1)]


@pytest.mark.parametrize(
    ("encoding", "sign"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1250", ";"), ("cp1250", "|")],
)
def test_a_csv_file_in_any_usual_form(encoding: str, sign: str, tmp_path: Path) -> None:
    rows = [["Tytuł", "Kwota"], ["Gmina Sękowa, źródła; żródełka", "12,5"], ["Ľutina", "3"]]
    quoted = "\r\n".join(sign.join(f'"{cell}"' for cell in row) for row in rows)
    path = tmp_path / "list.csv"
    path.write_bytes(quoted.encode(encoding))
    assert read(path) == rows


def test_a_western_code_page(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("Région;Année\nFranche-Comté à côté;2014\n".encode("cp1252"))
    assert read(path)[1] == ["Franche-Comté à côté", "2014"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.xlsx", b"<!DOCTYPE html><html><body>404</body></html>", "is a web page"),
        ("list.csv", b"  <html>Not found</html>", "is a web page"),
        ("list.xlsx", b"PK\x03\x04 and nothing else", "is no workbook"),
        ("list.xlsx", b"only words", "is no workbook that can be read"),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", "is no workbook"),
        ("list.csv", b"", "is empty"),
        ("list.csv", b'a;b\n"never closed;c\n' + b"x" * (1 << 21), "is not CSV"),
    ],
)
def test_what_is_no_table_is_told(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        read(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(sheets(tmp_path / "list.csv"))


def test_what_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    block = bytes(1 << 24)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package,
        package.open("xl/worksheets/s1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(LARGEST // len(block) // 8):
            part.write(block)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(UsageError, match="MB unpacked"):
        read(path)
