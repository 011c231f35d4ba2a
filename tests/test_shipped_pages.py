"""The pages in data/ say what was read of them, no more and no less, where that list is at hand.

The list has a line for each page: its address, and of each partnership the dates, the documents and
who signed them. It does not come with the project.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conftest import ROOT
from twingraph.dates import Date
from twingraph.model.merge import merge
from twingraph.model.records import (
    Authority,
    Claims,
    Partnership,
    Person,
    Project,
    Signature,
    View,
)
from twingraph.sources.curated import folder as curated

Fact = Mapping[str, Any]

SHARED = Path(os.environ.get("TWINGRAPH_SHARED", ROOT.parent / "shared"))
DATES: Final = (
    *("date", "start", "end", "council_resolution", "second_signing", "original", "merged"),
    *("opened", "founded"),
)
WITHOUT_ADDRESS: Final = {"039": "pl-smigiel-lesko"}
FOUNDING: Final = ("001", "002", "003", "004", "005")
"""The pages that the founding data holds already."""
NO_PARTNERS: Final = {
    "Waldenburg": "its country is not known, and the register wants one",
    "Stratford-upon-Avon": "links that the page calls informal are no partnership",
}
"""What a page names beside partners: a note says it, and no town of the register."""
NO_TWINNING: Final = "project partnership agreement"
ADDED: Final = {
    "2007": "the first year of a programme, as its title has it",
    "2013": "the last",
    "2022-08/..": "six months after February 2022",
    "../1990-10-27": "no later than the day of the report",
}
"""Dates that follow from what the pages say, and how."""


@pytest.fixture(scope="module")
def pages() -> list[Fact]:
    path = SHARED / "data/twinning-pages/facts.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not here: set TWINGRAPH_SHARED to hold the pages against it")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def shipped() -> View:
    read = curated.read(ROOT / "data", harvested=False)
    return merge(read.dataset, read.claims)


@pytest.fixture(scope="module")
def sources(pages: list[Fact], shipped: View) -> dict[str, Claims]:
    """What is shipped of each page, by its number in the list: found by the page's address."""
    held = {_address(c.source.url) or c.source.key: c for c in shipped.claims}
    found = {p["id"]: held.get(_address(p["url"]) or WITHOUT_ADDRESS[p["id"]]) for p in pages}
    assert [number for number, claims in found.items() if claims is None] == []
    return {number: claims for number, claims in found.items() if claims is not None}


def _address(url: str | None) -> str:
    """An address without its scheme."""
    return re.sub("^https?:", "", url or "")


def test_each_page_is_one_source(sources: dict[str, Claims]) -> None:
    keys = [claims.source.key for claims in sources.values()]
    twice = {key for key in keys if keys.count(key) > 1}
    assert twice == {"pecovska-cross-border-cooperation"}, "of which the list has two versions"
    new = {number for number, claims in sources.items() if _in_pages(claims)}
    assert new == sources.keys() - set(FOUNDING)


def _in_pages(claims: Claims) -> bool:
    return (ROOT / "data/sources/pages" / f"{claims.source.key}.yaml").exists()


def test_every_date_is_there_and_no_other(pages: list[Fact], sources: dict[str, Claims]) -> None:
    wanted: dict[str, set[str]] = {}
    for page in pages:
        wanted.setdefault(sources[page["id"]].source.key, set()).update(_dates(page))
    held = {claims.source.key: _held_dates(claims) for claims in sources.values()}
    missing = {key: dates - held[key] for key, dates in wanted.items() if dates - held[key]}
    more = {key: more for key in held if (more := held[key] - wanted[key] - set(ADDED))}
    assert missing == {"hu-gyonk-griesheim-darmstadt": {"1990-10-27"}}
    # Of these the list has the month or the year within a sentence.
    assert more == {
        "pl-bialystok-russian-partnerships": {"2020", "2022-02"},
        "de-muhlhausen-and-suhl-russian-partnerships": {"2022"},
    }


def _dates(value: Any) -> Iterator[str]:
    """All dates among a page's facts: of partnerships, documents, projects, honours."""
    if isinstance(value, list):
        for item in value:
            yield from _dates(item)
    elif isinstance(value, dict):
        named = [value[name] for name in (*DATES, "date_before", "year") if value.get(name)]
        yield from (str(date) for date in named)
        yield from (value.get("dormant") or "").split("/") if "dormant" in value else ()
        yield from (date for date in value.get("renewals", ()) if isinstance(date, str))
        for inner in value.values():
            yield from _dates(inner)


def _held_dates(claims: Claims) -> set[str]:
    values = [value for r in claims.records for value in _values(r)]
    dates = {value.edtf for value in values if isinstance(value, Date)}
    return dates | {e.date for e in claims.evidence if e.date}


def _values(record: Any) -> Iterator[Any]:
    return (getattr(record, name) for name in type(record).__dataclass_fields__)


def test_every_signature_is_there_and_no_other(
    pages: list[Fact], sources: dict[str, Claims], shipped: View
) -> None:
    for page in pages:
        claims = sources[page["id"]]
        signatures = (record for record in claims.records if isinstance(record, Signature))
        signed = sorted(_signature(one, shipped) for one in signatures)
        assert signed == sorted(_signatories(page)), claims.source.key


def _signature(signature: Signature, shipped: View) -> tuple[str, str, str]:
    person = shipped.all(Person)[signature.signatory] if signature.signatory else None
    role = signature.roles[0].value if signature.roles else ""
    return (person and person.name) or "", role, signature.basis or ""


def _signatories(page: Fact) -> Iterator[tuple[str, str, str]]:
    """Who signed, was to, or represented a side, in which role; not under other papers."""
    for partnership in page["partnerships"]:
        if partnership.get("instrument") == NO_TWINNING:
            continue
        for name in partnership.get("witnesses", ()):
            yield name, "", "witness"
        for one in _named(partnership):
            role = re.sub(r" \(as printed\)$|^author of the post.*", "", one["role"] or "")
            yield one["name"] or "", role, one["basis"].partition(",")[0]
        for one in filter(_represented, partnership.get("representatives", ())):
            yield one["name"], one["role"] or "", "represented"


def _represented(one: Fact) -> bool:
    return bool(one["basis"] == "represented at renewal")


def _named(partnership: Fact) -> Iterator[Fact]:
    yield from partnership.get("signatories", ())
    for renewal in partnership.get("renewals", ()):
        if isinstance(renewal, dict):
            yield from renewal.get("signatories", ())


def test_who_did_not_sign_a_twinning_stands_in_a_note(
    pages: list[Fact], sources: dict[str, Claims]
) -> None:
    named = 0
    for page in pages:
        notes = " ".join(e.note or "" for e in sources[page["id"]].evidence)
        for partnership in page["partnerships"]:
            others = [p for p in partnership.get("representatives", ()) if not _represented(p)]
            if partnership.get("instrument") == NO_TWINNING:
                others += _named(partnership)
            missing = [one["name"] for one in others if one["name"] not in notes]
            assert not missing, sources[page["id"]].source.key
            named += len(others)
    assert named >= 15


def test_every_partner_is_known_by_the_name_on_the_page(
    pages: list[Fact], sources: dict[str, Claims], shipped: View
) -> None:
    for page in pages:
        claims = sources[page["id"]]
        known = _names(claims, shipped)
        notes = " ".join(e.note or "" for e in claims.evidence)
        for name in _partners(page):
            assert name in (notes if name in NO_PARTNERS else known), claims.source.key


def _names(claims: Claims, shipped: View) -> set[str]:
    """What the partners of a source's partnerships and projects are called, by any source."""
    held = [r for r in claims.records if isinstance(r, (Partnership, Project))]
    towns = [shipped.all(Authority)[key] for record in held for key in record.partners]
    texts = {text.value for town in towns for text in (*town.labels, *town.alt_labels)}
    return {re.sub(r"^Miasto i [Gg]mina ", "", text) for text in texts}


def _partners(page: Fact) -> Iterator[str]:
    """The partners' names as printed; two names of one town may stand beside each other."""
    for partnership in page["partnerships"]:
        names = partnership.get("parties") or partnership["partner"].split(" - ")
        yield from (re.sub(r"^Miasto i [Gg]mina ", "", name) for name in names)
