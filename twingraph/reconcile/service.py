"""The Reconciliation Service API, version 0.2, over our own towns: request in, answer out.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ . Nothing here
knows HTTP: `respond` takes the parameters of a request to the endpoint itself, the other functions
those of the paths that the manifest names.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any, Final

from twingraph.errors import UsageError
from twingraph.model.records import Authority
from twingraph.reconcile import towns
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.decide import Candidate, decide
from twingraph.reconcile.entries import Spot, spot
from twingraph.reconcile.index import Index
from twingraph.reconcile.names import folded

Json = dict[str, Any]

VERSION: Final = "0.2"
ANY_TYPE: Final = {"id": "LocalAuthority", "name": "local authority"}
MOST_QUERIES: Final = 500
MOST_IDS: Final = 1000
DEFAULT_LIMIT: Final = 10
MOST_RESULTS: Final = 50
SUGGESTIONS: Final = 20
LONGEST_NAME: Final = 500
_STRICTNESS: Final = ("any", "should", "all")


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
        self._index = Index(map(towns.entry, self._towns.values()))
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
            return self.reconcile(_json(parameters["queries"], "queries"))
        if "extend" in parameters:
            return self.extend(_json(parameters["extend"], "extend"))
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

    def reconcile(self, queries: Any) -> Json:
        """The candidates for every query of a batch (section 4). Raises BadRequest."""
        if not isinstance(queries, Mapping):
            raise BadRequest("queries: a JSON object is wanted, a query by each key")
        if len(queries) > MOST_QUERIES:
            raise BadRequest(
                f"queries: {len(queries)} at once; at most {MOST_QUERIES} are answered"
            )
        return {str(key): {"result": self._results(query)} for key, query in queries.items()}

    def _results(self, query: Any) -> list[Json]:
        if not isinstance(query, Mapping):
            raise BadRequest("a query is a JSON object")
        wanted = _types(query)
        decision = decide(_query(query), self._index)
        found = [c for c in decision.candidates if self._has_type(c.wikidata, wanted)]
        return [self._result(c, c == decision.match) for c in found[: _limit(query)]]

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

    def extend(self, request: Any) -> Json:
        """The values of some properties of some towns (section 7). Raises BadRequest."""
        if not isinstance(request, Mapping):
            raise BadRequest("extend: a JSON object is wanted")
        ids, wanted = request.get("ids"), request.get("properties")
        if not isinstance(ids, list) or not isinstance(wanted, list):
            raise BadRequest("extend: ids and properties are wanted, each a list")
        if len(ids) > MOST_IDS:
            raise BadRequest(f"extend: {len(ids)} ids at once; at most {MOST_IDS} are answered")
        asked = [self._property(item) for item in wanted]
        return {
            "meta": [self._meta(p) for p in asked],
            "rows": {str(key): {p.id: self._cells(str(key), p) for p in asked} for key in ids},
        }

    def _property(self, asked: Any) -> towns.Property:
        key = asked.get("id") if isinstance(asked, Mapping) else None
        if key not in self._properties:
            raise BadRequest(f"extend: there is no property {key!r}")
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


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadRequest(f"{where}: not JSON: {error}") from error


def _type(level: str) -> Json:
    return {"id": level, "name": towns.level_name(level)}


def _types(query: Mapping[str, Any]) -> list[str]:
    """The types that a result must have one of; none where they are only a preference."""
    types = query.get("type", [])
    types = [types] if isinstance(types, str) else types
    if not isinstance(types, list) or not all(isinstance(t, str) for t in types):
        raise BadRequest("type: an id or a list of ids is wanted")
    strictness = query.get("type_strict", "any")
    if strictness not in _STRICTNESS:
        raise BadRequest(f"type_strict: one of {', '.join(_STRICTNESS)} is wanted")
    return [] if strictness == "should" else types


def _limit(query: Mapping[str, Any]) -> int:
    limit = query.get("limit", DEFAULT_LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 1:
        raise BadRequest("limit: a number of 1 or more is wanted")
    return min(int(limit), MOST_RESULTS)


def _query(query: Mapping[str, Any]) -> Query:
    given = _given(query.get("properties", []))
    name = query.get("query", "") or given.get("name", "")
    if not isinstance(name, str) or not (name or given):
        raise BadRequest("a query wants the text `query`, or properties")
    if len(name) > LONGEST_NAME:
        raise BadRequest(f"query: a name of {len(name)} characters; at most {LONGEST_NAME}")
    code = next((given[p] for p in ("wikidata", "national_code", "lau") if given.get(p)), "")
    country = country_code(given.get("country", ""))
    countries = frozenset([country] if country else [])
    return Query(name, countries, _spot(given), code or given.get("geonames", ""))


def _given(properties: Any) -> dict[str, str]:
    """The first value of each property of a query, as a text."""
    if not isinstance(properties, list):
        raise BadRequest("properties: a list is wanted")
    found: dict[str, str] = {}
    for item in properties:
        if not isinstance(item, Mapping) or not isinstance(item.get("pid"), str) or "v" not in item:
            raise BadRequest("properties: each wants a pid and a v")
        value = item["v"][0] if isinstance(item["v"], list) and item["v"] else item["v"]
        if isinstance(value, Mapping):
            value = value.get("name") or value.get("id")
        found.setdefault(item["pid"], "" if value is None else str(value).strip())
    return found


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
    if not text.isdigit():
        raise BadRequest(f"{where}: a whole number is wanted, not {text!r}")
    return int(text)
