"""The Reconciliation Service API as its clients use it: over HTTP, of a release that is served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
import requests
from reconciler.main import reconcile

from tests.reconcile import schemas
from tests.service import BASE, Server
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
        ({"data": {"queries": '{"q": {"query": 1}}'}}, 400, "a query wants"),
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


def test_what_is_not_there(site: Server) -> None:
    gone = requests.get(f"{site.url}reconcile/preview", params={"id": "pl-x"}, timeout=30)
    assert gone.status_code == 404 and "pl-x" in gone.text
    assert requests.put(f"{site.url}reconcile", timeout=30).status_code == 405


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
