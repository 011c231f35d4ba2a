"""Take a source down; write down what is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from twingraph import build as building
from twingraph.cli.options import DATA, OUT, QUIET, RELEASE, Examples, progress
from twingraph.model.records import Gone
from twingraph.release.identity import past
from twingraph.sources.curated.redirects import REDIRECTS, unwritten, write_gone


@click.command(cls=Examples, examples=["twingraph forget source/sieniawa-w-zycia-jesieni"])
@click.argument("sources", nargs=-1, required=True, metavar="source/KEY...")
@DATA
@OUT
@QUIET
def forget(sources: tuple[str, ...], data: Path, out: Path, quiet: bool) -> None:
    """Build a release without some sources, and remove the kept releases that hold any of them.

    The address of a source stays behind as gone, and nothing else. Later builds leave it out even
    if the data still has it; copies elsewhere are for their keepers to delete.
    """
    result = building.build(data, out, progress(quiet), forget=sources)
    click.echo(result.summary())


@click.command(cls=Examples, examples=["twingraph gone", "twingraph gone --write"])
@DATA
@RELEASE
@click.option("--write", is_flag=True, help="Write them into redirects.csv, `new` left empty.")
@QUIET
def gone(data: Path, release: Path, write: bool, quiet: bool) -> None:
    """List what a release knows to be gone and redirects.csv does not name.

    A clone of the data has no release that knows it: written down, its builds do.
    """
    known = (Gone(iri, now) for iri, now in sorted(past(release).gone.items()))
    view = replace(building.read_view(data, progress(quiet)), gone=tuple(known))
    missing = unwritten(data, view)
    for ref in missing:
        click.echo(f"{ref.path}/{ref.key}")
    if write and missing:
        write_gone(data, missing)
        progress(quiet)(f"wrote {len(missing)} that are gone into {data / REDIRECTS}")
