"""The snapshots as they ship in data/harvest/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from tests.conftest import ROOT
from twingraph.errors import Problem
from twingraph.identifiers import Ref
from twingraph.model.merge import merge
from twingraph.model.names import town_name
from twingraph.model.records import Authority, Partnership, Text, View
from twingraph.sources.harvested import read_harvest
from twingraph.sources.wikidata import entities, twinning
from twingraph.sources.wikidata.harvest import known_to
from twingraph.sources.wikidata.links import Items
from world.__main__ import main

from .test_snapshots import SAMPLE, arguments, files


def towns(world: View) -> Mapping[str, Authority]:
    return world.all(Authority)


def test_the_shipped_files_are_what_the_published_ones_give(shared: Path, tmp_path: Path) -> None:
    names = ("wikidata-p190-2016", "world-towns", "ursino-2022")
    given = [shared / name for name in names]
    given += [shared / "wikidata-json" / "entities.json"]
    given += [shared / "wikidata-json" / "wbgetentities-Q32063953.json"]
    given += [shared / "gazetteer" / "places.tsv"]
    main(
        arguments(
            (*given, Path(str(resources.files("tzdata") / "zoneinfo" / "zone.tab"))), tmp_path
        )
    )
    shipped = files(ROOT / "data")
    made = files(tmp_path)
    assert made and {name: shipped.get(name) for name in made} == made


def test_they_are_compact() -> None:
    assert sum(map(len, files(ROOT / "data").values())) < 15_000_000


def test_each_snapshot_has_what_was_published() -> None:
    problems: list[Problem] = []
    found = {
        claims.source.key: sum(isinstance(record, Partnership) for record in claims.records)
        for claims in read_harvest(ROOT / "data", problems)
    }
    assert not problems
    assert found["wikidata-2016"] == 17_401
    assert found["wikidata-2017"] == 11_918
    assert found["wikidata-2022"] == 8_182


def test_the_world_is_there_and_on_the_map(world: View) -> None:
    everywhere = towns(world).values()
    assert len(world.all(Partnership)) >= 19_160
    assert sum(town.point is not None for town in everywhere) >= 9_500
    assert sum(town.country is not None for town in everywhere) >= 9_500
    assert not [town.key for town in everywhere if not town.labels]
    between = [
        partnership.key
        for partnership in world.all(Partnership).values()
        if {towns(world)[key].country for key in partnership.partners} == {"DEU", "FRA"}
    ]
    assert len(between) >= 700


def test_a_place_without_a_country_is_one_of_disputed_land(world: View) -> None:
    nowhere = {t.key for t in towns(world).values() if t.point and not t.country}
    assert nowhere <= {
        "Q152567", "Q168652", "Q169310", "Q172343", "Q2762100", "Q2777855", "Q47837", "Q893092",
    }  # fmt: skip


def test_nothing_is_gone_since_no_snapshot_is_complete(world: View) -> None:
    assert not any(claims.source.complete for claims in world.claims)
    assert not any(p.absent_from for p in world.all(Partnership).values())
    karlsruhe = world.all(Partnership)["Q1040--Q41262"]
    assert (karlsruhe.first_seen, karlsruhe.last_seen) == ("2016-09-12", "2022-01-09")


def test_a_later_harvest_keeps_the_keys(world: View) -> None:
    """What is read of Karlsruhe again falls on the same towns and partnerships."""
    again = read_again()
    assert {record.ref for record in again.claims.records} <= {
        Ref(record.path, record.key) for record in world
    }
    merged = merge(world.dataset, [*world.claims, again.claims])
    assert merged.all(Partnership).keys() == world.all(Partnership).keys()
    assert merged.all(Partnership)["Q1040--Q2814"].last_seen == "2026-11-27"
    gone = [p.key for p in merged.all(Partnership).values() if p.absent_from]
    assert "Q1040--Q83404" in gone and "Q1040--Q2814" not in gone


def read_again() -> twinning.Harvest:
    """Karlsruhe as the sample has it, as if it were all there is on one day."""
    answer = json.loads((SAMPLE / "wbgetentities.json").read_text("utf-8"))
    found = [entities.read(document) for document in answer["entities"].values()]
    return twinning.harvest(
        Items({entity.id: entity for entity in found}),
        twinning.wikidata_source("2026-11-27", complete=True),
        known=known_to(ROOT / "data"),
    )


def test_capitals_have_their_names_in_the_languages_of_the_pages(world: View) -> None:
    shown = {
        language: town_name(towns(world)["Q270"], (language,))
        for language in ("en", "pl", "sk", "nl", "de", "fr")
    }
    assert {language: name.value for language, name in shown.items() if name} == {
        "en": "Warsaw",
        "pl": "Warszawa",
        "sk": "Varšava",
        "nl": "Warschau",
        "de": "Warschau",
        "fr": "Varsovie",
    }
    assert town_name(towns(world)["Q1741"], ("pl",)) == Text("Wiedeń", "pl")
