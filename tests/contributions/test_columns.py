"""Headings: one of its kind in each table, in every language, and read in any."""

from __future__ import annotations

from itertools import combinations

import pytest

from twingraph.contributions import columns
from twingraph.sources.curated import format as f
from twingraph.sources.curated.validation import field_names
from twingraph.web.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_columns_of_a_table_are_called_the_same(language: str) -> None:
    for table in columns.TABLES.values():
        called = [columns.heading(column, language).casefold() for column in table.columns]
        assert len(called) == len(set(called)), table.name


def test_a_heading_means_one_column_whatever_the_language() -> None:
    for table in columns.TABLES.values():
        for one, other in combinations(table.columns, 2):
            said = [{columns.heading(c, tag).casefold() for tag in LANGUAGES} for c in (one, other)]
            assert not said[0] & said[1], (table.name, one.name, other.name)


def test_tables_side_by_side_are_told_apart() -> None:
    number = sum(len({columns.heading(c, "pl") for c in t.columns}) for t in columns.FOR_ALL)
    found = [name for name in columns.flat_headings() if name.startswith("partnerstwo: ")]
    assert len(found) > 10 and len(columns.flat_headings()) > number


@pytest.mark.parametrize(
    ("table", "block", "elsewhere"),
    [
        (columns.SOURCE, f.SourceFile, {"partnerships", "projects", "authorities", "mentions",
                                        "each_partnership", "each_agreement"}),
        (columns.PARTNERSHIPS, f.PartnershipBlock, {"partners", "agreements", "status_changes"}),
        (columns.DOCUMENTS, f.AgreementBlock, {"signatures"}),
        (columns.SIGNATURES, f.SignatureBlock, set()),
        (columns.PROJECTS, f.ProjectBlock, set()),
        (columns.STATUS_CHANGES, f.StatusChangeBlock, set()),
        (columns.AUTHORITIES, f.AuthorityBlock, set()),
        (columns.MENTIONS, f.Mention, set()),
    ],
    ids=lambda one: getattr(one, "name", ""),
)  # fmt: skip
def test_every_field_of_the_format_has_a_column(
    table: columns.SheetTable, block: type[f.Strict], elsewhere: set[str]
) -> None:
    named = {column.name for column in table.columns}
    assert set(field_names(block)) - named == elsewhere


def test_every_register_has_a_table() -> None:
    model = f.ContributionFile.model_fields["registers"].annotation
    assert model is not None
    names = {table.name for table in columns.REGISTERS}
    assert names == {f"{name}.csv" for name in model.model_fields}
