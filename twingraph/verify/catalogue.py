"""Is the catalogue in line with the files: the same in its three formats, each file once, with its
size, its checksum and its media type?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from twingraph import namespaces as ns
from twingraph.release.publish import sha512
from twingraph.verify.syntax import Statements, Unreadable, quads, statements_of

FORMATS: Final = ("catalog.ttl", "catalog.jsonld", "catalog.rdf")
_IANA: Final = "https://www.iana.org/assignments/media-types/"
MEDIA_TYPES: Final = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "trig": "application/trig",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "geojson": "application/geo+json",
    "graphml": "application/xml",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
"""The media type of what a file holds, by the ending of its name (IANA)."""
_AROUND: Final = {
    "gz": ("compressFormat", "application/gzip"),
    "zip": ("packageFormat", "application/zip"),
}


def catalogue_faults(release: Path) -> Iterator[str]:
    """Where the catalogue of a release and its files differ."""
    read: dict[str, set[str]] = {}
    for name in FORMATS:
        try:
            read[name] = {str(quad.triple) for quad in quads(release / name)}
        except Unreadable as error:
            yield str(error)
    for name, statements in read.items():
        differing = statements ^ next(iter(read.values()))
        if differing:
            first = next(iter(read))
            yield f"{name}: {len(differing)} statements differ from {first}: {min(differing)}"
    if FORMATS[0] in read:
        yield from _against_files(release, statements_of(release / FORMATS[0]))


def _against_files(release: Path, catalogue: Statements) -> Iterator[str]:
    listed: set[str] = set()
    for node, of in catalogue.items():
        if f"{ns.DCAT}Distribution" in of.get(ns.RDF_TYPE, ()):
            address = next(iter(of.get(f"{ns.DCAT}downloadURL", ())), "")
            name = _file(release, address)
            if name is None:
                yield f"catalog.ttl: {address or node}: no such file is in the release"
                continue
            if name in listed:
                yield f"catalog.ttl: {name}: is listed twice"
            listed.add(name)
            yield from (
                f"catalog.ttl: {name}: {fault}"
                for fault in _file_faults(release / name, of, catalogue)
            )
    for of in catalogue.values():
        for address in of.get(f"{ns.FOAF}page", ()):
            if _file(release, address) is None:
                yield f"catalog.ttl: {address}: no such page is in the release"
    for path in sorted(release.glob("twingraph.*")):
        if path.name not in listed:
            yield f"catalog.ttl: {path.name}: is not listed"


def _file(release: Path, address: str) -> str | None:
    """Which file an address names: the longest end of it that is the path of one."""
    parts = address.split("/")[3:]
    paths = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((path for path in paths if path and (release / path).is_file()), None)


def _file_faults(path: Path, of: Mapping[str, list[str]], catalogue: Statements) -> Iterator[str]:
    size = str(path.stat().st_size)
    if (stated := of.get(f"{ns.DCAT}byteSize", [])) != [size]:
        yield f"says byteSize {_shown(stated)}, it is {size}"
    sums = [
        v
        for node in of.get(f"{ns.SPDX}checksum", ())
        for v in catalogue[node].get(f"{ns.SPDX}checksumValue", ())
    ]
    if sums != [(actual := sha512(path))]:
        yield f"says SHA-512 {_shown(sums)}, it is {actual}"
    endings = path.name.split(".")[1:]
    around = _AROUND.get(endings[-1]) if endings else None
    for ending, (name, media_type) in _AROUND.items():
        wanted = [_IANA + media_type] if endings and endings[-1] == ending else []
        if (stated := of.get(f"{ns.DCAT}{name}", [])) != wanted:
            yield f"says {name} {_shown(stated)}, it is {_shown(wanted)}"
    inner = endings[:-1] if around else endings
    expected = MEDIA_TYPES.get(inner[-1]) if inner else None
    if expected and (stated := of.get(f"{ns.DCAT}mediaType", [])) != [_IANA + expected]:
        yield f"says mediaType {_shown(stated)}, it is {expected}"


def _shown(values: list[str]) -> str:
    return ", ".join(value.removeprefix(_IANA) for value in values) or "nothing"
