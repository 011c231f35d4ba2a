"""Registers as a spreadsheet leaves them: what is read all the same, and what has been damaged."""

from __future__ import annotations

import pytest

from tests.sources.conftest import MUNICIPALITIES, Folder
from twingraph.sources.curated import folder as curated

TOWNS = "municipalities.csv"
HEAD = (
    "key,name,language,other_names,country,level,national_code,nuts3,wikidata_status,"
    "latitude,longitude,source\n"
)
GOOD = {
    "key": "pl-sieniawa",
    "name": "Sieniawa",
    "language": "pl",
    "other_names": "",
    "country": "PL",
    "level": "municipality",
    "national_code": "1814073",
    "nuts3": "PL822",
    "wikidata_status": "unresolved",
    "latitude": "50.1",
    "longitude": "22.6",
    "source": "register",
}


def told(folder: Folder, **changed: str) -> list[str]:
    cells = ",".join(f'"{cell}"' for cell in {**GOOD, **changed}.values())
    rest = "sk-lutina,Ľutina,sk,,SK,municipality,,,unresolved,,,register\n"
    folder.write(TOWNS, f"{HEAD}{cells}\n{rest}")
    return [line.removeprefix(f"{TOWNS}:") for line in folder.told()]


def test_the_row_is_good(folder: Folder) -> None:
    assert told(folder) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", ",,\n"),
        lambda text: f"sep=,\n{text}",
        lambda text: text + ",,,,,,,,,,,,,\n\n",
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    ],
    ids=["empty columns at the right", "the line for the separator", "empty rows", "BOM and CRLF"],
)
def test_what_a_spreadsheet_adds_is_passed_over(folder: Folder, change: object) -> None:
    assert callable(change)
    plain = curated.read(folder.path).claims
    folder.write(TOWNS, change(MUNICIPALITIES))
    assert folder.told() == []
    read = curated.read(folder.path).claims
    assert [c.records for c in read] == [c.records for c in plain]


def test_a_fault_below_the_line_for_the_separator_has_its_own_line(folder: Folder) -> None:
    folder.write(TOWNS, "sep=;\n" + MUNICIPALITIES.replace(",", ";"))
    assert folder.told()[0].startswith(f"{TOWNS}:2: is separated by semicolons")
    folder.write(TOWNS, "sep=,\n" + MUNICIPALITIES.replace("SK", "XY"))
    assert folder.told()[0].startswith(f"{TOWNS}:4: country: 'XY'")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (
            {"other_names": "de: Tremel, fr: Trèmelo"},
            "other_names: 'de: Tremel, fr: Trèmelo' holds several languages → part them so: "
            "`de: Tremel; fr: Trèmelo`",
        ),
        (
            {"name": "Sieniawa\n(miasto)"},
            "name: a name with the invisible character U+000A → write the name on one line, "
            "without it",
        ),
        (
            {"name": "Sien\u202eiawa"},
            "name: a name with the invisible character U+202E → write the name on one line, "
            "without it",
        ),
        (
            {"other_names": "de: Schie\tniawa"},
            "other_names: a name with the invisible character U+0009 → write the name on one "
            "line, without it",
        ),
        (
            {"national_code": "1.81E+06"},
            "national_code: '1.81E+06' is a code that a spreadsheet has rounded → format the "
            "column as text, and copy the code again",
        ),
        (
            {"national_code": "614043"},
            "national_code: '614043' has lost its first digit, as in a spreadsheet → it has 7 "
            "digits: did you mean '0614043'?",
        ),
        (
            {"national_code": "1814073.0"},
            "national_code: '1814073.0' is a code that a spreadsheet took for a number → did you "
            "mean '1814073'? format the column as text",
        ),
        (
            {"name": "#N/A"},
            "name: a formula failed here: #N/A → write the value itself",
        ),
        (
            {"name": "Sie\u00adniawa"},
            "name: a name with the invisible character U+00AD → write the name on one line, "
            "without it",
        ),
        (
            {"other_names": "de: Tremel | fr: Trèmelo"},
            "other_names: 'de: Tremel | fr: Trèmelo' holds several languages → part them so: "
            "`de: Tremel; fr: Trèmelo`",
        ),
        (
            {"other_names": "de - Tremel"},
            "other_names: 'de - Tremel' has no language → write `de: Tremel`",
        ),
        (
            {"other_names": "Tremel"},
            "other_names: 'Tremel' has no language → write its language before it, such as "
            "`de: Tremel` of a German one",
        ),
        (
            {"language": "pl_PL"},
            "language: 'pl_PL' is no language tag (BCP 47) → did you mean 'pl'?",
        ),
        (
            {"nuts3": "pl822"},
            "nuts3: 'pl822' is not a NUTS 3 code → did you mean 'PL822'?",
        ),
        (
            {"nuts3": "SK041"},
            "nuts3: 'SK041' lies in another country than POL → the codes there begin with PL: "
            "check it, and the country",
        ),
        (
            {"latitude": "0", "longitude": "0.0"},
            "latitude and longitude are 0, in the sea off Africa → leave both empty: not known",
        ),
    ],
)
def test_what_a_spreadsheet_has_damaged_is_named(
    folder: Folder, changed: dict[str, str], fault: str
) -> None:
    (said,) = told(folder, **changed)
    assert said.partition(": ")[2] == fault


def test_a_code_that_lost_another_digit_is_not_mended_wrongly(folder: Folder) -> None:
    """TERYT has no voivodeship 01: 181407 lacks its last digit."""
    assert told(folder, national_code="181407") == []


def test_greek_and_british_codes_begin_as_eurostat_has_them(folder: Folder) -> None:
    assert not told(folder, country="GR", nuts3="EL303", national_code="")
    assert not told(folder, country="GB", nuts3="UKI31", national_code="")
