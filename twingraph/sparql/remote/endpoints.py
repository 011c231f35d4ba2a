"""The addresses of a store, and who we are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from twingraph.errors import UsageError

USER: Final = "TWINGRAPH_STORE_USER"
PASSWORD: Final = "TWINGRAPH_STORE_PASSWORD"
TOKEN: Final = "TWINGRAPH_STORE_TOKEN"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to a store: a user and a password, or a bearer token, or nobody."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Credentials:
        """From the environment, the only place they are read from.

        Raises UsageError where only half of them are there.
        """
        user, password, token = (environment.get(name, "") for name in (USER, PASSWORD, TOKEN))
        if user and token:
            raise UsageError(f"set {USER} and {PASSWORD}, or {TOKEN}, not both")
        if bool(user) != bool(password):
            raise UsageError(f"{USER} and {PASSWORD} go together: set both or none")
        if not token.isprintable() or not token.isascii():
            raise UsageError(f"{TOKEN} holds a character that no token has")
        return cls(user, password, token)

    def __bool__(self) -> bool:
        return bool(self.user or self.token)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a store takes queries, updates and graphs (SPARQL 1.1 Protocol; Graph Store HTTP
    Protocol). A store without a graph store takes its data by updates."""

    query: str
    update: str = ""
    graphs: str = ""

    @property
    def place(self) -> str:
        """Scheme and host, for messages."""
        return "{0.scheme}://{0.netloc}".format(urlsplit(self.query))


# How servers lay out their addresses below a base: query, update, graph store.
_LAYOUTS: Final = (
    # Oxigraph
    ("/query", "/update", "/store"),
    # Virtuoso: what writes asks who one is.
    ("/sparql", "/sparql-auth", "/sparql-graph-crud-auth"),
    # Fuseki
    ("/sparql", "/update", "/data"),
)


def candidates(store: str) -> Iterator[Endpoints]:
    """Where the endpoints of a store may be: below the URL, or beside it where it is itself the
    endpoint for queries. Raises UsageError for what is no URL of a store."""
    store = checked(store)
    parent, slash, last = store.rpartition("/")
    # First beside it: Virtuoso answers queries below its endpoint as well.
    for query, update, graphs in _LAYOUTS:
        if query == slash + last:
            yield Endpoints(store, parent + update, parent + graphs)
    for query, update, graphs in _LAYOUTS:
        yield Endpoints(store + query, store + update, store + graphs)
    # One address for all (RDF4J and others know requests apart by their form).
    yield Endpoints(store, store)


def checked(url: str) -> str:
    """A store's URL, without the slash at its end.

    Raises UsageError for another thing, and for a URL that holds a password: it would end up in
    logs and in the list of processes.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError("the store's URL cannot be read: write http://host:port/path") from error
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"a URL is no place for a password: set {USER} and {PASSWORD} instead")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise UsageError(f"{url!r} is no URL of a store: write http://host:port/path")
    if parts.query or parts.fragment:
        raise UsageError("the store's URL has parameters: leave out what follows its path")
    return url.rstrip("/")
