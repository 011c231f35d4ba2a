"""Whether the items in the register still hold."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.reconcile.lists import WIKIBASE, Wikibase, item, write_gazetteer
from twingraph.model.records import Authority, Point, Text
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.verify import Drift, ItemsOf, in_gazetteer, in_wikidata, verify


def _authority(**changes: Any) -> Authority:
    given: dict[str, Any] = {
        "key": "pl-sieniawa",
        "labels": (Text("Miasto i Gmina Sieniawa", "pl"),),
        "country": "POL",
        "level": "municipality",
        "national_code": "1814073",
        "wikidata": "Q3809",
        "wikidata_close": "Q377994",
        "point": Point(Decimal("22.6117"), Decimal("50.1777")),
    }
    return Authority(**(given | changes))


def _live(*more: Any, **redirects: str) -> ItemsOf:
    documents = {**WIKIBASE, **{d["id"]: d for d in more}}
    return partial(in_wikidata, Wikibase(documents, redirects))


def test_nothing_has_drifted() -> None:
    assert verify([_authority()], _live()) == []


@pytest.mark.parametrize(
    ("changes", "drift"),
    [
        ({"wikidata": "Q404"}, Drift.MISSING),
        ({"country": "SVK"}, Drift.COUNTRY),
        ({"point": Point(Decimal("21"), Decimal("52"))}, Drift.DISTANCE),
        ({"labels": (Text("Przemyśl", "pl"),)}, Drift.NAME),
        ({"national_code": "1814083"}, Drift.CODE),
        ({"wikidata": "Q77"}, Drift.BODY),
        ({"wikidata": "Q3"}, Drift.BODY),
        ({"wikidata": None, "wikidata_close": "Q3809"}, Drift.BODY),
    ],
)
def test_drift(changes: dict[str, Any], drift: Drift) -> None:
    findings = verify([_authority(**changes)], _live())
    assert drift in [finding.drift for finding in findings]
    assert all(str(f).startswith("pl-sieniawa: Q") for f in findings)


def test_a_redirect_is_told_and_where_it_leads() -> None:
    (finding,) = verify([_authority(wikidata="Q500")], _live(Q500="Q3809"))
    assert finding.drift is Drift.REDIRECT and "Q3809" in finding.detail


def test_a_body_that_was_dissolved() -> None:
    gone = item("Q501", {"pl": "Sieniawa"}, P31="Q1", P17="Q36", P576="+2020-01-01")
    (finding,) = verify([_authority(wikidata="Q501", wikidata_close=None)], _live(gone))
    assert finding.drift is Drift.FORMER


def test_a_gazetteer_cannot_say_that_an_item_does_not_exist(tmp_path: Path) -> None:
    facts = partial(in_gazetteer, read_gazetteer(write_gazetteer(tmp_path / "g.tsv")))
    (finding,) = verify([_authority()], facts)
    assert (finding.wikidata, finding.drift) == ("Q3809", Drift.UNKNOWN)


def test_towns_without_an_item_are_passed_over() -> None:
    assert verify([_authority(wikidata=None, wikidata_close=None)], _live()) == []
