"""Where the real samples lie, and a skip that says so where they do not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data: $TWINGRAPH_SHARED, or `shared` beside the repository."""
    named = os.environ.get("TWINGRAPH_SHARED")
    places = [Path(named)] if named else [ROOT.parent / "shared", ROOT.parent.parent / "shared"]
    for place in places:
        if (place / "data").is_dir():
            return place / "data"
    pytest.skip(f"no shared data at {' or '.join(map(str, places))}: set TWINGRAPH_SHARED")


@pytest.fixture(scope="session")
def real(shared: Path) -> dict[str, Any]:
    """The real items of 2016 and 2023, by id."""
    folder = shared / "wikidata-json"
    lines = (folder / "entities.json").read_text(encoding="utf-8").splitlines()[1:]
    items = [json.loads(line.rstrip(",")) for line in lines]
    answer = json.loads((folder / "wbgetentities-Q32063953.json").read_text(encoding="utf-8"))
    return {item["id"]: item for item in [*items, *answer["entities"].values()]}
