"""Wikidata live as the list to look in: what its search finds for a name, read as entries.

Any client serves that has the two methods of `WikibaseLookup`. Whether an item is a settlement or a
commune is told by the English labels of its classes, its country by the code of that item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from twingraph.reconcile.bodies import Body, asked, readings
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import TownDecision, decide
from twingraph.reconcile.entries import ListEntry, Spot
from twingraph.reconcile.index import Index
from twingraph.reconcile.names import tidy
from twingraph.sources.wikidata import entities
from twingraph.sources.wikidata import properties as p
from twingraph.sources.wikidata.cache import Fetched
from twingraph.sources.wikidata.entities import Entity, is_item

Json = Mapping[str, Any]


class WikibaseLookup(Protocol):
    """What is asked of a client of a Wikibase."""

    def search(self, text: str, language: str, limit: int = ...) -> Sequence[Json]:
        """The hits of a search for a name, each with its `id`."""

    def items(self, ids: Iterable[str]) -> Iterable[Fetched]:
        """The items of the given ids, redirects followed."""


MOST_HITS: Final = 30
_CODES: Final = frozenset({p.LAU, *p.NATIONAL_CODES})

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

    def __init__(self, lookup: WikibaseLookup) -> None:
        self._lookup = lookup
        self._known: dict[str, Entity | None] = {}

    def __call__(self, query: Query) -> TownDecision:
        """Look for a town. Raises ServiceError where Wikidata does not answer."""
        found = self._entities(self._hits(query))
        above = {item for entity in found for item in entity.located_in}
        around = self._entities(above - {entity.id for entity in found})
        return decide(query, Index(self.entries([*found, *around])))

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
        # An item that is given is looked at too.
        given = [query.code] if is_item(query.code) else []
        return list(dict.fromkeys([*given, *hits]))

    def entries(self, found: Sequence[Entity]) -> Iterator[ListEntry]:
        """Items as entries: those that are settlements, communes, or bodies on another level."""
        self._entities({item for e in found for item in (*e.countries, *e.instance_of)})
        return filter(None, map(self._entry, found))

    def _entry(self, entity: Entity) -> ListEntry | None:
        """An item as an entry; None for what is no place people live in or are governed from."""
        bodies = [self._body(item) for item in entity.instance_of]
        if not any(bodies):
            return None
        country = next(filter(None, map(self._country, entity.countries)), "")
        own, others = _names(entity, LANGUAGES.get(country, "").split())
        bare = [(name, asked(name)) for name in own]
        return ListEntry(
            id=entity.id,
            wikidata=entity.id,
            names=tuple(dict.fromkeys(a.name if a.body is Body.COMMUNE else n for n, a in bare)),
            country=country,
            spots=(Spot.of(entity.point),) if entity.point else (),
            body=_higher(bodies),
            codes=frozenset(value for name, value in entity.codes if name in _CODES),
            geonames=frozenset(value for name, value in entity.codes if name == p.GEONAMES),
            former=entity.dissolved,
            other_names=tuple(others),
        )

    def _entities(self, ids: Iterable[str]) -> list[Entity]:
        wanted = list(dict.fromkeys(ids))
        for item in self._lookup.items([i for i in wanted if i not in self._known]):
            self._known[item.asked] = entities.read(item.document) if item.document else None
        found = (self._known.get(item) for item in wanted)
        return list({entity.id: entity for entity in found if entity is not None}.values())

    def _country(self, item: str) -> str:
        entity = self._known.get(item)
        return (entity.code(p.ISO_ALPHA_2) if entity else None) or ""

    def _body(self, item: str) -> Body | None:
        entity = self._known.get(item)
        labels = entity.labels if entity else ()
        return body_of_class(next((t.value for t in labels if t.language == "en"), ""))


def body_of_class(label: str) -> Body | None:
    """The kind of body that a class's English label names; None for a river or a surname."""
    matching = (body for body, pattern in _CLASS_PATTERNS if pattern.search(label.lower()))
    return next(matching, None)


def _higher(bodies: Sequence[Body | None]) -> Body | None:
    """Of an item that is settlement and commune in one: the settlement, as a gazetteer has it."""
    if any(body in (Body.TOWN, Body.VILLAGE) for body in bodies):
        return None
    return next(filter(None, bodies), None)


def _names(entity: Entity, languages: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names in the country's own languages (else in English), and all others."""
    labels = {text.language: text.value for text in entity.labels}
    spoken = [v for v in languages if v in labels] or [v for v in ("mul", "en") if v in labels]
    own = [tidy(labels[v]) for v in spoken or sorted(labels)[:1]]
    others = [text.value for text in (*entity.labels, *entity.aliases)]
    others += [
        title.partition(" (")[0]
        for site, title in entity.sitelinks
        if site.endswith("wiki") and site != "commonswiki"
    ]
    return own, list(dict.fromkeys(t for t in map(tidy, others) if t not in own))
