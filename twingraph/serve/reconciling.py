"""The Reconciliation Service API 0.2 over HTTP: others match their own lists against our towns.

OpenRefine and its kin are given the address /reconcile. The towns are read from whatever is served,
once a release; what is answered is made by `reconcile.service`, in a thread and one batch at a
time: a long list of somebody's is not to hold up the others' queries.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.identifiers import MUNICIPALITY
from twingraph.model.records import Authority
from twingraph.reconcile.service import BadRequest
from twingraph.reconcile.service import Service as Towns
from twingraph.serve.app import Route
from twingraph.serve.messages import Refused, Request, Response, require_method
from twingraph.serve.service import Service
from twingraph.serve.sparql_client import construct, select
from twingraph.sparql.query_engine import QueryEngine
from twingraph.sparql.readback import records_of

PATH: Final = "/reconcile"
AT_ONCE: Final = 200
"""Towns that one query describes: well under the rows of an answer."""

_READ: Final = ("GET", "HEAD", "OPTIONS")
_MOST_FIELDS: Final = 20
_TWINNED: Final = f"{ns.TG}twinnedWith"
_KEYS: Final = f"SELECT DISTINCT ?town {{ ?town a <{ns.TG}LocalAuthority> }}"
_DESCRIBED: Final = f"""\
CONSTRUCT {{ ?subject ?property ?object }} WHERE {{
  VALUES ?town {{ %s }}
  {{ ?town ?property ?object . BIND(?town AS ?subject) }}
  UNION
  {{ ?town <{ns.GEO}hasGeometry> ?subject . ?subject ?property ?object }}
}}"""
# OpenRefine shows the preview in a frame; the page is a few words in its own style.
_PREVIEW: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"

Answer = Callable[[Towns, Mapping[str, str]], Any]
"""What is answered to the parameters of a request: what becomes JSON. Raises BadRequest."""


class Reconciling:
    """The routes over a service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._towns: tuple[int, Towns] | None = None
        self._reading = asyncio.Lock()
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
        """The towns of what is served now; read when a release is first asked about."""
        async with self._reading:
            runs, generation = self._service.asked, self._service.generation
            if runs is None:
                raise Refused(503, "the service is starting up", {"Retry-After": "5"})
            if self._towns is None or self._towns[0] != generation:
                triples = await _described(runs)
                made = await asyncio.to_thread(_made, triples, self._service.base)
                self._towns = (generation, made)
            return self._towns[1]


def _answered(answer: Answer, towns: Towns, parameters: Mapping[str, str]) -> Any:
    try:
        return answer(towns, parameters)
    except BadRequest as error:
        raise Refused(400, str(error)) from error


async def _described(runs: QueryEngine) -> list[ox.Triple]:
    """What is said of all towns. Raises Refused where that is more than may be answered."""
    towns = sorted(str(row["town"]) for row in await select(runs, _KEYS))
    found: list[ox.Triple] = []
    for start in range(0, len(towns), AT_ONCE):
        found += await construct(runs, _DESCRIBED % " ".join(towns[start : start + AT_ONCE]))
    return found


def _made(triples: list[ox.Triple], base: str) -> Towns:
    start = f"{base}{MUNICIPALITY}/"
    partners: dict[str, list[str]] = defaultdict(list)
    for triple in triples:
        one, other = triple.subject, triple.object
        if triple.predicate.value == _TWINNED and isinstance(one, ox.NamedNode):
            partners[one.value.removeprefix(start)].append(str(other)[1:-1].removeprefix(start))
    towns = records_of(triples, base, Authority)
    return Towns(towns, base, "", partners={key: sorted(found) for key, found in partners.items()})
