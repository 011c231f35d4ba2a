"""The line of releases: what follows what, and when there is nothing new."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import FOUNDING
from twingraph import build as building
from twingraph.build import build
from twingraph.errors import UsageError
from twingraph.model.records import View
from twingraph.release.history import PastRelease, ReleaseEntry, current, date, name
from twingraph.release.publish import seal

BuildOf = Callable[..., PastRelease]


@pytest.fixture
def build_of(monkeypatch: pytest.MonkeyPatch, view: View) -> BuildOf:
    """A build of the founding data as if dataset.yaml named another version."""

    def run(out: Path, version: str, after: Path | None = None) -> PastRelease:
        changed = replace(view, dataset=replace(view.dataset, version=version))
        monkeypatch.setattr(building, "read_view", lambda *_: changed)
        build(FOUNDING, out, after=after)
        return PastRelease.read(out)

    return run


def test_each_release_remembers_those_before_it(tmp_path: Path, build_of: BuildOf) -> None:
    out = tmp_path / "public"
    first, second, third = (build_of(out, version) for version in ("1", "2", "3"))
    assert first.earlier == ()
    assert second.earlier == (first.entry,)
    assert third.line == (first.entry, second.entry, third.entry)
    assert [entry.version for entry in third.line] == ["1", "2", "3"]
    assert third.entry.counts == {"partnerships": 4, "towns": 5, "sources": 6}
    assert third.entry.date == "2026-11-23"
    assert third.folder.name == third.entry.name
    kept = {path.name for path in (tmp_path / "releases").iterdir()}
    assert kept == {entry.name for entry in third.line}


def test_unchanged_data_is_the_same_release(tmp_path: Path, build_of: BuildOf) -> None:
    out = tmp_path / "public"
    build_of(out, "1")
    second = build_of(out, "2")
    before = {path: path.stat().st_mtime_ns for path in second.folder.rglob("*")}
    link = out.lstat().st_mtime_ns
    # Also when older folders were cleared away meanwhile.
    shutil.rmtree(tmp_path / "releases" / second.earlier[0].name)
    assert build_of(out, "2") == second
    assert {path: path.stat().st_mtime_ns for path in second.folder.rglob("*")} == before
    assert out.lstat().st_mtime_ns == link
    assert len(list((tmp_path / "releases").iterdir())) == 1


def test_the_same_past_and_data_give_the_same_bytes(tmp_path: Path, build_of: BuildOf) -> None:
    sums = []
    for place in (tmp_path / "a", tmp_path / "b"):
        build_of(place / "public", "1")
        build_of(place / "public", "2")
        sums.append((place / "public" / "SHA256SUMS").read_bytes())
    assert sums[0] == sums[1]


def test_data_that_is_as_it_was_long_ago_is_a_new_release(
    tmp_path: Path, build_of: BuildOf
) -> None:
    out = tmp_path / "public"
    names = [build_of(out, version).entry.name for version in ("1", "2", "1")]
    assert len(set(names)) == 3


def test_a_broken_release_before_stops_the_build_and_one_named_helps(
    tmp_path: Path, build_of: BuildOf
) -> None:
    out = tmp_path / "public"
    first = build_of(out, "1")
    second = build_of(out, "2")
    (second.folder / "twingraph.nt.gz").unlink()
    with pytest.raises(UsageError) as caught:
        build_of(out, "3")
    for part in ("release before is broken", "twingraph.nt.gz: is missing", "--after releases/"):
        assert part in str(caught.value)
    assert out.resolve() == second.folder
    assert not list(tmp_path.glob(".staging-*"))
    third = build_of(out, "3", after=first.folder)
    assert third.earlier == (first.entry,)
    assert out.resolve() == third.folder


def test_checksums_that_were_cut_short_are_no_first_release(
    tmp_path: Path, build_of: BuildOf
) -> None:
    out = tmp_path / "public"
    sums = build_of(out, "1").folder / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes()[:300])
    with pytest.raises(UsageError, match="feed.atom: is not in SHA256SUMS"):
        build_of(out, "2")


def test_a_link_to_nowhere_is_a_broken_release(tmp_path: Path) -> None:
    (tmp_path / "public").symlink_to("releases/nowhere")
    with pytest.raises(UsageError, match="SHA256SUMS: is missing"):
        current(tmp_path / "public")


def test_no_release_yet(tmp_path: Path) -> None:
    assert current(tmp_path / "public") is None
    # Nor does one count that was made before releases told of themselves.
    (tmp_path / "twingraph.ttl").write_text("")
    seal(tmp_path)
    assert current(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x"}'])
def test_a_release_json_that_no_build_wrote(tmp_path: Path, text: str) -> None:
    (tmp_path / "release.json").write_text(text)
    seal(tmp_path)
    with pytest.raises(UsageError, match="not as a build writes it"):
        current(tmp_path)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    entry = ReleaseEntry("1-a", "1", None, {"towns": 3}, ("one more",))
    PastRelease(tmp_path.resolve(), entry, (ReleaseEntry("0-b", "0", "2026-01-01"),)).write()
    assert PastRelease.read(tmp_path).line == (ReleaseEntry("0-b", "0", "2026-01-01"), entry)
    assert json.loads((tmp_path / "release.json").read_text())["earlier"][0]["name"] == "0-b"


def test_the_day_is_the_datasets_or_that_of_the_newest_source(view: View) -> None:
    assert date(view) == "2026-11-23"
    undated = replace(view, dataset=replace(view.dataset, modified=None, issued=None))
    assert date(undated) == max(c.source.retrieved for c in view.claims if c.source.retrieved)
    assert date(replace(undated, claims=())) is None


def test_a_version_makes_no_path() -> None:
    assert name("../1 0", b"", None).startswith("..-1-0-")
