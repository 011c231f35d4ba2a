"""Croissant, RO-Crate, DataCite: the same that the catalogue says, file by file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from twingraph.build import Built
from twingraph.model.records import View
from twingraph.release.coverage import coverage
from twingraph.release.exports import exports
from twingraph.release.history import ReleaseEntry
from twingraph.release.publish import sha256
from twingraph.release.research_metadata import croissant, datacite, ro_crate
from twingraph.release.tables import tables

BASE = "https://w3id.org/twingraph/"
FILES = {export.name for export in exports()}


def _json(release: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((release / name).read_text("utf-8"))
    return found


def test_croissant_has_every_file_and_every_column(built: Built) -> None:
    said = _json(built.out, "croissant.json")
    assert said["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert (said["@id"], said["version"]) == (f"{BASE}catalog#dataset", "0.1.0")
    assert said["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    files = {one["@id"]: one for one in said["distribution"] if "containedIn" not in one}
    assert set(files) == FILES
    for name, file in files.items():
        assert file["contentUrl"] == f"{BASE}{name}"
        assert file["sha256"] == sha256(built.out / name)
        assert file["contentSize"] == f"{(built.out / name).stat().st_size} B"
    sets = {one["name"]: one for one in said["recordSet"]}
    for table in tables(built.view.dataset.languages):
        fields = sets[table.name]["field"]
        assert [field["name"] for field in fields] == [column.name for column in table.columns]
        assert all(f["source"]["fileObject"]["@id"] == f"{table.name}.csv" for f in fields)
    known = {field["@id"] for one in sets.values() for field in one["field"]}
    linked = {
        field["references"]["field"]["@id"]
        for one in sets.values() for field in one["field"] if "references" in field
    }  # fmt: skip
    assert linked and linked <= known


def test_the_crate_has_every_file(built: Built) -> None:
    nodes = {node["@id"]: node for node in _json(built.out, "ro-crate-metadata.json")["@graph"]}
    root = nodes["./"]
    assert {part["@id"] for part in root["hasPart"]} == FILES
    assert root["version"] == "0.1.0" and root["datePublished"] == "2026-11-23"
    for name in FILES:
        assert nodes[name]["contentSize"] == str((built.out / name).stat().st_size)
        assert nodes[name]["sha256"] == sha256(built.out / name)
    linked = (root["license"], root["publisher"], root["author"], root["contactPoint"])
    assert all(link["@id"] in nodes for link in linked)


def test_datacite_has_what_is_mandatory(built: Built) -> None:
    said = _json(built.out, "datacite.json")
    assert said["publicationYear"] == "2026" and said["publisher"]["name"]
    assert said["types"]["resourceTypeGeneral"] == "Dataset"
    assert [title["lang"] for title in said["titles"]] == list(built.view.dataset.languages)
    assert said["rightsList"][0]["rightsIdentifier"] == "CC0-1.0"
    assert "doi" not in said


def test_a_later_version_names_the_one_before(view: View) -> None:
    said = datacite(view.dataset, coverage(view), (), [ReleaseEntry("1-a", "1", None)])
    related = {one["relationType"]: one["relatedIdentifier"] for one in said["relatedIdentifiers"]}
    assert related["IsNewVersionOf"] == f"{BASE}releases/1-a/"


def test_what_is_not_known_is_left_out(view: View) -> None:
    bare = replace(
        view.dataset, version=None, issued=None, modified=None, contact_email=None,
        contact_url=None, keywords=(),
    )  # fmt: skip
    for said in (croissant(bare, ()), datacite(bare, coverage(view), ())):
        assert None not in said.values() and "version" not in said
    assert all(None not in node.values() for node in ro_crate(bare, ())["@graph"])
