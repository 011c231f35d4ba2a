"""udata takes the whole dataset of a release: its own reader and its own documents, saved.

It runs in .venv-udata (see tests/udata/); `make udata` sets that up and runs this file.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from tests.conftest import ROOT
from twingraph.build import Built
from twingraph.release.catalogue import CATALOGUES
from twingraph.release.coverage import coverage
from twingraph.release.exports import exports
from twingraph.release.files import File

PYTHON = ROOT / ".venv-udata" / "bin" / "python"
BASE = "https://w3id.org/twingraph/"

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="udata's environment is not set up: run `make udata`"
)


@pytest.fixture(scope="module")
def harvested(built: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What udata keeps of each file of the catalogue."""
    run = subprocess.run(
        [str(PYTHON), str(ROOT / "tests/udata/harvest.py"), *(built.out / c for c in CATALOGUES)],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path_factory.mktemp("home"))},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    lines = map(json.loads, run.stdout.splitlines())
    return dict(zip(CATALOGUES, lines, strict=True))


@pytest.mark.parametrize("name", CATALOGUES)
def test_the_dataset_is_saved_whole(harvested: dict[str, Any], built: Built, name: str) -> None:
    dataset, about = harvested[name], built.view.dataset
    assert dataset["title"] in {text.value for text in about.titles}
    assert dataset["licence"] == "cc-zero"
    assert dataset["identifier"] == dataset["uri"] == f"{BASE}catalog#dataset"
    assert dataset["modified"] == about.modified
    covered = coverage(built.view)
    assert dataset["period"] == [covered.start, covered.end]  # no address of it is asked for
    assert {resource["url"]: resource["size"] for resource in dataset["resources"]} == {
        f"{BASE}{export.name}": File.of(built.out, export).size for export in exports()
    }
    assert all(resource["mime"] and resource["format"] for resource in dataset["resources"])


def test_every_format_gives_the_same(harvested: dict[str, Any]) -> None:
    def sorted_resources(dataset: Any) -> Any:
        return {**dataset, "resources": sorted(dataset["resources"], key=lambda r: str(r["url"]))}

    first, *others = map(sorted_resources, harvested.values())
    assert all(other == first for other in others)
