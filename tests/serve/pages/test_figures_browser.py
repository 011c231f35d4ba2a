"""The map and the network in a real browser, drawn by WebGL in software: what is seen, pressed,
filtered, kept in the address, and what there is without scripts or without WebGL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serve.browser import AXE, PATIENCE, Visit, browser, needs_browser
from tests.service import Server
from twingraph.build import Built
from twingraph.web.assets import asset

__all__ = ["browser"]

pytestmark = [
    needs_browser,
    pytest.mark.skipif(not asset("map.js"), reason="the front end was not built"),
]
FIGURES = ("map", "network")
NO_WEBGL = """
    const real = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return /webgl/.test(kind) ? null : real.call(this, kind, ...rest);
    };
"""


@pytest.fixture(scope="module")
def address(built: Built) -> Iterator[str]:
    running = Server(built.out)
    yield running.url.rstrip("/")
    assert running.stop() == 0


def live(page: Page, address: str) -> None:
    """Go to a figure and wait until it is drawn."""
    page.goto(address)
    page.wait_for_selector(".explorer.is-live", timeout=PATIENCE)


def chosen(page: Page) -> str:
    return page.locator(".chosen h2").inner_text()


@pytest.mark.parametrize("figure", FIGURES)
def test_a_town_is_found_by_keyboard_and_kept_in_the_address(
    browser: Browser, address: str, figure: str
) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        live(page, f"{address}/{figure}?lang=de")
        page.locator("#town").focus()
        page.keyboard.type("treme")
        page.wait_for_selector("#town-suggestions [role=option]")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert chosen(page) == "Tremelo"
        entry = page.locator(".chosen li")
        assert entry.count() == 1 and "Sieniawa" in entry.inner_text()
        # The view moves there: where it stands is in the address as well.
        expect(page).to_have_url(re.compile("#at=.*&town=be-tremelo$"), timeout=PATIENCE)
        page.wait_for_timeout(500)
        kept = page.url
        # The same address shows the same town, to somebody else.
        page.goto("about:blank")
        live(page, kept)
        assert chosen(page) == "Tremelo"
        assert page.url == kept
        page.locator(".chosen a").first.focus()
        page.keyboard.press("Escape")
        assert page.locator(".chosen").is_hidden()
        expect(page).not_to_have_url(re.compile("town="))


@pytest.mark.parametrize("figure", FIGURES)
def test_filters_choose_and_stand_in_the_address(
    browser: Browser, address: str, figure: str
) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        live(page, f"{address}/{figure}")
        output = page.locator(".explorer output")
        expect(output).to_have_text("4 of 4 partnerships")
        page.select_option("select[name=country]", label="Belgium")
        expect(output).to_have_text("1 of 4 partnerships")
        assert "country=BEL" in page.url
        page.select_option("select[name=source]", index=1)
        page.select_option("select[name=decade]", index=1)
        live(page, f"{address}/{figure}#country=BEL")
        expect(output).to_have_text("1 of 4 partnerships")
        assert page.locator("select[name=country]").input_value() == "BEL"
        page.get_by_role("button", name="Show all").click()
        expect(output).to_have_text("4 of 4 partnerships")
        assert "country" not in page.url


def test_a_dot_is_pressed(browser: Browser, address: str) -> None:
    with Visit(browser, address, viewport={"width": 360, "height": 900}) as visit:
        page = visit.page
        live(page, f"{address}/map#at=9/50.178/22.612")
        box = page.locator(".live").bounding_box()
        assert box is not None
        # As near as a finger comes.
        page.mouse.click(box["x"] + box["width"] / 2 + 6, box["y"] + box["height"] / 2 - 6)
        expect(page.locator(".chosen h2")).to_have_text("Miasto i Gmina Sieniawa")
        assert page.locator(".chosen li a[href^='/partnership/']").count() == 4


def test_the_map_is_moved_by_keyboard_and_by_buttons(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        live(page, f"{address}/map")

        def zoom(act: Callable[[], object]) -> float:
            """The zoom after something was done, once the view has come to rest."""
            before = page.url
            act()
            expect(page).not_to_have_url(before, timeout=PATIENCE)
            return float(page.url.partition("at=")[2].split("/")[0])

        near = zoom(page.get_by_role("button", name="Enlarge").click)
        far = zoom(page.get_by_role("button", name="Reduce").click)
        assert far == pytest.approx(near - 1)
        page.locator("canvas.maplibregl-canvas").focus()
        assert zoom(lambda: page.keyboard.press("+")) > far
        zoom(lambda: page.keyboard.press("ArrowLeft"))
        assert zoom(page.get_by_role("button", name="Whole picture").click) < near


@pytest.mark.parametrize("figure", FIGURES)
def test_the_keyboard_reaches_every_control(browser: Browser, address: str, figure: str) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        live(page, f"{address}/{figure}#town=pl-sieniawa")
        page.locator("#town").focus()
        reached = []
        for _ in range(26):
            reached.append(
                str(
                    page.evaluate(
                        "(e => e.name || e.id || e.dataset.zoom || e.className || e.tagName)"
                        "(document.activeElement)"
                    )
                )
            )
            page.keyboard.press("Tab")
        canvas = "maplibregl-canvas" if figure == "map" else "live"
        wanted = ["town", "country", "decade", "status", "source", "2", "0.5", "0", canvas, "UL"]
        assert [one for one in reached if one in wanted][: len(wanted)] == wanted


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (frontend/node_modules)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("figure", FIGURES)
def test_axe_finds_nothing(browser: Browser, address: str, figure: str, scheme: str) -> None:
    with Visit(browser, address, color_scheme=scheme) as visit:
        page = visit.page
        live(page, f"{address}/{figure}#town=pl-sieniawa")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate(
            "axe.run('.explorer', {resultTypes: ['violations'], preload: false})"
            ".then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html}`))"
        )
        assert found == []
        visit.complaints.clear()  # Styles that axe itself tries to set are not the page's.


def test_pictures_are_saved_again_and_again(browser: Browser, address: str) -> None:
    """A picture that was sent compressed is seen; what is downloaded was not, and is never
    cancelled."""
    with Visit(browser, address) as visit:
        page = visit.page
        live(page, f"{address}/map")
        for _ in range(3):
            with page.expect_download() as download:
                page.get_by_role("link", name="SVG").click()
            assert download.value.suggested_filename == "twingraph-map.svg"
            assert Path(download.value.path()).read_text("utf-8").startswith("<svg")
        with page.expect_download() as download:
            page.get_by_role("button", name="PNG").click()
        assert download.value.suggested_filename == "twingraph-map.png"
        assert Path(download.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        # The link of the picture itself, compressed, as it stands in a page of many towns.
        answer = page.evaluate("fetch('/map.svg').then(r => r.headers.get('content-encoding'))")
        assert answer == "gzip"


def test_years_are_told_by_keyboard_and_lead_to_their_list(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        page.goto(f"{address}/years")
        page.wait_for_selector("figure.is-live canvas")
        output = page.locator("figure output")
        page.locator(".chart").focus()
        page.keyboard.press("End")
        expect(output).to_have_text("2010: 1")
        page.select_option("select[name=country]", label="Belgium")
        page.locator(".chart").focus()
        page.keyboard.press("Home")
        expect(output).to_have_text("2008: 1")
        page.keyboard.press("Enter")
        page.wait_for_url("**/partnerships?from=2008&to=2008&sort=since&country=BEL")
        assert page.locator("tbody tr").count() == 1


def test_a_list_opens_as_a_map_and_the_map_as_a_list(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        page.goto(f"{address}/partnerships?country=POL&from=2000")
        listed = page.locator("tbody tr").count()
        assert 1 < listed < 4
        page.locator(".formats").get_by_role("link", name="Map").click()
        page.wait_for_selector(".explorer.is-live", timeout=PATIENCE)
        output = page.locator(".above output")
        expect(output).to_have_text(f"{listed} of {listed} partnerships")
        page.select_option("select[name=country]", label="Slovakia")
        shown = (output.text_content() or "").split()[0]
        page.get_by_role("button", name="Show all").click()
        expect(output).to_have_text(f"{listed} of {listed} partnerships")
        page.select_option("select[name=country]", label="Slovakia")
        page.get_by_role("link", name="The partnerships as a list").click()
        page.wait_for_url("**/partnerships?country=POL&from=2000&other_country=SVK")
        assert page.locator("tbody tr").count() == int(shown) > 0
        page.locator(".formats").get_by_role("link", name="Partnerships by year").click()
        page.wait_for_selector("figure.is-live canvas")
        page.locator(".chart").focus()
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        page.wait_for_url("**/partnerships?from=*&sort=since&country=POL&other_country=SVK")


def test_what_no_list_can_be_narrowed_by_has_no_link(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        live(page, f"{address}/map#decade=0")
        link = page.locator("[data-list]")
        if page.locator("select[name=decade] option[value='0']").count():
            expect(link).to_be_hidden()
        page.select_option("select[name=decade]", "2000")
        expect(link).to_have_attribute("href", "/partnerships?from=2000&to=2009&status=lasting")


@pytest.mark.parametrize("figure", FIGURES)
def test_without_webgl_the_picture_stays(browser: Browser, address: str, figure: str) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        page.add_init_script(NO_WEBGL)
        page.goto(f"{address}/{figure}")
        page.wait_for_selector(".controls button")
        assert page.locator(".picture svg").is_visible()
        assert page.locator(".live").count() == 0
        visit.complaints.clear()


@pytest.mark.parametrize("figure", FIGURES)
def test_without_scripts_there_is_the_picture(browser: Browser, address: str, figure: str) -> None:
    with Visit(browser, address, java_script_enabled=False) as visit:
        page = visit.page
        page.goto(f"{address}/{figure}")
        assert page.locator(".picture svg").is_visible()
        assert page.locator(".explorer form").is_hidden()
        assert page.locator(".explorer .above").is_hidden()
        page.locator(".picture svg a[data-key]").first.click(force=True)
        page.wait_for_url("**/municipality/*")
