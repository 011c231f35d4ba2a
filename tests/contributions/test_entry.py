"""A filled-in sheet as a contribution: what is read, and what is told of which cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.conftest import FOUNDING
from tests.contributions.conftest import TODAY
from tests.contributions.filled import (
    PAGE,
    Rows,
    changed,
    in_language,
    side_by_side,
    workbook,
)
from twingraph.contributions import columns, given, sheet
from twingraph.contributions.entry import Entry, day_doubts, enter
from twingraph.contributions.known import Known
from twingraph.contributions.sheet import Cell, Filled
from twingraph.contributions.template import write_template
from twingraph.contributions.towns import Towns
from twingraph.errors import DataError, UsageError


@pytest.fixture(scope="module")
def towns() -> Towns:
    return Towns(Known.of(FOUNDING), TODAY)


def entered(tmp_path: Path, tables: Mapping[str, Rows], towns: Towns) -> Entry:
    return enter(sheet.read(workbook(tmp_path / "page.xlsx", tables)), towns)


def told(tmp_path: Path, tables: Mapping[str, Rows], towns: Towns) -> list[str]:
    with pytest.raises(DataError) as error:
        entered(tmp_path, tables, towns)
    return str(error.value).splitlines()


def test_a_page_is_read(tmp_path: Path, towns: Towns) -> None:
    made = entered(tmp_path, PAGE, towns).contribution
    first, second = made.source["partnerships"]
    assert made.key == "pl-moszczenica-miasta-i-gminy-partnerskie"
    assert made.source["publisher_authority"] == "pl-moszczenica"
    assert first["key"] == "hu-abda--pl-moszczenica"
    assert first["partners"] == ["pl-moszczenica", "hu-abda"]
    assert (first["since"], second["since"]) == ("2019-05", "2008")
    assert first["fields"] == ["sport", "culture"]
    assert first["involves"] == ["szkola-podstawowa-w-moszczenicy"]
    assert first["projects"] == ["wspolne-boisko"]
    assert second["key"] == "pl-moszczenica--ua-tyachiv"
    document = first["agreements"][0]
    assert (document["key"], document["kind"], document["signed_on"]) == (
        "1", "agreement", "2019-05-12",
    )  # fmt: skip
    assert [one["signatory"] for one in document["signatures"]] == ["zsolt-szabo", "anna-nowak"]
    assert second["agreements"][0]["signed_on"] == "2018-05-12"
    assert second["agreements"][0]["signatures"][0] == {
        "signatory": "ivan-kovach",
        "on_behalf_of": "ua-tyachiv",
    }
    (project,) = made.source["projects"]
    assert (project["number"], project["total_budget"], project["currency"]) == (
        "123", "30296.38", "PLN",
    )  # fmt: skip
    assert project["lead"] == "pl-moszczenica"
    assert {name: [row["key"] for row in rows] for name, rows in made.registers.items()} == {
        "municipalities": ["pl-moszczenica", "hu-abda", "ua-tyachiv"],
        "organizations": ["szkola-podstawowa-w-moszczenicy"],
        "people": ["zsolt-szabo", "anna-nowak", "ivan-kovach"],
        "programmes": ["fundusz-wyszegradzki"],
        "projects": ["wspolne-boisko"],
    }


FLAT = [
    {
        "Source: Title": "Partnerzy",
        "Source: Kind of source": "municipal",
        "Source: Language": "pl",
        "Partnership: Town": "Sieniawa",
        "Partnership: Country": "PL",
        "Partnership: Partner town": "Abda",
        "Partnership: Partner’s country": "HU",
        "Document: Signed on": "2019",
        "Signature: Signed by": "Adam Woś",
        "Signature: Signed for": "Sieniawa",
    },
    {"Signature: Signed by": "Zsolt Szabó", "Signature: Signed for": "Abda"},
    {
        "Partnership: Town": "Sieniawa",
        "Partnership: Country": "PL",
        "Partnership: Partner town": "Tremelo",
        "Partnership: Partner’s country": "BE",
        "Document: Signed on": "2008",
    },
]


@pytest.mark.parametrize(
    ("delimiter", "above"), [(",", ""), (";", ""), ("\t", ""), (";", "sep=;\n")]
)
def test_all_side_by_side(tmp_path: Path, towns: Towns, delimiter: str, above: str) -> None:
    path = side_by_side(tmp_path / "page.csv", FLAT, delimiter, above)
    made = enter(sheet.read(path), towns).contribution
    first, second = made.source["partnerships"]
    (document,) = first["agreements"]
    assert [one["signatory"] for one in document["signatures"]] == ["adam-wos", "zsolt-szabo"]
    assert second["key"] == "be-tremelo--pl-sieniawa"
    assert [one["signed_on"] for one in second["agreements"]] == ["2008"]


def test_side_by_side_what_is_said_again_is_one(tmp_path: Path, towns: Towns) -> None:
    again = [FLAT[0], {**FLAT[0], **FLAT[1]}, FLAT[2]]
    plain = enter(sheet.read(side_by_side(tmp_path / "a.csv", FLAT)), towns)
    assert (
        enter(sheet.read(side_by_side(tmp_path / "b.csv", again)), towns).contribution
        == plain.contribution
    )


def test_what_spreadsheets_leave_is_passed_over(tmp_path: Path, towns: Towns) -> None:
    plain = entered(tmp_path, PAGE, towns).contribution
    tables = {
        name: [*({**row, "": "–"} for row in rows), {next(iter(rows[0])): " "}]
        for name, rows in PAGE.items()
    }
    assert entered(tmp_path, tables, towns).contribution == plain


def test_cells_merged_over_rows(tmp_path: Path, towns: Towns) -> None:
    path = tmp_path / "page.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, rows in PAGE.items():
        made = book.add_worksheet(name)
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        made.write_row(0, 0, headings)
        for number, row in enumerate(rows, 1):
            made.write_row(number, 0, [row.get(heading, "") for heading in headings])
        if name == "Partnerships":
            made.merge_range(1, headings.index("Town"), 2, headings.index("Town"), "Moszczenica")
    book.close()
    merged = enter(sheet.read(path), towns).contribution
    assert merged == entered(tmp_path, PAGE, towns).contribution


def test_a_cell_that_is_a_day(tmp_path: Path, towns: Towns) -> None:
    tables = changed("Documents", 0, Signed_on=date(2019, 5, 12))
    made = entered(tmp_path, tables, towns).contribution
    assert made.source["partnerships"][0]["agreements"][0]["signed_on"] == "2019-05-12"


FAULTS: list[tuple[str, int, Mapping[str, Any], str]] = [
    ("Documents", 0, {"Signed_on": "05/04/2018"},
     "page.xlsx, Documents, row 2, “Signed on”: '05/04/2018' may be 2018-04-05 or 2018-05-04"),
    ("Documents", 0, {"Signed_on": "summer 2010"},
     "page.xlsx, Documents, row 2, “Signed on”: 'summer 2010' is no date"),
    ("Documents", 0, {"Kind_of_document": "agrement"},
     "page.xlsx, Documents, row 2, “Kind of document”: 'agrement' is no word of this column"),
    ("Documents", 0, {"Partnership": 3},
     "page.xlsx, Documents, row 2, “Partnership”: no partnership is called '3'"),
    ("Documents", 0, {"Partnership": ""},
     "page.xlsx, Documents, row 2, “Partnership”: does not say which partnership"),
    ("Partnerships", 0, {"Country": "Atlantis"},
     "page.xlsx, Partnerships, row 2, “Country”: 'Atlantis' is no country"),
    ("Partnerships", 0, {"Partner’s_country": ""},
     "page.xlsx, Partnerships, row 2, “Partner town”: it is not said in which country"),
    ("Partnerships", 0, {"Further_towns": "Nowhere"},
     "page.xlsx, Partnerships, row 2, “Further towns”: it is not said in which country"),
    ("Signatures", 1, {"Document_no.": 7},
     "page.xlsx, Signatures, row 3, “Document no.”: “Moszczenica – Abda” (Partnerships, row 2) "
     "has no document '7'"),
    ("Source", 0, {"Kind_of_source": ""},
     "page.xlsx, Source, row 2, “Kind of source”: 'kind' is missing"),
    ("Source", 0, {"Address": "www.example.org"},
     "page.xlsx, Source, row 2, “Address”: 'www.example.org' is not an address"),
    ("Source", 0, {"Read_on": "2026"},
     "page.xlsx, Source, row 2, “Read on”: '2026' is not a full day"),
    ("Projects", 0, {"Total_budget": "1.234"},
     "page.xlsx, Projects, row 2, “Total budget”: '1.234' may be 1234 or 1.234"),
    ("Projects", 0, {"Budget": "3"},
     "page.xlsx, Projects, row 1, “Budget”: is no heading of this table"),
    ("Signatures", 0, {"": "note"},
     "page.xlsx, Signatures, row 2: 'note' stands in column F, which has no heading"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "cells", "problem"), FAULTS)
def test_a_fault_is_told_of_its_cell(
    tmp_path: Path, towns: Towns, table: str, row: int, cells: Mapping[str, Any], problem: str
) -> None:
    first = told(tmp_path, changed(table, row, **cells), towns)[0]
    assert first.startswith(problem)


def at_once(tmp_path: Path, tables: Mapping[str, Rows]) -> list[str]:
    """What is told of a sheet in one round, with what a check of the folder says."""
    path = workbook(tmp_path / "page.xlsx", tables)
    with pytest.raises(DataError) as error:
        made = given.read(path, lambda: Towns(Known.of(FOUNDING), TODAY), TODAY)
        given.planned(FOUNDING, made, TODAY)
    return [str(problem).removeprefix("page.xlsx, ") for problem in error.value.problems]


def test_a_fault_is_told_in_the_language_of_the_sheet(tmp_path: Path) -> None:
    for table, row, cells, problem in FAULTS:
        (told,) = at_once(tmp_path, in_language(changed(table, row, **cells), "sk"))
        english, (_, _, cure) = problem.partition(": ")[2], told.partition("\n    → ")
        assert english not in told and "riadok" in told, told
        assert not cure or not re.search(r"\b(the|write|its|number|did)\b", cure), told
    tables = {
        **changed("Source", 0, Language="Poľ"),
        "Partnerships": changed("Partnerships", 0, Evidence="x" * 320)["Partnerships"],
        "Documents": changed("Documents", 0, Replaces=7)["Documents"],
        "Projects": [
            {**PAGE["Projects"][0], "End": 2019, "Grant": "500 SKK"},
            {**PAGE["Projects"][0], "Title": "Iné", "Grant": 40000},
        ],
        "Signatures": [*PAGE["Signatures"][:2], {"Partnership": 2, "Role": "mer"}],
    }
    assert [line.split("\n")[0] for line in at_once(tmp_path, in_language(tables, "sk"))] == [
        "Zdroj, riadok 2, “Jazyk”: 'Poľ' nie je jazyk",
        "Partnerstvá, riadok 2, “Citát”: Citát má 320 znakov; ako doklad sa uchováva najviac 300.",
        "Dokumenty, riadok 2, “Nahrádza”: Žiadny dokument tohto partnerstva nemá číslo 7.",
        "Podpisy, riadok 4: Nie je uvedené, kto podpísal, ani v mene ktorej obce.",
        "Projekty, riadok 2, “Koniec”: 2019 je pred 2020.",
        "Projekty, riadok 2, “Príspevok”: 'SKK' nie je platná mena",
        "Projekty, riadok 3: Dotácia je vyššia než celkový rozpočet: 40000.",
    ]
    misspelt = changed("Signatures", 0, Signed_for="Tremelo", Signd_by="x")
    assert at_once(tmp_path, in_language(misspelt, "pl")) == [
        "Podpisy, wiersz 1, “Signd by”: to nie nagłówek tej tabeli\n"
        "    → Czy chodziło o: Podpisujący?",
        "Podpisy, wiersz 2, “W imieniu”: 'Tremelo' nie jest partnerem w “Moszczenica – Abda” "
        "(Partnerstwa, wiersz 2)\n    → partnerami są Moszczenica, Abda; u gościa lub świadka z "
        "innej instytucji zostaw „W imieniu” puste, a instytucję wpisz w „Rola”",
    ]


def test_an_office_that_is_another_in_the_country_of_the_town(tmp_path: Path, towns: Towns) -> None:
    tables = {
        **changed("Partnerships", 0, Partner_town="Ľutina", **{"Partner’s_country": "SK"}),
        "Signatures": [{"Partnership": 1, "Signed by": "Ján Kmec", "Role": "starosta obce Ľutina",
                        "Office": "head of a county", "Signed for": "Ľutina"}],
    }  # fmt: skip
    tables["Projects"] = []
    (doubt,) = entered(tmp_path, tables, towns).doubts
    assert str(doubt).startswith(
        "page.xlsx, Signatures, row 2, “Office”: 'starosta obce Ľutina' is another office there: "
        "mayor"
    )
    tables["Signatures"] = [{**tables["Signatures"][0], "Role": "prednosta okresu"}]
    assert not entered(tmp_path, tables, towns).doubts


def test_what_only_follows_from_another_fault_is_not_told(tmp_path: Path) -> None:
    signatures = [*PAGE["Signatures"], {"Partnership": 1, "Signed for": "Abdda"}]
    (told,) = at_once(tmp_path, {**PAGE, "Signatures": signatures})
    assert told.startswith("Signatures, row 5, “Signed for”: 'Abdda' is no partner of ")


@pytest.mark.parametrize("name", ["niet bekend", "Unknown", "?", "n.n."])
def test_nobody_is_no_person(tmp_path: Path, name: str) -> None:
    (told,) = at_once(tmp_path, changed("Signatures", 0, Signed_by=name))
    assert told.startswith(f"Signatures, row 2, “Signed by”: {name!r} is nobody's name")


def test_a_doubt_of_the_folder_is_told_in_the_language_of_the_sheet(tmp_path: Path) -> None:
    tables = in_language(changed("Documents", 0, Signed_on="13 maja 2019"), "pl")
    made = given.read(
        workbook(tmp_path / "page.xlsx", tables), lambda: Towns(Known.of(FOUNDING), TODAY), TODAY
    )
    (doubt,) = given.planned(FOUNDING, made, TODAY).of(FOUNDING).doubts
    assert "w cytowanych słowach" in made.problem(doubt).message


def test_a_language_that_is_none_is_told_once(tmp_path: Path) -> None:
    tables = {
        **changed("Source", 0, Language="polnish"),
        "Partnerships": changed("Partnerships", 0, Description="co roku")["Partnerships"],
    }
    (told,) = at_once(tmp_path, tables)
    assert told.startswith("Source, row 2, “Language”: 'polnish' is no language\n")
    assert told.endswith("did you mean 'Polish'?")


@pytest.mark.parametrize(
    ("first", "other"), [("Gmina Baligród", "Baligród"), ("Baligród", "Gmina Baligród")]
)
def test_a_town_with_and_without_the_word_for_what_it_is(
    tmp_path: Path, towns: Towns, first: str, other: str
) -> None:
    """Whether that is one town, a person says: in Poland it may be two."""
    tables = {**PAGE, **changed("Source", 0, Publishing_town=other)}
    tables["Partnerships"] = [{**row, "Town": first} for row in PAGE["Partnerships"]]
    tables["Projects"], tables["Signatures"] = [], [PAGE["Signatures"][0]]
    fault = told(tmp_path, tables, towns)[:2]
    assert fault[0].startswith("page.xlsx, Source, row 2, “Publishing town”: it is not said")
    assert fault[1] == f"    → did you mean {first!r}?"
    tables["Source"] = changed("Source", 0, Publishing_town=f"{other} (PL)")["Source"]
    (doubt,) = entered(tmp_path, tables, towns).doubts
    assert doubt.message.endswith(f" is new: did you mean {other!r}?")


def test_all_faults_are_told_in_one_round(tmp_path: Path) -> None:
    """Of headings, of cells, of what a row refers to, of the whole folder, and of the shapes."""
    signatures = [{**PAGE["Signatures"][0], "Signed for": "Tremelo"}, PAGE["Signatures"][1]]
    projects = [{**PAGE["Projects"][0], "Grant": 40000, "Budgt": "x"}]
    tables = {**PAGE, "Signatures": signatures, "Projects": projects}
    told = at_once(
        tmp_path,
        {
            **tables,
            "Documents": [
                {**PAGE["Documents"][0], "Partnership": 9},
                {**PAGE["Documents"][0], "Signed on": "w"},
            ],
        },
    )
    assert [line.partition(": ")[0] for line in told] == [
        "Documents, row 2, “Partnership”",
        "Documents, row 3, “Signed on”",
        "Signatures, row 2, “Signed for”",
        "Projects, row 1, “Budgt”",
        "Projects, row 2",
    ]
    assert told[-1].endswith("→ mend “Grant” or “Total budget”, or look whether one source calls "
                             "the budget a grant.")  # fmt: skip
    assert "'Tremelo' is no partner of “Moszczenica – Abda” (Partnerships, row 2)" in told[2]


def test_a_misspelt_heading_is_told_as_the_template_has_it(tmp_path: Path) -> None:
    tables = changed("Signatures", 0, **{"Signd by": "x"})
    told, *_ = at_once(tmp_path, tables)
    assert told == (
        "Signatures, row 1, “Signd by”: is no heading of this table\n"
        "    → did you mean 'Signed by'?"
    )


def test_rows_that_belong_nobody_knows_where_are_read_as_well(tmp_path: Path) -> None:
    documents = [{**PAGE["Documents"][0], "Partnership": 9, "Signed on": "12 maja"}]
    signatures = [{**PAGE["Signatures"][2], "Partnership": 9, "Office": "mayr"}]
    tables = {**PAGE, "Documents": documents, "Signatures": signatures}
    assert [line.partition("\n")[0] for line in at_once(tmp_path, tables)] == [
        "Partnerships, row 3, “No.”: '2' is a number that nothing else has; '9', which is "
        "none, stands in Documents, row 2; Signatures, row 2",
        "Documents, row 2, “Signed on”: '12 maja' is no date in the form year-month-day",
        "Signatures, row 2, “Office”: 'mayr' is no word of this column's list",
    ]


def test_a_text_of_which_the_language_is_not_known_is_told_as_a_cell_is_written(
    tmp_path: Path,
) -> None:
    told, *_ = at_once(tmp_path, changed("Source", 0, Language="pl; uk"))
    assert "this text may be in any of the source's languages" in told
    assert '→ write its language with it, {"pl": "the text"}, or one language alone' in told


def test_a_wrong_number_of_a_partnership_is_one_fault_at_its_place(tmp_path: Path) -> None:
    rows = [{**PAGE["Partnerships"][0], "No.": 11}, PAGE["Partnerships"][1]]
    (told,) = at_once(tmp_path, {**PAGE, "Partnerships": rows})
    assert told == (
        "Partnerships, row 2, “No.”: '11' is a number that nothing else has; '1', which is "
        "none, stands in Projects, row 2; Documents, row 2; Signatures, rows 2, 3\n"
        "    → write 1 here, or 11 there"
    )


@pytest.mark.parametrize(
    ("cells", "problem", "cure"),
    [
        ({"Total_budget": "12.5 tys.", "Currency": "EUR"}, "'12.5 tys.' is not an amount of money",
         "write digits, and the currency behind them or in its column: 12 500 EUR"),
        ({"Total_budget": "12 500", "Currency": ""}, "an amount of money without a currency",
         "write digits, and the currency behind them or in its column: 12 500 EUR"),
        ({"Total_budget": "12 500 EUR"}, "is in EUR, but “Currency” says PLN",
         "write the currency of the page in both"),
    ],
)  # fmt: skip
def test_an_amount_is_told_as_a_cell_is_written(
    tmp_path: Path, cells: Mapping[str, Any], problem: str, cure: str
) -> None:
    (told,) = at_once(tmp_path, changed("Projects", 0, **cells))
    assert told == f"Projects, row 2, “Total budget”: {problem}\n    → {cure}"


def test_a_currency_may_stand_behind_its_amount(tmp_path: Path, towns: Towns) -> None:
    tables = changed("Projects", 0, Total_budget="12 500 EUR", Currency="")
    (project,) = entered(tmp_path, tables, towns).contribution.source["projects"]
    assert (project["total_budget"], project["currency"]) == ("12500", "EUR")


@pytest.mark.parametrize(
    ("code", "edtf"),
    [("yyyy-mm-dd", "2019-05-01"), ("mmm yyyy", "2019-05"), ("yyyy", "2019"),
     ("mmm\\-yy", "2019-05"), ("[$-415]d\\ mmmm;@", "XXXX-05-01")],
)  # fmt: skip
def test_a_day_is_as_precise_as_its_cell_shows_it(
    tmp_path: Path, towns: Towns, code: str, edtf: str
) -> None:
    tables = changed("Documents", 0, Signed_on=date(2019, 5, 1))
    path = workbook(tmp_path / "page.xlsx", tables, code)
    made = enter(sheet.read(path), towns)
    assert made.contribution.source["partnerships"][0]["agreements"][0]["signed_on"] == edtf
    assert not made.doubts


def test_a_first_day_of_which_a_file_does_not_tell_what_it_shows(towns: Towns) -> None:
    at = Cell("page.ods", "Documents", 2, "Signed on")
    column = columns.DOCUMENTS.column("signed_on")
    filled = Filled("page.ods", shows_days=False)
    (doubt,) = day_doubts(date(2019, 5, 1), column, filled, at)
    assert str(doubt).startswith(f"{at.said}: is read as 2019-05-01: does the cell show the day?")
    assert not list(day_doubts(date(2019, 5, 2), column, filled, at))
    assert not list(day_doubts(date(2019, 5, 1), column, Filled("a.xlsx", shows_days=True), at))


def test_a_project_of_towns_that_are_no_partners_is_doubted(tmp_path: Path, towns: Towns) -> None:
    made = entered(tmp_path, changed("Projects", 0, Partnership=2), towns)
    (doubt,) = made.doubts
    assert str(doubt).startswith(
        "page.xlsx, Projects, row 2, “Partners”: 'Abda' is no partner of “Moszczenica – Тячів” "
        "(Partnerships, row 3)\n    → if it took part in the project, leave it"
    )


def test_a_number_given_twice_is_told_of_the_second(tmp_path: Path) -> None:
    twice = [PAGE["Partnerships"][0], {**PAGE["Partnerships"][1], "No.": 1}]
    documents = [*PAGE["Documents"], {**PAGE["Documents"][0], "Title": "Umowa"}]
    told = at_once(tmp_path, {**PAGE, "Partnerships": twice, "Documents": documents})
    assert [line.partition(" of ")[0] for line in told[:2]] == [
        "Partnerships, row 3, “No.”: '1' is the number",
        "Documents, row 4, “Document no.”: '1' is the number",
    ]


def test_a_number_of_another_partnership_is_told_where_it_stands(tmp_path: Path) -> None:
    (told,) = at_once(tmp_path, changed("Signatures", 2, Partnership=1))
    assert told.startswith(
        "Signatures, row 4, “Partnership”: '1' is “Moszczenica – Abda” (Partnerships, row 2), of "
        "which 'Тячів (Ukraina)' is no partner; it is one of “Moszczenica – Тячів”"
    )


@pytest.mark.parametrize(
    ("cells", "problem", "cure"),
    [
        ({"Partner_town": "Węgry", "Partner’s_country": "Abda"},
         "“Partner town”: 'Węgry' is a country, and 'Abda' in “Partner’s country” is none",
         "exchange the two cells"),
        ({"Partner’s_country": "Wegri"}, "“Partner’s country”: 'Wegri' is no country",
         "did you mean 'Węgry'?"),
        ({"Partner’s_country": "SR"}, "“Partner’s country”: 'SR' may be Slovakia or Suriname",
         "write the name of the one that is meant"),
        ({"Partner’s_country": "PR"}, "“Partner’s country”: 'PR' may be Poland or Puerto Rico",
         "write the name of the one that is meant"),
        ({"Partner’s_country": ""},
         "“Partner town”: it is not said in which country this town lies: 'Abda'",
         "write the country's two letters beside it"),
    ],
)  # fmt: skip
def test_towns_and_countries_are_told_once(
    tmp_path: Path, cells: Mapping[str, Any], problem: str, cure: str
) -> None:
    (told,) = at_once(tmp_path, changed("Partnerships", 0, **cells))
    assert told.startswith(f"Partnerships, row 2, {problem}") and f"→ {cure}" in told


@pytest.mark.parametrize("country", ["BRD", "ČR", "Česká republika"])
def test_a_country_as_papers_call_it(tmp_path: Path, towns: Towns, country: str) -> None:
    tables = changed("Partnerships", 1, **{"Partner’s_country": country, "Partner_town": "Hlinsko"})
    made = entered(tmp_path, {**tables, "Documents": [], "Signatures": [], "Projects": []}, towns)
    (row,) = (r for r in made.contribution.registers["municipalities"] if r["name"] == "Hlinsko")
    assert row["country"] == ("DE" if country == "BRD" else "CZ")


def test_a_town_that_may_be_one_that_is_known(tmp_path: Path, towns: Towns) -> None:
    tables = changed("Partnerships", 1, Partner_town="Sienawa", **{"Partner’s_country": "PL"})
    signed = {**PAGE["Signatures"][2], "Signed for": "Sienawa"}
    made = entered(tmp_path, {**tables, "Documents": [PAGE["Documents"][0], {"Partnership": 2}],
                              "Signatures": [signed]}, towns)  # fmt: skip
    (doubt,) = made.doubts
    assert str(doubt).startswith(
        "page.xlsx, Partnerships, row 3, “Partner town”: 'Sienawa' is new: did you mean 'Sieniawa'?"
    )
    assert made.contribution.source["partnerships"][1]["partners"][1] == "pl-sienawa"


def test_the_name_of_a_town_is_proposed_for_what_holds_it(tmp_path: Path, towns: Towns) -> None:
    fault, cure = told(tmp_path, changed("Projects", 0, Lead_partner="Urząd w Abda"), towns)
    assert "it is not said in which country" in fault and cure.endswith("did you mean 'Abda'?")
    fault, _ = told(tmp_path, changed("Signatures", 0, Signed_for="powiat Abda"), towns)
    assert "'powiat Abda' is no partner of" in fault


def test_numbers_as_people_write_them(tmp_path: Path, towns: Towns) -> None:
    signature = {**PAGE["Signatures"][1], "Partnership": "nr 1", "Document no.": "1."}
    tables = {**changed("Documents", 0, **{"Document_no.": "N° 1"}), "Signatures": [signature]}
    made = entered(tmp_path, tables, towns).contribution.source
    assert [one["key"] for one in made["partnerships"][0]["agreements"]] == ["1"]
    lines = told(tmp_path, changed("Documents", 0, **{"Document_no.": "Umowa"}), towns)
    assert lines[:2] == [
        "page.xlsx, Documents, row 2, “Document no.”: 'Umowa' is no number of a document",
        "    → write a number alone: 1, 2, 3 …",
    ]


def test_every_fault_has_a_cure(tmp_path: Path, towns: Towns) -> None:
    tables = changed("Documents", 0, Signed_on="summer 2010", Partnership="Nowhere")
    lines = told(tmp_path, {**tables, "Source": [{"Title": "x", "Language": "xx"}]}, towns)
    assert all(line.startswith("    → ") and len(line) > 10 for line in lines[1::2])


def test_a_sheet_has_a_source(tmp_path: Path, towns: Towns) -> None:
    tables = {name: rows for name, rows in PAGE.items() if name != "Source"}
    assert told(tmp_path, tables, towns)[0].endswith("names no source")


def test_what_is_no_table_is_told(tmp_path: Path, towns: Towns) -> None:
    path = workbook(tmp_path / "page.xlsx", {**PAGE, "Notes": [{"Remember": "to call"}]})
    (passed,) = sheet.read(path).passed_over
    assert str(passed).startswith("page.xlsx, Notes: is none of the tables that are read")


def test_a_sheet_that_nobody_has_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    write_template(path, "sk")
    with pytest.raises(UsageError, match="has headings and nothing below them: fill it in"):
        sheet.read(path)


def test_a_workbook_of_something_else(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", {"Prices": [{"What": "bread", "How much": 3}]})
    with pytest.raises(UsageError, match="has none of the tables"):
        sheet.read(path)


def test_a_text_without_a_language_is_in_that_of_the_page(tmp_path: Path, towns: Towns) -> None:
    unnamed = {"Who takes part and is not named": "około 40 uczniów"}
    tables = {
        **changed("Partnerships", 0, Description="Co roku wymiana.", **unnamed),
        "Documents": changed("Documents", 0, Description="Zawarta w Abda.")["Documents"],
        "authorities": [{"key": "Moszczenica", "alt_label": "Moscenica; Moschtschenitza"}],
    }
    made = entered(tmp_path, tables, towns).contribution.source
    first = made["partnerships"][0]
    assert first["description"] == {"pl": "Co roku wymiana."}
    assert first["involves_unnamed"] == "około 40 uczniów"
    assert first["agreements"][0]["description"] == {"pl": "Zawarta w Abda."}
    assert made["authorities"][0]["alt_label"] == {"pl": ["Moscenica", "Moschtschenitza"]}
    several = {**tables, "Source": changed("Source", 0, Language="pl; uk")["Source"]}
    faults = told(tmp_path, several, towns)
    assert any("“Description”: this text may be in any" in one for one in faults)


def test_a_comma_parts_towns_that_are_known(tmp_path: Path, towns: Towns) -> None:
    tables = changed("Projects", 0, Partners="Moszczenica, Тячів", Lead_partner="Abda")
    made = entered(tmp_path, tables, towns)
    assert made.contribution.source["projects"][0]["partners"] == [
        "pl-moszczenica", "ua-tyachiv",
    ]  # fmt: skip
    doubts = [one.message for one in made.doubts]
    assert doubts[1] == "'Abda' is not among “Partners”"
    assert doubts[0].startswith("'Тячів' is no partner of “Moszczenica – Abda”")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("Moszczenica, Novi Sad", "may be several towns"),
        ("Moszczenica i Тячів", "is several towns: 2"),
        ("Moszczenica and Abda", "is several towns: 2"),
    ],
)
def test_towns_that_may_be_several_are_asked_for(
    tmp_path: Path, towns: Towns, said: str, fault: str
) -> None:
    faults = told(tmp_path, changed("Projects", 0, Partners=said), towns)
    assert len(faults) == 2 and fault in faults[0]
    assert faults[1].startswith("    → put a semicolon between them: Moszczenica; ")


def test_another_document_of_the_data_is_not_taken_for_one_of_the_sheet(
    tmp_path: Path, towns: Towns
) -> None:
    tremelo = {"Partner_town": "Tremelo", "Partner’s_country": "BE", "Town": "Sieniawa"}
    document = {"Kind of document": "letter of intent", "Signed on": "2001-05"}
    tables = {
        **changed("Partnerships", 0, **tremelo, Since=1999),
        "Documents": [
            {"Partnership": 1, "Document no.": 1, **document},
            {"Partnership": 1, **document},
        ],
    }
    made = entered(tmp_path, {**tables, "Signatures": [], "Projects": []}, towns)
    first = made.contribution.source["partnerships"][0]
    assert [one["key"] for one in first["agreements"]] == ["1", "2"]
    since, number = map(str, made.doubts)
    assert "“Since”: '1999' is here, '2008-07' in another" in since
    assert "“Document no.”: '1' is another document in the data" in number
    assert "give this the number 2, here and in the other sheets" in number


def test_a_guest_of_another_body_is_told_at_once_how_to_be_written(tmp_path: Path) -> None:
    tables = changed("Signatures", 0, Signed_for="powiat przeworski")
    (told,) = at_once(tmp_path, tables)
    assert "'powiat przeworski' is no partner of “Moszczenica – Abda”" in told
    assert "leave “Signed for” empty, and write the body in “Role”" in told


def test_a_town_misspelt_in_its_partnership_is_mended_there(tmp_path: Path, towns: Towns) -> None:
    misspelt = changed("Partnerships", 0, Partner_town="Abdda")["Partnerships"]
    fault, cure = told(tmp_path, {**PAGE, "Partnerships": misspelt, "Projects": []}, towns)
    assert "“Signed for”: 'Abda' is no partner of “Moszczenica – Abdda”" in fault
    assert cure == (
        "    → did you mean 'Abdda'? if 'Abda' is right, correct it in “Moszczenica – Abdda” "
        "(Partnerships, row 2)"
    )


def test_a_partnership_of_two_wrong_countries_lacks_nothing_else(tmp_path: Path) -> None:
    wrong = {"Country": "D", "Partner’s country": "VR"}
    faults = at_once(tmp_path, changed("Partnerships", 1, **wrong))
    assert [one.partition("\n")[0] for one in faults] == [
        "Partnerships, row 3, “Country”: 'D' is no country",
        "Partnerships, row 3, “Partner’s country”: 'VR' is no country",
    ]


def test_what_a_check_calls_a_field_has_its_heading(tmp_path: Path) -> None:
    (told,) = at_once(tmp_path, changed("Documents", 0, Valid_until="2018-05-01"))
    assert "“Valid until”: 2018-05-01 lies before “Signed on”, 2019-05-12" in told


def test_two_columns_of_one_heading_are_told_by_their_letters(tmp_path: Path) -> None:
    path = tmp_path / "page.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, rows in PAGE.items():
        headings = [*rows[0], *(["Role"] if name == "Signatures" else [])]
        table = book.add_worksheet(name)
        table.write_row(0, 0, headings)
        table.write_row(1, 0, list(rows[0].values()))
    book.close()
    filled = sheet.read(path)
    assert [str(one) for one in filled.faults] == [
        "page.xlsx, Signatures, row 1, “Role”: stands twice: column F is the same as C\n"
        "    → keep one of the two columns"
    ]


def test_doubts_of_the_folder_are_told_in_the_first_round(tmp_path: Path) -> None:
    known = {**PAGE["Signatures"][2], "Signed by": "Mr. Jaroslav Baňas"}
    signed = changed("Signatures", 1, Signed_by="ANNA NOWAK", In_what_capacity="guest")
    tables = {
        **PAGE,
        "Signatures": [*signed["Signatures"][:2], known],
        "Partnerships": changed("Partnerships", 1, Status="activ")["Partnerships"],
    }
    path = workbook(tmp_path / "page.xlsx", tables)
    with pytest.raises(given.Rejected) as error:
        given.read(path, lambda: Towns(Known.of(FOUNDING), TODAY), TODAY)
    assert "“Status”: 'activ' is no word of this column" in str(error.value)
    assert "“In what capacity”" not in str(error.value)
    told = [str(doubt).removeprefix("page.xlsx, Signatures, ") for doubt in error.value.doubts]
    assert told[0].startswith("row 3, “Signed by”: ")
    # It is the sheet's row that is told of, wherever in the register the two stand.
    assert told[1].startswith("row 4, “Signed by”: ") and " may be 'jaroslav-banas' (" in told[1]
    assert told[1].endswith("→ if it is the same, write jaroslav-banas here; if it is another, "
                            "leave it as it is")  # fmt: skip
    assert told[2].endswith("holds a title or an office\n    → write the name alone: "
                            "'Jaroslav Baňas'")  # fmt: skip


def test_a_column_beside_all_of_the_template_hides_no_fault(tmp_path: Path, towns: Towns) -> None:
    head = dict.fromkeys((columns.heading(c, "en") for c in columns.PARTNERSHIPS.columns
                          if c.is_for_all), "")  # fmt: skip
    rows = [{**head, **row, "Network": "Cittaslow"} for row in PAGE["Partnerships"]]
    rows[1] |= {"Partner town": "Ukraina", "Partner’s country": "Тячів"}
    faults = "\n".join(told(tmp_path, {**PAGE, "Partnerships": rows}, towns))
    assert "“Network”: is no heading" in faults and "exchange the two cells" in faults


def test_a_partner_misspelt_beside_a_known_town_is_not_proposed(
    tmp_path: Path, towns: Towns
) -> None:
    pair = {"Partner_town": "Tremello", "Partner’s_country": "BE"}
    tables = {**changed("Partnerships", 0, **pair), "Projects": []}
    signatures = changed("Signatures", 0, Signed_for="Tremelo")["Signatures"]
    faults = told(tmp_path, {**tables, "Signatures": signatures}, towns)
    assert "    → if 'Tremelo' is right, correct it in “Moszczenica – Tremello” " in faults[1]
