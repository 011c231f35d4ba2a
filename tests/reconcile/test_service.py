"""The Reconciliation Service API 0.2 over our own towns, against the specification's structure.

The schemas are in `schemas`.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reconcile.schemas import (
    EXTENSION,
    MANIFEST,
    PROPOSAL,
    RESULT_BATCH,
    SUGGESTIONS_OF_ENTITIES,
    checked,
)
from twingraph.model.records import Authority, Point, Text
from twingraph.reconcile.service import (
    MOST_IDS,
    MOST_PROPERTIES,
    MOST_QUERIES,
    SUGGESTIONS,
    BadRequest,
    ReconciliationService,
)

BASE = "https://w3id.org/twingraph/"
ENDPOINT = "https://example.org/reconcile"

TOWNS = (
    Authority(
        key="pl-sieniawa",
        labels=(Text("Miasto i Gmina Sieniawa", "pl"),),
        alt_labels=(Text("Sieniawa <i>", "en"),),
        country="POL",
        level="municipality",
        national_code="1814073",
        wikidata="Q3809",
        wikidata_close="Q377994",
        point=Point(Decimal("22.6117"), Decimal("50.1777")),
    ),
    Authority(
        key="be-tremelo",
        labels=(Text("Tremelo", "nl"),),
        country="BEL",
        level="municipality",
        national_code="24109",
        wikidata="Q926110",
    ),
    Authority(
        key="sk-lutina",
        labels=(Text("Ľutina", "sk"),),
        country="SVK",
        level="municipality",
    ),
    Authority(
        key="Q8174",
        labels=(Text("Neckar-Odenwald-Kreis", "de"),),
        country="DEU",
        level="county",
    ),
    *(
        Authority(
            key=f"cz-{number}",
            labels=(Text("Nová Ves", "cs"),),
            country="CZE",
            level="municipality",
        )
        for number in range(30)
    ),
)


ALL = ReconciliationService(TOWNS, BASE, ENDPOINT)


@pytest.fixture(scope="module")
def service() -> ReconciliationService:
    partners = {"pl-sieniawa": ["be-tremelo", "sk-gone"]}
    return ReconciliationService(TOWNS, BASE, ENDPOINT, partners=partners)


def _results(service: ReconciliationService, **query: Any) -> list[dict[str, Any]]:
    answer = service.respond({"queries": json.dumps({"q0": query})})
    results: list[dict[str, Any]] = checked(answer, RESULT_BATCH)["q0"]["result"]
    return results


def test_the_manifest(service: ReconciliationService) -> None:
    manifest = checked(service.respond({}), MANIFEST)
    assert manifest["view"]["url"] == BASE + "municipality/{{id}}"


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"query": "Tremelo", "properties": [{"pid": "country", "v": "Belgium"}]}, "be-tremelo"),
        ({"query": "Lutina", "properties": [{"pid": "country", "v": "SK"}]}, "sk-lutina"),
        ({"query": "Gmina Sieniawa", "properties": [{"pid": "country", "v": "PL"}]}, "pl-sieniawa"),
        ({"query": "Sieniawa", "properties": [{"pid": "country", "v": ["PL"]}]}, "pl-sieniawa"),
        ({"query": "Tremelo", "properties": [{"pid": "wikidata", "v": "Q926110"}]}, "be-tremelo"),
        (
            {
                "query": "Sieniawa",
                "properties": [{"pid": "latitude", "v": 50.18}, {"pid": "longitude", "v": 22.61}],
            },
            "pl-sieniawa",
        ),
        (
            {
                "properties": [
                    {"pid": "name", "v": "Tremelo"},
                    {"pid": "country", "v": {"id": "BE", "name": "Belgium"}},
                ]
            },
            "be-tremelo",
        ),
    ],
)
def test_a_query_that_one_town_answers(
    service: ReconciliationService, query: dict[str, Any], key: str
) -> None:
    results = _results(service, **query)
    assert [(r["id"], r["match"]) for r in results if r["match"]] == [(key, True)]


def test_without_a_country_a_town_is_a_candidate_only(service: ReconciliationService) -> None:
    (result,) = _results(service, query="Tremelo")
    assert (result["id"], result["match"]) == ("be-tremelo", False)
    assert result["description"] == "municipality in Belgium (24109)"


def test_a_town_whose_country_is_not_known_is_a_candidate_only() -> None:
    town = Authority(key="Q3955", labels=(Text("Weimar", "und"),))
    service = ReconciliationService([town], BASE, ENDPOINT)
    asked = {"query": "Weimar", "properties": [{"pid": "country", "v": "DE"}]}
    (found,) = _results(service, **asked)
    assert (found["id"], found["match"]) == ("Q3955", False)


def test_types_are_kept_to_unless_they_are_a_preference(service: ReconciliationService) -> None:
    assert len(_results(service, query="Tremelo", type="municipality")) == 1
    assert len(_results(service, query="Tremelo", type=["county", "LocalAuthority"])) == 1
    assert _results(service, query="Tremelo", type="county") == []
    assert len(_results(service, query="Tremelo", type="county", type_strict="should")) == 1


def test_at_most_so_many_results_come_as_asked_for(service: ReconciliationService) -> None:
    country = [{"pid": "country", "v": "CZ"}]
    assert len(_results(service, query="Nová Ves", properties=country, limit=3)) == 3


def test_a_query_without_an_answer_has_an_empty_result(service: ReconciliationService) -> None:
    assert _results(service, query="Atlantis") == []


@pytest.mark.parametrize(
    "queries",
    [
        "not JSON",
        "[]",
        "5",
        "null",
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        json.dumps({str(i): {"query": "x"} for i in range(MOST_QUERIES + 1)}),
    ],
)
def test_what_is_no_batch_is_refused(service: ReconciliationService, queries: str) -> None:
    with pytest.raises(BadRequest):
        service.respond({"queries": queries})


DEEP = "[" * 100_000 + "]" * 100_000
ODD = (
    *('"Tremelo"', "5", "null", "[]", "{}", DEEP),
    *(f'{{"query": {odd}}}' for odd in ('""', '" "', "12", "-1e999", "NaN", "true", "null", DEEP)),
    *(f'{{"query": {odd}}}' for odd in (r'"\ud800"', r'"\u0000"', '{"a": 1}', '["Tremelo"]')),
    *(f'{{"query": "{odd}"}}' for odd in ("²", "x" * 501, "(((", "/", "St. " * 100, "-", "⁂")),
    '{"properties": {"pid": "country"}}',
    '{"properties": [{"pid": "country"}, 5, null, {"pid": 5, "v": 5}, {"v": "x"}]}',
    f'{{"properties": [{{"pid": "name", "v": {DEEP}}}]}}',
    '{"properties": [{"pid": "latitude", "v": 50}]}',
    '{"properties": [{"pid": "latitude", "v": "NaN"}, {"pid": "longitude", "v": "²"}]}',
    '{"properties": [{"pid": "latitude", "v": 1e999}, {"pid": "longitude", "v": 22}]}',
    '{"properties": [{"pid": "wikidata", "v": "Q0"}]}',
)
"""Rows that nothing is found for."""


@pytest.mark.parametrize("odd", ODD, ids=lambda text: text[:40])
def test_an_odd_row_loses_nothing_but_itself(service: ReconciliationService, odd: str) -> None:
    batch = f'{{"a": {{"query": "Tremelo"}}, "odd": {odd}, "z": {{"query": "Lutina"}}}}'
    answer = checked(service.respond({"queries": batch}), RESULT_BATCH)
    assert list(answer) == ["a", "odd", "z"]
    assert answer["odd"] == {"result": []}
    assert [answer[key]["result"][0]["id"] for key in "az"] == ["be-tremelo", "sk-lutina"]


@pytest.mark.parametrize(
    "odd",
    [
        *(f'"limit": {odd}' for odd in ("Infinity", "NaN", "-Infinity", "1e999", '"²"', '"many"')),
        *(f'"limit": {odd}' for odd in ("9" * 5000, "0", "-1", "true", "null", DEEP)),
        *('"type": 5', '"type": [5, null]', '"type_strict": "perhaps"', '"type_strict": {}'),
        *('"properties": 5', r'"more": "\ud800"', '"type": null'),
    ],
    ids=lambda text: text[:40],
)
def test_an_odd_wish_is_passed_over(service: ReconciliationService, odd: str) -> None:
    answer = service.respond({"queries": f'{{"q": {{"query": "Tremelo", {odd}}}}}'})
    assert [r["id"] for r in checked(answer, RESULT_BATCH)["q"]["result"]] == ["be-tremelo"]


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["query", "properties", "pid", "v", "type", "limit", "type_strict", "id"]
                ),
                inner,
            )
        ),
    )
)
def test_whatever_a_row_is_it_has_a_result(row: Any) -> None:
    batch = json.dumps({"a": {"query": "Tremelo"}, "odd": row})
    answer = checked(ALL.respond({"queries": batch}), RESULT_BATCH)
    assert len(answer["a"]["result"]) == 1 and "odd" in answer


def test_a_place_without_a_name_has_the_towns_around_it(service: ReconciliationService) -> None:
    def at(latitude: float, longitude: float) -> list[tuple[str, bool]]:
        properties = [{"pid": "latitude", "v": latitude}, {"pid": "longitude", "v": longitude}]
        return [(r["id"], r["match"]) for r in _results(service, properties=properties)]

    assert at(50.18, 22.61) == [("pl-sieniawa", True)]
    assert at(50.25, 22.61) == [("pl-sieniawa", False)]
    assert at(52.0, 22.61) == []


@pytest.mark.parametrize("pid", ["wikidata", "national_code"])
def test_a_code_alone_is_enough(service: ReconciliationService, pid: str) -> None:
    code = {"wikidata": "Q926110", "national_code": "24109"}[pid]
    for more in ({}, {"query": ""}, {"query": " "}):
        (found,) = _results(service, properties=[{"pid": pid, "v": code}], **more)
        assert (found["id"], found["match"]) == ("be-tremelo", True)


def test_entities_are_suggested_by_the_beginning_of_a_name(service: ReconciliationService) -> None:
    found = checked(service.suggest_entity("lut"), SUGGESTIONS_OF_ENTITIES)
    assert [entity["id"] for entity in found["result"]] == ["sk-lutina"]
    assert service.suggest_entity("") == {"result": []}


def test_long_suggestions_are_paged(service: ReconciliationService) -> None:
    first, second = (service.suggest_entity("nova ves", c)["result"] for c in ("", "20"))
    assert len(first) == SUGGESTIONS and len(second) == 10
    assert not {e["id"] for e in first} & {e["id"] for e in second}
    with pytest.raises(BadRequest):
        service.suggest_entity("x", "first")


def test_types_and_properties_are_suggested(service: ReconciliationService) -> None:
    types = checked(service.suggest_type("MUNI"), SUGGESTIONS_OF_ENTITIES)
    assert types["result"] == [{"id": "municipality", "name": "municipality"}]
    properties = checked(service.suggest_property("code"), SUGGESTIONS_OF_ENTITIES)
    assert {"id": "lau", "name": "LAU code"} in properties["result"]


def test_under_another_address_the_towns_are_the_same(service: ReconciliationService) -> None:
    other = service.at("http://localhost:8000/reconcile", "http://localhost:8000/")
    manifest = checked(other.respond({}), MANIFEST)
    assert manifest["view"]["url"] == "http://localhost:8000/municipality/{{id}}"
    assert manifest["preview"]["url"] == "http://localhost:8000/reconcile/preview?id={{id}}"
    assert manifest["identifierSpace"] == BASE + "municipality/"
    assert other.suggest_entity("lut") == service.suggest_entity("lut")


def test_a_preview_shows_a_name_and_never_its_markup(service: ReconciliationService) -> None:
    page = service.preview("pl-sieniawa")
    assert page and page.startswith("<!DOCTYPE html>") and "Miasto i Gmina Sieniawa" in page
    assert service.preview("pl-atlantis") is None
    odd = Authority(key="x", labels=(Text("<script>", "en"),))
    assert "<script>" not in (ReconciliationService([odd], BASE, ENDPOINT).preview("x") or "")


def test_a_table_is_extended(service: ReconciliationService) -> None:
    wanted = ["wikidata", "latitude", "twinnedWith", "nuts3"]
    request = {"ids": ["pl-sieniawa", "pl-gone"], "properties": [{"id": p} for p in wanted]}
    answer = checked(service.respond({"extend": json.dumps(request)}), EXTENSION)
    assert [m["id"] for m in answer["meta"]] == wanted
    assert answer["rows"]["pl-sieniawa"] == {
        "wikidata": [{"str": "Q3809"}],
        "latitude": [{"float": 50.1777}],
        "twinnedWith": [
            {"id": "be-tremelo", "name": "Tremelo"},
            {"id": "sk-gone", "name": "sk-gone"},
        ],
        "nuts3": [],
    }
    assert answer["rows"]["pl-gone"] == {p: [] for p in wanted}


@pytest.mark.parametrize(
    "extend",
    [
        "[]",
        "{",
        '{"ids": []}',
        '{"ids": [], "properties": [{"id": "colour"}]}',
        '{"ids": [], "properties": ["wikidata"]}',
        json.dumps({"ids": ["x"] * (MOST_IDS + 1), "properties": []}),
        json.dumps({"ids": [], "properties": [{"id": "wikidata"}] * (MOST_PROPERTIES + 1)}),
        '{"ids": [], "properties": [{"id": ["wikidata"]}]}',
        DEEP,
    ],
)
def test_an_extension_that_does_not_keep_to_the_specification(
    service: ReconciliationService, extend: str
) -> None:
    with pytest.raises(BadRequest):
        service.respond({"extend": extend})


def test_ids_of_any_kind_have_a_row(service: ReconciliationService) -> None:
    ids = r'[1, null, "\ud800", {"a": []}, "be-tremelo", "be-tremelo", ' + DEEP + "]"
    extend = f'{{"ids": {ids}, ' + '"properties": [{"id": "wikidata"}, {"id": "wikidata"}]}'
    answer = service.respond({"extend": extend})
    assert [column["id"] for column in answer["meta"]] == ["wikidata"]
    rows = answer["rows"]
    assert rows.pop("be-tremelo") == {"wikidata": [{"str": "Q926110"}]}
    assert len(rows) == 5 and all(row == {"wikidata": []} for row in rows.values())


@pytest.mark.parametrize("limit", ["²", "-1", "1e3", "9" * 5000])
def test_a_number_is_one(service: ReconciliationService, limit: str) -> None:
    with pytest.raises(BadRequest):
        service.propose_properties("", limit)


def test_properties_are_proposed(service: ReconciliationService) -> None:
    answer = checked(service.propose_properties("municipality", "3"), PROPOSAL)
    assert answer["type"] == "municipality" and len(answer["properties"]) == 3
    assert len(checked(service.propose_properties(), PROPOSAL)["properties"]) > 10
