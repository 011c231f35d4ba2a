"""The client against a server on loopback, one rule at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from twingraph.errors import ServiceError, UsageError
from twingraph.sources.wikidata import live
from twingraph.sources.wikidata.answers import Banned
from twingraph.sources.wikidata.cache import Cache
from twingraph.sources.wikidata.client import WikibaseClient

from . import samples
from .service import FastClock, Watch, Wikibase, running

DOCUMENTS = {
    f"Q{number}": samples.item(f"Q{number}", revision=100 + number) for number in range(1, 121)
}
Start = Callable[..., tuple[WikibaseClient, Watch, Wikibase]]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def start(
            documents: Mapping[str, Any] | None = None,
            settings: Mapping[str, Any] | None = None,
            cache: Cache | None = None,
            **server: Any,
        ) -> tuple[WikibaseClient, Watch, Wikibase]:
            clock = FastClock()
            at_once = (settings or {}).get("at_once", 1)
            watch = Watch(clock, at_once)
            base = stack.enter_context(
                running(Wikibase(DOCUMENTS if documents is None else documents, watch, **server))
            )
            client = WikibaseClient(base.settings(**(settings or {})), cache, clock)
            return stack.enter_context(client), watch, base

        yield start


def ids(client: WikibaseClient, wanted: list[str]) -> list[tuple[str, str, bool]]:
    return [(f.asked, f.id, f.document is not None) for f in client.items(wanted)]


def test_items_come_in_batches_of_fifty(start: Start) -> None:
    client, watch, _ = start()
    fetched = list(client.items(DOCUMENTS))
    assert [f.asked for f in fetched] == list(DOCUMENTS)
    assert all(f.document == DOCUMENTS[f.id] for f in fetched)
    assert fetched[0].revision == 101 and fetched[0].retrieved.startswith("2026-11-23T12:00")
    assert len(watch.seen) == 3 and watch.most == 1 and not watch.violations


def test_redirects_and_missing_items_are_told(start: Start) -> None:
    client, watch, _ = start(redirects={"Q900": "Q5"})
    wanted = ["Q5", "Q900", "Q901", "Q5"]
    expected = [("Q5", "Q5", True), ("Q900", "Q5", True), ("Q901", "Q901", False)]
    assert ids(client, wanted) == expected
    assert ids(client, wanted) == expected, "from the cache it is the same"
    assert len(watch.seen) == 1
    assert (client.item("Q900").id, client.item("Q901").document) == ("Q5", None)
    assert not watch.violations


def test_the_real_redirect_is_read(start: Start, shared: Path) -> None:
    import json

    text = (shared / "wikidata-json" / "wbgetentities-Q32063953.json").read_text("utf-8")
    karlsruhe = json.loads(text)["entities"]["Q32063953"]
    client, _, _ = start({"Q1040": karlsruhe}, redirects={"Q32063953": "Q1040"})
    (fetched,) = client.items(["Q32063953"])
    assert (fetched.id, fetched.revision) == ("Q1040", 619336121)


def test_what_is_no_item_is_refused_before_asking(start: Start) -> None:
    client, watch, _ = start()
    with pytest.raises(UsageError, match="'P190' is no item id"):
        list(client.items(["Q1", "P190"]))
    with pytest.raises(UsageError, match="no item id"):
        client.item("Q1|Q2")
    assert not watch.seen


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("429-seconds", 37), ("429-date", 89), ("429-bare", 60), ("502", 1), ("503", 1),
        ("503-seconds", 37), ("504", 1), ("reset", 1), ("truncated", 1), ("cut-json", 1),
        ("maxlag", 5), ("slow", 1),
    ],
)  # fmt: skip
def test_a_fault_is_waited_out(start: Start, kind: str, least: float) -> None:
    client, watch, base = start(script=(kind, kind))
    assert ids(client, ["Q7"]) == [("Q7", "Q7", True)]
    assert watch.faults[kind] == 2 and not watch.violations
    assert base.watch.clock.slept > 2 * least - 0.5


def test_a_bad_gateway_for_a_batch_halves_it(start: Start) -> None:
    client, watch, _ = start(most_items=20)
    assert [f.asked for f in client.items(DOCUMENTS)] == list(DOCUMENTS)
    assert not watch.violations, "and the same fifty are not asked for again"


def test_a_ban_ends_the_run_at_once(start: Start) -> None:
    client, watch, _ = start(script=("", "ban"))
    with pytest.raises(Banned, match="You have been banned until 2026-12-24"):
        list(client.items(DOCUMENTS))
    with pytest.raises(Banned):
        client.query("SELECT * {}")
    assert len(watch.seen) == 2 and not watch.violations


@pytest.mark.parametrize("kind", ["400", "403", "500"])
def test_what_is_refused_is_not_repeated(start: Start, kind: str) -> None:
    client, watch, _ = start(script=(kind,))
    with pytest.raises(ServiceError, match=f"HTTP {kind}"):
        client.query("SELECT")
    assert len(watch.seen) == 1


def test_patience_ends(start: Start) -> None:
    client, watch, _ = start(script=("502",) * 5, settings={"attempts": 3})
    with pytest.raises(ServiceError, match="still fails after 3 attempts: HTTP 502"):
        list(client.items(["Q1"]))
    assert len(watch.seen) == 3 and not watch.violations


def test_too_long_a_wait_ends_the_run_and_says_when(start: Start) -> None:
    client, watch, _ = start(script=("429-seconds",), settings={"longest_wait": 30})
    with pytest.raises(ServiceError, match="asks to wait 37 s"):
        list(client.items(["Q1"]))
    assert len(watch.seen) == 1


def test_a_server_that_is_not_there_is_a_service_error(start: Start) -> None:
    client, _, base = start(settings={"attempts": 2, "api": "http://127.0.0.1:9/w/api.php"})
    with pytest.raises(ServiceError, match="still fails after 2 attempts: ConnectionError"):
        list(client.items(["Q1"]))
    assert base.watch.clock.slept > 0.5


def test_at_most_as_many_at_once_as_allowed(start: Start) -> None:
    client, watch, _ = start(settings={"at_once": 3, "batch": 4})
    assert [f.asked for f in client.items(DOCUMENTS)] == list(DOCUMENTS)
    assert 1 < watch.most <= 3 and not watch.violations


def test_a_run_goes_on_where_it_was_broken_off(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cache.sqlite"
    client, watch, _ = start(cache=Cache(path), script=("", "", "403"))
    with pytest.raises(ServiceError, match="403"):
        list(client.items(DOCUMENTS))
    client.close()
    again, watch, _ = start(cache=Cache(path))
    assert {f.asked for f in again.items(DOCUMENTS)} == set(DOCUMENTS)
    assert len(watch.seen) == 1, "two of three batches were on disk"


def test_of_stale_items_only_changed_ones_are_fetched(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    client, _, base = start(cache=Cache(path), redirects={"Q900": "Q5"})
    assert len(list(client.items(["Q1", "Q2", "Q900"]))) == 3
    changed = {**DOCUMENTS, "Q2": samples.item("Q2", labels={"en": "New"}, revision=999)}
    client, watch, base = start(changed, cache=Cache(path), redirects={"Q900": "Q5"})
    base.watch.clock.sleep(2 * 86400)
    fetched = {f.asked: f for f in client.items(["Q1", "Q2", "Q900"])}
    assert (fetched["Q1"].revision, fetched["Q2"].revision) == (101, 999)
    assert len(watch.seen) == 2 and '"props": "info"' in watch.seen[0]
    assert "Q1|" not in watch.seen[1]


def test_a_damaged_cache_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_bytes(b"no database, but long enough to be looked at" * 50)
    with pytest.raises(UsageError, match="cache.sqlite cannot be used"):
        Cache(path)


def test_a_search_is_kept(start: Start) -> None:
    client, watch, _ = start()
    assert [hit["id"] for hit in client.search("Town Q11", "en")][:2] == ["Q11", "Q110"]
    client.search("Town Q11", "en")
    assert len(watch.seen) == 1 and not watch.violations


def test_an_id_that_a_wikibase_refuses_is_found_among_the_others(start: Start) -> None:
    client, watch, base = start()
    answer = base.RequestHandlerClass._get_entities  # type: ignore[attr-defined]

    def refusing(handler: Any, fields: Any, key: str) -> tuple[int, bytes]:
        if "Q99" in fields["ids"].split("|"):
            return 200, b'{"error": {"code": "no-such-entity", "info": "no", "id": "Q99"}}'
        return answer(handler, fields, key)  # type: ignore[no-any-return]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base.RequestHandlerClass, "_get_entities", refusing)
        found = ids(client, ["Q97", "Q98", "Q99", "Q100"])
    assert [item for item, _, there in found if there] == ["Q97", "Q98", "Q100"]
    assert not watch.violations


def test_a_harvest_refuses_what_is_no_item(start: Start) -> None:
    client, watch, _ = start()
    with pytest.raises(UsageError, match="'Poland' is no item id"):
        live.harvest(client, countries=["Poland"])
    assert not watch.seen


def test_the_watch_sees_a_rude_client(start: Start) -> None:
    _, watch, base = start(script=("429-seconds", "400"))
    address = f"{base.address}/w/api.php?action=wbgetentities&ids={'|'.join(DOCUMENTS)}"
    for _ in range(3):
        with suppress(HTTPError):
            urlopen(address).close()
    broken = {violation.partition(":")[0] for violation in watch.violations}
    assert broken == {
        "User-Agent",
        "gzip",
        "maxlag",
        "batch",
        "did not wait",
        "no backoff",
        "repeated what was refused",
    }
