"""Releases follow one another while clients ask: no request is dropped, none sees half."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.service import BASE, LIMITS, Server, write_release
from twingraph.release.publish import seal
from twingraph.serve.release_service import ReleaseService
from twingraph.serve.sparql_client import select

LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
NAMES = f"SELECT ?name {{ <{BASE}municipality/a> {LABEL} ?name }}"
PATHS = ("sparql", "municipality/a.nt", "municipality/a.html", "notes.csv", "health", "ready")


def publish(folder: Path, number: int) -> None:
    """A release in which all that is asked for names its number; the link is moved to it."""
    kept = folder / f"release-{number}"
    write_release(kept, f'<{BASE}municipality/a> {LABEL} "number {number}." .\n')
    (kept / "notes.csv").write_text(f"number {number}.\n" * 20_000)
    seal(kept)
    link = folder / f"link-{number}"
    link.symlink_to(kept)
    link.rename(folder / "public")


class Poller(threading.Thread):
    """A client that asks for one thing again and again, and keeps what went wrong."""

    def __init__(self, server: Server, path: str) -> None:
        super().__init__()
        self.address, self.path = server.url + path, path
        self.numbers: list[int] = []
        self.wrong: list[str] = []
        self.enough = threading.Event()

    def run(self) -> None:
        query = {"query": NAMES}
        with requests.Session() as session:
            while not self.enough.is_set():
                try:
                    params = query if self.path == "sparql" else None
                    answer = session.get(self.address, params=params, timeout=60)
                except requests.RequestException as error:
                    self.wrong.append(repr(error))
                    continue
                if answer.status_code != 200:
                    self.wrong.append(f"{answer.status_code} {answer.text[:200]}")
                self._note(answer.text)
                time.sleep(0.01)

    def _note(self, text: str) -> None:
        found = {int(part.split(".")[0]) for part in text.split("number ")[1:]}
        if len(found) > 1:
            self.wrong.append(f"of several releases: {found}")
        self.numbers += found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Server]:
    publish(tmp_path, 1)
    running = Server(tmp_path / "public")
    yield running
    assert running.stop() == 0


def test_no_request_is_dropped_while_releases_change(site: Server, tmp_path: Path) -> None:
    pollers = [Poller(site, path) for path in PATHS]
    telling = [poller for poller in pollers if poller.path not in ("health", "ready")]
    for poller in pollers:
        poller.start()
    try:
        for number in (2, 3, 4):
            publish(tmp_path, number)
            # Some by themselves, some told to: both ways must leave nobody without an answer.
            if number % 2:
                os.kill(site.process.pid, signal.SIGHUP)
            deadline = time.monotonic() + 90
            while not all(poller.numbers[-1:] == [number] for poller in telling):
                assert time.monotonic() < deadline, [p.numbers[-1:] for p in pollers]
                time.sleep(0.05)
    finally:
        for poller in pollers:
            poller.enough.set()
        for poller in pollers:
            poller.join(90)
    for poller in pollers:
        assert poller.wrong == [], poller.path
    for poller in telling:
        # What was answered of a newer release is never again answered of an older one.
        assert poller.numbers == sorted(poller.numbers), poller.path
        assert set(poller.numbers) == {1, 2, 3, 4}, poller.path


def test_a_page_that_has_begun_is_made_of_one_release(tmp_path: Path) -> None:
    """Its next query is answered by the release of its first, though another is served by then."""
    publish(tmp_path, 1)

    async def run() -> list[str]:
        service = ReleaseService(tmp_path / "public", LIMITS, poll=3600)
        await service.start()
        try:
            begun = service.engine
            publish(tmp_path, 2)
            await service.reload()
            await asyncio.sleep(1)
            found = []
            for engine in (begun, service.engine):
                found += [row["name"].value for row in await select(engine, NAMES)]
            return found
        finally:
            await service.close()

    assert asyncio.run(run()) == ["number 1.", "number 2."]


def test_each_release_is_prepared_once(tmp_path: Path) -> None:
    """The first by the server, when its parts are put together; the next by themselves."""
    publish(tmp_path, 1)
    prepared: list[int] = []

    async def run() -> None:
        service = ReleaseService(tmp_path / "public", LIMITS, poll=3600)

        async def preparation() -> None:
            prepared.append(service.generation)

        service.preparations.append(preparation)
        await service.start()
        try:
            await asyncio.sleep(0.1)
            assert prepared == []
            service.prepare()
            publish(tmp_path, 2)
            await service.reload()
            await asyncio.sleep(0.1)
        finally:
            await service.close()

    asyncio.run(run())
    assert prepared == [1, 2]
