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
from twingraph.release.changes import compare
from twingraph.release.feed import write_feed
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
    if before is None:
        return sealing.sealed((), ())
    return sealing.sealed(taken.entries(before.line), sealing.write_changes(before))


def seal_again(
    folder: Path,
    view: Outlined,
    made: PastRelease,
    describe: Describe,
    files: Sequence[File] = (),
) -> str:
    """The same of content that was made again of the data of a release that is there, with the
    past that it has. Its changes are made again where the release before is kept beside it."""
    taken = Takedown(view.dataset.base, made.forgotten)
    sealing = _Sealing(folder, view, describe, made.entry.date, taken, files)
    before = made.folder.parent / made.earlier[-1].name if made.earlier else None
    if before is None or not before.is_dir():
        sealing.copy_changes(made)
        return sealing.again(made)
    return sealing.sealed(made.earlier, sealing.write_changes(PastRelease.read(before)))


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

    def write_changes(self, before: PastRelease) -> tuple[str, ...]:
        old = before.entry
        version, day = self._version(before.line), self._day(before.line)
        new = {"version": version, "date": day}
        which = {"name": old.name, "version": old.version, "date": old.date}, new
        found = self.taken.changes(compare(before.folder, self.folder))
        return write_changes(self.folder, before.folder, found, which, self.view.dataset)

    def again(self, before: PastRelease) -> str:
        """The same release once more: its day stays, whatever day it is today."""
        self.named = before.entry.date
        return self.sealed(before.earlier, before.entry.changes)

    def sealed(self, earlier: tuple[ReleaseEntry, ...], changes: tuple[str, ...]) -> str:
        version, day, own = self._version(earlier), self._day(earlier), self.view.dataset
        about = replace(own, version=version if own.version else None, modified=day)
        self.describe(earlier, about)
        known = sums(self.folder, self.known)
        name = history.name(version, known, earlier[-1] if earlier else None)
        entry = ReleaseEntry(name, version, day, history.counts(self.view), changes)
        made = PastRelease(self.folder, entry, earlier, self.taken.sources)
        made.write()
        write_line(self.folder, about, made.line)
        write_feed(self.folder, about, made.line)
        seal(self.folder, known)
        return name

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
