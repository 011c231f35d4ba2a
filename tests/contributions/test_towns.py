"""A town by its name and country: in the registers, in harvests, or neither."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contributions.conftest import TODAY
from twingraph.contributions.known import Known
from twingraph.contributions.towns import Town, Towns
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Candidate, Outcome, TownDecision

HARVEST = """\
{"source":{"key":"list","titles":[["A list","en"]],"kind":"register","rank":80}}
{"Authority":{"key":"Q1017114","labels":[["Abda","hu"]],"country":"HUN","wikidata":"Q1017114"}}
{"Authority": broken
"""


@pytest.fixture
def towns(data: Path) -> Iterator[Towns]:
    (data / "harvest").mkdir()
    (data / "harvest" / "list.jsonl").write_text(HARVEST)
    yield Towns(Known.of(data), TODAY)


@pytest.mark.parametrize("name", ["Sieniawa", "SIENIAWA", "Miasto i Gmina Sieniawa"])
def test_a_town_of_the_registers(towns: Towns, name: str) -> None:
    assert towns.find(Town(name, "PL")).key == "pl-sieniawa"


def test_a_county_that_is_named_like_a_town_is_another(towns: Towns) -> None:
    assert not towns.find(Town("powiat Sieniawa", "PL")).key


def test_a_namesake_in_another_country_is_another(towns: Towns) -> None:
    assert towns.find(Town("Sieniawa", "UA")).key == ""


def test_a_name_that_is_known_in_another_country_only(towns: Towns) -> None:
    assert towns.elsewhere("Sieniawa", "UA") == ["PL"]
    assert towns.elsewhere("Sieniawa", "PL") == towns.elsewhere("Abda", "HU") == []


@pytest.mark.parametrize("name", ["Tiachiv", "Tiaczów", "Tyachiv"])
def test_a_town_that_is_known_in_another_script(data: Path, name: str) -> None:
    path = data / "municipalities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        (*_, last) = csv.DictReader(file)
    cells = {**dict.fromkeys(last, ""), "key": "ua-tiachiv", "name": "Тячів", "language": "uk",
             "country": "UA", "level": "municipality", "wikidata_status": "unresolved",
             "source": last["source"]}  # fmt: skip
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, list(last), lineterminator="\n").writerow(cells)
    towns = Towns(Known.of(data), TODAY)
    town = Town(name, "UA")
    assert towns.near(town, towns.find(town)) == ["Тячів"]


def test_what_tells_a_namesake_apart(towns: Towns) -> None:
    found = towns.find(Town("Sieniawa", "PL", national_code="1807045"))
    assert found.key == "" and found.row["national_code"] == "1807045"


def test_a_harvest_proposes_and_does_not_decide(towns: Towns) -> None:
    found = towns.find(Town("Abda", "HU"))
    assert [one.wikidata for one in found.candidates] == ["Q1017114"]
    assert found.row == {
        "name": "Abda",
        "language": "hu",
        "country": "HU",
        "level": "municipality",
        "wikidata_status": "unresolved",
        "wikidata_by": "twingraph reconcile",
        "wikidata_on": "2026-11-28",
        "wikidata_note": "not decided; harvests have under this name: Q1017114",
    }


def test_a_town_of_the_registers_under_another_name_is_proposed(data: Path) -> None:
    (data / "harvest").mkdir()
    line = HARVEST.replace("Q1017114", "Q926110").replace("Abda", "Tremeloo").replace("HUN", "BEL")
    (data / "harvest" / "list.jsonl").write_text(line)
    found = Towns(Known.of(data), TODAY).find(Town("Tremeloo", "BE"))
    assert found.registered == ("be-tremelo",) and found.row["wikidata_status"] == "unresolved"


@pytest.mark.parametrize(
    ("name", "country", "language"),
    [
        ("Abda", "HU", "hu"),
        ("Abdau", "HU", "pl"),
        ("Lwów", "UA", "pl"),
        ("Львів", "UA", "uk"),
        ("Львів", "HU", "pl"),
        ("Nowhere", "SK", "sk"),
    ],
)
def test_the_language_of_a_name(towns: Towns, name: str, country: str, language: str) -> None:
    assert towns.find(Town(name, country, page="pl")).row["language"] == language


def test_a_person_decides(towns: Towns) -> None:
    why = "its page links to it"
    row = towns.find(Town("Abda", "HU", item="Q1017114", by="A. Nowak", why=why)).row
    assert (row["wikidata"], row["wikidata_status"]) == ("Q1017114", "verified")
    assert (row["wikidata_by"], row["wikidata_note"]) == ("A. Nowak", why)


def test_a_gazetteer_decides(towns: Towns) -> None:
    asked: list[Query] = []

    def find(query: Query) -> TownDecision:
        asked.append(query)
        match = Candidate("Q1017114", "Abda", "HU", 100.0, "the same name")
        return TownDecision(Outcome.MATCHED, "the same name, the only one in HU", (match,), match)

    row = Towns(towns.known, TODAY, find).find(Town("Abda", "HU")).row
    assert asked == [Query("Abda", frozenset(["HU"]))]
    assert (row["wikidata"], row["wikidata_by"]) == ("Q1017114", "twingraph reconcile")


def test_the_item_of_a_registered_town_is_that_town(towns: Towns) -> None:
    assert towns.find(Town("Tremeloo", "BE", item="Q926110", by="A. Nowak")).key == "be-tremelo"


def test_nothing_is_made_up(towns: Towns) -> None:
    found = towns.find(Town("Nowhere", "HU", level="county", language="de"))
    assert not found.candidates and "wikidata" not in found.row
    assert (found.row["level"], found.row["language"]) == ("county", "de")
