"""The plainest page of a thing: its statements as a table."""

from __future__ import annotations

from html import escape

from twingraph.serve.messages import Request, Response
from twingraph.serve.service import Service
from twingraph.serve.things import describe


async def plain(service: Service, request: Request, iri: str) -> Response:
    assert service.asked is not None
    thing = await describe(service.asked, iri, service.base)
    rows = "".join(
        f"<tr><td>{escape(s)}<td>{escape(p)}<td>{escape(o)}"
        for s, st in thing.descriptions
        for p, o in st
    )
    return Response(
        200,
        {"Content-Type": "text/html; charset=utf-8"},
        f"<!doctype html><title>{escape(iri)}</title><table>{rows}</table>".encode(),
    )
