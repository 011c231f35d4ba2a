"""Lists: filters, order, pages, and the same list as a file and as a query."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.serve.pages.conftest import Site, tree_of
from twingraph.serve.pages.lists import LISTINGS


def shown(text: str) -> list[str]:
    return [a.get("href") for a in tree_of(text).xpath("//table//th[@scope='row']/a")]


def table(site: Site, address: str) -> list[dict[str, str]]:
    answer = site.get(address, accept="*/*")
    assert answer.status == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize(
    "address",
    [
        "/towns", "/towns?country=POL", "/towns?status=ended", "/towns?from=1990&to=1999",
        "/towns?country=POL&status=suspended", "/partnerships", "/partnerships?country=SVK",
        "/partnerships?status=ended", "/partnerships?from=1990&to=1999&sort=since",
        "/partnerships?to=1970", "/partnerships?country=POL&status=active&from=2000",
        "/projects", "/projects?country=POL", "/signatories", "/programmes", "/organizations",
        "/sources",
    ],
)  # fmt: skip
def test_page_file_and_query_hold_the_same(odd: Site, address: str) -> None:
    page = odd.get(address)
    assert page.status == 200
    name, _, query = address[1:].partition("?")
    rows = table(odd, f"/{name}.csv?{query}")
    tree = tree_of(page.text)
    assert shown(page.text)[:50] == [row["iri"].replace(odd.service.base, "/") for row in rows[:50]]
    (link,) = [a for a in tree.xpath("//a") if a.get("href").startswith("/query?")]
    asked = parse_qs(urlsplit(link.get("href")).query)["query"][0]
    found = odd.select(asked)
    things = {next(v.value for k, v in row.items() if k in _THINGS) for row in found}
    assert things == {row["iri"] for row in rows}


_THINGS = ("partnership", "project", "thing", "town")


def test_filters_choose(odd: Site) -> None:
    every = table(odd, "/towns.csv")
    polish = table(odd, "/towns.csv?country=POL")
    assert 0 < len(polish) < len(every)
    assert {row["country"] for row in polish} == {"POL"}
    ended = table(odd, "/partnerships.csv?status=ended")
    assert ended and {row["status"] for row in ended} == {"ended"}
    assert table(odd, "/towns.csv?country=ATA") == []
    assert "Nothing fits this choice." in odd.get("/towns?country=ATA").text


def test_order_and_pages_are_stable(odd: Site) -> None:
    first, second = odd.get("/towns"), odd.get("/towns?page=2")
    assert first.text == odd.get("/towns").text
    names = shown(first.text) + shown(second.text)
    assert len(names) == len(set(names)) == 100
    by_number = table(odd, "/towns.csv?sort=partnerships")
    numbers = [int(row["partnerships"]) for row in by_number]
    assert numbers == sorted(numbers, reverse=True)
    turned = table(odd, "/towns.csv?sort=partnerships&order=down")
    assert [int(row["partnerships"]) for row in turned] == sorted(numbers)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/towns?page=99", 404), ("/towns?page=0", 404), ("/towns?page=x", 404),
        ("/towns?page=9999999999999999999999", 404), ("/towns?sort=mayor", 400),
        ("/towns?from=20x8", 400), ("/towns.xls", 404), ("/partnerships?from=²²²²", 400),
    ],
)  # fmt: skip
def test_what_no_list_holds(odd: Site, address: str, status: int) -> None:
    assert odd.get(address).status == status


def test_geojson(site: Site) -> None:
    answer = site.get("/towns.geojson", accept="*/*")
    assert answer.headers["content-type"] == "application/geo+json"
    features = json.loads(answer.body)["features"]
    assert len(features) == 5
    town = next(f for f in features if f["id"].endswith("/pl-sieniawa"))
    assert town["geometry"] == {"type": "Point", "coordinates": [22.6117, 50.1777]}
    ties = json.loads(site.get("/partnerships.geojson", accept="*/*").body)["features"]
    assert {f["geometry"]["type"] for f in ties} == {"LineString"}


def test_a_choice_that_tries_to_be_a_query_names_nothing(odd: Site) -> None:
    page = odd.get("/towns?country=POL%20.%20%7D%20%23&status=%22%3E%3Cscript%3E")
    assert page.status == 200 and "<script>" not in page.text.replace("<script type", "")
    (link,) = [a for a in tree_of(page.text).xpath("//a") if a.get("href").startswith("/query?")]
    assert "country:none" in parse_qs(urlsplit(link.get("href")).query)["query"][0]


def test_every_list_is_there_in_every_language(odd: Site) -> None:
    for name in LISTINGS:
        for language in ("en", "pl", "sk", "nl"):
            assert odd.get(f"/{name}?lang={language}").status == 200
