"""The endpoint under load, beside two others in the same run, all on loopback.

Needs wrk. Look-ups ask for a town by its Wikidata id, with a comment that makes each query another
one, so that none is answered from memory; "the same again" asks for sixty towns in turn, which
the service remembers. rdflib-endpoint is given a small graph: it
does not hold a large one in bearable time, and a small one is to its advantage.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import requests

from bench.rows import Row, at_most
from bench.serve_data import write_release

WD = "http://www.wikidata.org/entity/Q"
CONNECTIONS = 32
ROUNDS = 3
SECONDS = 4
SMALL = 1000

LUA = """
local n, path = tonumber(os.getenv("BENCH_TOWNS")), os.getenv("BENCH_PATH")
local unique = os.getenv("BENCH_UNIQUE") == "1"
local query = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX tg: "
  .. "<https://w3id.org/twingraph/ns#> SELECT ?town ?name ?partner WHERE { ?town skos:exactMatch "
  .. "<http://www.wikidata.org/entity/Q%d> ; skos:prefLabel ?name . "
  .. "OPTIONAL { ?town tg:twinnedWith ?partner } }%s"
local function encoded(text)
  return (text:gsub("[^%w]", function(c) return string.format("%%%02X", string.byte(c)) end))
end
math.randomseed(tonumber(os.getenv("BENCH_SEED")))
request = function()
  local comment = unique and " #" .. math.random(0, 1000000000) or ""
  local asked = string.format(query, 1000000 + math.random(0, n - 1), comment)
  return wrk.format("GET", path .. "?query=" .. encoded(asked),
    {["Accept"] = "application/sparql-results+json"})
end
"""

HOSTILE = (
    "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != {n}) }}",
    "SELECT * {{ ?a (!<x:{n}>|^!<x:y>)* ?b . ?b (!<x:a>)* ?c }} LIMIT 1000000",
    'SELECT * {{ ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a*)*{n}b")) }}',
    "SELECT * {{ ?a ?b ?c }} OFFSET {n}",
    "SELECT * {{ ?a ?b ?c . ?d ?e ?f }} ORDER BY ?f ?c OFFSET {n}",
)


def rows(size: int) -> list[Row]:
    """All comparisons, on a graph of so many partnerships."""
    if shutil.which("wrk") is None:
        sys.stderr.write("left out: serve (wrk is not installed)\n")
        return []
    with releases(size) as folder:
        return _rows(folder, size)


@contextlib.contextmanager
def releases(size: int) -> Iterator[Path]:
    """A folder with a release of so many partnerships (large), a small one, and what wrk asks."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "lookup.lua").write_text(LUA)
        write_release(folder / "large", size)
        write_release(folder / "small", SMALL)
        yield folder


def _rows(folder: Path, size: int) -> list[Row]:
    towns = max(2, size * 2 // 3)
    with _ours(folder / "large") as (ours, started, process):
        loaded = started + until_loaded(ours)
        until_prepared(process)
        with _oxigraph(folder) as oxigraph, _rdflib_endpoint(folder) as rdflib:
            compared = _compared(folder, towns, ours, oxigraph, rdflib)
        pages = _pages(ours, towns)
        hostile = _hostile(folder, towns, ours, process)
    return [
        *compared,
        pages,
        *hostile,
        at_most("serve: start to first answer", started, 10),
        at_most("serve: start until all is loaded", loaded, 20),
    ]


def until_loaded(ours: str) -> float:
    """Seconds until the sources' graphs are there too."""
    begun = time.perf_counter()
    while requests.get(ours.removesuffix("sparql") + "ready", timeout=60).status_code != 200:
        time.sleep(0.1)
    return time.perf_counter() - begun


def until_prepared(process: int) -> None:
    """Wait until a server and all below it do nothing more: what it prepares of a release begins
    with the first answer, and takes as long as some of what is measured."""
    used = processor_time(process)
    for _ in range(120):
        time.sleep(1)
        before, used = used, processor_time(process)
        if used - before < 0.05:
            return


def processor_time(process: int) -> float:
    """Seconds that a process and all below it have used, those that have ended included."""
    total, pending = 0.0, [process]
    while pending:
        one = pending.pop()
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
            pending += map(int, children.split())
    return total


def _compared(folder: Path, towns: int, ours: str, oxigraph: str, rdflib: str) -> list[Row]:
    runs = [
        (
            wrk(folder, ours, towns),
            wrk(folder, oxigraph, towns),
            wrk(folder, rdflib, SMALL * 2 // 3),
            wrk(folder, ours, 60, unique=False),
            wrk(folder, oxigraph, 60, unique=False),
        )
        for _ in range(ROUNDS)
    ]
    speed = [median(run[side][0] for run in runs) for side in range(5)]
    slowest = median(run[0][1] for run in runs)
    return [
        _faster("serve: look-ups, oxigraph", speed[0], speed[1], 0.7),
        _faster("serve: look-ups, rdflib-endpoint", speed[0], speed[2], 20),
        _faster("serve: the same again, oxigraph", speed[3], speed[4], 2),
        at_most(f"serve: p99 of look-ups, {CONNECTIONS} connections", slowest, 60, "ms"),
    ]


def _pages(ours: str, towns: int) -> Row:
    """A town's page, each of another town, one after the other."""
    base = ours.removesuffix("sparql")
    with requests.Session() as session:

        def page() -> float:
            town = f"{base}municipality/xx-town-{random.randrange(towns)}.html"
            begun = time.perf_counter()
            session.get(town, timeout=60).raise_for_status()
            return (time.perf_counter() - begun) * 1000

        page()  # What all pages need of the release is read by now.
        return at_most("serve: p50 of town pages", median(page() for _ in range(200)), 20, "ms")


def _faster(name: str, ours: float, theirs: float, least: float) -> Row:
    ratio = ours / theirs
    return Row(name, ours, theirs, ratio, f"≥ {least:g} ×", ratio >= least, "1/s")


def _hostile(folder: Path, towns: int, ours: str, process: int) -> list[Row]:
    quiet = median(wrk(folder, ours, towns, connections=4)[1] for _ in range(ROUNDS))
    stop = threading.Event()
    clients = [threading.Thread(target=_attack, args=(ours, stop, n)) for n in range(8)]
    for client in clients:
        client.start()
    time.sleep(3)
    disturbed = median(wrk(folder, ours, towns, connections=4)[1] for _ in range(ROUNDS))
    memory = _memory(process)
    stop.set()
    for client in clients:
        client.join()
    ratio = disturbed / quiet
    alive = requests.get(ours, params={"query": "ASK {}"}, timeout=30).status_code == 200
    return [
        Row(
            "serve: p99 beside 8 hostile clients, quiet",
            disturbed,
            quiet,
            ratio,
            "≤ 3 ×",
            ratio <= 3 and alive,
            "ms",
        ),
        at_most("serve: memory beside them (PSS of all processes)", memory, 6000, "MB"),
    ]


def _attack(url: str, stop: threading.Event, seed: int) -> None:
    choice = random.Random(seed)
    while not stop.is_set():
        query = choice.choice(HOSTILE).format(n=choice.randrange(10**6))
        with contextlib.suppress(requests.RequestException):
            answer = requests.post(url, {"query": query}, timeout=60)
            if answer.status_code == 503:
                time.sleep(0.1)  # Worse than a client that heeds Retry-After, better than none.


def _memory(process: int) -> float:
    """Megabytes that a process and all below it take; what is shared counts once."""
    total, pending = 0.0, [process]
    while pending:
        one = pending.pop()
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            total += int(re.search(r"Pss: +([0-9]+)", rollup)[1]) / 1000  # type: ignore[index]
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
            pending += map(int, children.split())
    return total


def wrk(
    folder: Path, url: str, towns: int, connections: int = CONNECTIONS, unique: bool = True
) -> tuple[float, float]:
    """Requests a second, and the 99th percentile in milliseconds."""
    base, _, path = url.rpartition("/")
    environment = os.environ | {
        "BENCH_TOWNS": str(towns),
        "BENCH_PATH": f"/{path}",
        "BENCH_UNIQUE": "1" if unique else "0",
        "BENCH_SEED": str(random.randrange(10**6)),
    }
    arguments = ["-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "30s", "--latency"]
    out = subprocess.run(
        ["wrk", *arguments, "-s", str(folder / "lookup.lua"), base],
        capture_output=True, text=True, check=True, env=environment,
    ).stdout  # fmt: skip
    if "Non-2xx" in out:
        raise RuntimeError(f"{url} answered with errors:\n{out}")
    rate, p99 = re.search(r"Requests/sec: +([0-9.]+)", out), re.search(r"99% +([0-9.]+)(\w+)", out)
    assert rate and p99, out
    return float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]]


_SERVE = """
import sys; from pathlib import Path
from twingraph.serve.server import Settings, run
run(Settings(Path(sys.argv[1]), port=int(sys.argv[2])))
"""

_RDFLIB_ENDPOINT = """
import sys, rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
graph = rdflib.Dataset(default_union=False)
graph.default_graph.parse(sys.argv[1], format="nt")
uvicorn.run(SparqlEndpoint(graph=graph, path="/sparql"), port=int(sys.argv[2]), log_level="error")
"""


@contextlib.contextmanager
def _ours(release: Path) -> Iterator[tuple[str, float, int]]:
    port = free_port()
    begun = time.perf_counter()
    command = [sys.executable, "-c", _SERVE, str(release), str(port)]
    with running(command, f"http://127.0.0.1:{port}/sparql") as (url, process):
        yield url, time.perf_counter() - begun, process


@contextlib.contextmanager
def _oxigraph(folder: Path) -> Iterator[str]:
    program = str(Path(sys.executable).parent / "oxigraph")
    store, file = str(folder / "rocks"), str(folder / "large" / "twingraph.nq.gz")
    subprocess.run([program, "load", "-l", store, "-f", file], check=True, capture_output=True)
    subprocess.run([program, "optimize", "-l", store], check=True, capture_output=True)
    port = free_port()
    command = [program, "serve-read-only", "-l", store, "-b", f"127.0.0.1:{port}"]
    with running(command, f"http://127.0.0.1:{port}/query") as (url, _):
        yield url


@contextlib.contextmanager
def _rdflib_endpoint(folder: Path) -> Iterator[str]:
    merged = folder / "small.nt"
    with gzip.open(folder / "small" / "twingraph.nq.gz", "rt") as lines, merged.open("w") as out:
        out.writelines(line for line in lines if "/graph/" not in line)
    port = free_port()
    command = [sys.executable, "-c", _RDFLIB_ENDPOINT, str(merged), str(port)]
    with running(command, f"http://127.0.0.1:{port}/sparql") as (url, _):
        yield url


@contextlib.contextmanager
def running(
    command: list[str], url: str, log: Path = Path(os.devnull)
) -> Iterator[tuple[str, int]]:
    """A server, once it answers; ended afterwards. `log` is where its standard error goes."""
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors) as server,
    ):
        try:
            _until_it_answers(server, url)
            yield url, server.pid
        finally:
            server.terminate()


def _until_it_answers(server: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(url, params={"query": "ASK {}"}, timeout=120).status_code == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{server.args!r} does not answer")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
