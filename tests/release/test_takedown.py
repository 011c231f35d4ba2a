"""A source is taken down: nothing that it alone said is left in any release."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import FOUNDING
from twingraph.build import build
from twingraph.errors import UsageError
from twingraph.namespaces import BASE
from twingraph.release.history import PastRelease
from twingraph.release.identity import past
from twingraph.release.loss_guard import Allowed
from twingraph.verify import verify

PERSON = "Made-up Person of Nowhere"
WORDS = "words that were taken back"
TITLE = "A made-up page to take down"
PAGE = f"""\
title: {{en: "{TITLE}"}}
kind: news
language: [en]
partnerships:
  - key: be-tremelo--pl-sieniawa
    partners: [be-tremelo, pl-sieniawa]
    agreements:
      - key: taken-down
        kind: letter-of-intent
        signatures:
          - signatory: made-up-person
            basis: signed
            evidence: {WORDS}
"""
SECRETS = (PERSON, WORDS, TITLE, "made-up-person")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases of the founding data, of which the second has the page."""
    place = tmp_path_factory.mktemp("takedown")
    shutil.copytree(FOUNDING, place / "data")
    build(place / "data", place / "public")
    with (place / "data/people.csv").open("a", encoding="utf-8") as people:
        people.write(f"made-up-person,{PERSON},,made-up-page\n")
    (place / "data/sources/made-up-page.yaml").write_text(PAGE, "utf-8")
    build(place / "data", place / "public")
    return place


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "place", symlinks=True)


def _without_the_page(place: Path) -> None:
    (place / "data/sources/made-up-page.yaml").unlink()
    people = place / "data/people.csv"
    lines = people.read_text("utf-8").splitlines(keepends=True)
    people.write_text("".join(line for line in lines if PERSON not in line), "utf-8")


def _holding(folder: Path) -> list[str]:
    """The files under a folder that hold any of it, packed ones unpacked."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            held = path.read_bytes()
            held = gzip.decompress(held) if path.suffix == ".gz" else held
            found += [path.name for secret in SECRETS if secret.encode() in held]
    return found


def _releases(place: Path) -> set[str]:
    return {path.name for path in (place / "releases").iterdir()}


def test_what_is_taken_down_is_in_no_release(place: Path) -> None:
    first, second = PastRelease.read(place / "public").line
    assert len(_holding(place / "releases")) > 20
    _without_the_page(place)
    told: list[str] = []
    build(place / "data", place / "public", told.append, forget=["source/made-up-page"])
    assert _holding(place / "releases") == []
    assert f"removed {second.name}, which holds what is taken down" in told
    made = PastRelease.read(place / "public")
    assert (made.forgotten, _releases(place)) == (
        ("made-up-page",),
        {first.name, made.entry.name},
    )
    assert [entry.name for entry in made.earlier] == [first.name, second.name]
    gone = past(place / "public").gone
    assert f"{BASE}source/made-up-page" in gone
    assert f"{BASE}person/made-up-person" not in gone
    changes = json.loads((place / "public/changes/summary.json").read_text("utf-8"))
    assert [source["label"] for source in changes["sources"]] == ["made-up-page"]
    assert list(verify(place / "public")) == []


def test_it_stays_out_and_the_next_build_follows(place: Path) -> None:
    build(place / "data", place / "public", forget=["source/made-up-page"])  # the data has it still
    assert _holding(place / "releases") == []
    down = PastRelease.read(place / "public")
    told: list[str] = []
    build(place / "data", place / "public", told.append)
    assert PastRelease.read(place / "public") == down
    assert any(line.startswith("left out, since taken down: made-up-page") for line in told)
    assert _holding(place / "releases") == []


def test_what_was_removed_before_is_taken_down_of_its_change_set_too(place: Path) -> None:
    _without_the_page(place)
    build(place / "data", place / "public", allowed=Allowed(100))
    assert WORDS in (place / "public/changes/removed.nt").read_text("utf-8")
    build(place / "data", place / "public", forget=["source/made-up-page"])
    assert _holding(place / "releases") == []


@pytest.mark.parametrize("name", ["source/made-up-pages", "person/made-up-person", "made-up-page"])
def test_what_is_no_source_is_not_forgotten(place: Path, name: str) -> None:
    with pytest.raises(UsageError, match="has no such source"):
        build(place / "data", place / "public", forget=[name])
