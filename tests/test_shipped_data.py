"""What data/ publishes: it is whole, keeps the rules, and holds the founding data unchanged."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.conftest import FOUNDING, ROOT
from twingraph.build import Built
from twingraph.sparql.competency_questions import questions

QUESTIONS = {question.name: question for question in questions()}
FILES = [path.relative_to(FOUNDING) for path in sorted((FOUNDING / "sources").rglob("*.yaml"))]


@pytest.fixture(scope="module")
def store(shipped: Built) -> ox.Store:
    """What that release says, to be asked."""
    filled = ox.Store()
    quads = gzip.decompress((shipped.out / "twingraph.nq.gz").read_bytes())
    filled.bulk_load(quads, ox.RdfFormat.N_QUADS)
    return filled


def test_it_becomes_a_release(shipped: Built) -> None:
    assert (shipped.out / "SHA256SUMS").exists()


@pytest.mark.parametrize("name", FILES, ids=str)
def test_the_founding_sources_stand_in_it_unchanged(name: Path) -> None:
    assert (ROOT / "data" / name).read_bytes() == (FOUNDING / name).read_bytes()


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_finds_something_in_it(store: ox.Store, name: str) -> None:
    answer = store.query(QUESTIONS[name].text)
    if isinstance(answer, ox.QueryBoolean):
        assert answer
    else:
        assert next(iter(answer), None) is not None


def test_the_partnerships_of_two_countries_are_one_question_away(store: ox.Store) -> None:
    answer = store.query(QUESTIONS["partnerships-between-two-countries"].text)
    assert isinstance(answer, ox.QuerySolutions)
    assert len({row["partnership"] for row in answer}) >= 700
