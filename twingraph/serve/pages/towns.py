"""A town, or any other authority, as its page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority, Record
from twingraph.serve.pages import partnerships
from twingraph.serve.pages.attribution import Attribution, Fact
from twingraph.serve.pages.reader import Link
from twingraph.serve.pages.site import Values, structured


class Entry(NamedTuple):
    """A line of the side column: what it is, its value, and where that leads."""

    label: str
    value: str
    href: str | None
    fact: Fact
    note: str | None


def with_partnerships(lookup: Lookup, town: Authority) -> Iterator[Record]:
    """A town and everything its page speaks of."""
    yield town
    for partnership in lookup.partnerships_of[town.key]:
        yield from partnerships.with_parts(lookup, partnership)
    yield from lookup.projects_of[town.key]


def page(facts: Attribution, town: Authority) -> Values:
    """What the template of a town shows."""
    reader, lookup, _ = facts.reader, facts.lookup, facts.reader.locale.gettext
    name = reader.link(town.ref)
    of_town = lookup.partnerships_of[town.key]
    shown = [partnerships.partnership_values(facts, one) for one in of_town]
    shown.sort(key=lambda p: (_first_day(p), reader.locale.sort_key(p["name"])))
    joint = {project["link"].key for partnership in shown for project in partnership["projects"]}
    return {
        "name": name,
        "own": reader.own_name(town, name.text),
        "town": town,
        **facts.fields(
            town,
            country=_("country"),
            level=_("level"),
            labels=_("name"),
            wikidata_status="Wikidata",
            formed_on=_("Formed"),
            dissolved_on=_("Dissolved"),
        ),
        "other_names": _other_names(facts, town, name.text),
        "number": len(shown),
        "partnerships": [one for one in shown if _is_described(one)],
        "others": _by_country(facts, town, [one for one in shown if not _is_described(one)]),
        "projects": [
            partnerships.joint_project(
                facts, one, facts.fact(one, "partners", _("joint projects"), town.key)
            )
            for one in lookup.projects_of[town.key]
            if f"{ids.PROJECT}/{one.key}" not in joint
        ],
        "replaces": reader.links(ids.MUNICIPALITY, town.replaces),
        "replaces_fact": facts.fact(town, "replaces"),
        "successors": reader.links(
            ids.MUNICIPALITY, (one.key for one in lookup.successors[town.key])
        ),
        "entries": list(_entries(facts, town)),
        "unresolved": town.wikidata_status == "unresolved",
        "mentions": facts.mentions(town),
        "structured": _structured(facts, town, name, shown),
    }


def _is_described(partnership: Values) -> bool:
    """Whether the sources say more of a partnership than that there is one."""
    known = "since", "status", "documents", "changes", "projects", "description", "topics"
    return any(partnership[name] for name in known)


def _by_country(
    facts: Attribution, town: Authority, shown: Sequence[Values]
) -> list[tuple[str, list[Values]]]:
    """Partnerships by the country of the partner, in the order of the names of both; those whose
    country is not known come last, under no name."""
    reader, sort_key = facts.reader, facts.reader.locale.sort_key
    countries: dict[str, list[Values]] = defaultdict(list)
    for partnership in shown:
        others = [one for one in partnership["partners"] if one.key != f"{town.path}/{town.key}"]
        keys = (one.key.removeprefix(f"{town.path}/") for one in others)
        codes = {body.country for body in facts.lookup.towns_of(keys)}
        name = reader.country(codes.pop()) if len(codes) == 1 else None
        countries[name or ""].append({**partnership, "others": others})
    for of_country in countries.values():
        of_country.sort(key=lambda one: sort_key(", ".join(link.text for link in one["others"])))
    return sorted(countries.items(), key=lambda item: (not item[0], sort_key(item[0])))


def _first_day(partnership: Values) -> str:
    """The first date known of a partnership: its start, or its first document."""
    days = (str(one["day"]) for one in (partnership, *partnership["documents"]))
    return min("9999", *days)


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


def _structured(facts: Attribution, town: Authority, name: Link, shown: Sequence[Values]) -> Values:
    base, iri, point = facts.lookup.base, facts.reader.iri(town), town.point
    wikidata, geonames = town.wikidata, town.geonames
    return structured(
        iri,
        "AdministrativeArea",
        name.text,
        url=iri,
        alternateName=[link.text for link in _other_names(facts, town, name.text)],
        sameAs=[
            *([f"{ns.WD}{wikidata}"] if wikidata else ()),
            *([f"{ns.GEONAMES}{geonames}/"] if geonames else ()),
        ],
        geo=point
        and {
            "@type": "GeoCoordinates",
            "latitude": float(point.latitude),
            "longitude": float(point.longitude),
        },
        containedInPlace=town.country
        and {"@type": "Country", "name": facts.reader.country(town.country)},
        subjectOf=[{"@id": f"{base}{p['key']}"} for p in shown],
    )
