"""The Reconciliation Service API 0.2 over HTTP: others match their own lists against our towns.

OpenRefine and its kin are given the address /reconcile. What is answered is made by
`reconcile.service`, in a process of its own that begins with the first request: comparing names
takes a processor, and the service answers others meanwhile. A batch is answered piece by piece, so
that clients take turns between two pieces, and that nothing more is done for one who has left or
whose time is over.
"""

from __future__ import annotations

import asyncio
import json
import math
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority
from twingraph.reconcile.service import BadRequest, ReconciliationService, read_json
from twingraph.serve.protocol import form_of
from twingraph.serve.read_model import ReadModel
from twingraph.serve.representations import Handler
from twingraph.serve.service import Service
from twingraph.sparql.engine.sandbox import die_with_parent
from twingraph.sparql.query_engine import CLIENT
from twingraph.sparql.turns import Places

PATH: Final = "/reconcile"

_MOST_FIELDS: Final = 20
_PIECE: Final = 0.05
"""Seconds of work before it is another client's turn."""
# OpenRefine shows the preview in a frame; the page is a few words in its own style.
_PREVIEW: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"


class Piece(NamedTuple):
    """A piece of a JSON document, and how many rows of a batch are in it and those before; None
    where it is the last."""

    text: bytes
    rows: int | None = None


Asked = Mapping[str, str]
"""The parameters of a request."""
Answer = Callable[[ReconciliationService, Asked, int], Piece]
"""What is answered to them, after so many rows of a batch. Raises BadRequest."""


# --- in the process of its own ------------------------------------------------------------------


class _Worker:
    """What the process has: set once, as it begins."""

    towns: ReconciliationService


def _begin(authorities: list[Authority], base: str, partners: dict[str, list[str]]) -> None:
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the service.
    os.nice(10)
    _Worker.towns = ReconciliationService(authorities, base, "", partners=partners)


def _answered(answer: Answer, endpoint: str, site: str, asked: Asked, rows: int) -> Piece:
    return answer(_Worker.towns.at(endpoint, site), asked, rows)


_read = lru_cache(maxsize=8)(read_json)
"""A batch is sent again with each piece of its answer, and read once."""


def _respond(towns: ReconciliationService, asked: Asked, rows: int) -> Piece:
    if "queries" in asked:
        found = towns.reconcile(_read(asked["queries"], "queries"), rows)
        return _batch(b"{", found, b"}", rows)
    request = _read(asked["extend"], "extend")
    opening = b'{"meta":%b,"rows":{' % _text(towns.extended(request))
    return _batch(opening, towns.extend(request, rows), b"}}", rows)


def _batch(opening: bytes, found: Iterable[tuple[str, Any]], closing: bytes, rows: int) -> Piece:
    """The rows of a batch, beside so many that were sent before: as many as are made in a short
    while, for `found` makes each as it is asked for."""
    end = time.monotonic() + _PIECE
    made: list[bytes] = []
    for key, row in found:
        made.append(b"%b:%b" % (_text(key), _text(row)))
        if time.monotonic() >= end:
            break
    else:
        return Piece(_joined(opening, made, rows) + closing)
    return Piece(_joined(opening, made, rows), rows + len(made))


def _joined(opening: bytes, made: list[bytes], rows: int) -> bytes:
    text = b",".join(made)
    return (b"," if text and rows else b"") + text if rows else opening + text


def _text(content: Any) -> bytes:
    try:
        return orjson.dumps(content)
    except TypeError:  # Half a surrogate pair, which JSON can say and UTF-8 cannot.
        return json.dumps(content).encode()


def _preview(towns: ReconciliationService, asked: Asked, rows: int) -> Piece:
    return Piece((towns.preview(asked.get("id", "")) or "").encode())


def _suggest_entity(towns: ReconciliationService, asked: Asked, rows: int) -> Piece:
    return Piece(_text(towns.suggest_entity(asked.get("prefix", ""), asked.get("cursor", ""))))


def _suggest_type(towns: ReconciliationService, asked: Asked, rows: int) -> Piece:
    return Piece(_text(towns.suggest_type(asked.get("prefix", ""), asked.get("cursor", ""))))


def _suggest_property(towns: ReconciliationService, asked: Asked, rows: int) -> Piece:
    return Piece(_text(towns.suggest_property(asked.get("prefix", ""), asked.get("cursor", ""))))


def _properties(towns: ReconciliationService, asked: Asked, rows: int) -> Piece:
    return Piece(_text(towns.propose_properties(asked.get("type", ""), asked.get("limit", ""))))


# --- in the service -----------------------------------------------------------------------------


class Reconciling:
    """The routes over a service."""

    def __init__(self, service: Service, model: ReadModel) -> None:
        self._service = service
        self._model = model
        self._towns: tuple[Lookup, ProcessPoolExecutor] | None = None
        self._turns = Places(1, 1)
        service.endings.append(self._end)

    def routes(self) -> list[Route]:
        """The endpoint, and the paths that its manifest names."""
        suggest = {
            "entity": _suggest_entity,
            "type": _suggest_type,
            "property": _suggest_property,
        }
        return [
            Route(PATH, self._endpoint, methods=["GET", "POST"], name="reconcile"),
            Route(f"{PATH}/preview", self._preview, name="reconcile-preview"),
            Route(f"{PATH}/properties", self._handler(_properties), name="reconcile-properties"),
            *(
                Route(f"{PATH}/suggest/{kind}", self._handler(answer), name="reconcile-suggest")
                for kind, answer in suggest.items()
            ),
        ]

    async def _endpoint(self, request: Request) -> Response:
        asked = await form_of(request, _MOST_FIELDS)
        if {"queries", "extend"} & asked.keys():
            return _json(await self._answer(request, _respond, asked))
        endpoint, site = _addresses(request)
        described = ReconciliationService((), self._service.base, endpoint).at(endpoint, site)
        return _json(orjson.dumps(described.manifest()))

    def _handler(self, answer: Answer) -> Handler:
        async def respond(request: Request) -> Response:
            asked = await form_of(request, _MOST_FIELDS)
            return _json(await self._answer(request, answer, asked))

        return respond

    async def _preview(self, request: Request) -> Response:
        asked = await form_of(request, _MOST_FIELDS)
        page = await self._answer(request, _preview, asked)
        if not page:
            raise HTTPException(404, f"there is no town {asked.get('id', '')!r}")
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": _PREVIEW,
        }
        return Response(page, headers=headers)

    async def _answer(self, request: Request, answer: Answer, asked: Asked) -> bytes:
        """All pieces of an answer. Raises HTTPException."""
        seconds = self._service.limits.seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._pieces(request, answer, asked)
        except BadRequest as error:
            raise HTTPException(400, str(error)) from error
        except TimeoutError as error:
            message = f"the batch was stopped: it has {seconds:g} seconds, waiting included"
            raise HTTPException(504, message, {"Retry-After": str(math.ceil(seconds))}) from error
        except BrokenProcessPool as error:
            self._end()
            message = "what answers this has ended, and begins again"
            raise HTTPException(503, message, {"Retry-After": "5"}) from error

    async def _pieces(self, request: Request, answer: Answer, asked: Asked) -> bytes:
        found: list[bytes] = []
        rows: int | None = 0
        addresses = _addresses(request)
        while rows is not None:
            if await request.is_disconnected():
                raise HTTPException(499, "the client has gone")
            executor = await self._current()
            async with self._turns.one(CLIENT.get()):
                work = executor.submit(_answered, answer, *addresses, asked, rows)
                piece = await asyncio.wrap_future(work)
            found.append(piece.text)
            rows = piece.rows
        return b"".join(found)

    async def _current(self) -> ProcessPoolExecutor:
        """The process that has the towns of what is served now."""
        lookup = await self._model.current()
        if self._towns is None or self._towns[0] is not lookup:
            self._end()
            partners = {key: list(lookup.twins[key]) for key in lookup.authorities}
            self._towns = (
                lookup,
                ProcessPoolExecutor(
                    1,
                    multiprocessing.get_context("spawn"),
                    _begin,
                    (list(lookup.authorities.values()), lookup.base, partners),
                ),
            )
        return self._towns[1]

    def _end(self) -> None:
        if self._towns is not None:
            self._towns[1].shutdown(wait=False, cancel_futures=True)
            self._towns = None


def _addresses(request: Request) -> tuple[str, str]:
    """The endpoint's own address, and what those of the pages begin with."""
    return f"{request.base_url}{PATH[1:]}", str(request.base_url)


def _json(text: bytes) -> Response:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-cache"}
    return Response(text, headers=headers)
