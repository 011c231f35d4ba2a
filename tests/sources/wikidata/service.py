"""A Wikibase on loopback that misbehaves as told, and watches whether the client keeps the rules.

It answers the API and Special:EntityData from items in hand and hands queries on to a SPARQL
server. Time is the test's clock: waiting costs nothing, and is checked to the second.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from twingraph.sources.wikidata.pacing import Clock

Json = Mapping[str, Any]

USER_AGENT = re.compile(r"twingraph/\S+ \((?:https?://\S+|\S+@\S+)\) requests/\d\S*")
BAN = "You have been banned until 2026-12-24T00:00:00Z, please respect throttling"

FAULTS = (
    "429-seconds",
    "429-date",
    "429-bare",
    "502",
    "503",
    "503-seconds",
    "504",
    "reset",
    "truncated",
    "cut-json",
    "maxlag",
    "slow",
)


class FastClock(Clock):
    """Real time plus all that was slept, which passes at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slept = 0.0
        self._start = datetime(2026, 11, 23, 12, 0, 0, 250000, tzinfo=UTC)
        self._zero = time.monotonic()

    def monotonic(self) -> float:
        return time.monotonic() - self._zero + self._slept

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        with self._lock:
            self._slept += seconds
        time.sleep(0)

    @property
    def slept(self) -> float:
        return self._slept


@dataclass
class Watch:
    """What the client did, and every rule it broke."""

    clock: FastClock
    at_once: int = 1
    seen: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    not_before: float = 0.0
    banned: bool = False
    running: list[socket.socket] = field(default_factory=list)
    most: int = 0
    errors: list[float] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    failed_at: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def broke(self, rule: str, what: str) -> None:
        self.violations.append(f"{rule}: {what[:200]}")

    def begins(
        self,
        connection: socket.socket,
        key: str,
        headers: Mapping[str, str],
        fields: Json,
        path: str,
    ) -> None:
        now = self.clock.monotonic()
        with self.lock:
            self.seen.append(key)
            # A request that the client has given up is still answered here for a moment.
            self.running = [one for one in self.running if not _hung_up(one)]
            self.running.append(connection)
            self.most = max(self.most, len(self.running))
            if len(self.running) > self.at_once:
                self.broke("more at once than allowed", f"{len(self.running)}")
            if not USER_AGENT.fullmatch(headers.get("User-Agent", "")):
                self.broke("User-Agent", headers.get("User-Agent", ""))
            if "gzip" not in headers.get("Accept-Encoding", ""):
                self.broke("gzip", key)
            if now < self.not_before:
                self.broke("did not wait", f"{self.not_before - now:.1f} s early: {key}")
            if self.banned:
                self.broke("asked after the ban", key)
            if key in self.refused:
                self.broke("repeated what was refused", key)
            if now < self.failed_at.get(key, -1.0) + 0.9:
                self.broke("no backoff", key)
            if path.endswith("api.php") and "maxlag" not in fields:
                self.broke("maxlag", key)
            if len(fields.get("ids", "").split("|")) > 50:
                self.broke("batch", key)
            if len([at for at in self.errors if at > now - 60]) >= 30:
                self.broke("more than 30 errors a minute", key)

    def ends(self, connection: socket.socket) -> None:
        with self.lock:
            self.running = [one for one in self.running if one is not connection]

    def fails(self, key: str, wait: float | None = None, *, final: bool = False) -> None:
        now = self.clock.monotonic()
        with self.lock:
            self.errors.append(now)
            self.failed_at[key] = now
            if wait is not None:
                self.not_before = max(self.not_before, now + wait)
            if final:
                self.refused.add(key)


def _hung_up(connection: socket.socket) -> bool:
    """Whether the other end has closed a connection."""
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


class Wikibase(ThreadingHTTPServer):
    """The server. `rate` of the requests fail, as `kinds` say, by a seeded choice.

    `script` are faults for the next requests, one each, before chance decides ("" for none).
    """

    daemon_threads = True

    def __init__(
        self,
        documents: Mapping[str, Json],
        watch: Watch,
        *,
        redirects: Mapping[str, str] | None = None,
        sparql: str | None = None,
        rate: float = 0.0,
        seed: int = 0,
        script: tuple[str, ...] = (),
        too_long: str | None = None,
        most_items: int = 50,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.documents = documents
        self.watch = watch
        self.redirects = redirects or {}
        self.upstream = sparql
        self.rate = rate
        self.script = list(script)
        self.too_long = too_long
        self.most_items = most_items
        self._random = random.Random(seed)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def settings(self, **more: Any) -> Any:
        """The client's settings for this server; a read that hangs is given up soon."""
        from twingraph.sources.wikidata.settings import WikibaseSettings

        return WikibaseSettings(
            **{
                "contact": "operator@example.org",
                "api": f"{self.address}/w/api.php",
                "entity_data": f"{self.address}/wiki/Special:EntityData/",
                "sparql": f"{self.address}/sparql",
                "read_timeout": 0.25,
                **more,
            }
        )

    def fault(self, path: str) -> str:
        with self.watch.lock:
            if self.script:
                kind = self.script.pop(0)
            else:
                hit = self._random.random() < self.rate
                kind = self._random.choice(FAULTS) if hit else ""
            if kind == "maxlag" and not path.endswith("api.php"):
                kind = "503"
            if kind:
                self.watch.faults[kind] += 1
            return kind

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error here."""


@contextmanager
def running(server: Wikibase) -> Iterator[Wikibase]:
    """Serve until the block ends."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Wikibase
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._serve(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.server.watch.clock.now(), usegmt=True)

    def _serve(self, text: str) -> None:
        watch, path = self.server.watch, urlsplit(self.path).path
        fields = {name: values[0] for name, values in parse_qs(text).items()}
        key = f"{path} {json.dumps(fields, sort_keys=True)}"
        watch.begins(self.connection, key, dict(self.headers.items()), fields, path)
        kind = self.server.fault(path)
        status, document = (0, b"") if kind else self._answer(path, fields, key)
        time.sleep(0.002)
        # Before the answer: the client may ask again as soon as it has the last byte.
        watch.ends(self.connection)
        if kind == "slow":
            watch.fails(key)
            time.sleep(0.4)
            self.close_connection = True
        elif kind:
            self._fail(kind, key, fields)
        else:
            self._send(status, document)

    # Faults

    def _fail(self, kind: str, key: str, fields: Json) -> None:
        watch = self.server.watch
        if kind == "ban":
            watch.banned = True
            self._send(429, BAN.encode(), {"Retry-After": "1"})
        elif kind in ("reset", "truncated", "cut-json"):
            watch.fails(key)
            self._break(kind)
        elif kind == "maxlag":
            watch.fails(key, 5.0)
            error = {"error": {"code": "maxlag", "info": "Waiting for a host: 6 s", "lag": 6}}
            self._send(200, json.dumps(error).encode(), {"Retry-After": "5"})
        elif kind in ("400", "403", "500"):
            watch.fails(key, final=True)
            self._send(int(kind), b"MalformedQueryException: no")
        else:
            self._told(kind, key, fields)

    def _told(self, kind: str, key: str, fields: Json) -> None:
        """A status, with Retry-After in seconds, as a date, or not at all."""
        watch = self.server.watch
        status, _, form = kind.partition("-")
        headers, wait = {}, None
        if form == "seconds":
            headers, wait = {"Retry-After": "37"}, 37.0
        elif form == "date":
            when = watch.clock.now().replace(microsecond=0) + timedelta(seconds=90)
            headers = {"Retry-After": format_datetime(when, usegmt=True)}
            wait = (when - watch.clock.now()).total_seconds()
        elif status == "429":
            wait = 60.0
        several = "|" in fields.get("ids", "")
        watch.fails(key, wait, final=status == "504" and several)
        self._send(int(status), b"<html>try later</html>", headers)

    def _break(self, kind: str) -> None:
        if kind == "reset":
            hard = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, hard)
            self.close_connection = True
            self.connection.close()
            return
        body = b'{"entities": {"Q64": {"id": "Q64", "labels": {"en": {"lang'
        length = len(body) * (2 if kind == "truncated" else 1)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    # Answers

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        packed = gzip.compress(body, 1)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(packed)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(packed)

    def _answer(self, path: str, fields: Json, key: str) -> tuple[int, bytes]:
        if path == "/sparql":
            return self._query(fields["query"], key)
        if path.startswith("/wiki/"):
            return self._entity_data(path.rpartition("/")[2].removesuffix(".json"))
        if fields["action"] == "wbsearchentities":
            return self._search(fields["search"], fields["language"])
        return self._get_entities(fields, key)

    def _get_entities(self, fields: Json, key: str) -> tuple[int, bytes]:
        ids = fields["ids"].split("|")
        if len(ids) > self.server.most_items:
            self.server.watch.fails(key, final=True)
            return 504, b"upstream request timeout"
        entities = {}
        for item in ids:
            target = self.server.redirects.get(item, item)
            document = self.server.documents.get(target)
            if document is None:
                entities[item] = {"id": item, "missing": ""}
                continue
            full = dict(document)
            if fields["props"] == "info":
                full = {name: full[name] for name in ("id", "type", "lastrevid") if name in full}
            if target != item:
                full["redirects"] = {"from": item, "to": target}
            entities[item] = full
        return 200, json.dumps({"entities": entities, "success": 1}).encode()

    def _entity_data(self, item: str) -> tuple[int, bytes]:
        target = self.server.redirects.get(item, item)
        if target not in self.server.documents:
            return 404, b"no entity"
        return 200, json.dumps({"entities": {target: self.server.documents[target]}}).encode()

    def _search(self, name: str, language: str) -> tuple[int, bytes]:
        hits = [
            {"id": item, "label": label["value"], "match": {"type": "label", "text": name}}
            for item, document in self.server.documents.items()
            if (label := document["labels"].get(language)) and label["value"].startswith(name)
        ]
        return 200, json.dumps({"search": hits, "success": 1}).encode()

    def _query(self, text: str, key: str) -> tuple[int, bytes]:
        server = self.server
        if server.too_long and not re.search(server.too_long, text):
            server.watch.fails(key, final=True)
            # As Blazegraph does it: the answer has begun when the time is over.
            cut = (
                b'{"results": {"bindings": [ {\nSPARQL-QUERY: java.util.concurrent.TimeoutException'
            )
            return (200 if len(server.watch.refused) % 2 else 500), cut
        assert server.upstream, "this test has no SPARQL server"
        request = Request(
            server.upstream,
            data=text.encode(),
            headers={
                "Content-Type": "application/sparql-query",
                "Accept": "application/sparql-results+json",
            },
        )
        with urlopen(request, timeout=10) as response:
            return response.status, response.read()
