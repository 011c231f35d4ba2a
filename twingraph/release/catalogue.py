"""The catalogue of a release, for portals to harvest: DCAT-AP 3.0.1 in three formats.

One dataset, a distribution for each file it is offered in, and the SPARQL endpoint and the event
stream as data services (see `twingraph.release.dcat`). Nothing depends on the clock, so an
unchanged release gives the same bytes, and a portal sees that nothing has changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files as resource_files
from pathlib import Path
from typing import Any, Final, cast

from twingraph import authority
from twingraph import namespaces as ns
from twingraph.rdf.jsonld.writer import write_jsonld
from twingraph.rdf.rdfxml import write_rdfxml
from twingraph.rdf.terms import Description
from twingraph.rdf.turtle import write_turtle
from twingraph.release.dcat import DOCUMENTS, DQV, LDES, STREAM, TREE, Catalogue
from twingraph.release.files import File
from twingraph.release.history import ReleaseEntry
from twingraph.release.outline import Outlined, ViewOutline

CATALOGUES: Final = {
    "catalog.ttl": "text/turtle",
    "catalog.jsonld": "application/ld+json",
    "catalog.rdf": "application/rdf+xml",
}
"""The files of the catalogue and their media types."""

PREFIXES: Final = {
    "dcat": ns.DCAT,
    "dct": ns.DCT,
    "dcatap": ns.DCATAP,
    "foaf": ns.FOAF,
    "vcard": ns.VCARD,
    "spdx": ns.SPDX,
    "dqv": DQV,
    "ldes": LDES,
    "tree": TREE,
    "skos": ns.SKOS,
    "rdfs": ns.RDFS,
    "owl": ns.OWL,
    "xsd": ns.XSD,
    "geo": ns.GEO,
    "country": ns.COUNTRY,
    "language": ns.LANGUAGE,
    **{name: f"{authority.scheme(name)}/" for name in (
        authority.LICENCE,
        authority.DATA_THEME,
        authority.FREQUENCY,
        authority.FILE_TYPE,
        authority.ACCESS_RIGHT,
        authority.PLANNED_AVAILABILITY,
    )},
}  # fmt: skip


def describe_catalogue(
    view: Outlined,
    files: Sequence[File],
    measures: Iterable[Description] = (),
    earlier: Sequence[ReleaseEntry] = (),
    documents: Mapping[str, str] = DOCUMENTS,
    streamed: bool = False,
) -> list[Description]:
    """The catalogue of a view that was written into some files.

    `measures` are descriptions of quality measurements (DQV) of the dataset, each linked to it,
    and of their metrics; `earlier` are the releases before, oldest first; `documents` stand beside
    the files, and tell how good they are; `streamed` tells of an event stream.
    """
    outline = ViewOutline.of(view)
    sources = outline.sources.values()
    writer = Catalogue(outline.dataset, outline.covered, sources, documents, streamed)
    return list(writer.descriptions(files, list(measures), earlier))


def write_catalogue(
    folder: Path,
    view: Outlined,
    files: Sequence[File],
    measures: Iterable[Description] = (),
    earlier: Sequence[ReleaseEntry] = (),
    documents: Mapping[str, str] = DOCUMENTS,
) -> None:
    """Write catalog.ttl, catalog.jsonld and catalog.rdf, the same graph, into a folder.

    `files` are those the release offers for download, already written; the catalogue's own files
    are not among them. The event stream is there already, if there is one.
    """
    streamed = (folder / STREAM).is_file()
    said = describe_catalogue(view, files, measures, earlier, documents, streamed)
    prefixes = {"": f"{view.dataset.base}catalog#", **PREFIXES}
    with (folder / "catalog.ttl").open("wb") as out:
        write_turtle(said, prefixes, out)
    with (folder / "catalog.jsonld").open("wb") as out:
        write_jsonld(said, context(), out, nested=())
    with (folder / "catalog.rdf").open("wb") as out:
        write_rdfxml(said, PREFIXES, out)


def context() -> dict[str, Any]:
    """The JSON-LD context of the catalogue."""
    text = (resource_files("twingraph.release") / "catalog.context.jsonld").read_text("utf-8")
    return cast(dict[str, Any], json.loads(text))
