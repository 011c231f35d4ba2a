"""The pool, with real processes: what a stranger's query can and cannot do."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import json
import os
import socket
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.service import BASE, COSTLY, LIMITS, with_pool
from tests.sparql.odd_queries import ODD
from twingraph.errors import UsageError
from twingraph.sparql.engine.pool import Pool
from twingraph.sparql.limits import Lane
from twingraph.sparql.query_engine import Answer, Broken, SparqlRequest
from twingraph.sparql.result_formats import CSV, GRAPHS, JSON, N_TRIPLES, SOLUTIONS, TURTLE

ALL = "SELECT * { ?s ?p ?o }"


async def read(answer: Answer) -> bytes:
    if isinstance(answer.body, bytes):
        return answer.body
    return b"".join([chunk async for chunk in answer.body])


def job(query: str, solutions: str | None = JSON, graph: str | None = TURTLE) -> SparqlRequest:
    return SparqlRequest(query, solutions, graph)


def ask(release: Path, *jobs: SparqlRequest, **limits: Any) -> list[tuple[Answer, bytes]]:
    """Answers to queries, one after the other, and at the end one that must still work."""

    async def work(pool: Pool) -> list[tuple[Answer, bytes]]:
        found = []
        for one in jobs:
            answer = await pool.run(one)
            found.append((answer, await read(answer)))
        assert (await pool.run(job("ASK {}"))).status == 200
        return found

    return with_pool(release, work, dataclasses.replace(LIMITS, **limits))


def test_each_form_of_query(release: Path) -> None:
    queries = ["ASK {}", "SELECT (1 AS ?x) {}", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"]
    answers = ask(release, *map(job, queries), job(f"DESCRIBE <{BASE}municipality/a>"))
    types = [answer.headers["Content-Type"] for answer, _ in answers]
    assert [answer.status for answer, _ in answers] == [200] * 4
    assert types == [JSON, JSON, *["text/turtle; charset=utf-8"] * 2]


def test_406_where_no_format_of_the_kind_is_accepted(release: Path) -> None:
    answers = ask(release, job("ASK {}", None), job("CONSTRUCT WHERE { ?s ?p ?o }", JSON, None))
    assert [answer.status for answer, _ in answers] == [406, 406]
    assert JSON.encode() in answers[0][1] and TURTLE.encode() in answers[1][1]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT ?x {", b"1:12"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", b"takes queries only"),
        ("# x\nPREFIX a: <b:c>\nLOAD <http://127.0.0.1/>", b"LOAD is an update"),
        ("SELECT * { SERVICE <http://127.0.0.1:8080/> { ?s ?p ?o } }", b"SERVICE"),
        (
            "SELECT * { VALUES ?u { <http://127.0.0.1/> } SERVICE ?u {} }",
            b"SERVICE is not followed",
        ),
        ("SELECT * { VALUES ?u { 1 } { ?s ?p trueSERVICE?u {} } }", b"SERVICE is not followed"),
        # Read by its tokens an IRI, by the engine a SERVICE.
        ("SELECT * { FILTER(1<2)SERVICE#>\n<http://127.0.0.1:8080/>{} }", b"the query failed"),
        ("SELECT (<x:f>(1) AS ?x) {}", b"the query failed: The custom function <x:f>"),
        ("SELECT * {" + "{" * 5000 + "}" * 5001, b"nested"),
        ("SELECT (1" + "+1" * 100_000 + " AS ?x) {}", b"nested too deeply"),
        ("SELECT (" + "!" * 300_000 + "true AS ?x) {}", b"nested too deeply"),
        ("", b"cannot be parsed"),
        ("SELECT * { ?s tg:partner ?o }", f"PREFIX tg: <{BASE}ns#>".encode()),
        ("PREFIX a: <x:a> SELECT * { ?s b:c 'd:e', <f:g> }", "PREFIX b: <…>".encode()),
        ("\0\ud7ff", b"cannot be parsed"),
    ],
)
def test_a_bad_query_is_a_400_with_the_reason(release: Path, query: str, words: bytes) -> None:
    [(answer, body)] = ask(release, job(query))
    assert answer.status == 400
    assert words in body


def test_no_odd_query_is_a_fault_of_ours(release: Path) -> None:
    answers = ask(release, *map(job, ODD), seconds=30.0)
    told = {q: a.status for q, (a, _) in zip(ODD, answers, strict=True)}
    assert {query: status for query, status in told.items() if status not in (200, 400)} == {}


def test_what_only_looks_bad_is_answered(release: Path) -> None:
    queries = [
        "\ufeffASK {}",
        "ASK { FILTER(1 = 1) # SERVICE <a:b> {}\n}",
        f"ASK {{}} #{'(' * 5000}",
    ]
    assert [answer.status for answer, _ in ask(release, *map(job, queries))] == [200] * 3


def test_the_time_limit_ends_the_work(release: Path) -> None:
    async def work(pool: Pool) -> None:
        answer = await pool.run(job(COSTLY))
        assert (answer.status, answer.outcome) == (504, "timeout")
        assert int(answer.headers["Retry-After"]) >= 1
        assert b"1 seconds from its arrival" in await read(answer)
        await gone(pool)

    with_pool(release, work)


async def gone(pool: Pool) -> None:
    """Wait until as many workers live as stand ready: none goes on computing for nobody."""
    for _ in range(100):
        if len(alive(pool)) <= LIMITS.lanes[0].places + LIMITS.spares:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"workers that nobody needs: {alive(pool)}")


def alive(pool: Pool) -> list[int]:
    parent = pool.store.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children]


def test_the_memory_limit_ends_the_query_alone(release: Path) -> None:
    hungry = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"
    [(answer, body)] = ask(release, job(hungry), seconds=50.0)
    assert (answer.status, answer.outcome) == (422, "memory")
    assert b"128 MiB" in body


class Listener:
    """Counts who connects."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.port = self._socket.getsockname()[1]
        self.calls = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.calls += 1
            connection.close()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()


def test_no_query_reaches_the_network_or_the_disk(release: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("<http://e/a> <http://e/b> 'secret' .")
    listener = Listener()
    try:
        here = f"http://127.0.0.1:{listener.port}/"
        answers = ask(
            release,
            job(f"SELECT * {{ SERVICE SILENT <{here}> {{ ?s ?p ?o }} }}"),
            job(f"SELECT * {{ SERVICE <{here}> {{ ?s ?p ?o }} }}"),
            job(f"SELECT * FROM <{here}> {{ ?s ?p ?o }}"),
            job(f"SELECT * FROM <{secret.as_uri()}> {{ ?s ?p ?o }}"),
            job(f"SELECT * FROM NAMED <{secret.as_uri()}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"),
            job(f"LOAD <{here}>"),
        )
    finally:
        listener.close()
    assert listener.calls == 0
    assert [answer.status for answer, _ in answers] == [200, 400, 200, 200, 200, 400]
    assert not any(b"secret" in body for _, body in answers)


@pytest.mark.parametrize("rows", [50, 2000])
def test_a_cut_result_says_so_in_its_head(release: Path, rows: int) -> None:
    """Small ones and those that leave in pieces, in every format."""
    queries = [job(ALL, media_type) for media_type in SOLUTIONS]
    queries += [job("CONSTRUCT WHERE { ?s ?p ?o }", None, media_type) for media_type in GRAPHS]
    for query, (answer, _) in zip(queries, ask(release, *queries, rows=rows), strict=True):
        assert answer.headers["Twingraph-Result-Cut"] == f"first {rows} of more", query
        assert isinstance(answer.body, bytes) == (rows == 50)


def test_a_cut_is_said_in_the_body_too_where_there_is_room(release: Path) -> None:
    answers = ask(
        release,
        job(ALL),
        job("CONSTRUCT WHERE { ?s ?p ?o }"),
        job("CONSTRUCT WHERE { ?s ?p ?o }", JSON, N_TRIPLES),
        job(ALL, CSV),
        rows=2000,
    )
    assert json.loads(answers[0][1])["cut"] == "first 2000 of more"
    assert len(json.loads(answers[0][1])["results"]["bindings"]) == 2000
    assert all(body.endswith(b"# first 2000 of more\n") for _, body in answers[1:3])
    assert answers[3][1].count(b"\r\n") == 2001


def test_bytes_are_bounded_too(release: Path) -> None:
    [(answer, body)] = ask(release, job(ALL), size=5000)
    assert "Twingraph-Result-Cut" in answer.headers
    assert len(json.loads(body)["results"]["bindings"]) < 50


def test_a_whole_result_says_nothing_of_a_cut(release: Path) -> None:
    [(answer, body)] = ask(release, job("SELECT * { ?s ?p ?o } LIMIT 100"), rows=100)
    assert "Twingraph-Result-Cut" not in answer.headers and b"cut" not in body


MANY = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"


def test_a_reader_that_leaves_ends_the_query(release: Path) -> None:
    async def work(pool: Pool) -> None:
        answer = await pool.run(job(MANY))
        assert answer.status == 200 and isinstance(answer.body, AsyncIterator)
        assert await anext(answer.body)
        await answer.body.aclose()  # type: ignore[attr-defined]
        await gone(pool)

    with_pool(release, work, dataclasses.replace(LIMITS, rows=10**9, size=10**9, seconds=30))


def test_a_reader_that_takes_too_long_is_left(release: Path) -> None:
    async def work(pool: Pool) -> None:
        answer = await pool.run(job(MANY))
        assert isinstance(answer.body, AsyncIterator)
        with pytest.raises(Broken):
            async for _ in answer.body:
                await asyncio.sleep(0.3)
        await gone(pool)

    with_pool(release, work, dataclasses.replace(LIMITS, rows=10**9, size=10**9, seconds=3))


def test_a_result_that_takes_too_long_has_a_status(release: Path) -> None:
    endless = job("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")

    async def work(pool: Pool) -> None:
        assert (await pool.run(endless)).status == 504

    with_pool(release, work, dataclasses.replace(LIMITS, rows=10**9, size=10**9, memory=1 << 30))


def test_a_client_that_leaves_ends_the_query(release: Path) -> None:
    async def work(pool: Pool) -> None:
        answer = await pool.run(job(COSTLY), lambda: asyncio.sleep(0.2))
        assert answer.outcome == "abandoned"
        await gone(pool)

    with_pool(release, work, dataclasses.replace(LIMITS, seconds=30))


def test_cancelling_ends_the_query(release: Path) -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pool.run(job(COSTLY)), 0.3)
        await gone(pool)

    with_pool(release, work, dataclasses.replace(LIMITS, seconds=30))


async def settled(pool: Pool, lane: str, figures: dict[str, int]) -> None:
    """Wait until a lane is as expected; the machine may be busy with something else."""
    async with asyncio.timeout(20):
        while pool.figures()[lane] != figures:
            await asyncio.sleep(0.02)


PATIENT = dataclasses.replace(LIMITS, seconds=4.0)


def test_costly_queries_wait_and_cheap_ones_do_not(release: Path) -> None:
    async def work(pool: Pool) -> None:
        costly = [asyncio.create_task(pool.run(job(f"{COSTLY} LIMIT {n}"))) for n in range(1, 7)]
        await settled(pool, "slow", {"running": 1, "waiting": 1})
        for _ in range(20):
            assert (await pool.run(job("ASK {}"))).status == 200
        assert pool.figures()["slow"] == {"running": 1, "waiting": 1}
        answers = await asyncio.gather(*costly)
        # One place, one that waits: the others are turned away with a time to come again.
        busy = [answer for answer in answers if answer.status == 503]
        assert len(busy) >= 4
        assert all(int(answer.headers["Retry-After"]) >= 1 for answer in busy)

    with_pool(release, work, PATIENT)


def test_queries_sent_ahead_do_not_wait_for_a_costly_one(release: Path) -> None:
    async def work(pool: Pool) -> None:
        first = asyncio.create_task(pool.run(job(COSTLY)))
        crash = asyncio.create_task(pool.run(job("SELECT (" + "!" * 300_000 + "true AS ?x) {}")))
        await asyncio.sleep(0)
        cheap = [asyncio.create_task(pool.run(job(f"SELECT ({n} AS ?x) {{}}"))) for n in range(5)]
        await asyncio.sleep(0)
        cheap[1].cancel()
        for n, task in enumerate(cheap):
            if n != 1:
                assert f'"value":"{n}"'.encode() in await read(await task)
        assert not first.done()
        assert (await crash).status == 400
        assert (await first).outcome == "timeout"
        await gone(pool)

    # The query that cannot be parsed waits too, and its time is counted from its arrival.
    with_pool(release, work, dataclasses.replace(PATIENT, seconds=10.0))


def test_a_costly_query_gives_up_its_place_in_the_first_lane(release: Path) -> None:
    async def work(pool: Pool) -> None:
        await pool.run(job(COSTLY))
        again = asyncio.create_task(pool.run(job(COSTLY)))
        await settled(pool, "slow", {"running": 1, "waiting": 0})
        assert pool.figures()["quick"]["running"] == 0
        await again

    with_pool(release, work)


def test_too_many_at_once_get_503(release: Path) -> None:
    lanes = (Lane("only", places=1, queue=2, slice=None, priority="normal"),)

    async def work(pool: Pool) -> None:
        answers = await asyncio.gather(*(pool.run(job(COSTLY)) for _ in range(10)))
        assert sum(answer.status == 503 for answer in answers) >= 7

    with_pool(release, work, dataclasses.replace(LIMITS, lanes=lanes, seconds=0.3))


def test_a_worker_that_has_dirtied_much_is_replaced(release: Path) -> None:
    async def work(pool: Pool) -> None:
        before = set(alive(pool))
        for n in range(20):
            assert (await pool.run(job(f"SELECT * {{ ?s ?p ?o }} LIMIT {n}"))).status == 200
        await gone(pool)
        assert not before & set(alive(pool))

    with_pool(release, work, dataclasses.replace(LIMITS, retire=0))


def test_a_killed_worker_is_replaced(release: Path) -> None:
    async def work(pool: Pool) -> None:
        for pid in alive(pool):
            os.kill(pid, 9)
        async with asyncio.timeout(20):
            while (await pool.run(job("ASK {}"))).status != 200:
                await asyncio.sleep(0.02)

    with_pool(release, work)


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"<a> <b> .\n", mtime=0), None])
def test_a_release_that_cannot_be_loaded(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "twingraph.nq.gz").write_bytes(content)
    with pytest.raises(UsageError, match="cannot be loaded"):
        ask(tmp_path, job("ASK {}"))


def test_a_release_that_is_cut_off(release: Path, tmp_path: Path) -> None:
    whole = (release / "twingraph.nq.gz").read_bytes()
    (tmp_path / "twingraph.nq.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UsageError, match="cannot be loaded"):
        ask(tmp_path, job("ASK {}"))
