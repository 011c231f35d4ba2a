"""An item's JSON, in the form of today's API and dumps or of the dumps of 2016, as frozen records.

The format is Wikibase's (doc.wikimedia.org, "Wikibase JSON format"). Old dumps differ from it in
what they leave out (`id` beside `numeric-id`), and wherever a map is empty, PHP writes `[]`. What
is read stands in `properties`; what is there but cannot be read is listed in `Entity.findings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from twingraph.model.records import Point, Text, Texts
from twingraph.sources.wikidata import properties as p
from twingraph.sources.wikidata import times
from twingraph.sources.wikidata.report import Finding

ITEM: Final = re.compile(r"Q[1-9][0-9]*")
_EARTH = "Q2"
# What makes an IRI of its own in the graph has to be of its form: anybody may type anything.
_STATEMENT = re.compile(r"[Qq][1-9][0-9]*\$[0-9A-Za-z-]+")
_GEONAMES = re.compile("[1-9][0-9]*")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_RANK = re.compile("preferred|normal|deprecated")

Json = Mapping[str, Any]


class Snak(Enum):
    """Whether a statement names something, or says that it is unknown, or that there is none."""

    VALUE = "value"
    UNKNOWN = "somevalue"
    NONE = "novalue"


@dataclass(frozen=True, slots=True)
class Moment:
    """A date in a qualifier: EDTF, or None where only that there is one is known."""

    edtf: str | None


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference of a statement. `retrieved` is EDTF; the last two are item ids."""

    urls: tuple[str, ...] = ()
    titles: Texts = ()
    retrieved: str | None = None
    stated_in: tuple[str, ...] = ()
    imported_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A P190 statement. `target` is None unless `snak` is VALUE and the value an item."""

    id: str
    subject: str
    target: str | None
    snak: Snak = Snak.VALUE
    rank: str = "normal"
    start: Moment | None = None
    end: Moment | None = None
    point_in_time: Moment | None = None
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """What is read of an item. Ids of other items are as written: redirects are not followed.

    `countries` and `located_in` are those of today. `codes` holds (property, value) of the best
    rank. `revision` and `modified` are None in old dumps. Texts are sorted by language.
    """

    id: str
    labels: Texts = ()
    aliases: Texts = ()
    sitelinks: tuple[tuple[str, str], ...] = ()
    instance_of: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    located_in: tuple[str, ...] = ()
    point: Point | None = None
    codes: tuple[tuple[str, str], ...] = ()
    dissolved: bool = False
    twinnings: tuple[Statement, ...] = ()
    revision: int | None = None
    modified: str | None = None
    findings: tuple[Finding, ...] = ()

    def code(self, prop: str) -> str | None:
        """The value of a code, if there is exactly one."""
        values = {value for name, value in self.codes if name == prop}
        return values.pop() if len(values) == 1 else None


def is_item(text: object) -> bool:
    """Whether a text is an item id: Q and a number."""
    return isinstance(text, str) and ITEM.fullmatch(text) is not None


def is_on_globe(point: Point) -> bool:
    """Whether longitude and latitude are numbers within their bounds."""
    finite = point.longitude.is_finite() and point.latitude.is_finite()
    return finite and abs(point.longitude) <= 180 and abs(point.latitude) <= 90


def read(document: object) -> Entity:
    """Read one entity's JSON, already parsed.

    Raises ValueError for what is no JSON object of an item: the caller counts and skips it.
    """
    if not isinstance(document, dict):
        raise ValueError("no JSON object")
    item = document.get("id")
    if not is_item(item):
        raise ValueError(f"no item: id {item!r}")
    return _Reader(str(item), document).entity()


class _Reader:
    """Reads one item, and keeps what it met that cannot be read."""

    def __init__(self, item: str, document: Json) -> None:
        self.item = item
        self.document = document
        self.claims = _map(document.get("claims"))
        self.findings: list[Finding] = []

    def entity(self) -> Entity:
        document, revision = self.document, self.document.get("lastrevid")
        entity = Entity(
            id=self.item,
            labels=_texts(document.get("labels")),
            aliases=_texts(document.get("aliases")),
            sitelinks=_sitelinks(document.get("sitelinks")),
            instance_of=tuple(self._items(p.INSTANCE_OF)),
            countries=tuple(self._items(p.COUNTRY)),
            located_in=tuple(self._items(p.LOCATED_IN)),
            point=self._point(),
            codes=tuple(self._codes()),
            dissolved=self._is(p.DISSOLVED),
            twinnings=tuple(self._twinnings()),
            revision=revision if isinstance(revision, int) else None,
            modified=self._of_form("modified", document.get("modified"), _MOMENT),
        )
        if not entity.labels:
            self._found("no-label", self.item)
        return replace(entity, findings=tuple(self.findings))

    def _of_form(self, what: str, value: object, form: re.Pattern[str]) -> str | None:
        """A text that is of a form; None of any other, which is counted, and of none."""
        if not value:
            return None
        if isinstance(value, str) and form.fullmatch(value):
            return value
        self._found("odd-value", f"{self.item} {what}: {value!r}"[:200])
        return None

    def _found(self, kind: str, what: str) -> None:
        self.findings.append(Finding(kind, what))

    def _best(self, prop: str) -> list[Json]:
        """The statements of the best rank that have not ended."""
        current = [
            claim
            for claim in _list(self.claims.get(prop))
            if claim.get("rank") != "deprecated" and not _ended(claim)
        ]
        preferred = [claim for claim in current if claim.get("rank") == "preferred"]
        return preferred or current

    def _values(self, prop: str, kind: str) -> Iterator[Any]:
        for claim in self._best(prop):
            snak = _map(claim.get("mainsnak"))
            if snak.get("snaktype") == "value":
                data = _map(snak.get("datavalue"))
                if data.get("type") == kind:
                    yield data.get("value")
                else:
                    self._found("odd-datatype", f"{self.item} {prop}: {data.get('type')}")

    def _is(self, prop: str) -> bool:
        snaks = (_map(claim.get("mainsnak")) for claim in self._best(prop))
        return any(_snak(snak) is not Snak.NONE for snak in snaks)

    def _items(self, prop: str) -> Iterator[str]:
        items = (_item(value) for value in self._values(prop, "wikibase-entityid"))
        yield from dict.fromkeys(item for item in items if item)

    def _codes(self) -> Iterator[tuple[str, str]]:
        for prop in (p.ISO_ALPHA_2, p.ISO_ALPHA_3, p.GEONAMES, p.LAU, p.NUTS, *p.NATIONAL_CODES):
            if prop in self.claims:
                values = (value for value in self._values(prop, "string") if value)
                for value in dict.fromkeys(map(str, values)):
                    if prop != p.GEONAMES or self._of_form(prop, value, _GEONAMES):
                        yield prop, value

    def _point(self) -> Point | None:
        for value in self._values(p.COORDINATES, "globecoordinate"):
            point = _point(_map(value))
            if point:
                return point
            self._found("bad-coordinates", f"{self.item}: {value!r}"[:200])
        return None

    def _twinnings(self) -> Iterator[Statement]:
        for claim in _list(self.claims.get(p.TWINNED)):
            snak = _map(claim.get("mainsnak"))
            identifier = self._of_form("statement", claim.get("id"), _STATEMENT) or ""
            kind = _snak(snak)
            data = _map(snak.get("datavalue"))
            target = _item(data.get("value")) if kind is Snak.VALUE else None
            if kind is Snak.VALUE and target is None:
                self._found("odd-datatype", f"{identifier}: {data.get('type')}")
                continue
            qualifiers = _map(claim.get("qualifiers"))
            yield Statement(
                id=identifier,
                subject=self.item,
                target=target,
                snak=kind,
                rank=self._of_form("rank", claim.get("rank", "normal"), _RANK) or "normal",
                start=self._moment(identifier, qualifiers, p.START),
                end=self._moment(identifier, qualifiers, p.END),
                point_in_time=self._moment(identifier, qualifiers, p.POINT_IN_TIME),
                references=tuple(self._references(identifier, claim)),
            )
            for prop in sorted(qualifiers.keys() - {p.START, p.END, p.POINT_IN_TIME}):
                self._found("unread-qualifier", f"{identifier}: {prop}")

    def _moment(self, statement: str, qualifiers: Json, prop: str) -> Moment | None:
        """The first date of a qualifier. One that cannot be read is a date that is not known."""
        snaks = [s for s in _list(qualifiers.get(prop)) if _snak(s) is not Snak.NONE]
        if not snaks:
            return None
        if len(snaks) > 1:
            self._found("several-dates", f"{statement}: {prop}")
        return Moment(self._date(statement, snaks[0]))

    def _date(self, statement: str, snak: Json) -> str | None:
        if _snak(snak) is not Snak.VALUE:
            return None
        data = _map(snak.get("datavalue"))
        if data.get("type") != "time":
            self._found("odd-datatype", f"{statement} {snak.get('property')}: {data.get('type')}")
            return None
        try:
            return times.edtf(_map(data.get("value")))
        except ValueError as error:
            self._found("bad-date", f"{statement}: {error}")
            return None

    def _references(self, statement: str, claim: Json) -> Iterator[Reference]:
        for reference in _list(claim.get("references")):
            snaks = _map(reference.get("snaks"))
            retrieved = [self._date(statement, s) for s in _list(snaks.get(p.RETRIEVED))]
            yield Reference(
                urls=tuple(map(str, _plain(snaks, p.REFERENCE_URL))),
                titles=tuple(
                    Text(str(v["text"]), str(v.get("language", "")).lower())
                    for v in _plain(snaks, p.TITLE)
                    if isinstance(v, dict) and "text" in v
                ),
                retrieved=next(filter(None, retrieved), None),
                stated_in=tuple(filter(None, map(_item, _plain(snaks, p.STATED_IN)))),
                imported_from=tuple(filter(None, map(_item, _plain(snaks, p.IMPORTED_FROM)))),
            )
            for prop in sorted(snaks.keys() - _REFERENCE):
                self._found("unread-reference", f"{statement}: {prop}")


_REFERENCE = {p.REFERENCE_URL, p.RETRIEVED, p.IMPORTED_FROM, p.STATED_IN, p.TITLE}


def _map(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _snak(snak: Json) -> Snak:
    kind = snak.get("snaktype")
    return Snak(kind) if kind in ("somevalue", "novalue") else Snak.VALUE


def _ended(claim: Json) -> bool:
    ends = _list(_map(claim.get("qualifiers")).get(p.END))
    return any(_snak(end) is not Snak.NONE for end in ends)


def _item(value: object) -> str | None:
    """The item an entity value names. Old dumps give a number only."""
    if not isinstance(value, dict) or value.get("entity-type", "item") != "item":
        return None
    item = value.get("id") or f"Q{value.get('numeric-id')}"
    return str(item) if is_item(item) else None


def _plain(snaks: Json, prop: str) -> Iterator[Any]:
    for snak in _list(snaks.get(prop)):
        if _snak(snak) is Snak.VALUE:
            value = _map(snak.get("datavalue")).get("value")
            if value:
                yield value


def _point(value: Json) -> Point | None:
    try:
        longitude, latitude = Decimal(str(value["longitude"])), Decimal(str(value["latitude"]))
    except (KeyError, ArithmeticError):
        return None
    on_earth = str(value.get("globe", "")).rpartition("/")[2] == _EARTH
    point = Point(longitude, latitude)
    return point if on_earth and is_on_globe(point) else None


def _texts(value: object) -> Texts:
    """Labels (one a language) or aliases (several), sorted."""
    return tuple(sorted(_each_text(_map(value).values()), key=lambda t: (t.language, t.value)))


def _each_text(values: Iterable[object]) -> Iterator[Text]:
    for value in values:
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, dict) and one.get("value"):
                yield Text(str(one["value"]), str(one.get("language", "")).lower())


def _sitelinks(value: object) -> tuple[tuple[str, str], ...]:
    links = _map(value).items()
    return tuple(sorted((str(w), str(_map(link).get("title", ""))) for w, link in links))
