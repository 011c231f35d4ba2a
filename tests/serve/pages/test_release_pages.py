"""The pages of the release at the service: its head, its search, and links that stay with it."""

from __future__ import annotations

import re

import pytest

from tests.release.pages.test_landing import Page
from tests.serve.pages.conftest import Answered, Site
from twingraph.serve.pages.release_pages import ADDRESSES
from twingraph.web.languages import LANGUAGES


def get(site: Site, path: str, language: str = "en") -> Answered:
    return site.get(path, accept_language=language)


@pytest.mark.parametrize("path", ["/data", "/quality", "/wikidata"])
def test_it_has_the_head_of_the_service(site: Site, path: str) -> None:
    answer = get(site, path, "pl")
    assert answer.status == 200 and answer.headers["content-language"] == "pl"
    page = Page(answer.text)
    assert [form["action"] for form in page.all("form")] == ["/search"]
    links = {str(a["href"]) for a in page.all("a")}
    assert {"/", "/towns", "/data", "/quality", "/wikidata"} <= links
    (style,) = [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"]
    assert str(style).startswith("/static/atlas-")


@pytest.mark.parametrize("path", ["/data", "/quality", "/wikidata"])
def test_every_link_of_it_leads_somewhere(site: Site, path: str) -> None:
    page = Page(get(site, path).text)
    for link in {str(a["href"]) for a in page.all("a")}:
        if not re.match("https?:|#|mailto:", link):
            address = link if link.startswith("/") else f"/{link}"
            assert get(site, address).status == 200, link


def test_languages_are_those_of_the_release(site: Site) -> None:
    page = Page(get(site, "/quality", "fr").text)
    (html,) = page.all("html")
    switch = {a["hreflang"] for a in page.all("a") if "hreflang" in a}
    assert html["lang"] == "en" and "fr" in LANGUAGES and "fr" not in switch
    assert {"en", "pl"} <= switch


def test_a_choice_of_language_is_remembered(site: Site) -> None:
    answer = get(site, "/data?lang=sk", "pl")
    assert answer.headers["content-language"] == "sk"
    assert "lang=sk" in answer.headers["set-cookie"]


def test_who_has_it_already_is_told_so(site: Site) -> None:
    tag = get(site, "/data").headers["etag"]
    again = site.get("/data", accept_language="en", if_none_match=tag)
    assert again.status == 304 and again.body == b""


def test_what_the_release_does_not_have_is_not_there(site: Site) -> None:
    assert get(site, ADDRESSES["changes/index"]).status == 404
