"""N-Triples and N-Quads: canonical, and the same in every parser."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given

from tests.release import strategies
from tests.release.parsers import ntriples, oxigraph, statements, with_rapper, written
from twingraph.rdf import terms
from twingraph.rdf.ntriples import write_nquads
from twingraph.rdf.terms import Description, Term

TOWN = terms.iri("https://towns.example/town/a")
NAME = terms.iri("https://towns.example/name")


def test_one_line_a_statement_in_the_order_given() -> None:
    said: list[Description] = [(TOWN, [(NAME, terms.text("b")), (NAME, terms.text("a", "pl"))])]
    assert ntriples(said).decode() == (
        '<https://towns.example/town/a> <https://towns.example/name> "b" .\n'
        '<https://towns.example/town/a> <https://towns.example/name> "a"@pl .\n'
    )


def test_nothing_is_written_of_nothing() -> None:
    assert ntriples([]) == b""
    assert ntriples([(TOWN, [])]) == b""


def test_more_than_one_buffer() -> None:
    said = [(terms.iri(f"https://towns.example/{n}"), [(NAME, TOWN)]) for n in range(10_000)]
    assert len(ntriples(iter(said)).splitlines()) == 10_000


@given(strategies.descriptions)
def test_oxigraph_reads_it_and_prints_the_same(said: list[Description]) -> None:
    assert oxigraph(ntriples(said), ox.RdfFormat.N_TRIPLES) == statements(said)


@given(strategies.descriptions)
def test_quads_name_their_graph(said: list[Description]) -> None:
    graph = Term("<https://towns.example/graph/a>")
    data = written(lambda out: write_nquads(said, graph, out))
    expected = {f"{line} {graph}" for line in statements(said)}
    assert oxigraph(data, ox.RdfFormat.N_QUADS) == expected


def test_quads_of_the_default_graph_are_triples() -> None:
    said: list[Description] = [(TOWN, [(NAME, TOWN)])]
    assert written(lambda out: write_nquads(said, None, out)) == ntriples(said)


def test_rapper_reads_it() -> None:
    said: list[Description] = [(TOWN, [(NAME, terms.text('\r\n\t\b\f"\\ ü 🏳️‍🌈 שלום', "pl"))])]
    assert with_rapper(ntriples(said), "ntriples") == statements(said)
