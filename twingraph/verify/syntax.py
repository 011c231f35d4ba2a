"""Does every file parse that is of a format with a syntax?"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final, cast
from xml.etree import ElementTree as ET

import pyoxigraph as ox
from isal import igzip

from twingraph.release.dcat import STREAM
from twingraph.release.stream_pages import PAGES

RDF: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
}
"""The formats of RDF by the ending of a file's name, without that of a compression."""

GRAPHS: Final = ("twingraph.ttl", "twingraph.jsonld", "twingraph.nt.gz")
"""The dumps of the merged view."""

DATASETS: Final = ("twingraph.nq.gz", "twingraph.trig.gz")
"""The dumps of that and of every source's graph."""

DUMPS: Final = GRAPHS + DATASETS
"""The dumps: they are read, and compared, by a check of their own."""

REPORTS: Final = ("shacl-report.ttl", "shacl-report-full.ttl.gz")
"""The short report of the check and the long one: likewise."""

_OF_STREAM: Final = (STREAM, f"{PAGES}/")
"""The event stream: likewise."""

Statements = Mapping[str, Mapping[str, list[str]]]
"""What a file states: by subject and by property, the objects; all by their IRI or their text."""

_READ_ERRORS: Final = (SyntaxError, ValueError, EOFError, OSError, ET.ParseError)


def rdf_format(path: Path) -> ox.RdfFormat | None:
    """The format of RDF that a file's name tells."""
    name = path.name.removesuffix(".gz")
    return RDF.get(f".{name.rpartition('.')[2]}")


def quads(path: Path, base: str | None = None) -> Iterator[ox.Quad]:
    """What a file of RDF states, compressed or not; `base` is of relative IRIs, where it may hold
    some. Raises Unreadable with the reason."""
    form = rdf_format(path)
    assert form is not None, path
    try:
        opened: Any = igzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[no-untyped-call]
        with opened as file:
            yield from ox.parse(cast(IO[bytes], file), format=form, base_iri=base)
    except _READ_ERRORS as error:
        raise Unreadable(path, error) from error


def statements_of(path: Path) -> Statements:
    """What a file of RDF without blank nodes states. Raises Unreadable with the reason."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, object_ in values(path):
        found[subject][predicate].append(object_)
    return found


def values(path: Path) -> Iterator[tuple[str, str, str]]:
    """Subject, property and object of each statement, by their IRI or their text."""
    for quad in quads(path):
        subject: Any = quad.subject
        object_: Any = quad.object
        yield subject.value, quad.predicate.value, object_.value


class Unreadable(ValueError):
    """A file that cannot be read to its end: the message names it, and says `why`."""

    def __init__(self, path: Path, error: Exception) -> None:
        missing = isinstance(error, FileNotFoundError)
        self.why = "is missing" if missing else f"does not parse: {error}"
        super().__init__(f"{path.name}: {self.why}")


def syntax_faults(release: Path) -> Iterator[str]:
    """Files of a release that do not parse."""
    for path in sorted(release.rglob("*")):
        name = path.relative_to(release).as_posix()
        elsewhere = name in (*DUMPS, *REPORTS) or name.startswith(_OF_STREAM)
        if path.is_file() and not elsewhere and (why := _why_not(path)):
            yield f"{name}: {why}"


def _why_not(path: Path) -> str | None:
    # A context alone is no document: nothing is stated in it.
    try:
        if path.suffix in (".json", ".geojson", ".jsonld"):
            json.loads(path.read_bytes())
        if path.suffix in (".atom", ".graphml", ".rdf"):
            ET.parse(path)
        if rdf_format(path) is not None:
            for _ in quads(path):
                pass
    except Unreadable as error:
        return error.why
    except _READ_ERRORS as error:
        return f"does not parse: {error}"
    return None
