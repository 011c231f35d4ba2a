"""A town, or any other authority, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority, Record
from twingraph.serve.pages import partnerships
from twingraph.serve.pages.attribution import Attribution, Fact
from twingraph.serve.pages.reader import Link


@dataclass(frozen=True)
class Entry:
    """A line of the side column: what it is, its value, and where that leads."""

    label: str
    value: str
    href: str | None
    fact: Fact
    note: str | None = None


def with_partnerships(lookup: Lookup, town: Authority) -> Iterator[Record]:
    """A town and everything its page speaks of."""
    yield town
    for partnership in lookup.partnerships_of[town.key]:
        yield from partnerships.with_parts(lookup, partnership)
    yield from lookup.projects_of[town.key]


def page(facts: Attribution, town: Authority) -> dict[str, Any]:
    """What the template of a town shows."""
    reader, lookup, _ = facts.reader, facts.lookup, facts.reader.locale.gettext
    name = reader.link(town.ref)
    shown = [partnerships.shown(facts, one) for one in lookup.partnerships_of[town.key]]
    shown.sort(key=lambda p: (_first(p), reader.locale.sort_key(p.name)))
    joint = {project.link.key for partnership in shown for project in partnership.projects}
    return {
        "name": name,
        "own": reader.own_name(town, name.text),
        "town": town,
        "country": reader.country(town.country),
        "country_fact": facts.fact(town, "country", _("country")),
        "level": reader.concept("authority-level", town.level),
        "level_fact": facts.fact(town, "level", _("level")),
        "name_fact": facts.fact(town, "labels", _("name")),
        "other_names": _other_names(facts, town, name.text),
        "partnerships": shown,
        "projects": [
            partnerships.joint(
                facts, one, facts.fact(one, "partners", _("joint projects"), town.key)
            )
            for one in lookup.projects_of[town.key]
            if f"{ids.PROJECT}/{one.key}" not in joint
        ],
        "replaces": reader.links(ids.MUNICIPALITY, town.replaces),
        "entries": list(_entries(facts, town)),
        "unresolved": town.wikidata_status == "unresolved",
        "unresolved_fact": facts.fact(town, "wikidata_status", "Wikidata"),
        "mentions": facts.mentions(town),
        "structured": _structured(facts, town, name, shown),
    }


def _first(partnership: partnerships.Shown) -> str:
    """The first date known of a partnership: its start, or its first document."""
    return min(partnership.day, *(document.day for document in partnership.documents), "9999")


def _other_names(facts: Attribution, town: Authority, shown: str) -> Sequence[Link]:
    names = (*town.labels, *town.alt_labels)
    links = {text: Link("", text, tag) for text, tag in names if text != shown}
    return facts.reader.sorted(links.values())


def _entries(facts: Attribution, town: Authority) -> Iterator[Entry]:
    _ = facts.reader.locale.gettext
    settlement = _("the settlement, not the body")
    for name, label, of, note in (
        ("wikidata", "Wikidata", ns.WD, None),
        ("geonames", "GeoNames", ns.GEONAMES, None),
        ("wikidata_close", "Wikidata", ns.WD, settlement),
        ("geonames_close", "GeoNames", ns.GEONAMES, settlement),
        ("national_code", _("National code"), None, None),
        ("lau", "LAU", None, None),
        ("nuts3", "NUTS 3", None, None),
    ):
        if value := getattr(town, name):
            fact = facts.fact(town, name, _("entry") if of else label)
            slash = "/" if of == ns.GEONAMES else ""
            yield Entry(label, value, f"{of}{value}{slash}" if of else None, fact, note)


def _structured(
    facts: Attribution, town: Authority, name: Link, shown: Sequence[partnerships.Shown]
) -> dict[str, Any]:
    base, iri = facts.lookup.base, town.ref.iri(facts.lookup.base)
    entries = [
        *([f"{ns.WD}{town.wikidata}"] if town.wikidata else ()),
        *([f"{ns.GEONAMES}{town.geonames}/"] if town.geonames else ()),
    ]
    place = {
        "@context": "https://schema.org/",
        "@type": "AdministrativeArea",
        "@id": iri,
        "name": name.text,
        "url": iri,
        "alternateName": [link.text for link in _other_names(facts, town, name.text)],
        "sameAs": entries,
        "geo": town.point
        and {
            "@type": "GeoCoordinates",
            "latitude": float(town.point.latitude),
            "longitude": float(town.point.longitude),
        },
        "containedInPlace": town.country
        and {"@type": "Country", "name": facts.reader.country(town.country)},
        "subjectOf": [{"@id": f"{base}{p.key}"} for p in shown],
    }
    return {key: value for key, value in place.items() if value}
