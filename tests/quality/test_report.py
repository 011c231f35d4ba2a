"""quality.json stays small: long lists show their first entries, and a query lists all."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyoxigraph as ox
import pytest

from tests.quality.test_figures import DATASET, source, view
from twingraph.build import check_view
from twingraph.dates import parse
from twingraph.model.records import (
    Authority,
    Claims,
    Participation,
    Partnership,
    Project,
    Record,
    Text,
    View,
)
from twingraph.quality.queries import QUERIES
from twingraph.quality.report import FORMAT, SHOWN, assess
from twingraph.rdf.ntriples import write_nquads
from twingraph.release.content import Content
from twingraph.sources.wikidata.twinning import PUBLISHER

MANY = SHOWN + 20


@pytest.fixture(scope="module")
def many() -> View:
    """120 towns that each state a partnership with one that is silent; Wikidata knows them without
    a start, and one with it; of their codes two sources say different things. Each runs a project
    whose one budget is not the whole."""
    towns: list[Record] = [
        Authority(f"t{n}", country="POL", national_code="1") for n in range(MANY)
    ]
    links = [Partnership(f"hub--t{n}", partners=("hub", f"t{n}")) for n in range(MANY)]
    pages = [
        Claims(
            source(f"page-{n}", publisher_authority=f"t{n}"), (replace(link, stated_by=(f"t{n}",)),)
        )
        for n, link in enumerate(links)
    ]
    one_sided = [
        replace(link, stated_by=(f"t{n}",), not_stated_by=("hub",)) for n, link in enumerate(links)
    ]
    dated = Partnership("t1--t2", partners=("t1", "t2"), since=parse("199X"))
    other = [Authority(f"t{n}", national_code="2") for n in range(MANY)]
    return view(
        Claims(source("towns", rank=1), (Authority("hub", country="POL"), *towns)),
        Claims(source("other", rank=2), tuple(other)),
        Claims(source("wikidata", publisher=PUBLISHER), (*one_sided, dated)),
        Claims(source("list"), tuple(record for n in range(MANY) for record in spent(n))),
        *pages,
    )


def spent(number: int) -> tuple[Record, Record]:
    town, key = f"t{number}", f"p{number}"
    return (
        Project(
            key, (Text("Bridges", "en"),), total_budget=Decimal(100), currency="EUR",
            partners=(town,),
        ),
        Participation(
            f"{key}_{town}", key, town, total_budget=Decimal(99), currency="EUR"
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def told(many: View) -> Any:
    return json.loads(json.dumps(assess(many, check_view(many)).json()))


def at(told: Any, place: str) -> list[Any]:
    for name in place.split("."):
        told = told[name]
    assert isinstance(told, list)
    return told


def test_long_lists_are_cut_and_what_is_left_out_is_said(told: Any) -> None:
    assert told["format"] == FORMAT == 2
    cut = {entry["list"]: entry for entry in told["left_out"]}
    assert cut.keys() == QUERIES.keys()
    for place, entry in cut.items():
        assert len(at(told, place)) == SHOWN
        assert entry["count"] == MANY and entry["left_out"] == MANY - SHOWN
        assert entry["query"] == QUERIES[place]
    assert told["summary"]["conflicts"] == MANY
    assert told["sides"]["confirmed_by"]["some"] == MANY


def test_each_query_lists_the_whole_list_on_the_release(many: View, told: Any) -> None:
    store = released(many)
    base = DATASET.base
    for entry in told["left_out"]:
        rows = store.query(entry["query"])
        assert isinstance(rows, ox.QuerySolutions)
        found = [[value.value for value in row] for row in rows]
        assert len(found) == entry["count"], entry["list"]
        shown = at(told, entry["list"])
        if entry["list"] == "disagreements":
            expected = {f"{base}{one['subject']}" for one in shown}
        else:
            path = "project" if entry["list"].startswith("money.") else "partnership"
            keys = (one if isinstance(one, str) else one[path] for one in shown)
            expected = {f"{base}{path}/{key}" for key in keys}
        assert expected <= {row[0] for row in found}


def released(made: View) -> ox.Store:
    content, out = Content(made), io.BytesIO()
    write_nquads(content.default(), None, out)
    for name, descriptions in content.graphs():
        write_nquads(descriptions, name, out)
    store = ox.Store()
    store.bulk_load(out.getvalue(), format=ox.RdfFormat.N_QUADS)
    return store


def test_a_rule_has_its_number_examples_and_a_query(many: View, told: Any) -> None:
    rules = {warning["rule"]: warning for warning in told["warnings"]}
    undated = rules["partnership without a date"]
    assert undated["results"] == MANY == undated["left_out"] + len(undated["examples"])
    assert undated["examples"][0]["focus"] == f"{DATASET.base}partnership/hub--t0"
    rows = released(many).query(undated["query"])
    assert isinstance(rows, ox.QuerySolutions) and len(list(rows)) == MANY
    for warning in told["warnings"]:
        assert warning["results"] >= len(warning["examples"]) > 0


def test_short_lists_are_whole(many: View) -> None:
    few = view(*(claims for claims in many.claims if claims.source.key in ("towns", "page-1")))
    told = assess(few, check_view(few)).json()
    assert told["left_out"] == [] and len(told["sides"]["one_sided_documents"]) == 1
