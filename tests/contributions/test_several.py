"""A sheet of several sources: each gets what it states, and its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.contributions.conftest import TODAY
from tests.contributions.filled import PAGE, Rows, side_by_side, workbook
from tests.contributions.test_entry import FLAT
from tests.contributions.test_writing import all_of
from twingraph.contributions import given, sheet, writing
from twingraph.contributions.contribution import Contribution
from twingraph.contributions.known import Known
from twingraph.contributions.several import parts
from twingraph.contributions.towns import Towns
from twingraph.errors import DataError

CONTRACT = {"Title": "Umowa o współpracy", "Kind of source": "document"}
TWO = {
    **PAGE,
    "Source": [PAGE["Source"][0], {**CONTRACT, "Language": "pl", "No.": 2}],
    "Documents": [PAGE["Documents"][0], {**PAGE["Documents"][1], "Source": 2}],
}
"""The page, and a contract that states the second partnership's document alone."""


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written is sound, and tests/contributions/test_import.py has the check."""
    monkeypatch.setattr(writing, "_checked", lambda made, *_: made)


def imported(data: Path, path: Path) -> list[Contribution]:
    done = given.imported(path, data, lambda folder: Towns(Known.of(folder), TODAY), TODAY)
    writing.write_all([made for _, made in done])
    return [one.contribution for one, _ in done]


def page(data: Path, tables: Mapping[str, Rows]) -> Path:
    return workbook(data.parent / "page.xlsx", tables)


@pytest.mark.usefixtures("unchecked")
def test_each_source_gets_what_it_states(data: Path) -> None:
    first, second = imported(data, page(data, TWO))
    assert [len(one.get("agreements", ())) for one in first.source["partnerships"]] == [1, 0]
    (partnership,) = second.source["partnerships"]
    assert set(partnership) == {"key", "partners", "agreements"}
    (document,) = partnership["agreements"]
    assert document["signatures"][0]["on_behalf_of"] == "ua-tyachiv"
    assert (
        second.key == "umowa-o-wspolpracy"
        and "ua-tyachiv" in first.content["registers"]["municipalities"][-1].values()
    )
    assert [row["key"] for row in second.registers["people"]] == ["ivan-kovach"]
    before = all_of(data)
    imported(data, page(data, TWO))
    assert all_of(data) == before


def test_all_is_checked_before_any_is_written(data: Path) -> None:
    before = all_of(data)
    faulty = {**TWO, "Signatures": [*PAGE["Signatures"][:2],
                                    {**PAGE["Signatures"][2], "Signed for": "Abda"}]}  # fmt: skip
    with pytest.raises(DataError) as error:
        imported(data, page(data, faulty))
    assert all_of(data) == before
    assert str(data) not in str(error.value) and "/tmp" not in str(error.value)
    (problem,) = error.value.problems
    assert problem.file == "page.xlsx, Signatures, row 4, “Signed for”"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"Source": 3}, "page.xlsx, Documents, row 3, “Source”: no source is called '3'"),
        ({"Source": 2, "Partnership": 9}, "Documents, row 3, “Partnership”: no partnership is"),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_a_wrong_number_is_told(data: Path, cells: Mapping[str, int], told: str) -> None:
    documents = [PAGE["Documents"][0], {**PAGE["Documents"][1], **cells}]
    with pytest.raises(DataError) as error:
        imported(data, page(data, {**TWO, "Documents": documents}))
    assert len(error.value.problems) == 1 and told in str(error.value)


@pytest.mark.usefixtures("unchecked")
def test_one_page_twice_is_told(data: Path) -> None:
    with pytest.raises(DataError, match="row 3, “Title”: is the same source as another row"):
        imported(data, page(data, {**PAGE, "Source": [PAGE["Source"][0]] * 2}))


def test_side_by_side_what_stands_below_a_source_is_its_own(tmp_path: Path) -> None:
    other = {"Source: Title": "Umowa", "Source: Kind of source": "document",
             "Source: Language": "pl", "Document: Signed on": "2020"}  # fmt: skip
    first, second = parts(sheet.read(side_by_side(tmp_path / "page.csv", [*FLAT, other])))
    assert [len(one.rows["agreements"]) for one in (first, second)] == [2, 1]
    (partnership,) = second.rows["partnerships"]
    assert partnership.cells["town_2"] == "Tremelo"


def test_a_signature_is_of_the_source_that_has_its_document(tmp_path: Path) -> None:
    """Also where all sources stand above all else."""
    sources = [{f"Source: {name}": cell for name, cell in one.items()} for one in TWO["Source"]]
    row = {**FLAT[2], "Partnership: Source": 1, "Document: Source": 1, "Partnership: No.": 1}
    signed = {"Signature: Partnership": 1, "Signature: Signed by": "Bert De Wit"}
    first, second = parts(sheet.read(side_by_side(tmp_path / "a.csv", [*sources, row, signed])))
    assert len(first.rows["signatures"]) == 1 and "signatures" not in second.rows


def test_a_document_without_a_number_gets_none_that_the_data_may_have_given(tmp_path: Path) -> None:
    _, second = parts(sheet.read(workbook(tmp_path / "page.xlsx", TWO)))
    (document,) = second.rows["agreements"]
    assert "key" not in document.cells and document.number == "1"
