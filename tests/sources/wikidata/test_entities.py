"""Items of today's and of the old format, and what cannot be read of them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from twingraph.model.records import Point, Text
from twingraph.sources.wikidata import entities
from twingraph.sources.wikidata.countries import COUNTRIES
from twingraph.sources.wikidata.entities import Moment, Snak

from . import samples


def kinds(entity: entities.Entity) -> list[str]:
    return [finding.kind for finding in entity.findings]


def test_a_statement_is_read_whole() -> None:
    statement = samples.twin(
        "Q1",
        "Q2",
        rank="preferred",
        qualifiers={
            "P580": samples.day("2010-07"),
            "P582": "somevalue",
            "P585": samples.day("2010"),
        },
        references=(
            {
                "P854": [{"type": "string", "value": "https://example.org/a"}],
                "P813": [samples.day("2020-01-02")],
                "P143": [samples.entity("Q206855")],
                "P248": [samples.entity("Q36578")],
                "P1476": [
                    {"type": "monolingualtext", "value": {"text": "Partner", "language": "pl"}}
                ],
            },
        ),
    )
    read = entities.read(samples.item("Q1", twinned=(statement,)))
    (twinning,) = read.twinnings
    assert (twinning.id, twinning.subject, twinning.target) == ("Q1$1", "Q1", "Q2")
    assert twinning.rank == "preferred"
    assert twinning.start == Moment("2010-07")
    assert twinning.end == Moment(None), "an end at an unknown time is an end"
    assert twinning.point_in_time == Moment("2010")
    (reference,) = twinning.references
    assert reference == entities.Reference(
        ("https://example.org/a",),
        (Text("Partner", "pl"),),
        "2020-01-02",
        ("Q36578",),
        ("Q206855",),
    )
    assert read.findings == ()


def test_a_qualifier_without_a_value_says_nothing_of_a_start() -> None:
    statement = samples.twin("Q1", "Q2", qualifiers={"P582": "novalue"})
    (twinning,) = entities.read(samples.item("Q1", twinned=(statement,))).twinnings
    assert twinning.end is None


@pytest.mark.parametrize(("kind", "snak"), [("somevalue", Snak.UNKNOWN), ("novalue", Snak.NONE)])
def test_unknown_and_no_partner_are_told_apart(kind: str, snak: Snak) -> None:
    statement = samples.twin("Q1", None, kind=kind)
    (twinning,) = entities.read(samples.item("Q1", twinned=(statement,))).twinnings
    assert (twinning.target, twinning.snak) == (None, snak)


def test_old_dumps_have_a_number_only_and_lists_for_empty_maps() -> None:
    statement = samples.twin("Q1", "Q2")
    del statement["mainsnak"]["datavalue"]["value"]["id"]
    document = samples.item("Q1", twinned=(statement,), revision=None)
    document |= {"labels": [], "aliases": [], "descriptions": [], "sitelinks": []}
    read = entities.read(document)
    assert read.twinnings[0].target == "Q2"
    assert read.labels == () and kinds(read) == ["no-label"]
    assert entities.read({"id": "Q5", "claims": []}).twinnings == ()


def test_best_rank_and_today_decide() -> None:
    document = samples.item("Q1", country=None)
    document["claims"]["P17"] = [
        samples.claim("Q1", "P17", samples.entity("Q183"), rank="preferred"),
        samples.claim("Q1", "P17", samples.entity("Q43287")),
        samples.claim(
            "Q1",
            "P17",
            samples.entity("Q713750"),
            rank="preferred",
            qualifiers={"P582": samples.day("1990")},
        ),
    ]
    assert entities.read(document).countries == ("Q183",)


def test_odd_values_are_counted_and_left_out() -> None:
    statement = samples.claim("Q1", "P190", {"type": "string", "value": "Tremelo"})
    dated = samples.twin(
        "Q1",
        "Q2",
        2,
        qualifiers={
            "P580": samples.time("-0020-00-00T00:00:00Z", 9),
            "P582": {"type": "string", "value": "1990"},
            "P1545": {"type": "string", "value": "3"},
        },
        references=({"P304": [{"type": "string", "value": "12"}]},),
    )
    document = samples.item("Q1", twinned=(statement, dated))
    document["claims"]["P625"] = [
        samples.claim("Q1", "P625", samples.coordinates(91, 10)),
        samples.claim("Q1", "P625", samples.coordinates(5, 10, globe="Q405")),
        samples.claim("Q1", "P625", {"type": "string", "value": "here"}),
        samples.claim("Q1", "P625", samples.coordinates(50.1777, 22.6117)),
    ]
    read = entities.read(document)
    assert read.point == Point(Decimal("22.6117"), Decimal("50.1777"))
    (twinning,) = read.twinnings
    assert twinning.start == Moment(None)
    assert Counter(kinds(read)) == {
        "bad-coordinates": 2,
        "odd-datatype": 3,
        "bad-date": 1,
        "unread-qualifier": 1,
        "unread-reference": 1,
    }


@pytest.mark.parametrize(
    "document", [None, [], "Q1", {}, {"id": "P190"}, {"id": 7}, {"id": "Q0"}, {"id": "Q1 "}]
)
def test_what_is_no_item_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match=r"no (item|JSON object)"):
        entities.read(document)


@pytest.mark.parametrize("junk", [None, 3, "x", [], [3], {"P190": 3}, {"P190": [3, {}, []]}])
def test_junk_in_claims_breaks_nothing(junk: object) -> None:
    assert entities.read({"id": "Q1", "claims": junk}).point is None


def test_the_real_items_are_read_whole(real: dict[str, Any]) -> None:
    read = {item: entities.read(document) for item, document in real.items()}
    twinned = {item: len(entity.twinnings) for item, entity in read.items() if entity.twinnings}
    assert twinned == {
        "Q64": 18, "Q84": 30, "Q175": 1, "Q220": 10, "Q268": 17, "Q279": 7, "Q288": 11,
        "Q1040": 6,
    }  # fmt: skip
    berlin = read["Q64"]
    assert all(statement.start for statement in berlin.twinnings)
    assert all(statement.references[0].urls for statement in berlin.twinnings)
    assert berlin.code("P605") is None and berlin.code("P439") == "11000000"
    assert ("P1653", "3064011") in read["Q268"].codes
    assert not [finding for entity in read.values() for finding in entity.findings]
    assert read["Q1040"].revision and read["Q1040"].countries == ("Q183",)
    assert any(entity.located_in for entity in read.values())


def test_countries_agree_with_their_own_items(real: dict[str, Any]) -> None:
    read = [entities.read(document) for document in real.values()]
    stated = {entity.id: code for entity in read if (code := entity.code("P298"))}
    assert len(stated) == 8
    assert stated.items() <= dict(COUNTRIES).items()
    assert len(set(COUNTRIES.values())) == 249
