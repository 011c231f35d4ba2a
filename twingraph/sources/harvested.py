"""Claims brought in from a register, kept as JSON Lines: data/harvest/{source}.jsonl.

One object a line: first `{"source": …}`, then every record (`{"Partnership": {…}}`) in the order
of keys, then the evidence. Only what is stated is written. Dates are EDTF, texts are
`[value, language]`, money and degrees are strings that keep their digits; a statement and a
revision of Wikidata are objects. The same claims give the same bytes, so that a new harvest shows
as a difference of lines. No character is written that cannot be published, and none is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from sys import intern
from typing import Any, Final, get_type_hints

import orjson

from twingraph import dates
from twingraph.characters import UNFIT, first_odd, publishable
from twingraph.dates import Date
from twingraph.errors import Problem, did_you_mean
from twingraph.identifiers import MUNICIPALITY, THING_KEY, Ref
from twingraph.model.records import (
    RECORD_CLASSES,
    Agent,
    Claims,
    Evidence,
    Keys,
    Organization,
    Origin,
    Participation,
    Partnership,
    Point,
    Project,
    Record,
    Rule,
    Source,
    Text,
    Texts,
    WikidataRevision,
    WikidataStatement,
)
from twingraph.sources.curated.registers import Registers
from twingraph.sources.curated.yaml_reader import read_text

FOLDER = "harvest"
_ITEM, _NUMBER = re.compile("Q[1-9][0-9]*"), re.compile("[1-9][0-9]*")
_SHOWN = 60
NOT_A_CLAIM: Final = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)
"""What reading a line raises that states nothing."""
_CLASSES: Mapping[str, type[Any]] = {
    "source": Source,
    "evidence": Evidence,
    **{record_class.__name__: record_class for record_class in RECORD_CLASSES},
}


def write_claims(claims: Claims, path: Path) -> list[str]:
    """Write one source's claims to a file, whole or not at all.

    Characters that cannot be published (`characters.publishable`) are left out, and a text of
    nothing else with them. Returns which texts those were.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    odd: list[str] = []
    with beside.open("wb") as out:
        for name, thing in _things(claims):
            out.write(as_line(name, thing, odd))
    beside.replace(path)
    return odd


class _Published:
    """Makes what a record states fit to be published, and notes where it was not."""

    def __init__(self, name: str, odd: list[str]) -> None:
        self._name, self._odd = name, odd

    def value(self, value: Any) -> Any:
        """A value without what cannot be published."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {name: self.value(one) for name, one in value.items()}
        if isinstance(value, list):
            made = [(self.value(one), one) for one in value]
            return [new for new, old in made if new == old or not _is_empty_text(new)]
        return value

    def _text(self, text: str) -> str:
        fit = publishable(text)
        if fit is not text:
            shown = ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
            self._odd.append(f"{self._name}: {first_odd(text)} in {shown}")
        return fit


def _is_empty_text(value: Any) -> bool:
    """Whether nothing is left of a text but its language."""
    return isinstance(value, list) and value[:1] == [""]


def as_line(name: str, thing: Source | Evidence | Record, odd: list[str]) -> bytes:
    """A line of a file of claims: `name` is what the thing is called there. Texts that could not
    be published as they are, are added to the `odd` ones."""
    said = _Published(name, odd).value(stated(thing))
    return orjson.dumps({name: said}) + b"\n"


def read_harvest(data: Path, problems: list[Problem]) -> list[Claims]:
    """The claims of every file in a data folder's harvest/. Faults are added to `problems`."""
    paths = sorted((data / FOLDER).glob("*.jsonl"))
    return [claims for path in paths if (claims := read_claims(path, problems)) is not None]


def read_claims(path: Path, problems: list[Problem]) -> Claims | None:
    """Read one file of claims. Faults are added to `problems`; None where no source is named."""
    shown = path.as_posix()
    text = read_text(path, shown, problems)
    source: Source | None = None
    records: list[Record] = []
    evidence: list[Evidence] = []
    origins: dict[Ref, Origin] = {}
    lines = (text or "").split("\n")
    for number, line in enumerate(lines[:-1] if lines[-1] == "" else lines, 1):
        try:
            thing = read_line(line)
        except NOT_A_CLAIM as error:
            cure = "harvest it again, or mend the line"
            problems.append(Problem(shown, number, f"is no claim: {error}", cure))
            continue
        if isinstance(thing, Source):
            source = thing
        elif isinstance(thing, Evidence):
            evidence.append(thing)
        else:
            records.append(thing)
            ref = thing.ref
            if ref in origins:
                problems.append(Problem(shown, number, f"states {ref.key!r} twice"))
            origins[ref] = Origin(shown, number)
    if source is None:
        if text is not None:
            problems.append(Problem(shown, 1, "names no source", "harvest it again"))
        return None
    return Claims(source, tuple(records), tuple(evidence), origins)


def check_harvest(
    harvested: Sequence[Claims],
    registers: Registers,
    sources: Collection[str],
    problems: list[Problem],
) -> None:
    """Report partners that neither a register nor a harvest knows, and a source read twice."""
    known = {r.ref for claims in harvested for r in claims.records} | registers.keys.keys()
    seen = set(sources)
    for claims in harvested:
        key = claims.source.key
        if key in seen:
            where = f"{FOLDER}/{key}.jsonl"
            problems.append(Problem(where, 1, f"the source {key!r} is there twice", "keep one"))
        seen.add(key)
        for record in claims.records:
            for partner in _authorities(record):
                if Ref(MUNICIPALITY, partner) not in known:
                    message = f"neither a register nor a harvest knows {partner!r}"
                    problems.append(
                        Problem(*claims.origins[record.ref], message, "harvest it again")
                    )


def _authorities(record: Record) -> Iterator[str]:
    """The authorities that a record names."""
    match record:
        case Partnership() | Project():
            yield from record.partners
        case Participation(authority=str(key)) | Organization(seat=str(key)):
            yield key


def _things(claims: Claims) -> Iterator[tuple[str, Any]]:
    yield "source", claims.source
    for record in sorted(claims.records, key=lambda r: r.ref):
        yield type(record).__name__, record
    for evidence in claims.evidence:
        yield "evidence", evidence


def stated(thing: Any) -> dict[str, Any]:
    """What is stated of a thing, as JSON holds it; `read_stated` reads it again."""
    return {
        field.name: _plain(value)
        for field in fields(thing)
        if (value := getattr(thing, field.name)) != field.default or field.default is MISSING
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Date):
        return value.edtf
    if isinstance(value, Decimal):
        return f"{value:f}"
    if is_dataclass(value):
        return stated(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def read_line(line: str | bytes) -> Source | Evidence | Record:
    """What one line says. Raises ValueError, TypeError, KeyError, AttributeError or ArithmeticError
    for what is no claim (`NOT_A_CLAIM`)."""
    ((name, said),) = orjson.loads(line).items()
    if name not in _CLASSES:
        raise ValueError(f"unknown kind {name!r}: {did_you_mean(name, _CLASSES)}")
    return read_stated(_CLASSES[name], said)  # type: ignore[no-any-return]


def read_stated(thing_class: Any, stated: Mapping[str, Any]) -> Any:
    """What `stated` gave, as a thing of a class. Raises one of NOT_A_CLAIM."""
    readers = _readers(thing_class)
    if unknown := sorted(stated.keys() - readers.keys()):
        raise ValueError(f"unknown field {unknown[0]!r}: {did_you_mean(unknown[0], readers)}")
    for field, form in _FORMS.items():
        value = stated.get(field)
        if field in readers and isinstance(value, str) and not form.fullmatch(value):
            raise ValueError(f"{field}: {value!r} is not of the form of one")
    return thing_class(**{field: readers[field](value) for field, value in stated.items()})


_FORMS: Mapping[str, re.Pattern[str]] = {
    "key": re.compile(THING_KEY),
    "wikidata": _ITEM,
    "wikidata_close": _ITEM,
    "item": _ITEM,
    "geonames": _NUMBER,
    "geonames_close": _NUMBER,
    "country": re.compile("[A-Z]{3}"),
    "rank": re.compile("preferred|normal|deprecated"),
}
"""What becomes a part of an IRI: a build could not write any other."""


@cache
def _readers(thing_class: Any) -> Mapping[str, Callable[[Any], Any]]:
    """What reads the value of each field that a source can state."""
    hints = get_type_hints(thing_class)
    stated = (f.name for f in fields(thing_class) if f.metadata.get("rule") is not Rule.DERIVED)
    return {field: _READ[hints[field]] for field in stated}


def _is(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ValueError(f"{value!r} stands where {kind.__name__} is expected")
        return value

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} stands where str is expected")
    if bad := UNFIT.search(value):
        raise ValueError(f"it holds the character U+{ord(bad[0]):04X}, which no text may hold")
    return value


def _key(value: Any) -> str:
    """A key, which many records name: it is there once for all of them."""
    return intern(_text(value))


_READ: Mapping[Any, Callable[[Any], Any]] = {
    str: _key,
    str | None: lambda value: None if value is None else _text(value),
    bool: _is(bool),
    bool | None: lambda value: None if value is None else _is(bool)(value),
    int: _is(int),
    int | None: lambda value: None if value is None else _is(int)(value),
    Date | None: dates.parse,
    Decimal | None: Decimal,
    Point | None: lambda value: Point(*map(Decimal, value)),
    Text | None: lambda value: Text(*map(_text, value)),
    Texts: lambda values: tuple(Text(*map(_text, value)) for value in values),
    Keys: lambda values: tuple(map(_key, values)),
    Ref: lambda value: Ref(*map(_key, value)),
    Ref | None: lambda value: Ref(*map(_key, value)),
    WikidataStatement | None: lambda value: read_stated(WikidataStatement, value),
    WikidataRevision | None: lambda value: read_stated(WikidataRevision, value),
    Agent | None: lambda value: read_stated(Agent, value),
}
