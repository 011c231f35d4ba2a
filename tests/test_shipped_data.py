"""What data/ publishes: it is whole, keeps the rules, and holds the founding data unchanged."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.conftest import FOUNDING, ROOT
from twingraph.build import Built
from twingraph.release.coverage import coverage
from twingraph.sparql.competency_questions import questions
from twingraph.verify.reports import report_faults

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


STATED_NOWHERE = {"networks-of-towns"}
"""What no page in data/ says; tests/data/made-up has it."""


@pytest.mark.parametrize("name", sorted(QUESTIONS.keys() - STATED_NOWHERE))
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


def test_its_reports_stay_small_at_the_size_of_the_world(shipped: Built) -> None:
    sizes = {path.name: path.stat().st_size for path in shipped.out.iterdir()}
    assert len(shipped.report.results) > 20_000
    assert sizes["quality.json"] < 500_000
    assert sizes["shacl-report.ttl"] < 50_000
    assert sizes["shacl-report-full.ttl.gz"] < 3_000_000
    assert len(shipped.report.text().splitlines()) < 200


def test_its_reports_and_queries_agree_with_its_graph(shipped: Built) -> None:
    assert list(report_faults(shipped.out)) == []


def test_its_catalogue_names_the_countries_and_the_years(shipped: Built) -> None:
    covered = coverage(shipped.view)
    assert len(covered.countries) > 150 and (covered.start or "") < "1950" < (covered.end or "")
    said = (shipped.out / "catalog.ttl").read_text("utf-8")
    assert said.count("country:DEU") == 2 and f'startDate "{covered.start}"' in said
