"""quality.json and quality.html: what is said, that nothing is fetched, and that bytes repeat."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib import RDF, SKOS, XSD

from tests.conftest import FOUNDING, ROOT
from tests.release.pages.test_landing import FETCHING, Page, style_of
from twingraph.build import Built, build, check_view, read_view
from twingraph.model.records import Text
from twingraph.quality.completeness import METRICS
from twingraph.quality.conflicts import REASONS
from twingraph.quality.report import assess
from twingraph.release.measures import measures
from twingraph.release.pages.quality_page import write_quality
from twingraph.web.languages import LANGUAGES

PAGES = ("quality.html", "quality.pl.html", "quality.sk.html", "quality.nl.html")
WIKIDATA_PAGES = tuple(name.replace("quality", "quality-wikidata") for name in PAGES)
DQV = rdflib.Namespace("http://www.w3.org/ns/dqv#")
DATASET = rdflib.URIRef("https://w3id.org/twingraph/catalog#dataset")


@pytest.fixture(scope="module")
def told(release: Path) -> Any:
    return json.loads((release / "quality.json").read_text("utf-8"))


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest, release: Path) -> Page:
    return Page((release / request.param).read_text("utf-8"))


def test_every_disagreement_and_warning_is_in_the_report(told: Any, built: Built) -> None:
    assert len(told["disagreements"]) == len(built.view.disagreements) > 0
    (contradiction,) = [d for d in told["disagreements"] if d["conflict"]]
    assert contradiction["field"] == "grant"
    assert contradiction["shown"]["value"] == "28781.55"
    assert [other["value"] for other in contradiction["others"]] == ["30296.38"]
    assert contradiction["why"] == REASONS["rank"]
    assert sum(w["results"] for w in told["warnings"]) == len(built.report.results)
    assert told["summary"] == told["history"][-1]
    assert told["summary"]["counts"]["partnership"] == 4


def test_the_page_says_what_the_json_says(page: Page, told: Any) -> None:
    bars = [text for text in page.said("span") if "/" in text]
    metrics = told["completeness"]["metrics"]
    assert len(bars) == len(metrics)
    for bar, metric in zip(bars, metrics, strict=True):
        assert f"({metric['known']}/{metric['of']})" in bar
    assert {"28781.55", "30296.38"} <= set(page.said("b"))
    for warning in told["warnings"]:
        assert warning["rule"] in page.said("th")
    assert [h for h in page.said("th") if h == "0.1.0"]


@pytest.mark.parametrize("name", (*PAGES, *WIKIDATA_PAGES))
def test_it_is_whole_without_the_web_and_without_script(name: str, release: Path) -> None:
    page = Page((release / name).read_text("utf-8"))
    for tag, attributes in page.elements:
        assert not FETCHING & set(attributes), (tag, attributes)
        assert tag not in {"script", "iframe", "img", "object", "embed", "video", "audio"}
    style = style_of(page, release)
    assert "url(" not in style and "@import" not in style and "prefers-color-scheme: dark" in style
    links = [a["href"] for a in page.all("a")]
    for href in {h for h in links if h and not h.startswith(("http", "#"))}:
        assert (release / href).is_file(), href


def test_it_can_be_read_with_any_device(page: Page) -> None:
    (html,) = page.all("html")
    assert html["lang"] in LANGUAGES
    assert "width=device-width" in str(page.all("meta"))
    headings = [tag for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert headings.count("h1") == 1
    assert all(int(b[1]) <= int(a[1]) + 1 for a, b in zip(headings, headings[1:], strict=False))
    # What is wider than a phone scrolls in its own box, which the keyboard reaches.
    boxes = [a for a in page.all("div") if a.get("class") == "wide"]
    assert len(boxes) == len(page.all("table")) > 3
    assert all(box["tabindex"] == "0" and box["aria-label"] for box in boxes)


def test_the_landing_page_leads_to_the_report_in_its_language(release: Path) -> None:
    for name, wikidata in zip(PAGES, WIKIDATA_PAGES, strict=True):
        report = Page((release / name).read_text("utf-8"))
        assert wikidata in [a["href"] for a in report.all("a")]
        landing = Page((release / name.replace("quality", "index")).read_text("utf-8"))
        assert name in [a["href"] for a in landing.all("a")]


def test_markup_in_the_data_stays_text(built: Built, tmp_path: Path) -> None:
    wicked = "</title><script>alert(1)</script>"
    dataset = replace(built.view.dataset, titles=(Text(wicked, "en"),), languages=("en",))
    write_quality(tmp_path, assess(replace(built.view, dataset=dataset), built.report))
    read = Page((tmp_path / "quality.html").read_text("utf-8"))
    assert not read.all("script")
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "quality-wikidata.html",
        "quality.html",
        "quality.json",
        "quickstatements.txt",
    ]


@pytest.mark.parametrize("folder", ["pages", "made-up"])
def test_a_report_of_any_data(folder: str, tmp_path: Path) -> None:
    view = read_view(ROOT / "tests" / "data" / folder)
    write_quality(tmp_path, assess(view, check_view(view)))
    told = json.loads((tmp_path / "quality.json").read_text("utf-8"))
    assert len(told["disagreements"]) == len(view.disagreements)
    text = (tmp_path / "quality.html").read_text("utf-8")
    assert "None" not in re.sub(r"None\.", "", text)


def test_a_release_remembers_those_before_it(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "public"
    _copy(data, "0.1.0", "2026-11-23")
    build(data, out)
    first = (out / "quality.json").read_bytes()
    build(data, out)
    assert (out / "quality.json").read_bytes() == first
    _copy(data, "0.2.0", "2028-01-01")
    build(data, out)
    second = (out / "quality.json").read_bytes()
    told = json.loads(second)
    assert [s["version"] for s in told["history"]] == ["0.1.0", "0.2.0"]
    assert told["history"][0] == json.loads(first)["summary"]
    assert told["summary"]["stale_sources"] == 5
    build(data, out)
    assert (out / "quality.json").read_bytes() == second
    assert len(list((tmp_path / "releases").iterdir())) == 2


def _copy(data: Path, version: str, modified: str) -> None:
    for path in FOUNDING.rglob("*"):
        if path.is_file():
            to = data / path.relative_to(FOUNDING)
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(path.read_bytes())
    dataset = data / "dataset.yaml"
    text = dataset.read_text("utf-8").replace("version: 0.1.0", f"version: {version}")
    dataset.write_text(text.replace("modified: 2026-11-23", f"modified: {modified}"), "utf-8")


def test_the_catalogue_has_every_figure_with_its_metric(release: Path, told: Any) -> None:
    graph = rdflib.Graph().parse(release / "catalog.ttl")
    found = set(graph.objects(DATASET, DQV.hasQualityMeasurement))
    assert found == set(graph.subjects(RDF.type, DQV.QualityMeasurement))
    values = {}
    for measurement in found:
        assert graph.value(measurement, DQV.computedOn) == DATASET
        metric = graph.value(measurement, DQV.isMeasurementOf)
        assert (metric, RDF.type, DQV.Metric) in graph
        assert graph.value(metric, SKOS.definition) and graph.value(metric, DQV.inDimension)
        value = graph.value(measurement, DQV.value)
        assert isinstance(value, rdflib.Literal)
        assert value.datatype == graph.value(metric, DQV.expectedDataType)
        assert value.datatype in (XSD.decimal, XSD.integer)
        values[str(metric).rpartition("#metric-")[2]] = float(value)
    for metric in told["completeness"]["metrics"]:
        assert values.pop(metric["name"]) == metric["share"]
    assert values == {"conflicts": 1, "stale-sources": 0, "one-sided": 2}


def test_measures_are_described_once_each(built: Built) -> None:
    subjects = [subject for subject, _ in measures(assess(built.view, built.report))]
    assert len(subjects) == len(set(subjects)) == 2 * (len(METRICS) + 3)
