"""Items in Wikibase's JSON, written by hand: what the real samples do not show."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_CALENDAR = "http://www.wikidata.org/entity/"


def item(
    qid: str,
    *,
    labels: dict[str, str] | None = None,
    aliases: dict[str, list[str]] | None = None,
    twinned: tuple[Json, ...] = (),
    located_in: tuple[str, ...] = (),
    country: str | None = "Q36",
    point: tuple[float, float] | None = None,
    revision: int | None = 1,
    **strings: str,
) -> Json:
    """An item; `strings` are external ids by property. Labels default to one in English."""
    claims: Json = {"P190": list(twinned)} if twinned else {}
    claims["P131"] = [claim(qid, "P131", entity(parent)) for parent in located_in]
    claims["P17"] = [claim(qid, "P17", entity(country))] if country else []
    if point:
        claims["P625"] = [claim(qid, "P625", coordinates(*point))]
    for prop, value in strings.items():
        claims[prop] = [claim(qid, prop, {"type": "string", "value": value})]
    names = {"en": f"Town {qid}"} if labels is None else labels
    document: Json = {
        "type": "item",
        "id": qid,
        "labels": {lang: {"language": lang, "value": name} for lang, name in names.items()},
        "aliases": {
            lang: [{"language": lang, "value": name} for name in several]
            for lang, several in (aliases or {}).items()
        },
        "descriptions": {},
        "claims": {prop: statements for prop, statements in claims.items() if statements},
        "sitelinks": {},
    }
    if revision:
        document |= {"lastrevid": revision, "modified": "2026-11-01T00:00:00Z"}
    return document


def entity(qid: str) -> Json:
    """A value that is an item."""
    value = {"entity-type": "item", "id": qid, "numeric-id": int(qid[1:])}
    return {"type": "wikibase-entityid", "value": value}


def coordinates(lat: float, lon: float, globe: str = "Q2") -> Json:
    """A value that is a place on a globe, the Earth by default."""
    value = {"latitude": lat, "longitude": lon, "globe": f"http://www.wikidata.org/entity/{globe}"}
    return {"type": "globecoordinate", "value": value}


def time(
    written: str, precision: int = 11, calendar: str = "Q1985727", margin: tuple[int, int] = (0, 0)
) -> Json:
    """A value that is a time."""
    before, after = margin
    value = {"time": written, "precision": precision, "before": before, "after": after}
    return {
        "type": "time",
        "value": value | {"timezone": 0, "calendarmodel": _CALENDAR + calendar},
    }


def day(date: str) -> Json:
    """A time value of a plain Gregorian day, month or year."""
    parts = date.split("-")
    padded = "-".join([*parts, "00", "00"][:3])
    return time(f"+{padded}T00:00:00Z", 8 + len(parts))


def snak(prop: str, value: Json | None, kind: str = "value") -> Json:
    """A snak: a property with a value, or with none that is known."""
    made: Json = {"snaktype": kind, "property": prop}
    return made | {"datavalue": value} if value else made


def claim(
    subject: str,
    prop: str,
    value: Json | None,
    *,
    number: int = 1,
    kind: str = "value",
    rank: str = "normal",
    qualifiers: dict[str, Json | str] | None = None,
    references: tuple[dict[str, list[Json]], ...] = (),
) -> Json:
    """A statement. A qualifier that is a string is a kind of snak without a value."""
    made: Json = {
        "mainsnak": snak(prop, value, kind),
        "type": "statement",
        "id": f"{subject}${number}",
        "rank": rank,
    }
    if qualifiers:
        made["qualifiers"] = {
            name: [snak(name, None, v) if isinstance(v, str) else snak(name, v)]
            for name, v in qualifiers.items()
        }
    if references:
        made["references"] = [
            {"snaks": {name: [snak(name, v) for v in values] for name, values in one.items()}}
            for one in references
        ]
    return made


def twin(subject: str, target: str | None, number: int = 1, **more: Any) -> Json:
    """A P190 statement."""
    return claim(subject, "P190", target and entity(target) or None, number=number, **more)
