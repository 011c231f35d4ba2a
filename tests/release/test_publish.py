"""Publishing: a release appears whole, or the one before stays as it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FOUNDING, ROOT
from twingraph.errors import UsageError
from twingraph.release.publish import checksums, publish, seal, staging

NAMESPACES = [
    ["unshare", "--mount"],
    ["unshare", "--mount", "--map-root-user"],
]
"""Ways to mount a file system of one's own: as root, or as the root of a user namespace."""


def release(out: Path, text: str) -> Path:
    with staging(out) as folder:
        (folder / "a.txt").write_text(text)
        (folder / "sub").mkdir()
        (folder / "sub" / "b.txt").write_text(text)
        seal(folder)
        return publish(folder, out, f"1.0-{text}")


def interrupted(*arguments: str | Path, within: list[str] | None = None) -> Any:
    """What tests/release/interrupted.py finds."""
    command = [sys.executable, "-m", "tests.release.interrupted", *map(str, arguments)]
    run = subprocess.run([*(within or []), *command], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture
def namespace(tmp_path: Path) -> list[str]:
    """The start of a command that may mount something."""
    for within in NAMESPACES if shutil.which("unshare") else ():
        probe = [*within, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
        if subprocess.run(probe, capture_output=True).returncode == 0:
            return within
    pytest.skip("needs root or a user namespace, to mount a small file system")


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


def test_a_link_that_a_killed_run_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / ".staging-link-1").symlink_to("releases/nowhere")
    release(tmp_path / "public", "one")
    assert not list(tmp_path.glob(".staging-*"))


def test_a_build_killed_anywhere_leaves_a_whole_release_and_the_next_one_succeeds(
    tmp_path: Path,
) -> None:
    found = interrupted("killed", tmp_path, "32")
    assert found["killed"] >= 30
    # Before the link is moved the old release stands there, afterwards the new one.
    assert found["old"] >= 20 and found["new"] >= 1
    assert found["littered"] >= 20


def test_a_full_disk_leaves_the_old_release_whole(tmp_path: Path, namespace: list[str]) -> None:
    found = interrupted("full", tmp_path, within=namespace)
    assert len(found["said"]) >= 5
    for said in found["said"]:
        assert "No space left on device" in said and "public is as it was" in said
    assert (found["version"], found["litter"]) == ("0.2.0", [])


def test_a_folder_that_cannot_be_written_leaves_the_old_release_whole(
    tmp_path: Path, namespace: list[str]
) -> None:
    found = interrupted("unwritable", tmp_path, within=namespace)
    assert "Read-only file system" in found["said"] and "public is as it was" in found["said"]
    assert (found["version"], found["litter"]) == ("0.2.0", [])


def test_everything_is_on_the_disk_before_it_is_pointed_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deeds: list[str] = []
    fsync, rename, replace = os.fsync, Path.rename, Path.replace

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        deeds.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    def renamed(path: Path, target: Path) -> Path:
        deeds.append("renamed")
        return rename(path, target)

    def pointed(path: Path, target: Path) -> Path:
        deeds.append("pointed")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(Path, "replace", pointed)
    release(tmp_path / "new" / "public", "one")
    moved, linked = deeds.index("renamed"), deeds.index("pointed")
    before = {Path(path).name for path in deeds[:moved]}
    assert {"a.txt", "b.txt", "sub", "SHA256SUMS", "new", tmp_path.name} <= before
    assert any(Path(path).name.startswith(".staging-") for path in deeds[:moved])
    assert [Path(path).name for path in deeds[moved + 1 : linked]] == ["releases"]
    assert [Path(path).name for path in deeds[linked + 1 :]] == ["new"]


_BUILD = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[3], 8))
from twingraph.build import build
build(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_release_is_the_same_whatever_the_environment(tmp_path: Path) -> None:
    sums = set()
    for umask, more in (
        ("022", {}),
        ("000", {"PYTHONOPTIMIZE": "2", "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}),
        ("077", {"PYTHONOPTIMIZE": "1", "LC_ALL": "C", "LANGUAGE": "pl", "PYTHONUTF8": "0"}),
    ):
        out = tmp_path / umask / "public"
        subprocess.run(
            [sys.executable, "-c", _BUILD, str(FOUNDING), str(out), umask],
            env={**os.environ, "PYTHONPATH": str(ROOT), **more},
            check=True,
        )
        sums.add((out.resolve().name, (out / "SHA256SUMS").read_bytes()))
        kept = out.resolve()
        for path in (kept.parent, kept, *kept.rglob("*")):
            assert oct(path.stat().st_mode & 0o777) == ("0o755" if path.is_dir() else "0o644"), path
    assert len(sums) == 1


def test_a_kept_release_that_was_damaged_is_put_right(tmp_path: Path) -> None:
    out = tmp_path / "public"
    first = release(out, "one")
    release(out, "two")
    (first / "sub" / "b.txt").unlink()
    assert release(out, "one") == first
    assert out.resolve() == first
    assert not list(checksums(first))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "public") in (
        ["releases"],
        [".staging-broken-" + str(os.getpid()), "releases"],
    )


def spoil(folder: Path, how: str) -> None:
    sums = folder / "SHA256SUMS"
    match how:
        case "missing":
            (folder / "sub" / "b.txt").unlink()
        case "changed":
            (folder / "a.txt").write_text("other")
        case "extra":
            (folder / "sub" / "more.txt").write_text("more")
        case "twice":
            sums.write_text(sums.read_text() * 2)
        case "outside":
            sums.write_text(sums.read_text() + f"{'0' * 64}  ../a.txt\n")
        case "garbled":
            sums.write_bytes(b"\xff\x00")
        case "unsealed":
            sums.unlink()


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        ("missing", "sub/b.txt: is missing"),
        ("changed", "a.txt: has the checksum d9298a10d1b0…, not 7692c3ad3540…"),
        ("extra", "sub/more.txt: is not in SHA256SUMS"),
        ("twice", "SHA256SUMS:3: names a.txt a second time"),
        ("outside", "SHA256SUMS:3: is no checksum and name of a file"),
        ("garbled", "SHA256SUMS: cannot be read"),
        ("unsealed", "SHA256SUMS: is missing"),
    ],
)
def test_what_is_wrong_with_the_files_of_a_release(tmp_path: Path, how: str, fault: str) -> None:
    kept = release(tmp_path / "public", "one")
    assert not list(checksums(kept))
    spoil(kept, how)
    found = list(checksums(kept))
    assert found[0].startswith(fault)
