"""Merge two versions of a register, as git asks a merge driver to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from twingraph.cli.options import Examples
from twingraph.errors import DataError, UsageError, file_errors
from twingraph.sources.curated.row_merge import merge_rows

FILE = click.Path(path_type=Path)


@click.command(
    cls=Examples,
    examples=[
        "twingraph merge base.csv ours.csv theirs.csv",
        'git config merge.twingraph.driver "twingraph merge %O %A %B"',
    ],
)
@click.argument("base", type=FILE)
@click.argument("ours", type=FILE)
@click.argument("theirs", type=FILE)
def merge(base: Path, ours: Path, theirs: Path) -> None:
    """Merge a register row by row: what THEIRS made of BASE is written into OURS.

    Git calls it as a merge driver. A row that both sides changed stands in OURS twice, between
    git's marks, and the exit status is 1. What is no register any more is merged line by line.
    """
    texts = [_read(path) for path in (base, ours, theirs)]
    merged = merge_rows(*texts)
    if merged is None:
        sys.exit(_by_lines(base, ours, theirs))
    with file_errors(ours, "written"):
        ours.write_bytes(merged.text.encode("utf-8", "surrogateescape"))
    for key in merged.conflicts:
        click.echo(f"both sides changed the row {key!r}: keep one of the two", err=True)
    if merged.conflicts:
        sys.exit(DataError.exit_status)


def _read(path: Path) -> str:
    with file_errors(path):
        return path.read_bytes().decode("utf-8", "surrogateescape")


def _by_lines(base: Path, ours: Path, theirs: Path) -> int:
    try:
        done = subprocess.run(["git", "merge-file", str(ours), str(base), str(theirs)], check=False)
    except OSError as error:
        raise UsageError(f"this is merged by git, which is not there: {error}") from error
    # From 128 on it is no number of conflicts, but a failure.
    return done.returncode if done.returncode >= 128 else min(done.returncode, 1)
