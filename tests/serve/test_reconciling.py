"""The Reconciliation Service API as its clients use it: over HTTP, of a release that is served."""

from __future__ import annotations

import concurrent.futures
import json
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
import requests
from reconciler.main import reconcile

from tests.reconcile import schemas
from tests.service import BASE, Server, client_at
from twingraph.build import Built


@pytest.fixture(scope="module")
def site(built: Built) -> Iterator[Server]:
    """A release of the founding data, served."""
    running = Server(built.out)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def manifest(site: Server) -> Any:
    answer = requests.get(f"{site.url}reconcile", timeout=30)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    checked = schemas.checked(answer.json(), schemas.MANIFEST)
    assert checked["identifierSpace"] == f"{BASE}municipality/"
    return checked


def asked(site: Server, method: str = "POST", **queries: Any) -> Any:
    form = {"queries": json.dumps(queries)}
    if method == "POST":
        answer = requests.post(f"{site.url}reconcile", data=form, timeout=30)
    else:
        answer = requests.get(f"{site.url}reconcile", params=form, timeout=30)
    assert answer.status_code == 200, answer.text
    return schemas.checked(answer.json(), schemas.RESULT_BATCH)


def test_what_the_manifest_names_is_there(site: Server, manifest: Any) -> None:
    town = manifest["view"]["url"].replace("{{id}}", "pl-sieniawa")
    assert requests.get(town, timeout=30).status_code == 200
    preview = requests.get(manifest["preview"]["url"].replace("{{id}}", "sk-lutina"), timeout=30)
    assert "Ľutina" in preview.text and town.rpartition("/")[0] in preview.text
    assert "frame-ancestors *" in preview.headers["Content-Security-Policy"]
    for kind, prefix in (("entity", "sieni"), ("type", "muni"), ("property", "code")):
        named = manifest["suggest"][kind]
        address = named["service_url"] + named["service_path"]
        found = requests.get(address, params={"prefix": prefix}, timeout=30).json()
        assert schemas.checked(found, schemas.SUGGESTIONS_OF_ENTITIES)["result"], kind
    proposing = manifest["extend"]["propose_properties"]
    address = proposing["service_url"] + proposing["service_path"]
    proposed = requests.get(address, params={"type": "municipality"}, timeout=30).json()
    assert schemas.checked(proposed, schemas.PROPOSAL)["properties"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_batch_of_queries(site: Server, method: str) -> None:
    answer = asked(
        site,
        method,
        q0={"query": "Tremelo", "properties": [{"pid": "country", "v": "Belgium"}]},
        q1={"query": "Sieniawa"},
        q2={"query": "Lutina", "type": "municipality", "limit": 1},
        q3={"query": "Atlantis"},
    )
    assert list(answer) == ["q0", "q1", "q2", "q3"]
    (tremelo,) = answer["q0"]["result"]
    assert (tremelo["id"], tremelo["match"]) == ("be-tremelo", True)
    assert [(r["id"], r["match"]) for r in answer["q1"]["result"]] == [("pl-sieniawa", False)]
    assert [r["id"] for r in answer["q2"]["result"]] == ["sk-lutina"]
    assert answer["q3"]["result"] == []


def test_a_table_is_extended_by_what_the_graph_knows(site: Server) -> None:
    wanted = ["wikidata", "wikidata_close", "national_code", "latitude", "twinnedWith"]
    request = {"ids": ["pl-sieniawa"], "properties": [{"id": name} for name in wanted]}
    form = {"extend": json.dumps(request)}
    answer = requests.post(f"{site.url}reconcile", data=form, timeout=30).json()
    row = schemas.checked(answer, schemas.EXTENSION)["rows"]["pl-sieniawa"]
    assert row["wikidata"] == [{"str": "Q3809"}] and row["latitude"] == [{"float": 50.1777}]
    assert row["wikidata_close"] == [{"str": "Q377994"}]
    assert row["national_code"] == [{"str": "1814073"}]
    assert {"id": "be-tremelo", "name": "Tremelo"} in row["twinnedWith"]


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"data": {"queries": "{"}}, 400, "not JSON"),
        ({"data": {"queries": "[1]"}}, 400, "a JSON object is wanted"),
        ({"data": {"queries": json.dumps(dict.fromkeys(range(501)))}}, 400, "at most 500"),
        ({"data": {"extend": "{}"}}, 400, "ids and properties are wanted"),
        ({"data": "queries", "headers": {"Content-Type": "text/plain"}}, 415, "as a form"),
        ({"data": {"queries": "x" * (1 << 21)}}, 413, "bytes"),
        ({"data": b"queries=%ff"}, 415, "as a form"),
    ],
)
def test_what_cannot_be_read_is_told(
    site: Server, sent: dict[str, Any], status: int, told: str
) -> None:
    answer = requests.post(f"{site.url}reconcile", timeout=30, **sent)
    assert answer.status_code == status and told in answer.text


def test_odd_rows_lose_nothing_but_themselves(site: Server) -> None:
    odd = r'"a": {"query": "Tremelo"}, "b": {"query": ""}, "c": 12, "\ud800": {"limit": NaN}'
    answer = requests.post(f"{site.url}reconcile", data={"queries": f"{{{odd}}}"}, timeout=30)
    found = {key: [r["id"] for r in row["result"]] for key, row in answer.json().items()}
    assert found == {"a": ["be-tremelo"], "b": [], "c": [], "\ud800": []}


def test_a_long_batch_is_answered_whole_and_in_order(site: Server) -> None:
    names = ("Tremelo", "Ľutina", "Sieniawa", "x" * 400)
    queries: dict[str, Any] = {f"q{n}": {"query": names[n % 4]} for n in range(500)}
    answer = asked(site, **queries)
    assert list(answer) == [f"q{n}" for n in range(500)]
    ids = [f"x{n}" for n in range(999)] + ["be-tremelo"]
    form = {"extend": json.dumps({"ids": ids, "properties": [{"id": "wikidata"}] * 100})}
    rows = requests.post(f"{site.url}reconcile", data=form, timeout=30).json()["rows"]
    assert list(rows) == ids and rows["be-tremelo"] == {"wikidata": [{"str": "Q926110"}]}


COSTLY = {
    f"q{n}": {"query": " - ".join(f"{n}{w}ova (Ves)" for w in "abcdefghij")} for n in range(500)
}


def test_long_batches_of_one_hold_up_nobody(site: Server) -> None:
    """Neither another's reconciliation nor what else is asked waits for them."""
    form = {"queries": json.dumps(COSTLY)}
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        long = [
            threads.submit(requests.post, f"{site.url}reconcile", data=form, timeout=60)
            for _ in range(4)
        ]
        time.sleep(0.3)
        other = client_at("127.0.0.2")
        short = {"queries": '{"q": {"query": "Tremelo"}}'}
        times = []
        while not all(one.done() for one in long):
            begun = time.monotonic()
            answer = other.post(f"{site.url}reconcile", data=short, timeout=60)
            assert answer.json()["q"]["result"][0]["id"] == "be-tremelo"
            times.append(time.monotonic() - begun)
            assert other.get(f"{site.url}health", timeout=60).elapsed.total_seconds() < 1
        assert {one.result().status_code for one in long} == {200}
    # A piece of somebody else's takes a twentieth of a second.
    assert times and sorted(times)[len(times) // 2] < 1


def test_nothing_more_is_done_for_who_has_left(site: Server) -> None:
    body = urlencode({"queries": json.dumps(COSTLY)}).encode()
    head = (
        f"POST /reconcile HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", site.port)) as connection:
            connection.sendall(head.encode() + body)
            time.sleep(0.02)
    begun = time.monotonic()
    assert asked(site, q={"query": "Tremelo"})["q"]["result"]
    assert time.monotonic() - begun < 3


def test_what_is_not_there(site: Server) -> None:
    gone = requests.get(f"{site.url}reconcile/preview", params={"id": "pl-x"}, timeout=30)
    assert gone.status_code == 404 and "pl-x" in gone.text
    assert requests.put(f"{site.url}reconcile", timeout=30).status_code == 405


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_client_not_ours_with_odd_cells(site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    # The client calls it so where a row has no result; NumPy no longer does.
    monkeypatch.setattr(np, "NaN", np.nan, raising=False)
    cells = pd.Series(["Tremelo", None, "", " ", 12], name="town")
    frame = reconcile(cells, reconciliation_endpoint=f"{site.url}reconcile")  # type: ignore[no-untyped-call]
    assert frame["id"].dropna().tolist() == ["be-tremelo"]
    assert len(frame) >= 4


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_client_not_ours(site: Server) -> None:
    """PyPI's reconciler: a pandas column in, a frame of candidates out."""
    towns = pd.Series(["Tremelo", "Ľutina", "Červená Voda"], name="town")
    countries = pd.Series(["Belgia", "Slovakia", "SVK"], name="country")
    frame = reconcile(  # type: ignore[no-untyped-call]
        towns,
        type_id="municipality",
        property_mapping={"country": countries},
        reconciliation_endpoint=f"{site.url}reconcile",
    )
    assert list(frame["id"]) == ["be-tremelo", "sk-lutina", "sk-cervena-voda"]
    assert list(frame["match"]) == [True, True, True]
    assert list(frame["type_id"]) == ["municipality"] * 3
