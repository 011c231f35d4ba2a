"""Is what a release says of itself and of the release before in line with its graph?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from twingraph import namespaces as ns
from twingraph.rdf import triples
from twingraph.release.feed import FEED, MEDIA_TYPE
from twingraph.release.history import ABOUT, PastRelease
from twingraph.release.pages.changes_page import CHANGES
from twingraph.verify.catalogue import FORMATS
from twingraph.verify.syntax import values

_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_COUNTED: Final = {
    f" <{ns.RDF_TYPE}> <{ns.TG}Partnership> .\n".encode(): "partnerships",
    f" <{ns.RDF_TYPE}> <{ns.TG}LocalAuthority> .\n".encode(): "towns",
    f" <{ns.RDF_TYPE}> <{ns.TG}Source> .\n".encode(): "sources",
}


def past_faults(release: Path) -> Iterator[str]:
    """Where release.json, changes/ and the feed differ from what there is."""
    made = PastRelease.read(release)
    yield from (f"{ABOUT}: {fault}" for fault in _about_faults(release, made))
    if made.earlier or (release / CHANGES).exists():
        yield from _change_faults(release / CHANGES, release)
    if made.entry.date or (release / FEED).exists():
        yield from (f"{FEED}: {fault}" for fault in _feed_faults(release, made))


def _about_faults(release: Path, made: PastRelease) -> Iterator[str]:
    # A folder that was copied elsewhere may have any name; under releases/ it has its own.
    if made.folder.parent.name == "releases" and made.folder.name != made.entry.name:
        yield f"names the release {made.entry.name}, the folder is {made.folder.name}"
    versions = [
        value
        for subject, predicate, value in values(release / FORMATS[0])
        if predicate == f"{ns.DCAT}version" and subject.endswith("catalog#dataset")
    ]
    if versions and versions != [made.entry.version]:
        yield f"says version {made.entry.version}, the catalogue {', '.join(versions)}"
    counted: Counter[str] = Counter(dict.fromkeys(_COUNTED.values(), 0))
    for line in triples.lines(release):
        if what := _COUNTED.get(line[line.index(b" ") :]):
            counted[what] += 1
    for what, number in counted.items():
        if made.entry.counts.get(what) != number:
            yield f"says {made.entry.counts.get(what)} {what}, there are {number}"


def _change_faults(changes: Path, release: Path) -> Iterator[str]:
    counts = json.loads((changes / "summary.json").read_bytes())["statements"]
    added = set((changes / "added.nt").read_bytes().splitlines(keepends=True))
    removed = set((changes / "removed.nt").read_bytes().splitlines(keepends=True))
    for name, lines in (("added", added), ("removed", removed)):
        if counts[name] != len(lines):
            there = f"there are {len(lines)}"
            yield f"changes/summary.json: says {counts[name]} statements {name}, {there}"
    for line in triples.lines(release):
        added.discard(line)
        if line in removed:
            yield f"changes/removed.nt: is in the release: {_text(line)}"
    for line in sorted(added)[:3]:
        yield f"changes/added.nt: is not in the release: {_text(line)}"


def _odd_elements(feed: ET.ElementTree[ET.Element[str]]) -> Iterator[str]:
    """What readers of feeds might run: elements of another vocabulary, content that is no text."""
    for element in feed.iter():
        if not element.tag.startswith(_ATOM):
            yield f"holds the element {element.tag}"
        if element.get("type") not in (None, "text", "text/html", MEDIA_TYPE):
            yield f"holds {element.get('type')}"
        if not element.get("href", "https:").startswith(("http:", "https:")):
            yield f"leads to {element.get('href')}"


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip()


def _feed_faults(release: Path, made: PastRelease) -> Iterator[str]:
    path = release / FEED
    if not path.exists():
        yield "is missing"
        return
    ids = [e.findtext(f"{_ATOM}id", "") for e in ET.parse(path).iter(f"{_ATOM}entry")]
    yield from _odd_elements(ET.parse(path))
    names = [entry.name for entry in reversed(made.line) if entry.date][: len(ids)]
    if not ids or [i.rpartition("#release-")[2] for i in ids] != names:
        yield f"its entries are not those of the releases that {ABOUT} names"
