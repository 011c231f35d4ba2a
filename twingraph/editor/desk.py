"""The data folder as the form is filled in against it: read again where a file has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from twingraph.contributions.form.finders import Registered
from twingraph.contributions.known import Known
from twingraph.contributions.towns import by_name, towns_of_harvests
from twingraph.editor.preview import vocabulary
from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority, Concept
from twingraph.reconcile.index import Index
from twingraph.serve.pages.search import Finder


@dataclass(frozen=True)
class FolderState:
    """What stands in the folder at one time."""

    known: Known
    towns: Registered
    brought: tuple[Authority, ...]
    """The towns that harvests have and the registers lack."""

    @cached_property
    def _towns(self) -> dict[str, Authority]:
        registered = self.towns.by_key
        items = {town.wikidata for town in registered.values()}
        more = {town.key: town for town in self.brought if town.wikidata not in items}
        return {**more, **registered}

    @cached_property
    def lookup(self) -> Lookup:
        """The towns, with what the vocabulary calls what they are."""
        return Lookup({Authority: self._towns, Concept: vocabulary()}, {})

    @cached_property
    def finder(self) -> Finder:
        """What finds the towns by their names."""
        return Finder(Lookup({Authority: self._towns}, {}))


class Folder:
    """A data folder. Its harvests, which take a while, are read in the background."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: object = None
        self._standing: FolderState | None = None
        self._brought: tuple[Authority, ...] = ()
        self._index: Index | None = None
        self._turn = threading.Lock()

    def read_harvests(self) -> None:
        """Read the towns of the harvests, to propose them."""
        found = list(towns_of_harvests(self.path))
        brought, index = {town.key: town for town in found}, by_name(found)
        with self._turn:
            self._brought, self._index, self._seen = tuple(brought.values()), index, None

    def standing(self) -> FolderState:
        """What stands in it now. Raises DataError where it is faulty, UsageError where it cannot be
        read."""
        with self._turn:
            now = frozenset(self._files())
            if self._standing is None or now != self._seen:
                known = Known.of(self.path)
                towns = Registered(known, date.today(), brought=self._index)
                self._standing, self._seen = FolderState(known, towns, self._brought), now
            return self._standing

    def _files(self) -> Iterator[tuple[str, int, int]]:
        for path in (*self.path.glob("*"), *(self.path / "sources").rglob("*")):
            if path.is_file():
                found = path.stat()
                yield path.as_posix(), found.st_mtime_ns, found.st_size
