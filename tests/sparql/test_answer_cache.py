from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from twingraph.sparql.answer_cache import AnswerCache
from twingraph.sparql.query_engine import Answer, SparqlRequest


class Counter:
    """A pool that counts, and answers with a body of some length."""

    def __init__(self, status: int = 200, length: int = 10) -> None:
        self.asked = 0
        self._answer = Answer(status, {"X": "y"}, b"x" * length)

    async def run(
        self, job: SparqlRequest, gone: Callable[[], Awaitable[None]] | None = None
    ) -> Answer:
        self.asked += 1
        return self._answer


def asked(pool: Counter, *queries: str, size: int = 10_000) -> int:
    """How many of the queries reach the pool."""

    async def run() -> None:
        remembering = AnswerCache(pool, size)
        for query in queries:
            answer = await remembering.run(SparqlRequest(query, "text/csv", None))
            assert answer.headers == {"X": "y"}

    asyncio.run(run())
    return pool.asked


def test_the_same_query_is_asked_once() -> None:
    assert asked(Counter(), "ASK {}", "ASK {}", "ASK { }") == 2


def test_other_formats_and_datasets_are_other_queries() -> None:
    async def run() -> int:
        pool = Counter()
        remembering = AnswerCache(pool)
        for job in (
            SparqlRequest("ASK {}", "text/csv", None),
            SparqlRequest("ASK {}", "application/json", None),
            SparqlRequest("ASK {}", "text/csv", None, ("http://g/",)),
            SparqlRequest("ASK {}", "text/csv", None, None, ("http://g/",)),
        ):
            await remembering.run(job)
        return pool.asked

    assert asyncio.run(run()) == 4


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (rand() AS ?x) {}",
        "SELECT (NOW ( ) AS ?x) {}",
        "SELECT (\\u0052AND() AS ?x)",
        "SELECT (NOW # soon\n() AS ?x) {}",
    ],
)
def test_what_changes_is_not_kept(query: str) -> None:
    assert asked(Counter(), query, query) == 2


def test_what_only_speaks_of_change_is_kept() -> None:
    query = "SELECT ('RAND()' AS ?now) { ?uuid <http://NOW> \"\\n\" } # NOW()"
    assert asked(Counter(), query, query) == 1


def test_errors_and_large_answers_are_not_kept() -> None:
    assert asked(Counter(status=500), "ASK {}", "ASK {}") == 2
    assert asked(Counter(length=100_000), "ASK {}", "ASK {}", size=10**6) == 2


def test_the_ones_not_asked_for_longest_are_forgotten() -> None:
    # Each costs a little over 1000 bytes.
    assert asked(Counter(), "A", "B", "A", "C", "A", size=2500) == 3
    assert asked(Counter(), "A", "B", "A", "C", "B", size=2500) == 4
