"""What each trick of the query pool is worth: with it and without it, in turn, in the same run.

A trick stays where it gains a tenth or more of what it is for. What can be is measured in processor
time, which depends less than the time on the wall on what else the machine does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Final
from unittest.mock import patch

import uvloop

from bench import serve
from bench.rows import Row
from bench.serve import HOSTILE, WD
from bench.serve_data import quads, write_release
from twingraph.namespaces import BASE, SKOS, TG
from twingraph.sparql.answer_cache import AnswerCache
from twingraph.sparql.engine import process_client
from twingraph.sparql.engine.pool import Pool
from twingraph.sparql.engine.sandbox import processor_time
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import QueryEngine, SparqlRequest
from twingraph.sparql.result_formats import JSON

ROUNDS: Final = 11
LOOK_UPS: Final = 1000
CONNECTIONS: Final = 32
SECONDS: Final = 3.0
LEAST: Final = 1.1

_LOOK_UP = (
    f"SELECT ?town ?name ?partner {{{{ ?town <{SKOS}exactMatch> <{WD}{{town}}> ; <{SKOS}prefLabel>"
    f" ?name . OPTIONAL {{{{ ?town <{TG}twinnedWith> ?partner }}}} }}}} #{{different}}"
)

Measure = Callable[[Pool], Awaitable[float]]
Without = Callable[[], AbstractContextManager[object]]


def rows(size: int) -> list[Row]:
    """All tricks, on a graph of so many partnerships."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = write_release(folder, size)
        return [*_over_http(folder, size), *uvloop.run(_rows(path, size))]


_SERVE = """
import sys; from pathlib import Path
from twingraph.serve.server import Settings, run
from twingraph.sparql.engine import scheduler
{without}
run(Settings(Path(sys.argv[1]), port=int(sys.argv[2])))
"""
_OVER_HTTP = {
    "requests sent ahead": "scheduler.AHEAD = 0",
}


def _over_http(folder: Path, size: int) -> list[Row]:
    """What depends on how busy the service is: the processor time of a look-up in all processes."""
    if shutil.which("wrk") is None:
        sys.stderr.write("left out: look-ups over HTTP (wrk is not installed)\n")
        return []
    (folder / "lookup.lua").write_text(serve.LUA)
    costs: dict[str, list[float]] = {name: [] for name in ("", *_OVER_HTTP)}
    with contextlib.ExitStack() as stack:
        servers = {
            name: stack.enter_context(_served(folder, _OVER_HTTP.get(name, ""))) for name in costs
        }
        for _ in range(ROUNDS):
            for name, (url, process) in servers.items():
                before = serve.processor_time(process)
                rate, _p99 = serve.wrk(folder, url, size * 2 // 3)
                used = serve.processor_time(process) - before
                costs[name].append(used * 1e6 / (rate * serve.SECONDS))
    return [_compared(f"look-up: {name}", "µs", costs[""], costs[name]) for name in _OVER_HTTP]


@contextlib.contextmanager
def _served(folder: Path, without: str) -> Iterator[tuple[str, int]]:
    port = serve.free_port()
    command = [sys.executable, "-c", _SERVE.format(without=without), str(folder), str(port)]
    with serve.running(command, f"http://127.0.0.1:{port}/sparql") as (url, process):
        serve.until_loaded(url)
        yield url, process


async def _rows(path: Path, size: int) -> list[Row]:
    towns = max(2, size * 2 // 3)

    async def first(pool: Pool) -> float:
        return await _first(pool, lambda: _look_up(towns))

    async def beside(pool: Pool) -> float:
        return await _beside_costly(pool, lambda: _look_up(towns))

    def store_process(trick: str) -> Without:
        program = ("-m", "bench.engine_process", trick)
        return lambda: patch.object(process_client, "PROGRAM", program)

    def small_pages() -> AbstractContextManager[object]:
        return patch.dict(os.environ, GLIBC_TUNABLES="glibc.malloc.hugetlb=0")

    async with _opened(path) as pool:
        row = partial(_row, pool)
        return [
            await row("first look-up: warmed up", "µs", first, store_process("warm-up"), path),
            await row("fork: large pages", "ms", _fork, small_pages, path),
            await row("look-up beside 8 costly clients: priorities", "ms", beside, _all_alike),
            await _same_again(pool, towns),
            await _start(path, size),
        ]


def _all_alike() -> AbstractContextManager[object]:
    return patch.object(process_client.StoreProcess, "lower", lambda *_: None)


async def _row(
    pool: Pool,
    name: str,
    unit: str,
    measure: Measure,
    without: Without,
    path: Path | None = None,
) -> Row:
    """With `path`, the trick is one of the store process: another is opened without it."""
    async with contextlib.AsyncExitStack() as stack:
        other = pool
        if path is not None:
            with without():
                other = await stack.enter_async_context(_opened(path))
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(await measure(pool))
            with without():
                theirs.append(await measure(other))
    return _compared(name, unit, ours, theirs)


def _compared(name: str, unit: str, ours: list[float], theirs: list[float]) -> Row:
    ratio = median(without / with_it for with_it, without in zip(ours, theirs, strict=True))
    target = f"≥ {LEAST:g} ×"
    return Row(f"engine: {name}", median(ours), median(theirs), ratio, target, ratio >= LEAST, unit)


@contextlib.asynccontextmanager
async def _opened(path: Path, merged: int = 0) -> AsyncIterator[Pool]:
    pool = await Pool.open(path, BASE, Limits(), merged=merged)
    try:
        yield pool
    finally:
        await pool.close()


def _look_up(towns: int) -> SparqlRequest:
    town = 1_000_000 + random.randrange(towns)
    query = _LOOK_UP.format(town=town, different=random.randrange(10**9))
    return SparqlRequest(query, JSON, None)


async def _ask(engine: QueryEngine, request: SparqlRequest) -> None:
    answer = await engine.run(request)
    assert answer.status == 200, answer.body


# --- what is measured --------------------------------------------------------------------------


def _workers(pool: Pool) -> list[int]:
    parent = pool.store.pid
    return [*map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]


async def _cost(pool: Pool, engine: QueryEngine, request: Callable[[], SparqlRequest]) -> float:
    """Microseconds of processor time for a look-up, here and in the workers."""

    async def client() -> None:
        for _ in range(LOOK_UPS // CONNECTIONS):
            await _ask(engine, request())

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    while True:
        workers = _workers(pool)
        before = time.process_time() + sum(map(processor_time, workers))
        await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
        if workers == _workers(pool):  # Else one was replaced, and what it used is not known.
            used = time.process_time() + sum(map(processor_time, workers)) - before
            return used * 1e6 / (LOOK_UPS // CONNECTIONS * CONNECTIONS)


async def _renewed(pool: Pool) -> list[int]:
    """Kill all workers; the new ones, once they have nothing to do."""
    before = _workers(pool)
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    while len(now := _workers(pool)) < len(before) or set(now) & set(before):
        await asyncio.sleep(0.01)
    used = -1.0
    while used != (used := sum(map(processor_time, now))):
        await asyncio.sleep(0.1)
    return now


async def _first(pool: Pool, request: Callable[[], SparqlRequest]) -> float:
    """Microseconds of processor time for the first look-up of a worker."""
    workers = await _renewed(pool)
    before = sum(map(processor_time, workers))
    await _ask(pool, request())
    return (sum(map(processor_time, workers)) - before) * 1e6


async def _fork(pool: Pool) -> float:
    """Milliseconds of processor time for a fork."""
    before = processor_time(pool.store.pid)
    forked = len(await _renewed(pool))
    return (processor_time(pool.store.pid) - before) * 1e3 / forked


async def _beside_costly(pool: Pool, request: Callable[[], SparqlRequest]) -> float:
    """Milliseconds that four clients wait for a look-up, beside eight that ask what is costly, and
    ask again where the pool is busy."""
    end = time.monotonic() + SECONDS
    waits: list[float] = []

    async def client() -> None:
        while time.monotonic() < end:
            begun = time.perf_counter()
            await _ask(pool, request())
            waits.append(time.perf_counter() - begun)

    async def costly(seed: int) -> None:
        choice = random.Random(seed)
        while True:
            query = choice.choice(HOSTILE).format(n=choice.randrange(10**6))
            while (answer := await pool.run(SparqlRequest(query, JSON, None))).status == 503:
                await asyncio.sleep(0.1)
            if not isinstance(answer.body, bytes):
                async for _ in answer.body:
                    pass

    others = [asyncio.create_task(costly(seed)) for seed in range(8)]
    await asyncio.gather(*(client() for _ in range(4)))
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    return mean(waits) * 1000


async def _same_again(pool: Pool, towns: int) -> Row:
    known = [_look_up(towns) for _ in range(60)]
    cache = AnswerCache(pool)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(await _cost(pool, cache, lambda: random.choice(known)))
        theirs.append(await _cost(pool, pool, lambda: random.choice(known)))
    return _compared("the same again: answers kept", "µs", ours, theirs)


async def _start(path: Path, size: int) -> Row:
    merged = sum("/graph/" not in line for line in quads(size))

    async def start(merged: int) -> float:
        begun = time.perf_counter()
        async with _opened(path, merged) as pool:
            await _ask(pool, SparqlRequest("ASK {}", JSON, None))
            return time.perf_counter() - begun

    ours, theirs = [], []
    for _ in range(3):
        ours.append(await start(merged))
        theirs.append(await start(0))
    return _compared("first answer: before all is loaded", "s", ours, theirs)
