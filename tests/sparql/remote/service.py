"""The service before a store, in this process, without a socket of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from twingraph.serve.store_service import StoreService
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import Answer, SparqlRequest
from twingraph.sparql.result_formats import JSON, N_TRIPLES

T = TypeVar("T")


def before(
    url: str,
    work: Callable[[StoreService], Awaitable[T]],
    limits: Limits | None = None,
    base: str = "",
) -> T:
    """Run something with a service before a store; `base` where it holds several datasets."""

    async def run() -> T:
        service = StoreService(url, Path("nowhere"), limits, base=base)
        try:
            await service.start()
            return await asyncio.wait_for(work(service), 300)
        finally:
            await service.close()

    return asyncio.run(run())


async def ask(service: StoreService, query: str, media_type: str = JSON) -> Answer:
    """The service's answer to a query."""
    assert service.asked is not None
    return await service.asked.run(SparqlRequest(query, media_type, N_TRIPLES))
