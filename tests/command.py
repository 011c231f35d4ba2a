"""The command line within the tests' own process: a start of Python less for each question."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

from twingraph.cli import main


class Done(NamedTuple):
    """What a command said, and its exit status."""

    returncode: int
    stdout: str
    stderr: str


def run(cwd: Path, *args: str | Path, typed: str = "", **env: str) -> Done:
    """Run a command in a folder; no setting of ours in the environment but those given."""
    kept = {name: value for name, value in os.environ.items() if "TWINGRAPH" not in name}
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["twingraph", *map(str, args)]),
        mock.patch.object(sys, "stdin", io.StringIO(typed)),
        mock.patch.dict(os.environ, {**kept, **env}, clear=True),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())
