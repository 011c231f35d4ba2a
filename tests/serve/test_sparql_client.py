"""What pages are made of, asked of a real pool."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from starlette.exceptions import HTTPException

from tests.service import BASE, with_pool
from twingraph.serve import sparql_client as asking
from twingraph.serve.sparql_client import Row
from twingraph.sparql.engine.pool import Pool

LABELS = "SELECT ?town ?label ?no { ?town <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }"


def test_solutions_are_terms(release: Path) -> None:
    async def work(pool: Pool) -> list[Row]:
        return await asking.select(pool, f"{LABELS} ORDER BY ?town")

    first, second = with_pool(release, work)
    assert first["town"] == ox.NamedNode(f"{BASE}municipality/a")
    assert first["label"] == ox.Literal('A "quoted"\tname', language="en")
    assert set(second) == {"town", "label"}


def test_triples(release: Path) -> None:
    async def work(pool: Pool) -> list[ox.Triple]:
        return await asking.construct(pool, f"DESCRIBE <{BASE}municipality/b>")

    (triple,) = with_pool(release, work)
    assert triple.object == ox.Literal("Pečovská <b>", language="sk")


@pytest.mark.parametrize(
    ("query", "status"), [("SELECT * {", 400), ("SELECT * { ?a ?b ?c . ?d ?e ?f }", 500)]
)
def test_what_is_wrong_or_cut_is_refused(release: Path, query: str, status: int) -> None:
    async def work(pool: Pool) -> None:
        await asking.select(pool, query)

    with pytest.raises(HTTPException) as refused:
        with_pool(release, work)
    assert refused.value.status_code == status
