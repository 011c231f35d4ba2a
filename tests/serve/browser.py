"""A real browser for the tests of pages: Debian's Chromium, driven by Playwright.

    from .browser import Visit, browser, needs_browser  # noqa: F401  (browser is a fixture)

    @needs_browser
    def test_something(browser: Browser, address: str) -> None:
        with Visit(browser, address) as visit:
            visit.page.goto(f"{address}/query")
            ...
        # On leaving: no request to another host, no word in the console.

One start for each module that asks: Playwright's loop would be in the way of asyncio.run in
others.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.conftest import ROOT

AXE: Final = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM: Final = shutil.which("chromium")
# Nothing of the browser's own goes to the network.
_FLAGS: Final = [
    "--no-sandbox",
    # WebGL in software, for maps; pages are painted without it, which is faster so.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-rasterization",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE: Final = 60_000
"""Milliseconds to wait for what must come: a loaded machine is slow."""

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once for a module."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield started
        started.close()


class Visit:
    """A reader's session at a site: a window with nothing remembered, and what it did.

    Options are Playwright's for a new context: viewport, color_scheme, java_script_enabled,
    locale.
    """

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self._host = urlsplit(address).netloc
        self.context = browser.new_context(**{"locale": "en-GB", **options})
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", self._requested)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self._host:
            self.elsewhere.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def serious(self, scope: str = "body") -> list[str]:
        """What axe-core finds serious or critical within a selector: rule and place of each."""
        before = list(self.complaints)
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "scope => axe.run(scope, {resultTypes: ['violations'], preload: false})"
            ".then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact)))",
            scope,
        )
        # Styles that axe itself tries to set are not the page's.
        self.complaints[:] = before
        return [f"{one['id']}: {node['html'][:300]}" for one in found for node in one["nodes"]]

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"),
        )

    def __enter__(self) -> Visit:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.context.close()
        if kind is None:
            assert self.elsewhere == []
            assert "\n".join(self.complaints) == ""
