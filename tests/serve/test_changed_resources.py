"""Linked data where it is hard: things removed or replaced, odd names, many links, HTML in text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from rdflib import Graph, URIRef

from tests.service import BASE, NUMBERS, Server, write_release

LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
QUADS = f"""
<{BASE}municipality/gone> <http://www.w3.org/2002/07/owl#deprecated> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<{BASE}source/gone-page> <http://www.w3.org/2002/07/owl#deprecated> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<{BASE}municipality/Q1> <http://www.w3.org/2002/07/owl#deprecated> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<{BASE}municipality/Q1> <http://purl.org/dc/terms/isReplacedBy> <{BASE}municipality/żółw> .
<{BASE}municipality/left> <http://purl.org/dc/terms/isReplacedBy> <https://other.example/town> .
<{BASE}municipality/żółw> {LABEL} "Żółw <script>alert(1)</script> & \\"co\\""@pl .
<{BASE}municipality/a%20b> {LABEL} "A b" .
<{BASE}municipality/%C3%A9> {LABEL} "percent" .
<{BASE}municipality/x'(y)> {LABEL} "brackets" .
<{BASE}municipality/deep/er.ttl.ttl> {LABEL} "an extension of its own" .
<{BASE}municipality/odd> <http://www.w3.org/2000/01/rdf-schema#seeAlso> <javascript:alert(1)> .
<{BASE}municipality/odd> <{BASE}ns#1> "no name of an element" .
<{BASE}graph/x> <http://www.w3.org/2000/01/rdf-schema#label> "a graph" .
"""  # noqa: E501


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("odd")
    hub = "".join(
        f"<{BASE}n/{n:05}> <{BASE}ns#of> <{BASE}municipality/hub> .\n" for n in range(1200)
    )
    write_release(folder, QUADS + hub)
    running = Server(folder)
    yield running
    assert running.stop() == 0


def get(server: Server, path: str, **headers: str) -> requests.Response:
    return requests.get(server.url + path, headers=headers, allow_redirects=False, timeout=20)


@pytest.mark.parametrize(
    "path", ["municipality/gone", "source/gone-page", "graph/gone-page", "evidence/gone-page_x_y"]
)
def test_what_was_removed_is_gone(odd: Server, path: str) -> None:
    for ending in ("", ".ttl", ".nq"):
        assert get(odd, path + ending).status_code == 410
        assert get(odd, path.replace("gone", "never-there") + ending).status_code == 404


@pytest.mark.parametrize("path", ["municipality/gone", "municipality/gone.html"])
def test_a_reader_is_told_so_on_a_page(odd: Server, path: str) -> None:
    page = get(odd, path, Accept="text/html,*/*;q=0.8", **{"Accept-Language": "en"})
    assert page.status_code == 410 and page.headers["Content-Type"].startswith("text/html")
    assert "<h1>Removed</h1>" in page.text and "has been removed." in page.text
    assert "Accept" in page.headers["Vary"].split(", ")
    polish = get(odd, f"{path}?lang=pl", Accept="text/html")
    assert polish.status_code == 410 and "<h1>Usunięto</h1>" in polish.content.decode()
    for machine in ("*/*", "text/turtle"):
        line = get(odd, path, Accept=machine)
        assert line.status_code == 410 and line.text == "this was removed from the dataset\n"
        assert line.headers["Vary"] == "Accept"


@pytest.mark.parametrize("ending", ["", ".ttl", ".html"])
def test_what_has_a_new_key_moved(odd: Server, ending: str) -> None:
    answer = get(odd, f"municipality/Q1{ending}", Accept="text/turtle")
    assert answer.status_code == 301
    new = quote("municipality/żółw")
    assert answer.headers["Location"] == f"{odd.url}{new}{ending}"
    assert get(odd, f"{new}{ending or '.nt'}").status_code == 200


def test_what_moved_to_another_dataset_leads_there(odd: Server) -> None:
    assert get(odd, "municipality/left").headers["Location"] == "https://other.example/town"


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("municipality/%c5%bc%C3%b3%C5%82w", "Żółw"),
        ("municipality/a%20b", "A b"),
        ("municipality/%C3%A9", "percent"),
        ("municipality/%c3%a9", "percent"),
        ("municipality/x'(y)", "brackets"),
        ("municipality/x%27%28y%29", "brackets"),
        ("municipality/deep/er.ttl.ttl", "an extension of its own"),
    ],
)
def test_odd_names(odd: Server, path: str, label: str) -> None:
    moved = get(odd, path, Accept="application/n-triples")
    assert moved.status_code == 303
    path = moved.headers["Location"].removeprefix(odd.url)
    answer = get(odd, path)
    assert answer.status_code == 200, path
    assert label in answer.content.decode()
    described = requests.utils.parse_header_links(answer.headers["Link"])[0]
    assert described["url"].isascii()


def test_what_rdf_xml_cannot_say_is_there_in_other_formats(odd: Server) -> None:
    assert get(odd, "municipality/odd.rdf").status_code == 406
    for ending in (".ttl", ".nt", ".jsonld", ".html"):
        assert get(odd, f"municipality/odd{ending}").status_code == 200


def test_html_in_labels_is_text(odd: Server) -> None:
    page = get(odd, f"{quote('municipality/żółw')}.html").content.decode()
    assert "<script>alert" not in page
    assert "Żółw &lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert 'href="javascript:' not in get(odd, "municipality/odd.html").text


def test_many_links_are_paged_and_none_is_lost(odd: Server) -> None:
    address: str | None = "municipality/hub.nt"
    found: set[str] = set()
    pages = 0
    while address:
        answer = get(odd, address)
        links = Graph().parse(data=answer.text, format="nt")
        found |= {str(s) for s in links.subjects(URIRef(f"{BASE}ns#of"))}
        after = answer.links.get("next")
        address = after["url"].removeprefix(odd.url) if after else None
        pages += 1
    assert (len(found), pages) == (1200, 3)
    assert "page=2" in get(odd, "municipality/hub.nt?page=3").links["prev"]["url"]
    assert get(odd, "municipality/hub.nt?page=4").status_code == 404


def test_a_thing_that_others_only_point_to(odd: Server) -> None:
    assert get(odd, f"n/{NUMBERS - 1}.ttl").status_code == 200
    assert get(odd, f"n/{NUMBERS}.ttl").status_code == 404


def test_a_changed_release_changes_the_tag(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write_release(folder, QUADS)
    running = Server(folder)
    try:
        address = f"{running.url}municipality/a%20b.ttl"
        before = requests.get(address, timeout=20).headers["ETag"]
        write_release(folder, QUADS.replace('"A b"', '"A c"'))
        kept = {"If-None-Match": before}
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            answer = requests.get(address, headers=kept, timeout=20)
            if answer.status_code == 200:
                break
            assert answer.status_code == 304
            time.sleep(0.1)
        assert answer.status_code == 200 and "A c" in answer.text
    finally:
        assert running.stop() == 0
