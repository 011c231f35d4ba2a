"""keep.eu's JSON, of files and of its service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from twingraph.errors import UsageError
from twingraph.model.records import Text
from twingraph.sources.interreg import keep, plain
from twingraph.sources.interreg.report import Report

FILES = ROOT / "tests" / "data" / "interreg" / "keep-eu"


def test_a_project_with_its_partners() -> None:
    (row,) = keep.read(FILES / "32324.json", Report())
    assert row.titles == (Text("Maritsa Timeless Journey", "en"),)
    assert (row.number, row.keep_id) == ("BGTR0200100", "32324")
    assert row.pages == ("https://keep.eu/projects/32324/",)
    assert row.programme and row.programme.start and row.programme.start.edtf == "2021"
    lead = next(p for p in row.partners if p.role == "lead")
    assert lead.names[0].value.startswith("Исторически Музей") and lead.names[1].language == "en"
    assert (str(lead.money.total), str(lead.money.grant)) == ("204236.48", "173601.0")
    assert lead.point and lead.town == "Malko Tarnovo" and lead.postcode == "8162"


def test_the_json_and_the_plain_table_of_one_project_say_the_same() -> None:
    folder = ROOT / "tests" / "data" / "interreg" / "keep-eu-sample"
    table = {row.keep_id: replace(row, where="") for row in plain.read(folder, Report())}
    for path in sorted(FILES.glob("*.json")):
        (row,) = keep.read(path, Report())
        assert replace(row, where="") == table[row.keep_id]


def test_an_amount_of_zero_is_kept_and_counted() -> None:
    report = Report()
    (row,) = keep.read(FILES / "25693.json", report)
    assert [str(p.money.total) for p in row.partners] == ["0.0"] * 3
    assert report["zero-amount"] == 3


@pytest.mark.parametrize("form", ["list", "export", "programmes", "jsonl"])
def test_several_projects_in_a_file(form: str, tmp_path: Path) -> None:
    documents = [json.loads(p.read_text("utf-8")) for p in sorted(FILES.glob("*.json"))]
    path = tmp_path / ("all.jsonl" if form == "jsonl" else "all.json")
    whole: Any = {
        "list": documents,
        "export": {"projects": documents},
        "programmes": {"programmes": [{"title": "P", "projects": documents}]},
    }.get(form)
    lines = "\n".join(json.dumps(document) for document in documents) + "\n\n"
    path.write_text(lines if form == "jsonl" else json.dumps(whole), "utf-8")
    report = Report()
    assert [row.keep_id for row in keep.read(path, report)] == ["17853", "25693", "32324"]
    assert report["bad-row"] == 0


def test_projects_are_asked_one_by_one() -> None:
    asked: list[str] = []

    def get(url: str, fields: Mapping[str, str]) -> Any:
        asked.append(url)
        return json.loads((FILES / f"{url.rstrip('/').rpartition('/')[2]}.json").read_text("utf-8"))

    rows = list(keep.fetch(["17853", "25693"], get, Report()))
    assert [row.keep_id for row in rows] == ["17853", "25693"]
    assert asked[0] == "https://keep.eu/api/project/17853/"


def test_the_export_is_asked_with_its_key() -> None:
    def get(url: str, fields: Mapping[str, str]) -> Any:
        assert (url, fields) == ("https://keep.eu/api/open-data", {"key": "k", "period": "3"})
        return {"projects": [{"id": 7, "partnerships": [None, {"partner": {"name": "X"}}]}, 5]}

    report = Report()
    (row,) = keep.export(get, "k", report, period="3")
    assert row.titles == () and len(row.partners) == 1
    assert report["bad-row"] == 1


@pytest.mark.parametrize(
    ("kind", "says"),
    [("", None), ("Local public authority", None), ("Higher education", False), ("SME", False)],
)
def test_what_it_calls_a_body_only_tells_against_an_authority(kind: str, says: object) -> None:
    said = {"partner": {"name": "X"}, "organisation_type": kind}
    (row,) = keep.projects([{"id": 1, "partnerships": [said]}], "here", Report())
    assert row.partners[0].is_authority is says


@pytest.mark.parametrize("content", ["<html>", "{", ""])
def test_what_is_no_json_is_told(content: str, tmp_path: Path) -> None:
    path = tmp_path / "keep.json"
    path.write_text(content, "utf-8")
    with pytest.raises(UsageError, match="is no JSON of keep.eu"):
        list(keep.read(path, Report()))
    with pytest.raises(UsageError, match="cannot be read"):
        list(keep.read(tmp_path / "none.json", Report()))
