"""From items to one source's claims: pairs, sides, levels, dates, ends, keys."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from twingraph import dates
from twingraph.model.records import (
    Authority,
    Partnership,
    StatusChange,
    Text,
    WikidataRevision,
    WikidataStatement,
)
from twingraph.sources.wikidata import entities, links, places, twinning
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import Items
from twingraph.sources.wikidata.report import KINDS, Findings

from . import samples
from .samples import item, twin

SOURCE = twinning.wikidata_source("2026-11-23")


def read(*documents: dict[str, Any], **more: Any) -> Items:
    return Items({document["id"]: entities.read(document) for document in documents}, **more)


def harvest(
    *documents: dict[str, Any], retrieved: dict[str, str] | None = None, **more: Any
) -> twinning.Harvest:
    return twinning.harvest(read(*documents, retrieved=retrieved or {}), SOURCE, **more)


def one(made: twinning.Harvest, record_class: type) -> Any:
    (record,) = (r for r in made.claims.records if type(r) is record_class)
    return record


def test_a_pair_is_one_however_often_it_is_stated() -> None:
    made = harvest(
        item("Q5", twinned=(twin("Q5", "Q30"), twin("Q5", "Q30", 2))),
        item("Q30", twinned=(twin("Q30", "Q5"),)),
    )
    partnership = one(made, Partnership)
    sides = ("Q30", "Q5")
    assert partnership == Partnership("Q30--Q5", partners=sides, stated_by=sides)
    (link,) = made.links
    assert link.pair == ("Q5", "Q30") and not link.is_one_sided
    assert made.report.counts == {"repeated": 1}
    stated = [e.statement for e in made.claims.evidence if e.property == "partners"]
    assert stated == [
        WikidataStatement("Q5$1", "Q5", "Q30"),
        WikidataStatement("Q5$2", "Q5", "Q30"),
        WikidataStatement("Q30$1", "Q30", "Q5"),
    ]


def test_a_statement_keeps_its_rank_and_references() -> None:
    snaks = {
        "P854": [samples.snak("P854", {"type": "string", "value": "https://e.org/"})],
        "P143": [samples.snak("P143", samples.entity("Q328"))],
        "P248": [samples.snak("P248", samples.entity("Q9"))],
    }
    referenced = twin("Q5", "Q30", rank="preferred") | {"references": [{"snaks": snaks}]}
    made = harvest(item("Q5", twinned=(referenced,)), item("Q30"))
    (stated,) = (e.statement for e in made.claims.evidence if e.property == "partners")
    assert stated == WikidataStatement(
        "Q5$1", "Q5", "Q30", "preferred", ("https://e.org/",), ("Q9",), ("Q328",)
    )
    assert stated.is_referenced
    assert not replace(stated, reference_urls=(), stated_in=()).is_referenced


def test_a_one_sided_link_says_who_is_silent() -> None:
    made = harvest(item("Q5", twinned=(twin("Q5", "Q30"),)), item("Q30"))
    assert made.links[0].silent == "Q30"
    assert made.report.counts == {"one-sided": 1}
    partnership = one(made, Partnership)
    assert (partnership.stated_by, partnership.not_stated_by) == (("Q5",), ("Q30",))


def test_a_partner_that_was_not_read_proves_nothing() -> None:
    made = harvest(item("Q5", twinned=(twin("Q5", "Q30"),)))
    assert made.report.counts == {"not-fetched": 1, "one-sided-unchecked": 1}
    partnership = one(made, Partnership)
    assert (partnership.stated_by, partnership.not_stated_by) == (("Q5",), ())
    partner = next(r for r in made.claims.records if r.key == "Q30")
    assert partner == Authority("Q30", labels=(Text("Q30", "zxx"),), wikidata="Q30")


def test_what_makes_no_link_is_counted() -> None:
    documents = (
        item(
            "Q5",
            twinned=(
                twin("Q5", "Q5"),
                twin("Q5", "Q50", 2),
                twin("Q5", "Q6", 3),
                twin("Q5", "Q7", 4),
                twin("Q5", "Q9", 5),
                twin("Q5", None, 6, kind="novalue"),
                twin("Q5", None, 7, kind="somevalue"),
                twin("Q5", "Q30", 8, rank="deprecated"),
                twin("Q5", "Q300", 9),
            ),
        ),
        item("Q30", twinned=(twin("Q30", "Q5"),)),
    )
    redirects = {"Q50": "Q5", "Q6": "Q7", "Q7": "Q6", "Q300": "Q30"}
    items = read(*documents, redirects=redirects, missing={"Q9"})
    made = twinning.harvest(items, SOURCE)
    assert [link.pair for link in made.links] == [("Q5", "Q30")]
    assert made.report.counts == {
        "deprecated": 1, "no-value": 1, "unknown-value": 1, "self-link": 2, "redirected": 1,
        "redirect-loop": 2, "deleted": 1,
    }  # fmt: skip


SIENIAWA = (
    item(
        "Q3809",
        labels={"pl": "Gmina Sieniawa"},
        point=(50.18, 22.61),
        twinned=(twin("Q3809", "Q926110"),),
    ),
    item(
        "Q377994",
        labels={"pl": "Sieniawa"},
        point=(50.1777, 22.6117),
        located_in=("Q3809",),
        twinned=(twin("Q377994", "Q926110"),),
    ),
    item("Q926110", country="Q31", twinned=(twin("Q926110", "Q377994"),)),
)


def test_two_levels_of_one_place_are_one_partnership() -> None:
    made = harvest(*SIENIAWA)
    assert one(made, Partnership).key == "Q3809--Q926110"
    (link,) = made.links
    assert link.doubled == (("Q377994", "Q926110"),)
    assert set(link.stated_by) == {"Q3809", "Q926110"}
    commune = next(r for r in made.claims.records if r.key == "Q3809")
    assert isinstance(commune, Authority)
    assert (commune.wikidata, commune.wikidata_close) == ("Q3809", "Q377994")
    assert "Q377994" not in {r.key for r in made.claims.records}
    assert made.report.counts == {"doubled": 1}


def test_levels_on_both_sides_find_their_own_place() -> None:
    made = harvest(
        item("Q10", labels={"en": "A"}, point=(50, 20), twinned=(twin("Q10", "Q20"),)),
        item("Q11", labels={"en": "A"}, point=(50, 20.1), located_in=("Q10",),
             twinned=(twin("Q11", "Q21"),)),
        item("Q20", labels={"en": "B"}, point=(40, 20)),
        item("Q21", labels={"en": "B"}, point=(40, 20.1), located_in=("Q20",)),
    )  # fmt: skip
    close = {r.key: r.wikidata_close for r in made.claims.records if isinstance(r, Authority)}
    assert close == {"Q10": "Q11", "Q20": "Q21"}


def test_curated_keys_join_what_curators_joined() -> None:
    known = CuratedKeys(
        {"Q3809": "pl-sieniawa", "Q377994": "pl-sieniawa", "Q926110": "be-tremelo"},
        close={"Q377994"},
        partnerships={frozenset({"pl-sieniawa", "be-tremelo"}): "be-tremelo--pl-sieniawa"},
    )
    # Without coordinates nothing but the curators' word says that the two are one place.
    bare = [item("Q3809", twinned=(twin("Q3809", "Q926110"),)), SIENIAWA[2]]
    made = harvest(*bare, item("Q377994"), known=known)
    partnership = one(made, Partnership)
    assert partnership.key == "be-tremelo--pl-sieniawa"
    assert partnership.stated_by == partnership.partners
    sieniawa = next(r for r in made.claims.records if r.key == "pl-sieniawa")
    assert isinstance(sieniawa, Authority)
    assert (sieniawa.wikidata, sieniawa.wikidata_close) == ("Q3809", "Q377994")


def test_a_close_item_alone_gives_no_name_to_the_commune() -> None:
    known = CuratedKeys({"Q377994": "pl-sieniawa"}, close={"Q377994"})
    made = harvest(item("Q377994", twinned=(twin("Q377994", "Q926110"),)), known=known)
    sieniawa = next(r for r in made.claims.records if r.key == "pl-sieniawa")
    assert sieniawa == Authority("pl-sieniawa", wikidata_close="Q377994")


@pytest.mark.parametrize(
    ("label", "point", "located_in", "same"),
    [
        ("Sieniawa", (50.2, 22.6), ("Q3809",), True),
        ("Sieniawa", (51.2, 22.6), ("Q3809",), False),
        ("Sieniawa", None, ("Q3809",), False),
        ("Leżajsk", (50.2, 22.6), ("Q3809",), False),
        ("Sieniawa", (50.2, 22.6), (), False),
    ],
)
def test_one_place_takes_name_and_nearness_and_being_inside(
    label: str, point: tuple[float, float] | None, located_in: tuple[str, ...], same: bool
) -> None:
    town = item("Q9", labels={"pl": label}, point=point, located_in=located_in)
    items = read(SIENIAWA[0], town)
    assert places.communes(items.entities) == ({"Q9": "Q3809"} if same else {})


def test_places_inside_one_another_end_somewhere() -> None:
    loop = [
        item("Q1", labels={"en": "A"}, point=(1, 1), located_in=("Q2",)),
        item("Q2", labels={"en": "A"}, point=(1, 1), located_in=("Q1",)),
    ]
    assert set(places.communes(read(*loop).entities).values()) <= {"Q1", "Q2"}


def dated(**qualifiers: Any) -> dict[str, Any]:
    return {"qualifiers": {name: samples.day(v) for name, v in qualifiers.items()}}


def test_the_most_precise_start_is_taken_and_a_conflict_told() -> None:
    made = harvest(
        item("Q5", twinned=(twin("Q5", "Q30", **dated(P580="2010")),)),
        item("Q30", twinned=(twin("Q30", "Q5", **dated(P580="2010-07")),)),
    )
    assert one(made, Partnership).since == dates.parse("2010-07")
    assert made.report.counts == {}
    made = harvest(
        item("Q5", twinned=(twin("Q5", "Q30", **dated(P580="2010"), rank="preferred"),)),
        item("Q30", twinned=(twin("Q30", "Q5", **dated(P580="2008-07")),)),
    )
    assert one(made, Partnership).since == dates.parse("2010")
    assert made.report.counts == {"conflicting-start": 1}
    since = [e for e in made.claims.evidence if e.property == "since"]
    starts = [(e.date, e.statement.id) for e in since if e.statement]
    assert starts == [("2010", "Q5$1"), ("2008-07", "Q30$1")]


def test_an_end_ends_unless_something_began_later() -> None:
    made = harvest(
        item("Q5", twinned=(twin("Q5", "Q30", **dated(P580="1970", P582="1990-05")),)),
        item("Q30", twinned=(twin("Q30", "Q5", **dated(P580="1970")),)),
    )
    assert one(made, Partnership).status == "ended"
    change = one(made, StatusChange)
    assert (change.key, change.partnership) == ("Q30--Q5_wikidata-end", "Q30--Q5")
    assert (change.new_status, change.changed_on) == ("ended", dates.parse("1990-05"))
    assert made.report.counts == {"ended-one-side": 1}
    again = harvest(
        item(
            "Q5",
            twinned=(
                twin("Q5", "Q30", **dated(P580="1970", P582="1990-05")),
                twin("Q5", "Q30", 2, **dated(P580="1995")),
            ),
        ),
        item("Q30", twinned=(twin("Q30", "Q5"),)),
    )
    assert one(again, Partnership).status is None


def test_an_end_at_an_unknown_time_is_an_end() -> None:
    made = harvest(
        item("Q5", twinned=(twin("Q5", "Q30", qualifiers={"P582": "somevalue"}),)),
        item("Q30", twinned=(twin("Q30", "Q5", qualifiers={"P582": "somevalue"}),)),
    )
    assert one(made, Partnership).status == "ended"
    assert one(made, StatusChange).changed_on is None


def test_a_point_in_time_is_evidence_only() -> None:
    made = harvest(item("Q5", twinned=(twin("Q5", "Q30", **dated(P585="1999-05-01")),)))
    assert one(made, Partnership).since is None
    assert ("1999-05-01", None) in [(e.date, e.property) for e in made.claims.evidence]


def test_an_authority_carries_what_its_item_states() -> None:
    made = harvest(
        item(
            "Q5",
            labels={"pl": "Poznań", "als": "Posen", "zh": "波茲南"},
            aliases={"de": ["Posen"], "ja": ["x"]},
            point=(52.4, 16.9),
            twinned=(twin("Q5", "Q30"),),
            P1653="3064011", P605="PL415", P782="PL_3064011", P1566="3088171", P31="x",
        ),
        item("Q30", country="Q31", labels={}, P1567="24109"),
        retrieved={"Q5": "2026-11-23T10:00:00Z"},
    )  # fmt: skip
    poznan = next(r for r in made.claims.records if r.key == "Q5")
    assert isinstance(poznan, Authority)
    assert poznan.labels == (Text("Poznań", "pl"),)
    assert poznan.alt_labels == (Text("Posen", "de"),)
    assert (poznan.country, poznan.national_code, poznan.nuts3) == ("POL", "3064011", "PL415")
    assert (poznan.lau, poznan.geonames) == ("PL_3064011", "3088171")
    revision = next(e.revision for e in made.claims.evidence if e.subject.key == "Q5")
    assert revision == WikidataRevision("Q5", 1, "2026-11-01T00:00:00Z", "2026-11-23T10:00:00Z")
    tremelo = next(r for r in made.claims.records if r.key == "Q30")
    assert isinstance(tremelo, Authority)
    assert tremelo.labels == (Text("Q30", "zxx"),) and tremelo.national_code == "24109"
    assert made.report["no-label"] == 1


def test_a_country_item_in_hand_decides_over_the_table() -> None:
    country = item("Q77", country=None, P298="URY")
    made = harvest(item("Q5", country="Q77", twinned=(twin("Q5", "Q30"),)), country)
    assert {r.key: r.country for r in made.claims.records if isinstance(r, Authority)} == {
        "Q5": "URY",
        "Q30": None,
    }
    assert "Q77" not in {r.key for r in made.claims.records}


def test_countries_that_are_none_or_several_stay_open() -> None:
    several = item("Q5", twinned=(twin("Q5", "Q30"),))
    several["claims"]["P17"].append(samples.claim("Q5", "P17", samples.entity("Q31"), number=2))
    made = harvest(several, item("Q30", country="Q999999"))
    assert made.report.counts == {
        "unknown-country": 1,
        "several-countries": 1,
        "one-sided": 1,
    }


def test_scope_keeps_the_links_that_touch_it() -> None:
    made = harvest(
        item("Q5", twinned=(twin("Q5", "Q30"), twin("Q5", "Q31", 2))),
        item("Q30", twinned=(twin("Q30", "Q40"),)),
        item("Q31", twinned=(twin("Q31", "Q5"),)),
        scope={"Q31"},
    )
    assert [link.pair for link in made.links] == [("Q5", "Q31")]
    assert made.report.counts == {}, "what lies outside is not counted either"
    read = [e.revision for e in made.claims.evidence if e.revision]
    assert [(one.item, one.in_part) for one in read] == [("Q31", False), ("Q5", True)]


def test_the_order_in_which_items_come_changes_nothing(real: dict[str, Any]) -> None:
    documents = list(real.values())
    first = harvest(*documents)
    random.Random(5).shuffle(documents)
    again = harvest(*documents)
    assert again.claims == first.claims and again.links == first.links
    assert again.report.counts == first.report.counts


def test_the_real_items_give_their_links_once(real: dict[str, Any]) -> None:
    made = harvest(*real.values())
    # 94 statements in 7 items of 2016 and 6 of Karlsruhe; London states Berlin and Berlin London.
    assert len(made.links) == 99
    both = {link.pair for link in made.links if not link.is_one_sided}
    assert ("Q64", "Q84") in both
    partnership = next(r for r in made.claims.records if r.key == "Q64--Q65")
    assert isinstance(partnership, Partnership)
    assert partnership.since == dates.parse("1967-06-27")
    assert {r.country for r in made.claims.records if r.key in {"Q64", "Q1040"}} == {"DEU"}  # type: ignore[attr-defined]


def test_a_report_knows_its_kinds() -> None:
    report = Findings()
    with pytest.raises(KeyError):
        report.add("misspelt", "x")
    report.add("self-link", "Q1")
    assert "self-link" in str(report) and KINDS["self-link"] in str(report)
    assert links.links(Items({}), report) == ()
