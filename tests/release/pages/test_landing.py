"""The landing page: complete, self-contained, accessible, and fit for Google Dataset Search."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from twingraph.model.records import Text, View
from twingraph.release.coverage import coverage
from twingraph.release.exports import exports
from twingraph.release.files import File
from twingraph.release.pages.editions import LANDING, editions
from twingraph.release.pages.landing import structured_data, write_landing
from twingraph.release.publish import sha256
from twingraph.web.languages import LANGUAGES

EXPORTS = exports()

PAGES = ("index.html", "index.pl.html", "index.sk.html", "index.nl.html")
FETCHING = {"src", "srcset", "data", "poster", "action", "background"}
VOID_ELEMENTS = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """What of a page is looked at here."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID_ELEMENTS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data.strip()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def said(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]


def style_of(page: Page, folder: Path) -> str:
    """The one style sheet of a page, which stands beside it."""
    (sheet,) = [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"]
    assert sheet and not page.all("style")
    return (folder / sheet).read_text("utf-8")


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest, release: Path) -> Page:
    return Page((release / request.param).read_text("utf-8"))


def test_every_download_with_size_date_format_and_checksum(page: Page, release: Path) -> None:
    links = [a["href"] for a in page.all("a") if "download" in a]
    assert links[: len(EXPORTS)] == [dump.name for dump in EXPORTS]
    assert page.said("code")[: len(EXPORTS)] == [sha256(release / dump.name) for dump in EXPORTS]
    facts = page.said("dd")
    for dump in EXPORTS:
        assert any(f"({File.of(release, dump).content_type})" in fact for fact in facts)
    sizes = [fact for fact in facts if re.fullmatch(r"[0-9]+\xa0B|[0-9]+[.,][0-9]\xa0kB", fact)]
    assert len(sizes) == len(EXPORTS)
    dates = [time["datetime"] for time in page.all("time")]
    assert dates.count("2026-11-23") == len(EXPORTS) + 2


def test_it_is_whole_without_the_web(page: Page, release: Path) -> None:
    for tag, attributes in page.elements:
        assert not FETCHING & set(attributes), (tag, attributes)
        assert tag not in {"iframe", "img", "object", "embed", "video", "audio"}
    assert [s["type"] for s in page.all("script")] == ["application/ld+json"]
    style = style_of(page, release)
    assert "url(" not in style and "@import" not in style
    for link in page.all("link"):
        assert link["rel"] in {"canonical", "alternate", "icon", "stylesheet"}
    assert [link["href"] for link in page.all("link") if link["rel"] == "icon"] == ["data:,"]


def test_every_relative_link_leads_to_a_file(page: Page, release: Path) -> None:
    links = [a["href"] for a in page.all("a")] + [
        link["href"] for link in page.all("link") if link["rel"] == "alternate"
    ]
    relative = {h for h in links if h and not h.startswith(("http", "#", "mailto:"))}
    assert {"SHA256SUMS", "catalog.ttl", "catalog.jsonld", "catalog.rdf", "void.ttl"} <= relative
    for href in relative:
        assert (release / href).is_file(), href


def test_it_can_be_read_with_any_device(page: Page, release: Path) -> None:
    (html,) = page.all("html")
    assert html["lang"] in LANGUAGES
    assert "width=device-width" in str(page.all("meta"))
    headings = [tag for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == "h1" and headings.count("h1") == 1
    assert all(
        b <= a or int(b[1]) == int(a[1]) + 1 for a, b in zip(headings, headings[1:], strict=False)
    )
    assert page.all("main") and page.all("nav")[0]["aria-label"]
    skip = page.all("a")[0]
    assert skip["href"] == "#main"
    assert any(attributes.get("id") == "main" for _, attributes in page.elements)
    style = style_of(page, release)
    assert "prefers-color-scheme: dark" in style and ":focus-visible" in style


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_colours_contrast_in_light_and_dark(page: Page, release: Path) -> None:
    style = style_of(page, release)
    schemes = [dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in style.split("@media")[:2]]
    assert len(schemes) == 2 and schemes[0] != schemes[1]
    for scheme in schemes:
        for ground in ("paper", "raised"):
            for ink in ("ink", "quiet", "link", "mark", "warn"):
                assert contrast(scheme[ground], scheme[ink]) >= 4.5, (ground, ink)


def data_of(page: Page) -> dict[str, Any]:
    (script,) = page.said("script")
    data = json.loads(script)
    assert isinstance(data, dict)
    return data


def test_google_accepts_the_dataset(page: Page, release: Path) -> None:
    data = data_of(page)
    assert (data["@context"], data["@type"]) == ("https://schema.org/", "Dataset")
    assert data["name"] and 50 <= len(data["description"]) <= 5000
    assert data["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert data["creator"]["@type"] == "Organization" and data["creator"]["name"]
    assert data["isAccessibleForFree"] is True
    assert data["temporalCoverage"] == "2008-07-01/2024-09-30"
    assert data["includedInDataCatalog"]["@type"] == "DataCatalog"
    assert {p["@type"] for p in data["spatialCoverage"]} == {"Place"}
    box = [p["geo"]["box"] for p in data["spatialCoverage"] if "geo" in p]
    assert box == ["49.1254 4.7211 50.9983 22.6117"]  # latitude first
    for name in ("url", "identifier", "version", "datePublished", "dateModified", "keywords"):
        assert data[name]
    for download, dump in zip(data["distribution"], EXPORTS, strict=True):
        assert download["@type"] == "DataDownload"
        assert download["contentUrl"] == f"https://w3id.org/twingraph/{dump.name}"
        assert download["encodingFormat"] == File.of(release, dump).content_type
        assert download["sha256"] == sha256(release / dump.name)


def test_a_short_description_is_made_long_enough(view: View) -> None:
    dataset = replace(view.dataset, descriptions=(Text("Towns.", "en"),))
    said = structured_data(dataset, coverage(view), [], "en")
    assert said["description"] == "Twingraph: partnerships between towns. Towns."
    assert "distribution" not in said


def test_markup_in_the_data_stays_text(view: View, release: Path, tmp_path: Path) -> None:
    wicked = "</script><script>alert(1)</script> & <i>slanted</i>"
    dataset = replace(view.dataset, titles=(Text(wicked, "en"),), languages=("en",))
    write_landing(tmp_path, replace(view, dataset=dataset), [])
    page = Page((tmp_path / "index.html").read_text("utf-8"))
    assert len(page.all("script")) == 1 and not page.all("i")
    assert data_of(page)["name"] == wicked


def test_each_language_leads_to_the_others(release: Path, view: View) -> None:
    names = [edition.name(LANDING) for edition in editions(view.dataset)]
    assert tuple(names) == PAGES
    for edition in editions(view.dataset):
        read = Page((release / edition.name(LANDING)).read_text("utf-8"))
        (html,) = read.all("html")
        assert html["lang"] == edition.language
        switch = [a for a in read.all("a") if "hreflang" in a]
        assert {a["href"] for a in switch} == set(names)
        (here,) = [a["href"] for a in switch if "aria-current" in a]
        assert here == edition.name(LANDING)
    polish = (release / "index.pl.html").read_text("utf-8")
    assert "Belgia, Polska, Słowacja" in polish and "Jak cytować" in polish


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        (("pl", "sk"), ["index.html", "index.sk.html"]),
        (("hu",), ["index.html"]),
        (("hu", "nl", "en"), ["index.html", "index.nl.html"]),
        (
            tuple(LANGUAGES),
            ["index.html", *(f"index.{code}.html" for code in LANGUAGES if code != "en")],
        ),
    ],
)
def test_there_is_an_index_whatever_the_languages(
    view: View, languages: tuple[str, ...], expected: list[str], tmp_path: Path
) -> None:
    dataset = replace(view.dataset, languages=languages)
    assert [edition.name(LANDING) for edition in editions(dataset)] == expected
    write_landing(tmp_path, replace(view, dataset=dataset), [])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(expected)


def test_sizes_are_told_in_the_unit_that_fits(view: View, tmp_path: Path) -> None:
    files = [
        File(f"{size}.ttl", "Turtle, to read", "text/turtle", size, "00" * 32, "00" * 64)
        for size in (999, 1234, 5_678_900, 12_345_678_900)
    ]
    write_landing(tmp_path, view, files)
    shown = Page((tmp_path / "index.html").read_text("utf-8")).said("dd")
    assert {"999\xa0B", "1.2\xa0kB", "5.7\xa0MB", "12.3\xa0GB"} <= set(shown)
    assert "1,2\xa0kB" in Page((tmp_path / "index.nl.html").read_text("utf-8")).said("dd")
