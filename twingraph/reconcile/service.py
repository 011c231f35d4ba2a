"""The Reconciliation Service API, version 0.2, over our own towns: request in, answer out.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ . Nothing here
knows HTTP: `respond` takes the parameters of a request to the endpoint itself, the other functions
those of the paths that the manifest names.

A batch is somebody's table, and tables have odd cells. What cannot be read says nothing, and its
row has the candidates that the rest of it gives, or none; only what is no batch at all, or more
than a batch may hold, is refused.
"""

from __future__ import annotations

import html
import json
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import islice
from typing import Any, Final

from twingraph.errors import UsageError
from twingraph.model.records import Authority
from twingraph.reconcile import towns
from twingraph.reconcile.candidates import FAR_KM, Query
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.decide import NEAR_KM, SIMILAR_WITHIN_KM, Candidate, decide
from twingraph.reconcile.entries import ListEntry, Spot, spot
from twingraph.reconcile.index import Index
from twingraph.reconcile.names import folded

Json = dict[str, Any]

VERSION: Final = "0.2"
ANY_TYPE: Final = {"id": "LocalAuthority", "name": "local authority"}
MOST_QUERIES: Final = 500
MOST_IDS: Final = 1000
MOST_PROPERTIES: Final = 100
DEFAULT_LIMIT: Final = 10
MOST_RESULTS: Final = 50
SUGGESTIONS: Final = 20
LONGEST_NAME: Final = 500
DEEPEST: Final = 20
"""Levels of JSON that are read: of what stands deeper nothing is wanted."""
_KM_OF_A_DEGREE: Final = 111.0
"""Of latitude, a little less than it is."""


class BadRequest(UsageError):
    """A request that does not keep to the specification: to be answered with status 400."""


class ReconciliationService:
    """Answers requests about a set of towns, which does not change while it lives.

    `base` is the dataset's base IRI, `endpoint` the service's own URL, `partners` the keys of each
    town's partners.
    """

    def __init__(
        self,
        authorities: Iterable[Authority],
        base: str,
        endpoint: str,
        *,
        name: str = "twingraph",
        partners: towns.Partners | None = None,
    ) -> None:
        self._towns = {authority.key: authority for authority in authorities}
        entries = [towns.entry(authority) for authority in self._towns.values()]
        self._index = Index(entries)
        self._placed = sorted(
            ((place.latitude, entry) for entry in entries for place in entry.spots),
            key=lambda found: found[0],
        )
        self._base, self._endpoint, self._name = base, endpoint.rstrip("/"), name
        self._site = base
        self._properties = {p.id: p for p in towns.properties(partners or {})}
        self._by_name = sorted(
            (folded(text.value), key)
            for key, town in self._towns.items()
            for text in (*town.labels, *town.alt_labels)
        )

    def at(self, endpoint: str, site: str) -> ReconciliationService:
        """The same service under another address; a town's page has one that begins with `site`."""
        other = copy(self)
        other._endpoint, other._site = endpoint.rstrip("/"), site
        return other

    def respond(self, parameters: Mapping[str, str]) -> Json:
        """The endpoint itself: the manifest, a batch of queries, or a data extension.

        Raises BadRequest.
        """
        if "queries" in parameters:
            return dict(self.reconcile(read_json(parameters["queries"], "queries")))
        if "extend" in parameters:
            request = read_json(parameters["extend"], "extend")
            return {"meta": self.extended(request), "rows": dict(self.extend(request))}
        return self.manifest()

    def manifest(self) -> Json:
        """What the service is and can do (section 3 of the specification)."""
        return {
            "versions": [VERSION],
            "name": self._name,
            "identifierSpace": f"{self._base}municipality/",
            "schemaSpace": f"{self._base}ns#",
            "view": {"url": f"{self._site}municipality/{{{{id}}}}"},
            "defaultTypes": [ANY_TYPE],
            "preview": {
                "url": f"{self._endpoint}/preview?id={{{{id}}}}",
                "width": 400,
                "height": 200,
            },
            "suggest": {
                kind: {"service_url": self._endpoint, "service_path": f"/suggest/{kind}"}
                for kind in ("entity", "type", "property")
            },
            "extend": {
                "propose_properties": {
                    "service_url": self._endpoint,
                    "service_path": "/properties",
                },
                "property_settings": [],
            },
        }

    def reconcile(self, queries: Any, start: int = 0) -> Iterator[tuple[str, Json]]:
        """The candidates for every query of a batch from one on, one after the other, by its key
        (section 4). Raises BadRequest at the first."""
        if not isinstance(queries, Mapping):
            raise BadRequest("queries: a JSON object is wanted, a query by each key")
        if len(queries) > MOST_QUERIES:
            raise BadRequest(
                f"queries: {len(queries)} at once; at most {MOST_QUERIES} are answered"
            )
        for key, query in islice(queries.items(), start, None):
            yield key, {"result": self._results(query) if isinstance(query, Mapping) else []}

    def _results(self, query: Mapping[str, Any]) -> list[Json]:
        asked, wanted = _query(query), _types(query)
        found, match = self._found(asked)
        fitting = [c for c in found if self._has_type(c.wikidata, wanted)]
        return [self._result(c, c == match) for c in fitting[: _limit(query)]]

    def _found(self, asked: Query) -> tuple[Sequence[Candidate], Candidate | None]:
        if asked.name or asked.code:
            decision = decide(asked, self._index)
            return decision.candidates, decision.match
        return self._at(asked)

    def _at(self, asked: Query) -> tuple[Sequence[Candidate], Candidate | None]:
        """The towns around a place that has no name, the nearest first; the one that is meant,
        where no other is near."""
        if asked.spot is None:
            return (), None
        around: dict[str, float] = {}
        for entry in self._near(asked.spot):
            km = entry.km(asked.spot)
            if km is not None and km <= FAR_KM and asked.countries <= {entry.country}:
                around[entry.id] = km
        found = [
            Candidate(
                key, towns.name(self._towns[key]), "", round(100 - km, 1), f"{km:.1f} km away"
            )
            for key, km in sorted(around.items(), key=lambda pair: pair[1])
        ]
        near = [key for key, km in around.items() if km <= NEAR_KM]
        alone = len(near) == 1 and around[near[0]] <= SIMILAR_WITHIN_KM
        return found, found[0] if alone else None

    def _near(self, place: Spot) -> Iterator[ListEntry]:
        """The entries of about the same latitude."""
        reach = FAR_KM / _KM_OF_A_DEGREE
        start = bisect_left(self._placed, place.latitude - reach, key=lambda found: found[0])
        for latitude, entry in islice(self._placed, start, None):
            if latitude > place.latitude + reach:
                return
            yield entry

    def _has_type(self, key: str, wanted: Sequence[str]) -> bool:
        return not wanted or bool({ANY_TYPE["id"], self._towns[key].level} & set(wanted))

    def _result(self, candidate: Candidate, is_match: bool) -> Json:
        town = self._towns[candidate.wikidata]
        return {
            "id": town.key,
            "name": towns.name(town),
            "description": towns.description(town),
            "score": candidate.score,
            "match": is_match,
            "type": self._types_of(town),
            "features": [{"id": "score", "value": candidate.score}],
        }

    def _types_of(self, town: Authority) -> list[Json]:
        own = [_type(town.level)] if town.level else []
        return [*own, dict(ANY_TYPE)]

    def preview(self, key: str) -> str | None:
        """A town as a short HTML page; None where there is no such town (section 6)."""
        town = self._towns.get(key)
        if town is None:
            return None
        name, about = html.escape(towns.name(town)), html.escape(towns.description(town))
        iri = html.escape(f"{self._site}municipality/{key}", quote=True)
        return (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
            f'</head><body style="font-family: sans-serif"><p><a href="{iri}" target="_blank">'
            f"<strong>{name}</strong></a></p><p>{about}</p></body></html>\n"
        )

    def suggest_entity(self, prefix: str, cursor: str = "") -> Json:
        """Towns whose name begins so (section 5)."""
        start = folded(prefix)
        keys = dict.fromkeys(key for name, key in self._by_name if name.startswith(start))
        found = _page(list(keys) if start else [], cursor)
        return {
            "result": [
                {
                    "id": key,
                    "name": towns.name(self._towns[key]),
                    "description": towns.description(self._towns[key]),
                    "notable": self._types_of(self._towns[key]),
                }
                for key in found
            ]
        }

    def suggest_type(self, prefix: str, cursor: str = "") -> Json:
        """Kinds of authority whose name holds the text."""
        levels = sorted({town.level for town in self._towns.values() if town.level})
        return {"result": _page(_holding(prefix, [*map(_type, levels), dict(ANY_TYPE)]), cursor)}

    def suggest_property(self, prefix: str, cursor: str = "") -> Json:
        """Properties whose name holds the text."""
        return {"result": _page(_holding(prefix, self._known_properties()), cursor)}

    def _known_properties(self) -> list[Json]:
        return [{"id": p.id, "name": p.name} for p in self._properties.values()]

    def propose_properties(self, type_: str = "", limit: str = "") -> Json:
        """Properties to extend a table with; the same for every type (section 7)."""
        known = self._known_properties()
        most = _number(limit, "limit") if limit else len(known)
        return {"type": type_ or ANY_TYPE["id"], "properties": known[:most], "limit": most}

    def extended(self, request: Any) -> list[Json]:
        """What the columns of a data extension are (section 7). Raises BadRequest."""
        if not isinstance(request, Mapping):
            raise BadRequest("extend: a JSON object is wanted")
        ids, wanted = request.get("ids"), request.get("properties")
        if not isinstance(ids, list) or not isinstance(wanted, list):
            raise BadRequest("extend: ids and properties are wanted, each a list")
        for found, most, name in ((ids, MOST_IDS, "ids"), (wanted, MOST_PROPERTIES, "properties")):
            if len(found) > most:
                raise BadRequest(
                    f"extend: {len(found)} {name} at once; at most {most} are answered"
                )
        return [self._meta(p) for p in self._asked(request)]

    def extend(self, request: Any, start: int = 0) -> Iterator[tuple[str, Json]]:
        """The values of some properties of some towns from one on, one town after the other, for a
        request that `extended` takes."""
        asked = self._asked(request)
        for key in islice(dict.fromkeys(map(_id, request["ids"])), start, None):
            yield key, {p.id: self._cells(key, p) for p in asked}

    def _asked(self, request: Mapping[str, Any]) -> list[towns.Property]:
        """The properties that are asked for, each once."""
        return list(dict.fromkeys(self._property(item) for item in request["properties"]))

    def _property(self, asked: Any) -> towns.Property:
        key = asked.get("id") if isinstance(asked, Mapping) else None
        if not isinstance(key, str) or key not in self._properties:
            raise BadRequest(f"extend: there is no property {str(key)[:LONGEST_NAME]!r}")
        return self._properties[key]

    def _meta(self, asked: towns.Property) -> Json:
        meta: Json = {"id": asked.id, "name": asked.name}
        return meta | {"type": dict(ANY_TYPE)} if asked.is_town else meta

    def _cells(self, key: str, asked: towns.Property) -> list[Json]:
        town = self._towns.get(key)
        return [] if town is None else [self._cell(v, asked) for v in asked.values(town)]

    def _cell(self, value: Any, asked: towns.Property) -> Json:
        if asked.is_town:
            town = self._towns.get(value)
            return {"id": value, "name": towns.name(town) if town else value}
        return {"float": value} if isinstance(value, float) else {"str": str(value)}


# A string that is never closed goes to the end, and is looked at once.
_PARTS: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


def _shallow(text: str) -> str:
    """JSON with null in place of what is nested too deeply."""
    kept: list[str] = []
    depth = start = 0
    for part in _PARTS.finditer(text):
        if part[0] in ("[", "{"):
            depth += 1
            if depth == DEEPEST + 1:
                kept += text[start : part.start()], "null"
        elif part[0] in ("]", "}"):
            if depth == DEEPEST + 1:
                start = part.end()
            depth -= 1
    return "".join([*kept, text[start:] if depth <= DEEPEST else ""])


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else math.inf


def read_json(text: str, where: str) -> Any:
    """What a parameter says. Of very large numbers it is only known that they are. Raises
    BadRequest."""
    try:
        return json.loads(_shallow(text), parse_int=_whole_number)
    except ValueError as error:
        raise BadRequest(f"{where}: not JSON: {error}") from error


def _type(level: str) -> Json:
    return {"id": level, "name": towns.level_name(level)}


def _types(query: Mapping[str, Any]) -> list[str]:
    """The types that a result must have one of; none where they are only a preference."""
    types = query.get("type")
    if query.get("type_strict") == "should":
        return []
    return [t for t in (types if isinstance(types, list) else [types]) if isinstance(t, str)]


def _limit(query: Mapping[str, Any]) -> int:
    """How many results a query wants; what is no number of 1 or more asks for the usual."""
    limit = query.get("limit")
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit >= 1:
        return DEFAULT_LIMIT
    return int(min(limit, MOST_RESULTS))


def _query(query: Mapping[str, Any]) -> Query:
    given = _given(query.get("properties"))
    name = _text(query.get("query")) or given.get("name", "")
    code = next((given[p] for p in ("wikidata", "national_code", "lau") if given.get(p)), "")
    country = country_code(given.get("country", ""))
    countries = frozenset([country] if country else [])
    return Query(name, countries, _spot(given), code or given.get("geonames", ""))


def _text(value: Any) -> str:
    """A cell as a text; "" for what is none, or longer than any name."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # Half a surrogate pair is no character: UTF-8 has none for it.
    text = str(value).encode("utf-8", "replace").decode().strip()
    return text if len(text) <= LONGEST_NAME else ""


def _given(properties: Any) -> dict[str, str]:
    """The first value of each property of a query, as a text."""
    found: dict[str, str] = {}
    for item in properties if isinstance(properties, list) else ():
        if isinstance(item, Mapping) and isinstance(item.get("pid"), str):
            value = item.get("v")
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, Mapping):
                value = value.get("name") or value.get("id")
            found.setdefault(item["pid"], _text(value))
    return found


def _id(key: Any) -> str:
    """An id as the key of its row: what is no text is written as JSON."""
    return key if isinstance(key, str) else json.dumps(key)


def _spot(given: Mapping[str, str]) -> Spot | None:
    try:
        return spot(given["latitude"], given["longitude"])
    except (KeyError, ValueError):
        return None  # a cell of somebody's table: what cannot be read says nothing


def _holding(text: str, known: Iterable[Json]) -> list[Json]:
    return [k for k in known if text.casefold() in k["name"].casefold()]


def _page(found: list[Any], cursor: str) -> list[Any]:
    start = _number(cursor, "cursor") if cursor else 0
    return found[start : start + SUGGESTIONS]


def _number(text: str, where: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise BadRequest(f"{where}: a whole number is wanted, not {text[:LONGEST_NAME]!r}")
    return int(text)
