"""Keys: the one that a thing has already, or a new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import FOUNDING
from twingraph.contributions.known import Known
from twingraph.contributions.minting import LONGEST, Minter, short_slug, slug, source_key
from twingraph.model.records import Programme


@pytest.fixture(scope="module")
def known() -> Known:
    return Known.of(FOUNDING)


@pytest.fixture
def minter(known: Known) -> Minter:
    return Minter(known, "new-page")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Łódź", "lodz"),
        ("Kráľovský Chlmec", "kralovsky-chlmec"),
        ("Тячів", "tyachiv"),
        ("Іван Ковальчук", "ivan-kovalchuk"),
        ("Νέα Σμύρνη", "nea-smyrni"),
        ("’s-Hertogenbosch", "s-hertogenbosch"),
        ("…", ""),
    ],
)
def test_names_in_any_script(name: str, key: str) -> None:
    assert slug(name) == key


def test_a_long_title_ends_with_a_whole_word() -> None:
    key = short_slug("Umowa o partnerstwie i wzajemnej współpracy między miejscowościami")
    assert len(key) <= LONGEST and key.endswith("miedzy")


def test_a_person_who_signed_for_the_town_is_the_same(minter: Minter) -> None:
    assert minter.person("ADAM WOŚ", ["pl-sieniawa"]) == "adam-wos"
    assert not minter.rows["people"]


def test_a_namesake_elsewhere_is_another(minter: Minter) -> None:
    assert minter.person("Adam Woś", ["hu-abda"]) == "adam-wos-abda"
    assert minter.person("Adam Woś", ["hu-abda"]) == "adam-wos-abda"
    (row,) = minter.rows["people"]
    assert row == {"key": "adam-wos-abda", "name": "Adam Woś"}


def test_what_the_same_source_named_keeps_its_key(known: Known) -> None:
    minter = Minter(known, "sieniawa-partner-towns")
    assert minter.person("Adam Woś") == "adam-wos"
    title = "Dedičstvo starých mám bez hraníc"
    assert minter.project(title, "sk") == "dedicstvo-starych-mam-bez-hranic"
    assert not any(minter.rows.values())


def test_a_name_without_letters_gets_its_kind(minter: Minter) -> None:
    assert [minter.project("???", "pl"), minter.project("!!!", "pl")] == ["project", "project-2"]


def test_towns_of_one_name_are_told_apart_by_their_codes(minter: Minter) -> None:
    row = {"name": "Sieniawa", "country": "PL", "language": "pl"}
    assert minter.town({**row, "national_code": "1807045"}) == "pl-sieniawa-1807045"
    assert minter.town(row | {"level": "county"}) == "pl-sieniawa-2"
    assert minter.town({**row, "national_code": "1807045"}) == "pl-sieniawa-1807045"
    assert len(minter.rows["municipalities"]) == 2


def test_a_partnership_keeps_its_key(minter: Minter) -> None:
    assert minter.partnership(["pl-sieniawa", "be-tremelo"]) == "be-tremelo--pl-sieniawa"
    assert minter.partnership(["pl-sieniawa", "hu-abda"]) == "hu-abda--pl-sieniawa"


def test_a_source_is_known_by_its_address(known: Known) -> None:
    address = next(source.url for source in known.sources.values() if source.url)
    key = next(key for key, source in known.sources.items() if source.url == address)
    assert address and source_key(known, "Anything", address) == key


def test_a_source_without_an_address_is_known_by_its_title(known: Known) -> None:
    title = "Partner towns of Sieniawa (page of the Town and Commune)"
    assert source_key(known, title) == "sieniawa-partner-towns"
    assert source_key(known, title, "https://example.org/") != "sieniawa-partner-towns"


def test_a_new_source_begins_with_its_town(known: Known) -> None:
    assert source_key(known, "Partnerzy", of="pl-sieniawa") == "pl-sieniawa-partnerzy"
    assert source_key(known, "Partnerzy: Sieniawa", of="pl-sieniawa") == "partnerzy-sieniawa"
    assert source_key(known, "友好都市", "https://example.org/") == slug("友好都市")


def test_the_folder_is_left_alone(known: Known) -> None:
    assert known.data == Path(FOUNDING)


def test_a_title_keeps_its_dashes_and_is_known_whatever_they_are(known: Known) -> None:
    minter = Minter(known, "a-page")
    assert minter.project("Dwa brzegi – jedna pamięć", "pl") == "dwa-brzegi-jedna-pamiec"
    assert minter.project("Dwa brzegi - jedna pamięć", "pl") == "dwa-brzegi-jedna-pamiec"
    (row,) = minter.rows["projects"]
    assert row["title"] == "Dwa brzegi – jedna pamięć"
    there = known.called(Programme, "Interreg V-A Poland-Slovakia 2014-2020")
    assert there and minter.programme("Interreg V–A Poland – Slovakia 2014—2020", "en") == (
        there[0][0].key
    )
    assert not minter.rows["programmes"]


def test_a_hyphen_in_a_name_is_one(minter: Minter) -> None:
    minter.person("Anna Nowak–Kowalska")
    assert minter.rows["people"][0]["name"] == "Anna Nowak-Kowalska"
