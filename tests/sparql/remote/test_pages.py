"""The pages over a store say what they say over the release that was pushed to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.serve.pages.conftest import Answered, Site
from tests.sparql.remote import servers
from tests.sparql.remote.conftest import client_of
from tests.sparql.remote.releases import write
from tests.sparql.remote.servers import Server
from twingraph.build import Built
from twingraph.errors import ServiceError
from twingraph.model.lookup import Lookup
from twingraph.model.records import RECORD_CLASSES, Authority, Claims, Point, Record
from twingraph.namespaces import RDFS, SH
from twingraph.serve.querying.examples import editor_text
from twingraph.serve.read_model import read
from twingraph.serve.release_service import ReleaseService
from twingraph.serve.service import Service
from twingraph.serve.store_service import StoreService
from twingraph.serve.things import claims
from twingraph.sparql.competency_questions import questions
from twingraph.sparql.lexer import tokens
from twingraph.sparql.query_syntax import form
from twingraph.sparql.remote.push import push

PAGES = (
    "/",
    "/towns",
    "/towns?country=SVK",
    "/towns.csv",
    "/partnerships",
    "/partnerships.geojson",
    "/projects",
    "/search?q=pecovska",
    "/network",
    "/map",
    "/years",
    "/municipality/pl-sieniawa.html",
    "/municipality/pl-sieniawa.ttl",
    "/source/sieniawa-partner-towns.html",
    "/concept/office/mayor.html",
    "/ns.html",
    "/query",
)
# How often a term is used, and what the start page tells search engines of the dataset, stands in
# files of the release, which a store does not hold.
_OWN = re.compile(rb'<dt>Used</dt>.*\n|<script type="application/ld\+json">.*"WebSite".*</script>')


@pytest.fixture(scope="module")
def release(built: Built) -> Path:
    """The founding data's, not the small one that is told apart from others."""
    return built.out


@pytest.fixture(scope="module")
def pushed(release: Path) -> Iterator[Server]:
    with servers.oxigraph() as server, client_of(server) as client:
        push(release, client)
        yield server


@pytest.fixture(scope="module")
def ours(release: Path) -> Iterator[Site]:
    site = Site(ReleaseService(release))
    yield site
    site.close()


@pytest.fixture(scope="module")
def theirs(pushed: Server) -> Iterator[Site]:
    site = Site(StoreService(pushed.url, Path("nowhere")))
    yield site
    site.close()


def _shown(answer: Answered) -> tuple[int, bytes]:
    return answer.status, _OWN.sub(b"", answer.body)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_same(ours: Site, theirs: Site, page: str) -> None:
    over_store, over_release = theirs.get(page), ours.get(page)
    assert over_release.status == 200
    assert _shown(over_store) == _shown(over_release)


def test_every_thing_has_its_page(ours: Site, theirs: Site) -> None:
    things = ours.things()
    assert things == theirs.things()
    for key in things[:: max(1, len(things) // 40)]:
        assert theirs.get(f"/{key}.html").status == ours.get(f"/{key}.html").status, key


def measured(record: Record) -> Record:
    """A record with its place as Virtuoso can hold it: in single precision."""
    if isinstance(record, Authority) and record.point:
        degrees = (Decimal(f"{part:.4f}") for part in record.point)
        return replace(record, point=Point(*degrees))
    return record


def test_the_read_model_is_the_same_over_each_store(server: Server, built: Built) -> None:
    """Stores differ in how they take VALUES, paths and CONSTRUCT with a limit."""
    base, things = built.view.dataset.base, [record.ref for record in built.view]

    async def run(service: Service) -> tuple[Lookup, list[Claims]]:
        lookup = await read(service.engine, base)
        return lookup, await claims(service.engine, lookup, things)

    with client_of(server) as client:
        push(built.out, client)
    ours, theirs = (
        Site(ReleaseService(built.out)), Site(StoreService(server.url, Path("nowhere"), base=base))
    )  # fmt: skip
    try:
        lookup, stated = ours.runner.run(run(ours.service))
        over_store, stated_there = theirs.runner.run(run(theirs.service))
    finally:
        ours.close()
        theirs.close()
    for record_class in RECORD_CLASSES:
        there, here = over_store.all(record_class), lookup.all(record_class)
        assert list(map(measured, there.values())) == list(map(measured, here.values()))
    assert (over_store.sources, over_store.sources_of) == (lookup.sources, lookup.sources_of)
    for theirs_of, ours_of in zip(stated_there, stated, strict=True):
        assert theirs_of.source == ours_of.source
        # One by one, so that a failure shows the record that differs.
        for one, other in zip_longest(theirs_of.records, ours_of.records):
            assert one == other
        for said, expected in zip_longest(theirs_of.evidence, ours_of.evidence):
            assert said == expected


def test_a_store_of_several_datasets_is_asked_for_one(pushed: Server, tmp_path: Path) -> None:
    with client_of(pushed) as client:
        push(write(tmp_path, "https://example.org/other/", 1), client)
    with pytest.raises(ServiceError, match="choose one by --base: .*https://example.org/other/"):
        Site(StoreService(pushed.url, Path("nowhere")))
    site = Site(StoreService(pushed.url, Path("nowhere"), base="https://example.org/other/"))
    try:
        assert site.service.base == "https://example.org/other/"
        assert "town/7" in site.things()
    finally:
        site.close()


EDITORS_QUERY = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?comment ?query WHERE {
  ?example a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query
}"""


@pytest.mark.parametrize("name", ["ours", "theirs"])
def test_editors_find_the_examples_by_a_query(request: pytest.FixtureRequest, name: str) -> None:
    site: Site = request.getfixturevalue(name)
    rows = site.select(f"PREFIX rdfs: <{RDFS}> {EDITORS_QUERY}")
    asked = {row["query"].value for row in rows}
    assert asked == {
        editor_text(one) for one in questions() if form(tokens(one.text)) != "DESCRIBE"
    }
    # They are no part of what is published.
    assert not site.select(
        f"SELECT * {{ GRAPH ?g {{ ?example a <{SH}SPARQLExecutable> }} }} LIMIT 1"
    )
