"""Whatever can be pressed or filled in on a page is reached by the Tab key alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.serve.browser import PATIENCE, Visit, browser, needs_browser
from tests.service import Server
from twingraph.build import Built
from twingraph.web.assets import asset

__all__ = ["browser"]

pytestmark = [
    needs_browser,
    pytest.mark.skipif(not asset("map.js"), reason="the front end was not built"),
]
READY = {
    "/map": ".explorer.is-live",
    "/network": ".explorer.is-live",
    "/years": "figure.is-live canvas",
    "/query?example=partners-of-a-town": ".query-table tbody tr",
    "/partnerships?country=POL": "form.filters",
}
NUMBERED = """() => {
  const controls = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: false }) &&
    !one.disabled && one.type !== "hidden" && !one.closest("[inert], [aria-hidden=true]");
  // Of tabs the one that is chosen has the focus; arrows lead to the others.
  const roving = (one) => one.matches("[role=tab][tabindex='-1'], [role=option]");
  const found = [...document.querySelectorAll(controls)].filter((one) => seen(one) && !roving(one));
  found.forEach((one, number) => { one.dataset.control = number; });
  return found.map((one) => one.outerHTML.slice(0, 160));
}"""
PRESSABLE = """() => [...document.querySelectorAll("main *")]
  .filter((one) => getComputedStyle(one).cursor === "pointer" && one.checkVisibility())
  .filter((one) => !one.closest("a[href], button, input, select, summary, label, [tabindex]"))
  .filter((one) => !one.querySelector("a[href], button, input, select, [role=tab]"))
  .map((one) => one.outerHTML.slice(0, 160))"""


@pytest.fixture(scope="module")
def address(built: Built) -> Iterator[str]:
    running = Server(built.out)
    yield running.url.rstrip("/")
    assert running.stop() == 0


def reached(page: Page, controls: int) -> set[int]:
    """The numbers of the controls that have the focus in turn, from the top of the page."""
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    found: set[int] = set()
    for _ in range(2 * controls + 20):
        page.keyboard.press("Tab")
        number = page.evaluate("document.activeElement.dataset.control ?? null")
        found |= {int(number)} if number is not None else set()
    return found


@pytest.mark.parametrize("path", READY)
@pytest.mark.parametrize("width", [360, 1280])
def test_tab_reaches_every_control(browser: Browser, address: str, path: str, width: int) -> None:
    with Visit(browser, address, viewport={"width": width, "height": 800}) as visit:
        page = visit.page
        page.goto(f"{address}{path}")
        page.wait_for_selector(READY[path], timeout=PATIENCE)
        controls = page.evaluate(NUMBERED)
        there = reached(page, len(controls))
        assert len(controls) > 10
        assert [one for number, one in enumerate(controls) if number not in there] == []
        assert page.evaluate(PRESSABLE) == [], "it looks as if it could be pressed"
