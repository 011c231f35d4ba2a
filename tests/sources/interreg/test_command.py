"""twingraph harvest interreg, and the lists that ship with the data."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import FOUNDING, ROOT
from twingraph.build import read_view
from twingraph.errors import Problem
from twingraph.model.records import Authority, Organization, Participation, Project, View
from twingraph.sources.harvested import read_claims

LISTS = ROOT / "tests" / "data" / "interreg"
SHIPPED = {"pl-sk-pages": "interreg-pl-sk-pages", "keep-eu-sample": "keep-eu-sample"}
CREDIT = (
    "Data from Who's On First (http://whosonfirst.mapzen.com#License), parts of it from GeoNames,"
    " GeoPlanet and Quattroshapes (CC BY)"
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOUNDING, tmp_path / "data"))


def test_a_plain_table_becomes_a_source(data: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    done = run(
        tmp_path,
        "harvest",
        "interreg",
        "--plain",
        LISTS / "pl-sk-pages",
        "--data",
        data,
        "--work",
        work,
    )
    assert done.returncode == 0, done.stderr
    assert "23 projects" in done.stdout
    report = json.loads((work / "interreg-pl-sk-pages-report.json").read_text("utf-8"))
    assert report["planned"][0] == 1 and report["organization"][0] == 12
    with (work / "interreg-pl-sk-pages-candidates.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["name"]: row["outcome"] for row in csv.DictReader(file)}
    assert listed["Gmina Sękowa"] == "minted"
    view = read_view(data)
    heritage = view.all(Project)["dedicstvo-starych-mam-bez-hranic"]
    assert heritage.number == "INT/EK/PO/1/II/A/0118"
    assert heritage.partners == ("pl-sieniawa", "sk-pecovska-nova-ves")
    again = run(
        tmp_path, "harvest", "interreg",
        "--plain", LISTS / "pl-sk-pages", "--data", data, "--work", work,
        "--quiet",
    )  # fmt: skip
    assert again.stdout == done.stdout, "the same list gives the same claims"


def test_a_list_is_named(data: Path) -> None:
    done = run(data, "harvest", "interreg", "--data", data)
    assert done.returncode == 2
    assert "say which list" in done.stderr


def test_a_folder_without_a_table_is_told(data: Path, tmp_path: Path) -> None:
    done = run(tmp_path, "harvest", "interreg", "--plain", tmp_path, "--data", data)
    assert done.returncode == 2
    assert "a plain table is projects.csv and partners.csv" in done.stderr
    assert not (data / "harvest").exists()


@pytest.mark.parametrize("folder", SHIPPED)
def test_what_ships_is_what_the_lists_give(folder: str, shared: Path, tmp_path: Path) -> None:
    key, data = SHIPPED[folder], tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    for path in (data / "harvest").glob("*.jsonl"):
        if path.stem.startswith(("interreg", "keep")):
            path.unlink()
    if key == "keep-eu-sample":
        for name in ("interreg-pl-sk-pages", "interreg-pl-sk-pages-places"):
            shutil.copy(ROOT / "data" / "harvest" / f"{name}.jsonl", data / "harvest")
    done = run(
        tmp_path, "harvest", "interreg",
        "--plain", LISTS / folder, "--data", data, "--work", tmp_path,
        "--gazetteer", shared / "gazetteer" / "places.tsv", "--gazetteer-credit", CREDIT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in (f"{key}.jsonl", f"{key}-places.jsonl"):
        made, shipped = (at / "harvest" / name for at in (data, ROOT / "data"))
        assert made.read_bytes() == shipped.read_bytes(), name


def test_what_ships_links_no_organisation_as_a_town() -> None:
    words = ("Szkół", "škola", "Stowarzyszenie", "Centrum", "Museum", "Library", "Association")
    for key in SHIPPED.values():
        problems: list[Problem] = []
        claims = read_claims(ROOT / "data" / "harvest" / f"{key}.jsonl", problems)
        assert claims is not None and not problems
        parts = [r for r in claims.records if isinstance(r, Participation)]
        named = [p for p in parts if any(w in t.value for t in p.names for w in words)]
        assert named and all(p.organization and not p.authority for p in named)


def test_projects_are_on_the_map(world: View) -> None:
    view = world
    towns, bodies = view.all(Authority), view.all(Organization)
    placed = set()
    for part in view.all(Participation).values():
        seat = bodies[part.organization].seat if part.organization else None
        key = part.authority or seat
        if key and towns[key].point:
            placed.add(part.project)
    stated = {
        key
        for key, project in view.all(Project).items()
        if any(towns[partner].point for partner in project.partners)
    }
    assert len(placed | stated) >= 30
