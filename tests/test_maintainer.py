"""docs/maintainer.md, carried out from its first command to its last in a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import FOUNDING, ROOT
from tests.test_docs import blocks
from twingraph.release.history import PastRelease
from twingraph.sources.curated.manual import BEGIN, reference

PAGE = ROOT / "docs" / "maintainer.md"


def test_it_runs_to_its_end(tmp_path: Path) -> None:
    shutil.copytree(FOUNDING, tmp_path / "data")
    (tmp_path / ".gitignore").write_text("public\nreleases\n")
    *steps, last = blocks(PAGE, "sh")
    assert last == "make manual\n"
    who = "git config user.name somebody; git config user.email somebody@example.org"
    first = f"git init --quiet; {who}; git add --all; git commit --quiet --message=Data"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join([first, *steps])],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "person/adam-wos-sieniawa" in done.stdout
    line = PastRelease.read(tmp_path / "public").line
    assert line[-1].version == "0.2.0+3"
    said = subprocess.run(["git", "status", "--short"], cwd=tmp_path, capture_output=True)
    assert said.stdout == b"", "all that it changed is committed"


def test_the_reference_of_the_curators_is_that_of_the_code() -> None:
    by_hand, _, made = (ROOT / "docs" / "curator.md").read_text("utf-8").partition(BEGIN)
    assert by_hand and made.strip() == reference().strip(), "make it anew: make manual"
