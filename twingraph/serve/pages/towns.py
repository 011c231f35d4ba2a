"""A town, or any other authority, as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from twingraph import namespaces as ns
from twingraph.serve.pages import partnerships
from twingraph.serve.pages.attribution import Fact, Link, Reader

TG: Final = ns.TG
_PARTNERSHIP = f"<{TG}partnerIn>"
PATHS: Final = (
    _PARTNERSHIP,
    *(f"{_PARTNERSHIP}/{path}" for path in partnerships.PATHS),
    f"<{TG}projectPartnerIn>",
)
"""From a town to everything its page says."""


@dataclass(frozen=True)
class Entry:
    """A line of the side column: what it is, its value, and where that leads."""

    label: str
    value: str
    href: str | None
    fact: Fact
    note: str | None = None


def page(reader: Reader, iri: str) -> dict[str, Any]:
    """What the template of a town shows."""
    extract, index = reader.extract, reader.index
    key = index.key(iri) or ""
    name = reader.link(key)
    town = index.towns.get(key)
    shown = [partnerships.shown(reader, one) for one in extract.values(iri, f"{TG}partnerIn")]
    shown.sort(key=lambda p: (_first(p), reader.locale.sort_key(p.name)))
    joint = {project.link.key for partnership in shown for project in partnership.projects}
    own_projects = extract.values(iri, f"{TG}projectPartnerIn")
    return {
        "name": name,
        "own": reader.own_name(key, name.text),
        "town": town,
        "country": reader.locale.country(town.country) if town and town.country else None,
        "country_fact": reader.fact(iri, "country", reader.locale.gettext("country")),
        "level": reader.concept(town.level) if town else None,
        "level_fact": reader.fact(iri, "level", reader.locale.gettext("level")),
        "name_fact": reader.fact(iri, f"{ns.SKOS}prefLabel", reader.locale.gettext("name")),
        "other_names": _other_names(reader, iri, name.text),
        "partnerships": shown,
        "projects": [
            partnerships.joint(reader, iri, one, "projectPartnerIn")
            for one in own_projects
            if index.key(one) not in joint
        ],
        "replaces": reader.links(iri, f"{ns.DCT}replaces"),
        "entries": list(_entries(reader, iri)),
        "unresolved": (extract.one(iri, f"{TG}wikidataStatus") or "").endswith("/unresolved"),
        "unresolved_fact": reader.fact(iri, "wikidataStatus", "Wikidata"),
        "mentions": reader.mentions(iri, reader.locale.gettext("further remarks")),
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": _structured(reader, iri, name, town, shown),
    }


def _first(partnership: partnerships.Shown) -> str:
    """The first date known of a partnership: its start, or its first document."""
    dates = [partnership.bounds.first, *(d.bounds.first for d in partnership.documents)]
    return min((date for date in dates if date), default="9999")


def _other_names(reader: Reader, iri: str, shown: str) -> Sequence[Link]:
    names = [
        *reader.extract.texts(iri, f"{ns.SKOS}prefLabel"),
        *reader.extract.texts(iri, f"{ns.SKOS}altLabel"),
    ]
    found = {text: Link("", text, tag) for text, tag in names if text != shown}
    return sorted(found.values(), key=lambda link: reader.locale.sort_key(link.text))


def _entries(reader: Reader, iri: str) -> list[Entry]:
    extract, _ = reader.extract, reader.locale.gettext
    found = []
    for name, note in (
        ("exactMatch", None),
        ("closeMatch", _("the settlement, not the body")),
    ):
        fact = reader.fact(iri, f"{ns.SKOS}{name}", _("entry"))
        for value in extract.values(iri, f"{ns.SKOS}{name}"):
            label = "Wikidata" if value.startswith(ns.WD) else "GeoNames"
            shown = value.rstrip("/").rpartition("/")[2]
            found.append(Entry(label, shown, value, fact, note))
    for name, label in (
        ("nationalCode", _("National code")),
        ("lau", "LAU"),
        ("nuts3", "NUTS 3"),
    ):
        for value in extract.values(iri, f"{TG}{name}"):
            found.append(Entry(label, value, None, reader.fact(iri, name, label)))
    return found


def _structured(
    reader: Reader, iri: str, name: Link, town: Any, shown: Sequence[partnerships.Shown]
) -> dict[str, Any]:
    matches = reader.extract.values(iri, f"{ns.SKOS}exactMatch")
    said: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "AdministrativeArea",
        "@id": iri,
        "name": name.text,
        "url": iri,
    }
    others = [link.text for link in _other_names(reader, iri, name.text)]
    if others:
        said["alternateName"] = others
    if matches:
        said["sameAs"] = matches
    if town and town.point:
        east, north = town.point
        said["geo"] = {"@type": "GeoCoordinates", "latitude": north, "longitude": east}
    if town and town.country:
        country = reader.locale.country(town.country)
        said["containedInPlace"] = {"@type": "Country", "name": country}
    if shown:
        said["subjectOf"] = [{"@id": f"{reader.index.base}{p.key}"} for p in shown]
    return said
