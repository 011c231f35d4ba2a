"""Taken down: a source whose words may be published no more, nor stay in the releases kept.

`twingraph forget source/KEY` leaves the source out of this release and of every later one
(release.json says so under `forgotten`), its words out of the change set, and removes the releases
under releases/ that hold any. What is left is the source's tombstone. People and signatures that it
alone stated leave none: their keys are names.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from twingraph import identifiers as ids
from twingraph.errors import UsageError, did_you_mean
from twingraph.identifiers import THING_PATHS
from twingraph.model.records import View
from twingraph.rdf import triples
from twingraph.rdf.mapping import TITLE
from twingraph.release.changes import Changes
from twingraph.release.history import ABOUT, PastRelease, ReleaseEntry
from twingraph.release.publish import RELEASES

_NAMING: Final = frozenset({ids.PERSON, ids.SIGNATURE})
"""Things whose key is made of somebody's name."""

_IRI: Final = re.compile(rb"<([^>]*)>")


@dataclass(frozen=True)
class Takedown:
    """Sources that are taken down, by their keys, and what earlier releases hold of them.

    `new` are those taken down by this release; `things` the IRIs of what they state there, `titles`
    what they are called, `folders` the releases that hold any of it.
    """

    base: str
    sources: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    things: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    folders: tuple[Path, ...] = ()

    @property
    def accepted(self) -> list[str]:
        """The losses that are meant, as the loss guard names them."""
        named = [iri.removeprefix(self.base) for iri in sorted(self.things)]
        return [*named, *(f"{ids.SOURCE}/{key}" for key in self.sources)]

    def without_names(self, view: View) -> View:
        """A view whose tombstones name nobody that these sources alone named."""
        named = {iri for iri in self.things if _path(iri) in _NAMING}
        return replace(view, gone=tuple(thing for thing in view.gone if thing.iri not in named))

    def changes(self, found: Changes) -> Changes:
        """The changes without what the sources state, and without what is said of them."""
        removed = tuple(line for line in found.removed if not self._tells(line))
        return replace(found, removed=removed)

    def entries(self, line: Iterable[ReleaseEntry]) -> tuple[ReleaseEntry, ...]:
        """What is remembered of releases, sources that are taken down by their keys alone."""
        return tuple(replace(e, changes=tuple(map(self._untitled, e.changes))) for e in line)

    def _tells(self, line: bytes) -> bool:
        subject, *others = (iri.decode() for iri in _IRI.findall(line))
        whole = subject.partition("#")[0]
        path, key = _path(whole), whole.rpartition("/")[2]
        about = (ids.EVIDENCE, ids.SOURCE, ids.GRAPH)
        of_source = path in about and any(
            key == source or key.startswith(f"{source}_") for source in self.sources
        )
        named = (iri for iri in others if _path(iri) in _NAMING)
        return of_source or whole in self.things or any(iri in self.things for iri in named)

    def _untitled(self, told: str) -> str:
        for title in sorted(self.titles, key=len, reverse=True):
            told = told.replace(title, "a source taken down")
        return told

    def sweep(self) -> list[str]:
        """Remove the releases that hold any of it. Returns their names."""
        for folder in self.folders:
            shutil.rmtree(folder)
        return [folder.name for folder in self.folders]


NOTHING: Final = Takedown("")
"""Where nothing was ever taken down."""


def takedown(base: str, out: Path, before: PastRelease | None, forget: Collection[str]) -> Takedown:
    """What is taken down with a release that follows another: now (`source/KEY`), or before.

    Raises UsageError for what is no source of the release before.
    """
    earlier = before.forgotten if before else ()
    new = tuple(sorted(_keys(base, before, forget) - set(earlier)))
    sources = tuple(sorted({*earlier, *new}))
    if not sources or before is None:
        return Takedown(base, sources, new)
    place = out.absolute().parent / RELEASES
    kept = [path for path in sorted(place.glob("*")) if (path / triples.NQUADS).is_file()]
    things: set[str] = set()
    titles: set[str] = set()
    folders = []
    for folder in {*kept, before.folder} if new else kept:
        open_ = sorted(set(sources) - set(_forgotten(folder)))
        if open_ and _note(folder, base, open_, things, titles) and folder in kept:
            folders.append(folder)
    return Takedown(base, sources, new, frozenset(things), frozenset(titles), tuple(folders))


def _keys(base: str, before: PastRelease | None, forget: Collection[str]) -> set[str]:
    if not forget:
        return set()
    start = f"<{base}{ids.SOURCE}/".encode()
    lines = triples.lines(before.folder) if before else iter(())
    known = {
        line[len(start) :].partition(b">")[0].partition(b"#")[0].decode()
        for line in lines
        if line.startswith(start)
    }
    for name in forget:
        path, _, key = name.partition("/")
        if path != ids.SOURCE or key not in known:
            names = [f"{ids.SOURCE}/{one}" for one in known]
            cure = did_you_mean(name, names, "write source/KEY, as the source's page has it")
            raise UsageError(f"{name}: the release before has no such source\n    → {cure}")
    return {name.partition("/")[2] for name in forget}


def _forgotten(folder: Path) -> tuple[str, ...]:
    return PastRelease.read(folder).forgotten if (folder / ABOUT).is_file() else ()


def _note(
    folder: Path, base: str, sources: Collection[str], things: set[str], titles: set[str]
) -> bool:
    """Note what a release holds of sources; whether it holds anything at all."""
    graphs = [f" <{base}{ids.GRAPH}/{key}> .\n".encode() for key in sources]
    named = [f"<{base}{ids.SOURCE}/{key}>".encode() for key in sources]
    is_title = f" {TITLE} ".encode()
    found = False
    for line in triples.quads(folder):
        if any(map(line.endswith, graphs)):
            found = True
            things.update(_things(line))
        elif any(name in line for name in named):
            found = True
            if line.startswith(tuple(named)) and is_title in line:
                titles.add(triples.value(triples.parts(line)[2]))
    return found


def _things(line: bytes) -> Iterator[str]:
    """The things that a statement names, but for the graph that it stands in."""
    for iri in _IRI.findall(line[: line.rindex(b" <")]):
        whole = iri.decode().partition("#")[0]
        if _path(whole) in THING_PATHS:
            yield whole


def _path(iri: str) -> str:
    return iri.rpartition("/")[0].rpartition("/")[2]
