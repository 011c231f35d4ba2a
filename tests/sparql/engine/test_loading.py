"""A large release: its merged view answers before the sources' graphs are there."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.service import BASE, LIMITS, Server
from twingraph.errors import UsageError
from twingraph.sparql.engine.pool import Pool
from twingraph.sparql.query_engine import Answer, SparqlRequest
from twingraph.sparql.result_formats import JSON


def job(query: str) -> SparqlRequest:
    return SparqlRequest(query, JSON, None)


class Arriving:
    """A release's quads that arrive when the test says so: a merged view and the first of the
    source's graph, then the rest of that."""

    MERGED, FIRST, ALL = 5_000, 50_000, 60_000

    def __init__(self, folder: Path) -> None:
        self.path = folder / "twingraph.nq.gz"
        os.mkfifo(self.path)
        self._pipe = os.open(self.path, os.O_RDWR)  # For reading too: so nobody ever waits to open.
        merged = (f'<{BASE}n/{n}> <{BASE}ns#number> "{n}" .\n' for n in range(self.MERGED))
        self._merged = "".join(merged)

    def _of_the_source(self, *numbers: int) -> str:
        graph = f"<{BASE}graph/late>"
        lines = (f'<{BASE}n/{n}> <{BASE}ns#said> "{n:032}" {graph} .\n' for n in range(*numbers))
        return "".join(lines)

    async def begin(self) -> None:
        """More than a piece, so that one is complete."""
        await self._write(self._merged + self._of_the_source(self.FIRST))

    async def finish(self, more: str = "") -> None:
        await self._write(self._of_the_source(self.FIRST, self.ALL) + more)
        os.close(self._pipe)

    async def _write(self, text: str) -> None:
        packed = memoryview(gzip.compress(text.encode(), 1))

        def write() -> None:
            written = 0
            while written < len(packed):
                written += os.write(self._pipe, packed[written:])

        await asyncio.to_thread(write)


LANES = (replace(LIMITS.lanes[0], slice=5.0), LIMITS.lanes[1])
PATIENT = replace(LIMITS, seconds=60.0, rows=100_000, lanes=LANES)
COUNT = "SELECT (COUNT(*) AS ?n) {}"


def counted(answer: Answer) -> int:
    assert isinstance(answer.body, bytes)
    assert answer.status == 200, answer.body
    return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])


def with_arriving(tmp_path: Path, work: Callable[[Arriving, Pool], Awaitable[None]]) -> None:
    async def run() -> None:
        arriving = Arriving(tmp_path)
        beginning = asyncio.create_task(arriving.begin())
        pool = await Pool.open(arriving.path, BASE, PATIENT, merged=Arriving.MERGED)
        try:
            await beginning
            await asyncio.wait_for(work(arriving, pool), 120)
        finally:
            await pool.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "beyond",
    [
        job(COUNT.format("{ GRAPH ?g { ?s ?p ?o } }")),
        job(f"SELECT (COUNT(*) AS ?n) FROM <{BASE}graph/late> {{ ?s ?p ?o }}"),
        replace(job(COUNT.format("{ ?s ?p ?o }")), default_graphs=(f"{BASE}graph/all",)),
    ],
)
def test_the_merged_view_answers_before_the_rest_is_there(
    tmp_path: Path, beyond: SparqlRequest
) -> None:
    merged = job(COUNT.format("{ ?s ?p ?o }"))

    async def work(arriving: Arriving, pool: Pool) -> None:
        assert not pool.store.whole
        assert counted(await pool.run(merged)) == Arriving.MERGED
        waiting = [asyncio.create_task(pool.run(beyond)) for _ in range(4)]
        await asyncio.sleep(0.3)
        assert not any(task.done() for task in waiting)
        await arriving.finish()
        assert {counted(await task) for task in waiting} == {Arriving.ALL}
        assert counted(await pool.run(merged)) == Arriving.MERGED
        assert pool.store.whole
        assert pool.store.quads == Arriving.MERGED + Arriving.ALL
        assert pool.store.graphs == [f"{BASE}graph/late"]

    with_arriving(tmp_path, work)


def test_a_release_whose_rest_is_damaged(tmp_path: Path) -> None:
    async def work(arriving: Arriving, pool: Pool) -> None:
        waiting = asyncio.create_task(pool.run(job("ASK { GRAPH ?g { ?s ?p ?o } }")))
        await arriving.finish("<a> <b> .\n")
        line = Arriving.MERGED + Arriving.ALL + 1
        with pytest.raises(UsageError, match=f"cannot be loaded: .*, line {line}: "):
            await pool.store.loaded()
        assert (await waiting).status == 503

    with_arriving(tmp_path, work)


def test_a_server_whose_release_turns_out_damaged_ends_and_says_so(tmp_path: Path) -> None:
    merged = "".join(f'<{BASE}n/{n}> <{BASE}ns#number> "{n}" .\n' for n in range(1000))
    graph = f"<{BASE}graph/late>"
    rest = "".join(f'<{BASE}n/{n}> <{BASE}ns#said> "{n:032}" {graph} .\n' for n in range(10**5))
    release = tmp_path / "release"
    release.mkdir()
    (release / "twingraph.nq.gz").write_bytes(gzip.compress(f"{merged}{rest}<a>".encode(), 1))
    (release / "void.ttl").write_text(
        f"<{BASE}void> <http://xmlns.com/foaf/0.1/primaryTopic> <{BASE}dataset> .\n"
        f'<{BASE}dataset> <http://rdfs.org/ns/void#uriSpace> "{BASE}" ;'
        " <http://rdfs.org/ns/void#triples> 1000 ."
    )
    code = "import twingraph.serve.release_service as served; served._LARGE = 1000"
    server = Server(release, code)
    assert server.process.wait(60) != 0
    server.stop()
    assert "twingraph.nq.gz, line 101001: " in server.log.read_text()
