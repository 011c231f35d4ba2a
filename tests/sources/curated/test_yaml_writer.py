"""What is written as YAML is read back the same, by our reader and by an editor's."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from twingraph.errors import Problem
from twingraph.sources.curated.yaml_reader import read_yaml
from twingraph.sources.curated.yaml_writer import write_yaml

SHIPPED = sorted((ROOT / "data" / "sources").rglob("*.yaml"))


def read(path: Path) -> Any:
    problems: list[Problem] = []
    document = read_yaml(path, path.as_posix(), problems)
    assert document and not problems
    return document.content


def back(content: Any, path: Path, open_: bool = False) -> Any:
    path.write_text(write_yaml(content, open_=open_), "utf-8")
    return read(path)


texts = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Cn"], whitelist_characters="\n"), max_size=120
).map(lambda text: unicodedata.normalize("NFC", text.replace("\r", "")).strip())
words = texts | st.sampled_from(["~", "null", "true", "2010", "1e5", "=", "<<", "- a", "a: b", "#"])
names = st.sampled_from(["title", "since", "partnerships", "note", "no", "each_partnership"])
contents = st.recursive(
    words.filter(bool),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(names, inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.dictionaries(names, contents, min_size=1, max_size=4), st.booleans())
def test_any_content(tmp_path: Path, content: Any, open_: bool) -> None:
    assert back(content, tmp_path / "page.yaml", open_=open_) == content


@pytest.mark.parametrize("path", SHIPPED[::6], ids=lambda path: path.stem)
def test_real_files(path: Path, tmp_path: Path) -> None:
    content = read(path)
    assert back(content, tmp_path / "page.yaml") == content
    assert back(content, tmp_path / "page.yaml", open_=True) == content


def test_it_looks_as_curators_write_it() -> None:
    content = {
        "title": {"en": "Partner towns"},
        "language": ["pl", "no"],
        "partnerships": [
            {"key": "a--b", "since": "2010", "evidence": "in: 2010"},
            {"key": "a--c", "partners": ["a", "c"], "note": "true"},
        ],
    }
    assert write_yaml(content, ["a comment"]) == (
        "# a comment\n"
        "title:\n"
        "  en: Partner towns\n"
        "language: [pl, no]\n"
        "\n"
        "partnerships:\n"
        "  - key: a--b\n"
        "    since: 2010\n"
        "    evidence: 'in: 2010'\n"
        "\n"
        "  - key: a--c\n"
        "    partners: [a, c]\n"
        "    note: 'true'\n"
    )


def test_an_editor_takes_a_text_for_a_text() -> None:
    words = ["null", "true", "12", "1e5", "0x1F", "-1.5", ".5", "Yes", "a"]
    read = yaml.safe_load(write_yaml({"quote": words[:-2]}))
    assert read == {"quote": words[:-2]}
