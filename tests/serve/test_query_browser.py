"""The query page in a real browser, over the data as it ships."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.service import Server
from twingraph.build import Built
from twingraph.web.assets import BUILT

from .browser import Visit, browser, needs_browser

__all__ = ["browser"]

pytestmark = [
    needs_browser,
    pytest.mark.skipif(
        not (BUILT / "manifest.json").is_file(), reason="the front end is not built: make build"
    ),
]

PLACES = """PREFIX tg: <https://w3id.org/twingraph/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
SELECT ?town (SAMPLE(?label) AS ?name) ?wkt {
  ?town a tg:LocalAuthority ; skos:prefLabel ?label ; geo:hasGeometry/geo:asWKT ?wkt
} GROUP BY ?town ?wkt ORDER BY ?town"""
ROWS = 150


@pytest.fixture(scope="module")
def address(built: Built) -> Iterator[str]:
    running = Server(built.out, f"settings = dict(limits=Limits(seconds=20, rows={ROWS}))\n")
    yield running.url.rstrip("/")
    assert running.stop() == 0


def opened(visit: Visit, address: str, parameters: str = "") -> Page:
    """The page, its editor ready."""
    visit.page.goto(f"{address}/query{parameters}")
    expect(visit.page.locator("html")).to_have_attribute("data-editor", "ready", timeout=60_000)
    return visit.page


def editor(page: Page) -> Locator:
    return page.locator(".tabPanel.active .CodeMirror")


def written(page: Page) -> str:
    return str(editor(page).evaluate("one => one.CodeMirror.getValue()"))


def write(page: Page, query: str) -> None:
    editor(page).evaluate("(one, query) => one.CodeMirror.setValue(query)", query)


def ask(page: Page, query: str) -> None:
    """Put a query into the editor and run it with the keyboard."""
    write(page, query)
    editor(page).locator("textarea").first.focus()
    page.keyboard.press("Control+Enter")


def answered(page: Page, rows: int | None = None) -> None:
    told = "Rows: " if rows is None else f"Rows: {rows},"
    expect(page.locator("#query-status")).to_contain_text(told, timeout=60_000)


def asked(address: str, query: str, accept: str) -> requests.Response:
    found = requests.post(
        f"{address}/sparql", data={"query": query}, headers={"Accept": accept}, timeout=60
    )
    found.raise_for_status()
    return found


def test_choosing_a_question_fills_the_editor_and_runs_it(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        page.get_by_text("Networks and places").click()
        page.get_by_role("link", name="Which towns lie within a bounding box?").click()
        answered(page)
        assert written(page).startswith("# Which towns lie within a bounding box?\n\nPREFIX tg:")
        expect(page.locator("#query-about")).to_contain_text("well-known text")
        expect(page.locator(".query-table table")).to_contain_text("Pečovská Nová Ves")
        # An IRI of the graph leads to this service's own page.
        link = page.locator(".query-table a.iri", has_text="sk-lutina").first
        assert link.get_attribute("href") == "/municipality/sk-lutina"


def test_what_a_reader_wrote_is_not_overwritten(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        write(page, "ASK { ?my ?own ?work }")
        page.get_by_role("link", name="Is one town twinned with another?").click()
        expect(page.locator("#query-status")).to_contain_text("Answered", timeout=60_000)
        assert page.locator("[role=tab]").count() == 2
        page.locator("[role=tab]").first.click()
        assert written(page) == "ASK { ?my ?own ?work }"


def test_a_query_is_kept_on_this_machine(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, "SELECT ?kept { VALUES ?kept { 1 2 3 } }")
        answered(page, 3)
        opened(visit, address)
        assert written(page) == "SELECT ?kept { VALUES ?kept { 1 2 3 } }"


def test_one_question_after_another_takes_one_tab(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address, "?example=edge-list")
        answered(page)
        opened(visit, address, "?example=partners-of-a-town")
        answered(page)
        assert page.locator("[role=tab]").count() == 1
        assert written(page).startswith("# Who are the partners of a town")


def test_an_error_is_shown_at_its_place(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, "SELECT ?x\nWHERE {\n  ?x ?y ?z .\n  FILTER(?x = )\n}")
        mistake = page.get_by_role("alert")
        expect(mistake).to_contain_text("Line 4, column 15")
        expect(mistake).to_contain_text("Expected here: ")
        for word in ("?name", "STR", "<IRI>"):
            expect(mistake.get_by_text(word, exact=True).first).to_be_visible()
        expect(editor(page).locator(".query-mistake")).to_have_text(")")
        page.get_by_role("button", name="Line 4, column 15").click()
        place = editor(page).evaluate("one => one.CodeMirror.getCursor()")
        assert (place["line"], place["ch"]) == (3, 14)
        assert visit.serious() == []
        # The browser itself notes the status 400.
        assert all("400" in one for one in visit.complaints)
        visit.complaints.clear()
        ask(page, "SELECT * { VALUES ?fine { 1 } }")
        answered(page, 1)
        assert editor(page).locator(".query-mistake").count() == 0


def test_what_only_the_service_refuses_is_told_as_well(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, "SELECT * { SERVICE <http://localhost:1/> { ?s ?p ?o } }")
        expect(page.get_by_role("alert")).to_contain_text("SERVICE is not followed from here")
        visit.complaints.clear()


def test_a_cut_result_says_so(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, "SELECT * { ?s ?p ?o }")
        answered(page, ROWS)
        expect(page.locator("#query-cut")).to_have_text(
            f"First {ROWS} of more: the service cuts longer results."
        )
        ask(page, "SELECT * { ?s ?p ?o } LIMIT 7")
        answered(page, 7)
        expect(page.locator("#query-cut")).to_be_hidden()


def test_places_are_shown_on_a_map(browser: Browser, address: str) -> None:
    found = json.loads(asked(address, PLACES, "application/sparql-results+json").text)
    places = found["results"]["bindings"]
    assert len(places) > 3
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, PLACES)
        answered(page, len(places))
        page.get_by_role("button", name="Map", exact=True).click()
        spots = page.locator(".query-map .spot")
        expect(spots).to_have_count(len(places))
        assert len(page.locator(".query-map .land").get_attribute("d") or "") > 1000
        spots.first.click(force=True)
        row = page.locator(".query-map .about dl")
        expect(row).to_contain_text(places[0]["name"]["value"])
        before = spots.nth(1).get_attribute("cx")
        page.get_by_role("button", name="Closer").click()
        assert page.locator(".query-map .spot").nth(1).get_attribute("cx") != before
        assert visit.serious() == []
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save this view").click()
        picture = saving.value.path().read_text("utf-8")
        assert picture.startswith("<svg") and picture.count("<circle") == len(places)


def test_numbers_are_shown_as_a_chart(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, 'SELECT * { VALUES (?name ?n) { ("one" 10) ("two" 20) ("three" 5) } }')
        answered(page, 3)
        expect(page.get_by_role("button", name="Map", exact=True)).to_be_disabled()
        page.get_by_role("button", name="Chart", exact=True).click()
        expect(page.locator(".query-chart rect")).to_have_count(3)
        widths = [
            float(bar.get_attribute("width") or "")
            for bar in page.locator(".query-chart rect").all()
        ]
        assert widths == pytest.approx([widths[0], widths[0] * 2, widths[0] / 2])
        assert page.get_by_role("img", name="Bar chart of n by name").count() == 1
        assert visit.serious() == []


def test_a_download_is_what_the_endpoint_gives(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, PLACES)
        answered(page)
        with page.expect_download() as saving:
            page.get_by_role("button", name="Download CSV").click()
        assert saving.value.suggested_filename == "twingraph.csv"
        saved = saving.value.path().read_bytes()
        assert saved == asked(address, PLACES, "text/csv").content
        assert len(list(csv.reader(saved.decode().splitlines()))) > 3


def test_of_many_rows_one_page_is_made_and_all_are_sorted_and_filtered(
    browser: Browser, address: str
) -> None:
    query = """SELECT ?a ?number { VALUES ?a { 1 2 3 4 5 6 7 8 9 10 11 12 }
      VALUES ?b { 1 2 3 4 5 6 7 8 9 10 11 12 } BIND(?a * 100 + ?b AS ?number) } ORDER BY ?number"""
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, query)
        answered(page, 144)
        table, told = page.locator(".query-table table"), page.locator(".query-table output")
        column = table.locator("tbody td:nth-child(3)")
        expect(told).to_have_text("Rows 1 to 50 of 144")
        assert column.count() == 50 and table.get_attribute("aria-rowcount") == "145"
        page.get_by_role("button", name="Rows after these").click()
        expect(column.first).to_have_text("503")
        page.get_by_role("button", name="number").click()
        expect(column.first).to_have_text("101")
        page.get_by_role("button", name="number").click()
        # The greatest of all, not of those that were shown.
        expect(column.first).to_have_text("1212")
        expect(table.locator("th").nth(2)).to_have_attribute("aria-sort", "descending")
        page.get_by_label("Filter these rows").fill("120")
        expect(told).to_have_text("Rows 1 to 9 of 9")
        page.get_by_label("Filter these rows").fill("nothing")
        expect(told).to_have_text("No rows")
        page.get_by_label("Filter these rows").fill("")
        page.get_by_label("Rows on a page").select_option("200")
        expect(told).to_have_text("Rows 1 to 144 of 144")
        assert visit.serious() == []


def test_links_have_the_names_of_their_things_beside_them(browser: Browser, address: str) -> None:
    query = """PREFIX tg: <https://w3id.org/twingraph/ns#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?town ?name { ?town a tg:LocalAuthority OPTIONAL { ?town skos:prefLabel ?name
      FILTER(STRENDS(STR(?town), "sk-lutina")) } } ORDER BY ?town"""
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, query)
        answered(page)
        town = page.locator(".query-table td", has_text="municipality:be-tremelo")
        expect(town).to_contain_text("Tremelo")
        # Not where the row says it already.
        named = page.locator(".query-table td:nth-child(2)", has_text="municipality:sk-lutina")
        expect(named).to_have_text("municipality:sk-lutina")


def test_a_misspelt_term_of_ours_is_told_where_there_are_no_rows(
    browser: Browser, address: str
) -> None:
    prefix = "PREFIX tg: <https://w3id.org/twingraph/ns#>"
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, f"{prefix} SELECT * {{ ?a tg:twinedWith ?b }}")
        answered(page, 0)
        expect(page.locator("#query-cut")).to_have_text(
            "tg:twinedWith is no term of the vocabulary. Is twinnedWith meant?"
        )
        ask(page, f"{prefix} SELECT * {{ ?a tg:twinnedWith ?a }}")
        answered(page, 0)
        expect(page.locator("#query-cut")).to_be_hidden()


def test_a_link_gives_somebody_else_the_same(browser: Browser, address: str) -> None:
    query = 'SELECT ?x { VALUES ?x { "Ľutina & \\"more\\"" "100 %" } } # ünï'
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        ask(page, query)
        answered(page, 2)
        link = page.get_by_role("link", name="Link to this query").get_attribute("href")
    assert link is not None and link.startswith("/query?query=")
    with Visit(browser, address) as visit:
        page = opened(visit, address, link.removeprefix("/query"))
        answered(page, 2)
        assert written(page) == query
        expect(page.locator(".query-table table")).to_contain_text('Ľutina & "more"')


def test_the_keyboard_is_enough(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        question = page.get_by_role("link", name="Is one town twinned with another?")
        question.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#query-status")).to_contain_text("Answered", timeout=60_000)
        # Into the editor and out of it again.
        editor(page).locator("textarea").first.focus()
        before = written(page)
        page.keyboard.press("Tab")
        assert not page.evaluate("!!document.activeElement.closest('.CodeMirror-code, textarea')")
        assert written(page) == before
        for name in ("Download CSV", "Copy the link", "As sent", "Run the query"):
            button = page.get_by_role("button", name=name, exact=True)
            button.focus()
            expect(button).to_be_focused()


def test_completion_knows_our_own_terms(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        write(page, "SELECT * {\n  ?s ")
        editor(page).locator("textarea").first.focus()
        page.keyboard.press("Control+End")
        page.keyboard.type("tg:sign")
        # The prefix is declared as soon as it is used.
        assert written(page).startswith("PREFIX tg: <https://w3id.org/twingraph/ns#>\n")
        page.keyboard.press("Control+Space")
        hints = page.locator(".CodeMirror-hints")
        expect(hints).to_contain_text("tg:signedOn  signed on")
        assert visit.serious() == []
        page.get_by_text("tg:signedOn  signed on").click()
        assert written(page).rstrip().endswith("?s tg:signedOn")


def test_markup_in_the_data_stays_text(browser: Browser, address: str) -> None:
    query = """SELECT ?text ?iri ?wkt { BIND("<img src=x onerror=alert(1)>" AS ?text)
      BIND(IRI("javascript:alert(1)") AS ?iri) BIND("POINT(20 50)" AS ?wkt) }"""
    with Visit(browser, address) as visit:
        page = opened(visit, address)
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        ask(page, query)
        answered(page, 1)
        results = page.locator(".yasr_results")
        expect(results).to_contain_text("<img src=x onerror=alert(1)>")
        page.get_by_role("button", name="Map", exact=True).click()
        page.locator(".query-map .spot").click(force=True)
        expect(page.locator(".query-map dl")).to_contain_text("javascript:alert(1)")
        assert results.locator("img").count() == 0
        assert page.locator("a[href^=javascript]").count() == 0
        # The editor cleans what it shows by parsing it aside, which the policy notes as blocked.
        assert all("inline event handler" in one for one in visit.complaints)
        visit.complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_serious_and_nothing_too_wide(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 800}
    with Visit(browser, address, viewport=size, color_scheme=scheme) as visit:
        page = opened(visit, address, "?example=towns-in-a-bounding-box")
        answered(page)
        expect(page.locator(".query-table table tbody tr").first).to_be_visible()
        assert visit.serious() == []
        assert visit.overflow() <= 0


def test_it_speaks_the_readers_language(browser: Browser, address: str) -> None:
    with Visit(browser, address, locale="pl-PL") as visit:
        page = opened(visit, address)
        page.get_by_role("link", name="Czy jedna gmina jest partnerem drugiej?").click()
        expect(page.locator("#query-status")).to_contain_text("Odpowiedź w ", timeout=60_000)
        ask(page, "SELECT * { VALUES ?x { 1 2 } }")
        expect(page.locator("#query-status")).to_contain_text("Wiersze: 2", timeout=60_000)
        expect(page.get_by_role("button", name="Tabela", exact=True)).to_be_visible()
        expect(page.locator(".query-table output")).to_have_text("Wiersze od 1 do 2 z 2")
        page.locator(".languages").get_by_role("link", name="Slovenčina").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Opýtajte sa grafu")


def test_it_works_without_scripts(browser: Browser, address: str) -> None:
    with Visit(browser, address, java_script_enabled=False) as visit:
        page = visit.page
        page.goto(f"{address}/query")
        page.get_by_role("link", name="Is one town twinned with another?").click()
        expect(page.locator("#query-plain-result")).to_contain_text("Yes")
        page.get_by_label("SPARQL query").fill("SELECT * { ?s ?p ?o } LIMIT 4")
        page.get_by_role("button", name="Run the query").click()
        expect(page.locator("#query-plain-result tbody tr")).to_have_count(4)
        with page.expect_download() as saving:
            page.get_by_role("button", name="CSV").click()
        assert len(saving.value.path().read_text().splitlines()) == 5


def test_the_endpoint_itself_shows_the_page_to_browsers(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        visit.page.goto(f"{address}/sparql")
        expect(visit.page.locator("html")).to_have_attribute("data-editor", "ready")
        ask(visit.page, "SELECT * { VALUES ?x { 1 } }")
        answered(visit.page, 1)
