"""One client's slow queries, and what becomes of the others': over HTTP, from several addresses."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from tests.service import COSTLY, Server, client_at

SECONDS = (
    "SELECT (COUNT(*) AS ?n) {{ {{ SELECT ?c {{ ?a ?b ?c }} LIMIT 300 }} "
    "?d ?e ?f FILTER(?c > ?f && ?c != '{}') }}"
)
"""A query that takes its time, and another one each time it is asked."""


@pytest.fixture(scope="module")
def service(release: Path) -> Iterator[Server]:
    running = Server(release, "settings = dict(limits=Limits(seconds=30, budget=3))")
    yield running
    assert running.stop() == 0


class Eve:
    """Costly queries from one address, so many at a time, without a pause, until she hangs up."""

    def __init__(self, service: Server, parallel: int, address: str = "127.0.0.1") -> None:
        self.statuses: Counter[int] = Counter()
        self.retries: set[str | None] = set()
        self._stopped = False
        self._lines = [
            HTTPConnection("127.0.0.1", service.port, timeout=60, source_address=(address, 0))
            for _ in range(parallel)
        ]
        self._threads = [
            threading.Thread(target=self._ask, args=(line, f"{COSTLY} LIMIT {n + 1}"))
            for n, line in enumerate(self._lines)
        ]

    def _ask(self, line: HTTPConnection, query: str) -> None:
        while not self._stopped:
            with contextlib.suppress(OSError, HTTPException):
                line.request("GET", f"/sparql?query={quote(query)}")
                answer = line.getresponse()
                answer.read()
                self.statuses[answer.status] += 1
                self.retries.add(answer.headers.get("Retry-After"))

    def __enter__(self) -> Eve:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        for line, thread in zip(self._lines, self._threads, strict=True):
            while thread.is_alive():  # She may just be calling again.
                with contextlib.suppress(OSError, AttributeError):
                    line.sock.shutdown(socket.SHUT_RDWR)
                thread.join(0.1)
            line.close()


def asked(service: Server, session: requests.Session, query: str) -> float:
    """How long an answer takes, which there must be."""
    begun = time.monotonic()
    answer = session.post(service.endpoint, {"query": query}, timeout=60)
    assert answer.status_code == 200, answer.text
    return time.monotonic() - begun


@pytest.mark.parametrize("parallel", [8, 24])
def test_a_slow_query_of_another_ends_within_three_times_its_time(
    service: Server, parallel: int
) -> None:
    bob = client_at("127.0.0.2")
    quiet = max(asked(service, bob, SECONDS.format(f"q{parallel}{n}")) for n in range(2))
    with Eve(service, parallel) as eve:
        time.sleep(1)
        beside = [asked(service, bob, SECONDS.format(f"{parallel}{n}")) for n in range(3)]
        cheap = [asked(service, bob, f"SELECT ({n} AS ?x) {{}}") for n in range(100)]
        own = client_at("127.0.0.1")
        hers = [asked(service, own, f"SELECT ({n} AS ?y) {{}}") for n in range(100)]
    assert sorted(beside)[1] < 3 * quiet, (beside, quiet)
    # Neither his look-ups nor hers wait behind her slow queries; the rest is the machine's.
    assert sorted(cheap)[50] < 0.2 and sorted(hers)[50] < 0.2
    assert set(eve.statuses) <= {429, 504}, eve.statuses
    assert all(retry and int(retry) >= 1 for retry in eve.retries)


def test_alone_a_client_is_bound_by_no_budget(service: Server) -> None:
    with Eve(service, 4) as eve:
        time.sleep(8)
    assert not eve.statuses


def test_two_who_ask_alike_get_alike(service: Server) -> None:
    answered: Counter[str] = Counter()
    end = time.monotonic() + 6

    def ask(address: str, number: int) -> None:
        session = client_at(address)
        while time.monotonic() < end:
            query = SECONDS.format(f"{address}{number}{time.monotonic_ns()}")
            answer = session.post(service.endpoint, {"query": query}, timeout=60)
            answered[address] += answer.status_code == 200

    few, many = [("127.0.0.3", n) for n in range(2)], [("127.0.0.4", n) for n in range(12)]
    threads = [threading.Thread(target=ask, args=one) for one in few + many]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered["127.0.0.3"] > answered["127.0.0.4"] / 3, answered
