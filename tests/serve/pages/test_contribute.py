"""The form for what a page says, and what is said to be wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml
from starlette.exceptions import HTTPException

from tests.contributions.form.conftest import PAGE
from tests.serve.pages.conftest import Site, tree_of
from twingraph.contributions.form.typed import MOST_BYTES
from twingraph.serve.pages.pages import Pages
from twingraph.serve.read_model import ReadModel
from twingraph.sparql.query_engine import CLIENT
from twingraph.web.languages import LANGUAGES

TOWN = "/municipality/pl-sieniawa.html"


def test_the_form_is_there_in_every_language(site: Site) -> None:
    for language in LANGUAGES:
        answer = site.get(f"/contribute?lang={language}")
        # What is blank may be there for who goes back to it.
        assert answer.status == 200 and answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        tree = tree_of(answer.text)
        assert tree.xpath("//meta[@name='robots']/@content") == ["noindex, nofollow"]
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
    assert "/contribute" in tree_of(site.get("/").text).xpath("//footer//a/@href")
    assert "Disallow: /contribute" in site.get("/robots.txt").text


def test_it_ends_in_a_file_and_leaves_nothing(site: Site) -> None:
    before = sorted(Path(site.service.release).resolve().rglob("*"))
    page = site.post("/contribute", {**PAGE, "do": "finish"})
    assert page.status == 200 and "Download the file" in page.text
    assert page.headers["cache-control"] == "no-store"
    answer = site.post("/contribute", {**PAGE, "do": "file"})
    assert answer.headers["content-type"] == "application/yaml; charset=utf-8"
    assert "pl-sieniawa-miasta-partnerskie.yaml" in answer.headers["content-disposition"]
    assert set(yaml.safe_load(answer.body)) == {"registers", "source"}
    assert sorted(Path(site.service.release).resolve().rglob("*")) == before


def test_every_fact_can_be_said_to_be_wrong(site: Site) -> None:
    """Each link behind a mark opens the form; what it is about and its words stand there."""
    for address in (TOWN, "/partnership/pl-sieniawa--sk-lutina.html", "/person/adam-wos.html"):
        tree = tree_of(site.get(address).text)
        links = tree.xpath(
            "//details[contains(@class, 'mark')]//a[starts-with(@href, '/contribute')]"
        )
        marks = [mark for mark in tree.xpath("//details[contains(@class, 'mark')]")
                 if "further remarks" not in mark.text_content()]  # fmt: skip
        assert links and len(links) == len(marks)
        for link in links:
            assert link.get("rel") == "nofollow"
        for href in sorted({link.get("href") for link in links}):
            shown = site.get(href)
            assert shown.status == 200, href
            assert "You say that this is wrong:" in shown.text, href


def test_a_wrong_date_is_filled_in_with_its_words(site: Site) -> None:
    text = site.get("/contribute?about=agreement/pl-sieniawa--sk-lutina_1&field=signed_on").text
    tree = tree_of(text)
    (date,) = tree.xpath("//input[@name='partnerships.0.agreements.0.signed_on']")
    assert date.get("value") == "2016-08"
    assert tree.xpath("//form/@data-focus") == [date.get("id")]
    quoted = tree.xpath("string(//textarea[@name='partnerships.0.agreements.0.words.signed_on'])")
    assert quoted.strip() and quoted.strip() in tree.xpath(
        "string(//div[contains(@class, 'doubted')])"
    )
    assert tree.xpath("//input[@name='partnerships.0.partners.0.key']/@value") == ["pl-sieniawa"]
    assert tree.xpath("//input[@name='source.0.key']/@value") == ["sieniawa-partner-towns"]


@pytest.mark.parametrize(
    "query",
    ["about=", "about=agreement/none&field=signed_on", "town=nowhere",
     "about=municipality/pl-sieniawa&field=__class__",
     "about=source/sieniawa-partner-towns&field=titles",
     "about=concept/field/culture&field=labels",
     "about=%3Cscript%3E&field=x", "about=partnership/be-tremelo--pl-sieniawa&field="],
)  # fmt: skip
def test_what_there_is_not_opens_a_blank_form(site: Site, query: str) -> None:
    answer = site.get(f"/contribute?{query}")
    assert answer.status == 200
    assert "You say that this is wrong:" not in answer.text


def test_a_town_is_begun_with(site: Site) -> None:
    href = next(h for h in tree_of(site.get(TOWN).text).xpath("//a/@href") if "town=pl-sien" in h
                and h.startswith("/contribute"))  # fmt: skip
    tree = tree_of(site.get(href).text)
    assert tree.xpath("//input[@name='partnerships.0.partners.0.key']/@value") == ["pl-sieniawa"]


def test_a_page_elsewhere_has_no_words_to_put_in(site: Site) -> None:
    for where in ("cross-site", "same-site"):
        answer = site.post("/contribute", {**PAGE, "do": "file"}, sec_fetch_site=where)
        assert answer.status == 403
    assert (
        site.post("/contribute", {**PAGE, "do": "file"}, sec_fetch_site="same-origin").status == 200
    )


def test_sizes_are_bounded(site: Site) -> None:
    assert site.post("/contribute", {"source.0.note": "x" * MOST_BYTES}).status == 413
    assert site.post("/contribute", {f"x{n}": "" for n in range(6000)}).status == 400
    odd = {"content_type": "application/json"}
    assert site.post("/contribute", PAGE, **odd).status == 415


def test_what_is_sent_is_within_its_clients_seconds(site: Site) -> None:
    """As a query is: while others wait nobody has more than so many a minute."""
    pages = Pages(site.service, ReadModel(site.service))

    async def ask() -> None:
        CLIENT.set("192.0.2.1")
        assert await pages._in_turn(lambda: "done") == "done"
        now = asyncio.get_running_loop().time()
        assert 0 < pages._used.used("192.0.2.1", now) < 1
        pages._used.charge("192.0.2.1", site.service.limits.budget, now)
        assert await pages._in_turn(lambda: "nobody waits") == "nobody waits"
        async with pages._places.one("192.0.2.2"):
            with pytest.raises(HTTPException) as refused:
                await pages._in_turn(lambda: "too much")
        assert refused.value.status_code == 429
        assert (refused.value.headers or {})["Retry-After"] == "1"

    site.runner.run(ask())
