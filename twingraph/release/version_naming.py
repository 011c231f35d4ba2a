"""Make a release of a folder that holds the content: its place in the line of releases.

Built again, unchanged data gives the very release that there is: everything is written as if for
the second time, with the past that the current release had. If a single byte differs, the folder
is a new release, and the current one is its past.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from twingraph.model.records import View
from twingraph.release import history
from twingraph.release.changes import compare
from twingraph.release.feed import write_feed
from twingraph.release.history import PastRelease, ReleaseEntry
from twingraph.release.pages.changes_page import CHANGES, write_changes
from twingraph.release.publish import CHECKSUMS, seal, sums
from twingraph.release.takedown import NOTHING, Takedown

Describe = Callable[[Sequence[ReleaseEntry]], None]
"""Writes what describes a release into its folder; it is given the releases before, in order."""


def seal_release(
    folder: Path,
    view: View,
    before: PastRelease | None,
    describe: Describe,
    taken: Takedown = NOTHING,
) -> str:
    """Describe, name and seal the content that a folder holds. Returns the release's name.

    It is that of the release before where nothing at all has changed, and nothing is taken down.
    """
    sealing = _Sealing(folder, view, describe, taken)
    if before is not None and not taken.new and sealing.has_the_content_of(before):
        sealing.copy_changes(before)
        name = sealing.sealed(before.earlier, before.entry.changes)
        if (folder / CHECKSUMS).read_bytes() == (before.folder / CHECKSUMS).read_bytes():
            return name
        sealing.undo()
    if before is None:
        return sealing.sealed((), ())
    return sealing.sealed(taken.entries(before.line), sealing.write_changes(before))


class _Sealing:
    def __init__(self, folder: Path, view: View, describe: Describe, taken: Takedown) -> None:
        self.folder = folder
        self.view = view
        self.describe = describe
        self.taken = taken
        self.version = view.dataset.version or "0"
        self.content = set(folder.rglob("*"))

    def has_the_content_of(self, before: PastRelease) -> bool:
        there = set((before.folder / CHECKSUMS).read_bytes().splitlines())
        return there.issuperset(sums(self.folder).splitlines())

    def copy_changes(self, before: PastRelease) -> None:
        if (before.folder / CHANGES).is_dir():
            copied = self.folder / CHANGES
            shutil.copytree(before.folder / CHANGES, copied, copy_function=shutil.copyfile)

    def write_changes(self, before: PastRelease) -> tuple[str, ...]:
        old = before.entry
        new = {"version": self.version, "date": history.date(self.view)}
        which = {"name": old.name, "version": old.version, "date": old.date}, new
        found = self.taken.changes(compare(before.folder, self.folder))
        return write_changes(self.folder, before.folder, found, which, self.view.dataset)

    def sealed(self, earlier: tuple[ReleaseEntry, ...], changes: tuple[str, ...]) -> str:
        self.describe(earlier)
        known = sums(self.folder)
        name = history.name(self.version, known, earlier[-1] if earlier else None)
        day, counts = history.date(self.view), history.counts(self.view)
        made = PastRelease(
            self.folder,
            ReleaseEntry(name, self.version, day, counts, changes),
            earlier,
            self.taken.sources,
        )
        made.write()
        write_feed(self.folder, self.view.dataset, made.line)
        seal(self.folder, known)
        return name

    def undo(self) -> None:
        for path in set(self.folder.rglob("*")) - self.content:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
