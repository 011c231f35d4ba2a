"""A store over HTTP: what is tried again, who we say we are, and every failure in words."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.sparql.remote.releases import write
from tests.sparql.remote.servers import Server, free_port
from twingraph.errors import ServiceError, UsageError
from twingraph.sparql.remote.client import NoEndpoint, Patience, RequestTooLarge, StoreClient
from twingraph.sparql.remote.discovery import find_endpoints
from twingraph.sparql.remote.endpoints import (
    PASSWORD,
    TOKEN,
    USER,
    Credentials,
    Endpoints,
    candidates,
)
from twingraph.sparql.remote.push import Push, push
from twingraph.sparql.remote.release_quads import ReleaseQuads

QUICK = Patience(attempts=3, first=0.01, longest=0.02)
ME = Credentials("me", "a secret")


class Script:
    """A server that answers with the next of some (status, headers); the last again and again."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str]]] = [(200, {})]
        self.seen: list[tuple[str, str, int]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                script.seen.append((self.path, self.headers.get("Authorization", ""), len(body)))
                first = script.answers[0]
                status, headers = script.answers.pop(0) if len(script.answers) > 1 else first
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"some words\nof the store")

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def client(self, credentials: Credentials | None = None) -> StoreClient:
        endpoints = Endpoints(f"{self.url}/q", f"{self.url}/u", f"{self.url}/g")
        return StoreClient(endpoints, credentials or Credentials(), QUICK)


@pytest.fixture
def script() -> Iterator[Script]:
    found = Script()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.05,))
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again(script: Script, status: int) -> None:
    script.answers = [(status, {}), (status, {"Retry-After": "0"}), (200, {})]
    script.client().update("CLEAR ALL")
    assert len(script.seen) == 3


def test_patience_ends(script: Script) -> None:
    script.answers = [(503, {})]
    with pytest.raises(ServiceError, match=r"/u: the store answers 503: some words.*3 attempts"):
        script.client().update("CLEAR ALL")
    assert len(script.seen) == 3


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (400, ServiceError, "the store answers 400: some words of the store"),
        (401, ServiceError, f"asks who you are .401.: set {USER} and {PASSWORD}, or {TOKEN}"),
        (403, ServiceError, "does not allow it"),
        (404, NoEndpoint, "there is no such endpoint"),
        (302, NoEndpoint, "leads to http://elsewhere/"),
        (413, RequestTooLarge, "no request of this size"),
        (500, ServiceError, "the store answers 500"),
    ],
)
def test_failures_are_told_at_once(
    script: Script, status: int, kind: type[ServiceError], message: str
) -> None:
    script.answers = [(status, {"Location": "http://elsewhere/"})]
    with pytest.raises(kind, match=message):
        script.client().update("CLEAR ALL")
    assert len(script.seen) == 1


def test_too_much_at_once_is_sent_in_parts(script: Script, tmp_path: Path) -> None:
    script.answers = [(413, {}), (200, {})]
    dump = ReleaseQuads.of_release(write(tmp_path, "https://example.org/", 1))
    run = Push(dump, script.client(), lambda message: None, 100)
    run.upload("urn:g", ["<urn:a> <urn:b> <urn:c> ."] * 10)
    whole, first, second = (size for _, _, size in script.seen)
    assert first == second == whole // 2


@pytest.mark.parametrize(
    ("asked", "given"), [("Basic realm=x", "Basic "), ('Digest realm="x", nonce="n"', "Digest ")]
)
def test_we_say_who_we_are_when_asked(script: Script, asked: str, given: str) -> None:
    challenge = (401, {"WWW-Authenticate": asked})
    # Digest asks for the nonce of its own request.
    script.answers = [challenge, *([challenge] if "Digest" in asked else []), (200, {})]
    with script.client(ME) as client:
        client.update("CLEAR ALL")
    assert script.seen[0][1] == ""
    assert script.seen[-1][1].startswith(given)
    assert all("a secret" not in said for _, said, _ in script.seen)


def test_a_token_is_sent(script: Script) -> None:
    script.client(Credentials(token="abc")).update("CLEAR ALL")
    assert script.seen[0][1] == "Bearer abc"


def test_a_store_that_does_not_know_us_is_told_apart(virtuoso: Server, tmp_path: Path) -> None:
    wrong = Credentials("pusher", "a secret")
    endpoints = find_endpoints(virtuoso.url, wrong)
    release = write(tmp_path, "https://example.org/who/", 1)
    refused = pytest.raises(ServiceError, match=f"does not accept {USER} and {PASSWORD}")
    with StoreClient(endpoints, wrong, QUICK) as client, refused as error:
        push(release, client)
    assert "a secret" not in str(error.value)


def test_credentials_are_not_shown() -> None:
    assert "a secret" not in repr(ME)
    assert "a secret" not in repr(Credentials(token="a secret"))


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({USER: "me"}, "go together"),
        ({PASSWORD: "x"}, "go together"),
        ({USER: "me", PASSWORD: "x", TOKEN: "y"}, "not both"),
        ({TOKEN: "a\nb"}, "no token has"),
    ],
)
def test_half_credentials_are_refused(environment: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Credentials.of(environment)


@pytest.mark.parametrize(
    "url", ["", "localhost:7878", "ftp://x/", "http://", "http://x:99999/", "http://x/?a=b"]
)
def test_what_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        next(candidates(url))


def test_endpoints_are_found_from_the_base_or_from_the_endpoint(server: Server) -> None:
    by_base = find_endpoints(server.url, server.credentials)
    assert by_base == find_endpoints(f"{server.query_url}/", server.credentials)
    assert by_base.query == server.query_url


def test_a_server_that_is_no_store(script: Script) -> None:
    with pytest.raises(ServiceError, match="no SPARQL store answers at"):
        find_endpoints(script.url, Credentials(), QUICK)


def test_a_store_without_tls_is_told_so(script: Script) -> None:
    with pytest.raises(ServiceError, match="no secure connection"):
        find_endpoints(script.url.replace("http:", "https:"), Credentials(), QUICK)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from twingraph.cli import main; main()", *arguments],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_the_command(oxigraph: Server, tmp_path: Path) -> None:
    release = write(tmp_path, "https://example.org/cli/", 1)
    done = _run("push", "--store", oxigraph.url, "--release", str(release))
    assert done.returncode == 0, done.stderr
    assert "holds release" in done.stdout
    assert "is read now" in done.stderr
    assert _run("push", "--store", oxigraph.url, "--release", str(tmp_path / "no")).returncode == 2


def test_the_command_says_what_failed_outside(tmp_path: Path) -> None:
    release = write(tmp_path, "https://example.org/cli/", 1)
    down = f"http://127.0.0.1:{free_port()}"
    endpoints = ("--query-url", f"{down}/q", "--update-url", f"{down}/u")
    done = _run("push", *endpoints, "--release", str(release / "no"))
    assert done.returncode == 2
    assert _run("push").returncode == 2
    leaky = _run("push", "--store", "http://me:secret@localhost/")
    assert leaky.returncode == 2
    assert "secret" not in leaky.stdout + leaky.stderr
