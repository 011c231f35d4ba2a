"""A form over the data folder, for who writes no files."""

from __future__ import annotations

import getpass
import subprocess
from pathlib import Path

import click

from twingraph.cli.options import DATA, QUIET, Examples
from twingraph.errors import UsageError


@click.command(
    cls=Examples,
    examples=["twingraph edit", "twingraph edit --data data --port 8010"],
)
@DATA
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True,
              help="Where it listens, on this machine alone; 0 takes any free port.")  # fmt: skip
@click.option("--by", default="", help="Who decides which Wikidata entry a town is: your name; "
              "left out, git's user, or else this machine's.")  # fmt: skip
@QUIET
def edit(data: Path, port: int, by: str, quiet: bool) -> None:
    """Enter in a browser what a page or a paper says, and write it into the data.

    The form is for this machine alone. It checks what is typed as `twingraph check` does, and
    shows the town's page as it will be, before anything is written. Ctrl+C ends it.
    """
    # What serves pages takes a second to load.
    from twingraph.editor.application import run
    from twingraph.serve.pages.site import FORM_SCRIPT
    from twingraph.web.assets import asset

    if not data.is_dir():
        raise UsageError(f"there is no folder {data}: name one with --data")

    def announce(address: str) -> None:
        click.echo(f"open {address} in a browser" + ("" if quiet else "; Ctrl+C ends it"))
        if not quiet and not asset(FORM_SCRIPT):
            click.echo("the pages' scripts are not built (`make build`, which needs npm): the form "
                       "works without them, each button sends the page", err=True)  # fmt: skip

    run(data, port, by or _name(), announce)


def _name() -> str:
    """What git calls whoever works here, or else the machine."""
    try:
        asked = subprocess.run(
            ["git", "config", "user.name"], capture_output=True, text=True, check=False
        )
        return asked.stdout.strip() or getpass.getuser()
    except (OSError, KeyError):
        return "twingraph edit"
