"""The mappings to give back: read by a reader of tables, with the metadata that SSSOM asks for."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import yaml

from twingraph.model.merge import merge
from twingraph.model.records import (
    Authority,
    Claims,
    Evidence,
    Participation,
    Project,
    Source,
    Text,
    View,
)
from twingraph.release.content import Content
from twingraph.release.sssom import COLUMNS, write_sssom

TITLE = (Text("Bridges", "en"),)


def written(view: View) -> tuple[dict[str, Any], list[dict[str, str]]]:
    out = io.BytesIO()
    write_sssom(Content(view), out)
    lines = out.getvalue().decode().splitlines()
    head = "\n".join(line[1:] for line in lines if line.startswith("#"))
    body = [line for line in lines if not line.startswith("#")]
    return yaml.safe_load(head), list(csv.DictReader(body, delimiter="\t"))


def test_a_name_and_the_item_of_the_body(view: View) -> None:
    part = Participation("x_a", "x", "a", names=(Text("Gmina A", "und"),), country="POL")
    near = Participation("x_b", "x", "b", names=(Text("Gmina\tB", "und"),))
    unsure = Participation("x_c", "x", "c", names=(Text("Gmina C", "und"),))
    why = Evidence(part.ref, "authority", None, True, note="the name", confidence=Decimal("0.98"))
    claims = Claims(
        Source("list", (), "register", 50),
        (
            Authority("a", (Text("A", "pl"),), wikidata="Q1"),
            Authority("b", wikidata_close="Q2"), Authority("c", wikidata="Q3"),
            Project("x", TITLE), part, near, unsure,
        ),
        (why, Evidence(near.ref, "authority", confidence=Decimal(1))),
    )  # fmt: skip
    head, rows = written(merge(view.dataset, [claims]))
    assert head["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert head["curie_map"]["wikidata"] == "http://www.wikidata.org/entity/"
    assert head["mapping_set_id"].endswith("/twingraph.sssom.tsv")
    assert [tuple(row) for row in rows] == [COLUMNS, COLUMNS]
    near_row, row = rows
    assert row == dict(
        zip(
            COLUMNS,
            ("Gmina A", "rdfs literal", "twingraph:source/list", "skos:exactMatch", "wikidata:Q1",
             "A", "wikidata", "semapv:LexicalMatching", "0.98", "the name", "country=POL"),
            strict=True,
        )
    )  # fmt: skip
    assert (near_row["subject_label"], near_row["predicate_id"], near_row["object_id"]) == (
        "Gmina B", "skos:closeMatch", "wikidata:Q2",
    )  # fmt: skip


def test_a_view_without_projects_has_a_header_alone(view: View) -> None:
    head, rows = written(view)
    assert head["mapping_set_version"] and rows == []


def test_the_shipped_partners_are_in_it(world: View) -> None:
    _, rows = written(world)
    items = {row["subject_label"]: (row["predicate_id"], row["object_id"]) for row in rows}
    assert items["Mesto Snina"] == ("skos:exactMatch", "wikidata:Q754788")
    assert items["Gmina Milówka"] == ("skos:closeMatch", "wikidata:Q1250128")
    assert not any("Szkoła" in name or "škola" in name for name in items)
