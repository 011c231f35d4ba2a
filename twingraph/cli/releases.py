"""Releases that were written: two compared, or one checked."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from twingraph.cli.options import OUT, QUIET, Examples, progress
from twingraph.errors import DataError
from twingraph.release.changes import compare
from twingraph.release.history import ABOUT, PastRelease
from twingraph.release.signing import signature_faults
from twingraph.release.summary import summarize
from twingraph.verify import verify as verified


@click.command(cls=Examples, examples=["twingraph release --from graph --out public"])
@click.option(
    "--from",
    "place",
    type=click.Path(path_type=Path),
    required=True,
    metavar="MANIFEST",
    help="What `twingraph build --engine spark` wrote: manifest.json, or its folder.",
)
@OUT
@QUIET
def release(place: Path, out: Path, quiet: bool) -> None:
    """Make a release of the parts that a job of Spark wrote, in flat memory.

    It has the dumps by lines, the tables in Parquet, the catalogue, the report of the check and the
    landing page; not the files that need all things at once, such as Turtle and the quality report.
    """
    from twingraph.spark.release import release as release_of

    name = release_of(place, out, progress(quiet))
    click.echo(f"{out}: {name}")


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


@click.command(
    cls=Examples,
    examples=[
        "twingraph verify",
        "twingraph verify releases/0.1.0-d4f323a0e76b",
        "twingraph verify public --data data --public-key release.pub",
    ],
)
@click.argument("release", type=click.Path(path_type=Path), default=Path("public"))
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="FOLDER",
    help="The data it was made of: all is made again, and compared.",
)  # fmt: skip
@click.option(
    "--public-key", type=click.Path(path_type=Path), metavar="FILE",
    help="The SSH key that it has to be signed with.",
)  # fmt: skip
@QUIET
def verify(release: Path, data: Path | None, public_key: Path | None, quiet: bool) -> None:
    """Check a release: RELEASE is a folder that `twingraph build` wrote (default: public).

    Every checksum, no file missing or too many; every file parses and all dumps say the same; the
    numbers, the catalogue, the links of the pages and the changes are in line with the files; the
    vocabulary, shapes and schema are this version's, and nothing would run in a page. Whoever
    changed a text and the checksums with it is found by --data or by --public-key. Exit status 1,
    and a list of what is wrong, where anything is.
    """
    say = progress(quiet)
    faults = verified(release, say)
    if public_key is not None:
        faults += signature_faults(release, public_key)
    if data is not None:
        from twingraph.build import remade_faults  # what builds need, only where it is asked for

        faults = list(dict.fromkeys([*faults, *remade_faults(release, data, say)]))
    for fault in faults:
        click.echo(fault)
    if faults:
        count = len(faults)
        click.echo(f"{release} is not as it should be: {count} fault{'s' * (count > 1)}", err=True)
        sys.exit(DataError.exit_status)
    click.echo(f"{release} is as it should be")
