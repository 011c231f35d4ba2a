"""The service beside clients that mean no good: what honest ones have of it meanwhile.

Needs wrk, which asks from 127.0.0.1; the others come from 127.0.0.2. Times are by the clock: they
tell something on a machine that does nothing else.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import requests

from bench.rows import Row, at_most
from bench.serve import HOSTILE, free_port, releases, running, until_loaded, until_prepared, wrk

OTHERS = "127.0.0.2"
SLOW = 24
MIXED = 64
SECONDS = 60
FUZZED = 20_000
ROUNDS = 5
COUNT = "SELECT (COUNT(*) AS ?n) {{ {{ SELECT ?c {{ ?a ?b ?c }} LIMIT {rows} }} {{ SELECT ?f {{ ?d ?e ?f }} LIMIT 2000 }} FILTER(?c > ?f && {n} > 0) }}"  # noqa: E501
CHEAP = (
    "SELECT * {{ {{ {n}",
    "SELECT (<x:f>({n}) AS ?x) {{}}",
    "SELECT * {{ SERVICE <http://127.0.0.1:1/{n}> {{ ?s ?p ?o }} }}",
    "SELECT (1{plus} AS ?x) {{}} # {n}",
    "SELECT ({n} AS ?x) {{}}",
)
"""What costs a stranger little to send."""

_SERVE = """
import sys; from pathlib import Path
from twingraph.serve.server import Settings, log_to_stderr, run
log_to_stderr(quiet=True)
run(Settings(Path(sys.argv[1]), port=int(sys.argv[2])))
"""


def rows(size: int) -> list[Row]:
    """All of it, on a graph of so many partnerships."""
    if shutil.which("wrk") is None:
        sys.stderr.write("left out: strangers (wrk is not installed)\n")
        return []
    with releases(size) as folder:
        towns = max(2, size * 2 // 3)
        with _served(folder / "large", folder / "log") as url:
            found = [*_turns(folder, towns, url), *_mixture(folder, towns, url)]
        with _served(folder / "small", folder / "log") as url:
            return [*found, _fuzz(url, folder / "log")]


@contextlib.contextmanager
def _served(release: Path, log: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-c", _SERVE, str(release), str(port)]
    with running(command, f"http://127.0.0.1:{port}/sparql", log) as (url, process):
        until_loaded(url)
        until_prepared(process)
        yield url


class _From(requests.adapters.HTTPAdapter):
    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more, source_address=(OTHERS, 0))


def _stranger() -> requests.Session:
    session = requests.Session()
    session.mount("http://", _From())
    return session


@contextlib.contextmanager
def _beside(clients: int, ask: Callable[[requests.Session, random.Random], None]) -> Iterator[None]:
    """So many clients of another address, each of whom asks without a pause."""
    stop = threading.Event()

    def work(seed: int) -> None:
        session, chance = _stranger(), random.Random(seed)
        while not stop.is_set():
            with contextlib.suppress(requests.RequestException):
                ask(session, chance)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


# --- turns -------------------------------------------------------------------------------------


def _turns(folder: Path, towns: int, url: str) -> list[Row]:
    session = requests.Session()

    def seconds(count: int) -> float:
        begun = time.perf_counter()
        query = COUNT.format(rows=count, n=random.randrange(1, 10**9))
        session.post(url, {"query": query}, timeout=90).raise_for_status()
        return time.perf_counter() - begun

    count = max(1, int(2000 * 2 / seconds(2000)))  # Of two seconds, on this machine.
    quiet = median(seconds(count) for _ in range(3))
    calm = median(wrk(folder, url, towns, connections=4)[1] for _ in range(ROUNDS))

    def slow(stranger: requests.Session, chance: random.Random) -> None:
        query = COUNT.format(rows=10**6, n=chance.randrange(1, 10**9))
        stranger.post(url, {"query": query}, timeout=90)

    with _beside(SLOW, slow):
        time.sleep(3)
        beside = max(seconds(count) for _ in range(3))
        disturbed = median(wrk(folder, url, towns, connections=4)[1] for _ in range(ROUNDS))
    return [
        _within(f"strangers: a query of 2 s beside {SLOW} slow ones", beside, quiet, "s"),
        _within(f"strangers: p99 of look-ups beside {SLOW} slow queries", disturbed, calm, "ms"),
    ]


def _within(name: str, ours: float, quiet: float, unit: str) -> Row:
    return Row(name, ours, quiet, ours / quiet, "≤ 3 ×", ours <= 3 * quiet, unit)


# --- a mixture ---------------------------------------------------------------------------------


def _mixture(folder: Path, towns: int, url: str) -> list[Row]:
    """Look-ups beside many connections with queries of all kinds. wrk ends with an error where one
    of its own is not answered."""
    calm = median(wrk(folder, url, towns, connections=4)[1] for _ in range(ROUNDS))
    statuses: Counter[int] = Counter()

    def mixed(stranger: requests.Session, chance: random.Random) -> None:
        query = chance.choice(HOSTILE + CHEAP)
        plus = "+1" * chance.randrange(30_000)
        text = query.format(n=chance.randrange(10**6), plus=plus)
        statuses[stranger.post(url, {"query": text}, timeout=90).status_code] += 1

    found: list[float] = []
    with _beside(MIXED, mixed):
        time.sleep(3)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found.append(wrk(folder, url, towns, connections=4)[1])
    sys.stderr.write(f"what {MIXED} strangers were answered: {dict(statuses)}\n")
    return [_within(f"strangers: p99 beside {MIXED} of a mixture", median(found), calm, "ms")]


# --- anything at all ---------------------------------------------------------------------------

_PIECES = (
    *('"', "\\", "'", " ", "\t", ";", ",", "=", "&", "%", "%00", "%ff", "+", "\xe9", "²", "\ud800"),
    *("{", "}", "[", "]", "(", "SELECT", "ASK {}", "SERVICE", "?x", "<x:y>", "lang=pl", "q=0.5"),
    *("text/html", "*/*", "bytes=0-", "1e999", "NaN", "null", '{"query":', '"limit":', "9" * 5000),
    *("--x\r\nContent-Disposition: form-data\r\n\r\n", "charset*0*=", "../", "//", "id", "#", "?"),
)
_HEADERS = (
    *("Accept", "Accept-Language", "Accept-Encoding", "Cookie", "Range", "If-Range", "Host"),
    *("If-None-Match", "If-Modified-Since", "Content-Type", "X-Forwarded-For", "Origin", "Expect"),
)
_PATHS = (
    *("sparql", "query", "reconcile", "reconcile/suggest/entity", "reconcile/preview", "search"),
    *("towns", "partnerships.csv", "municipality/xx-town-1", "twingraph.nq.gz", "ns", "robots.txt"),
)
_TYPES = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "multipart/form-data; boundary=x",
)


def _fuzz(url: str, log: Path) -> Row:
    """Requests of all kinds, and how often something was not thought of."""
    base = url.removesuffix("sparql")

    def asked(seed: int) -> None:
        session, chance = _stranger(), random.Random(seed)
        for _ in range(FUZZED // 8):
            with contextlib.suppress(requests.RequestException, UnicodeError):
                response = session.send(_odd(base, chance), timeout=60, stream=True)
                response.close()

    threads = [threading.Thread(target=asked, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    text = log.read_text("utf-8", "replace")
    return at_most(
        f"strangers: tracebacks in {FUZZED} odd requests", text.count("Traceback"), 0, ""
    )


def _text(chance: random.Random) -> str:
    return "".join(chance.choices(_PIECES, k=chance.randrange(12)))


def _odd(base: str, chance: random.Random) -> requests.PreparedRequest:
    """A request that nobody sends in good faith."""
    method = chance.choice(["GET"] * 4 + ["POST"] * 5 + ["HEAD", "PUT", "OPTIONS"])
    kind = chance.choice(_TYPES)
    name = chance.choice(["query", "queries", "extend", "page", "lang", "country", "prefix"])
    value = _text(chance)
    if name in ("queries", "extend"):
        value = chance.choice(
            [value, json.dumps({value: {"query": value, "limit": chance.random()}})]
        )
    form = {name: value.encode("utf-8", "replace")}
    request = requests.Request(method, base + chance.choice(_PATHS))
    if method == "POST" and kind == _TYPES[0]:
        request.data = form
    elif method == "POST":
        request.data = value.encode("utf-8", "replace")
    else:
        request.params = form
    prepared = request.prepare()
    if method == "POST":
        prepared.headers["Content-Type"] = kind
    for header in chance.sample(_HEADERS, chance.randrange(3)):
        odd = _text(chance).replace("\r\n", " ").encode("utf-8", "replace").strip()
        prepared.headers[header] = odd.decode("latin-1")
    return prepared
