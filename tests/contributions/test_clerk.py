"""docs/clerk.md: its commands, in their order, with the sheet filled in between them."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import FOUNDING, ROOT
from tests.contributions.filled import PAGE, changed, workbook
from tests.test_docs import commands
from twingraph.cli import cli

CLERK = ROOT / "docs" / "clerk.md"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(FOUNDING, tmp_path / "data")
    return tmp_path


def test_the_commands_of_the_page_run(checkout: Path) -> None:
    with contextlib.chdir(checkout):
        # The form stays until it is stopped: tests/editor/ has it.
        for arguments in (a for a in commands(CLERK, "twingraph") if a != ["edit"]):
            done = CliRunner().invoke(cli, arguments)
            assert done.exit_code == 0, (arguments, done.output, done.exception)
            if "--template" in arguments:
                workbook(Path(arguments[arguments.index("--template") + 1]), PAGE)


def test_the_fault_that_it_shows_is_told_so(checkout: Path) -> None:
    tables = changed("Documents", 1, Signed_on="05/04/2018")
    with contextlib.chdir(checkout):
        workbook(Path("sheet.xlsx"), tables)
        done = CliRunner().invoke(cli, ["import", "sheet.xlsx"])
    assert str(done.exception) in CLERK.read_text("utf-8")


def test_every_sheet_is_named() -> None:
    text = CLERK.read_text("utf-8")
    assert all(f"| {name} | " in text for name in PAGE)
