"""Make a release of the data, or only check it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from twingraph import build as building
from twingraph.cli.options import DATA, QUIET, Examples, progress
from twingraph.errors import DataError
from twingraph.release.loss_guard import PERCENT, Allowed
from twingraph.release.shacl_reports import serialize_report


@click.command(
    cls=Examples,
    examples=[
        "twingraph build",
        "twingraph build --data data --out public",
        "twingraph build --accept-loss partnership/be-tremelo--pl-sieniawa",
    ],
)
@DATA
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("public"),
    show_default=True,
    help="Where the current release is to be; earlier ones are kept in releases/ beside it.",
)
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
    "--source-date-epoch",
    "epoch",
    type=click.IntRange(0, 253_402_300_799),
    envvar="SOURCE_DATE_EPOCH",
    metavar="SECONDS",
    help="The time of the build (seconds since 1970) that a new release is dated with; also by the "
    "environment. Else it is of the day its newest source was read, or dataset.yaml says.",
)
@click.option(
    "--renamed",
    is_flag=True,
    help="It is the same dataset as before under another title or publisher.",
)
@QUIET
def build(
    data: Path,
    out: Path,
    after: Path | None,
    max_loss: float,
    accept_loss: tuple[str, ...],
    sign_with: Path | None,
    epoch: int | None,
    renamed: bool,
    quiet: bool,
) -> None:
    """Read, merge, map and check the data, and write a release.

    A failing check publishes nothing: the last release stays as it was. So does a loss of more
    than --max-loss percent of the partnerships, towns or sources that it has.
    """
    allowed = Allowed(max_loss, accept_loss)
    day = None if epoch is None else datetime.fromtimestamp(epoch, UTC).date().isoformat()
    result = building.build(
        data, out, progress(quiet),
        after=after, allowed=allowed, sign_with=sign_with, day=day, renamed=renamed,
    )  # fmt: skip
    click.echo(result.summary())


@click.command(
    cls=Examples, examples=["twingraph check", "twingraph check --data data --format json"]
)
@DATA
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "turtle"]), default="text",
    show_default=True, help="How the report is written.",
)  # fmt: skip
@QUIET
def check(data: Path, form: str, quiet: bool) -> None:
    """Check the data against every rule, and publish nothing."""
    view = building.read_view(data, progress(quiet))
    report = building.check_view(view, progress(quiet))
    click.echo(serialize_report(report, form, view.dataset.base), nl=False)
    if not report.conforms:
        sys.exit(DataError.exit_status)
