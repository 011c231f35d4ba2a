"""The metadata for repositories of research data, held against the readers of those who take it.

They run in .venv-metadata (see tests/metadata/); `make metadata` sets that up and runs this file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from twingraph.build import Built
from twingraph.model.records import Agreement, Authority, Partnership

PYTHON = ROOT / ".venv-metadata" / "bin" / "python"

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="the readers' environment is not set up: run `make metadata`"
)


def _read(release: Path, home: Path) -> dict[str, Any]:
    run = subprocess.run(
        [str(PYTHON), str(ROOT / "tests/metadata/validate.py"), str(release.resolve())],
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_their_readers_find_nothing_wrong_and_every_row(built: Built, tmp_path: Path) -> None:
    found = _read(built.out, tmp_path)
    assert {name: said["wrong"] for name, said in found.items()} == {
        "croissant": [], "ro_crate": [], "datacite": [],
    }  # fmt: skip
    rows = found["croissant"]["rows"]
    for name, of in (
        ("municipalities", Authority), ("partnerships", Partnership), ("agreements", Agreement),
    ):  # fmt: skip
        assert {row["key"] for row in rows[name]} == set(built.view.all(of))


def test_their_readers_find_what_is_wrong(built: Built, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    shutil.copytree(built.out, folder)
    for name, old, new in (
        ("croissant.json", '"@id": "municipalities.csv"', '"@id": "nothing.csv"'),
        ("ro-crate-metadata.json", '"datePublished"', '"published"'),
        ("datacite.json", '"publicationYear"', '"year"'),
    ):
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), "utf-8")
    assert all(said["wrong"] for said in _read(folder, tmp_path).values())
