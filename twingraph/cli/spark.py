"""`build --engine spark`: the graph in parts, made beyond one machine."""

from __future__ import annotations

from pathlib import Path

import click

from twingraph.cli.options import DATA, QUIET, Examples, progress


@click.command(
    cls=Examples,
    examples=[
        "twingraph build --engine spark --data data --out graph",
        "twingraph build --engine spark --harvest hdfs:///harvests/*.jsonl --out hdfs:///graph",
    ],
)
@DATA
@click.option(
    "--out",
    default="graph",
    show_default=True,
    help="The folder of the parts, on any file system that Spark can write.",
)
@click.option(
    "--harvest",
    "harvests",
    multiple=True,
    metavar="PATH",
    help="Further harvests, JSON Lines or Parquet; may be repeated.",
)
@click.option(
    "--max-bad",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="The share of lines that may state nothing  [default: 0.1]",
)
@click.option(
    "--partitions",
    type=click.IntRange(min=1),
    help="The partitions of shuffles  [default: by the size of the harvests]",
)
@QUIET
def build(
    data: Path,
    out: str,
    harvests: tuple[str, ...],
    max_bad: float | None,
    partitions: int | None,
    quiet: bool,
) -> None:
    """Read, merge, map and check the data on Apache Spark, and write the graph in parts.

    `twingraph release --from` makes a release of them. Needs Java and pip install
    'twingraph[spark]'.
    """
    from twingraph.spark import build as job
    from twingraph.spark.session import session

    share = job.BAD_PERCENT if max_bad is None else max_bad
    settings = job.JobSettings(partitions=partitions, max_bad=share)
    made = job.build(session(), data, out, progress(quiet), harvests=harvests, settings=settings)
    click.echo(made.summary())
