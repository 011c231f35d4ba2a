"""`twingraph build` of the founding data, from a warm start."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.rows import Row, at_most, seconds

ROOT = Path(__file__).parent.parent
FOUNDING = ROOT / "tests" / "data" / "founding"


def rows() -> list[Row]:
    """The median of five builds, the command's own start included."""
    with tempfile.TemporaryDirectory() as folder:
        code = "from twingraph.cli import main; main()"
        out = f"{folder}/public"
        command = [sys.executable, "-c", code, "build", "--quiet", "--out", out]
        command += ["--data", str(FOUNDING)]

        def build() -> None:
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

        build()
        return [at_most("build of the founding data", median(seconds(build) for _ in range(5)), 3)]
