"""Load a release into a SPARQL store."""

from __future__ import annotations

import os
from pathlib import Path

import click

from twingraph.cli.options import QUIET, RELEASE, Examples, progress
from twingraph.sparql.remote import push as pushing
from twingraph.sparql.remote.client import StoreClient
from twingraph.sparql.remote.discovery import find_endpoints
from twingraph.sparql.remote.endpoints import PASSWORD, USER, Credentials, Endpoints, checked


@click.command(
    cls=Examples,
    examples=[
        "twingraph push --store http://localhost:7878",
        f"{USER}=dba {PASSWORD}=… twingraph push --store http://localhost:8890",
        "twingraph push --query-url http://db/q --update-url http://db/u",
    ],
)
@RELEASE
@click.option(
    "--store", metavar="URL",
    help="The store: the URL that its endpoints are below, or that of its query endpoint.",
)  # fmt: skip
@click.option("--query-url", metavar="URL", help="Where the store takes queries.")
@click.option("--update-url", metavar="URL", help="Where the store takes updates.")
@click.option(
    "--graph-store-url", metavar="URL",
    help="Where the store takes graphs (Graph Store Protocol); without it, data goes by updates.",
)  # fmt: skip
@QUIET
def push(
    release: Path,
    store: str | None,
    query_url: str | None,
    update_url: str | None,
    graph_store_url: str | None,
    quiet: bool,
) -> None:
    """Load a release into any SPARQL 1.1 store.

    It is loaded beside the release that is read there, which one update then turns into it: a
    reader never sees half a release. A run that was broken off is taken up where it was.

    Credentials come from the environment: TWINGRAPH_STORE_USER and TWINGRAPH_STORE_PASSWORD (basic
    or digest, as the store asks), or TWINGRAPH_STORE_TOKEN (bearer).
    """
    credentials = Credentials.of(os.environ)
    endpoints = _endpoints(store, query_url, update_url, graph_store_url, credentials)
    with StoreClient(endpoints, credentials) as client:
        pushed = pushing.push(release, client, progress(quiet))
    click.echo(f"{endpoints.place} holds release {pushed.release}: {pushed.triples} triples")


def _endpoints(
    store: str | None,
    query: str | None,
    update: str | None,
    graphs: str | None,
    credentials: Credentials,
) -> Endpoints:
    for url in filter(None, (query, update, graphs)):
        checked(url)
    if query and update:
        return Endpoints(query, update, graphs or "")
    if not store:
        raise click.UsageError("name the store by --store, or by --query-url and --update-url")
    found = find_endpoints(store, credentials)
    return Endpoints(query or found.query, update or found.update, graphs or found.graphs)
