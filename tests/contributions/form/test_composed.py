"""From what was typed to a contribution."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contributions.conftest import TODAY
from tests.contributions.form.conftest import PAGE, typed
from twingraph.build import check_data
from twingraph.contributions.form.composed import country_code
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.finders import Registered
from twingraph.contributions.known import Known
from twingraph.contributions.writing import write
from twingraph.errors import BadValue
from twingraph.reconcile.entries import ListEntry
from twingraph.reconcile.index import Index
from twingraph.web.locale import locale_of


def test_names_become_keys(desk: Desk) -> None:
    content = typed(desk).made.content
    first, second = content["source"]["partnerships"]
    assert first["key"] == "hu-abda--pl-sieniawa"
    assert first["partners"] == ["pl-sieniawa", "hu-abda"]
    assert second["key"] == "be-tremelo--pl-sieniawa"
    assert content["source"]["publisher_authority"] == "pl-sieniawa"
    (document,) = first["agreements"]
    assert [(s["signatory"], s["on_behalf_of"]) for s in document["signatures"]] == [
        ("adam-wos", "pl-sieniawa"),
        ("zsolt-szabo", "hu-abda"),
    ]
    assert second["projects"] == ["szlak-dwoch-rzek"]
    registers = content["registers"]
    assert [row["key"] for row in registers["municipalities"]] == ["hu-abda"]
    assert [row["key"] for row in registers["people"]] == ["zsolt-szabo"]
    assert [row["key"] for row in registers["projects"]] == ["szlak-dwoch-rzek"]
    assert [row["key"] for row in registers["programmes"]] == ["europa-dla-obywateli"]


def test_a_known_person_is_offered_for_the_name_with_a_title(desk: Desk) -> None:
    input = "partnerships.0.agreements.0.signatures.0.signatory"
    named = typed(desk, {**PAGE, input: "mgr Adam Woś, burmistrz"}).made.named[input]
    assert (named.key, named.others) == ("", ("adam-wos",))


def test_words_stand_with_the_field_that_they_are_of(desk: Desk) -> None:
    first, _ = typed(desk).made.content["source"]["partnerships"]
    assert first["evidence"] == [{"quote": "współpraca od 2019 roku", "for": ["since"]}]
    assert first["agreements"][0]["evidence"] == [{"quote": "12 maja 2019 r. podpisano umowę"}]


def test_it_is_written_and_passes_the_check(desk: Desk, data: Path) -> None:
    found = typed(desk).checked
    assert found.is_good and found.contribution
    made = write(data, found.contribution, TODAY)
    assert {path.name for path in made.texts} == {
        "pl-sieniawa-miasta-partnerskie.yaml", "municipalities.csv", "people.csv", "programmes.csv",
        "projects.csv",
    }  # fmt: skip
    assert check_data(data, TODAY).report.conforms


def test_one_project_of_two_partnerships_is_one(desk: Desk) -> None:
    of_first = {
        name.replace("partnerships.1.projects", "partnerships.0.projects"): value
        for name, value in PAGE.items()
        if "projects.0.title" in name
    }
    content = typed(desk, {**PAGE, **of_first}).made.content
    assert [p["projects"] for p in content["source"]["partnerships"]] == [["szlak-dwoch-rzek"]] * 2
    (project,) = content["source"]["projects"]
    assert project["start"] == "2011"


def test_a_chosen_town_needs_no_country_as_long_as_its_name_stands(desk: Desk) -> None:
    name = "partnerships.1.partners.1"
    page = {**PAGE, f"{name}.country": "", f"{name}.key": "be-tremelo"}
    assert typed(desk, page).checked.is_good
    changed = typed(desk, {**page, f"{name}.name": "Leuven"}).checked
    assert [fault.input for fault in changed.faults] == [f"{name}.country"]


def test_who_chose_an_entry_is_written_down(desk: Desk) -> None:
    page = {**PAGE, "partnerships.0.partners.1.key": "Q1000"}
    (row,) = typed(desk, page).made.content["registers"]["municipalities"]
    assert row["wikidata"] == "Q1000" and row["wikidata_status"] == "verified"
    assert row["wikidata_by"] == "somebody" and row["wikidata_on"] == TODAY.isoformat()


def test_a_town_that_the_registers_call_otherwise_can_be_chosen(founding: Known) -> None:
    """A harvest has its item under another name; the registers have that item."""
    brought = Index([ListEntry("Q926110", "Q926110", ("Tremelo-bij-Leuven",), "BE")])
    desk = Desk(founding, Registered(founding, TODAY, brought=brought), locale_of("en"), "x")
    name = "partnerships.1.partners.1"
    page = {**PAGE, f"{name}.name": "Tremelo-bij-Leuven"}
    found = typed(desk, page).made.towns[name]
    assert found.registered == ("be-tremelo",)
    shown = typed(desk, page).values()["parts"][1].rows[1].parts[0].rows[1].found
    assert [option.value for option in shown.options] == ["be-tremelo", "Q926110", ""]
    for chosen in ("be-tremelo", "Q926110"):
        made = typed(desk, {**page, f"{name}.key": chosen}).made
        assert made.content["source"]["partnerships"][1]["key"] == "be-tremelo--pl-sieniawa"


def test_a_town_whose_name_is_near_can_be_chosen(desk: Desk) -> None:
    name = "partnerships.1.partners.1"
    page = {**PAGE, f"{name}.name": "Tremello"}
    of_page = typed(desk, page)
    assert of_page.made.towns[name].registered == ("be-tremelo",)
    assert [doubt.input for doubt in of_page.made.doubts] == [f"{name}.name"]
    assert "be-tremello" in [r["key"] for r in of_page.made.content["registers"]["municipalities"]]
    made = typed(desk, {**page, f"{name}.key": "be-tremelo"}).made
    assert made.content["source"]["partnerships"][1]["key"] == "be-tremelo--pl-sieniawa"
    # One of another country is not meant.
    assert not typed(desk, {**page, f"{name}.country": "NL"}).made.towns[name].registered


@pytest.mark.parametrize(
    ("written", "code"),
    [("PL", "PL"), ("pl", "PL"), ("Polska", "PL"), ("Węgry", "HU"), ("Belgique", "BE"),
     ("Czechy", "CZ"), ("Česko", "CZ"), ("Kosovo", "XK"), ("uk", "GB")],
)  # fmt: skip
def test_countries_by_name_and_code(written: str, code: str) -> None:
    assert country_code(written) == code


def test_what_is_no_country() -> None:
    with pytest.raises(BadValue):
        country_code("Atlantis")
