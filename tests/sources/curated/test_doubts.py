"""What can be, but hardly is: told with both places and the likely cure, and not refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import FOUNDING, ROOT
from tests.sources.conftest import Folder
from twingraph.sources.curated import folder as curated
from twingraph.sources.curated.doubts import doubts, folded

CASES = yaml.safe_load((ROOT / "tests/data/doubts.yaml").read_text("utf-8"))
TODAY = date(2026, 11, 28)


def told(folder: Folder, today: date = TODAY) -> list[str]:
    read = curated.read(folder.path)
    found = map(str, doubts(read.entries, read.stated, today))
    start = f"{folder.path.as_posix()}/"
    return [one.replace(start, "").replace("\n    → ", " → ") for one in found]


def test_nothing_is_doubtful_in_a_good_folder(folder: Folder) -> None:
    assert told(folder) == []


@pytest.mark.parametrize("name", ["data", FOUNDING])
def test_nothing_is_doubtful_in_the_data(name: str) -> None:
    read = curated.read(ROOT / name, harvested=False)
    assert doubts(read.entries, read.stated, TODAY) == []


@pytest.mark.parametrize("case", CASES, ids=[case["doubt"] for case in CASES])
def test_a_doubt(folder: Folder, case: dict[str, Any]) -> None:
    folder.change(case["file"], case["right"], case["wrong"])
    for right, wrong in case.get("more", ()):
        folder.change(case["file"], right, wrong)
    assert told(folder) == case["told"]


def test_what_was_planned_may_lie_ahead(folder: Folder) -> None:
    folder.change("sources/page.yaml", "    since: 2016\n", "    since: 2027\n")
    folder.change("sources/page.yaml", "    status: active\n", "    status: intended\n")
    assert told(folder) == []


def test_partners_of_one_name_are_two_towns(folder: Folder) -> None:
    """Towns are twinned for their name."""
    folder.change("municipalities.csv", "pl-sieniawa,Sieniawa,pl", "pl-sieniawa,Ľutina,sk")
    folder.change("municipalities.csv", ",50.1777,22.6117,", ",,,")
    assert told(folder) == []


@given(st.text(alphabet="aąbcčdeěéęfgłńóśsštžü -", min_size=1))
def test_case_marks_and_spaces_make_no_other_name(name: str) -> None:
    assert folded(name) == folded(f"  {name.upper()} ") == folded(name.replace(" ", "   "))
