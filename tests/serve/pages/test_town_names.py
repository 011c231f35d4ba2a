"""One rule for what a town is called, in all that is published: the register's name, in the
reader's language where one is known, else the town's own; never the first by its language tag."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx
import pyarrow.parquet
import pytest
from lxml import html

from tests.conftest import FOUNDING
from tests.serve.pages.conftest import Site
from tests.sources.wikidata.samples import item, twin
from twingraph.build import build
from twingraph.serve.release_service import ReleaseService
from twingraph.sources.wikidata import entities, harvest, twinning
from twingraph.sources.wikidata.links import Items

TOWN, PARTNER = "se-savsjo", "lt-telsiai"
PAIR = f"{PARTNER}--{TOWN}"
ROWS = f"""\
{TOWN},Sävsjö,sv,lt: Sevšionas; de: Sävsjö am See,SE,municipality,,,,,,unresolved,,,,,,,,,mayors
{PARTNER},Telšiai,lt,pl: Telsze,LT,municipality,,,,,,unresolved,,,,,,,,,mayors
"""
SOURCE = f"""\
title: {{en: "Mayors"}}
kind: municipal
language: [sv]
retrieved: 2026-11-23
partnerships:
  - key: {PAIR}
    partners: [{PARTNER}, {TOWN}]
"""
BRITISH = item(
    "Q5", labels={"en-gb": "Ashby", "sgs": "Ešbis"}, country="Q145", twinned=(twin("Q5", "Q6"),)
)
FOR_ALL = item("Q6", labels={"mul": "Würzen", "cs": "Vurcen"}, country="Q183")


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("names")
    data = folder / "data"
    shutil.copytree(FOUNDING, data)
    with (data / "municipalities.csv").open("a", encoding="utf-8") as register:
        register.write(ROWS)
    (data / "sources" / "mayors.yaml").write_text(SOURCE, "utf-8")
    items = Items({one["id"]: entities.read(one) for one in (BRITISH, FOR_ALL)})
    source = twinning.wikidata_source("2026-11-23")
    harvest.keep(twinning.harvest(items, source).claims, data)
    running = Site(ReleaseService(build(data, folder / "public").out))
    yield running
    running.close()


def _folder(site: Site) -> Path:
    folder = site.service.folder
    assert folder is not None
    return folder.path


def _rows(site: Site, table: str) -> dict[str, dict[str, str]]:
    with zipfile.ZipFile(_folder(site) / "twingraph.csv.zip") as archive:
        text = archive.read(f"{table}.csv").decode()
    return {row["key"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


OWN = {TOWN: "Sävsjö", PARTNER: "Telšiai", "Q5": "Ashby", "Q6": "Würzen"}
"""What each is called where no reader is known."""


def test_tables(names: Site) -> None:
    towns = _rows(names, "municipalities")
    assert {key: towns[key]["name"] for key in OWN} == OWN
    assert _rows(names, "partnerships")[PAIR]["label"] == "Sävsjö – Telšiai"
    rows = pyarrow.parquet.read_table(_folder(names) / "tables/municipalities.parquet").to_pylist()
    assert {row["key"]: row["name"] for row in rows if row["key"] in OWN} == OWN


def test_map_and_network(names: Site) -> None:
    features = json.loads((_folder(names) / "twingraph.geojson").read_text("utf-8"))["features"]
    told = {feature["properties"]["key"]: feature["properties"] for feature in features}
    assert {key: told[key]["name"] for key in OWN} == OWN
    assert told[PAIR]["name"] == "Sävsjö – Telšiai"
    network: Any = networkx.read_graphml(
        _folder(names) / "twingraph.graphml", force_multigraph=True
    )
    assert {key: network.nodes[key]["label"] for key in OWN} == OWN


@pytest.mark.parametrize(
    ("language", "called"),
    [
        ("en", {**OWN}),
        ("de", {**OWN, TOWN: "Sävsjö am See"}),
        ("pl", {**OWN, PARTNER: "Telsze"}),
        ("fr", {**OWN}),
    ],
)
def test_pages(language: str, called: dict[str, str], names: Site) -> None:
    for key, name in called.items():
        answered = names.get(f"/municipality/{key}.html", accept_language=language)
        (heading,) = html.fromstring(answered.text).xpath("//h1")  # type: ignore[no-untyped-call]
        assert heading.text_content().strip() == name
    listed = names.get("/towns.csv", accept_language=language)
    rows = {row["key"]: row["name"] for row in csv.DictReader(io.StringIO(listed.text))}
    assert rows[TOWN] == OWN[TOWN]


def test_the_own_name_stands_beside_another(names: Site) -> None:
    page = names.get(f"/municipality/{TOWN}.html", accept_language="de")
    assert "Sävsjö am See" in page.text and ">Sävsjö<" in page.text
    page = names.get("/municipality/Q6.html", accept_language="cs")
    assert ">Würzen<" in page.text


def test_the_graph_labels_the_partnership(names: Site) -> None:
    (row,) = names.select(
        f"SELECT ?label {{ <{names.service.base}partnership/{PAIR}>"
        " <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
    )
    assert row["label"].value == "Sävsjö – Telšiai"
