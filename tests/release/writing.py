"""One file of a release, written on its own."""

from __future__ import annotations

from pathlib import Path

from twingraph.release.content import Content
from twingraph.release.exporter import Archive, export
from twingraph.release.exports import exports


def write_one(name: str, folder: Path, content: Content) -> Path:
    """Write a file, and the one that it extends, into a folder. Returns its path."""
    held = (part for one in exports() if isinstance(one, Archive) for part in one.holds)
    all_of_them = {one.name: one for one in (*exports(), *held)}
    names = [each for each in (all_of_them[name].extends, name) if each]
    export(folder, content, [all_of_them[each] for each in names])
    return folder / name
