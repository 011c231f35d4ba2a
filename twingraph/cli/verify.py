"""Check a release that was written."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from twingraph.cli.options import QUIET, Examples, progress
from twingraph.errors import DataError
from twingraph.verify import verify as verified


@click.command(
    cls=Examples,
    examples=["twingraph verify", "twingraph verify releases/0.1.0-d4f323a0e76b"],
)
@click.argument("release", type=click.Path(path_type=Path), default=Path("public"))
@QUIET
def verify(release: Path, quiet: bool) -> None:
    """Check a release: RELEASE is a folder that `twingraph build` wrote (default: public).

    Every checksum, no file missing or too many; every file parses and all dumps say the same; the
    numbers, the catalogue, the links of the pages and the changes are in line with the files.
    Exit status 1, and a list of what is wrong, where anything is.
    """
    faults = verified(release, progress(quiet))
    for fault in faults:
        click.echo(fault)
    if faults:
        count = len(faults)
        click.echo(f"{release} is not as it should be: {count} fault{'s' * (count > 1)}", err=True)
        sys.exit(DataError.exit_status)
    click.echo(f"{release} is as it should be")
