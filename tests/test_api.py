"""The Python API, as the README shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import rdflib

import twingraph
from tests.conftest import ROOT
from twingraph.errors import UsageError
from twingraph.model.records import Partnership, Person


@pytest.fixture(scope="module")
def opened(release: Path) -> twingraph.Release:
    return twingraph.open(release)


def test_query_gives_rows_booleans_and_graphs(opened: twingraph.Release) -> None:
    rows = opened.query("SELECT ?name ?no { person:adam-wos foaf:name ?name }")
    assert rows == [{"name": "Adam Woś", "no": None}]
    assert opened.query("ASK { municipality:be-tremelo tg:twinnedWith municipality:pl-sieniawa }")
    graph = opened.query("DESCRIBE person:adam-wos")
    name = (rdflib.URIRef("https://w3id.org/twingraph/person/adam-wos"), rdflib.FOAF.name)
    assert graph.value(*name).value == "Adam Woś"


def test_records(opened: twingraph.Release) -> None:
    names = [p.name for p in opened.records(Person)]
    assert names == ["Adam Woś", "Jaroslav Baňas", "Vital Van Dessel"]
    assert sum(isinstance(r, Partnership) for r in opened) == 4


def test_graphs(opened: twingraph.Release) -> None:
    merged, one = opened.graph(), opened.graph("pecovska-heritage-project")
    assert len(merged) > len(one) > 5
    with pytest.raises(UsageError, match="no source 'nobody'"):
        opened.graph("nobody")


def test_frame(opened: twingraph.Release) -> None:
    frame = opened.frame("SELECT ?project ?grant { ?project tg:grant ?grant }")
    assert isinstance(frame, pd.DataFrame)
    assert frame["grant"].astype(float).tolist() == [28781.55]
    with pytest.raises(UsageError, match="SELECT"):
        opened.frame("ASK {}")


def test_the_readme_runs(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "public").symlink_to(release.resolve())
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "README.md").read_text("utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(examples) > 1
    for example in examples:
        exec(compile(example, "README.md", "exec"), {"print": lambda *_: None})


def test_the_readme_s_source_example_is_valid() -> None:
    import yaml

    from twingraph.sources.curated.format import SourceFile

    text = (ROOT / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    SourceFile.model_validate(yaml.load(example, Loader=yaml.BaseLoader))  # noqa: S506
