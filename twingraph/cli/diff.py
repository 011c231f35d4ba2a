"""Compare two releases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from twingraph.cli.options import Examples
from twingraph.release.changes import compare
from twingraph.release.history import ABOUT, PastRelease
from twingraph.release.summary import summarize


@click.command(
    cls=Examples,
    examples=[
        "twingraph diff releases/0.1.0-d4f323a0e76b public",
        "twingraph diff releases/0.1.0-d4f323a0e76b public --format json",
    ],
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How the changes are written.",
)  # fmt: skip
def diff(old: Path, new: Path, form: str) -> None:
    """What changed between two releases: OLD and NEW are folders that `twingraph build` wrote.

    Things that are new, gone or under a new key; changed dates; what else changed.
    """
    summary = summarize(compare(old, new), old, new, (_which(old), _which(new)))
    if form == "json":
        click.echo(json.dumps(summary.json(), ensure_ascii=False, indent=1))
    else:
        click.echo(summary.text(), nl=False)


def _which(folder: Path) -> Mapping[str, str | None]:
    if not (folder / ABOUT).exists():
        return {"name": folder.resolve().name, "version": None, "date": None}
    entry = PastRelease.read(folder).entry
    return {"name": entry.name, "version": entry.version, "date": entry.date}
