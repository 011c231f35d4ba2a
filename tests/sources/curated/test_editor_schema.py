"""The JSON Schema that editors use says yes to the files that are read, and no to the others."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.conftest import FOUNDING, ROOT
from twingraph.contributions.contribution import Contribution, Refused, tidy
from twingraph.sources.curated.format import contribution_schema, json_schema
from twingraph.sources.curated.yaml_reader import read_yaml

FOLDERS = (ROOT / "data", FOUNDING, ROOT / "tests/data/pages", ROOT / "tests/data/made-up")
FILES = [path for folder in FOLDERS for path in sorted((folder / "sources").rglob("*.yaml"))]


class EditorLoader(yaml.SafeLoader):
    """YAML as editors read it: the core schema of YAML 1.2 (10.3.2).

    PyYAML is of YAML 1.1, which makes a date of 2018-04-29 and false of NO. The YAML language
    server reads 1.2: only null, booleans and numbers are told from strings, so its table of plain
    scalars stands here in place of the inherited one.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"),
                                       first)  # fmt: skip


def as_an_editor_reads(text: str) -> Any:
    """The content of a YAML text, typed as an editor types it."""
    return yaml.load(text, Loader=EditorLoader)


@cache
def validator() -> Draft202012Validator:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(text: str) -> list[str]:
    """Where an editor would underline the text."""
    return sorted(error.json_path for error in validator().iter_errors(as_an_editor_reads(text)))


def test_dates_and_words_stay_strings_for_an_editor() -> None:
    text = "[2018-04-29, 2018-04, NO, 12:30:45, 2010, 30296.38, true, ~, 1e3]"
    expected = ["2018-04-29", "2018-04", "NO", "12:30:45", 2010, 30296.38, True, None, 1000.0]
    assert as_an_editor_reads(text) == expected


def test_there_are_source_files_in_every_folder() -> None:
    assert {parent for path in FILES for parent in path.parents if parent in FOLDERS} == set(
        FOLDERS
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_source_file_is_valid(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_source_file_tells_editors_its_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == f"# yaml-language-server: $schema={json_schema()['$id']}"


PAGE = """\
title: A page
kind: municipal
language: [sk]
partnerships:
  - key: pl-sieniawa--sk-lutina
    partners: [pl-sieniawa, sk-lutina]
    agreements:
      - key: 1
        kind: agreement
"""


def test_least_page_is_valid() -> None:
    assert faults(PAGE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [
        ("kind: agreement", "kind: oath", "$.partnerships[0].agreements[0].kind"),
        ("kind: municipal", "kind: blog", "$.kind"),
        ("key: 1", "key: One", "$.partnerships[0].agreements[0].key"),
        ("key: 1", "keys: 1", "$.partnerships[0].agreements[0]"),
        ("[pl-sieniawa, sk-lutina]", "[pl-sieniawa]", "$.partnerships[0].partners"),
        ("language: [sk]\n", "", "$"),
    ],
    ids=["no concept", "no kind of source", "no key", "unknown field", "one partner", "missing"],
)
def test_what_is_no_source_file_is_not_valid(right: str, wrong: str, where: str) -> None:
    text = PAGE.replace(right, wrong)
    assert text != PAGE
    assert where in faults(text)


ROWS = """\
registers:
  municipalities:
    - {key: hu-abda, name: Abda, language: hu, country: HU, level: municipality,
       national_code: 1204420, latitude: 47.6944, longitude: 17.5447, geonames: 3056463,
       wikidata_status: unresolved, wikidata_on: 2026-11-28}
  people:
    - {key: zsolt-szabo, name: Zsolt Szabó}
source:
  key: page
"""
CONTRIBUTED = ROWS + "".join(f"  {line}\n" for line in PAGE.splitlines())


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [
        ("", "", None),
        ("country: HU", "country: Hungary", "$.registers.municipalities[0].country"),
        ("name: Zsolt Szabó", "title: Zsolt Szabó", "$.registers.people[0]"),
        ("people:", "persons:", "$.registers"),
        ("  key: page\n", "", "$.source"),
        ("kind: agreement", "kind: oath", "$.source.partnerships[0].agreements[0].kind"),
    ],
    ids=["right", "no code", "unknown field", "no register", "no key", "no concept"],
)
def test_an_editor_and_the_reading_say_the_same_of_a_contribution(
    tmp_path: Path, right: str, wrong: str, where: str | None
) -> None:
    text = CONTRIBUTED.replace(right, wrong) if right else CONTRIBUTED
    schema = contribution_schema()
    Draft202012Validator.check_schema(schema)
    editor = Draft202012Validator(schema)
    found = {error.json_path for error in editor.iter_errors(as_an_editor_reads(text))}
    assert found == ({where} if where else set()) or where in found
    (tmp_path / "page.yaml").write_text(text, "utf-8")
    document = read_yaml(tmp_path / "page.yaml", "page.yaml", [])
    assert document is not None
    if where is None:
        written = Contribution.of(document.content).dump()
        assert written.startswith(f"# yaml-language-server: $schema={schema['$id']}\n")
        assert editor.is_valid(as_an_editor_reads(written))
    else:
        with pytest.raises(Refused):
            Contribution.of(tidy(document.content))
