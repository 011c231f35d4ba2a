"""Check the data, all of it or one's own files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from twingraph.build import CheckResult, Lines, check_data
from twingraph.cli.options import DATA, QUIET, Examples, progress
from twingraph.errors import DataError, UsageError
from twingraph.release.shacl_reports import serialize_report


@click.command(
    cls=Examples,
    examples=[
        "twingraph check",
        "twingraph check --changed",
        "twingraph check data/sources/sieniawa-partner-towns.yaml",
        "twingraph check --data data --format json",
    ],
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@DATA
@click.option(
    "--changed", is_flag=True,
    help="Of the files that git finds changed since the last commit: of registers the lines.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "turtle"]), default="text",
    show_default=True, help="How the report is written.",
)  # fmt: skip
@QUIET
def check(files: tuple[Path, ...], data: Path, changed: bool, form: str, quiet: bool) -> None:
    """Check the data against every rule, and publish nothing.

    With FILEs, or --changed, what concerns these alone is told, within seconds: harvests are not
    read then.
    """
    only = _lines(files, data, changed)
    if only is not None and not only.files:
        click.echo(f"nothing in {data} has changed since the last commit")
        return
    found = check_data(data, date.today(), progress(quiet), only)
    click.echo(_told(found, form), nl=False)
    if not found.report.conforms:
        sys.exit(DataError.exit_status)


def _told(found: CheckResult, form: str) -> bytes:
    told = serialize_report(found.report, form, found.view.dataset.base)
    if form == "json":
        doubts = [
            {"file": d.file, "line": d.line, "message": d.message, "cure": d.cure or None}
            for d in found.doubts
        ]
        said = {**json.loads(told), "doubts": doubts}
        return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()
    if form == "turtle" or not found.doubts:
        return told
    number = len(found.doubts)
    lines = [*(f"DOUBT: {doubt}" for doubt in found.doubts), f"{number:>7} × doubt"]
    return "\n".join([*lines, ""]).encode() + told


def _lines(files: Iterable[Path], data: Path, changed: bool) -> Lines | None:
    named = {file.resolve(): None for file in files}
    for file in files:
        if not file.exists():
            raise UsageError(f"there is no file {file}")
        if data.resolve() not in file.resolve().parents:
            raise UsageError(f"{file} is no file of {data}: name its folder with --data")
    if not changed:
        return Lines(named) if named else None
    return Lines({**_changed(data), **named})


def _changed(data: Path) -> dict[Path, frozenset[int] | None]:
    """The files of a folder that differ from the last commit; of registers, in which lines."""
    top = Path(_git(data, "rev-parse", "--show-toplevel").strip())
    lines: dict[Path, frozenset[int] | None] = {}
    new = _git(data, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", ".")
    differing = _git(data, "diff", "HEAD", "--name-only", "-z", "--diff-filter=d", "--", ".")
    for name in filter(None, f"{new}{differing}".split("\0")):
        path = (top / name).resolve()
        is_register = path.suffix == ".csv" and name in differing.split("\0")
        lines[path] = _changed_lines(data, path) if is_register else None
    return lines


def _changed_lines(data: Path, path: Path) -> frozenset[int]:
    diff = _git(data, "diff", "HEAD", "--unified=0", "--no-ext-diff", "--", str(path))
    found: set[int] = set()
    for start, length in re.findall(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", diff, re.MULTILINE):
        found.update(range(int(start), int(start) + int(length or 1)))
    return frozenset(found)


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageError(f"--changed asks git, and {folder} is in no checkout of it") from error
    return done.stdout
