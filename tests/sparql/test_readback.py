"""Records written to RDF and read back are the same records."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields, replace

import pyoxigraph as ox
import pytest

from twingraph.build import Built
from twingraph.dates import Date
from twingraph.identifiers import Ref
from twingraph.model.records import (
    RECORD_CLASSES,
    Claims,
    Evidence,
    Record,
    Source,
    View,
    WikidataRevision,
    WikidataStatement,
)
from twingraph.rdf.provenance import describe_provenance
from twingraph.sparql import readback
from twingraph.sparql.readback import RecordReader, by_subject
from twingraph.sparql.store import Store


@pytest.fixture(scope="module")
def store(built: Built) -> Store:
    return Store.of_release(built.out)


def native(record: Record) -> Record:
    """A record as the graph can tell it: a date knows its value or bounds, not how it was typed."""
    changes = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Date):
            interval = f"{value.earliest or '..'}/{value.latest or '..'}"
            # Without a year XSD writes --06-15, EDTF XXXX-06-15.
            told = (value.value or interval).replace("--", "XXXX-", 1)
            changes[field.name] = replace(value, edtf=told)
    return replace(record, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("record_class", RECORD_CLASSES, ids=lambda c: c.__name__)
def test_the_merged_view_reads_back(store: Store, view: View, record_class: type[Record]) -> None:
    expected = [native(r) for r in view.all(record_class).values()]
    assert list(readback.records(store, record_class)) == expected


def test_a_source_graph_reads_back(store: Store, view: View) -> None:
    claims = next(c for c in view.claims if c.source.key == "pecovska-heritage-project")
    graph = "https://w3id.org/twingraph/graph/pecovska-heritage-project"
    found = list(readback.all_records(store, graph))
    assert sorted(found, key=lambda r: r.ref) == [native(r) for r in claims.records]


def test_the_base_is_found_in_the_data() -> None:
    engine = ox.Store()
    engine.load(
        b"<https://towns.example/concept/office/mayor> "
        b"<http://www.w3.org/2004/02/skos/core#inScheme> <https://towns.example/concept/office> .",
        ox.RdfFormat.N_TRIPLES,
    )
    assert Store(engine).base == "https://towns.example/"


def test_evidence_reads_back(view: View) -> None:
    references = ("https://e.org/",), ("Q5",), ("Q328",)
    statement = WikidataStatement("Q1$a-b", "Q1", "Q2", "preferred", *references)
    revision = WikidataRevision("Q1", 7, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", True)
    of_wikidata = (
        Evidence(Ref("municipality", "a"), "wikidata", revision=revision),
        Evidence(Ref("municipality", "b"), "wikidata", revision=WikidataRevision("Q2", 8)),
        Evidence(Ref("partnership", "a--b"), "partners", statement=statement),
        Evidence(
            Ref("partnership", "a--b"), "since", statement=WikidataStatement(None, "Q1", "Q2")
        ),
    )
    harvested = Claims(Source("w", (), "register", 80), (), of_wikidata)
    shown = View(view.dataset, {}, (*view.claims, harvested))
    described = by_subject((s, p, o) for s, said in describe_provenance(shown) for p, o in said)
    found: dict[str, list[Evidence]] = defaultdict(list)
    for source, evidence in RecordReader(view.dataset.base).evidence(described):
        found[source].append(evidence)
    for claims in shown.claims:
        assert Counter(found[claims.source.key]) == Counter(claims.evidence)
