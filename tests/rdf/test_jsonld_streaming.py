"""JSON-LD as it streams: read node by node, in linear time, by a parser that is not ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from bench import synthetic
from tests.conftest import ROOT
from twingraph.release.content import Content
from twingraph.release.exporter import export
from twingraph.release.exports import exports

CLIENTS = ROOT / "tests" / "clients"
PATH = f"{os.environ['PATH']}{os.pathsep}{Path(sys.executable).parent}"
NODE = shutil.which("node", path=PATH)
NAME = "twingraph.jsonld"


def _written(folder: Path, size: int) -> Path:
    folder.mkdir()
    wanted = [one for one in exports() if one.name == NAME]
    export(folder, Content(synthetic.view(size)), wanted)
    return folder / NAME


def test_the_context_comes_first_and_of_each_node_its_id_and_its_types(tmp_path: Path) -> None:
    text = _written(tmp_path / "a", 20).read_text("utf-8")
    assert text.startswith('{\n  "@context": {')
    nodes = re.findall(r"^    (\{.*\}),?$", text.partition('"@graph": [')[2], re.M)
    assert len(nodes) > 50
    for node in nodes:
        names = list(json.loads(node))
        assert names[0] == "id" and "type" not in names[2:], node[:80]


def test_types_have_no_context_of_their_own() -> None:
    """Else a reader has to know the types of a node before anything else of it."""
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text("utf-8"))["@context"]
    scoped = [name for name, term in context.items()
              if isinstance(term, dict) and "@context" in term]  # fmt: skip
    assert scoped == []


def test_a_streaming_parser_takes_linear_time(tmp_path: Path) -> None:
    if NODE is None or not (CLIENTS / "node_modules" / "jsonld-streaming-parser").is_dir():
        pytest.skip("the parser is not installed: make test does it, by tests/clients/install.py")
    files = [_written(tmp_path / str(size), size) for size in (200, 1_500, 6_000)]
    run = subprocess.run(
        [NODE, str(CLIENTS / "stream.mjs"), *map(str, files)],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    _, small, large = json.loads(run.stdout)  # the first only warms it up
    for file, found in zip(files[1:], (small, large), strict=True):
        quads = set(ox.parse(path=str(file), format=ox.RdfFormat.JSON_LD))
        assert found["quads"] == len(quads)
    # Four times as much takes four times as long; it was sixteen, and more.
    assert large["seconds"] < 7 * small["seconds"]
