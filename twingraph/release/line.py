"""releases.json: every release that is kept, for portals that follow: what it is called, its day,
where it is, and where the changes are that lead to it from the one before.

    {"dataset": IRI, "first": NAME, "current": NAME, "stream": address or null,
     "releases": [{"name", "version", "date", "address", "catalogue",
                   "changes": {"after", "added", "removed", "summary"} or null}, …]}

`first` is the release that the line began with. A build knows no more of what stands under its base
elsewhere than what it goes on from: it is by `first` that two lines under one identifier, published
in two places, are told apart. The oldest comes first. Whoever has the statements of a release takes
away what stands in `removed` of the next one and adds what stands in `added`, and so on to the
current one: `after` says which release a set of changes is for. Each release lies at releases/NAME/
below the address of the files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from twingraph.model.records import Dataset
from twingraph.release.dcat import STREAM, dataset_iri
from twingraph.release.history import PastRelease, ReleaseEntry
from twingraph.release.pages.changes_page import CHANGES
from twingraph.release.publish import RELEASES

LINE: Final = "releases.json"


def address(about: Dataset, name: str) -> str:
    """Where a release is found."""
    return f"{about.download_base}{RELEASES}/{name}/"


def kept(line: Sequence[ReleaseEntry], about: Dataset) -> Sequence[ReleaseEntry]:
    """The newest releases of a line, as many as the dataset says, oldest first."""
    return line[-about.keep :] if about.keep else line


def write_line(folder: Path, about: Dataset, line: Sequence[ReleaseEntry]) -> None:
    """Write releases.json into a folder: `line` is every release up to this one, oldest first."""
    known = kept(line, about)
    before = dict(zip((entry.name for entry in line[1:]), line, strict=False))
    said = {
        "dataset": dataset_iri(about.base),
        "first": line[0].name,
        "current": line[-1].name,
        "stream": f"{about.download_base}{STREAM}" if (folder / STREAM).is_file() else None,
        "releases": [_said(entry, before.get(entry.name), about) for entry in known],
    }
    (folder / LINE).write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _said(entry: ReleaseEntry, before: ReleaseEntry | None, about: Dataset) -> dict[str, Any]:
    at = address(about, entry.name)
    changes = before and {
        "after": before.name,
        **{
            what: f"{at}{CHANGES}/{name}"
            for what, name in (
                ("added", "added.nt"),
                ("removed", "removed.nt"),
                ("summary", "summary.json"),
            )
        },
    }
    return {
        "name": entry.name,
        "version": entry.version,
        "date": entry.date,
        "address": at,
        "catalogue": f"{at}catalog.ttl",
        "changes": changes,
    }


def clear(made: PastRelease, about: Dataset, releases: Path) -> list[str]:
    """Take away the folders of the releases of a line that are kept no longer. Others' stay."""
    staying = {entry.name for entry in kept(made.line, about)}
    gone = [entry.name for entry in made.earlier if entry.name not in staying]
    found = [name for name in gone if (releases / name).is_dir()]
    for name in found:
        shutil.rmtree(releases / name)
    return found
