"""A page of a release under the head of a service."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.release.pages.test_landing import Page
from twingraph.release.pages.embedding import embedded, language_of_page, languages_of_page
from twingraph.web.environment import Frame

ADDRESSES = {"index": "/data", "quality": "/quality", "quality-wikidata": "/wikidata"}
FRAME = Frame(
    path="/quality",
    origin="http://localhost",
    language="pl",
    languages=[("en", "English", "/quality?lang=en"), ("pl", "Polski", "/quality?lang=pl")],
    home="/",
    sections=[("/towns", "Miejscowości")],
    style="/static/atlas.css",
    script="/static/pages.js",
    search="/search",
)


@pytest.fixture
def text(release: Path) -> str:
    return (release / "quality.pl.html").read_text("utf-8")


def test_it_has_the_head_of_the_service_and_the_content_of_the_release(text: str) -> None:
    page = Page(embedded(text, FRAME, ADDRESSES))
    assert [form["action"] for form in page.all("form")] == ["/search"]
    assert {"/", "/towns", "/quality?lang=en"} <= {a["href"] for a in page.all("a")}
    assert [s["src"] for s in page.all("script")] == ["/static/pages.js"]
    assert [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"] == [
        "/static/atlas.css"
    ]
    main = re.compile(r"<main.*?<h1>(.*)</main>", re.DOTALL)
    own, (shown,) = main.findall(text)[0], main.findall(embedded(text, FRAME, ADDRESSES))
    assert shown == own.replace('href="quality-wikidata.pl.html"', 'href="/wikidata"')


def test_links_between_its_pages_stay_with_the_service(text: str) -> None:
    page = Page(embedded(text, FRAME, ADDRESSES))
    (parts,) = [nav for nav in page.all("nav") if nav.get("class") == "parts"]
    assert parts["aria-label"]
    names = [nav["aria-label"] for nav in page.all("nav")]
    assert len(names) == len(set(names)), "two ways about a page have one name"
    links = {str(a["href"]) for a in page.all("a")}
    assert set(ADDRESSES.values()) <= links
    assert not [link for link in links if link.endswith(".html") and "/" not in link]
    assert "quality.json" in links


def test_a_page_without_such_a_head_is_left_alone(text: str) -> None:
    older = text.replace('<header class="top">', "<header>")
    assert embedded(older, FRAME, ADDRESSES) == older


def test_the_language_of_a_page(text: str) -> None:
    assert language_of_page(text) == "pl"
    assert language_of_page("<html>") == ""
    assert languages_of_page(text) == {"en", "pl", "sk", "nl"}
    assert '<script type="module"' not in embedded(text, replace(FRAME, script=""), ADDRESSES)
