"""The second job: bring Wikidata in as a source, from its services or a dump.

Each way gives a `twinning.Harvest`; `keep` writes its claims to data/harvest/, where `build` reads
them. What had come before a failure lies in a work folder, and the same call goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from twingraph.errors import UsageError, file_errors
from twingraph.model.records import Claims, Source
from twingraph.sources import report as sources_report
from twingraph.sources.curated import folder as curated
from twingraph.sources.harvested import FOLDER, write_claims
from twingraph.sources.wikidata import dump as dumps
from twingraph.sources.wikidata import extract, twinning
from twingraph.sources.wikidata.countries import same
from twingraph.sources.wikidata.entities import Entity, is_item
from twingraph.sources.wikidata.extract import Extracted
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import Items
from twingraph.sources.wikidata.report import Findings
from twingraph.sources.wikidata.twinning import Harvest

DumpProgress = Callable[[str, dumps.Progress], None]
"""Told which of the two readings of a dump goes on, and how far it is."""


def known_to(data: Path) -> CuratedKeys:
    """What the curators of a data folder have named. Raises DataError where it has faults."""
    if not any((data / name).exists() for name in ("sources", "municipalities.csv")):
        return CuratedKeys()
    read = curated.read(data, harvested=False)
    return CuratedKeys.of(record for claims in read.claims for record in claims.records)


def items_in(path: Path) -> list[str]:
    """The item ids of a text file: one a line, first of the line; # begins a comment.

    Raises UsageError for a file that cannot be read and for a line that begins with no item id.
    """
    with file_errors(path):
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    found = []
    for number, line in enumerate(lines, start=1):
        first = line.partition("#")[0].replace(",", " ").split()[:1]
        if first and not is_item(first[0]):
            raise UsageError(f"{path}:{number}: {first[0]!r} is no item id such as Q36")
        found += first
    if not found:
        raise UsageError(f"{path} names no item")
    return found


def from_dump(
    dump: Path,
    work: Path,
    *,
    countries: Collection[str] = (),
    towns: Collection[str] = (),
    known: CuratedKeys | None = None,
    source: Source | None = None,
    progress: DumpProgress = lambda _, __: None,
) -> tuple[Harvest, str]:
    """The twinning of some countries (their items), of some towns (items), or of all in a dump;
    and, of a dump that is cut off, what is wrong with it.

    The dump is read twice: for the items that state something, and for those that are only named
    in it. What comes out is kept in the folder `work`; a run that was broken off goes on from
    there. Raises UsageError for files that cannot be read or written.
    """
    report = Findings()
    stating = _pass(dump, work, "items", None, progress)
    report.update(stating.report)
    found = {entity.id: entity for entity in extract.read(stating.out, report)}
    wanted = {item for entity in found.values() for item in named(entity)} - found.keys()
    naming = _pass(dump, work, "named", dumps.named(wanted), progress)
    # What is no item or broken was counted the first time.
    found |= {entity.id: entity for entity in extract.read(naming.out, report)}
    cut = next((e for e in (stating, naming) if e.ending is dumps.Ending.CUT_OFF), stating)
    scope = scope_of({i: e.countries for i, e in found.items()}, countries, towns)
    source = source or twinning.wikidata_source(day_of(dump))
    whole = scope is None and cut.ending is dumps.Ending.FINISHED
    made = twinning.harvest(
        Items(found), replace(source, complete=whole), known=known, scope=scope, report=report
    )
    return made, cut.why


def _pass(
    dump: Path, work: Path, what: str, select: dumps.Select | None, progress: DumpProgress
) -> Extracted:
    out = work / f"{dump.name}.{what}.jsonl"
    doing = "looking for twinned items" if what == "items" else "looking for what they name"
    return extract.extract(dump, out, select=select, progress=lambda at: progress(doing, at))


def named(entity: Entity) -> Iterator[str]:
    """The items that are looked up for an item: its partners and countries."""
    yield from entity.countries
    yield from (s.target for s in entity.twinnings if s.target)


def scope_of(
    found: Mapping[str, Iterable[str]], countries: Collection[str], towns: Collection[str]
) -> set[str] | None:
    """The items that are wanted, by the countries of what was `found`; None for everything."""
    if not countries and not towns:
        return None
    wanted = {item for country in countries for item in same(country)}
    return set(towns) | {item for item, of in found.items() if wanted.intersection(of)}


def day_of(dump: Path) -> str:
    """The day a dump was made: the one in its name, as Wikimedia names them, or of its file.

    Raises UsageError for a file that cannot be read.
    """
    if day := day_in(dump.name):
        return day
    with file_errors(dump):
        return datetime.fromtimestamp(dump.stat().st_mtime, UTC).date().isoformat()


def day_in(name: str) -> str | None:
    """The day in the name of a dump."""
    for digits in re.findall(r"(?<![^.-])[0-9]{8}(?![^.-])", name):
        with suppress(ValueError):
            return date.fromisoformat(digits).isoformat()
    return None


def keep(claims: Claims, data: Path, report: sources_report.SourceReport | None = None) -> Path:
    """Write claims to a data folder's harvest/, in one step. Raises UsageError where it cannot.

    What could not be published as it is goes into the report.
    """
    path = data / FOLDER / f"{claims.source.key}.jsonl"
    with file_errors(path, "written"):
        odd = write_claims(claims, path)
    if report is not None:
        for what in odd:
            report.add(sources_report.ODD_TEXT, what)
    return path
