"""A data folder of one's own to write into, and a contribution to it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FOUNDING

TODAY = date(2026, 11, 28)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The founding data, to be changed."""
    return Path(shutil.copytree(FOUNDING, tmp_path / "data"))


@pytest.fixture
def content() -> dict[str, Any]:
    """A page as somebody entered it: a partnership of a town that is known with one that is not."""
    return {
        "registers": {
            "municipalities": [
                {
                    "key": "hu-abda",
                    "name": "Abda",
                    "language": "hu",
                    "country": "HU",
                    "level": "municipality",
                    "wikidata_status": "unresolved",
                    "wikidata_note": "not decided; no harvest has a town of this name",
                }
            ],
            "people": [{"key": "zsolt-szabo", "name": "Zsolt Szabó"}],
        },
        "source": {
            "key": "sieniawa-abda",
            "title": "Umowa z Abdą",
            "kind": "municipal",
            "language": ["pl"],
            "url": "https://example.org/abda",
            "retrieved": "2026-11-20",
            "partnerships": [
                {
                    "key": "hu-abda--pl-sieniawa",
                    "partners": ["hu-abda", "pl-sieniawa"],
                    "since": "2019",
                    "agreements": [
                        {
                            "key": "1",
                            "kind": "agreement",
                            "signed_on": "2019-05-12",
                            "signatures": [
                                {"signatory": "zsolt-szabo", "on_behalf_of": "hu-abda"},
                                {"signatory": "adam-wos", "on_behalf_of": "pl-sieniawa"},
                            ],
                        }
                    ],
                    "evidence": "12 maja 2019 r. podpisano umowę",
                }
            ],
        },
    }
