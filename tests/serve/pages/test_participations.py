"""The page of one body's part in a project, and what stands beside it in the project's document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest

from tests.conftest import ROOT
from tests.serve.pages.conftest import Site, tree_of
from twingraph.build import build
from twingraph.serve.release_service import ReleaseService
from twingraph.web.languages import LANGUAGES

DATA = ROOT / "tests" / "data" / "queries" / "projects" / "data"


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Over made-up projects and their partners."""
    out: Path = tmp_path_factory.mktemp("projects") / "public"
    running = Site(ReleaseService(build(DATA, out).out))
    yield running
    running.close()


def test_every_thing_has_a_valid_page(projects: Site) -> None:
    keys = [key for key in projects.things() if not key.startswith(("evidence/", "graph/"))]
    assert "participation/early_sk-two" in keys and "organization/sk-school" in keys
    for number, key in enumerate(keys):
        language = list(LANGUAGES)[number % len(LANGUAGES)]
        answer = projects.get(f"/{key}.html?lang={language}")
        assert answer.status == 200, key
        html5lib.HTMLParser(strict=True).parse(answer.text)


def test_a_part_says_whose_it_is_and_with_what_money(projects: Site) -> None:
    text = projects.get("/participation/early_sk-two.html").text
    for words in ("Early bridges", "Mesto Two", "lead partner", "€50.00", "€42.50"):
        assert words in text, words
    unknown = projects.get("/participation/late_unknown.html").text
    assert "Nobody knows" in unknown


def test_a_project_says_who_takes_part(projects: Site) -> None:
    page = tree_of(projects.get("/project/early.html").text)
    following = "//h2[text()='Who takes part']/following-sibling::"
    countries = [heading.text for heading in page.xpath(f"{following}h3")]
    assert countries == ["Poland", "Slovakia", "Country not known"]
    items = page.xpath(f"{following}ul/li")
    listed = [" ".join(item.text_content().split()) for item in items]
    assert listed == [
        "Sieniawa (partner): Total budget €40.00, Grant €34.00",
        "Two (lead partner): Total budget €50.00, Grant €42.50",
        "School (partner): Total budget €10.00",
    ]
    # A bar for each, as long as its share of what they have together.
    widths = page.xpath(f"{following}ul/li//*[name()='rect']/@width")
    assert widths == ["40.00", "50.00", "10.00"]


def test_a_programme_lists_its_projects(projects: Site) -> None:
    programmes = [key for key in projects.things() if key.startswith("programme/")]
    assert programmes
    for key in programmes:
        page = tree_of(projects.get(f"/{key}.html").text)
        rows = page.xpath("//table//tr[th[@scope='row']]")
        assert rows and all(len(row) == 4 for row in rows)


def test_a_country_is_chosen_by_who_takes_part(projects: Site) -> None:
    """Schools and associations too, not only towns."""
    shown = tree_of(projects.get("/projects?country=SVK").text)
    assert "/project/early" in shown.xpath("//table//th[@scope='row']/a/@href")


def test_a_projects_document_holds_its_parts(projects: Site) -> None:
    turtle = projects.get("/project/early.ttl", accept="text/turtle").text
    assert "participation:early_sk-two a tg:Participation" in turtle
