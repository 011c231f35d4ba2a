"""The figures of the service: files that stand alone, with every town on them, and their data."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import pytest

from tests.serve.pages.conftest import Site, tree_of

PICTURES = ("/map.svg", "/network.svg", "/years.svg")
FILES = (*PICTURES, "/map.json", "/network.json")


@pytest.mark.parametrize("address", PICTURES)
def test_pictures_stand_alone(site: Site, address: str) -> None:
    answer = site.get(address, accept="*/*")
    assert answer.headers["content-type"] == "image/svg+xml"
    tree = ElementTree.fromstring(answer.body)
    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    assert int(tree.get("width") or 0) > 0
    assert site.get(address.removesuffix(".svg")).status == 200


def test_every_founding_town_is_on_the_map(site: Site) -> None:
    text = site.get("/map").text
    for name in ("Tremelo", "Sieniawa", "Pečovská Nová Ves", "Ľutina", "Červená Voda"):
        assert name in text
    assert text.count('class="arc"') - text.count('class="arc" fill="none" d="M2') == 4
    assert text.count('class="tie"') == 0
    assert site.get("/network").text.count('class="tie"') == 4


@pytest.mark.parametrize("address", FILES)
def test_files_are_kept_by_who_has_them(site: Site, address: str) -> None:
    """Compressed or not, each form has a tag of its own, and is not sent twice."""
    plain = site.get(address)
    packed = site.get(address, accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["etag"] != packed.headers["etag"]
    assert plain.headers["cache-control"] == "public, max-age=60"
    for answer, coding in ((plain, "identity"), (packed, "gzip")):
        tag = answer.headers["etag"]
        again = site.get(address, accept_encoding=coding, if_none_match=tag)
        assert again.status == 304 and again.body == b""
        assert "Accept-Language" in again.headers["vary"]


@pytest.mark.parametrize("address", PICTURES)
def test_a_download_is_sent_as_it_is(site: Site, address: str) -> None:
    answer = site.get(f"{address}?download", accept_encoding="gzip")
    assert "content-encoding" not in answer.headers
    name = f"twingraph-{address[1:]}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.body == site.get(address).body


def test_data_of_the_map(site: Site) -> None:
    graph = json.loads(site.get("/map.json?lang=en").body)
    towns = graph["towns"]
    place = towns["key"].index("pl-sieniawa")
    assert place == 0, "the town with most partnerships comes first"
    assert towns["degree"][place] == 4
    assert (towns["east"][place], towns["north"][place]) == (22.612, 50.178)
    assert graph["countries"]["name"][towns["country"][place]] == "Poland"
    partners = {
        tuple(sorted(towns["key"][one] for one in some))
        for some in graph["partnerships"]["partners"]
    }
    assert ("be-tremelo", "pl-sieniawa") in partners and len(partners) == 4
    polish = json.loads(site.get("/map.json?lang=pl").body)
    assert polish["countries"]["name"][towns["country"][place]] == "Polska"
    assert polish["towns"]["key"] == towns["key"]


def test_the_network_places_the_same_towns(site: Site) -> None:
    graph = json.loads(site.get("/map.json").body)
    layout = json.loads(site.get("/network.json").body)
    assert {len(column) for column in layout.values()} == {len(graph["towns"]["key"])}
    assert layout["weight"][0] == max(layout["weight"])


CHOSEN = (
    "country=POL", "country=POL&other_country=SVK", "status=ended", "status=lasting",
    "from=1990&to=1999", "name=a&to=2000", "status=all", "country=ATA",
)  # fmt: skip


@pytest.mark.parametrize("query", CHOSEN)
def test_a_list_and_its_figures_hold_the_same(odd: Site, query: str) -> None:
    rows = list(csv.DictReader(io.StringIO(odd.get(f"/partnerships.csv?{query}").text)))
    graph = json.loads(odd.get(f"/map.json?{query}").body)
    key, own = graph["towns"]["key"], graph["partnerships"]["key"]
    drawn = {
        own.get(str(n), "--".join(sorted(key[one] for one in partners)))
        for n, partners in enumerate(graph["partnerships"]["partners"])
    }
    assert drawn == {row["key"] for row in rows}
    assert set(key) == {town for row in rows for town in row["partners"].split("; ") if town}
    since = [row["since"] for row in rows if re.fullmatch("[0-9]{4}(-[0-9]{2}){0,2}", row["since"])]
    counts = Counter(date[:4] for date in since)
    table = tree_of(odd.get(f"/years?{query}").text).xpath("//details//tbody/tr")
    assert {tr[0].text: int(tr[1].text) for tr in table} == counts


def test_the_map_of_a_list_has_its_lines_alone(site: Site) -> None:
    """As a picture, for who has no scripts."""
    every, some = (site.get(f"/map.svg{query}").text for query in ("", "?country=BEL"))
    assert every.count('class="arc"') == 4 and some.count('class="arc"') == 1
    assert "Tremelo" in some and "Lutina" not in some and "Ľutina" not in some
    page = tree_of(site.get("/map?country=BEL").text)
    assert page.xpath("//figure//svg//*[@class='arc']")
    for nothing in ("/map.svg?country=ATA", "/years.svg?country=ATA"):
        assert ElementTree.fromstring(site.get(nothing).body).tag.endswith("svg")
        page = site.get(nothing.replace(".svg", ""))
        assert "Nothing fits this choice." in page.text
    assert site.get("/map.svg?from=soon").status == site.get("/years?to=x").status == 400


@pytest.mark.parametrize("query", ["country=POL&from=1990", "name=%22%3E%3Cb%3E&status=active"])
def test_a_list_leads_to_its_figures_and_back(odd: Site, query: str) -> None:
    def links(address: str) -> dict[str, str]:
        tree = tree_of(odd.get(address).text)
        return {a.text: a.get("href") for a in tree.xpath("//main//a") if a.text}

    from_list = links(f"/partnerships?{query}")
    figures = [from_list["Map"], from_list["Partnerships by year"]]
    for address, name in zip(figures, ("map", "years"), strict=True):
        assert address.startswith(f"/{name}?")
        back = links(address)["The partnerships as a list"]
        assert dict(parse_qsl(back.partition("?")[2])) == dict(parse_qsl(query))
        other = links(address)["Partnerships by year" if name == "map" else "Map"]
        assert other.partition("?")[2] == address.partition("?")[2]
    assert links("/partnerships")["Map"] == "/map?status=all"
    assert links("/map")["The partnerships as a list"] == "/partnerships?status=lasting"


def test_each_year_of_a_chosen_part_leads_to_its_own_list(odd: Site) -> None:
    page = tree_of(odd.get("/years?country=POL&from=1990").text)
    hrefs = page.xpath("//figure//svg//a/@href")
    assert hrefs
    for href in hrefs:
        query = dict(parse_qsl(href.partition("?")[2]))
        assert query["from"] == query["to"] >= "1990" and query["country"] == "POL"


def test_circles_are_links_of_every_two(odd: Site) -> None:
    graph = json.loads(odd.get("/map.json").body)
    many = [some for some in graph["partnerships"]["partners"] if len(some) > 2]
    assert many, "the odd pages have a circle of towns"
    assert json.loads(odd.get("/network.json").body)["weight"]
