"""Search: without marks, with typos, what fits best first."""

from __future__ import annotations

import json

import pytest

from tests.serve.pages.conftest import Site


def suggested(site: Site, asked: str) -> list[str]:
    answer = site.get(f"/suggest?q={asked}")
    assert answer.status == 200
    return [one["href"] for one in json.loads(answer.body)]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("pecovska", "/municipality/sk-pecovska-nova-ves"),
        ("PECOVSKA", "/municipality/sk-pecovska-nova-ves"),
        ("pečovská nová", "/municipality/sk-pecovska-nova-ves"),
        ("peczovska", "/municipality/sk-pecovska-nova-ves"),
        ("lutina", "/municipality/sk-lutina"),
        ("tremello", "/municipality/be-tremelo"),
        ("seniawa", "/municipality/pl-sieniawa"),
        ("nova ves", "/municipality/sk-pecovska-nova-ves"),
        ("wos", "/person/adam-wos"),
        ("banas", "/person/jaroslav-banas"),
    ],
)
def test_found_first(site: Site, asked: str, first: str) -> None:
    assert suggested(site, asked)[0] == first


def test_nothing_is_found_for_nothing(site: Site) -> None:
    assert suggested(site, "") == []
    assert suggested(site, "xqzzzzk") == []
    assert "Nothing is called like that." in site.get("/search?q=xqzzzzk").text


def test_a_long_question_is_answered(site: Site) -> None:
    assert suggested(site, "sieniawa" * 500) == []


def test_the_page_without_scripts_finds_the_same(site: Site) -> None:
    assert 'href="/municipality/sk-pecovska-nova-ves"' in site.get("/search?q=pecovska").text
