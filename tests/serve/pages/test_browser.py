"""Pages in a real browser: search, map, languages, keyboard, dark mode, narrow windows, axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.serve.browser import AXE, Visit, browser, needs_browser
from tests.service import Server
from twingraph.build import Built
from twingraph.web.assets import asset
from twingraph.web.languages import LANGUAGES

__all__ = ["browser"]

pytestmark = needs_browser
needs_scripts = pytest.mark.skipif(not asset("pages.js"), reason="the front end was not built")

TOWN = "/municipality/pl-sieniawa.html"
PAGES = (
    "/",
    TOWN,
    "/partnership/pl-sieniawa--sk-pecovska-nova-ves.html",
    "/person/adam-wos.html",
    "/project/dedicstvo-starych-mam-bez-hranic.html",
    "/programme/interreg-v-a-pl-sk-2014-2020.html",
    "/source/sieniawa-partner-towns.html",
    "/concept/field/culture.html",
    "/agreement/be-tremelo--pl-sieniawa_1.html",
    "/towns",
    "/partnerships?sort=since",
    "/projects",
    "/search?q=sieniawa",
    "/map",
    "/network",
    "/years",
    "/compare?one=be-tremelo&other=sk-lutina",
    "/data",
    "/quality.html",
    "/quality-wikidata.html",
    "/contribute?about=agreement/pl-sieniawa--sk-lutina_1&field=signed_on",
)


@pytest.fixture(scope="module")
def address(built: Built) -> Iterator[str]:
    running = Server(built.out)
    yield running.url.rstrip("/")
    assert running.stop() == 0


def focused(page: Page) -> str:
    """What has the focus, in a word or two."""
    return str(
        page.evaluate(
            "(e => `${e.tagName} ${e.id || e.getAttribute('href') || e.className}`)"
            "(document.activeElement)"
        )
    )


@needs_scripts
def test_search_suggests_and_leads_there_by_keyboard(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        page.goto(f"{address}/")
        assert focused(page) == "INPUT q"
        page.keyboard.type("pecovska")
        page.wait_for_selector("#q-suggestions [role=option]")
        assert page.locator("#q-suggestions [role=option] span").first.inner_text() == (
            "Pečovská Nová Ves"
        )
        assert visit.serious(".great") == []
        page.keyboard.press("ArrowDown")
        assert page.locator("#q").get_attribute("aria-activedescendant") == "q-suggestions-0"
        page.keyboard.press("Enter")
        page.wait_for_url("**/municipality/sk-pecovska-nova-ves.html")
        assert page.locator("h1").inner_text() == "Pečovská Nová Ves"


@needs_scripts
def test_the_map_of_a_town_moves_and_enlarges(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        page.goto(f"{address}{TOWN}")
        page.wait_for_selector(".controls button")
        svg = page.locator(".picture svg")

        def view() -> list[float]:
            return [float(n) for n in (svg.get_attribute("viewBox") or "").split()]

        whole = view()
        page.locator(".controls button").first.click()
        assert view()[2] == pytest.approx(whole[2] * 0.6)
        box = svg.bounding_box()
        assert box is not None
        before = view()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2 + 120, box["y"] + box["height"] / 3, steps=5)
        page.mouse.up()
        assert view()[0] < before[0]
        assert page.url == f"{address}{TOWN}"
        page.locator(".picture").focus()
        page.keyboard.press("0")
        assert view() == whole


def test_the_language_switch_keeps_the_page_and_is_remembered(
    browser: Browser, address: str
) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        page.goto(f"{address}/partnerships?country=SVK")
        page.get_by_role("link", name="Slovenčina").click()
        assert page.url.endswith("/partnerships?country=SVK&lang=sk")
        assert page.locator("h1").inner_text() == "Partnerstvá"
        page.get_by_role("link", name="Mestá a obce").first.click()
        assert page.locator("h1").inner_text() == "Mestá a obce"
        assert page.locator("html").get_attribute("lang") == "sk"


def test_keyboard_alone_reaches_the_content_and_opens_a_mark(
    browser: Browser, address: str
) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        page.goto(f"{address}{TOWN}")
        page.keyboard.press("Tab")
        assert focused(page) == "A #main"
        page.keyboard.press("Enter")
        assert focused(page) == "MAIN main"
        for _ in range(6):
            page.keyboard.press("Tab")
            if focused(page).startswith("SUMMARY"):
                break
        page.keyboard.press("Enter")
        assert page.locator("details.mark[open] .said").first.is_visible()
        if asset("pages.js"):
            page.keyboard.press("Escape")
            assert page.locator("details.mark[open]").count() == 0


def test_without_scripts_all_is_there(browser: Browser, address: str) -> None:
    with Visit(browser, address, java_script_enabled=False) as visit:
        page = visit.page
        page.goto(f"{address}/")
        page.fill("#q", "pecovska")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Pečovská Nová Ves", exact=True).first.click()
        assert page.locator(".picture svg").is_visible()
        page.locator("details.mark summary").first.click()
        assert page.locator("details.mark[open] .said").first.is_visible()
        page.goto(f"{address}/towns")
        page.select_option("select[name=country]", "POL")
        page.get_by_role("button", name="Filter").click()
        assert page.locator("tbody tr").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (frontend/node_modules)")
def test_axe_finds_nothing_serious(browser: Browser, address: str, scheme: str) -> None:
    with Visit(browser, address, color_scheme=scheme, viewport={"width": 1100, "height": 800}) as v:
        found = []
        # Colours are what differs in the dark: the pages that have them all are enough.
        for path in PAGES if scheme == "light" else PAGES[:3]:
            v.page.goto(f"{address}{path}")
            v.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
            found += [f"{path} {one}" for one in v.serious()]
        assert found == []


def test_narrow_screens_need_no_sideways_scroll(browser: Browser, address: str) -> None:
    with Visit(browser, address, viewport={"width": 360, "height": 700}) as visit:
        for language in ("en", "pl", "de"):
            for path in PAGES:
                mark = "&" if "?" in path else "?"
                visit.page.goto(f"{address}{path}{mark}lang={language}")
                visit.page.evaluate(
                    "document.querySelectorAll('details').forEach(d => { d.open = true })"
                )
                assert visit.overflow() <= 0, f"{path} in {language}"


@pytest.mark.parametrize("width", [360, 1057, 1280])
def test_the_head_is_one_row(browser: Browser, address: str, width: int) -> None:
    with Visit(browser, address, viewport={"width": width, "height": 700}) as visit:
        for language in LANGUAGES:
            visit.page.goto(f"{address}{TOWN}?lang={language}")
            assert visit.page.locator("header").bounding_box()["height"] < 64  # type: ignore[index]
            assert visit.overflow() <= 0


def test_the_menu_of_a_phone_needs_no_scripts(browser: Browser, address: str) -> None:
    narrow = {"width": 360, "height": 700}
    with Visit(browser, address, viewport=narrow, java_script_enabled=False) as visit:
        page = visit.page
        page.goto(f"{address}{TOWN}?lang=de")
        switch = page.get_by_role("link", name="Français")
        assert not switch.is_visible()
        page.get_by_role("button", name="Menü").click()
        switch.click()
        assert page.url == f"{address}{TOWN}?lang=fr"
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Données", exact=True).click()
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Quality", exact=True).click()
        assert page.locator("h1").inner_text() == "Quality report"


def test_dark_by_preference(browser: Browser, address: str) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        with Visit(browser, address, color_scheme=scheme) as visit:
            visit.page.goto(f"{address}{TOWN}")
            colours[scheme] = visit.page.evaluate(
                "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
            )
    assert sum(colours["light"]) > 600 and sum(colours["dark"]) < 150
