"""The head of an imported file: what tells an edit by hand, of the file and of the rows with it."""

from __future__ import annotations

import pytest

from twingraph.contributions.seals import is_sealed, row_sum, rows_in, seal_in, sealed, with_rows

ROWS = {("people", "adam-wos"): row_sum({"key": "adam-wos", "name": "Adam Woś"})}


def test_an_edit_by_hand_breaks_the_seal() -> None:
    text = sealed("title: a\n", ROWS)
    assert is_sealed(text) and rows_in(text) == ROWS
    edited = text.replace("title: a", "title: b")
    assert not is_sealed(edited) and seal_in(edited) == seal_in(text) and rows_in(edited) == ROWS


def test_a_file_that_nobody_imported_has_none() -> None:
    text = "# Imported row: people.csv adam-wos 0123456789abcdef\ntitle: a\n"
    assert (is_sealed(text), seal_in(text)) == (False, "")
    # The rows that the form added to it are known all the same.
    assert list(rows_in(text)) == [("people", "adam-wos")]


@pytest.mark.parametrize("before", [
    sealed("title: a\n", {("people", "x"): "0" * 16}), "title: a\n", "# mine\r\ntitle: a\r\n",
])  # fmt: skip
def test_other_rows_in_a_head(before: str) -> None:
    after = with_rows(before, ROWS)
    assert rows_in(after) == ROWS and is_sealed(after) == is_sealed(before)
    bare = [line for line in before.splitlines() if "Imported row" not in line]
    assert [line for line in after.splitlines() if "Imported row" not in line] == bare
    assert ("\r\n" in after) == ("\r\n" in before)
    assert with_rows(after, ROWS) == after


def test_the_sum_of_a_row_is_of_its_cells() -> None:
    row = {"key": "adam-wos", "name": "Adam Woś"}
    assert row_sum({**row, "wikidata": ""}) == row_sum(dict(reversed(row.items())))
    assert row_sum({**row, "wikidata": "Q1"}) != row_sum(row)
