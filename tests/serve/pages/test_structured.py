"""What search engines are told at the start page and the release's own pages of a service."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import html

from tests.serve.pages.conftest import Site

BASE = "https://w3id.org/twingraph/"
HERE = "http://localhost/"


def _told(site: Site, path: str, language: str) -> tuple[str, list[dict[str, Any]]]:
    """The canonical address of a page, and its JSON-LD."""
    tree: Any = html.fromstring(site.get(path, accept_language=language).text)  # type: ignore[no-untyped-call]
    (canonical,) = tree.xpath("//link[@rel='canonical']/@href")
    scripts = tree.xpath("//script[@type='application/ld+json']/text()")
    found = [json.loads(text) for text in scripts]
    return canonical, [
        one for said in found for one in (said if isinstance(said, list) else [said])
    ]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Twingraph: partnerships between towns"),
        ("pl", "Twingraph: partnerstwa miast i gmin"),
    ],
)
def test_the_start_page_describes_the_dataset(language: str, title: str, site: Site) -> None:
    canonical, said = _told(site, "/", language)
    assert canonical == HERE
    website, dataset = said
    assert website["@type"] == "WebSite"
    assert website["potentialAction"]["target"] == f"{HERE}search?q={{q}}"
    assert dataset["@type"] == "Dataset" and dataset["@id"] == f"{BASE}catalog#dataset"
    assert dataset["name"] == title
    addresses = {one["contentUrl"] for one in dataset["distribution"]}
    assert f"{BASE}twingraph.ttl" in addresses
    assert site.get("/twingraph.ttl").status == 200


def test_a_page_of_the_release_is_canonical_at_its_own_address(site: Site) -> None:
    canonical, (dataset,) = _told(site, "/data", "en")
    assert canonical == f"{HERE}data"
    assert dataset["@type"] == "Dataset"
