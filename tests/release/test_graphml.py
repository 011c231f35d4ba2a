"""GraphML: NetworkX finds every town and partnership, and Gephi's names and types are there."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx
import pytest

from tests.release.conftest import Write
from twingraph.dates import parse
from twingraph.model.records import Authority, Partnership, StatusChange, Text, View

GRAPHML = "twingraph.graphml"
XML = "{http://graphml.graphdrawing.org/xmlns}"


def network(path: Path) -> Any:
    return networkx.read_graphml(path, force_multigraph=True)


@pytest.mark.parametrize("data", ["ships", "odd"])
def test_networkx_finds_every_town_and_partnership(
    data: str, view: View, odd: View, write: Write
) -> None:
    shown = {"ships": view, "odd": odd}[data]
    found = network(write(shown, GRAPHML))
    assert not found.is_directed()
    assert set(found) == set(shown.all(Authority))
    expected = Counter(
        (key, frozenset(pair))
        for key, partnership in shown.all(Partnership).items()
        for pair in combinations(partnership.partners, 2)
    )
    edges = found.edges(data=True)
    assert Counter((e["partnership"], frozenset((a, b))) for a, b, e in edges) == expected
    for one, other, edge in edges:
        partnership = shown.all(Partnership)[edge["partnership"]]
        since = partnership.since
        assert edge.get("since") == (since.edtf if since else None)
        assert edge.get("since_earliest") == (since.earliest if since else None)
        assert edge.get("status") == partnership.status
        names = found.nodes[one]["label"], found.nodes[other]["label"]
        assert edge["label"] in {" – ".join(names), " – ".join(reversed(names))}


def test_nodes_have_labels_and_places(view: View, write: Write) -> None:
    found = network(write(view, GRAPHML))
    town = found.nodes["pl-sieniawa"]
    assert (town["label"], town["country"], town["wikidata"], town["partnerships"]) == (
        "Miasto i Gmina Sieniawa", "POL", "Q3809", 4,
    )  # fmt: skip
    assert (town["longitude"], town["latitude"]) == (22.6117, 50.1777)


def test_a_partnership_weighs_one_for_each_town_in_it(odd: View, write: Write) -> None:
    found = network(write(odd, GRAPHML))
    degree = dict(found.degree(weight="weight"))
    for town in odd.all(Authority):
        held = sum(town in p.partners for p in odd.all(Partnership).values())
        assert degree[town] == pytest.approx(held)
        assert found.nodes[town]["partnerships"] == held


def test_a_former_partner_is_no_current_edge(odd: View, write: Write) -> None:
    found = network(write(odd, GRAPHML))
    current = {
        frozenset((a, b)): edge["current"]
        for a, b, edge in found.edges(data=True)
        if edge["partnership"] == "lt-visaginas--lv-dagda"
    }
    assert len(current) == 3
    assert {pair for pair, is_current in current.items() if is_current} == {
        frozenset(("lt-visaginas", "lv-kraslava"))
    }


def test_edges_of_a_circle_begin_when_the_later_town_joined(view: View, write: Write) -> None:
    circle = Partnership("c", ("be-tremelo", "pl-sieniawa", "sk-lutina"), since=parse("1955"))
    joined = StatusChange("c_1", "c", "active", parse("1959"), "sk-lutina")
    things = {**view.things, Partnership: {"c": circle}, StatusChange: {"c_1": joined}}
    found = network(write(replace(view, things=things), GRAPHML))
    since = {frozenset((a, b)): edge["since"] for a, b, edge in found.edges(data=True)}
    assert since == {
        frozenset(("be-tremelo", "pl-sieniawa")): "1955",
        frozenset(("be-tremelo", "sk-lutina")): "1959",
        frozenset(("pl-sieniawa", "sk-lutina")): "1959",
    }


def test_one_sided_partnerships_are_marked(view: View, write: Write) -> None:
    found = network(write(view, GRAPHML))
    marked = {
        e["partnership"]: (e["stated_by"], e["one_sided"]) for *_, e in found.edges(data=True)
    }
    assert marked["be-tremelo--pl-sieniawa"] == ("pl-sieniawa", True)
    assert marked["pl-sieniawa--sk-cervena-voda"] == ("pl-sieniawa; sk-cervena-voda", False)


def test_a_year_is_a_number_where_it_is_known(odd: View, write: Write) -> None:
    found = network(write(odd, GRAPHML))
    years = {edge["since"]: edge.get("since_year") for _, _, edge in found.edges(data=True)
             if "since" in edge}  # fmt: skip
    assert years["1993"] == 1993 and years["196X"] is None and years["../1989"] is None


def test_gephi_finds_its_names_and_types(view: View, write: Write) -> None:
    """Gephi takes labels and weights from attributes of these names (its GraphML importer)."""
    root = ET.parse(write(view, GRAPHML)).getroot()
    keys = {
        (key.get("for"), key.get("attr.name")): key.get("attr.type")
        for key in root.iter(f"{XML}key")
    }
    assert keys["node", "label"] == keys["edge", "label"] == "string"
    assert keys["edge", "weight"] == "double"
    assert keys["node", "latitude"] == keys["node", "longitude"] == "double"
    ids = [e.get("id") for tag in ("node", "edge") for e in root.iter(f"{XML}{tag}")]
    assert len(ids) == len(set(ids))


def test_names_that_xml_must_escape_or_cannot_hold(view: View, write: Write) -> None:
    towns = dict(view.all(Authority))
    towns["be-tremelo"] = replace(
        towns["be-tremelo"], labels=(Text('<a> & "b" ]]> \x0b\ufffe \U0001f3d8', "nl"),)
    )
    changed = replace(view, things={**view.things, Authority: towns})
    label = network(write(changed, GRAPHML)).nodes["be-tremelo"]["label"]
    assert label == '<a> & "b" ]]> \ufffd\ufffd \U0001f3d8'
