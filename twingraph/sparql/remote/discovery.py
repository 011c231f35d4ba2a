"""What a store is: where its endpoints are, and which dataset it holds."""

from __future__ import annotations

from contextlib import suppress

from twingraph.errors import ServiceError
from twingraph.namespaces import DCT
from twingraph.sparql.remote.client import NoEndpoint, Patience, StoreClient
from twingraph.sparql.remote.endpoints import Credentials, Endpoints, candidates
from twingraph.sparql.remote.layout import GraphNames


def find_endpoints(
    store: str, credentials: Credentials, patience: Patience | None = None
) -> Endpoints:
    """The endpoints of a store by its base URL, or by that of its endpoint for queries.

    Raises UsageError for what is no URL, ServiceError where no SPARQL store answers.
    """
    tried = dict[str, None]()
    answering = ""
    for endpoints in candidates(store):
        tried[endpoints.query] = None
        with suppress(NoEndpoint), StoreClient(endpoints, credentials, patience) as client:
            client.ask("")
            if client.takes_updates():
                return endpoints
            answering = answering or endpoints.query
    if answering:
        return Endpoints(answering)  # To read from, at least.
    raise ServiceError(
        f"no SPARQL store answers at {' or '.join(tried)}: "
        "name its endpoints by --query-url, --update-url and --graph-store-url"
    )


def find_base(client: StoreClient) -> str:
    """The base of the dataset that a store holds. Raises ServiceError for none, or several."""
    rows = client.select(
        f"SELECT DISTINCT ?graph WHERE {{ GRAPH ?graph {{ ?graph <{DCT}hasPart> ?part }} }}"
    )
    end = GraphNames("").state
    graphs = (row["graph"]["value"] for row in rows)
    found = sorted(graph.removesuffix(end) for graph in graphs if graph.endswith(f"/{end}"))
    if not found:
        raise ServiceError(f"{client.endpoints.place} holds no release: push one to it first")
    if len(found) > 1:
        raise ServiceError(
            f"{client.endpoints.place} holds several datasets, choose one by --base: "
            f"{', '.join(found)}"
        )
    return found[0]
