"""What can be, but hardly is: told when the data is checked, with the likely cure, and refused by
nobody.

Two rows that may be one thing; days that lie before there was one, or after the page was read;
places outside their country; codes that are not of its form; what a spreadsheet makes of a year.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from html import unescape
from importlib.resources import files
from itertools import combinations, permutations
from typing import Final, NamedTuple

from twingraph import identifiers as ids
from twingraph.dates import DAY, Date
from twingraph.errors import Problem, proposed
from twingraph.model.names import own_languages
from twingraph.model.records import (
    Agreement,
    Authority,
    NetworkMembership,
    Organization,
    Origin,
    Partnership,
    Person,
    Point,
    Programme,
    Project,
    Record,
    Signature,
    Source,
    StatusChange,
)
from twingraph.sources.curated.codes import CODE_FORMS, countries, short_countries
from twingraph.sources.curated.registers import RegisterEntry, names
from twingraph.written_dates import SHEET_EPOCH, near_years

ONE_PLACE_KM: Final = 10.0
"""Two towns of one name that lie farther apart are two."""

FIRST_YEAR: Final = 1900
"""Partnerships of towns that are older can be counted on one hand."""

PROGRAMMES_SINCE: Final = 1957
"""Before the European Economic Community no programme paid for them."""

_YEARS: Final = range(1900, 2101)
"""A year that a spreadsheet was told to show as a day is one of 1905."""

_FIELDS_OF: Final[Mapping[type[Record], tuple[str, ...]]] = {
    Partnership: ("since", "first_contact"),
    Agreement: ("signed_on", "signed_again_on", "planned_for", "valid_until"),
    StatusChange: ("changed_on",),
    Project: ("start", "end"),
    Programme: ("start", "end"),
    NetworkMembership: ("since", "until"),
}
_HAPPENED: Final = frozenset(
    {"since", "first_contact", "signed_on", "signed_again_on", "changed_on"}
)
"""What a source tells of as past, unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Doubt(Problem):
    """What looks wrong in one place, and where the other is that it may be the same as."""

    also: Origin | None = None


class Stated(NamedTuple):
    """A record as a source states it, and where."""

    record: Record
    origin: Origin
    source: Source


def doubts(entries: Sequence[RegisterEntry], stated: Sequence[Stated], today: date) -> list[Doubt]:
    """What looks wrong in the registers and in what sources state, in the order of the files."""
    found = [
        *_twice(entries, _partners(stated)),
        *(doubt for entry in entries for doubt in _of_entry(entry)),
        *_with_a_role(entries, stated),
        *(doubt for one in stated for doubt in _dates(one)),
        *_before_they_were(stated),
        *_read_later(stated, today),
    ]
    return sorted(set(found), key=lambda p: (p.file, p.line or 0, p.message))


# --- one thing twice ----------------------------------------------------------------------------


def _partners(stated: Iterable[Stated]) -> set[tuple[str, str]]:
    """Every two keys of towns that are partners: no town is its own."""
    partnerships = (one.record for one in stated if isinstance(one.record, Partnership))
    return {pair for p in partnerships for pair in permutations(p.partners, 2)}


def _twice(
    entries: Iterable[RegisterEntry], partners: Collection[tuple[str, str]]
) -> Iterator[Doubt]:
    by_name: dict[tuple[type[Record], str], list[RegisterEntry]] = defaultdict(list)
    for entry in entries:
        is_person = isinstance(entry.record, Person)
        called = (name_alone(name) if is_person else name for name in names(entry.record))
        for name in {folded(name) for name in called} - {""}:
            by_name[type(entry.record), name].append(entry)
    told: set[tuple[Origin, Origin]] = set()
    for of_one_name in by_name.values():
        for first, second in combinations(of_one_name, 2):
            may_be_one = _MAY_BE_ONE.get(type(first.record), _differ_in_nothing)
            places = first.origin, second.origin
            if places in told or (first.record.key, second.record.key) in partners:
                continue
            if may_be_one(first.record, second.record):
                told.add(places)
                yield _same(first, second)


def _same(first: RegisterEntry, second: RegisterEntry) -> Doubt:
    one, other = first.record.key, second.record.key
    at = f"{first.origin.file}:{first.origin.line}"
    message = f"{other!r} may be {one!r} ({at}): they have the same name"
    if isinstance(first.record, Authority):
        cure = (
            f"write {one!r} for both and delete this row; if they are two towns, give both their "
            "coordinates, national codes or Wikidata entries"
        )
    else:
        cure = f"write {one!r} for both and delete this row; if they are two, give their `wikidata`"
        if not isinstance(first.record, (Person, Organization)):
            cure = f"write {one!r} for both and delete this row, or tell them apart by their names"
    return Doubt(*second.origin, message, cure, also=first.origin)


def folded(name: str) -> str:
    """A name without what differs between two ways to write it: case, marks, spaces, hyphens.

    Names in scripts that ASCII has no letters for keep their letters.
    """
    return ids.slug(name) or " ".join(re.findall(r"\w+", name.casefold()))


_TITLES: Final = re.compile(
    r"(?:dipl\.?-ing\.? ?|(?:mgr|ing|phdr|mudr|judr|rndr|mvdr|paeddr|thdr|thlic|pharmdr|dr|prof|doc"
    r"|bc|inż|hab|lic|arch|dipl|mag|drs|ir|мгр|проф|dhr|mevr|mw|mrs?|m(?=\. ?\S+ \S))\. ?"
    r"|(?:mgr|ing|dr|prof|hab|inż|lic|dhr|mevr|mw|mrs?|mme|mlle|herrn?|frau|pani?|pán) )+(?=\S)",
    re.IGNORECASE,
)
"""Titles before a name, of academics and of courtesy, in the languages of pages and in Czech."""
_BEHIND: Final = re.compile(
    r",\s*(?:(?:Ph\.? ?D|CSc|DrSc|MBA|MPH|MPA|LL\.? ?M|DBA|ArtD|DiS|MSc|BSc|BA|MA)\b"
    r"|[a-zà-öø-ÿąćęłńśźżčďěňřšťžа-я]).*"
)
"""Titles behind a name, and an office there, which begins with a small letter."""


def name_alone(name: str) -> str:
    """The name of a person without the titles and the office that stand beside it.

    >>> name_alone("PhDr. Ing. Ján Novák, PhD."), name_alone("Jan Nowak, zastępca burmistrza")
    ('Ján Novák', 'Jan Nowak')
    """
    comma = _BEHIND.search(name)
    bare = name[: comma.start()] if comma else name
    return bare[title.end() :] if (title := _TITLES.match(bare)) else bare


def _towns_may_be_one(one: Record, other: Record) -> bool:
    assert isinstance(one, Authority) and isinstance(other, Authority)
    if one.level != other.level or _told_apart(one, other):
        return False
    if one.key in other.replaces or other.key in one.replaces:
        return False
    if one.country == other.country:
        return True
    # Across a border names recur; one that is written in the same language is likely the same.
    return one.own_language == other.own_language and _own(one) == _own(other)


def _told_apart(one: Authority, other: Authority) -> bool:
    if one.point and other.point:
        return one.point.km(other.point) > ONE_PLACE_KM
    # The entry of a county is none of its town: two that are known, and differ, are of two.
    known = ("wikidata", "wikidata_close", "national_code", "lau", "geonames", "nuts3")
    pairs = ((getattr(one, name), getattr(other, name)) for name in known)
    return any(a and b and a != b for a, b in pairs)


def _own(town: Authority) -> str:
    texts = {text.language: text.value for text in town.labels}
    return folded(texts.get(town.own_language or "", ""))


def _differ_in_nothing(one: Record, other: Record) -> bool:
    return not any(
        (a := getattr(one, name, None)) and (b := getattr(other, name, None)) and a != b
        for name in ("wikidata", "country", "cci", "start", "end", "number")
    )


_MAY_BE_ONE: Final[Mapping[type[Record], Callable[[Record, Record], bool]]] = {
    Authority: _towns_may_be_one
}


# --- a row by itself ----------------------------------------------------------------------------


def _of_entry(entry: RegisterEntry) -> Iterator[Doubt]:
    record = entry.record
    if isinstance(record, Authority):
        for message, cure in (*_key(record), *_language(record), *_place(record), *_codes(record)):
            yield Doubt(*entry.origin, message, cure)
    called = dict.fromkeys(names(record))
    for name in called:
        for message, cure in _damaged(name):
            yield Doubt(*entry.origin, f"{name!r} {message}", cure)
    if isinstance(record, (Authority, Person)):
        for name in filter(_is_shouted, called):
            cure = f"write it as people write names: {' '.join(name.split()).title()!r}"
            yield Doubt(*entry.origin, f"name: {name!r} is in capitals", cure)
    if isinstance(record, Person):
        for name in called:
            if (alone := name_alone(name)) != name:
                message = f"name: {name!r} holds a title or an office"
                yield Doubt(*entry.origin, message, f"write the name alone: {alone!r}")
    if isinstance(record, Programme):
        yield from _period(record, entry.origin)


def _with_a_role(entries: Iterable[RegisterEntry], stated: Iterable[Stated]) -> Iterator[Doubt]:
    """People whose name begins as what sources write as somebody's role: "burmistrz Adam Woś"."""
    signatures = (one.record for one in stated if isinstance(one.record, Signature))
    roles = {_first_word(role.value) for one in signatures for role in one.roles}
    for entry in entries:
        record = entry.record
        if isinstance(record, Person) and record.name and _first_word(record.name) in roles:
            role = record.name.split()[0]
            message = f"name: {record.name!r} begins with {role!r}, which sources write as a role"
            cure = "write the name alone here, and the role at the signature"
            yield Doubt(*entry.origin, message, cure)


def _first_word(text: str) -> str:
    return text.split()[0].casefold() if text.split() else ""


Fault = tuple[str, str]


def _key(town: Authority) -> Iterator[Fault]:
    begins, hyphen, rest = town.key.partition("-")
    country = short_countries().get(town.country or "", "").lower()
    if hyphen and country and begins != country and begins.upper() in countries():
        message = f"the key {town.key!r} says {begins.upper()}, its country is {country.upper()}"
        yield message, f"check the country; a new town of it has the key '{country}-{rest}'"


def _language(town: Authority) -> Iterator[Fault]:
    country = short_countries().get(town.country or "", "").lower()
    own = own_languages(town.country)
    if town.own_language == country and own and country not in own:
        message = f"language: {country!r} is the code of the country, and of another language"
        yield message, proposed(own[:3])


def _place(town: Authority) -> Iterator[Fault]:
    boxes = _boxes().get(town.country or "", ())
    if town.point is None or not boxes or _lies_in(town.point, boxes):
        return
    swapped = Point(town.point.latitude, town.point.longitude)
    shown = f"{town.point.latitude} north, {town.point.longitude} east"
    message = f"latitude, longitude: {shown} lies outside {short_countries()[town.country or '']}"
    if _lies_in(swapped, boxes):
        yield message, "they stand in each other's column: swap latitude and longitude"
    else:
        yield message, "check both, and the country"


Box = tuple[float, float, float, float]


def _lies_in(point: Point, boxes: Iterable[Box]) -> bool:
    return any(
        west <= point.longitude <= east and south <= point.latitude <= north
        for west, south, east, north in boxes
    )


@cache
def _boxes() -> Mapping[str, tuple[Box, ...]]:
    """Around each country, and around what belongs to it overseas: west, south, east, north.

    Rough by some tenths of a degree. Made of Natural Earth's outlines, 1:50m, public domain.
    """
    text = (files("twingraph.sources.curated") / "country_boxes.csv").read_text("utf-8")
    found: dict[str, tuple[Box, ...]] = defaultdict(tuple)
    for row in csv.DictReader(text.splitlines()):
        west, south, east, north = (float(row[name]) for name in _SIDES)
        found[row["country"]] += ((west, south, east, north),)
    return found


_SIDES: Final = ("west", "south", "east", "north")


def _codes(town: Authority) -> Iterator[Fault]:
    form = CODE_FORMS.get(town.country or "")
    if form and town.national_code and town.level == "municipality":
        pattern, name, example = form
        if not re.fullmatch(pattern, town.national_code):
            message = f"national_code: {town.national_code!r} has not the form of {name}"
            yield message, f"write it as the register has it, such as {example}"


def _is_shouted(name: str) -> bool:
    return name.isupper() and (len(name.split()) > 1 or len(name) > 4)


def _damaged(name: str) -> Iterator[Fault]:
    """What copying and saving make of a name: letters read as those of another encoding, or lost;
    signs as HTML has them; a mark where no name was known."""
    if "\ufffd" in name:
        yield "has lost a letter", "copy it again, or type the letter"
    elif not any(map(str.isalnum, name)):
        yield "is no name", "write the name; of what has none delete the row"
    elif (before := _undamaged(name)) != name:
        yield "was damaged when it was copied", proposed([before])


def _undamaged(name: str) -> str:
    for encoding in ("cp1252", "cp1250"):
        try:
            return unescape(name.encode(encoding).decode("utf-8"))
        except UnicodeError:
            continue
    return unescape(name)


_PLANNED: Final[Mapping[type[Record], str]] = {
    Agreement: "what was planned then is `planned_for`",
    **dict.fromkeys((Partnership, StatusChange), "what was planned then has the status `intended`"),
}


# --- dates --------------------------------------------------------------------------------------


def _period(programme: Programme, origin: Origin) -> Iterator[Doubt]:
    for name in ("start", "end"):
        moment: Date | None = getattr(programme, name)
        if moment and moment.latest and int(moment.latest[:4]) < PROGRAMMES_SINCE:
            message = f"{name}: {moment.edtf} is older than any programme"
            yield Doubt(*origin, message, _as_year(moment) or "check the year")


def _dates(one: Stated) -> Iterator[Doubt]:
    for name in _FIELDS_OF.get(type(one.record), ()):
        moment: Date | None = getattr(one.record, name)
        if moment is None:
            continue
        if (fault := _odd(name, moment, one)) is not None:
            yield Doubt(*one.origin, f"{name}: {fault[0]}", fault[1])


def _odd(name: str, moment: Date, one: Stated) -> Fault | None:
    read = one.source.retrieved
    planned = getattr(one.record, "status", None) or getattr(one.record, "new_status", None)
    if name in _HAPPENED and read and (moment.earliest or "") > read and planned != "intended":
        message = f"{moment.edtf} lies after {read}, the day on which the source was read"
        near = _near(moment, int(read[:4]))
        meant = f"did you mean {' or '.join(near)}?" if near else "check the year;"
        planned = _PLANNED.get(type(one.record))
        return message, f"{meant} {planned}" if planned else meant.rstrip(";")
    if moment.latest and int(moment.latest[:4]) < FIRST_YEAR:
        return f"{moment.edtf} is before {FIRST_YEAR}", "check the year"
    if cure := _as_year(moment):
        return f"{moment.edtf} may be a year that a spreadsheet took for a day", cure
    return None


def _as_year(moment: Date) -> str:
    """The year that a spreadsheet may have shown as this day."""
    if moment.datatype != DAY or not moment.earliest:
        return ""
    year = (date.fromisoformat(moment.earliest) - SHEET_EPOCH).days
    return f"did you mean {year}?" if year in _YEARS else ""


def _near(moment: Date, latest: int) -> list[str]:
    year = (moment.earliest or "")[:4]
    rest = moment.edtf[4:] if moment.edtf.startswith(year) else ""
    return [f"{one}{rest}" for one in near_years(year, latest)]


def _before_they_were(stated: Sequence[Stated]) -> Iterator[Doubt]:
    """Documents that were signed before a partner came to be, or after it ceased to."""
    bodies = [one.record for one in stated if isinstance(one.record, Authority)]
    formed = {body.key: body.formed_on for body in bodies if body.formed_on}
    dissolved = {body.key: body.dissolved_on for body in bodies if body.dissolved_on}
    predecessors = {body.key: body.replaces for body in bodies if body.replaces}
    partners: dict[str, set[str]] = defaultdict(set)
    for one in stated:
        if isinstance(one.record, Partnership):
            partners[one.record.key].update(one.record.partners)
    for one in stated:
        if not isinstance(one.record, Agreement) or one.record.signed_on is None:
            continue
        signed, towns = one.record.signed_on, partners[one.record.partnership]
        for town in sorted(towns):
            # Where its predecessor is a partner too, that one signed; and its successor after it.
            heirs = {key for key, old in predecessors.items() if town in old}
            if (day := formed.get(town)) and day.after(signed):
                if not towns & set(predecessors.get(town, ())):
                    message = f"signed_on: {signed.edtf} is before {town!r} was formed, {day.edtf}"
                    cure = "check both days; if a predecessor signed, name it among `partners`"
                    yield Doubt(*one.origin, message, cure)
            elif (day := dissolved.get(town)) and signed.after(day) and not towns & heirs:
                message = f"signed_on: {signed.edtf} is after {town!r} was dissolved, {day.edtf}"
                cure = "check both days; if its successor signed, name it among `partners`"
                yield Doubt(*one.origin, message, cure)


def _read_later(stated: Iterable[Stated], today: date) -> Iterator[Doubt]:
    """Sources read tomorrow. A day is allowed for whoever lives east of here."""
    latest = (today + timedelta(1)).isoformat()
    told: set[str] = set()
    for one in stated:
        read = one.source.retrieved
        if read and read > latest and one.source.key not in told:
            told.add(one.source.key)
            message = f"retrieved: {read} lies in the future"
            yield Doubt(one.origin.file, None, message, "write the day on which you read it")
