"""A dump of the EU Knowledge Graph gives what its service answers."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from twingraph.errors import UsageError
from twingraph.model.records import Text
from twingraph.sources.interreg import graph_dump, kohesio
from twingraph.sources.interreg.report import Report

DUMP = """
<{E}Q1> <{P}P1367> "2014TC16RFCB012" .
<{E}Q1> <{L}> "Poland-Slovakia"@en .
<{E}Q2> <{L}> "Mosty"@pl .
<{E}Q2> <{L}> "Bridges"@en .
<{E}Q2> <{P}P35> <{E}Q9934> .
<{E}Q2> <{P}P1368> <{E}Q1> .
<{E}Q2> <{P}P474> "+100.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<{E}Q2> <{P}P562941> "17853" .
<{E}Q2> <{P}P127> "Point(21.05 49.12)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> .
<{E}Q2> <{P}P889> <{E}Q4> .
<{E}Q2> <{P}P841> "Gmina Y" .
<{E}Q3> <{P}P35> <{E}Q9934> .
<{E}Q3> <{P}P1368> <{E}Q99> .
<{E}Q4> <{L}> "Obec X"@sk .
<{E}Q4> <{P}P1> <http://www.wikidata.org/entity/Q5> .
<{E}Q4> <{P}P32> <{E}Q6> .
<{E}Q6> <{P}P173> "SK" .
"""


def written(path: Path) -> Path:
    text = DUMP.replace("{E}", kohesio.ENTITY).replace(
        "{P}", "https://linkedopendata.eu/prop/direct/"
    )
    data = text.replace("{L}", "http://www.w3.org/2000/01/rdf-schema#label").encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["dump.nt", "dump.nt.gz"])
def test_the_projects_of_a_programme(name: str, tmp_path: Path) -> None:
    rows = graph_dump.bindings(written(tmp_path / name), "2014tc16rfcb012")
    (row,) = kohesio.of_bindings(rows, Report())
    assert row.titles == (Text("Bridges", "en"), Text("Mosty", "pl"))
    assert (row.kohesio, row.keep_id, str(row.money.total)) == ("Q2", "17853", "100.50")
    assert row.programme and row.programme.titles == (Text("Poland-Slovakia", "en"),)
    assert [(p.names[0].value, p.country, p.wikidata) for p in row.partners] == [
        ("Obec X", "SK", "Q5"), ("Gmina Y", "", None),
    ]  # fmt: skip


def test_another_programme_has_none(tmp_path: Path) -> None:
    assert list(graph_dump.bindings(written(tmp_path / "dump.nt"), "2014TC16RFCB001")) == []


@pytest.mark.parametrize("content", [b"<html>", b"\x1f\x8b broken"])
def test_what_is_no_dump_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / ("dump.nt.gz" if content[:1] == b"\x1f" else "dump.nt")
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is no dump that can be read"):
        list(graph_dump.bindings(path, "2014TC16RFCB012"))
