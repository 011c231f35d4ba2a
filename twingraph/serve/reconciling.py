"""The Reconciliation Service API 0.2 over HTTP: others match their own lists against our towns.

OpenRefine and its kin are given the address /reconcile. What is answered is made by
`reconcile.service`, in a thread and one batch at a time: a long list of somebody's is not to hold
up the others' queries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from twingraph.model.lookup import Lookup
from twingraph.reconcile.service import BadRequest
from twingraph.reconcile.service import Service as Towns
from twingraph.serve.app import Route
from twingraph.serve.messages import Refused, Request, Response, require_method
from twingraph.serve.read_model import ReadModel
from twingraph.serve.service import Service

PATH: Final = "/reconcile"

_READ: Final = ("GET", "HEAD", "OPTIONS")
_MOST_FIELDS: Final = 20
# OpenRefine shows the preview in a frame; the page is a few words in its own style.
_PREVIEW: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"

Answer = Callable[[Towns, Mapping[str, str]], Any]
"""What is answered to the parameters of a request: what becomes JSON. Raises BadRequest."""


class Reconciling:
    """The routes over a service."""

    def __init__(self, service: Service, model: ReadModel) -> None:
        self._service = service
        self._model = model
        self._towns: tuple[Lookup, Towns] | None = None
        self._making = asyncio.Lock()
        self._turn = asyncio.Lock()

    def routes(self) -> list[Route]:
        """The endpoint, and the paths that its manifest names."""
        suggest: dict[str, Answer] = {
            "entity": lambda t, p: t.suggest_entity(p.get("prefix", ""), p.get("cursor", "")),
            "type": lambda t, p: t.suggest_type(p.get("prefix", ""), p.get("cursor", "")),
            "property": lambda t, p: t.suggest_property(p.get("prefix", ""), p.get("cursor", "")),
        }
        proposed: Answer = lambda t, p: t.propose_properties(  # noqa: E731
            p.get("type", ""), p.get("limit", "")
        )
        return [
            Route("reconcile", PATH, self._handler(lambda t, p: t.respond(p), (*_READ, "POST"))),
            Route("reconcile-preview", f"{PATH}/preview", self._preview),
            Route("reconcile-properties", f"{PATH}/properties", self._handler(proposed)),
            *(
                Route("reconcile-suggest", f"{PATH}/suggest/{kind}", self._handler(answer))
                for kind, answer in suggest.items()
            ),
        ]

    def _handler(
        self, answer: Answer, methods: tuple[str, ...] = _READ
    ) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            require_method(request, methods)
            parameters = await self._parameters(request)
            towns = await self._at(request)
            async with self._turn:
                content = await asyncio.to_thread(_answered, answer, towns, parameters)
            headers = {"Content-Type": "application/json", "Cache-Control": "no-cache"}
            return Response(200, headers, orjson.dumps(content))

        return respond

    async def _preview(self, request: Request) -> Response:
        require_method(request, _READ)
        key = (await self._parameters(request)).get("id", "")
        page = (await self._at(request)).preview(key)
        if page is None:
            raise Refused(404, f"there is no town {key!r}")
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": _PREVIEW,
        }
        return Response(200, headers, page.encode())

    async def _parameters(self, request: Request) -> dict[str, str]:
        """Those of the address and of a posted form; of several of one name the last."""
        encoded = request.query
        if request.method == "POST":
            form = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if form != "application/x-www-form-urlencoded":
                raise Refused(415, "queries are posted as a form: queries={…}")
            encoded += b"&" + await request.body(self._service.limits.body)
        try:
            text = encoded.decode("ascii")
            return dict(
                parse_qsl(
                    text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
                )
            )
        except ValueError as error:
            raise Refused(400, f"the parameters cannot be read: {error}") from error

    async def _at(self, request: Request) -> Towns:
        towns = await self._current()
        return towns.at(f"{request.origin}{PATH}", f"{request.origin}/")

    async def _current(self) -> Towns:
        """The towns of what is served now."""
        lookup = await self._model.current()
        async with self._making:
            if self._towns is None or self._towns[0] is not lookup:
                self._towns = lookup, await asyncio.to_thread(_towns_of, lookup)
            return self._towns[1]


def _towns_of(lookup: Lookup) -> Towns:
    return Towns(lookup.authorities.values(), lookup.base, "", partners=lookup.twins)


def _answered(answer: Answer, towns: Towns, parameters: Mapping[str, str]) -> Any:
    try:
        return answer(towns, parameters)
    except BadRequest as error:
        raise Refused(400, str(error)) from error
