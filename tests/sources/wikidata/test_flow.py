"""Harvested claims beside the curated ones: one graph, facts that meet, and no shape broken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import FOUNDING
from twingraph import dates
from twingraph.build import check_view, read_view
from twingraph.model.merge import merge
from twingraph.model.records import Authority, Partnership, View
from twingraph.sources.wikidata import entities, twinning
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import Items

from . import samples
from .samples import item, twin

SIENIAWA, TREMELO = "pl-sieniawa", "be-tremelo"


@pytest.fixture(scope="module")
def curated() -> View:
    return read_view(FOUNDING)


def merged(curated: View, *documents: dict[str, Any]) -> View:
    read = {document["id"]: entities.read(document) for document in documents}
    source = twinning.wikidata_source("2026-11-23")
    made = twinning.harvest(Items(read), source, known=CuratedKeys.of(curated))
    return merge(curated.dataset, [*curated.claims, made.claims])


def stated(start: str) -> tuple[dict[str, Any], ...]:
    """Two items of the founding data, twinned since a day that is made up for the test."""
    since = {"P580": samples.day(start)}
    return (
        item("Q3809", twinned=(twin("Q3809", "Q926110", qualifiers=since),)),
        item("Q377994", twinned=(twin("Q377994", "Q926110"), twin("Q377994", "Q9999", 2))),
        item("Q926110", country="Q31"),
    )


def test_what_curators_know_keeps_its_keys(curated: View) -> None:
    view = merged(curated, *stated("2008-07"))
    sieniawa = view.all(Authority)[SIENIAWA]
    assert (sieniawa.wikidata, sieniawa.wikidata_close) == ("Q3809", "Q377994")
    assert not {"Q3809", "Q377994", "Q926110"} & view.all(Authority).keys()
    added = set(view.all(Partnership)) - set(curated.all(Partnership))
    assert added == {f"Q9999--{SIENIAWA}"}
    assert check_view(view).conforms


def test_a_fact_that_agrees_is_corroborated(curated: View) -> None:
    view = merged(curated, *stated("2008-07"))
    partnership = f"{TREMELO}--{SIENIAWA}"
    assert view.all(Partnership)[partnership].since == dates.parse("2008-07")
    sources = {
        claims.source.key
        for claims in view.claims
        for record in claims.records
        if isinstance(record, Partnership) and record.key == partnership and record.since
    }
    assert "wikidata" in sources and len(sources) > 1
    assert not [d for d in view.disagreements if d.subject.key == partnership]


def test_a_fact_that_conflicts_is_listed_and_the_page_shown(curated: View) -> None:
    view = merged(curated, *stated("2001"))
    partnership = f"{TREMELO}--{SIENIAWA}"
    assert view.all(Partnership)[partnership].since == dates.parse("2008-07")
    (conflict,) = (d for d in view.disagreements if d.subject.key == partnership)
    assert conflict.field == "since" and not conflict.fits
    assert [claim.source for claim in conflict.others] == ["wikidata"]
    assert check_view(view).conforms


def test_the_real_items_break_no_shape(curated: View, real: dict[str, Any]) -> None:
    view = merged(curated, *real.values())
    assert len(view.all(Partnership)) == len(curated.all(Partnership)) + 99
    assert check_view(view).conforms
