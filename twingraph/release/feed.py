"""feed.atom: an entry for each release, for portals and people to follow (RFC 4287).

Identifiers are made of the releases' names, and stay. Nothing depends on the clock: a release is
of the day that release.json names, and of two on one day the later has a second more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from twingraph.characters import in_xml
from twingraph.model.records import Dataset
from twingraph.release.history import ReleaseEntry
from twingraph.release.publish import RELEASES
from twingraph.web.languages import in_language

FEED: Final = "feed.atom"
MEDIA_TYPE: Final = "application/atom+xml"
NEWEST: Final = 100
"""So many entries are kept: readers ask for the feed often."""

_ATOM: Final = "http://www.w3.org/2005/Atom"
_FIRST: Final = "The first release."


def write_feed(folder: Path, about: Dataset, line: Sequence[ReleaseEntry]) -> None:
    """Write the feed of releases, given oldest first; those of no known day are left out.

    Without any of a known day there is no feed: an entry must say when it was updated.
    """
    entries = [entry for entry in reversed(line) if entry.date][:NEWEST]
    if entries:
        tree = ET.ElementTree(_feed(about, entries))
        ET.indent(tree)
        with (folder / FEED).open("wb") as out:
            tree.write(out, encoding="utf-8", xml_declaration=True)
            out.write(b"\n")


def _feed(about: Dataset, entries: Sequence[ReleaseEntry]) -> ET.Element:
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    address = f"{about.download_base}{FEED}"
    _text(feed, "id", f"{about.base}catalog#releases")
    _text(feed, "title", f"{in_language(about.titles, 'en')}: releases")
    times = [moment(one.date or "", entries[n + 1 :]) for n, one in enumerate(entries)]
    _text(feed, "updated", max(times))
    author = ET.SubElement(feed, "author")
    _text(author, "name", in_language(about.publisher_name, "en"))
    _text(author, "uri", about.publisher_url)
    _text(feed, "rights", about.licence)
    ET.SubElement(feed, "link", {"rel": "self", "type": MEDIA_TYPE, "href": address})
    home = about.homepage or about.download_base
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": home})
    for entry, updated in zip(entries, times, strict=True):
        feed.append(_entry(about, entry, updated))
    return feed


def _entry(about: Dataset, release: ReleaseEntry, updated: str) -> ET.Element:
    entry = ET.Element("entry")
    _text(entry, "id", f"{about.base}catalog#release-{release.name}")
    _text(entry, "title", f"Version {release.version}")
    _text(entry, "updated", updated)
    here = f"{about.download_base}{RELEASES}/{release.name}/"
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": here})
    said = "\n".join(f"{line}." for line in release.changes) or _FIRST
    ET.SubElement(entry, "content", {"type": "text"}).text = in_xml(said)
    return entry


def moment(day: str, earlier: Sequence[ReleaseEntry]) -> str:
    """When a release of a day (YYYY-MM-DD) was made, some releases going before it."""
    seconds = [entry.date for entry in earlier].count(day)
    start = datetime.combine(date.fromisoformat(day), time(), UTC)
    return f"{start + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = in_xml(text)
