"""The head of an imported file: what tells an edit by hand, of the file and of the rows with it."""

from __future__ import annotations

from twingraph.contributions.seals import is_sealed, row_sum, rows_in, seal_in, sealed

ROWS = {("people", "adam-wos"): row_sum({"key": "adam-wos", "name": "Adam Woś"})}


def test_an_edit_by_hand_breaks_the_seal() -> None:
    text = sealed("title: a\n", ROWS)
    assert is_sealed(text) and rows_in(text) == ROWS
    edited = text.replace("title: a", "title: b")
    assert not is_sealed(edited) and seal_in(edited) == seal_in(text) and rows_in(edited) == ROWS


def test_a_file_that_nobody_imported_has_none() -> None:
    text = "# Imported row: people.csv adam-wos 0123456789abcdef\ntitle: a\n"
    assert (is_sealed(text), seal_in(text), rows_in(text)) == (False, "", {})


def test_the_sum_of_a_row_is_of_its_cells() -> None:
    row = {"key": "adam-wos", "name": "Adam Woś"}
    assert row_sum({**row, "wikidata": ""}) == row_sum(dict(reversed(row.items())))
    assert row_sum({**row, "wikidata": "Q1"}) != row_sum(row)
