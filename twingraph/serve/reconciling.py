"""The Reconciliation Service API 0.2 over HTTP: others match their own lists against our towns.

OpenRefine and its kin are given the address /reconcile. What is answered is made by
`reconcile.service`, in a thread and one batch at a time: a long list of somebody's is not to hold
up the others' queries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from twingraph.model.lookup import Lookup
from twingraph.reconcile.service import BadRequest, ReconciliationService
from twingraph.serve.protocol import form_of
from twingraph.serve.read_model import ReadModel
from twingraph.serve.representations import Handler
from twingraph.serve.service import Service

PATH: Final = "/reconcile"

_MOST_FIELDS: Final = 20
# OpenRefine shows the preview in a frame; the page is a few words in its own style.
_PREVIEW: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"

Answer = Callable[[ReconciliationService, Mapping[str, str]], Any]
"""What is answered to the parameters of a request: what becomes JSON. Raises BadRequest."""


class Reconciling:
    """The routes over a service."""

    def __init__(self, service: Service, model: ReadModel) -> None:
        self._model = model
        self._towns: tuple[Lookup, ReconciliationService] | None = None
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
            Route(
                PATH,
                self._handler(lambda t, p: t.respond(p)),
                methods=["GET", "POST"],
                name="reconcile",
            ),
            Route(f"{PATH}/preview", self._preview, name="reconcile-preview"),
            Route(f"{PATH}/properties", self._handler(proposed), name="reconcile-properties"),
            *(
                Route(f"{PATH}/suggest/{kind}", self._handler(answer), name="reconcile-suggest")
                for kind, answer in suggest.items()
            ),
        ]

    def _handler(self, answer: Answer) -> Handler:
        async def respond(request: Request) -> Response:
            parameters = await form_of(request, _MOST_FIELDS)
            towns = await self._towns_at(request)
            async with self._turn:
                content = await asyncio.to_thread(_content, answer, towns, parameters)
            headers = {"Content-Type": "application/json", "Cache-Control": "no-cache"}
            return Response(orjson.dumps(content), headers=headers)

        return respond

    async def _preview(self, request: Request) -> Response:
        key = (await form_of(request, _MOST_FIELDS)).get("id", "")
        page = (await self._towns_at(request)).preview(key)
        if page is None:
            raise HTTPException(404, f"there is no town {key!r}")
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": _PREVIEW,
        }
        return Response(page, headers=headers)

    async def _towns_at(self, request: Request) -> ReconciliationService:
        towns = await self._current()
        return towns.at(f"{request.base_url}{PATH[1:]}", str(request.base_url))

    async def _current(self) -> ReconciliationService:
        """The towns of what is served now."""
        lookup = await self._model.current()
        async with self._making:
            if self._towns is None or self._towns[0] is not lookup:
                self._towns = lookup, await asyncio.to_thread(_towns_of, lookup)
            return self._towns[1]


def _towns_of(lookup: Lookup) -> ReconciliationService:
    return ReconciliationService(
        lookup.authorities.values(), lookup.base, "", partners=lookup.twins
    )


def _content(answer: Answer, towns: ReconciliationService, parameters: Mapping[str, str]) -> Any:
    try:
        return answer(towns, parameters)
    except BadRequest as error:
        raise HTTPException(400, str(error)) from error
