"""The dumps as they ship: parsers that are not ours find the same graph in each of them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from tests.conftest import FOUNDING, ROOT
from tests.release.writing import write_one
from twingraph.release.content import Content

NT = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def quads(data: bytes, form: ox.RdfFormat) -> set[ox.Quad]:
    return set(ox.parse(data, format=form))


def lines(quads_: set[ox.Quad]) -> set[str]:
    return {str(q) for q in quads_}


@pytest.fixture(scope="module")
def triples(release: Path) -> set[ox.Quad]:
    return quads(content(release / "twingraph.nt.gz"), ox.RdfFormat.N_TRIPLES)


def test_oxigraph_finds_the_same_graph(release: Path, triples: set[ox.Quad]) -> None:
    assert len(triples) > 1000
    turtle = quads(content(release / "twingraph.ttl"), ox.RdfFormat.TURTLE)
    json_ld = quads(content(release / "twingraph.jsonld"), ox.RdfFormat.JSON_LD)
    assert lines(turtle) == lines(triples)
    assert lines(json_ld) == lines(triples)


def test_oxigraph_finds_the_same_dataset(release: Path, triples: set[ox.Quad]) -> None:
    n_quads = quads(content(release / "twingraph.nq.gz"), ox.RdfFormat.N_QUADS)
    trig = quads(content(release / "twingraph.trig.gz"), ox.RdfFormat.TRIG)
    assert lines(n_quads) == lines(trig)
    assert lines({q for q in n_quads if q.graph_name == ox.DefaultGraph()}) == lines(triples)
    assert len({q.graph_name for q in n_quads}) == 7


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_rdflib_finds_the_same_graph(release: Path) -> None:
    expected = set(rdflib.Graph().parse(data=content(release / "twingraph.nt.gz"), format="nt"))
    turtle = rdflib.Graph().parse(data=content(release / "twingraph.ttl"), format="turtle")
    json_ld = rdflib.Graph().parse(data=content(release / "twingraph.jsonld"), format="json-ld")
    assert set(turtle) == expected
    assert set(json_ld) == expected


def test_pyld_finds_the_same_graph(release: Path, triples: set[ox.Quad]) -> None:
    document = json.loads(content(release / "twingraph.jsonld"))
    found = jsonld.to_rdf(document, {"format": "application/n-quads"})
    assert lines(quads(found.encode(), ox.RdfFormat.N_QUADS)) == lines(triples)


def test_rapper_finds_the_same_graph(release: Path, triples: set[ox.Quad]) -> None:
    command = ["rapper", "-q", "-i", "turtle", "-o", "ntriples", str(release / "twingraph.ttl")]
    found = subprocess.run(command, capture_output=True, check=True).stdout
    assert lines(quads(found, ox.RdfFormat.N_TRIPLES)) == lines(triples)


def test_no_blank_nodes(triples: set[ox.Quad]) -> None:
    assert not [q for q in triples if isinstance(q.subject, ox.BlankNode)]
    assert not [q for q in triples if isinstance(q.object, ox.BlankNode)]


def test_json_ld_is_flat_with_signatures_nested_alone(release: Path) -> None:
    nodes = json.loads(content(release / "twingraph.jsonld"))["@graph"]
    agreement = next(n for n in nodes if n["id"].endswith("agreement/be-tremelo--pl-sieniawa_1"))
    assert {s["office"].rpartition("/")[2] for s in agreement["signature"]} == {"mayor"}
    assert agreement["signature"][0]["role"] == {"pl": "burmistrz Miasta i Gminy Sieniawa"}
    for node in nodes:
        for name, value in node.items():
            values = value if isinstance(value, list) else [value]
            nested = [v for v in values if isinstance(v, dict) and "id" in v]
            assert not nested or name == "signature"


def test_json_ld_keeps_precision_and_decimals(release: Path) -> None:
    nodes = {n["id"]: n for n in json.loads(content(release / "twingraph.jsonld"))["@graph"]}
    base = "https://w3id.org/twingraph/"
    tremelo = nodes[f"{base}partnership/be-tremelo--pl-sieniawa"]
    assert tremelo["since"] == {"@type": "xsd:gYearMonth", "@value": "2008-07"}
    project = nodes[f"{base}project/dedicstvo-starych-mam-bez-hranic"]
    assert project["grant"] == "28781.55"


def test_turtle_is_pleasant_to_read(release: Path) -> None:
    text = content(release / "twingraph.ttl").decode()
    assert 'tg:since "2008-07"^^xsd:gYearMonth' in text
    assert "tg:office office:mayor" in text
    assert "municipality:pl-sieniawa a tg:LocalAuthority, tg:Municipality" in text


SCRIPT = """
import hashlib, sys, io
from pathlib import Path
from twingraph.build import read_view
from twingraph.release.content import Content
from twingraph.release.exports import exports, written_exports
folder = Path(sys.argv[2])
with written_exports(folder, Content(read_view(Path(sys.argv[1])))):
    pass
for export in exports():
    print(export.name, hashlib.sha256((folder / export.name).read_bytes()).hexdigest())
"""


def test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    outcomes = set()
    for seed in ("0", "1", "4711"):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(FOUNDING), str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        outcomes.add(run.stdout)
    assert len(outcomes) == 1


def test_another_base_moves_everything_of_ours(built_elsewhere: Content, tmp_path: Path) -> None:
    path = write_one("twingraph.nq.gz", tmp_path, built_elsewhere)
    text = content(path).decode()
    rest = text.replace("https://w3id.org/twingraph/ns", "")
    assert "<https://towns.example/municipality/pl-sieniawa>" in text
    assert "https://w3id.org/twingraph/" not in rest


@pytest.fixture
def built_elsewhere() -> Content:
    from dataclasses import replace

    from twingraph.build import read_view

    view = read_view(FOUNDING)
    return Content(replace(view, dataset=replace(view.dataset, base="https://towns.example/")))
