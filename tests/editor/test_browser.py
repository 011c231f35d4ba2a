"""A page entered in a real browser, with scripts and without."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import FOUNDING, ROOT
from tests.contributions.conftest import TODAY
from tests.serve.browser import AXE, Visit, browser, needs_browser
from twingraph.build import check_data
from twingraph.identifiers import slug
from twingraph.web.assets import asset

__all__ = ["browser"]

pytestmark = needs_browser
P = "partnerships"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The founding data, to be changed: one folder for all that is entered here."""
    return Path(shutil.copytree(FOUNDING, tmp_path_factory.mktemp("edited") / "data"))


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    """`twingraph edit` over it."""
    code = "from twingraph.cli import main; main()"
    command = [sys.executable, "-c", code, "edit", "--data", str(data), "--port", "0", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1]
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 0


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        field = page.locator(f'[id="{name}"]')
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def add(page: Page, part: str) -> None:
    """Press the button for a row more, and wait for the row."""
    rows = page.locator(f'fieldset[id^="{part}."]')
    before = rows.count()
    page.locator(f'button[name=add][value="{part}"]').click()
    rows.nth(before).wait_for(state="attached")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_a_page_is_entered(browser: Browser, address: str, data: Path, scripts: bool) -> None:
    if scripts and not asset("contribute.js"):
        pytest.skip("the front end was not built")
    title = "Miasta partnerskie" if scripts else "Nasi partnerzy"
    key = slug(title)
    with Visit(browser, address, java_script_enabled=scripts) as visit:
        page = visit.page
        page.goto(f"{address}form")
        fill(page, {
            "source.0.url": f"https://www.example.org/{key}",
            "source.0.title": title,
            "source.0.publisher": "Miasto i Gmina Sieniawa",
            "source.0.language": "pl",
            "source.0.publisher_authority.0.name": "Sieniawa",
            "source.0.publisher_authority.0.country": "Poland",
            f"{P}.0.partners.0.name": "Sieniawa",
            f"{P}.0.partners.0.country": "PL",
        })  # fmt: skip
        if scripts:
            page.locator(f'[id="{P}.0.partners.1.name"]').press_sequentially("treme")
            page.wait_for_selector(f'[id="{P}.0.partners.1.name-suggestions"] [role=option]')
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            assert page.locator(f'[id="{P}.0.partners.1.country"]').input_value() == "Belgium"
        else:
            fill(page, {f"{P}.0.partners.1.name": "Tremelo", f"{P}.0.partners.1.country": "BE"})
        add(page, f"{P}.0.agreements")
        fill(page, {f"{P}.0.agreements.0.kind": "agreement",
                    f"{P}.0.agreements.0.signed_on": "12 maja 2019"})  # fmt: skip
        add(page, f"{P}.0.agreements.0.signatures")
        if scripts:
            told = page.locator(f'[id="{P}.0.agreements.0.signed_on-faults"] .fault')
            fill(page, {f"{P}.0.agreements.0.signed_on": "13 maja 19"})
            page.keyboard.press("Tab")
            told.wait_for()
            assert "Write the year with its four digits" in told.inner_text()
            # What is wrong is told again in another language, of what was typed.
            page.locator("button[name=do][value=check-all]").click()
            page.wait_for_selector(".summary h2")
            for language in ("sk", "en"):
                page.locator(f".languages a[hreflang={language}]").click()
                page.wait_for_selector(f"html[lang={language}] .summary h2")
                assert page.locator('[id="source.0.title"]').input_value() == title
        fill(page, {
            f"{P}.0.agreements.0.signed_on": "2019-05-12",
            f"{P}.0.agreements.0.evidence": "12 maja 2019 r. podpisano umowę",
            f"{P}.0.agreements.0.signatures.0.signatory": "Adam Woś",
            f"{P}.0.agreements.0.signatures.0.office": "mayor",
            f"{P}.0.agreements.0.signatures.0.on_behalf_of": "0",
        })  # fmt: skip
        add(page, f"{P}.0.agreements.0.signatures")
        fill(page, {
            f"{P}.0.agreements.0.signatures.1.signatory": "Bert Ceulemans",
            f"{P}.0.agreements.0.signatures.1.on_behalf_of": "1",
        })  # fmt: skip
        add(page, f"{P}.0.projects")
        fill(
            page, {f"{P}.0.projects.0.title": "Szlak dwóch rzek", f"{P}.0.projects.0.start": "2011"}
        )
        add(page, P)
        # The town of the page is there already.
        assert page.locator(f'[id="{P}.1.partners.0.name"]').input_value() == "Sieniawa"
        fill(page, {f"{P}.1.partners.1.name": "Abda", f"{P}.1.partners.1.country": "Hungary",
                    f"{P}.1.since": "2019"})  # fmt: skip
        add(page, f"{P}.1.agreements")
        fill(page, {f"{P}.1.agreements.0.kind": "agreement"})
        add(page, f"{P}.1.agreements.0.signatures")
        fill(page, {
            f"{P}.1.agreements.0.signatures.0.signatory": "Zsolt Szabó",
            f"{P}.1.agreements.0.signatures.0.on_behalf_of": "1",
        })  # fmt: skip
        page.get_by_role("button", name="Preview").click()
        page.wait_for_selector(".notice")
        assert "Bert Ceulemans" in page.locator("main").inner_text()
        # Whichever way back is taken, all that was typed is there.
        last = page.locator(f'[id="{P}.1.agreements.0.signatures.0.signatory"]')
        ways = (page.go_back, page.reload) if scripts else (page.go_back,)
        for way in ways:
            way()
            last.wait_for()
            assert last.input_value() == "Zsolt Szabó"
            assert page.locator(f'[id="{P}.0.projects.0.start"]').input_value() == "2011"
        page.get_by_role("button", name="Write the files").click()
        page.get_by_role("heading", name="Written").wait_for()
        page.get_by_role("link", name="Enter another page").click()
        assert page.locator('[id="source.0.title"]').input_value() == ""
    assert check_data(data, TODAY).report.conforms
    text = next((data / "sources").glob(f"*{key}.yaml")).read_text("utf-8")
    assert text.count("signatory: ") == 3 and text.count("- key: ") >= 4


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (frontend/node_modules)")
def test_axe_finds_nothing_serious_and_narrow_windows_need_no_scroll(
    browser: Browser, address: str
) -> None:
    for scheme, width, language in (("light", 1280, "en"), ("dark", 360, "de")):
        window = {"width": width, "height": 800}
        with Visit(browser, address, color_scheme=scheme, viewport=window) as visit:
            page = visit.page
            page.goto(f"{address}form?lang={language}")
            for part in (f"{P}.0.agreements", f"{P}.0.agreements.0.signatures", f"{P}.0.projects"):
                add(page, part)
            page.locator("button[name=do][value=check-all]").click()
            page.wait_for_selector(".summary h2")
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
            assert visit.serious() == []
            assert visit.overflow() <= 0
