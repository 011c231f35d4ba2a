"""The figures of the service: files that stand alone, with every town on them, and their data."""

from __future__ import annotations

import gzip
import json
from xml.etree import ElementTree

import pytest

from tests.serve.pages.conftest import Site

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


def test_circles_are_links_of_every_two(odd: Site) -> None:
    graph = json.loads(odd.get("/map.json").body)
    many = [some for some in graph["partnerships"]["partners"] if len(some) > 2]
    assert many, "the odd pages have a circle of towns"
    assert json.loads(odd.get("/network.json").body)["weight"]
