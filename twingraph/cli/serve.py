"""Serve a release: SPARQL, linked data and files over HTTP."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from twingraph.cli.options import QUIET, RELEASE, Examples
from twingraph.errors import UsageError
from twingraph.serve.server import Settings, log_to_stderr, run
from twingraph.sparql.limits import MIB, Limits
from twingraph.sparql.remote.endpoints import Credentials
from twingraph.web.svg import laid_out_by_forces

_USUAL = Limits()
_ORIGIN = re.compile(r"https?://[A-Za-z0-9._~\[\]:-]+/?")


def _origin(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _ORIGIN.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not scheme and host, such as https://example.org")
    return value


@click.command(
    cls=Examples,
    examples=[
        "twingraph serve",
        "twingraph serve --store http://localhost:7878",
        "twingraph serve --release public --host 0.0.0.0 --port 8080",
        "twingraph serve --public-url https://data.example.org --seconds 10 --rows 20000",
    ],
)
@RELEASE
@click.option(
    "--store", metavar="URL", default="",
    help="Serve what this SPARQL store holds (see push), instead of a release in memory.",
)  # fmt: skip
@click.option(
    "--base", metavar="IRI", default="",
    help="The base of the dataset's IRIs, where the store holds several datasets.",
)  # fmt: skip
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="The address to listen on; 0.0.0.0 is all of this machine.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
    help="The port to listen on; 0 takes any that is free.",
)  # fmt: skip
@click.option(
    "--public-url", metavar="URL", callback=_origin,
    help="Scheme and host the service is known by, where a proxy stands before it.",
)  # fmt: skip
@click.option(
    "--seconds", type=click.FloatRange(0.1), default=_USUAL.seconds, show_default=True,
    help="The time a query may take.",
)  # fmt: skip
@click.option(
    "--memory", type=click.IntRange(16), default=_USUAL.memory // MIB, show_default=True,
    help="MiB that a query may use beyond the data.",
)  # fmt: skip
@click.option(
    "--rows", type=click.IntRange(1), default=_USUAL.rows, show_default=True,
    help="Rows or triples in one answer; a longer one is cut, and says so.",
)  # fmt: skip
@click.option(
    "--size", type=click.IntRange(1), default=_USUAL.size // MIB, show_default=True,
    help="MiB of one answer; a longer one is cut, and says so.",
)  # fmt: skip
@click.option("--log-queries", is_flag=True, help="Write what is asked into the access log.")
@QUIET
def serve(
    release: Path,
    store: str,
    base: str,
    host: str,
    port: int,
    public_url: str | None,
    seconds: float,
    memory: int,
    rows: int,
    size: int,
    log_queries: bool,
    quiet: bool,
) -> None:
    """Serve a release: SPARQL at /sparql, every IRI of the graph, the release's files.

    The address is printed once it answers; the access log goes to standard error. A new release
    is served as soon as it stands there, without a request dropped; SIGHUP loads it at once.
    Ctrl+C (SIGTERM) answers what has begun, then ends.
    """
    if base and not store:
        raise UsageError("--base goes with --store: a release says its base itself")
    limits = Limits(seconds=seconds, memory=memory * MIB, rows=rows, size=size * MIB)
    settings = Settings(
        release,
        host,
        port,
        public_url,
        limits=limits,
        log_queries=log_queries,
        store=store,
        base=base,
        credentials=Credentials.of(os.environ) if store else Credentials(),
    )
    log_to_stderr(quiet)
    if not quiet and not laid_out_by_forces():
        click.echo("the network is drawn as a circle: pip install 'twingraph[network]'", err=True)
    run(settings, lambda url: click.echo(f"serving {store or release} at {url}"))
