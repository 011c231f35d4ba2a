"""Lists with filters: which things, in which order, with which columns. The filter is in the
address; the same list is there as CSV, as GeoJSON and as a query."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.serve.messages import Refused
from twingraph.serve.pages.attribution import Link, Reader
from twingraph.serve.pages.index import Index, Tie, Town
from twingraph.web.messages import N_

ON_A_PAGE: Final = 50
FILTERS: Final = ("country", "status", "programme", "from", "to")


class Filter(NamedTuple):
    """What is chosen; "" is no choice."""

    country: str = ""
    status: str = ""
    programme: str = ""
    first: str = ""
    last: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Filter:
        """The filter in an address. Raises Refused (400) for a year that is none."""
        first, last = parameters.get("from", ""), parameters.get("to", "")
        for year in (first, last):
            if year and not (year.isascii() and year.isdigit() and len(year) == 4):
                raise Refused(400, f"a year has four digits; {year[:20]!r} is none")
        return cls(
            parameters.get("country", ""),
            parameters.get("status", ""),
            parameters.get("programme", ""),
            first,
            last,
        )

    @property
    def of_ties(self) -> bool:
        """Whether it chooses among partnerships by what only they have."""
        return bool(self.status or self.programme or self.first or self.last)


class Row(NamedTuple):
    """A line of a list: its thing, the cells of the columns after the first, what sorts it."""

    link: Link
    cells: Sequence[object]
    raw: Sequence[str]
    key: str


@dataclass(frozen=True)
class Listing:
    """A kind of list. `columns` are named by messages; each may be sorted by. `filters` are those
    that it can be narrowed by."""

    path: str
    title: str
    columns: Sequence[tuple[str, str]]
    filters: Sequence[str]
    keys: Callable[[Index, Filter], list[str]]
    row: Callable[[Reader, str], Row]
    order: Callable[[Reader, str, str], Any]
    query: Callable[[Index, Filter], str]
    points: Callable[[Index, str], Sequence[tuple[float, float]]] = lambda index, key: ()


def fits(index: Index, tie: Tie, chosen: Filter) -> bool:
    """Whether a partnership is among those chosen."""
    if chosen.status and (tie.status or "").rpartition("/")[2] != chosen.status:
        return False
    if chosen.country and not any(
        town.country == chosen.country
        for partner in tie.partners
        if (town := index.towns.get(partner))
    ):
        return False
    if chosen.programme and not any(
        work.programme == f"{ids.PROGRAMME}/{chosen.programme}"
        for project in tie.projects
        if (work := index.works.get(project))
    ):
        return False
    since = tie.since
    if chosen.first and not (since.latest and since.latest[:4] >= chosen.first):
        return False
    return not chosen.last or bool(since.earliest and since.earliest[:4] <= chosen.last)


def _ties(index: Index, chosen: Filter) -> list[str]:
    return [key for key, tie in index.ties.items() if fits(index, tie, chosen)]


def _towns(index: Index, chosen: Filter) -> list[str]:
    within = chosen._replace(country="")
    return [
        key
        for key, town in index.towns.items()
        if (not chosen.country or town.country == chosen.country)
        and (
            not within.of_ties
            or any(fits(index, index.ties[tie], within) for tie in town.partnerships)
        )
    ]


def _works(index: Index, chosen: Filter) -> list[str]:
    wanted = f"{ids.PROGRAMME}/{chosen.programme}"
    return [
        key
        for key, work in index.works.items()
        if (not chosen.programme or work.programme == wanted)
        and (not chosen.first or (work.start.latest or "")[:4] >= chosen.first)
        and (
            not chosen.last
            or bool(work.start.earliest and work.start.earliest[:4] <= chosen.last)
        )
        and (
            not chosen.country
            or any(t.country == chosen.country for p in work.partners if (t := index.towns.get(p)))
        )
    ]  # fmt: skip


def _all(path: str) -> Callable[[Index, Filter], list[str]]:
    return lambda index, chosen: [key for key in index.of(path) if "#" not in key]


# --- rows ----------------------------------------------------------------------------------------


def _country(reader: Reader, town: Town | None) -> str:
    return reader.locale.country(town.country) if town and town.country else ""


def _town_row(reader: Reader, key: str) -> Row:
    town = reader.index.towns[key]
    number = len(town.partnerships)
    cells = (_country(reader, town), reader.locale.number(number))
    return Row(reader.link(key), cells, (town.country or "", str(number)), key)


def _tie_row(reader: Reader, key: str) -> Row:
    tie = reader.index.ties[key]
    link = reader.link(key)
    countries = Counter(
        _country(reader, reader.index.towns.get(partner)) for partner in tie.partners
    )
    since, status = reader.when(tie.since) or "", reader.concept(tie.status) or ""
    where = ", ".join(sorted(filter(None, countries)))
    raw = (tie.since.value or "", (tie.status or "").rpartition("/")[2], where)
    return Row(link, (since, status, where), raw, key)


def _person_row(reader: Reader, key: str) -> Row:
    number = reader.index.signatures.get(key, 0)
    return Row(reader.link(key), (reader.locale.number(number),), (str(number),), key)


def _work_row(reader: Reader, key: str) -> Row:
    work = reader.index.works[key]
    programme = reader.name(work.programme) if work.programme else ""
    partners = [reader.link(partner) for partner in work.partners]
    cells = (programme, reader.when(work.start) or "", partners)
    names = "; ".join(link.text for link in partners)
    return Row(reader.link(key), cells, (programme, work.start.value or "", names), key)


def _source_row(reader: Reader, key: str) -> Row:
    read = reader.index.sources[key]
    kind = reader.concept(read.kind) or ""
    day = reader.locale.day(read.retrieved) if read.retrieved else ""
    return Row(reader.link(key), (kind, day), (kind, read.retrieved or ""), key)


def _plain_row(reader: Reader, key: str) -> Row:
    return Row(reader.link(key), (), (), key)


def _concept_row(reader: Reader, key: str) -> Row:
    scheme = key.rpartition("/")[0]
    named = reader.name(scheme) if scheme in reader.index.names else ""
    return Row(reader.link(key), (named,), (named,), key)


def _order(reader: Reader, key: str, column: str) -> Any:
    index, name = reader.index, reader.locale.sort_key(reader.name(key))
    if column == "partnerships":
        return -len(index.towns[key].partnerships), name
    if column == "signatures":
        return -index.signatures.get(key, 0), name
    if column == "since":
        since = index.ties[key].since
        return since.first or "9999", name
    if column == "start":
        return index.works[key].start.first or "9999", name
    if column == "country":
        return reader.locale.sort_key(_country(reader, index.towns.get(key))), name
    if column == "status":
        return reader.locale.sort_key(reader.concept(index.ties[key].status) or "\uffff"), name
    if column == "programme":
        programme = index.works[key].programme
        return reader.locale.sort_key(reader.name(programme) if programme else "\uffff"), name
    if column == "read":
        return index.sources[key].retrieved or "", name
    if column == "kind":
        return reader.locale.sort_key(reader.concept(index.sources[key].kind) or ""), name
    if column == "scheme":
        return reader.locale.sort_key(_concept_row(reader, key).raw[0]), name
    return name


# --- the same as a query -------------------------------------------------------------------------


def _prefixes(index: Index) -> str:
    known = {
        "tg": ns.TG, "skos": ns.SKOS, "dct": ns.DCT, "foaf": ns.FOAF, "org": ns.ORG,
        "country": ns.COUNTRY, "status": f"{index.base}concept/partnership-status/",
        "programme": f"{index.base}{ids.PROGRAMME}/",
    }  # fmt: skip
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in known.items())


def _word(text: str) -> str:
    """A choice as the local part of a name; what cannot be one names nothing."""
    return text if text and all(c.isalnum() and c.isascii() or c in "-_" for c in text) else "none"


def _tie_pattern(chosen: Filter) -> Iterator[str]:
    if chosen.status:
        yield f"?partnership tg:status status:{_word(chosen.status)} ."
    if chosen.programme:
        yield f"?partnership tg:jointProject/tg:programme programme:{_word(chosen.programme)} ."
    if chosen.first:
        yield "?partnership tg:sinceLatest ?latest ."
        yield f'FILTER(STR(?latest) >= "{chosen.first}-01-01")'
    if chosen.last:
        yield "?partnership tg:sinceEarliest ?earliest ."
        yield f'FILTER(STR(?earliest) <= "{chosen.last}-12-31")'


def _query(index: Index, variables: str, lines: Sequence[str], order: str) -> str:
    body = "".join(f"  {line}\n" for line in lines)
    return f"{_prefixes(index)}SELECT DISTINCT {variables} WHERE {{\n{body}}}\nORDER BY {order}\n"


def _towns_query(index: Index, chosen: Filter) -> str:
    lines = ["?town a tg:LocalAuthority ."]
    if chosen.country:
        lines.append(f"?town tg:country country:{_word(chosen.country)} .")
    if chosen.of_ties:
        lines += ["?town tg:partnerIn ?partnership .", *_tie_pattern(chosen)]
    lines.append("OPTIONAL { ?town skos:prefLabel ?name }")
    return _query(index, "?town ?name", lines, "?town ?name")


def _ties_query(index: Index, chosen: Filter) -> str:
    lines = ["?partnership a tg:Partnership ; tg:partner ?town ."]
    if chosen.country:
        country = f"country:{_word(chosen.country)}"
        lines.append(f"?partnership tg:partner/tg:country {country} .")
    lines += _tie_pattern(chosen)
    lines += [
        "OPTIONAL { ?partnership tg:since ?since }",
        "OPTIONAL { ?town skos:prefLabel ?name }",
    ]
    return _query(index, "?partnership ?town ?name ?since", lines, "?partnership ?town")


def _works_query(index: Index, chosen: Filter) -> str:
    lines = ["?project a tg:Project ."]
    if chosen.programme:
        lines.append(f"?project tg:programme programme:{_word(chosen.programme)} .")
    if chosen.country:
        country = f"country:{_word(chosen.country)}"
        lines.append(f"?project tg:projectPartner/tg:country {country} .")
    if chosen.first:
        lines.append("?project tg:startLatest ?latest .")
        lines.append(f'FILTER(STR(?latest) >= "{chosen.first}-01-01")')
    if chosen.last:
        lines.append("?project tg:startEarliest ?earliest .")
        lines.append(f'FILTER(STR(?earliest) <= "{chosen.last}-12-31")')
    lines.append("OPTIONAL { ?project dct:title ?title }")
    return _query(index, "?project ?title", lines, "?project ?title")


def _simple_query(pattern: str, name: str) -> Callable[[Index, Filter], str]:
    return lambda index, chosen: _query(
        index, "?thing ?name", [pattern, f"OPTIONAL {{ ?thing {name} ?name }}"], "?thing ?name"
    )


# --- the lists -----------------------------------------------------------------------------------


def _town_points(index: Index, key: str) -> Sequence[tuple[float, float]]:
    point = index.towns[key].point
    return (point,) if point else ()


def _tie_points(index: Index, key: str) -> Sequence[tuple[float, float]]:
    towns = (index.towns.get(partner) for partner in index.ties[key].partners)
    return tuple(town.point for town in towns if town and town.point)


LISTINGS: Final = {
    listing.path: listing
    for listing in (
        Listing(
            "towns", N_("Towns"),
            (("name", N_("Name")), ("country", N_("Country")),
             ("partnerships", N_("Partnerships"))),
            ("country", "status", "programme", "year"),
            _towns, _town_row, _order, _towns_query, _town_points,
        ),
        Listing(
            "partnerships", N_("Partnerships"),
            (("name", N_("Partners")), ("since", N_("Since")), ("status", N_("Status")),
             ("", N_("Countries"))),
            ("country", "status", "programme", "year"),
            _ties, _tie_row, _order, _ties_query, _tie_points,
        ),
        Listing(
            "signatories", N_("Signatories"),
            (("name", N_("Name")), ("signatures", N_("Signatures"))), (),
            _all(ids.PERSON), _person_row, _order,
            _simple_query("?thing a foaf:Person .", "foaf:name"),
        ),
        Listing(
            "projects", N_("Projects"),
            (("name", N_("Title")), ("programme", N_("Programme")), ("start", N_("Start")),
             ("", N_("Partners"))),
            ("country", "programme", "year"), _works, _work_row, _order, _works_query,
        ),
        Listing(
            "programmes", N_("Programmes"), (("name", N_("Title")),), (),
            _all(ids.PROGRAMME), _plain_row, _order,
            _simple_query("?thing a tg:Programme .", "dct:title"),
        ),
        Listing(
            "organizations", N_("Schools and associations"), (("name", N_("Name")),), (),
            _all(ids.ORGANIZATION), _plain_row, _order,
            _simple_query("?thing a org:Organization .", "skos:prefLabel"),
        ),
        Listing(
            "sources", N_("Sources"),
            (("name", N_("Title")), ("kind", N_("Kind")), ("read", N_("Read on"))), (),
            lambda index, chosen: list(index.sources), _source_row, _order,
            _simple_query("?thing a tg:Source .", "dct:title"),
        ),
        Listing(
            "concepts", N_("Concepts"), (("name", N_("Name")), ("scheme", N_("Scheme"))), (),
            _all(ids.CONCEPT), _concept_row, _order,
            _simple_query("?thing a skos:Concept .", "skos:prefLabel"),
        ),
    )
}  # fmt: skip


def ordered(
    reader: Reader, listing: Listing, keys: list[str], column: str, down: bool
) -> list[str]:
    """A list's things in the order of a column; of equal ones, by name."""
    return sorted(keys, key=lambda key: (listing.order(reader, key, column), key), reverse=down)


def as_csv(reader: Reader, listing: Listing, keys: Sequence[str]) -> bytes:
    """A list as a table with a header, by the conventions of RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [column or reader.locale.gettext(title).lower() for column, title in listing.columns]
    writer.writerow(["iri", *names])
    for key in keys:
        row = listing.row(reader, key)
        writer.writerow([f"{reader.index.base}{key}", row.link.text, *row.raw])
    return out.getvalue().encode()


def as_geojson(reader: Reader, listing: Listing, keys: Sequence[str]) -> bytes:
    """A list's things as features (RFC 7946): towns as points, partnerships as lines between
    those of their towns whose place is known. What has no place has no geometry."""
    columns = [column for column, _ in listing.columns[1:]]
    features = []
    for key in keys:
        row, points = listing.row(reader, key), listing.points(reader.index, key)
        named = dict(zip(columns, row.raw, strict=True))
        named.pop("", None)
        features.append(
            {
                "type": "Feature",
                "id": f"{reader.index.base}{key}",
                "geometry": _geometry(listing, points),
                "properties": {"name": row.link.text, **named},
            }
        )
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _geometry(listing: Listing, points: Sequence[tuple[float, float]]) -> dict[str, Any] | None:
    if not points:
        return None
    if listing.path == "towns":
        return {"type": "Point", "coordinates": points[0]}
    if len(points) == 1:
        return None
    if len(points) == 2:
        return {"type": "LineString", "coordinates": points}
    pairs = [[a, b] for i, a in enumerate(points) for b in points[i + 1 :]]
    return {"type": "MultiLineString", "coordinates": pairs}
