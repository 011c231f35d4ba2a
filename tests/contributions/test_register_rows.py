"""Rows put into a register: in the order of keys, every other line as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twingraph.contributions.register_rows import RegisterText

COLUMNS = ["key", "name", "wikidata", "source"]
TEXT = "key,name,wikidata,source\nadam,Adam,,page\nzoe,Zoë,,page\n"
NEW = [{"key": "kim", "name": 'Kim "K", Lee', "source": "page"}]


def put(text: str, rows: list[dict[str, str]]) -> tuple[str, dict[str, int]]:
    made, lines = RegisterText.of(text, COLUMNS).with_rows(rows)
    return made, dict(lines)


def test_a_row_stands_in_its_order() -> None:
    text, lines = put(TEXT, NEW)
    assert text.splitlines()[2] == 'kim,"Kim ""K"", Lee",,page'
    assert lines == {"kim": 3}
    assert "".join(text.splitlines(keepends=True)[i] for i in (0, 1, 3)) == TEXT


def test_a_register_that_is_not_there_begins() -> None:
    assert put("", NEW)[0] == 'key,name,wikidata,source\nkim,"Kim ""K"", Lee",,page\n'


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("\ufeffname;x,key,source\r\nZ,zoe,page\r\n", ",kim,page\r\n"),
        ("sep=,\nkey,source,,\nzoe,page,,\n", "kim,page,,\n"),
        ("source,key\npage,adam", "page,kim\n"),
    ],
    ids=["BOM, CRLF and other columns", "sep= and empty columns", "no line end at the end"],
)
def test_the_files_own_form_is_kept(text: str, row: str) -> None:
    made, _ = put(text, [{"key": "kim", "source": "page"}])
    assert row in made.splitlines(keepends=True)
    assert [line for line in made.splitlines() if "kim" not in line] == text.splitlines()


def test_what_stands_there() -> None:
    standing = RegisterText.of(TEXT, COLUMNS).standing()
    assert (standing["zoe"].cells["name"], standing["zoe"].line) == ("Zoë", 3)


keys = st.text("abcdxyz", min_size=1, max_size=4)
cells = st.text("aé,\"' ;\n", max_size=5)


@given(st.dictionaries(keys, cells), st.dictionaries(keys, cells), st.sampled_from(["\n", "\r\n"]))
def test_any_rows(old: dict[str, str], new: dict[str, str], end: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=end)
    writer.writerow(COLUMNS)
    writer.writerows([key, name, "", "page"] for key, name in old.items())
    lacking = [{"key": key, "name": name} for key, name in new.items() if key not in old]
    made, lines = put(buffer.getvalue(), lacking)
    read = list(csv.DictReader(io.StringIO(made, newline="")))
    assert {row["key"]: row["name"] for row in read} == {**new, **old}
    assert [row["key"] for row in read if row["key"] in old] == list(old)
    assert set(lines) == {row["key"] for row in lacking}
