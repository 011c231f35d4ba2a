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
from twingraph.release.feed import write_feed
from twingraph.release.history import Entry, Release
from twingraph.release.pages.changes_page import CHANGES, write_changes
from twingraph.release.publish import CHECKSUMS, seal, sums

Describe = Callable[[Sequence[Entry]], None]
"""Writes what describes a release into its folder; it is given the releases before, in order."""


def issue(folder: Path, view: View, before: Release | None, describe: Describe) -> str:
    """Describe, name and seal the content that a folder holds. Returns the release's name.

    It is that of the release before where nothing at all has changed.
    """
    issuing = _Issuing(folder, view, describe)
    if before is not None and issuing.has_the_content_of(before):
        issuing.copy_changes(before)
        name = issuing.sealed(before.earlier, before.entry.changes)
        if (folder / CHECKSUMS).read_bytes() == (before.folder / CHECKSUMS).read_bytes():
            return name
        issuing.undo()
    if before is None:
        return issuing.sealed((), ())
    return issuing.sealed(before.line, issuing.write_changes(before))


class _Issuing:
    def __init__(self, folder: Path, view: View, describe: Describe) -> None:
        self.folder = folder
        self.view = view
        self.describe = describe
        self.version = view.dataset.version or "0"
        self.content = set(folder.rglob("*"))

    def has_the_content_of(self, before: Release) -> bool:
        there = set((before.folder / CHECKSUMS).read_bytes().splitlines())
        return there.issuperset(sums(self.folder).splitlines())

    def copy_changes(self, before: Release) -> None:
        if (before.folder / CHANGES).is_dir():
            copied = self.folder / CHANGES
            shutil.copytree(before.folder / CHANGES, copied, copy_function=shutil.copyfile)

    def write_changes(self, before: Release) -> tuple[str, ...]:
        old = before.entry
        new = {"version": self.version, "date": history.date(self.view)}
        which = {"name": old.name, "version": old.version, "date": old.date}, new
        return write_changes(self.folder, before.folder, which)

    def sealed(self, earlier: tuple[Entry, ...], changes: tuple[str, ...]) -> str:
        self.describe(earlier)
        known = sums(self.folder)
        name = history.name(self.version, known, earlier[-1] if earlier else None)
        day, counts = history.date(self.view), history.counts(self.view)
        made = Release(self.folder, Entry(name, self.version, day, counts, changes), earlier)
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
