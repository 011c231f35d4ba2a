"""Rows that the same sheet needed before and needs no more go, or why they stay is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.contributions.conftest import TODAY
from tests.contributions.filled import PAGE, Rows, changed, workbook
from twingraph.contributions import given, writing
from twingraph.contributions.known import Known
from twingraph.contributions.towns import Towns
from twingraph.contributions.writing import Plan
from twingraph.errors import DataError


@pytest.fixture(autouse=True)
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written is sound, and tests/contributions/test_import.py has the check."""
    monkeypatch.setattr(writing, "_checked", lambda made, *_: made)


def imported(data: Path, tables: Mapping[str, Rows]) -> Plan:
    page = workbook(data.parent / "page.xlsx", tables)
    made = given.planned(data, given.read(page, lambda: Towns(Known.of(data), TODAY), TODAY), TODAY)
    made.write()
    return made


def people(data: Path) -> Mapping[str, str]:
    rows = [line.split(",") for line in (data / "people.csv").read_text("utf-8").splitlines()]
    return {row[0]: row[1] for row in rows}


def signed_by(name: str) -> Mapping[str, Rows]:
    return changed("Signatures", 0, Signed_by=name)


def test_a_name_that_was_corrected_leaves_no_row_behind(data: Path) -> None:
    imported(data, signed_by("Szolt Szabó"))
    made = imported(data, PAGE)
    assert [(name, row["key"]) for name, row in made.removed] == [("people", "szolt-szabo")]
    assert "szolt-szabo" not in people(data) and people(data)["zsolt-szabo"] == "Zsolt Szabó"
    assert not imported(data, PAGE).texts


@pytest.mark.parametrize("wrong", ["Zsolt Szab\u043e", "Zsolt Szabo"])
def test_the_corrected_name_gets_the_key_that_is_free_again(data: Path, wrong: str) -> None:
    """An "o" of another alphabet is another name of the same key, a missing accent the same."""
    imported(data, signed_by(wrong))
    before = people(data)
    made = imported(data, PAGE)
    assert made.replaced["people", "zsolt-szabo"]["name"] == wrong
    assert people(data) == {**before, "zsolt-szabo": "Zsolt Szabó"}
    assert not imported(data, PAGE).texts


def test_a_town_and_a_programme_that_were_corrected(data: Path) -> None:
    wrong = [{**PAGE["Partnerships"][0], "Partner town": "Ábda"}, PAGE["Partnerships"][1]]
    projects = [
        {**PAGE["Projects"][0], "Programme": "Fundusz Wysehradzki", "Partners": "Abda (HU)"}
    ]
    imported(data, {**PAGE, "Partnerships": wrong, "Projects": projects})
    made = imported(data, PAGE)
    assert made.replaced["municipalities", "hu-abda"]["name"] == "Ábda"
    assert [row["key"] for _, row in made.removed] == ["fundusz-wysehradzki"]
    assert "hu-abda,Abda,hu," in (data / "municipalities.csv").read_text("utf-8")


def test_a_row_that_somebody_needs_or_has_edited_stays_and_is_told(data: Path) -> None:
    imported(data, PAGE)
    register = data / "people.csv"
    text = register.read_text("utf-8").replace("Zsolt Szabó,,", "Zsolt Szabó,Q42,")
    register.write_text(text, "utf-8")
    other = data / "sources" / "other.yaml"
    other.write_text(
        "title: {pl: Inna}\nkind: news\nlanguage: [pl]\n"
        "mentions:\n  - about: {authority: ua-tyachiv}\n    note: Тячів\n",
        "utf-8",
    )
    rows = [{**PAGE["Signatures"][0], "Signed by": "Zsolt Szobó"}, PAGE["Signatures"][1]]
    made = imported(
        data,
        {
            **PAGE,
            "Partnerships": PAGE["Partnerships"][:1],
            "Documents": PAGE["Documents"][:1],
            "Signatures": rows,
        },
    )
    assert [row["key"] for _, row in made.removed] == ["ivan-kovach"]
    town, person = sorted(made.kept, key=str)
    assert str(town).startswith(f"{data}/municipalities.csv:")
    assert f"'ua-tyachiv' stays, though what was entered names it no more: {other}:5" in str(town)
    assert "'zsolt-szabo' stays" in str(person) and str(person.message).endswith("edited by hand")
    assert people(data)["zsolt-szabo"] == "Zsolt Szabó" and "zsolt-szobo" in people(data)


@pytest.mark.parametrize(
    "wrong", [{"Address": "https://example.org/partner"}, {"Title": "Miasta i gmny partnerskie"}]
)
def test_a_page_whose_title_or_address_was_corrected(data: Path, wrong: Mapping[str, str]) -> None:
    page = {**PAGE["Source"][0], **({} if "Address" in wrong else {"Address": ""})}
    imported(data, {**PAGE, "Source": [{**page, **wrong}]})
    with pytest.raises(DataError) as error:
        imported(data, {**PAGE, "Source": [page]})
    (problem,) = error.value.problems
    (there,) = (data / "sources").glob("pl-mosz*.yaml")
    assert f"is this page the one that is there as {there.stem!r}" in problem.message
    assert problem.cure.startswith(f"add a column “key” with {there.stem} in it; if it is another")
    made = imported(data, {**PAGE, "Source": [{**page, "key": there.stem}]})
    assert made.source == there and not made.rows
