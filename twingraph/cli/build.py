"""Make a release of the data."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from twingraph import build as building
from twingraph.cli.options import DATA, OUT, QUIET, Examples, progress
from twingraph.errors import UsageError
from twingraph.release.loss_guard import PERCENT, Allowed


@click.command(
    cls=Examples,
    examples=[
        "twingraph build",
        "twingraph build --data data --out public",
        "twingraph build --accept-loss partnership/be-tremelo--pl-sieniawa",
        "twingraph build --engine spark --help",
    ],
)
@DATA
@OUT
@click.option(
    "--after",
    type=click.Path(path_type=Path),
    metavar="RELEASE",
    help="The release that this one follows, if not the current one (as when that is broken).",
)
@click.option(
    "--max-loss",
    type=click.FloatRange(0, 100),
    default=PERCENT,
    show_default=True,
    metavar="PERCENT",
    help="The share of partnerships, towns or sources that may be lost.",
)
@click.option(
    "--accept-loss",
    multiple=True,
    metavar="NAME",
    help="A loss that is meant: a thing such as partnership/KEY, or the name of the whole loss "
    "that a refusal gives. It fits that very loss and no other.",
)
@click.option(
    "--sign",
    "sign_with",
    type=click.Path(path_type=Path),
    metavar="KEY",
    help="An SSH key to sign the checksums with: SHA256SUMS.sig.",
)
@click.option(
    "--documents",
    is_flag=True,
    help="Write a document for each thing too, so that a plain web server leads from IRIs to them "
    "(deploy/nginx.conf, deploy/apache.conf).",
)
@QUIET
def build(
    data: Path,
    out: Path,
    after: Path | None,
    max_loss: float,
    accept_loss: tuple[str, ...],
    sign_with: Path | None,
    documents: bool,
    quiet: bool,
) -> None:
    """Read, merge, map and check the data, and write a release.

    A failing check publishes nothing: the last release stays as it was. So does a loss of more
    than --max-loss percent of the partnerships, towns or sources that it has. A new release is of
    the day that its newest source was read, or data/dataset.yaml says, or SOURCE_DATE_EPOCH.
    """
    allowed = Allowed(max_loss, accept_loss)
    result = building.build(
        data, out, progress(quiet),
        after=after, allowed=allowed, sign_with=sign_with, day=_day_of_build(),
        documents=documents,
    )  # fmt: skip
    click.echo(result.summary())


def _day_of_build() -> str | None:
    """The day that the environment names (reproducible-builds.org, "SOURCE_DATE_EPOCH")."""
    named = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not named:
        return None
    try:
        return datetime.fromtimestamp(int(named), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is {named!r}: write seconds since 1970") from error
