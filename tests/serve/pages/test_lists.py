"""Lists: filters, order, pages, and the same list as a file and as a query."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from tests.conftest import FOUNDING
from tests.serve.pages.conftest import Site, tree_of
from twingraph.build import build
from twingraph.reconcile.names import folded
from twingraph.serve.pages.lists import LISTINGS
from twingraph.serve.release_service import ReleaseService
from twingraph.web.languages import LANGUAGES


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
        "/projects", "/projects?country=POL", "/projects?country=POL&other_country=SVK",
        "/projects?country=POL&other_country=POL", "/projects?period=2014-2020",
        "/projects?period=2007-2013&country=SVK", "/towns?country=unknown",
        "/partnerships?country=POL&other_country=unknown", "/projects?country=unknown",
        "/partnerships?country=SVK&other_country=POL", "/partnerships?other_country=POL",
        "/partnerships?country=POL&other_country=POL", "/partnerships?status=lasting",
        "/towns?status=lasting", "/partnerships?source=bialystok-ends-russian-partnerships",
        "/signatories", "/programmes",
        "/organizations", "/sources",
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
    slovak = table(odd, "/partnerships.csv?country=SVK")
    both = table(odd, "/partnerships.csv?country=POL&other_country=SVK")
    assert 0 < len(both) < len(slovak)
    turned = table(odd, "/partnerships.csv?country=SVK&other_country=POL")
    assert {row["iri"] for row in both} == {row["iri"] for row in turned}
    assert len(table(odd, "/partnerships.csv?other_country=SVK")) == len(slovak)
    assert "Nothing fits this choice." in odd.get("/towns?country=ATA").text


def choices(site: Site, address: str) -> dict[str, dict[str, int]]:
    """Of each filter its choices, and how many each is said to give."""
    found: dict[str, dict[str, int]] = {}
    for select in tree_of(site.get(address).text).xpath("//form[@class='filters']//select"):
        options = [o for o in select.xpath("option") if o.get("value")]
        found[select.get("name")] = {
            o.get("value"): int(re.findall(r"\((\d+)\)$", o.text)[0]) for o in options
        }
    return found


@pytest.mark.parametrize(
    "address",
    [
        "/towns", "/towns?country=POL", "/towns?status=ended&country=POL", "/towns?name=a",
        "/partnerships", "/partnerships?country=POL", "/partnerships?status=active&from=1990",
        "/partnerships?country=POL&other_country=SVK", "/projects", "/projects?country=POL",
    ],
)  # fmt: skip
def test_each_choice_gives_as_many_as_it_says(odd: Site, address: str) -> None:
    name, _, query = address[1:].partition("?")
    offered = choices(odd, address)
    assert offered["country"]
    for of, counts in offered.items():
        for value, count in counts.items():
            kept = [(k, v) for k, v in parse_qsl(query) if k != of]
            rows = table(odd, f"/{name}.csv?{urlencode([*kept, (of, value)])}")
            assert len(rows) == count, (of, value)
            assert count > 0


def test_a_choice_that_is_made_is_offered_though_nothing_is_left(odd: Site) -> None:
    assert choices(odd, "/towns?country=ATA")["country"]["ATA"] == 0


def test_names_are_found_whatever_their_marks_and_case(odd: Site) -> None:
    for address in ("/towns", "/partnerships", "/projects", "/sources"):
        every = odd.get(address)
        (first, *_) = tree_of(every.text).xpath("//table//th[@scope='row']/a")
        letters = folded(first.text.split(" – ")[0])[1:6].upper()
        found = odd.get(f"{address}?name={letters}")
        assert first.get("href") in shown(found.text)
        # SPARQL knows no letters without their marks.
        assert "open as a query" not in found.text
    assert table(odd, "/towns.csv?name=nobody+is+called+so") == []


def test_a_page_has_as_many_rows_as_are_asked_for(odd: Site) -> None:
    every = table(odd, "/towns.csv")
    assert len(shown(odd.get("/towns?rows=200").text)) == min(200, len(every))
    assert odd.get("/towns?rows=5000").status == 400


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


def test_projects_are_drawn_above_their_list(site: Site, odd: Site) -> None:
    """As a map of who takes part, and by year; what is chosen and on which page stays."""
    chosen = "/projects?country=POL"
    leads = {a.text: a.get("href") for a in tree_of(site.get(chosen).text).xpath("//main//a")}
    on_map = tree_of(site.get(leads["Map"]).text)
    dots = {a.get("href") for a in on_map.xpath("//*[@data-atlas]//a")}
    features = json.loads(site.get(chosen.replace("?", ".geojson?"), accept="*/*").body)["features"]
    places = [f["geometry"] for f in features if f["geometry"]]
    several = [one["coordinates"] for one in places if one["type"] == "MultiPoint"]
    points = {tuple(place) for places in several for place in places}
    assert len(dots) == len(points) > 1
    assert on_map.xpath("//form/input[@name='drawn']/@value") == ["map"]
    bars = tree_of(site.get(leads["Projects by year"]).text).xpath("//figure//a")
    told = [(a.xpath("string(title)").split(": "), a.get("href")) for a in bars]
    for (year, number), href in told:
        assert f"from={year}&to={year}" in href and "country=POL" in href
        assert len(shown(site.get(href).text)) == int(number)
    assert told and site.get("/projects?drawn=x").status == 400
    nowhere = tree_of(odd.get("/projects?drawn=map").text)
    assert nowhere.xpath("//p[@class='missing']") and not nowhere.xpath("//svg[@class='atlas']")


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


@pytest.fixture(scope="module")
def pacific(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Over the founding data, its towns moved: the shortest way between two of them crosses the
    antimeridian."""
    folder = tmp_path_factory.mktemp("pacific")
    data = folder / "data"
    shutil.copytree(FOUNDING, data)
    register = data / "municipalities.csv"
    text = register.read_text("utf-8")
    for near, far in ((AUCKLAND, "50.1777,22.6117"), (LOS_ANGELES, "50.9983,4.7211")):
        assert far in text
        text = text.replace(far, near)
    register.write_text(text, "utf-8")
    running = Site(ReleaseService(build(data, folder / "public").out))
    yield running
    running.close()


AUCKLAND, LOS_ANGELES = "-36.85,174.76", "34.05,-118.24"


@pytest.mark.parametrize("kind", ["towns", "partnerships", "projects"])
def test_the_map_of_a_list_is_that_of_the_release(pacific: Site, kind: str) -> None:
    dump = json.loads((pacific.service.release / "twingraph.geojson").read_bytes())
    released = {feature["id"]: feature for feature in dump["features"]}
    served = json.loads(pacific.get(f"/{kind}.geojson", accept="*/*").body)["features"]
    assert len(served) == len(table(pacific, f"/{kind}.csv"))
    for feature in served:
        expected = released[feature["id"]]
        assert feature["geometry"] == expected["geometry"]
        assert feature["properties"].keys() == expected["properties"].keys()


def test_a_line_across_the_antimeridian_is_cut(pacific: Site) -> None:
    served = json.loads(pacific.get("/partnerships.geojson", accept="*/*").body)["features"]
    (line,) = [f["geometry"] for f in served if f["id"].endswith("/be-tremelo--pl-sieniawa")]
    assert line["type"] == "MultiLineString"
    ends = [[x for x, _ in part] for part in line["coordinates"]]
    assert ends == [[-118.24, -180.0], [180.0, 174.76]]


@pytest.mark.parametrize("kind", ["towns", "partnerships", "projects", "organizations", "sources"])
def test_the_table_of_a_list_is_that_of_the_release(odd: Site, kind: str) -> None:
    name = {"towns": "municipalities"}.get(kind, kind)
    with zipfile.ZipFile(odd.service.release / "twingraph.csv.zip") as archive:
        text = archive.read(f"{name}.csv").decode()
    released = {row["key"]: row for row in csv.DictReader(io.StringIO(text))}
    served = table(odd, f"/{kind}.csv")
    assert served and {row["key"] for row in served} == released.keys()
    # Names are in the reader's language here, and in the dataset's there. Dates are written as the
    # source does there, and as the graph can tell them here. A source's notes are one.
    ours = (
        "name",
        "other_names",
        "title",
        "label",
        "description",
        "language",
        "since",
        "start",
        "end",
        "note",
    )
    for row in served:
        for column, cell in row.items():
            if not column.startswith(ours) and column in released[row["key"]]:
                assert cell == released[row["key"]][column], (row["key"], column)


def test_what_has_no_place_has_no_map(site: Site) -> None:
    assert site.get("/signatories.geojson", accept="*/*").status == 404


def test_a_choice_that_tries_to_be_a_query_names_nothing(odd: Site) -> None:
    page = odd.get("/towns?country=POL%20.%20%7D%20%23&status=%22%3E%3Cscript%3E")
    assert page.status == 200 and "<script>" not in page.text.replace("<script type", "")
    (link,) = [a for a in tree_of(page.text).xpath("//a") if a.get("href").startswith("/query?")]
    assert "country:none" in parse_qs(urlsplit(link.get("href")).query)["query"][0]


def test_every_list_is_there_in_every_language(odd: Site) -> None:
    for name in LISTINGS:
        for language in LANGUAGES:
            assert odd.get(f"/{name}?lang={language}").status == 200
