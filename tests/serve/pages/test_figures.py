"""The figures of the service: files that stand alone, with every town on them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.serve.pages.conftest import Site


@pytest.mark.parametrize("name", ["map", "network", "years"])
def test_files(site: Site, name: str) -> None:
    answer = site.get(f"/{name}.svg", accept="*/*")
    assert answer.headers["content-type"] == "image/svg+xml"
    tree = ElementTree.fromstring(answer.body)
    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    assert int(tree.get("width") or 0) > 0
    assert site.get(f"/{name}").status == 200


def test_every_founding_town_is_on_the_map(site: Site) -> None:
    text = site.get("/map").text
    for name in ("Tremelo", "Sieniawa", "Pečovská Nová Ves", "Ľutina", "Červená Voda"):
        assert name in text
    assert text.count('class="arc"') == 4
