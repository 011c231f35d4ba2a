"""The page of every thing: in six languages, valid, with what the sources say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import html5lib

from tests.conftest import FOUNDING
from tests.serve.pages.conftest import Site, release_of, tree_of
from twingraph import namespaces as ns
from twingraph.build import build
from twingraph.serve.release_service import ReleaseService
from twingraph.web.languages import LANGUAGES

BASE = ns.BASE
_TOWN = "/municipality/pl-sieniawa.html"


def valid(text: str) -> None:
    """Raises where the HTML Standard's parser would have to repair something."""
    html5lib.HTMLParser(strict=True).parse(text)


def words(text: str) -> str:
    return " ".join(tree_of(text).text_content().split())


def test_every_thing_of_the_data_has_a_valid_page(site: Site) -> None:
    keys = site.things()
    assert len(keys) > 100
    for number, key in enumerate(keys):
        language = list(LANGUAGES)[number % len(LANGUAGES)]
        answer = site.get(f"/{key}.html?lang={language}")
        assert answer.status == 200, key
        valid(answer.text)


def test_every_thing_of_odd_pages_is_shown_in_every_language(odd: Site) -> None:
    keys = [key for key in odd.things() if not key.startswith(("evidence/", "graph/"))]
    assert len(keys) > 400
    for number, key in enumerate(keys):
        for language in LANGUAGES:
            answer = odd.get(f"/{key}.html?lang={language}")
            assert answer.status == 200, key
            assert f'<html lang="{language}">' in answer.text
            assert "None" not in answer.text, key
        if number % 12 == 0:
            valid(answer.text)


def test_a_town_says_what_is_known_and_what_is_not(site: Site) -> None:
    text = words(site.get(_TOWN).text)
    assert "4 partnerships" in text
    assert "July 2008" in text
    assert "no signatory named in the sources" in text
    assert "no date in the sources" in text
    assert "Adam Woś" in text and "Vital Van Dessel" in text
    # The words of the source, with the day on which it was read.
    assert "„ówczesny Burmistrz Tremelo”" in text
    assert "read on 23 November 2026" in text
    heads = tree_of(site.get(_TOWN).text).xpath("//section/h3/a/text()")
    # In order of date: 2008, 2010, 2016, 2018.
    assert heads == ["Tremelo", "Pečovská Nová Ves", "Ľutina", "Červená Voda"]


def test_where_sources_disagree_both_stand_there_with_the_reason(site: Site) -> None:
    page = tree_of(site.get("/project/dedicstvo-starych-mam-bez-hranic.html").text)
    (mark,) = page.xpath("//details[contains(@class, 'disputed')]")
    said = " ".join(mark.text_content().split())
    assert "28,781.55" in said and "states otherwise: 30,296.38" in said
    assert "Sources" in said and "is shown:" in said


def test_a_status_that_ended_is_named(odd: Site) -> None:
    rows = odd.select(
        f"SELECT ?p {{ ?p <{ns.TG}status> <{BASE}concept/partnership-status/ended> }} LIMIT 1"
    )
    key = rows[0]["p"].value.removeprefix(BASE)
    page = tree_of(odd.get(f"/{key}.html").text)
    assert [one.text for one in page.xpath("//*[@class='status']")][0] == "ended"


def test_a_status_is_that_of_the_day_on_which_its_source_was_read(
    site: Site, tmp_path: Path
) -> None:
    address = "/partnership/be-tremelo--pl-sieniawa.html"
    assert "as an undated source says" in site.get(address).text
    data = Path(shutil.copytree(FOUNDING, tmp_path / "data"))
    page = data / "sources" / "sieniawa-partner-towns.yaml"
    text = page.read_text("utf-8")
    page.write_text(text.replace("\nkind: ", "\nretrieved: 2026-11-20\nkind: ", 1), "utf-8")
    dated = Site(ReleaseService(build(data, tmp_path / "public").out))
    shown = tree_of(dated.get(address).text)
    dated.close()
    (lead,) = shown.xpath("//*[contains(@class, 'lead')]")
    assert "active as of 20 November 2026" in " ".join(lead.text_content().split())
    (now,) = shown.xpath("//li[@class='now']/*[@class='date']")
    assert now.text == "as of 20 November 2026"


def test_labels_with_html_in_them_stay_text(tmp_path: Path) -> None:
    evil = '<script>alert(1)</script>\\"><img src=x onerror=alert(2)>&amp;'
    town, other = f"<{BASE}municipality/xx-a>", f"<{BASE}municipality/xx-b>"
    tie = f"<{BASE}partnership/xx-a--xx-b>"
    quads = "".join(
        f"{line} .\n"
        for line in (
            f"{town} <{ns.RDF}type> <{ns.TG}LocalAuthority>",
            f'{town} <{ns.SKOS}prefLabel> "{evil}"@en',
            f'{town} <{ns.SKOS}altLabel> "{evil}"@pl',
            f'{town} <{ns.TG}nationalCode> "{evil}"',
            f"{town} <{ns.GEO}hasGeometry> <{BASE}municipality/xx-a#point>",
            f'<{BASE}municipality/xx-a#point> <{ns.GEO}asWKT> "POINT(1 2)"',
            f"{other} <{ns.RDF}type> <{ns.TG}LocalAuthority>",
            f"{town} <{ns.TG}partnerIn> {tie}",
            f"{tie} <{ns.RDF}type> <{ns.TG}Partnership>",
            f"{tie} <{ns.TG}partner> {town}",
            f"{tie} <{ns.TG}partner> {other}",
            f'{tie} <{ns.DCT}description> "{evil}"@en',
        )
    )
    site = Site(ReleaseService(release_of(quads, tmp_path / "release")))
    try:
        pages = ["/", "/towns", "/partnerships", "/search?q=script", "/map", "/network",
                 "/municipality/xx-a.html", "/municipality/xx-b.html",
                 "/partnership/xx-a--xx-b.html", "/no/<script>"]  # fmt: skip
        for page in pages:
            answer = site.get(page)
            valid(answer.text)
            tree = tree_of(answer.text)
            # Of the scripts that stand in the page none is one that runs.
            kinds = {"application/ld+json", "application/json"}
            assert set(tree.xpath("//script[not(@src)]/@type")) <= kinds
            assert tree.xpath("//script[not(@src)][not(@type)]") == []
            assert tree.xpath("//img[@src='x']") == [] and tree.xpath("//*[@onerror]") == []
        # In JSON-LD the text is the very text.
        data = tree_of(site.get("/municipality/xx-a.html").text)
        (said,) = data.xpath("//script[@type='application/ld+json']")
        assert json.loads(said.text)["name"] == evil.replace('\\"', '"')
        # What has no name is called by its key: nothing is hidden.
        assert "xx-b" in site.get("/towns").text
    finally:
        site.close()


def test_structured_data_and_links_to_every_format(site: Site) -> None:
    page = tree_of(site.get(_TOWN).text)
    (said,) = page.xpath("//script[@type='application/ld+json']")
    data = json.loads(said.text)
    assert data["@id"] == f"{BASE}municipality/pl-sieniawa"
    assert data["geo"]["latitude"] == 50.1777
    for link in page.xpath("//p[@class='formats']/a[@type]"):
        answer = site.get(link.get("href"), accept="*/*")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith(link.get("type"))


def test_the_language_switch_keeps_the_page(site: Site) -> None:
    page = tree_of(site.get("/towns?country=POL&page=1").text)
    (link,) = page.xpath("//nav[@class='languages']//a[@lang='sk']")
    assert link.get("href") == "/towns?country=POL&page=1&lang=sk"
    answer = site.get(link.get("href"))
    assert "<h1>Mestá a obce</h1>" in answer.text
    assert answer.headers["set-cookie"].startswith("lang=sk;")
    assert "Cookie" in answer.headers["vary"] and "Accept-Language" in answer.headers["vary"]
    assert "<h1>Mestá a obce</h1>" in site.get("/towns", cookie="lang=sk").text
    assert "set-cookie" not in site.get("/towns", cookie="lang=sk").headers


def test_what_is_not_there_suggests_the_nearest_names(site: Site) -> None:
    answer = site.get("/municipality/pl-sieniava")
    assert answer.status == 404
    assert "/municipality/pl-sieniawa" in answer.text
    valid(answer.text)
    machine = site.get("/municipality/pl-sieniava", accept="*/*")
    assert machine.status == 404 and machine.headers["content-type"].startswith("text/plain")


def test_a_source_says_all_that_it_states(site: Site) -> None:
    text = words(site.get("/source/sieniawa-partner-towns.html").text)
    assert "What it states" in text
    assert "Adam Woś" in text
    assert "W sierpniu 2016 r." in text
    assert site.get("/source/sieniawa-partner-towns.html?page=99").status == 404


def test_a_concept_lists_its_uses(site: Site) -> None:
    answer = site.get("/concept/field/culture.html")
    assert "Used 4 times" in words(answer.text)
    scheme = site.get("/concept/field.html")
    assert '<a href="/concept/field/culture"' in scheme.text


def test_no_page_leads_to_nothing(site: Site) -> None:
    """Every address of ours on the pages of each kind is answered."""
    seen: set[str] = set()
    starts = ["/", "/towns", "/projects", "/signatories", _TOWN, "/map", "/years", "/network",
              "/partnership/pl-sieniawa--sk-pecovska-nova-ves.html", "/search?q=sieniawa",
              "/source/sieniawa-partner-towns.html", "/concepts"]  # fmt: skip
    for start in starts:
        for href in re.findall(r'href="(/[^"#]*)"', site.get(start).text):
            seen.add(href.replace("&amp;", "&"))
    for href in sorted(seen):
        if not href.startswith("/static"):
            assert site.get(href).status in (200, 303), href


def test_every_page_of_the_menus_is_valid_in_every_language(site: Site) -> None:
    """What `frame` leads to, at the head and at the foot; /data in the release's languages."""
    tree = tree_of(site.get("/").text)
    menus = tree.xpath("//header//nav//a/@href | //footer//nav//a/@href")
    pages = {href for href in menus if href.startswith("/") and "?" not in href}
    assert {"/towns", "/query", "/years", "/ontology"} <= pages
    for page in sorted(pages - {"/ontology"} | {"/ns.html"}):  # the first leads to the second
        for language in LANGUAGES:
            answer = site.get(f"{page}?lang={language}")
            assert answer.status == 200, page
            assert page == "/data" or f'<html lang="{language}"' in answer.text, page
            valid(answer.text)


def test_a_partnership_says_when_registers_had_it_and_which_has_it_no_more(
    tmp_path: Path,
) -> None:
    tie, register = f"<{BASE}partnership/xx-a--xx-b>", f"<{BASE}source/later>"
    quads = "".join(
        f"{line} .\n"
        for line in (
            *(f"{tie} <{ns.TG}partner> <{BASE}municipality/xx-{key}>" for key in "ab"),
            *(
                f"<{BASE}municipality/xx-{key}> <{ns.RDF}type> <{ns.TG}LocalAuthority>"
                for key in "ab"
            ),
            f"{tie} <{ns.RDF}type> <{ns.TG}Partnership>",
            f'{tie} <{ns.TG}firstSeen> "2016-04-10"^^<{ns.XSD}date>',
            f'{tie} <{ns.TG}lastSeen> "2017-02-03"^^<{ns.XSD}date>',
            f"{tie} <{ns.TG}absentFrom> {register}",
            f"{register} <{ns.RDF}type> <{ns.TG}Source>",
            f'{register} <{ns.DCT}title> "A later register"@en',
            f'{register} <{ns.TG}rank> "20"^^<{ns.XSD}integer>',
        )
    )
    site = Site(ReleaseService(release_of(quads, tmp_path / "release")))
    try:
        text = words(site.get("/partnership/xx-a--xx-b.html").text)
    finally:
        site.close()
    assert (
        "In registers from 10 April 2016 to 3 February 2017 · no longer in A later register" in text
    )
    assert "no start named in the sources" in text and "Since" not in text


def test_partnerships_of_which_nothing_more_is_known_stand_by_country(tmp_path: Path) -> None:
    towns = {"xx-a": None, "b": "FRA", "c": "DEU", "d": "FRA", "e": None}
    lines = []
    for key, country in towns.items():
        town = f"<{BASE}municipality/{key}>"
        lines += [
            f"{town} <{ns.RDF}type> <{ns.TG}LocalAuthority>",
            f'{town} <{ns.SKOS}prefLabel> "Town {key}"@en',
        ]
        if country:
            lines.append(f"{town} <{ns.TG}country> <{ns.COUNTRY}{country}>")
        if key != "xx-a":
            tie = f"<{BASE}partnership/{key}--xx-a>"
            lines += [
                f"{tie} <{ns.RDF}type> <{ns.TG}Partnership>",
                f"{tie} <{ns.TG}partner> {town}",
                f"{tie} <{ns.TG}partner> <{BASE}municipality/xx-a>",
            ]
    lines.append(f"<{BASE}partnership/b--xx-a> <{ns.TG}statedBy> <{BASE}municipality/b>")
    lines.append(f"<{BASE}partnership/b--xx-a> <{ns.TG}notStatedBy> <{BASE}municipality/xx-a>")
    quads = "".join(f"{line} .\n" for line in lines)
    site = Site(ReleaseService(release_of(quads, tmp_path / "release")))
    try:
        text = site.get("/municipality/xx-a.html").text
    finally:
        site.close()
    valid(text)
    assert text.count("name neither a date nor a document") == 1
    assert "no document named" not in text and "not stated" not in text
    shown = words(text)
    order = ["France Town b Partnership", "one-sided", "Town d Partnership",
             "Germany Town c Partnership", "Country not known Town e Partnership"]  # fmt: skip
    places = [shown.index(part) for part in order]
    assert places == sorted(places)


def test_the_sitemap_leads_to_every_page_of_a_thing(odd: Site) -> None:
    answer = odd.get("/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    addresses = re.findall("<loc>(.*?)</loc>", answer.text)
    assert len(addresses) == len(set(addresses))
    paths = {"/" + address.split("/", 3)[3] for address in addresses}
    kinds = ("municipality", "partnership", "agreement", "person", "project", "programme", "source")
    things = {
        f"/{key}.html" for key in odd.things() if key.split("/")[0] in kinds and "#" not in key
    }
    assert things <= paths
    for path in sorted(paths)[:40]:
        assert odd.get(path).status == 200, path
    assert odd.get("/sitemap-1.xml").status == 404


def test_a_page_says_where_it_is_and_what_it_is_to_those_who_share_it(site: Site) -> None:
    shown = tree_of(site.get(_TOWN).text)
    (canonical,) = shown.xpath("//link[@rel='canonical']/@href")
    assert canonical.endswith(_TOWN) and canonical.startswith("http")
    told = {one.get("property"): one.get("content") for one in shown.xpath("//meta[@property]")}
    assert told["og:url"] == canonical
    assert told["og:title"] == "Miasto i Gmina Sieniawa"
    (icon,) = shown.xpath("//link[@rel='icon']/@href")
    assert site.get(icon).status == 200
