"""Each recipe of docs/cookbook.md, carried out as the page has it, by the tool that it names."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.service import Server
from twingraph.build import Built
from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority, Partnership, View
from twingraph.web.cookbook import SITE

PAGE = (ROOT / "docs" / "cookbook.md").read_text("utf-8")
RECIPES = dict(re.findall(r"^## \d+\. (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
MODULES = ROOT / "tests" / "clients" / "node_modules"
DUCKDB = "import duckdb, sys; duckdb.sql(sys.stdin.read()).write_csv('/dev/stdout')"
NAMES = ["Pečovská Nová Ves", "Tremelo", "Červená Voda", "Ľutina"]
"""The partners of Sieniawa."""
PATIENCE = 180
"""Seconds to wait for a program on a loaded machine."""


@pytest.fixture(scope="module")
def site(built: Built) -> Iterator[Server]:
    """The founding data, served."""
    running = Server(built.out)
    yield running
    assert running.stop() == 0


@pytest.fixture
def carried_out(site: Server, tmp_path: Path) -> Callable[[str], str]:
    """Runs the blocks of the recipe with a title, in their order, in a folder; what they print."""

    def run(title: str) -> str:
        blocks = re.findall(r"^```(\w+)\n(.*?)^```", RECIPES[title], re.M | re.S)
        assert blocks
        return "".join(
            _run(language, text.replace(SITE, site.url), tmp_path) for language, text in blocks
        )

    return run


def _run(language: str, text: str, folder: Path) -> str:
    """What a block prints. No proxy stands before this machine's own services."""
    commands = {
        "sh": ["bash", "-euo", "pipefail", "-s"],
        "python": [sys.executable, "-"],
        "r": ["Rscript", "--vanilla", "--encoding=UTF-8", "-"],
        "sql": [sys.executable, "-c", DUCKDB],
    }
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": search, "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        commands[language],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, (text, done.stdout, done.stderr)
    return done.stdout


def needs(program: str) -> pytest.MarkDecorator:
    """Left out where a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


Carry = Callable[[str], str]


def test_there_are_ten() -> None:
    assert len(RECIPES) == 10 and len(re.findall(r"^## ", PAGE, re.M)) == 10


@needs("jq")
@needs("curl")
def test_curl_and_jq(carried_out: Carry) -> None:
    head, *lines = carried_out("A list as a file: curl and jq").splitlines()
    assert head.startswith("key,iri,label")
    assert {line.split(",")[0] for line in lines[:-4]} == {
        f"pl-sieniawa--sk-{name}" for name in ("cervena-voda", "lutina", "pecovska-nova-ves")
    }
    assert lines[-4:] == NAMES


def test_pandas(carried_out: Carry) -> None:
    printed = carried_out("Which countries are twinned most: pandas")
    assert re.search(r"POL – SVK +3\nBEL – POL +1\n", printed)


@needs("Rscript")
def test_r(carried_out: Carry, view: View, tmp_path: Path) -> None:
    decades, counts = carried_out("Partnerships by decade: R").split("\n")[-3:-1]
    dates = [one.since for one in view.all(Partnership).values() if one.since]
    expected = Counter(f"{str(date.earliest)[:3]}0s" for date in dates)
    assert sum(expected.values()) > 1
    assert dict(zip(decades.split(), map(int, counts.split()), strict=True)) == expected
    assert (tmp_path / "decades.pdf").read_bytes().startswith(b"%PDF")


def test_duckdb(carried_out: Carry, view: View) -> None:
    head, first, *others = carried_out("SQL over the tables: DuckDB").splitlines()
    assert head == "name,country,partners,farthest_km"
    name, country, partners, farthest = first.split(",")
    assert (name, country, partners) == ("Miasto i Gmina Sieniawa", "POL", "4")
    # Tremelo, along the great circle.
    assert float(farthest) == pytest.approx(1260, abs=15)
    assert len(others) == len(view.all(Authority)) - 1


def test_igraph(carried_out: Carry) -> None:
    said, bridges = carried_out("The network: Gephi, igraph, NetworkX").splitlines()
    assert said.startswith("5 towns, 4 pairs, ")
    assert bridges.startswith("['Miasto i Gmina Sieniawa', ")


@needs("ogr2ogr")
def test_gdal(carried_out: Carry, view: View, tmp_path: Path) -> None:
    printed = carried_out("A map: QGIS and all that reads through GDAL")
    assert "1: towns (Point)" in printed and "2: partnerships (Multi Line String)" in printed
    towns = Counter(town.country for town in view.all(Authority).values())
    found = re.findall(r"country \(String\) = (\w+)\n +towns \(Integer\) = (\d+)", printed)
    assert {country: int(count) for country, count in found} == towns
    lookup = Lookup.of_view(view)
    current = sum(lookup.is_current(one) for one in lookup.partnerships.values())
    said = _run("sh", "ogrinfo -so twingraph.gpkg partnerships", tmp_path)
    assert current and f"Feature Count: {current}\n" in said


def test_sparqlwrapper(carried_out: Carry) -> None:
    lines = carried_out("A query from Python: SPARQLWrapper").splitlines()
    assert lines and all(len(line.split(" | ")) == 2 for line in lines)


@needs("npx")
@pytest.mark.skipif(not MODULES.is_dir(), reason="Comunica is not installed: make test does it")
def test_comunica(carried_out: Carry, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "package.json").write_text(json.dumps({"private": True}))
    printed = carried_out("An endpoint and a document together: Comunica")
    rows = list(csv.DictReader(io.StringIO(printed)))
    found = {row["property"].strip("<>").rpartition("#")[2] for row in rows}
    assert {"partner", "status", "agreement"} <= found
    assert all(row["value"] and row["meaning"] for row in rows)
    assert len(rows) == len({(row["property"], row["value"]) for row in rows}), "some came twice"


def test_service(carried_out: Carry) -> None:
    printed = carried_out("Your own graph beside ours: SERVICE")
    assert printed.splitlines() == [f"2026-05-12 {name}" for name in NAMES]


def test_a_harvest(carried_out: Carry, tmp_path: Path) -> None:
    title = "Only what is new: a harvest by DCAT"
    fetched = {line.split()[1] for line in carried_out(title).splitlines()}
    assert fetched == {"twingraph.nt.gz", "twingraph.csv.zip", "twingraph.geojson"}
    assert carried_out(title) == "", "nothing has changed"
    (tmp_path / "twingraph.geojson").write_text("old")
    assert carried_out(title).startswith("fetched twingraph.geojson ")
