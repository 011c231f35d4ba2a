"""`twingraph build` of data/ as it ships: the world, checked and published, in time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.rows import Row, at_most

ROOT = Path(__file__).parent.parent
SECONDS: Final = 60
MEBIBYTES: Final = 1536
PAGE: Final = "data/sources/pages/pl-pisz-mustvee.yaml"
ALONE: Final = 2


def rows() -> list[Row]:
    """The seconds and the memory of one build, its start and the check included; and the seconds
    of a check of one page."""
    with tempfile.TemporaryDirectory() as folder:
        took, mebibytes = _taken("build", "--out", f"{folder}/public")
    alone, _ = _taken("check", PAGE)
    what = "the world of data/, checked and published"
    return [
        at_most(what, took, SECONDS),
        at_most(what, mebibytes, MEBIBYTES, "MiB"),
        at_most("one's own page, checked in the world", alone, ALONE),
    ]


def _taken(command: str, *arguments: str) -> tuple[float, float]:
    """The seconds on the clock and the MiB that a command of ours takes. Raises CalledProcessError
    where it fails."""
    code = "from twingraph.cli import main; main()"
    line = [sys.executable, "-c", code, command, "--quiet", *arguments]
    begun = time.perf_counter()
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, line)
    return took, usage.ru_maxrss / 1024
