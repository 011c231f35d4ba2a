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


def rows() -> list[Row]:
    """The seconds and the memory of one build, its start and the check included."""
    with tempfile.TemporaryDirectory() as folder:
        code = "from twingraph.cli import main; main()"
        command = [sys.executable, "-c", code, "build", "--quiet", "--out", f"{folder}/public"]
        begun = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        took = time.perf_counter() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    what = "the world of data/, checked and published"
    mebibytes = usage.ru_maxrss / 1024
    return [at_most(what, took, SECONDS), at_most(what, mebibytes, MEBIBYTES, "MiB")]
