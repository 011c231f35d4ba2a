"""A small release, a pool over it, and a real server on loopback."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.conftest import ROOT
from twingraph.serve.application import application
from twingraph.serve.files import ReleaseFile
from twingraph.serve.release_folder import ReleaseFolder
from twingraph.serve.service import Service
from twingraph.sparql.engine.pool import Pool
from twingraph.sparql.limits import Lane, Limits

BASE = "https://w3id.org/twingraph/"
T = TypeVar("T")

QUADS = f"""
<{BASE}municipality/a> <http://www.w3.org/2004/02/skos/core#prefLabel> "A \\"quoted\\"\\tname"@en .
<{BASE}municipality/b> <http://www.w3.org/2004/02/skos/core#prefLabel> "Pečovská <b>"@sk .
<{BASE}municipality/a> <{BASE}ns#twinnedWith> <{BASE}municipality/b> .
<{BASE}municipality/a> <{BASE}ns#twinnedWith> <{BASE}municipality/b> <{BASE}graph/one> .
<{BASE}municipality/a> <{BASE}ns#twinnedWith> <{BASE}municipality/b> <{BASE}graph/two> .
<{BASE}municipality/a> <{BASE}ns#twinnedWith> <{BASE}municipality/c> <{BASE}graph/two> .
"""

NUMBERS = 3000
COSTLY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def write_release(folder: Path, quads: str = QUADS) -> Path:
    """A release folder with what the service reads of one."""
    folder.mkdir(parents=True, exist_ok=True)
    more = "".join(f'<{BASE}n/{n}> <{BASE}ns#number> "{n:05}" .\n' for n in range(NUMBERS))
    new = folder / "new.gz"
    new.write_bytes(gzip.compress((quads + more).encode()))
    return new.rename(folder / "twingraph.nq.gz")


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    write_release(folder)
    return folder


LANES = (
    Lane("quick", places=1, queue=8, slice=0.03, priority="normal"),
    Lane("slow", places=1, queue=1, slice=None, priority="idle"),
)
LIMITS = Limits(seconds=1.0, memory=128 << 20, rows=1000, hold=20_000, spares=1, lanes=LANES)


def with_pool(release: Path, work: Callable[[Pool], Awaitable[T]], limits: Limits = LIMITS) -> T:
    """Run something with a pool over a release."""

    async def run() -> T:
        pool = await Pool.open(release / "twingraph.nq.gz", BASE, limits)
        try:
            return await asyncio.wait_for(work(pool), 60)
        finally:
            await pool.close()

    return asyncio.run(run())


def request_of(query: bytes = b"", headers: Mapping[str, str] | None = None) -> Request:
    """A GET, as handlers see it."""
    sent = [(name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    return Request({"type": "http", "method": "GET", "query_string": query, "headers": sent})


def client_of(service: Service, routes: Iterable[Route] | None = None) -> TestClient:
    """A service, or some routes of one, asked without a server."""
    app = application(service, routes=routes)
    return TestClient(app, follow_redirects=False, headers={"accept-encoding": "identity"})


def file_client(folder: Path, content: bytes) -> TestClient:
    """A file of a release at "/", asked without a server."""
    (folder / "some.csv").write_bytes(content)
    release = ReleaseFolder(folder, BASE, None, 0, datetime.now(UTC), {}, 0)

    async def respond(request: Request) -> Response:
        return ReleaseFile(release, "some.csv")

    return TestClient(Starlette(routes=[Route("/", respond)]))


class _From(requests.adapters.HTTPAdapter):
    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more, source_address=(self._address, 0))


def client_at(address: str) -> requests.Session:
    """A client whose requests come from an address of this machine, such as 127.0.0.2."""
    session = requests.Session()
    session.mount("http://", _From(address))
    return session


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


class Server:
    """A server in a process of its own."""

    metrics = ""
    """Where its figures are shown."""

    def __init__(self, release: Path, code: str = "") -> None:
        script = (
            "import sys; from pathlib import Path\n"
            "from twingraph.serve.server import Settings, log_to_stderr, run\n"
            "from twingraph.sparql.limits import Lane, Limits\n"
            "from twingraph.serve import http_limits\n"
            "log_to_stderr(); settings = {}\n"
            f"{code}\n"
            "run(Settings(Path(sys.argv[1]), port=0, **settings), lambda u: print(u, flush=True))\n"
        )
        self.log = release.parent / f"{release.name}-{id(self)}.log"
        self._out = self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, str(release)],
            stdout=subprocess.PIPE,
            stderr=self._out,
            cwd=ROOT,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.log.read_text()
        self.endpoint = f"{self.url}sparql"
        self.port = int(self.url.rstrip("/").rsplit(":", 1)[1])

    def wait_for(self, file: Path) -> None:
        """Wait until a file of the release is served as it is."""
        wanted = file.read_bytes()
        for _ in range(200):
            if requests.get(f"{self.url}{file.name}", timeout=10).content == wanted:
                return
            time.sleep(0.1)
        raise AssertionError("the new release is not served")

    def stop(self) -> int:
        """End it in good order; its exit status."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
        status = self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._out.close()
        return status


@pytest.fixture(scope="module")
def server(release: Path) -> Iterator[Server]:
    metrics = free_port()
    code = (
        "http_limits.HEAD_SECONDS = http_limits.BODY_SECONDS = 1.0\n"
        "limits = Limits(seconds=2, rows=3000, hold=20_000, memory=128 << 20)\n"
        f"settings = dict(limits=limits, metrics=('127.0.0.1', {metrics}))\n"
    )
    running = Server(release, code)
    running.metrics = f"http://127.0.0.1:{metrics}/metrics"
    yield running
    assert running.stop() == 0
