"""A dump of the EU Knowledge Graph, as N-Triples (.nt, .nt.gz), in place of asking its service.

It is read three times, line by line: for the programme of a CCI, for the projects in it, and for
what they name (bodies, and the countries of these). What comes out is the answer that the service
gives to `kohesio.query`.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyoxigraph as ox

from twingraph.errors import UsageError
from twingraph.namespaces import RDFS
from twingraph.sources.interreg.kohesio import ENTITY

_DIRECT: Final = "https://linkedopendata.eu/prop/direct/"
_LABEL: Final = f"{RDFS}label"
_PROJECT: Final = f"{ENTITY}Q9934"
_SINGLE: Final = {
    "start": "P20", "end": "P33", "total": "P474", "grant": "P835", "rate": "P837",
    "keep": "P562941", "point": "P127",
}  # fmt: skip

Facts = Mapping[str, list[Any]]
"""The objects of a subject, by predicate."""


def bindings(path: Path, cci: str) -> Iterator[dict[str, dict[str, str]]]:
    """The projects of a programme, as rows of an answer. Raises UsageError."""
    programmes = {
        subject: facts
        for subject, facts in _subjects(path, {_direct("P1367"), _LABEL})
        if cci.upper() in (value.value.upper() for value in facts.get(_direct("P1367"), ()))
    }
    wanted = {_LABEL, *map(_direct, (*_SINGLE.values(), "P35", "P1368", "P889", "P841"))}
    projects = {
        subject: facts
        for subject, facts in _subjects(path, wanted)
        if any(o.value == _PROJECT for o in facts.get(_direct("P35"), ()))
        and any(o.value in programmes for o in facts.get(_direct("P1368"), ()))
    }
    bodies = {o.value for facts in projects.values() for o in facts.get(_direct("P889"), ())}
    named = _of(path, bodies, {_LABEL, _direct("P1"), _direct("P32")})
    lands = {o.value for facts in named.values() for o in facts.get(_direct("P32"), ())}
    countries = _of(path, lands, {_direct("P173")})
    for subject in sorted(projects):
        yield from _rows(subject, projects[subject], programmes, cci, named, countries)


def _rows(
    subject: str,
    facts: Facts,
    programmes: Mapping[str, Facts],
    cci: str,
    named: Mapping[str, Facts],
    countries: Mapping[str, Facts],
) -> Iterator[dict[str, dict[str, str]]]:
    head = {"project": {"value": subject}, "cci": {"value": cci}}
    for name, number in _SINGLE.items():
        for value in facts.get(_direct(number), ())[:1]:
            head[name] = {"value": value.value}
    for one in facts.get(_direct("P1368"), ()):
        for label in programmes.get(one.value, {}).get(_LABEL, ()):
            if label.language == "en":
                head["programme"] = {"value": label.value}
    bodies = [
        _body(named[o.value], countries) for o in facts.get(_direct("P889"), ()) if o.value in named
    ]
    bodies += [{"name": {"value": o.value}} for o in facts.get(_direct("P841"), ())]
    for title, body in product(facts.get(_LABEL, ()), bodies or [{}]):
        yield {**head, **body, "title": {"value": title.value, "xml:lang": title.language or "und"}}


def _body(facts: Facts, countries: Mapping[str, Facts]) -> dict[str, dict[str, str]]:
    """A body by its name in the first language that it has one in."""
    labels = sorted(facts.get(_LABEL, ()), key=lambda label: str(label.language))
    found = {"name": {"value": labels[0].value}} if labels else {}
    for item in facts.get(_direct("P1"), ())[:1]:
        found["item"] = {"value": item.value}
    for land in facts.get(_direct("P32"), ())[:1]:
        for code in countries.get(land.value, {}).get(_direct("P173"), ())[:1]:
            found["country"] = {"value": code.value}
    return found


def _direct(number: str) -> str:
    return f"{_DIRECT}{number}"


def _of(path: Path, subjects: Collection[str], wanted: Collection[str]) -> dict[str, Facts]:
    if not subjects:
        return {}
    return {subject: facts for subject, facts in _subjects(path, wanted) if subject in subjects}


def _subjects(path: Path, wanted: Collection[str]) -> Iterator[tuple[str, Facts]]:
    """Each subject of a dump with the wanted of its facts; a dump has a subject in one place."""
    before, facts = "", defaultdict[str, list[Any]](list)
    try:
        with _opened(path) as file:
            for quad in ox.parse(file, format=ox.RdfFormat.N_TRIPLES, lenient=True):
                if not isinstance(quad.subject, ox.NamedNode):
                    continue
                if quad.subject.value != before:
                    if facts:
                        yield before, facts
                    before, facts = quad.subject.value, defaultdict(list)
                if quad.predicate.value in wanted:
                    facts[quad.predicate.value].append(quad.object)
    except (OSError, EOFError, SyntaxError) as error:
        raise UsageError(f"{path} is no dump that can be read: {error}") from error
    if facts:
        yield before, facts


def _opened(path: Path) -> BinaryIO:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]
