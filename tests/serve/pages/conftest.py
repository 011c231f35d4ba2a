"""The whole service in this process, over the data as it ships and over the odd pages' data."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from lxml import html
from starlette.types import ASGIApp, Message

from tests.conftest import ROOT
from twingraph.build import Built, build
from twingraph.serve.application import application
from twingraph.serve.release_service import ReleaseService
from twingraph.serve.service import Service
from twingraph.serve.sparql_client import Row, select


class Answered(NamedTuple):
    """A response, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Site:
    """A service that is asked without sockets."""

    def __init__(self, service: Service) -> None:
        self.runner = asyncio.Runner()
        self.service = service
        try:
            self.runner.run(self.service.start())
        except BaseException:
            self.close()
            raise
        self.app = application(self.service)

    def get(self, address: str, **headers: str) -> Answered:
        """GET an address as a browser does; header names with underscores for hyphens."""
        return self._ask("GET", address, b"", headers)

    def post(self, address: str, values: Mapping[str, str], **headers: str) -> Answered:
        """POST a form, likewise."""
        sent = {"content_type": "application/x-www-form-urlencoded", **headers}
        return self._ask("POST", address, urlencode(values).encode(), sent)

    def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        path, _, query = address.partition("?")
        given = {"host": "test", "accept": "text/html,*/*;q=0.8"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in given.items()],
            "client": ("127.0.0.1", 1),
        }
        return self.runner.run(_asked(self.app, scope, body))

    def select(self, query: str) -> list[Row]:
        """Ask the store behind it."""
        return self.runner.run(select(self.service.engine, query))

    def things(self) -> list[str]:
        """The keys of all things in the merged view that have an address of their own."""
        base = self.service.base
        rows = self.select("SELECT DISTINCT ?s { ?s ?p ?o }")
        keys = (row["s"].value.removeprefix(base) for row in rows)
        return sorted(key for key in keys if "#" not in key and "//" not in key)

    def close(self) -> None:
        self.runner.run(self.service.close())
        self.runner.close()


async def _asked(app: ASGIApp, scope: dict[str, Any], body: bytes = b"") -> Answered:
    sent: list[Message] = []
    bodies = [body] if scope["method"] == "POST" else []

    async def receive() -> Message:
        if bodies:
            return {"type": "http.request", "body": bodies.pop()}
        await asyncio.Event().wait()  # Nothing more comes, and the client stays.
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {k.decode(): v.decode("latin-1") for k, v in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answered(sent[0]["status"], headers, body)


@pytest.fixture(scope="package")
def site(built: Built) -> Iterator[Site]:
    """Over the founding data."""
    running = Site(ReleaseService(built.out))
    yield running
    running.close()


@pytest.fixture(scope="package")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Over data written from odd pages."""
    out = tmp_path_factory.mktemp("odd") / "public"
    running = Site(ReleaseService(build(ROOT / "tests/data/pages", out).out))
    yield running
    running.close()


def release_of(quads: str, folder: Path) -> Path:
    """A release folder that holds some N-Quads."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "twingraph.nq.gz").write_bytes(gzip.compress(quads.encode()))
    return folder


def tree_of(text: str) -> Any:
    """A page as a tree."""
    parse: Any = html.fromstring
    return parse(text)
