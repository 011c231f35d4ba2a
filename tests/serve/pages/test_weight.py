"""Pages, lists and documents travel compressed."""

from __future__ import annotations

import gzip

import pytest

from tests.serve.pages.conftest import Site

PAGES = ("/", "/towns", "/network", "/municipality/pl-sieniawa.html", "/ns.html")
DATA = (
    "/towns.csv",
    "/partnerships.geojson",
    "/municipality/pl-sieniawa.ttl",
    "/sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+ORDER+BY+%3Fs+%3Fp+%3Fo",
)


@pytest.mark.parametrize("address", DATA)
def test_what_is_not_a_page_is_the_same_unpacked(site: Site, address: str) -> None:
    packed = site.get(address, accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == site.get(address).body


@pytest.mark.parametrize("address", PAGES)
def test_a_page_weighs_less_than_half(site: Site, address: str) -> None:
    packed, plain = site.get(address, accept_encoding="gzip"), site.get(address)
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 2
    assert gzip.decompress(packed.body) == plain.body
