"""No page of the service asks anything of another host, or anything its policy forbids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.service import Server
from twingraph.build import Built

from .browser import Visit, browser, needs_browser

__all__ = ["browser"]

pytestmark = needs_browser

MOST = 40
EACH = 1
"""Pages of a kind: of all towns, one."""


@pytest.fixture(scope="module")
def address(built: Built) -> Iterator[str]:
    running = Server(built.out)
    yield running.url.rstrip("/")
    assert running.stop() == 0


def test_every_kind_of_page_keeps_to_its_policy(browser: Browser, address: str) -> None:
    """From page to page, as links lead; Visit complains on leaving."""
    waiting, seen, kinds = ["/"], {"/"}, Counter[str]()
    with Visit(browser, address) as visit:
        while waiting and kinds.total() < MOST:
            path = waiting.pop(0)
            kind = path.strip("/").split("/")[0]
            if kinds[kind] >= EACH:
                continue
            kinds[kind] += 1
            response = visit.page.goto(address + path)
            assert response is not None and response.status == 200, path
            headers = response.headers
            assert headers["content-type"].startswith("text/html"), path
            rules = dict(
                rule.split(" ", 1) for rule in headers["content-security-policy"].split("; ")
            )
            assert rules["default-src"] == rules["frame-ancestors"] == "'none'", path
            assert rules["script-src"] == "'self'", path
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["referrer-policy"] and headers["permissions-policy"], path
            for href in visit.page.eval_on_selector_all(
                "a[href]", "all => all.map(one => one.getAttribute('href'))"
            ):
                parts = urlsplit(href)
                page = not parts.netloc and not parts.query and "." not in parts.path
                if page and parts.path.startswith("/") and parts.path not in seen:
                    seen.add(parts.path)
                    waiting.append(parts.path)
    assert {"", "query", "sparql"} & kinds.keys() and len(kinds) > 5, kinds
