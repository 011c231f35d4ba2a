"""Serve a release: SPARQL, linked data and files over HTTP."""

from __future__ import annotations

import os
import re
from ipaddress import ip_network
from pathlib import Path

import click

from twingraph.cli.options import Examples, Grouped
from twingraph.errors import UsageError
from twingraph.serve.monitoring import LogSettings
from twingraph.serve.server import Settings, log_to_stderr, run
from twingraph.sparql.limits import MIB, Limits
from twingraph.sparql.remote.endpoints import Credentials
from twingraph.web.network_layout import is_installed

_USUAL = Limits()
_ORIGIN = re.compile(r"https?://[A-Za-z0-9._~\[\]:-]+/?")
_CONTACT = re.compile(r"(mailto|https|tel):[!-~]+")
_SERVED = "What is served"
_ADDRESS = "Where, and as what"
_QUERY = "What a query may cost"
_CLIENTS = "Clients and logs"


def _origin(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _ORIGIN.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not scheme and host, such as https://example.org")
    return value


def _networks(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            ip_network(value)
        except ValueError as error:
            raise click.BadParameter(f"{value!r} is no address or network") from error
    return values


def _host_and_port(
    _: click.Context, __: click.Parameter, value: str | None
) -> tuple[str, int] | None:
    if value is None:
        return None
    host, _colon, port = value.rpartition(":")
    if not host or not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise click.BadParameter(f"{value!r} is no host and port, such as 127.0.0.1:9100")
    return host.strip("[]"), int(port)


def _uri(_: click.Context, __: click.Parameter, value: str) -> str:
    if value and not _CONTACT.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no URI, such as mailto:security@example.org")
    return value


@click.command(
    cls=Examples,
    examples=[
        "twingraph serve",
        "twingraph serve --store http://localhost:7878",
        "twingraph serve --release public --host 0.0.0.0 --port 8080",
        "twingraph serve --public-url https://data.example.org --trusted-proxy 127.0.0.1",
        "twingraph serve --seconds 10 --rows 20000 --metrics 127.0.0.1:9100",
    ],
)
@click.option(
    "--release", cls=Grouped, group=_SERVED,
    type=click.Path(path_type=Path), default=Path("public"), show_default=True,
    help="A folder that `twingraph build` wrote.",
)  # fmt: skip
@click.option(
    "--store", cls=Grouped, group=_SERVED, metavar="URL", default="",
    help="Serve what this SPARQL store holds (see push), instead of a release in memory.",
)  # fmt: skip
@click.option(
    "--base", cls=Grouped, group=_SERVED, metavar="IRI", default="",
    help="The base of the dataset's IRIs, where the store holds several datasets.",
)  # fmt: skip
@click.option(
    "--host", cls=Grouped, group=_ADDRESS, default="127.0.0.1", show_default=True,
    help="The address to listen on; 0.0.0.0 is all of this machine.",
)  # fmt: skip
@click.option(
    "--port", cls=Grouped, group=_ADDRESS,
    type=click.IntRange(0, 65535), default=8000, show_default=True,
    help="The port to listen on; 0 takes any that is free.",
)  # fmt: skip
@click.option(
    "--public-url", cls=Grouped, group=_ADDRESS, metavar="URL", callback=_origin,
    help="Scheme and host the service is known by, where a proxy stands before it.",
)  # fmt: skip
@click.option(
    "--allowed-host", cls=Grouped, group=_ADDRESS, metavar="NAME", multiple=True,
    help="Without --public-url: a name that links may have in them, where a request comes by it; "
    "more than one may be given. Others are answered with the address they came to.",
)  # fmt: skip
@click.option(
    "--trusted-proxy", cls=Grouped, group=_ADDRESS,
    metavar="ADDRESS", multiple=True, callback=_networks,
    help="A proxy, or a network of proxies, that is believed who its clients are "
    "(X-Forwarded-For, X-Forwarded-Proto); more than one may be given.",
)  # fmt: skip
@click.option(
    "--seconds", cls=Grouped, group=_QUERY,
    type=click.FloatRange(0.1), default=_USUAL.seconds, show_default=True,
    help="The time a query has from its arrival, waiting included.",
)  # fmt: skip
@click.option(
    "--budget", cls=Grouped, group=_QUERY,
    type=click.FloatRange(0.1), default=_USUAL.budget, show_default=True,
    help="Seconds of processing that a client has in a minute, while others wait.",
)  # fmt: skip
@click.option(
    "--memory", cls=Grouped, group=_QUERY,
    type=click.IntRange(16), default=_USUAL.memory // MIB, show_default=True,
    help="MiB that a query may use beyond the data.",
)  # fmt: skip
@click.option(
    "--rows", cls=Grouped, group=_QUERY,
    type=click.IntRange(1), default=_USUAL.rows, show_default=True,
    help="Rows or triples in one answer; a longer one is cut, and says so.",
)  # fmt: skip
@click.option(
    "--size", cls=Grouped, group=_QUERY,
    type=click.IntRange(1), default=_USUAL.size // MIB, show_default=True,
    help="MiB of one answer; a longer one is cut, and says so.",
)  # fmt: skip
@click.option(
    "--log-queries", cls=Grouped, group=_CLIENTS, is_flag=True,
    help="Write what is asked into the access log.",
)  # fmt: skip
@click.option(
    "--short-addresses", cls=Grouped, group=_CLIENTS, is_flag=True,
    help="Leave the last part of clients' addresses out of the access log.",
)  # fmt: skip
@click.option(
    "--metrics", cls=Grouped, group=_CLIENTS, metavar="HOST:PORT", callback=_host_and_port,
    help="Show figures for Prometheus at this address, to whom can reach it; otherwise nowhere.",
)  # fmt: skip
@click.option(
    "--security-contact", cls=Grouped, group=_CLIENTS, metavar="URI", default="", callback=_uri,
    help="Whom to tell of a hole, for security.txt: mailto:… or https:…",
)  # fmt: skip
@click.option(
    "--quiet", cls=Grouped, group=_CLIENTS, is_flag=True, help="No log, only errors.",
)  # fmt: skip
def serve(
    release: Path,
    store: str,
    base: str,
    host: str,
    port: int,
    public_url: str | None,
    allowed_host: tuple[str, ...],
    trusted_proxy: tuple[str, ...],
    seconds: float,
    budget: float,
    memory: int,
    rows: int,
    size: int,
    log_queries: bool,
    short_addresses: bool,
    metrics: tuple[str, int] | None,
    security_contact: str,
    quiet: bool,
) -> None:
    """Serve a release: SPARQL at /sparql, every IRI of the graph, the release's files.

    The address is printed once it answers; the access log goes to standard error. A new release
    is served as soon as it stands there, without a request dropped; SIGHUP loads it at once.
    Ctrl+C (SIGTERM) answers what has begun, then ends.
    """
    if base and not store:
        raise UsageError("--base goes with --store: a release says its base itself")
    settings = Settings(
        release,
        host,
        port,
        public_url,
        allowed_host,
        trusted_proxy,
        Limits(seconds, budget, memory * MIB, rows, size * MIB),
        LogSettings(log_queries, short_addresses),
        metrics,
        security_contact,
        store,
        base,
        Credentials.of(os.environ) if store else Credentials(),
    )
    log_to_stderr(quiet)
    if not quiet and not is_installed():
        click.echo("the network is drawn as a circle: pip install 'twingraph[network]'", err=True)
    run(settings, lambda url: click.echo(f"serving {store or release} at {url}"))
