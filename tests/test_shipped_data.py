"""What data/ publishes: it is whole, keeps the rules, and holds the founding data unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import FOUNDING, ROOT
from twingraph.build import Built, build
from twingraph.release.coverage import coverage
from twingraph.verify.reports import report_faults

FILES = [path.relative_to(FOUNDING) for path in sorted((FOUNDING / "sources").rglob("*.yaml"))]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A release of data/; a violation of a shape would end the build."""
    return build(ROOT / "data", tmp_path_factory.mktemp("shipped") / "public")


def test_it_becomes_a_release(shipped: Built) -> None:
    assert (shipped.out / "SHA256SUMS").exists()


@pytest.mark.parametrize("name", FILES, ids=str)
def test_the_founding_sources_stand_in_it_unchanged(name: Path) -> None:
    assert (ROOT / "data" / name).read_bytes() == (FOUNDING / name).read_bytes()


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
