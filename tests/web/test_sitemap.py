"""Sitemaps: each address once, and never too many in one file."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from twingraph.web.sitemap import MOST, sitemaps

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def part(number: int) -> str:
    return f"https://e.org/sitemap-{number}.xml"


def located(document: bytes, root: str) -> list[str]:
    tree = ET.fromstring(document)
    assert tree.tag == NAMESPACE + root
    return [str(one.text) for one in tree.iter(f"{NAMESPACE}loc")]


def test_a_few_addresses_stand_in_one_file() -> None:
    addresses = ["https://e.org/", "https://e.org/a?b&c"]
    (only,) = sitemaps(addresses, part, "2026-11-28")
    assert located(only, "urlset") == addresses
    assert only.count(b"<lastmod>2026-11-28</lastmod>") == 2


def test_many_are_split_and_an_index_leads_to_the_parts() -> None:
    addresses = [f"https://e.org/{number}" for number in range(MOST + 1)]
    index, *parts = sitemaps(addresses, part, None)
    assert located(index, "sitemapindex") == [part(1), part(2)]
    found = [located(one, "urlset") for one in parts]
    assert [len(one) for one in found] == [MOST, 1]
    assert [address for one in found for address in one] == addresses
    assert b"lastmod" not in index


def test_without_an_address_there_is_a_file_all_the_same() -> None:
    (only,) = sitemaps([], part, None)
    assert located(only, "urlset") == []
