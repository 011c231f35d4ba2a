"""What is matched, what is left to choose from, and why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.reconcile.lists import index
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Outcome, TownDecision, decide
from twingraph.reconcile.entries import Spot
from twingraph.reconcile.index import Index


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index(tmp_path_factory.mktemp("gazetteer"))


def _decide(
    towns: Index,
    name: str,
    country: str = "",
    at: tuple[float, float] | None = None,
    code: str = "",
) -> TownDecision:
    countries = frozenset([country] if country else [])
    return decide(Query(name, countries, Spot(*at) if at else None, code), towns)


@pytest.mark.parametrize(
    ("name", "country", "item"),
    [
        ("Trenčín", "SK", "Q145002"),
        ("Trencin", "SK", "Q145002"),
        ("mesto Trenčín", "SK", "Q145002"),
        ("Gmina Soblahov", "SK", "Q577509"),
        ("Obec Soblahov", "", "Q577509"),
        ("Korjukiwka", "UA", "Q149181"),
        ("Lüttich", "BE", "Q3992"),
        ("Luik", "BE", "Q3992"),
        ("Tremelo", "BE", "Q926110"),
        ("Gemeente Tremelo", "BE", "Q926110"),
        ("Ostrów (Mazowiecka)", "PL", "Q841352"),
        ("Město Albrechtice", "CZ", "Q1019339"),
        ("Ozorków", "PL", "Q628460"),
        ("Fuessen", "DE", "Q4066"),
        ("Posen", "PL", "Q268"),
        ("Познань", "PL", "Q268"),
        ("Miasto Sieniawa", "PL", "Q377994"),
        ("Luik - Liège", "BE", "Q3992"),
        ("Muzdzyn", "PL", "Q999"),
        ("Mol", "BE", "Q465710"),
    ],
)
def test_matched(towns: Index, name: str, country: str, item: str) -> None:
    decision = _decide(towns, name, country)
    assert decision.outcome is Outcome.MATCHED, decision.reason
    assert decision.match and decision.match.wikidata == item


@pytest.mark.parametrize(
    ("name", "country", "why"),
    [
        ("Sieniawa", "PL", "the commune of that name is another body"),
        ("Gmina Sieniawa", "PL", "asks for the commune, Q377994 is the settlement"),
        ("Staré Město", "CZ", "2 places may be meant"),
        ("Poznań", "PL", "2 places may be meant"),
        ("Poznan", "PL", "2 places may be meant"),
        ("Тростянець", "UA", "gives Q606706 to places"),
        ("Trenčín", "", "without a country"),
        ("Trenćim", "SK", "only like"),
        ("Freudenthal", "CZ", "too little to go by"),
        ("Trenčín - Kubrá", "SK", "a second name"),
    ],
)
def test_left_to_choose_from(towns: Index, name: str, country: str, why: str) -> None:
    decision = _decide(towns, name, country)
    assert decision.outcome is Outcome.CANDIDATES
    assert why in decision.reason
    assert decision.match is None and decision.candidates


@pytest.mark.parametrize(
    ("name", "country", "why"),
    [
        ("Atlantis", "PL", "no entry"),
        ("Smilno", "SK", "without a Wikidata item"),
        ("Trenčín", "CZ", "no entry"),
        ("okres Trenčín", "SK", "asks for a county"),
        ("Kolbuszowa", "PL", "no entry"),
    ],
)
def test_nothing_found(towns: Index, name: str, country: str, why: str) -> None:
    decision = _decide(towns, name, country)
    assert decision.outcome is Outcome.NONE
    assert why in decision.reason


def test_a_place_tells_homonyms_apart(towns: Index) -> None:
    decision = _decide(towns, "Stare Mesto", "CZ", (49.08, 17.43))
    assert decision.match and decision.match.wikidata == "Q1009003"
    assert "km from the place given" in decision.reason


def test_a_place_does_not_tell_a_commune_from_its_town(towns: Index) -> None:
    assert _decide(towns, "Sieniawa", "PL", (50.176, 22.598)).outcome is Outcome.CANDIDATES


def test_its_very_coordinates_do(towns: Index) -> None:
    """Whose list has the settlement's own coordinates means the settlement."""
    decision = _decide(towns, "Sieniawa", "PL", (50.17501, 22.59791))
    assert decision.match and decision.match.wikidata == "Q377994"
    asked = _decide(towns, "Gmina Sieniawa", "PL", (50.175, 22.5979))
    assert asked.outcome is Outcome.CANDIDATES


def test_a_place_far_away_speaks_against_the_only_one_of_its_name(towns: Index) -> None:
    decision = _decide(towns, "Soblahov", "SK", (49.0, 21.2))
    assert decision.outcome is Outcome.CANDIDATES
    assert "km from the one given" in decision.reason


def test_a_place_makes_up_for_a_doubtful_name(towns: Index) -> None:
    assert _decide(towns, "Freudenthal", "CZ", (49.988, 17.464)).outcome is Outcome.MATCHED
    assert _decide(towns, "Trenčim", "SK", (48.894, 18.044)).outcome is Outcome.MATCHED


def test_a_place_makes_up_for_a_missing_country(towns: Index) -> None:
    assert _decide(towns, "Trenčín", "", (48.894, 18.044)).outcome is Outcome.MATCHED


@pytest.mark.parametrize("code", ["24109", "BE_24109", "Q926110", "2785294"])
def test_a_code_tells_a_town(towns: Index, code: str) -> None:
    decision = _decide(towns, "Tremelo", "BE", code=code)
    assert decision.outcome is Outcome.MATCHED and code in decision.reason


def test_the_code_of_a_commune_does_not_match_its_town(towns: Index) -> None:
    assert _decide(towns, "Sieniawa", "PL", code="1814073").outcome is Outcome.CANDIDATES
    assert _decide(towns, "Sieniawa", "PL", code="1814074").outcome is Outcome.MATCHED


def test_a_code_alone_is_not_enough(towns: Index) -> None:
    assert _decide(towns, "Atlantis", "BE", code="24109").outcome is Outcome.CANDIDATES


def test_a_bare_name_may_be_taken_for_the_settlement(towns: Index) -> None:
    query = Query("Sieniawa", frozenset(["PL"]))
    assert decide(query, towns, settlements=True).outcome is Outcome.MATCHED
    asked = Query("Gmina Sieniawa", frozenset(["PL"]))
    assert decide(asked, towns, settlements=True).outcome is Outcome.CANDIDATES


def test_names_of_geonames_count_only_where_it_means_the_same_place(towns: Index) -> None:
    assert _decide(towns, "Trentschin", "SK").outcome is not Outcome.MATCHED


def test_scores_fall_with_the_distance(towns: Index) -> None:
    here = _decide(towns, "Staré Město", "CZ", (49.08, 17.43))
    assert [c.wikidata for c in here.candidates] == ["Q1009003", "Q1444566"]
    assert here.candidates[0].score > here.candidates[1].score


def test_same_question_same_answer(towns: Index, tmp_path: Path) -> None:
    again = index(tmp_path)
    for name in ("Staré Město", "Poznan", "Trencim"):
        assert _decide(towns, name) == _decide(again, name)


def test_similar_names_are_the_same_whatever_the_hash_seed() -> None:
    script = (
        "from itertools import product\n"
        "from twingraph.reconcile.entries import ListEntry\n"
        "from twingraph.reconcile.index import CountryIndex, no_exonyms\n"
        "names = map(''.join, product('abcde', repeat=5))\n"
        "index = CountryIndex([ListEntry(n, None, (n,), 'PL') for n in names], no_exonyms)\n"
        "print([entry.id for entry, _ in index.similar('abcdeac', 6)])\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        ).stdout
        for seed in "123"
    }
    assert len(found) == 1, found
