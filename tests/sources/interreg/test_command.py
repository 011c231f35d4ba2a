"""twingraph harvest interreg, and the lists that ship with the data."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import FOUNDING, ROOT
from tests.sources.interreg.test_kohesio import BENEFICIARIES, HEADER, ROW
from tests.sources.interreg.workbooks import ods, xlsx
from twingraph.build import read_view
from twingraph.errors import Problem
from twingraph.model.records import (
    Authority,
    Organization,
    Participation,
    Partnership,
    Project,
    View,
)
from twingraph.sources.harvested import read_claims

LISTS = ROOT / "tests" / "data" / "interreg"
SHIPPED = {"pl-sk-pages": "interreg-pl-sk-pages", "keep-eu-sample": "keep-eu-sample"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOUNDING, tmp_path / "data"))


def test_a_plain_table_becomes_a_source(data: Path, tmp_path: Path) -> None:
    report_file = tmp_path / "work" / "report.json"
    done = run(
        tmp_path,
        "harvest",
        "interreg",
        "--plain",
        LISTS / "pl-sk-pages",
        "--data",
        data,
        "--report",
        report_file,
    )
    assert done.returncode == 0, done.stderr
    assert "23 projects" in done.stdout
    report = json.loads(report_file.read_text("utf-8"))
    assert report["planned"][0] == 1 and report["organization"][0] == 12
    listed_file = report_file.with_name("interreg-pl-sk-pages-candidates.csv")
    with listed_file.open(encoding="utf-8", newline="") as file:
        listed = {row["name"]: row["outcome"] for row in csv.DictReader(file)}
    assert listed["Gmina Sękowa"] == "minted"
    view = read_view(data)
    heritage = view.all(Project)["dedicstvo-starych-mam-bez-hranic"]
    assert heritage.number == "INT/EK/PO/1/II/A/0118"
    assert heritage.partners == ("pl-sieniawa", "sk-pecovska-nova-ves")
    again = run(
        tmp_path, "harvest", "interreg",
        "--plain", LISTS / "pl-sk-pages", "--data", data, "--report", report_file,
        "--quiet",
    )  # fmt: skip
    assert again.stdout == done.stdout, "the same list gives the same claims"


LISTED = [
    ["Project title", "Project number", "Beneficiary", "Country", "Total cost", "Currency"],
    ["Bridges over the river", "A/1", "Gmina Sieniawa", "PL", "100,50", "EUR"],
    ["Bridges over the river", "A/1", "Obec Pečovská Nová Ves", "SK", "100,50", "EUR"],
]


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv"])
def test_a_list_of_operations_in_each_form(form: str, data: Path, tmp_path: Path) -> None:
    path = tmp_path / f"list.{form}"
    if form == "csv":
        path.write_text("\n".join(";".join(row) for row in LISTED), "cp1250")
    else:
        {"xlsx": xlsx, "ods": ods}[form](path, {"List": LISTED})
    (tmp_path / "list.yaml").write_text("retrieved: 2026-11-28\n", "utf-8")
    done = run(
        tmp_path, "harvest", "interreg", "--operations", path, "--data", data, "--quiet",
        "--source", tmp_path / "list.yaml",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    view = read_view(data)
    (project,) = (p for p in view.all(Project).values() if p.number == "A/1")
    assert project.partners == ("pl-sieniawa", "sk-pecovska-nova-ves")
    partnership = view.all(Partnership)["pl-sieniawa--sk-pecovska-nova-ves"]
    assert partnership.derived_projects == (project.key,)
    assert view.sources["operations-list"].retrieved == "2026-11-28"


def test_keep_eu_and_kohesio_from_files(data: Path, tmp_path: Path) -> None:
    keep_eu = sorted((LISTS / "keep-eu").glob("*.json"))
    given = [word for path in keep_eu for word in ("--keep-eu", path)]
    done = run(tmp_path, "harvest", "interreg", *given, "--data", data, "--quiet")
    assert done.returncode == 0, done.stderr
    assert "3 projects" in done.stdout
    rows, known = tmp_path / "latest_SK.csv", tmp_path / "beneficiaries.csv"
    rows.write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    known.write_text(BENEFICIARIES, "utf-8")
    done = run(
        tmp_path, "harvest", "interreg", "--kohesio", rows, "--kohesio", known,
        "--data", data, "--ours", "--quiet",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (project,) = (p for p in read_view(data).all(Project).values() if p.kohesio == "Q42")
    assert project.partners == ("sk-pecovska-nova-ves",)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--operations", "bad.xlsx"], "is a web page, not a table"),
        (["--operations", "none.csv"], "cannot be read"),
        (["--operations", "bad.xlsx", "--mapping", "pl"], "is no mapping"),
        (["--kohesio", "bad.xlsx"], "is no such file of Kohesio"),
        (["--kohesio", "sparql", "--contact", "https://e.org"], "is no CCI"),
        (["--kohesio", "sparql"], "names its operator"),
        (["--keep-eu", "bad.xlsx"], "is a web page"),
        (["--keep-eu", "17853"], "names its operator"),
        (["--keep-eu", "export"], "set KEEP_EU_KEY"),
        (["--plain", ".", "--keep-eu", "1"], "No such option '--keep-eu'"),
        (["--operations", "bad.xlsx", "--source", "none.yaml"], "none.yaml cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_written(
    given: list[str], words: str, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.xlsx").write_text("<!DOCTYPE html><p>404</p>", "utf-8")
    done = run(tmp_path, "harvest", "interreg", *given, "--data", data, "--quiet")
    assert done.returncode == 2
    assert words in done.stderr and "Traceback" not in done.stderr
    assert not (data / "harvest").exists()


def test_a_list_is_named(data: Path) -> None:
    done = run(data, "harvest", "interreg")
    assert done.returncode == 2
    for name in ("keep-eu", "operations", "kohesio", "plain"):
        assert f"\n  {name} " in done.stderr + done.stdout


@pytest.mark.parametrize(
    "given",
    [
        ["plain", LISTS / "keep-eu-sample"],
        ["--plain", LISTS / "keep-eu-sample"],
        [f"--plain={LISTS / 'keep-eu-sample'}"],
        ["--programme", "2014TC16RFCB012", "--plain", LISTS / "keep-eu-sample"],
    ],
)
def test_a_list_is_named_by_a_command_or_by_an_option(
    given: list[str | Path], data: Path, tmp_path: Path
) -> None:
    done = run(tmp_path, "harvest", "interreg", *given, "--data", data, "--quiet")
    assert done.returncode == 0, done.stderr
    assert ("10 projects" in done.stdout) == ("--programme" not in given)


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
        "--plain", LISTS / folder, "--data", data, "--report", tmp_path / "report.json",
        "--gazetteer", shared / "gazetteer" / "places.tsv",
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
