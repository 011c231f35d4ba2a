"""The read model of what is served: the very records, names apart from their RDF."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from tests.conftest import ROOT
from tests.sparql.test_readback import native
from twingraph.build import Built, build
from twingraph.model.lookup import Lookup
from twingraph.model.records import RECORD_CLASSES, Authority, Concept, Record, Source
from twingraph.rdf.triples import NTRIPLES
from twingraph.serve import read_model
from twingraph.serve.read_model import ReadModel, of_release, read
from twingraph.serve.release_service import ReleaseService
from twingraph.serve.things import claims
from twingraph.sparql.query_engine import Answer, QueryEngine, SparqlRequest

Served = Callable[[Callable[[QueryEngine], Awaitable[Any]]], Any]
"""What something gives that asks the engine behind a service."""


@pytest.fixture(scope="module", params=["founding", "pages"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(ROOT / "tests/data" / request.param, tmp_path_factory.mktemp("made") / "public")


@pytest.fixture(scope="module")
def served(made: Built) -> Iterator[Served]:
    service = ReleaseService(made.out)
    with asyncio.Runner() as runner:
        runner.run(service.start())
        engine = service.engine
        assert engine is not None

        async def run(work: Callable[[QueryEngine], Awaitable[Any]]) -> Any:
            return await work(engine)

        yield lambda work: runner.run(run(work))
        runner.run(service.close())


def as_read(source: Source) -> Source:
    """A source as the graph can tell it: why it has its rank is one of its notes."""
    notes = sorted(filter(None, (source.rank_reason, source.note)))
    publisher = None if source.publisher_authority else source.publisher
    return replace(source, rank_reason=None, note="\n".join(notes) or None, publisher=publisher)


@pytest.mark.parametrize("way", ["file", "queries"])
def test_it_holds_the_records_of_the_merged_view(made: Built, served: Served, way: str) -> None:
    base = made.view.dataset.base
    lookup = (
        of_release(made.out, base) if way == "file" else served(lambda engine: read(engine, base))
    )
    expected = Lookup.of_view(made.view)
    for record_class in RECORD_CLASSES:
        records = {key: native(one) for key, one in made.view.all(record_class).items()}
        assert dict(lookup.all(record_class)) == records
        assert list(lookup.all(record_class)) == list(records), "in key order"
    assert dict(lookup.sources) == {k: as_read(s) for k, s in made.view.sources.items()}
    assert lookup.sources_of == expected.sources_of
    assert lookup.twins == expected.twins
    mayor = lookup.all(Concept)["office/mayor"]
    assert {"en", "pl", "sk"} <= {label.language for label in mayor.labels}


def test_it_is_read_page_by_page(
    made: Built, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = made.view.dataset.base
    whole = served(lambda engine: read(engine, base))
    monkeypatch.setattr(read_model, "PAGE", 50)
    paged = served(lambda engine: read(engine, base))
    assert [paged.all(c) for c in RECORD_CLASSES] == [whole.all(c) for c in RECORD_CLASSES]


class Restless:
    """A store whose second page is the first again."""

    def __init__(self, engine: QueryEngine) -> None:
        self._engine = engine

    async def run(
        self, job: SparqlRequest, gone: Callable[[], Awaitable[None]] | None = None
    ) -> Answer:
        query = job.query.replace("OFFSET 50", "OFFSET 0")
        return await self._engine.run(replace(job, query=query))


def test_a_store_without_an_order_is_found_out(
    made: Built, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_model, "PAGE", 50)
    with pytest.raises(HTTPException, match="another order"):
        served(lambda engine: read(Restless(engine), made.view.dataset.base))


def test_what_sources_state_and_quote_of_things(made: Built, served: Served) -> None:
    lookup = Lookup.of_view(made.view)
    refs = [record.ref for record in made.view]
    stated = served(lambda engine: claims(engine, lookup, refs))
    assert [one.source.key for one in stated] == [c.source.key for c in made.view.claims]
    for read_back, written in zip(stated, made.view.claims, strict=True):
        # A place is a thing of its own: it is not asked for.
        records = {r.ref: without_place(native(r)) for r in written.records}
        assert {r.ref: r for r in read_back.records} == records
        assert Counter(read_back.evidence) == Counter(written.evidence)


def without_place(record: Record) -> Record:
    return replace(record, point=None) if isinstance(record, Authority) else record


def test_it_is_read_once_a_release(made: Built) -> None:
    service = ReleaseService(made.out)
    model = ReadModel(service)

    async def run() -> None:
        await service.start()
        try:
            first, same = await asyncio.gather(model.current(), model.current())
            assert first is same
            await service.reload()
            assert await model.current() is not first
        finally:
            await service.close()

    with pytest.raises(HTTPException, match="starting up"):
        asyncio.run(model.current())
    asyncio.run(run())


def test_where_its_dump_is_damaged_the_engine_is_asked(made: Built, tmp_path: Path) -> None:
    release = tmp_path / "release"
    shutil.copytree(made.out, release)
    dump = release / NTRIPLES
    dump.write_bytes(dump.read_bytes()[:2000])
    service = ReleaseService(release)
    model = ReadModel(service)

    async def run() -> Lookup:
        await service.start()
        try:
            return await model.current()
        finally:
            await service.close()

    assert asyncio.run(run()).all(Authority).keys() == made.view.all(Authority).keys()
