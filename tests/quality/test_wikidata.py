"""What Wikidata should know: compared with harvests of items, made up and real."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.quality.quickstatements import Time, read
from tests.quality.test_figures import DATASET, source, stated
from tests.sources.wikidata import samples
from tests.sources.wikidata.samples import item, twin
from twingraph.dates import parse
from twingraph.model.merge import merge
from twingraph.model.records import Agreement, Authority, Claims, Partnership, StatusChange, Text
from twingraph.quality.conflicts import conflicts
from twingraph.quality.wikidata import Advice, advise
from twingraph.sources.wikidata import entities, twinning
from twingraph.sources.wikidata import quickstatements as qs
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import Items

REAL = ROOT.parent / "shared" / "data" / "wikidata-json" / "entities.json"
A = Authority("pl-a", wikidata="Q1", wikidata_close="Q11", wikidata_status="verified")
B = Authority("sk-b", wikidata="Q2", wikidata_status="verified")
AB = Partnership("pl-a--sk-b", partners=("pl-a", "sk-b"), since=parse("2010-05"), status="active")
PAGE = replace(
    source("page", url="https://example.org/a?x=1|2", retrieved="2026-01-02"),
    titles=(Text("Miasta partnerskie", "pl"), Text("Partner towns", "en")),
    languages=("pl",),
)
OURS = stated(PAGE, A, B, AB)
REFERENCE = {
    "S854": "https://example.org/a?x=1%7C2",
    "S813": Time(2026, 1, 2, 11),
    "S1476": ("pl", "Miasta partnerskie"),
}
SOURCED = (
    {"snaks": {"P854": [samples.snak("P854", {"type": "string", "value": "https://e.org/"})]}},
)


def advice(ours: Claims, *documents: dict[str, Any], scope: set[str] | None = None) -> Advice:
    read_ = {document["id"]: entities.read(document) for document in documents}
    by = twinning.wikidata_source("2026-11-23")
    made = twinning.harvest(Items(read_), by, known=CuratedKeys.of(ours.records), scope=scope)
    view = merge(DATASET, [ours, made.claims])
    return advise(view, conflicts(view))


def test_what_is_not_there_is_added_both_ways_with_its_reference() -> None:
    found = advice(OURS, item("Q1"), item("Q2"))
    commands = read(found.text())
    assert [(c.item, c.prop, c.value) for c in commands] == [
        ("Q1", "P190", "Q2"),
        ("Q2", "P190", "Q1"),
    ]
    for command in commands:
        assert command.qualifiers == {"P580": Time(2010, 5, 0, 10)}
        assert command.reference == REFERENCE
    assert found.missing == (AB.key,) and not found.unread


def test_the_silent_side_alone_is_added() -> None:
    since = {"P580": samples.day("2010-05")}
    found = advice(OURS, item("Q1", twinned=(twin("Q1", "Q2", qualifiers=since),)), item("Q2"))
    # Q1's statement lacks a reference: it gets ours, and no second date.
    one, other = read(found.text())
    assert (one.item, one.qualifiers, one.reference) == ("Q1", {}, REFERENCE)
    assert (other.item, other.reference) == ("Q2", REFERENCE)
    assert not found.missing


def test_what_is_there_with_date_and_reference_is_never_repeated() -> None:
    since = {"P580": samples.day("2009")}
    one = twin("Q1", "Q2", qualifiers=since) | {"references": list(SOURCED)}
    other = twin("Q2", "Q1") | {"references": list(SOURCED)}
    found = advice(OURS, item("Q1", twinned=(one,)), item("Q2", twinned=(other,)))
    assert found.commands == () and found.undated == ()
    (conflict,) = found.conflicts
    assert (conflict.field, conflict.shown.value) == ("since", "2010-05")
    assert [other.value for other in conflict.others] == ["2009"]


def test_a_date_that_wikidata_contradicts_is_not_set_against_it() -> None:
    since = {"P580": samples.day("2009")}
    one = twin("Q1", "Q2", qualifiers=since) | {"references": list(SOURCED)}
    (command,) = read(advice(OURS, item("Q1", twinned=(one,)), item("Q2")).text())
    assert (command.item, command.qualifiers, command.reference) == ("Q2", {}, REFERENCE)


def test_a_statement_without_a_date_gets_ours() -> None:
    one = twin("Q1", "Q2") | {"references": list(SOURCED)}
    other = twin("Q2", "Q1") | {"references": list(SOURCED)}
    found = advice(OURS, item("Q1", twinned=(one,)), item("Q2", twinned=(other,)))
    assert found.undated == found.datable == (AB.key,)
    assert [c.qualifiers for c in read(found.text())] == [{"P580": Time(2010, 5, 0, 10)}] * 2


def test_a_link_on_another_level_is_told_and_not_added_to() -> None:
    found = advice(
        OURS,
        item("Q1", twinned=(twin("Q1", "Q2"),)),
        item("Q11", twinned=(twin("Q11", "Q2"),)),
        item("Q2"),
    )
    (doubled,) = found.doubled
    assert doubled.links == (("Q1", "Q2"), ("Q11", "Q2"))
    assert [c.item for c in found.commands] == ["Q2"]
    settlement = advice(OURS, item("Q1"), item("Q11", twinned=(twin("Q11", "Q2"),)), item("Q2"))
    assert [c.item for c in settlement.commands] == ["Q2"]


@pytest.mark.parametrize(
    "ours",
    [
        stated(PAGE, replace(A, wikidata_status="unresolved"), B, AB),
        stated(PAGE, replace(A, wikidata=None), B, AB),
        stated(PAGE, A, B, replace(AB, status="intended")),
        stated(PAGE, A, B, replace(AB, status="ended")),
        stated(replace(PAGE, url=None), A, B, AB),
        stated(replace(PAGE, url="page 7 of the chronicle"), A, B, AB),
        stated(
            PAGE, A, B, Authority("c", wikidata="Q3", wikidata_status="verified"),
            replace(AB, partners=("c", "pl-a", "sk-b")),
        ),
    ],
)  # fmt: skip
def test_nothing_unverified_unsourced_or_over_is_proposed(ours: Claims) -> None:
    assert advice(ours, item("Q1"), item("Q2"), item("Q3")).commands == ()


def test_an_end_is_told_with_its_day() -> None:
    end = StatusChange("x", AB.key, new_status="ended", changed_on=parse("2022-03-01"))
    ended = stated(PAGE, A, B, replace(AB, status="ended"), end)
    command, _ = read(advice(ended, item("Q1"), item("Q2")).text())
    assert command.qualifiers == {"P580": Time(2010, 5, 0, 10), "P582": Time(2022, 3, 1, 11)}


def test_a_signing_is_a_point_in_time_and_no_start() -> None:
    deed = Agreement("d", AB.key, signed_on=parse("2011"), kind="agreement")
    later = Agreement("e", AB.key, signed_on=parse("2016"), kind="renewal")
    plan = Agreement("f", AB.key, signed_on=parse("2001"), kind="letter-of-intent")
    undated = stated(PAGE, A, B, replace(AB, since=None), deed, later, plan)
    command, _ = read(advice(undated, item("Q1"), item("Q2")).text())
    assert command.qualifiers == {"P585": Time(2011, 0, 0, 9)}


def test_what_was_not_read_is_not_guessed() -> None:
    assert advice(OURS, item("Q1")).unread == (AB.key,)
    assert advice(OURS).commands == ()
    # Read as partners of Q5 alone, what Q1 and Q2 say of each other was passed over.
    documents = (
        item("Q1", twinned=(twin("Q1", "Q2"), twin("Q1", "Q5", 2))),
        item("Q2", twinned=(twin("Q2", "Q5"),)),
        item("Q5"),
    )
    found = advice(OURS, *documents, scope={"Q5"})
    assert found.commands == () and found.unread == (AB.key,) and found.missing == ()
    assert advice(OURS, *documents, scope={"Q1"}).unread == ()


def test_without_a_harvest_there_is_nothing_to_say() -> None:
    view = merge(DATASET, [OURS])
    found = advise(view, conflicts(view))
    assert found.harvests == ()
    assert found.commands == ()


@given(st.text(), st.sampled_from(["pl", "zh-hant"]))
def test_any_title_is_one_value_or_none(title: str, language: str) -> None:
    written = qs.text(Text(title, language))
    if written is not None:
        line = qs.Command("Q1", "P190", "Q2", (), (("P1476", written),)).line
        (command,) = read(line)
        assert command.reference["S1476"] == (language, " ".join(title.split()))


@given(st.text())
def test_any_address_is_one_value_or_none(path: str) -> None:
    written = qs.address(f"https://example.org/{path}")
    if written is not None:
        (command,) = read(qs.Command("Q1", "P190", "Q2", (), (("P854", written),)).line)
        assert command.reference["S854"].startswith("https://example.org/")


@pytest.mark.parametrize(
    ("date", "written"),
    [
        ("2008", "+2008-00-00T00:00:00Z/9"),
        ("2008-07", "+2008-07-00T00:00:00Z/10"),
        ("2008-07-05", "+2008-07-05T00:00:00Z/11"),
        ("197X", None),
        ("1400", None),
    ],
)
def test_a_date_in_its_own_precision(date: str, written: str | None) -> None:
    assert qs.time(parse(date)) == written


@pytest.mark.skipif(not REAL.exists(), reason=f"the real entities are not here: {REAL}")
def test_real_items_are_added_to_and_never_repeated() -> None:
    """Of seven real towns, all partners are claimed to be ours; the date is made up."""
    found = _real(REAL)
    pairs = {(s.subject, s.target) for e in found.values() for s in e.twinnings if s.target}
    towns = sorted({town for pair in pairs for town in pair}, key=lambda q: int(q[1:]))
    bodies = {q: Authority(q, wikidata=q, wikidata_status="verified") for q in towns}
    links = {tuple(sorted(pair)) for pair in pairs}
    ours = [
        Partnership("--".join(k), partners=k, since=parse("1999-09"), status="active")
        for k in links
    ]
    claims = stated(PAGE, *bodies.values(), *ours)
    made = twinning.harvest(
        Items(found), twinning.wikidata_source("2026-11-23"), known=CuratedKeys.of(claims.records)
    )
    view = merge(DATASET, [claims, made.claims])
    advised = advise(view, conflicts(view))
    dated = {(s.subject, s.target) for e in found.values() for s in e.twinnings if s.start}
    sourced = {
        (s.subject, s.target)
        for e in found.values()
        for s in e.twinnings
        if any(r.urls or r.stated_in for r in s.references)
    }
    commands = read(advised.text())
    assert len(commands) > 20
    assert len({(c.item, c.value) for c in commands}) == len(commands)
    for command in commands:
        pair = (command.item, command.value)
        assert pair[0] in found
        if pair in pairs:
            assert not (pair in dated and "P580" in command.qualifiers)
            assert not (pair in sourced and not command.qualifiers)
    # Berlin's eighteen have a start and an address each: there is nothing to add to them.
    assert not [c for c in commands if c.item == "Q64"]


def _real(path: Path) -> dict[str, entities.Entity]:
    found = {}
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("{"):
            entity = entities.read(json.loads(line.rstrip(",")))
            if entity.twinnings:
                found[entity.id] = replace(entity, revision=1)
    return found
