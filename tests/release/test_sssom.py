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
from twingraph.reconcile.register import MACHINE
from twingraph.release.content import Content
from twingraph.release.sssom import COLUMNS, DECISION_COLUMNS, write_decisions, write_sssom

TITLE = (Text("Bridges", "en"),)


def written(view: View) -> tuple[dict[str, Any], list[dict[str, str]]]:
    out = io.BytesIO()
    write_sssom(Content(view), out)
    lines = out.getvalue().decode().splitlines()
    head = "\n".join(line[1:] for line in lines if line.startswith("#"))
    body = [line for line in lines if not line.startswith("#")]
    return yaml.safe_load(head), list(csv.DictReader(body, delimiter="\t"))


def test_decisions_with_who_and_when_and_why(view: View) -> None:
    out = io.BytesIO()
    write_decisions(Content(view), out)
    text = out.getvalue().decode()
    head = yaml.safe_load("\n".join(li[1:] for li in text.split("\n") if li.startswith("#")))
    assert head["mapping_set_id"].endswith("/twingraph.towns.sssom.tsv")
    body = [line for line in text.split("\n") if line and not line.startswith("#")]
    rows = list(csv.DictReader(body, delimiter="\t"))
    assert {row["subject_id"] for row in rows} == {
        f"twingraph:municipality/{key}" for key in view.all(Authority)
    }
    exact, close = (row for row in rows if row["subject_id"].endswith("/pl-sieniawa"))
    found = {row["predicate_id"]: row["object_id"] for row in (exact, close)}
    assert found == {"skos:exactMatch": "wikidata:Q3809", "skos:closeMatch": "wikidata:Q377994"}
    for row in (exact, close):
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert row["author_label"] == "twingraph contributors"
        assert (row["mapping_date"], row["mapping_tool"]) == ("2026-11-23", "")
        assert "by its TERYT code 1814073" in row["comment"]
        assert row["subject_label"] == "Miasto i Gmina Sieniawa"


def test_decisions_of_ours_and_of_none(view: View) -> None:
    ours, none = Authority("a", (Text("A", "pl"),), wikidata="Q1"), Authority("b")
    claims = Claims(
        Source("list", (), "register", 50),
        (ours, none, Authority("c", wikidata="Q3")),
        (
            Evidence(ours.ref, "wikidata", note="the same name", decided_by=MACHINE,
                     decided_on="2026-11-24"),
            Evidence(none.ref, "wikidata_status", note="no\tentry", decided_by="A. Nowak"),
        ),
    )  # fmt: skip
    out = io.BytesIO()
    write_decisions(Content(merge(view.dataset, [claims])), out)
    first, second = (line.split("\t") for line in out.getvalue().decode().splitlines()[-2:])
    shown = dict(zip(DECISION_COLUMNS, first, strict=True))
    assert shown["mapping_justification"] == "semapv:LexicalMatching"
    assert (shown["author_label"], shown["mapping_tool"]) == ("", MACHINE)
    assert shown["mapping_date"] == "2026-11-24"
    shown = dict(zip(DECISION_COLUMNS, second, strict=True))
    assert shown["object_id"] == "sssom:NoTermFound" and shown["comment"] == "no entry"
    assert shown["author_label"] == "A. Nowak"


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
