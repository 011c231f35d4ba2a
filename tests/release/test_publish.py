"""Publishing: a release appears whole, or the one before stays as it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from twingraph.errors import UsageError
from twingraph.release.publish import publish, seal, staging


def release(out: Path, text: str) -> Path:
    with staging(out) as folder:
        (folder / "a.txt").write_text(text)
        (folder / "sub").mkdir()
        (folder / "sub" / "b.txt").write_text(text)
        return publish(folder, out, "1.0")


def test_a_release_is_current_and_earlier_ones_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "public"
    first = release(out, "one")
    second = release(out, "two")
    assert (out / "a.txt").read_text() == "two"
    assert (first / "a.txt").read_text() == "one"
    assert out.resolve() == second
    assert {p.name for p in (tmp_path / "releases").iterdir()} == {first.name, second.name}


def test_the_same_content_is_the_same_release(tmp_path: Path) -> None:
    out = tmp_path / "public"
    first = release(out, "one")
    before = out.lstat().st_mtime_ns
    assert release(out, "one") == first
    assert out.lstat().st_mtime_ns == before
    assert len(list((tmp_path / "releases").iterdir())) == 1


def test_sha256sum_checks_a_release(tmp_path: Path) -> None:
    out = tmp_path / "public"
    release(out, "one")
    run = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=out, capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stdout.splitlines() == ["a.txt: OK", "sub/b.txt: OK"]


def test_a_failure_while_writing_leaves_the_old_release_and_no_litter(tmp_path: Path) -> None:
    out = tmp_path / "public"
    release(out, "one")
    with pytest.raises(RuntimeError), staging(out) as folder:
        (folder / "a.txt").write_text("half")
        raise RuntimeError
    assert (out / "a.txt").read_text() == "one"
    assert not list(tmp_path.glob(".staging-*"))


def test_what_a_killed_run_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / ".staging-left" / "sub").mkdir(parents=True)
    release(tmp_path / "public", "one")
    assert not list(tmp_path.glob(".staging-*"))


def test_a_folder_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    out = tmp_path / "public"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="no release of ours"):
        release(out, "one")
    assert (out / "mine.txt").read_text() == "mine"


def test_two_publishers_at_once(tmp_path: Path) -> None:
    out = tmp_path / "public"
    with staging(out), pytest.raises(UsageError, match="another run is publishing"):
        release(out, "two")


def test_checksums_do_not_sum_themselves(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    assert seal(tmp_path) == seal(tmp_path)
