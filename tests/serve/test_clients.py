"""The clients that researchers use, pointed at a release as it is served."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib import URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, JSONLD, RDFXML, SPARQLWrapper

from tests.conftest import ROOT
from tests.service import BASE, Server
from twingraph.build import Built

CLIENTS = ROOT / "tests" / "clients"
PATH = f"{os.environ['PATH']}{os.pathsep}{Path(sys.executable).parent}"
NODE = shutil.which("node", path=PATH)
TOWN = f"{BASE}municipality/pl-sieniawa"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PREFIXES = f"PREFIX tg: <{BASE}ns#> PREFIX skos: <{SKOS}> "
PARTNERS = (
    PREFIXES + f"SELECT ?name {{ <{TOWN}> tg:twinnedWith/skos:prefLabel ?name }} ORDER BY ?name"
)
NAMES = ["Pečovská Nová Ves", "Tremelo", "Červená Voda", "Ľutina"]


# What SPARQLWrapper and rdflib's own readers make is, rdflib says, no longer to be made.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")


@pytest.fixture(scope="module")
def site(built: Built) -> Iterator[Server]:
    """A release of the founding data, served."""
    running = Server(built.out)
    yield running
    assert running.stop() == 0


# --- Comunica ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def comunica(site: Server) -> list[Any]:
    """What Comunica answers to all questions below: it takes seconds to start, so once."""
    if NODE is None or not (CLIENTS / "node_modules" / "@comunica").is_dir():
        pytest.skip("Comunica is not installed: make test does it, by tests/clients/install.py")
    endpoint = [{"type": "sparql", "value": site.endpoint}]
    turns: list[tuple[str, list[Any]]] = [
        (PARTNERS, endpoint),
        # Nothing says what is behind the address: Comunica finds out by the service description.
        (PREFIXES + f"ASK {{ <{TOWN}> tg:partnerIn ?partnership }}", [site.endpoint]),
        (PREFIXES + f"CONSTRUCT WHERE {{ <{TOWN}> tg:twinnedWith ?town }}", endpoint),
        # A document, found by negotiation from the thing; and a file of the release.
        (PARTNERS, [f"{site.url}municipality/pl-sieniawa"]),
        (PARTNERS, [f"{site.url}twingraph.jsonld"]),
        # The endpoint and a document together.
        (
            f"SELECT ?label {{ <{TOWN}> <{BASE}ns#level> ?level . "
            f"?level <{SKOS}inScheme> ?scheme . "
            f'?level <{SKOS}prefLabel> ?label FILTER(LANG(?label) = "sk") }}',
            [*endpoint, f"{site.url}concept.ttl"],
        ),
    ]  # fmt: skip
    asked = json.dumps([{"query": query, "sources": sources} for query, sources in turns])
    done = subprocess.run(
        [NODE, "ask.mjs"], cwd=CLIENTS, input=asked, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


def test_comunica_asks_the_endpoint(comunica: list[Any]) -> None:
    assert [row["name"] for row in comunica[0]] == NAMES
    assert comunica[1] is True
    assert {row[2] for row in comunica[2]} == {
        f"{BASE}municipality/{key}"
        for key in ("be-tremelo", "sk-cervena-voda", "sk-lutina", "sk-pecovska-nova-ves")
    }


def test_comunica_reads_linked_data_and_files(comunica: list[Any]) -> None:
    assert [row["name"] for row in comunica[3]] == NAMES
    assert [row["name"] for row in comunica[4]] == NAMES


def test_comunica_joins_the_endpoint_with_a_document(comunica: list[Any]) -> None:
    assert {row["label"] for row in comunica[5]} == {"obec"}


# --- SPARQLWrapper and rdflib ------------------------------------------------------------------


def test_sparqlwrapper_reads_solutions_and_graphs(site: Server) -> None:
    client = SPARQLWrapper(site.endpoint)
    client.setQuery(PARTNERS)
    client.setReturnFormat(JSON)
    found: Any = client.queryAndConvert()
    assert [row["name"]["value"] for row in found["results"]["bindings"]] == NAMES
    client.setQuery(f"DESCRIBE <{TOWN}>")
    client.setReturnFormat(RDFXML)
    graph: Any = client.queryAndConvert()
    assert (URIRef(TOWN), URIRef(f"{BASE}ns#nationalCode"), None) in graph


def test_sparqlwrapper_reads_json_ld(site: Server) -> None:
    client = SPARQLWrapper(site.endpoint)
    client.setQuery(f"CONSTRUCT WHERE {{ <{TOWN}> ?p ?o }}")
    client.setReturnFormat(JSONLD)
    graph: Any = client.queryAndConvert()
    assert (URIRef(TOWN), URIRef(f"{BASE}ns#nationalCode"), None) in graph


def test_rdflib_walks_the_graph_through_the_endpoint(site: Server) -> None:
    graph = rdflib.Graph(SPARQLStore(site.endpoint))
    label = URIRef(f"{SKOS}prefLabel")
    twins = graph.objects(URIRef(TOWN), URIRef(f"{BASE}ns#twinnedWith"))
    assert sorted(str(graph.value(twin, label)) for twin in twins) == NAMES


def test_rdflib_follows_an_iri_by_its_own_negotiation(site: Server) -> None:
    graph = rdflib.Graph().parse(f"{site.url}municipality/pl-sieniawa")
    assert (URIRef(TOWN), URIRef(f"{BASE}ns#nationalCode"), None) in graph


# --- curl --------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_follows_an_iri(site: Server) -> None:
    command = ["curl", "-sSfL", "-H", "Accept: application/n-triples", "--compressed"]
    done = subprocess.run(
        [*command, f"{site.url}municipality/pl-sieniawa"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert f'<{TOWN}> <{BASE}ns#nationalCode> "1814073" .' in done.stdout.splitlines()
