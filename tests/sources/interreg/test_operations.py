"""Lists of operations: the same records from every form, and clear words for what is none."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sources.interreg.workbooks import Cell, ods, xlsx
from twingraph.errors import UsageError
from twingraph.model.records import Text
from twingraph.sources.interreg import mapping, operations
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ListedProject

Rows = Sequence[Sequence[Cell]]
LIST: Rows = [
    ["Tytuł projektu", "Numer projektu", "Beneficjent", "Program", "Wartość projektu (PLN)",
     "Dofinansowanie UE (PLN)", "Data rozpoczęcia", "Data zakończenia", "Miejscowość", "Kraj"],
    ["Mosty nad rzeką", "A/1", "Gmina Sękowa", "Interreg PL-SK", "1 234 567,89", "1 000 000,00",
     "29.04.2018", "31.12.2019", "Sękowa", "PL"],
    ["Szlak po górach", "A/2", "Mesto Svidník", "Interreg PL-SK", "200,50", "100,25",
     "2018-05-01", "2019-06-30", "Svidník", "SK"],
]  # fmt: skip


def _csv(path: Path, sheets: dict[str, Rows]) -> Path:
    with path.open("w", encoding="cp1250", newline="") as file:
        csv.writer(file, delimiter=";").writerows(*sheets.values())
    return path


FORMS: dict[str, Callable[..., Path]] = {"xlsx": xlsx, "ods": ods, "csv": _csv}


def read(path: Path, report: Report | None = None, form: str = "article-49") -> list[ListedProject]:
    return list(operations.read(path, mapping.read(form), report or Report()))


def plainly(rows: Sequence[ListedProject]) -> list[ListedProject]:
    return [replace(row, where="") for row in rows]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_records(form: str, tmp_path: Path) -> None:
    report = Report()
    first, second = read(FORMS[form](tmp_path / f"list.{form}", {"Lista": LIST}), report)
    assert first.titles == (Text("Mosty nad rzeką", "und"),)
    assert (first.number, second.number) == ("A/1", "A/2")
    assert f"{first.money.total} {first.money.grant} {first.money.currency}" == (
        "1234567.89 1000000.00 PLN"
    )
    assert first.start and first.end and second.start
    assert (first.start.edtf, first.end.edtf, second.start.edtf) == (
        "2018-04-29", "2019-12-31", "2018-05-01",
    )  # fmt: skip
    (partner,) = second.partners
    assert (partner.names[0].value, partner.town, partner.country, partner.role) == (
        "Mesto Svidník", "Svidník", "SK", "beneficiary",
    )  # fmt: skip
    assert not report.counts


def test_the_order_of_the_columns_does_not_matter(tmp_path: Path) -> None:
    turned = [list(row)[::-1] for row in LIST]
    assert plainly(read(xlsx(tmp_path / "a.xlsx", {"L": LIST}))) == plainly(
        read(xlsx(tmp_path / "b.xlsx", {"L": turned}))
    )


def test_serials_and_numbers_are_read_as_dates_and_amounts(tmp_path: Path) -> None:
    rows: Rows = [
        LIST[0],
        ["Mosty", "A/1", "Gmina X", "P", 1234567.89, 1000000, 43219, 43830, "X", "PL"],
    ]
    (row,) = read(xlsx(tmp_path / "list.xlsx", {"L": rows}))
    assert row.start and row.start.edtf == "2018-04-29"
    assert str(row.money.total) == "1234567.89"


def test_titles_above_two_header_rows_merged_cells_and_a_sum_below(tmp_path: Path) -> None:
    rows: Rows = [
        ["Lista projektów, stan na 2024-01-01"],
        [None],
        ["Project", None, "Budget (EUR)", None, None],
        ["Operation name", "Project number", "Total eligible cost", "EU funding", "Beneficiary"],
        ["Bridges", "A/1", "100,00", "80,00", "City of X"],
        [None, None, None, None, None],
        [None, None, "100,00", "80,00", None],
    ]
    report = Report()
    path = xlsx(tmp_path / "list.xlsx", {"L": rows}, {"L": ["A3:B3", "C3:E3"]})
    (row,) = read(path, report)
    assert row.number == "A/1" and row.money.currency == "EUR"
    assert report.counts == {"empty-row": 1, "other-rows": 1}


def test_a_header_in_two_rows_of_which_the_upper_one_counts(tmp_path: Path) -> None:
    rows: Rows = [
        ["Operation name", "Project number", "Beneficiary", "Total cost"],
        [None, None, "(legal name)", "(EUR)"],
        ["Bridges", "A/1", "City of X", "100"],
    ]
    (row,) = read(xlsx(tmp_path / "list.xlsx", {"L": rows}))
    assert row.partners[0].names[0].value == "City of X"
    assert str(row.money.total) == "100" and row.money.currency == "EUR"


def test_one_row_a_partner(tmp_path: Path) -> None:
    rows: Rows = [
        ["Project number", "Project title", "Partner name", "Role", "Country"],
        ["A/1", "Bridges", "City of X", "Lead partner", "PL"],
        ["A/1", "Bridges", "City of Y", "Partner", "SK"],
        ["A/2", "Paths", "City of X", "LP", "PL"],
    ]
    first, second = read(xlsx(tmp_path / "list.xlsx", {"L": rows}))
    assert [(p.names[0].value, p.role) for p in first.partners] == [
        ("City of X", "lead"), ("City of Y", "partner"),
    ]  # fmt: skip
    assert second.number == "A/2"


def test_several_partners_in_a_cell(tmp_path: Path) -> None:
    rows: Rows = [
        ["Project number", "Project title", "Partners", "Country", "Town"],
        ["A/1", "Bridges", "City of X; City of Y\nSchool Z", "PL; SK; SK", "X"],
    ]
    (row,) = read(xlsx(tmp_path / "list.xlsx", {"L": rows}))
    assert [(p.names[0].value, p.country, p.town) for p in row.partners] == [
        ("City of X", "PL", "X"), ("City of Y", "SK", "X"), ("School Z", "SK", "X"),
    ]  # fmt: skip


def test_a_sheet_of_partners_is_joined(tmp_path: Path) -> None:
    projects: Rows = [
        ["Project ID", "Operation name", "Total eligible cost", "Total EU funding (amount)",
         "Number of partners", "Colour"],
        ["A/1", "Bridges", 100, 85, 2, "red"],
    ]  # fmt: skip
    partners: Rows = [
        ["Project ID", "Partner name", "Lead partner", "Partner type", "PIC", "Town", "Country"],
        ["A/1", "City of X", "Yes", "Local public authority", "9", "X", "Poland"],
        ["A/1", "School Y", "No", "Education", "8", "Y", "Slovakia"],
        ["A/9", "City of Z", "No", "", "", "Z", "Slovakia"],
    ]
    report = Report()
    path = xlsx(tmp_path / "lop.xlsx", {"Operations": projects, "Partners": partners})
    (row,) = read(path, report, "keep-eu-lop")
    assert [(p.role, p.is_authority) for p in row.partners] == [("lead", True), ("partner", None)]
    assert row.money.currency == "EUR"
    assert report.counts == {"unmapped-column": 1, "no-project": 1}
    assert report.examples("unmapped-column") == ("Operations: Colour",)


def test_the_workbook_of_a_search_at_keep_eu(tmp_path: Path) -> None:
    about: Rows = [["keep.eu", "search results"]]
    projects: Rows = [
        ["Project acronym", "Project name", "Programme", "Project start date", "Project end date",
         "Total budget/expenditure"],
        ["TIMES", "Maritsa Timeless Journey", "2021 - 2027 Interreg VI-A", "2025-08-02",
         "2027-08-01", 975371.69],
    ]  # fmt: skip
    partners: Rows = [
        ["Project acronym", "Partner name", "Role", "Country code", "Total budget"],
        ["TIMES", "община Харманли", "Partner", "BG", 342699.12],
    ]
    path = xlsx(
        tmp_path / "keep.xlsx", {"About": about, "Projects": projects, "Partners": partners}
    )
    (row,) = read(path, form="keep-eu-workbook")
    assert row.titles == (Text("Maritsa Timeless Journey", "en"),)
    assert str(row.partners[0].money.total) == "342699.12"


def test_polands_list_by_the_numbers_of_its_columns(tmp_path: Path) -> None:
    header: list[Cell] = [f"Kolumna {number}" for number in range(1, 19)]
    header[0], header[2] = "Tytuł projektu", "Numer umowy/decyzji"
    row: list[Cell] = [f"x{number}" for number in range(1, 19)]
    row[0], row[2], row[3], row[5] = "Mosty", "INT/1", "Gmina Sękowa", "Interreg Polska-Słowacja"
    row[9], row[11], row[14], row[16], row[17] = 1000.5, 850, "Sękowa", 43219, 43830
    path = xlsx(tmp_path / "list.xlsx", {"L": [["Lista projektów"], [None], header, row]})
    report = Report()
    (made,) = read(path, report, "pl-eu-projects")
    assert (made.number, made.partners[0].names[0].value) == ("INT/1", "Gmina Sękowa")
    assert (str(made.money.total), made.money.currency) == ("1000.5", "PLN")
    assert made.partners[0].country == "PL" and made.partners[0].town == "Sękowa"
    assert made.end and made.end.edtf == "2019-12-31"
    assert report["unmapped-column"] == 9


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["a", "b"], ["c", "d"]], "no header that the mapping knows: a | b"),
        ([], "no header that the mapping knows"),
    ],
)
def test_a_table_without_a_header_is_told(rows: Rows, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read(xlsx(tmp_path / "list.xlsx", {"L": rows}))
    assert words in str(raised.value)


def test_a_sheet_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no sheet 'operation|project': there are 'L'"):
        read(xlsx(tmp_path / "list.xlsx", {"L": LIST}), form="keep-eu-lop")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: x", "`operations` is missing"),
        ("operations: {columns: {titel: [a]}}", "unknown field 'titel': did you mean 'title'"),
        ("operations: {columns: {title: [a], number: [A]}}", "'A' is two fields"),
        ("operations: {columns: {title: [a]}}\ncolor: red", "unknown field 'color'"),
        ("operations: [", "is no YAML"),
        ("- a", "a list of fields is wanted"),
    ],
)
def test_a_mapping_that_is_wrong_is_told(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError) as raised:
        mapping.read(str(path))
    assert words in str(raised.value)


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'keep-eu-lop'"):
        mapping.read("keep-eu-lopp")
    with pytest.raises(UsageError, match="cannot be read"):
        mapping.read(str(tmp_path / "none.yaml"))


@pytest.mark.parametrize("name", mapping.shipped())
def test_every_form_that_ships_can_be_read(name: str) -> None:
    assert mapping.read(name).operations.words
