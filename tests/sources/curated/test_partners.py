"""Partners that are not those of the key, or of another source, are never merged in silence."""

from __future__ import annotations

import pytest

from tests.sources.conftest import Folder

OTHER = """\
title: {{en: Another page}}
kind: municipal
language: [en]
partnerships:
  - key: {key}
    partners: [{partners}]
"""
CURE = (
    "for another partnership, or mend the partners; who joined or left a circle is said by "
    "`status_changes` with `concerns`"
)
CHANGE = """\
    status_changes:
      - {{key: joining, new_status: active, concerns: {who}}}
"""


def told(folder: Folder, key: str, partners: str, more: str = "") -> list[str]:
    folder.write("sources/other.yaml", OTHER.format(key=key, partners=partners) + more)
    return folder.told()


@pytest.mark.parametrize(
    ("key", "partners", "own"),
    [
        ("pl-sieniawa--sk-lutina", "be-tremelo, sk-lutina", "be-tremelo--sk-lutina"),
        (
            "be-tremelo--pl-sieniawa",
            "be-tremelo, pl-sieniawa, sk-lutina",
            "be-tremelo--pl-sieniawa--sk-lutina",
        ),
        (
            "be-tremelo--pl-sieniawa--sk-lutina",
            "be-tremelo, pl-sieniawa",
            "be-tremelo--pl-sieniawa",
        ),
    ],
    ids=["a pasted key", "one too many", "one too few"],
)
def test_a_key_names_its_partners(folder: Folder, key: str, partners: str, own: str) -> None:
    by_key = ", ".join(key.split("--"))
    assert told(folder, key, partners) == [
        f"sources/other.yaml:5: the partners of {key!r} are {partners}, but {by_key} by its key "
        f"→ write {own!r} {CURE}"
    ]


def test_two_sources_of_a_circle_name_the_same_partners(folder: Folder) -> None:
    folder.write(
        "sources/first.yaml",
        OTHER.format(key="xx-circle--xx-of-three", partners="be-tremelo, pl-sieniawa, sk-lutina"),
    )
    (fault,) = told(folder, "xx-circle--xx-of-three", "be-tremelo, pl-sieniawa")
    assert fault.startswith(
        "sources/other.yaml:5: the partners of 'xx-circle--xx-of-three' are be-tremelo, "
        "pl-sieniawa, but be-tremelo, pl-sieniawa, sk-lutina by "
    )
    assert fault.partition(" → ")[0].endswith("sources/first.yaml:5")


def test_who_joined_or_left_may_be_missing(folder: Folder) -> None:
    joined = CHANGE.format(who="be-tremelo")
    assert not told(folder, "pl-sieniawa--sk-lutina", "be-tremelo, pl-sieniawa, sk-lutina", joined)


def test_a_successor_stands_for_whom_it_replaces(folder: Folder) -> None:
    folder.change(
        "municipalities.csv",
        "be-tremelo,Tremelo,nl,BE,municipality,,unresolved,,,,",
        "be-tremelo,Tremelo,nl,BE,municipality,,unresolved,,,pl-sieniawa,",
    )
    assert not told(folder, "pl-sieniawa--sk-lutina", "be-tremelo, pl-sieniawa, sk-lutina")
    folder.write("sources/other.yaml", OTHER.format(key="x", partners="be-tremelo, sk-lutina"))
    assert not told(folder, "pl-sieniawa--sk-lutina", "be-tremelo, sk-lutina")
