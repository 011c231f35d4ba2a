"""The form over a data folder of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.conftest import FOUNDING
from twingraph.editor.application import application
from twingraph.editor.desk import Folder

OWN = "127.0.0.1:8001"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The founding data, to be changed."""
    return Path(shutil.copytree(FOUNDING, tmp_path / "data"))


@pytest.fixture
def client(data: Path) -> TestClient:
    """Its form, as a page of its own asks it."""
    app = application(Folder(data), "Anna", frozenset({OWN}))
    origin = {"origin": f"http://{OWN}", "accept-language": "en"}
    return TestClient(app, base_url=f"http://{OWN}", headers=origin)
