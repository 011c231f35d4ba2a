"""From a partner to a body: linked where nothing is in doubt, and never a school to its town."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from twingraph.model.records import Authority, Point, Text
from twingraph.reconcile import partners as module
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.partners import PartnerFinder
from twingraph.sources.interreg.bodies import BodyFound, BodyOutcome
from twingraph.sources.interreg.rows import ListedPartner

HEADER = (
    "wof_id placetype name name_native qid geonames_id lat lon country population lau_or_nuts"
    " is_current"
)
PLACES = """
1 locality Milówka Milówka Q1250128 3091743 49.569 19.064 PL 4448 _ -1
2 locality Milówka Milówka _ 764696 49.919 20.790 PL _ _ -1
3 localadmin Milówka Milówka _ _ 49.559 19.054 PL 10067 PL_1001241441709 1
4 locality Lipowa Lipowa _ 3093263 49.675 19.093 PL 4357 _ -1
5 localadmin Lipowa Lipowa _ _ 49.670 19.071 PL 10846 PL_1 1
6 localadmin Lipowa Lipowa _ _ 52.670 17.071 PL 10846 PL_2 1
7 locality Smilno Smilno _ 1 49.38 21.35 SK _ _ 1
8 locality Zborov Zborov Q168250 2 49.36 21.30 SK _ _ 1
9 locality Lužná Lužná Q1878490 3 50.12 13.77 CZ _ _ 1
"""
SVIDNIK = Authority(
    "Q833845", (Text("Svidník", "sk"),), country="SVK", wikidata="Q833845",
    point=Point(Decimal("21.57"), Decimal("49.30")),
)  # fmt: skip
SIENIAWA = Authority(
    "pl-sieniawa", (Text("Miasto i Gmina Sieniawa", "pl"),), country="POL", level="municipality",
    wikidata="Q377994", national_code="1814073",
)  # fmt: skip
REGION = Authority("pl-r", (Text("Województwo Podkarpackie", "pl"),), country="POL", level="region")


@pytest.fixture
def find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PartnerFinder:
    monkeypatch.setattr(module, "WHOLE", 3)
    path = tmp_path / "places.tsv"
    lines = [HEADER, *filter(None, PLACES.splitlines())]
    cells = ([c.replace("_", "") if c == "_" else c for c in line.split()] for line in lines)
    path.write_text("\n".join(map("\t".join, cells)) + "\n", "utf-8")
    return PartnerFinder([SVIDNIK, SIENIAWA, REGION], read_gazetteer(path))


def row(name: str, country: str = "PL", **more: object) -> ListedPartner:
    return ListedPartner((Text(name, "und"),), country, **more)  # type: ignore[arg-type]


def told(found: BodyFound) -> tuple[BodyOutcome, str | None]:
    return found.outcome, found.key


def test_an_authority_of_ours_is_linked(find: PartnerFinder) -> None:
    assert told(find(row("Mesto Svidnik", "SK"))) == (BodyOutcome.LINKED, "Q833845")
    assert told(find(row("Miasto i Gmina Sieniawa"))) == (BodyOutcome.LINKED, "pl-sieniawa")
    assert told(find(row("Województwo Podkarpackie"))) == (BodyOutcome.LINKED, "pl-r")


def test_its_item_decides(find: PartnerFinder) -> None:
    found = find(row("Gmina Anything", wikidata="Q377994"))
    assert told(found) == (BodyOutcome.LINKED, "pl-sieniawa")


@pytest.mark.parametrize(
    "name",
    ["Szkoła Podstawowa w Sieniawie", "Sieniawa", "Biblioteka Miasta i Gminy Sieniawa",
     "Gmina Sieniawa Sp. z o.o.", "Gminny Ośrodek Kultury Sieniawa", "Klub Svidník"],
)  # fmt: skip
def test_an_organisation_has_a_seat_and_is_no_authority(find: PartnerFinder, name: str) -> None:
    found = find(row(name, town="Sieniawa"))
    assert told(found) == (BodyOutcome.ORGANIZATION, "pl-sieniawa")
    assert not found.is_authority


def test_the_list_says_of_what_kind_a_body_is(find: PartnerFinder) -> None:
    found = find(row("Gmina Sieniawa", is_authority=False))
    assert told(found) == (BodyOutcome.ORGANIZATION, None)


def test_a_commune_of_the_gazetteer_is_only_close_to_the_item_of_its_settlement(
    find: PartnerFinder,
) -> None:
    found = find(row("Gmina Milówka"))
    assert told(found) == (BodyOutcome.FOUND, "pl-milowka")
    assert found.states is not None
    assert (found.states.wikidata, found.states.wikidata_close) == (None, "Q1250128")
    assert found.place is not None and found.place.lau == "PL_1001241441709"


def test_where_settlement_and_commune_are_one_the_item_is_its_own(find: PartnerFinder) -> None:
    found = find(row("Obec Zborov", "SK"))
    assert told(found) == (BodyOutcome.FOUND, "Q168250")
    assert found.states is not None and found.states.wikidata == "Q168250"


def test_a_place_without_an_item_has_a_key_of_its_own(find: PartnerFinder) -> None:
    found = find(row("Obec Smilno", "SK"))
    assert told(found) == (BodyOutcome.FOUND, "sk-smilno")
    assert found.point is not None


def test_namesakes_are_candidates_unless_the_place_tells(find: PartnerFinder) -> None:
    found = find(row("Gmina Lipowa"))
    assert told(found) == (BodyOutcome.CANDIDATES, None)
    assert len(found.candidates) == 2
    near = Point(Decimal("19.07"), Decimal("49.67"))
    assert told(find(row("Gmina Lipowa", point=near)))[1] == "pl-lipowa"


def test_a_name_alone_of_a_list_that_is_not_whole_is_marked(find: PartnerFinder) -> None:
    assert find(row("Obec Lužná", "CZ")).by_name_alone
    assert not find(row("Obec Zborov", "SK")).by_name_alone


def test_what_no_list_has_takes_a_new_key(find: PartnerFinder) -> None:
    partner = ListedPartner(
        (Text("Община Левски", "und"), Text("Levski Municipality", "en")), "Bulgaria", "Pleven",
        point=Point(Decimal("24.6"), Decimal("43.4")),
    )  # fmt: skip
    found = find(partner)
    assert told(found) == (BodyOutcome.MINTED, "bg-levski")
    assert found.states is not None and found.states.wikidata_status == "unresolved"
    assert found.states.point is None, "the place is that of another town"
    seat = find(row("Музей", "Bulgaria", town="Levski"))
    assert told(seat) == (BodyOutcome.ORGANIZATION, "bg-levski")


def test_without_a_country_nothing_is_linked_or_minted(find: PartnerFinder) -> None:
    found = find(row("Gmina Nowhere", ""))
    assert told(found) == (BodyOutcome.CANDIDATES, None)
    assert find(row("Gmina X", "Atlantis")).country is None
