"""A text changed in some places: all else keeps its bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from twingraph.contributions.contribution import tidy
from twingraph.contributions.text_edit import NotEditable, edited

TEXT = """\
# A page.
title: {pl: "A: one", en: B}
language: [pl]   # only
note: >-
  a long
  text

partnerships:
  - key: a--b
    partners: [a, b]
    # Nobody knows more.
    since: 2010
    agreements:
      - key: 1
        kind: agreement # of sorts

  - key: a--c
    partners: [a, c]
"""


def changed(change: Callable[[Any], None], text: str = TEXT) -> str:
    """The text with its content changed."""
    content = tidy(yaml.load(text, Loader=yaml.BaseLoader))
    change(content)
    return edited(text, content)


def lines(text: str) -> set[str]:
    return set(text.splitlines())


def test_nothing_changes_nothing() -> None:
    assert changed(lambda content: None) == TEXT


@pytest.mark.parametrize(
    ("change", "gone", "new"),
    [
        (lambda c: c.update(language=["sk"]), {"language: [pl]   # only"},
         {"language: [sk]   # only"}),
        (lambda c: c.update(publisher="P"), set(), {"publisher: P"}),
        (lambda c: c.pop("note"), {"note: >-", "  a long", "  text"}, set()),
        (lambda c: c["partnerships"][0].update(since="2011"), {"    since: 2010"},
         {"    since: 2011"}),
        (lambda c: c["partnerships"][0]["agreements"].append({"key": "2", "signed_on": "2012"}),
         set(), {"      - key: 2", "        signed_on: 2012"}),
        (lambda c: c["partnerships"].append({"key": "a--d", "partners": ["a", "d"]}),
         set(), {"  - key: a--d", "    partners: [a, d]"}),
        (lambda c: c["partnerships"].pop(), {"  - key: a--c", "    partners: [a, c]"}, set()),
        (lambda c: c["partnerships"][1].update(agreements=[{"key": "1"}]), set(),
         {"    agreements:", "      - key: 1"}),
        (lambda c: c["partnerships"][0]["agreements"][0].update(title="no"), set(),
         {"        title: no"}),
    ],
)  # fmt: skip
def test_all_other_lines_stay(change: Callable[[Any], None], gone: set[str], new: set[str]) -> None:
    made = changed(change)
    assert lines(TEXT) - lines(made) == gone
    assert lines(made) - lines(TEXT) <= new
    windows = TEXT.replace("\n", "\r\n")
    assert changed(change, windows) == made.replace("\n", "\r\n")


def test_what_cannot_be_put_in_is_refused() -> None:
    """Another order would move comments to other blocks."""
    with pytest.raises(NotEditable):
        changed(lambda content: content["partnerships"].reverse())
