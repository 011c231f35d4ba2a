"""Run by tests as a process of its own: builds that are killed, or that find no room.

    python -m tests.release.interrupted killed FOLDER POINTS     kills at so many points
    python -m tests.release.interrupted full FOLDER              in a file system of 4 MB
    python -m tests.release.interrupted unwritable FOLDER        in one that is read-only

Data is read and checked once; then each try forks, so that what is killed is a real build process
of its own, in the midst of its system calls. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.conftest import FOUNDING
from twingraph import build as building
from twingraph.build import build, check_view, read_view
from twingraph.errors import UsageError
from twingraph.model.records import Text, View
from twingraph.release.dataset_guard import RENAMED
from twingraph.release.loss_guard import Allowed
from twingraph.release.publish import checksums

READ = read_view(FOUNDING)
FIRST = replace(READ, dataset=replace(READ.dataset, languages=("en",)))
SECOND = replace(
    FIRST, dataset=replace(FIRST.dataset, version="0.2.0", titles=(Text("Another title", "en"),))
)
REPORT = check_view(FIRST)


def run(view: View, out: Path) -> None:
    """A build whose data is read and checked already."""
    with (
        patch.object(building, "read_view", lambda *_: view),
        patch.object(building, "check_view", lambda *_: REPORT),
    ):
        build(FOUNDING, out, allowed=Allowed(accepted=[RENAMED]))


def version(out: Path) -> str:
    """The version of the release that stands there, which must be whole."""
    faults = list(checksums(out))
    assert not faults, faults
    return str(json.loads((out / "release.json").read_text("utf-8"))["version"])


def litter(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.name not in ("public", "releases"))


def run_and_die(out: Path, last: int) -> int:
    """Fork a build that kills itself at its `last`-th deed among its files; 0: let it finish.

    Returns how many deeds it did, or -1 where it was killed.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        deeds = 0

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal deeds
            if event.startswith(("os.", "shutil.", "fcntl.", "tempfile.")) or (
                event == "open" and str(out.parent) in str(arguments[0])
            ):
                deeds += 1
                if deeds == last:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        run(SECOND, out)
        os.write(writing, str(deeds).encode())
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    told = os.read(reading, 100)
    os.close(reading)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return -1
    assert status == 0, status
    return int(told)


def killed(folder: Path, points: int) -> dict[str, Any]:
    """Kill a build at points all along its way, and above all while it publishes.

    What a killed process has written is the system's to keep: waiting for the disk shows nothing.
    """
    os.fsync = lambda fd: None
    pattern = folder / "pattern" / "public"
    run(FIRST, pattern)
    shutil.copytree(folder / "pattern", folder / "whole", symlinks=True)
    deeds = run_and_die(folder / "whole" / "public", 0)
    ending = 2 * points // 3
    early = range(1, deeds - ending, max(1, (deeds - ending) // (points - ending)))
    found = {"deeds": deeds, "killed": 0, "old": 0, "new": 0, "littered": 0}
    for last in (*early, *range(max(1, deeds - ending + 1), deeds + 1)):
        place = folder / f"at-{last}"
        shutil.copytree(folder / "pattern", place, symlinks=True)
        out = place / "public"
        assert run_and_die(out, last) == -1
        found["killed"] += 1
        found["old" if version(out) == "0.1.0" else "new"] += 1
        found["littered"] += bool(litter(place))
        run(SECOND, out)
        assert version(out) == "0.2.0"
        assert not litter(place), litter(place)
        assert len(list((place / "releases").iterdir())) == 2
        shutil.rmtree(place)
    return found


def refused(out: Path) -> str:
    """What a build says that cannot write. The release that was there is whole, and alone."""
    try:
        run(SECOND, out)
    except UsageError as error:
        assert version(out) == "0.1.0"
        assert not litter(out.parent), litter(out.parent)
        return str(error)
    return ""


def full(folder: Path) -> dict[str, Any]:
    """Build where less and less room is left, then where there is enough again."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    out = folder / "public"
    run(FIRST, out)
    said: list[str] = []
    ballast = folder / "releases" / "ballast"
    room = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    for left in range(0, min(room, 600_000), 60_000):
        ballast.write_bytes(b"\0" * (room - left))
        said.append(refused(out))
        ballast.unlink()
    run(SECOND, out)
    return {"said": said, "version": version(out), "litter": litter(folder)}


def unwritable(folder: Path) -> dict[str, Any]:
    """Build in a file system that has become read-only, then where it can be written again."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", str(folder)], check=True)
    out = folder / "public"
    run(FIRST, out)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    said = refused(out)
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
    run(SECOND, out)
    return {"said": said, "version": version(out), "litter": litter(folder)}


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["killed", place, points]:
            result = killed(Path(place), int(points))
        case ["full", place]:
            result = full(Path(place))
        case ["unwritable", place]:
            result = unwritable(Path(place))
    sys.stdout.write(json.dumps(result) + "\n")
