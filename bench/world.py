"""The crawl of 2016 and the gazetteer, from their files to one world-wide release: `make world`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.rows import Row, at_most, seconds

ROOT = Path(__file__).parent.parent
MOST: Final = 60


def rows(shared: Path) -> list[Row]:
    """The seconds of one harvest and one build, the check and both starts included."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        shutil.copy(ROOT / "world" / "dataset.yaml", data)
        crawl, places = shared / "wikidata-p190-2016", shared / "gazetteer" / "places.tsv"

        def world() -> None:
            _run("harvest", "wikidata", "--crawl-2016", crawl, "--gazetteer", places, data=data)
            _run("build", "--out", Path(folder) / "public", data=data)

        return [at_most("the world of 2016, checked and published", seconds(world), MOST)]


def _run(*arguments: str | Path, data: Path) -> None:
    code = "from twingraph.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, arguments), "--data", str(data), "--quiet"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
