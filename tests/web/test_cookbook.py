"""The cookbook as HTML: nothing of it is lost, and its addresses are the service's."""

from __future__ import annotations

import re
from typing import Any

from lxml import html

from tests.conftest import ROOT
from twingraph.web.cookbook import cookbook

PAGE = (ROOT / "docs" / "cookbook.md").read_text("utf-8")
BASE = "https://w3id.org/twingraph/"


def test_every_recipe_is_there_as_the_page_has_it() -> None:
    parse: Any = html.fromstring
    tree = parse(str(cookbook("http://127.0.0.1:8000/", BASE)))
    shown = [code.text_content() for code in tree.xpath("//pre/code")]
    assert shown == re.findall(r"^```[a-z]+\n(.*?)^```", PAGE, re.M | re.S)
    assert [h.text for h in tree.xpath("//h1 | //h2")] == re.findall(r"^#+ (.*)", PAGE, re.M)[:11]
    assert len(tree.xpath("//h2")) == 10


def test_the_addresses_are_those_of_who_shows_it() -> None:
    text = str(cookbook("https://example.org/twins/", "https://data.example/"))
    assert "127.0.0.1" not in text
    assert "https://example.org/twins/sparql" in text
    assert "PREFIX tg: &lt;https://w3id.org/twingraph/ns#&gt;" in text
    assert text.count(BASE) == text.count(f"{BASE}ns#")
    assert "https://data.example/municipality/" in text


def test_no_address_can_bring_in_markup() -> None:
    assert "<script" not in str(cookbook('http://x/"><script>/', BASE))
