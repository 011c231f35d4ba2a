"""The pages over all that ships, as one reader meets them: how soon they begin, what they weigh,
how long the query page shows nothing of a large result, for how long the map's page does nothing
else, and what axe-core finds on each kind of page.

Needs Debian's Chromium, and the front end (`make build`).
"""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from statistics import quantiles
from typing import Any, Final, Literal, NamedTuple

import requests
from playwright.sync_api import Browser, Page, sync_playwright

from bench.rows import Row, at_most
from bench.serve import free_port, running, until_prepared
from twingraph.build import build
from twingraph.namespaces import BASE
from twingraph.web.assets import BUILT
from twingraph.web.languages import LANGUAGES

ROOT: Final = Path(__file__).parents[1]
SEED: Final = 20_261_128
ROWS: Final = 100_000
_OF_EACH: Final = 100
_QUERY: Final = f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {ROWS}"
_LISTS: Final = ("towns", "partnerships", "projects", "programmes", "organizations", "sources")
_PAGES: Final = ("", "map", "network", "years", "query", "data", "quality", "search?q=Sieniawa")
_CLI: Final = "from twingraph.cli import main; main()"
_WATCH: Final = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((e) =>
    [e.startTime, e.duration]))).observe({ type: "longtask" });
  new MutationObserver(() => {
    if (!window.shown && document.querySelector(".query-table tbody tr")) {
      window.shown = performance.now();
    }
  }).observe(document.body, { subtree: true, childList: true });
}"""
_FOUND: Final = """() => ({
  shown: window.shown,
  tasks: window.tasks,
  sent: performance.getEntriesByType("resource").find((e) => /sparql$/.test(e.name)).responseEnd,
})"""
_AXE: Final = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_FINDINGS: Final = """axe.run(document, { resultTypes: ["violations"], preload: false })
  .then((found) => found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`)))"""
_KINDS: Final = (
    *("", "towns?country=POL", "partnerships?from=1990&to=1999", "projects", "programmes"),
    *("organizations", "sources", "signatories", "concepts", "search?q=Sieniawa", "network"),
    *("map?country=POL", "years", "compare?one=pl-sieniawa&other=sk-lutina", "query", "cookbook"),
    *("ns.html", "data", "quality", "wikidata", "municipality/there-is-none.html"),
)
"""Pages of many kinds of things; a page of each kind of thing comes on top."""
_THINGS: Final = (
    *("municipality", "partnership", "agreement", "signature", "status-change", "person"),
    *("organization", "project", "participation", "programme", "source"),
)
_LIVE: Final = "html:not(:has([data-explorer], #query-settings)), .is-live, html[data-editor=ready]"
"""The editor is there, or what moves in the place of a picture, on the pages that have one."""
_WEIGHT: Final = """() => [...performance.getEntriesByType("navigation"),
  ...performance.getEntriesByType("resource")].reduce((sum, e) => sum + e.transferSize, 0)"""


class Sent(NamedTuple):
    """A page as it came: milliseconds until its first byte, and the bytes that were sent."""

    address: str
    milliseconds: float
    size: int


def rows() -> list[Row]:
    """First byte, weight, and the table of a large result."""
    chromium = shutil.which("chromium")
    if chromium is None or not (BUILT / "manifest.json").is_file():
        sys.stderr.write(
            "left out: pages (chromium is not installed, or the front end not built)\n"
        )
        return []
    with tempfile.TemporaryDirectory() as folder:
        release = build(ROOT / "data", Path(folder) / "public").out
        port = free_port()
        command = [sys.executable, "-c", _CLI, "serve", "--release", str(release)]
        command += ["--port", str(port), "--rows", str(2 * ROWS)]
        with (
            running(command, f"http://127.0.0.1:{port}/ready") as (ready, process),
            sync_playwright() as playwright,
        ):
            until_prepared(process)
            site = ready.removesuffix("ready")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            return [
                *_pages(site),
                _home(browser, site),
                *_table(browser, site),
                _map(browser, site),
                *_findings(browser, site),
            ]


def _pages(site: str) -> Iterator[Row]:
    with requests.Session() as session:
        came = [_get(session, site, address) for address in _addresses(site)]
    p95 = quantiles((page.milliseconds for page in came), n=20)[-1]
    largest = max(came, key=lambda page: page.size)
    yield at_most(f"pages: p95 of first bytes, {len(came)} pages", p95, 100, "ms")
    yield at_most(f"pages: largest (/{largest.address})", largest.size / 1000, 400, "kB")


def _addresses(site: str) -> list[str]:
    """Lists and pages of their own, and things of each kind: the first, and some at random."""
    rng = random.Random(SEED)
    found = [*_PAGES, *_LISTS]
    for name in _LISTS:
        table = requests.get(f"{site}{name}.csv", timeout=60)
        iris = [row["iri"] for row in csv.DictReader(io.StringIO(table.content.decode()))]
        chosen = rng.sample(iris, min(len(iris), _OF_EACH))
        found += [f"{'/'.join(iri.rsplit('/', 2)[1:])}.html" for iri in chosen]
    return found


def _get(session: requests.Session, site: str, address: str) -> Sent:
    with session.get(f"{site}{address}", stream=True, timeout=60) as response:
        response.raise_for_status()
        size = len(response.raw.read(decode_content=False))
        return Sent(address, response.elapsed.total_seconds() * 1000, size)


def _home(browser: Browser, site: str) -> Row:
    page = browser.new_page()
    page.goto(site, wait_until="load")
    weight = page.evaluate(_WEIGHT)
    page.close()
    return at_most("pages: home with all that it loads", weight / 1000, 250, "kB")


def _table(browser: Browser, site: str) -> Iterator[Row]:
    page = browser.new_page()
    page.goto(f"{site}query")
    page.wait_for_selector("html[data-editor=ready]")
    page.evaluate(_WATCH)
    _ask(page)
    page.wait_for_selector(".query-table tbody tr", timeout=120_000)
    page.wait_for_timeout(1000)
    page.locator(".query-table th button").first.click()
    page.wait_for_timeout(5000)
    found: dict[str, Any] = page.evaluate(_FOUND)
    after = [took for begun, took in found["tasks"] if begun > found["shown"]]
    name = f"query page: {ROWS:,} rows"
    yield at_most(f"{name}, first shown", found["shown"] - found["sent"], 300, "ms")
    yield at_most(f"{name}, longest task after, sorting too", max(after, default=0), 50, "ms")


def _ask(page: Page) -> None:
    editor = page.locator(".tabPanel.active .CodeMirror")
    editor.evaluate("(one, query) => one.CodeMirror.setValue(query)", _QUERY)
    editor.locator("textarea").first.focus()
    page.keyboard.press("Control+Enter")


def _map(browser: Browser, site: str) -> Row:
    """The page's own thread, until the map has stood for some seconds: what a task takes of the
    processor, as Chromium traces it, since WebGL in software keeps the page waiting."""
    page = browser.new_page()
    browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    page.goto(f"{site}map")
    page.wait_for_selector(".explorer.is-live", timeout=120_000)
    page.wait_for_timeout(5000)
    events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    named = (one for one in events if one["name"] == "thread_name")
    main = {(e["pid"], e["tid"]) for e in named if e["args"]["name"] == "CrRendererMain"}
    tasks = (e for e in events if e["name"].endswith("::RunTask") and (e["pid"], e["tid"]) in main)
    longest = max(one["tdur"] for one in tasks if "tdur" in one) / 1000
    return at_most("pages: map of the world, longest task of its page", longest, 200, "ms")


def _findings(browser: Browser, site: str) -> Iterator[Row]:
    """What axe-core finds on each kind of page: in every language, light and dark, on a phone and
    on a desk."""
    if not _AXE.is_file():
        sys.stderr.write("left out: axe-core (frontend/node_modules is not there)\n")
        return
    script, kinds, found = _AXE.read_text("utf-8"), [*_KINDS, *_of_each_kind(site)], list[str]()
    page = browser.new_context(locale="en").new_page()
    for language, kind in product(LANGUAGES, kinds):
        page.goto(f"{site}{kind}{'&' if '?' in kind else '?'}lang={language}")
        page.wait_for_selector(_LIVE, state="attached", timeout=120_000)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        page.evaluate(script)
        for is_dark, width in product((False, True), (360, 1280)):
            scheme: Literal["dark", "light"] = "dark" if is_dark else "light"
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            told = f"/{kind} in {language}, {scheme}, {width} px"
            here = [f"{told}: {one}" for one in page.evaluate(_FINDINGS)]
            sys.stderr.writelines(f"{one[:300]}\n" for one in here)
            found += here
    name = f"pages: findings of axe-core, {len(kinds)} kinds of page, 24 ways each"
    yield at_most(name, len(found), 0, "")


def _of_each_kind(site: str) -> Iterator[str]:
    """A page of each kind of thing that there is."""
    for kind in _THINGS:
        query = f'SELECT ?s {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{BASE}{kind}/")) }} LIMIT 1'
        answer = requests.get(f"{site}sparql", {"query": query}, timeout=60).json()
        for row in answer["results"]["bindings"]:
            yield f"{row['s']['value'].removeprefix(BASE).partition('#')[0]}.html"
