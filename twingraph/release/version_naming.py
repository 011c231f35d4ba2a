"""Make a release of a folder that holds the content: its place in the line of releases.

Built again, unchanged data gives the very release that there is: everything is written as if for
the second time, with the past that the current release had. If a single byte differs, the folder
is a new release, and the current one is its past.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from twingraph.model.records import Dataset
from twingraph.release import history
from twingraph.release.changes import Changes, compare
from twingraph.release.event_stream import (
    begin_again,
    begin_stream,
    continue_stream,
    keep_stream,
    withdrawn,
)
from twingraph.release.feed import moment, write_feed
from twingraph.release.files import File
from twingraph.release.history import PastRelease, ReleaseEntry
from twingraph.release.line import write_line
from twingraph.release.outline import Outlined
from twingraph.release.pages.changes_page import CHANGES, write_changes
from twingraph.release.publish import CHECKSUMS, seal, sums
from twingraph.release.takedown import NOTHING, Takedown

Describe = Callable[[Sequence[ReleaseEntry], Dataset], None]
"""Writes what describes a release into its folder; it is given the releases before, in order, and
what the dataset says of itself, with the version and the day of the release."""


def seal_release(
    folder: Path,
    view: Outlined,
    before: PastRelease | None,
    describe: Describe,
    named: str | None = None,
    taken: Takedown = NOTHING,
    files: Sequence[File] = (),
) -> str:
    """Describe, name and seal the content that a folder holds. Returns the release's name.

    It is that of the release before where nothing at all has changed, and nothing is taken down.
    `named` is the day of the build, where somebody names one (YYYY-MM-DD). The
    checksums of these `files` are known already.
    """
    sealing = _Sealing(folder, view, describe, named, taken, files)
    if before is not None and not taken.new and sealing.has_the_content_of(before):
        sealing.copy_changes(before)
        name = sealing.again(before)
        if (folder / CHECKSUMS).read_bytes() == (before.folder / CHECKSUMS).read_bytes():
            return name
        sealing.undo()
    return sealing.first() if before is None else sealing.after(before)


def seal_again(
    folder: Path,
    view: Outlined,
    made: PastRelease,
    describe: Describe,
    files: Sequence[File] = (),
) -> str:
    """The same of content that was made again of the data of a release that is there, with the
    past that it has. Its changes are made again where the release before is kept beside it."""
    kept = made.folder.parent / made.earlier[-1].name if made.earlier else None
    before = PastRelease.read(kept) if kept is not None and kept.is_dir() else None
    new = sorted(set(made.forgotten) - set(before.forgotten)) if before else ()
    taken = Takedown(view.dataset.base, made.forgotten, tuple(new))
    sealing = _Sealing(folder, view, describe, made.entry.date, taken, files)
    if not made.earlier:
        return sealing.first()
    if before is None:
        sealing.copy_changes(made)
        return sealing.again(made)
    return sealing.after(before, made.earlier)


class _Sealing:
    def __init__(
        self,
        folder: Path,
        view: Outlined,
        describe: Describe,
        named: str | None,
        taken: Takedown,
        files: Sequence[File],
    ) -> None:
        self.folder = folder
        self.view = view
        self.describe = describe
        self.named = named
        self.taken = taken
        self.known = "".join(f"{file.sha256}  {file.name}\n" for file in files).encode()
        self.content = set(folder.rglob("*"))

    def has_the_content_of(self, before: PastRelease) -> bool:
        there = set((before.folder / CHECKSUMS).read_bytes().splitlines())
        return there.issuperset(sums(self.folder, self.known).splitlines())

    def copy_changes(self, before: PastRelease) -> None:
        if (before.folder / CHANGES).is_dir():
            copied = self.folder / CHANGES
            shutil.copytree(before.folder / CHANGES, copied, copy_function=shutil.copyfile)

    def first(self) -> str:
        """A release that follows none."""
        begin_stream(self.folder, self._about(()), self._moment(()))
        return self._sealed((), (), None)

    def after(self, before: PastRelease, line: tuple[ReleaseEntry, ...] = ()) -> str:
        """A release that follows another; `line` is what it remembers, where that is known."""
        earlier = line or self.taken.entries(before.line)
        found = compare(before.folder, self.folder)
        told = self.taken.changes(found)
        changes = self._write_changes(before, told)
        about, moment = self._about(earlier), self._moment(earlier)
        if self.taken.new:
            begin_again(self.folder, about, moment, before.folder, told)
        else:
            continue_stream(self.folder, about, moment, before.folder, found)
        return self._sealed(earlier, changes, before)

    def again(self, before: PastRelease) -> str:
        """The same release once more: its day stays, whatever day it is today."""
        self.named = before.entry.date
        if not keep_stream(self.folder, before.folder):
            begin_stream(self.folder, self._about(before.earlier), self._moment(before.earlier))
        return self._sealed(before.earlier, before.entry.changes, before)

    def _write_changes(self, before: PastRelease, found: Changes) -> tuple[str, ...]:
        old = before.entry
        version, day = self._version(before.line), self._day(before.line)
        new = {"version": version, "date": day}
        which = {"name": old.name, "version": old.version, "date": old.date}, new
        return write_changes(self.folder, before.folder, found, which, self.view.dataset)

    def _sealed(
        self,
        earlier: tuple[ReleaseEntry, ...],
        changes: tuple[str, ...],
        before: PastRelease | None,
    ) -> str:
        version, day, about = self._version(earlier), self._day(earlier), self._about(earlier)
        self.describe(earlier, about)
        known = sums(self.folder, self.known)
        name = history.name(version, known, earlier[-1] if earlier else None)
        entry = ReleaseEntry(name, version, day, history.counts(self.view), changes)
        gone = withdrawn(self.folder, before)
        made = PastRelease(self.folder, entry, earlier, self.taken.sources, gone)
        made.write()
        write_line(self.folder, about, made.line)
        write_feed(self.folder, about, made.line)
        seal(self.folder, known)
        return name

    def _about(self, earlier: Sequence[ReleaseEntry]) -> Dataset:
        """The dataset with the version and the day of its release."""
        own = self.view.dataset
        version = self._version(earlier) if own.version else None
        return replace(own, version=version, modified=self._day(earlier))

    def _moment(self, earlier: Sequence[ReleaseEntry]) -> str | None:
        day = self._day(earlier)
        return moment(day, earlier) if day else None

    def _version(self, earlier: Sequence[ReleaseEntry]) -> str:
        return history.version(self.view.dataset.version or "0", earlier)

    def _day(self, earlier: Sequence[ReleaseEntry]) -> str | None:
        return history.date(self.view, self.named, earlier[-1] if earlier else None)

    def undo(self) -> None:
        for path in set(self.folder.rglob("*")) - self.content:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
