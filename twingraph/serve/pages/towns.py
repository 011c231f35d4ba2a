"""A town, or any other authority, as its page shows it; and two towns side by side: the chain of
partnerships between them, and what they have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.identifiers import Ref
from twingraph.model.chains import shortest_chain
from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority, NetworkMembership, Partnership, Record
from twingraph.serve.pages import figures, partnerships
from twingraph.serve.pages.attribution import Attribution, Fact
from twingraph.serve.pages.front import ReleaseCache
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.site import Values, parameters, render, structured

ENDS: Final = ("one", "other")
"""In the address of a comparison: the two towns, by key or by name."""
_LOOKED_AT: Final = 20


class SideEntry(NamedTuple):
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
    yield from lookup.memberships[town.key]


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
        "memberships": [membership(facts, one)["it"] for one in lookup.memberships[town.key]],
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


def membership(facts: Attribution, one: NetworkMembership) -> Values:
    """A network that a town is or was a member of, from when to when."""
    reader, _, name = facts.reader, facts.reader.locale.gettext, facts.reader.link(one.ref)
    it = {
        "network": reader.optional(ids.ORGANIZATION, one.network),
        "network_fact": facts.fact(one, "network", _("Member of")),
        "period": reader.period(one.since, one.until),
        **facts.fields(one, since=_("start"), until=_("end")),
    }
    town = reader.link(Ref(ids.MUNICIPALITY, one.authority))
    about = structured(reader.iri(one), "Thing", name.text)
    return {"name": name, "town": town, "it": it, "structured": about}


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


def _entries(facts: Attribution, town: Authority) -> Iterator[SideEntry]:
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
            yield SideEntry(label, value, f"{of}{value}{slash}" if of else None, fact, note)


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


# --- two towns side by side ----------------------------------------------------------------------


def comparison(request: Request, cache: ReleaseCache, reader: Reader) -> Response:
    """The form for two towns and, where both are found, what stands between them."""
    given = parameters(request)
    asked = [given.get(end, "").strip() for end in ENDS]
    towns = [_town(cache, text) for text in asked]
    links = [reader.link(town.ref) if town else None for town in towns]
    values: dict[str, Any] = {
        "title": reader.locale.gettext("Compare two towns"),
        "fields": [
            (end, link.text if link else text, town.key if town else "")
            for end, link, text, town in zip(ENDS, links, asked, towns, strict=True)
        ],
        "unknown": [text for text, town in zip(asked, towns, strict=True) if text and town is None],
        "towns": [],
    }
    if towns[0] and towns[1]:
        values |= {"towns": links, **_between(reader, towns[0], towns[1])}
    return render(request, "compare.html", values)


def _town(cache: ReleaseCache, text: str) -> Authority | None:
    """The town of a key, or the one that is called most like some words."""
    towns = cache.lookup.authorities
    if not text or text in towns:
        return towns.get(text)
    names = cache.finder.find(text, _LOOKED_AT)
    return next((towns[n.ref.key] for n in names if n.ref.path == ids.MUNICIPALITY), None)


def _between(reader: Reader, one: Authority, other: Authority) -> dict[str, Any]:
    lookup = reader.lookup
    chain = shortest_chain(lookup.twins, one.key, other.key)
    steps = [(_linking(reader, here, there), there) for here, there in pairwise(chain)]
    shared = set(lookup.twins[one.key]) & set(lookup.twins[other.key])
    of_other = {project.key for project in lookup.projects_of[other.key]}
    projects = [p.key for p in lookup.projects_of[one.key] if p.key in of_other]
    picture = figures.map_between(reader, chain or [one.key, other.key], [p for p, _ in steps])
    return {
        "same": one.key == other.key,
        "distance": len(steps),
        "chain": [
            (reader.link(partnership.ref), reader.link(Ref(ids.MUNICIPALITY, town)))
            for partnership, town in steps
        ],
        "shared": reader.links(ids.MUNICIPALITY, shared),
        "projects": reader.links(ids.PROJECT, projects),
        "map": picture.svg() if picture else "",
    }


def _linking(reader: Reader, here: str, there: str) -> Partnership:
    """The partnership in which two towns are twinned: the first of several."""
    return next(
        partnership
        for partnership in reader.lookup.partnerships_of[here]
        if any({here, there} == set(pair) for pair in reader.lookup.twinned(partnership))
    )
