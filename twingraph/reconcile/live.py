"""Wikidata live as the list to look in: what its search finds for a name, read as entries.

Any client serves that has the two methods of `Lookup`. Whether an item is a settlement or a
commune is told by the English labels of its classes, its country by the code of that item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from twingraph.reconcile.bodies import Body, asked
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Decision, decide
from twingraph.reconcile.entries import Entry, Spot
from twingraph.reconcile.forms import readings
from twingraph.reconcile.index import Index
from twingraph.reconcile.names import tidy

Json = Mapping[str, Any]


class Item(Protocol):
    """An item as it was asked for; `document` is None where there is none, `id` where it is now."""

    @property
    def asked(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def document(self) -> Json | None: ...


class Lookup(Protocol):
    """What is asked of a client of a Wikibase."""

    def search(self, text: str, language: str, limit: int = ...) -> Sequence[Json]:
        """The hits of a search for a name, each with its `id`."""

    def items(self, ids: Iterable[str]) -> Iterable[Item]:
        """The items of the given ids, redirects followed."""


MOST_HITS: Final = 30
INSTANCE_OF, COUNTRY, LOCATED_IN, COORDINATES = "P31", "P17", "P131", "P625"
GEONAMES, ISO_ALPHA_2, END, DISSOLVED = "P1566", "P297", "P582", "P576"
CODES: Final = ("P782", "P1653", "P1567", "P439", "P374", "P635", "P771", "P382", "P964", "P7606")
"""Codes of communes: LAU, and the national registers' of PL BE DE FR IT CH NL AT CZ."""

LANGUAGES: Final = {
    "AT": "de", "BE": "nl fr de", "BG": "bg", "BY": "be ru", "CH": "de fr it", "CY": "el",
    "CZ": "cs", "DE": "de", "DK": "da", "EE": "et", "ES": "es ca", "FI": "fi sv", "FR": "fr",
    "GB": "en", "GR": "el", "HR": "hr", "HU": "hu", "IE": "en", "IT": "it de", "LT": "lt",
    "LU": "lb fr", "LV": "lv", "MD": "ro", "MK": "mk", "NL": "nl", "NO": "nb", "PL": "pl",
    "PT": "pt", "RO": "ro hu", "RS": "sr", "RU": "ru", "SE": "sv", "SI": "sl", "SK": "sk hu",
    "TR": "tr", "UA": "uk ru",
}  # fmt: skip
"""Languages in which a country's towns are searched for, English aside."""

# The first that fits decides: a "city district" is a district, a "district municipality" not.
_CLASSES: Final = (
    (Body.RURAL_AREA, r"rural area of"),
    (Body.DISTRICT, r"city district|urban district|quarter|neighbo(u)?rhood|borough of"),
    (
        Body.ASSOCIATION,
        r"association of|municipal association|joint (municipality|community)|amt\b",
    ),
    (Body.COMMUNE, r"municipalit(y|ies)|commune|comune|gmina|hromada|municipio|concelho"),
    (Body.COUNTY, r"county|powiat|\bdistrict\b|raion|landkreis|arrondissement|okres|province"),
    (Body.REGION, r"\bregion\b|voivodeship|oblast|federated state|autonomous community"),
    (Body.TOWN, r"\bcity\b|\btown\b|capital|urban-type settlement|metropolis"),
    (Body.VILLAGE, r"village|hamlet|settlement|locality|populated place"),
)
_CLASS_PATTERNS: Final = tuple((body, re.compile(words)) for body, words in _CLASSES)


class WikidataFinder:
    """Looks for towns in Wikidata. Countries and classes are asked for once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._known: dict[str, Json | None] = {}

    def __call__(self, query: Query) -> Decision:
        """Look for a town. Raises ServiceError where Wikidata does not answer."""
        found = self._documents(self._hits(query))
        above = {item for d in found for item in values(d, LOCATED_IN)}
        entries = list(self.entries([*found, *self._documents(above - {d["id"] for d in found})]))
        return decide(query, Index(entries))

    def _hits(self, query: Query) -> list[str]:
        names = dict.fromkeys([tidy(query.name), *(a.name for _, a in readings(query.name))])
        spoken = [w for c in sorted(query.countries) for w in LANGUAGES.get(c, "").split()]
        languages = dict.fromkeys([*spoken, "en"])
        hits = (
            str(hit["id"])
            for name in names
            for language in languages
            for hit in self._lookup.search(name, language, MOST_HITS)
        )
        return list(dict.fromkeys(hits))

    def entries(self, documents: Sequence[Json]) -> Iterator[Entry]:
        """Items as entries: those that are settlements, communes, or bodies on another level."""
        wanted = {item for d in documents for p in (COUNTRY, INSTANCE_OF) for item in values(d, p)}
        self._documents(wanted)
        for document in documents:
            if entry := self.entry(document):
                yield entry

    def entry(self, document: Json) -> Entry | None:
        """An item as an entry; None for what is no place people live in or are governed from."""
        bodies = [self._body(item) for item in values(document, INSTANCE_OF)]
        if not any(bodies):
            return None
        country = next(filter(None, map(self._country, values(document, COUNTRY))), "")
        own, others = _names(document, LANGUAGES.get(country, "").split())
        return Entry(
            id=document["id"],
            wikidata=document["id"],
            names=tuple(dict.fromkeys(asked(n).name if _is_commune(n) else n for n in own)),
            country=country,
            spots=tuple(_spots(document)),
            body=_higher(bodies),
            codes=frozenset(str(v) for p in CODES for v in values(document, p)),
            geonames=frozenset(map(str, values(document, GEONAMES))),
            former=bool(values(document, DISSOLVED)),
            other_names=tuple(others),
        )

    def _documents(self, ids: Iterable[str]) -> list[Json]:
        wanted = list(dict.fromkeys(ids))
        for item in self._lookup.items([i for i in wanted if i not in self._known]):
            self._known[item.asked] = item.document
        found = (self._known.get(item) for item in wanted)
        return list({d["id"]: d for d in found if d is not None}.values())

    def _country(self, item: str) -> str:
        document = self._known.get(item)
        return str(next(iter(values(document, ISO_ALPHA_2)), "")) if document else ""

    def _body(self, item: str) -> Body | None:
        document = self._known.get(item)
        label = document.get("labels", {}).get("en", {}).get("value", "") if document else ""
        return body_of_class(label)


def body_of_class(label: str) -> Body | None:
    """The kind of body that a class's English label names; None for a river or a surname."""
    matching = (body for body, pattern in _CLASS_PATTERNS if pattern.search(label.lower()))
    return next(matching, None)


def _higher(bodies: Sequence[Body | None]) -> Body | None:
    """Of an item that is settlement and commune in one: the settlement, as a gazetteer has it."""
    if any(body in (Body.TOWN, Body.VILLAGE) for body in bodies):
        return None
    return next(filter(None, bodies), None)


def _is_commune(name: str) -> bool:
    return asked(name).body is Body.COMMUNE


def values(document: Json, property_: str) -> list[Any]:
    """The best-ranked values of a property that hold today: ids of items, texts, coordinates."""
    claims = document.get("claims") or {}
    statements = [s for s in claims.get(property_, []) if _holds(s)]
    preferred = [s for s in statements if s.get("rank") == "preferred"]
    found = (s["mainsnak"]["datavalue"]["value"] for s in preferred or statements)
    return [v.get("id", v) if isinstance(v, Mapping) else v for v in map(_with_id, found)]


def _holds(statement: Json) -> bool:
    snak = statement.get("mainsnak", {})
    ended = END in (statement.get("qualifiers") or {})
    return bool(snak.get("datavalue")) and statement.get("rank") != "deprecated" and not ended


def _with_id(value: Any) -> Any:
    """Dumps of 2016 give an item's number only."""
    if isinstance(value, Mapping) and "id" not in value and "numeric-id" in value:
        return {"id": f"Q{value['numeric-id']}"}
    return value


def _spots(document: Json) -> Iterator[Spot]:
    for value in values(document, COORDINATES):
        if isinstance(value, Mapping) and "latitude" in value:
            yield Spot(float(value["latitude"]), float(value["longitude"]))


def _names(document: Json, languages: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names in the country's own languages (else in English), and all others."""
    labels = document.get("labels") or {}
    spoken = [v for v in languages if v in labels] or [v for v in ("mul", "en") if v in labels]
    own = [tidy(labels[v]["value"]) for v in spoken or sorted(labels)[:1]]
    aliases = document.get("aliases") or {}
    others = [label["value"] for label in labels.values()]
    others += [alias["value"] for many in aliases.values() for alias in many]
    others += [link["title"].partition(" (")[0] for link in _sitelinks(document)]
    return own, list(dict.fromkeys(t for t in map(tidy, others) if t not in own))


def _sitelinks(document: Json) -> Iterator[Json]:
    links = document.get("sitelinks") or {}
    return (link for site, link in links.items() if site.endswith("wiki") and site != "commonswiki")
