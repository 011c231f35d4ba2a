"""The line of releases: each one remembers those before it, so that the past can be told from it.

    release.json   {"name", "version", "date", "counts", "changes", "earlier": [the same of each]}

`name` is that of the folder under releases/. Everything that a release says of the past is taken
from the release before, never from a look around on the disk: the same data and the same release
before give the same bytes, whichever old folders were cleared away meanwhile. Nothing depends on
the clock either.

`date` is the latest of the dataset's own (`modified`, or else `issued`), the day on which a source
was read last, the day that whoever builds names (SOURCE_DATE_EPOCH, reproducible-builds.org), and
that of the release before: time does not go back.

`version` is the dataset's own for the first release under it; each further one adds its number:
0.1.0, 0.1.0+2, 0.1.0+3 (a build of that version: Semantic Versioning 2.0.0, section 10). So
whatever changes, the version does.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from twingraph.errors import UsageError
from twingraph.model.records import Authority, Partnership
from twingraph.release.outline import Outlined, ViewOutline
from twingraph.release.publish import CHECKSUMS, RELEASES, checksums

ABOUT: Final = "release.json"
_SHOWN = 10


@dataclass(frozen=True)
class ReleaseEntry:
    """A release as later ones remember it.

    `date` is YYYY-MM-DD; `counts` says how much there was of what; `changes` sums up, in lines of
    English, what was new against the release before.
    """

    name: str
    version: str
    date: str | None
    counts: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> ReleaseEntry:
        """An entry as JSON holds it. Raises KeyError, TypeError or ValueError for what is none."""
        changes = tuple(map(str, said["changes"]))
        counts = {str(name): int(number) for name, number in said["counts"].items()}
        return cls(str(said["name"]), str(said["version"]), said["date"], counts, changes)

    def json(self) -> dict[str, Any]:
        """The entry as JSON holds it."""
        return {
            "name": self.name,
            "version": self.version,
            "date": self.date,
            "counts": dict(self.counts),
            "changes": list(self.changes),
        }


@dataclass(frozen=True)
class PastRelease:
    """A release in its folder, and what it remembers: those before it, oldest first, the keys of
    sources that were taken down, and the names of files (pages of the event stream) that went with
    them."""

    folder: Path
    entry: ReleaseEntry
    earlier: tuple[ReleaseEntry, ...] = ()
    forgotten: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()

    @property
    def line(self) -> tuple[ReleaseEntry, ...]:
        """Every release up to this one, oldest first."""
        return (*self.earlier, self.entry)

    def follows(self, name: str) -> bool:
        """Whether a release of a name is one of those before it."""
        return any(name == entry.name for entry in self.earlier)

    def lost(self, name: str) -> bool:
        """Whether a file was there, by its name below the address of the files, and is no more."""
        place, _, rest = name.partition("/")
        release = rest.partition("/")[0]
        cleared = place == RELEASES and self.follows(release)
        return name in self.withdrawn or (cleared and not (self.folder.parent / release).exists())

    @classmethod
    def read(cls, folder: Path) -> PastRelease:
        """Read what a release says of itself. Raises UsageError where it cannot be read."""
        path = folder / ABOUT
        try:
            said = json.loads(path.read_text("utf-8"))
            return cls(
                folder.resolve(),
                ReleaseEntry.of(said),
                tuple(map(ReleaseEntry.of, said["earlier"])),
                tuple(map(str, said.get("forgotten", ()))),
                tuple(map(str, said.get("withdrawn", ()))),
            )
        except FileNotFoundError as error:
            raise UsageError(f"{folder} holds no release: {ABOUT} is missing") from error
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UsageError(f"{path} is not as a build writes it: {error!r}") from error

    def write(self) -> None:
        """Write release.json into the folder."""
        said = {**self.entry.json(), "earlier": [entry.json() for entry in self.earlier]}
        for name in ("forgotten", "withdrawn"):
            if names := getattr(self, name):
                said[name] = list(names)
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        (self.folder / ABOUT).write_text(text, "utf-8")


def current(out: Path) -> PastRelease | None:
    """The release that `out` points to, every file of it checked; None where there is none yet.

    Raises UsageError where it is broken. (A release of the days before there was a line of them
    has no release.json and ought to have none: nothing follows it.)
    """
    if not (out.is_symlink() or out.exists()):
        return None
    sums = out / CHECKSUMS
    if sums.is_file() and not (out / ABOUT).exists() and ABOUT.encode() not in sums.read_bytes():
        return None
    return whole(out)


def whole(folder: Path) -> PastRelease:
    """A release that is whole, by its checksums.

    Raises UsageError where it is broken: no build may go on from it, since what it lacks would be
    taken for new, and what it names no more for forgotten.
    """
    faults = list(checksums(folder))
    if not faults:
        return PastRelease.read(folder)
    shown = [f"    {fault}" for fault in faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        shown.append(f"    and {len(faults) - _SHOWN} more")
    cure = f"put back what is missing, or go on from one that is whole: --after {RELEASES}/NAME"
    lines = "\n".join(shown)
    raise UsageError(f"the release before is broken: {folder}\n{lines}\n    → {cure}")


def counts(view: Outlined) -> dict[str, int]:
    """How much a view holds of what must not be lost unnoticed."""
    outline = ViewOutline.of(view)
    return {
        "partnerships": outline.counts.get(Partnership.path, 0),
        "towns": outline.counts.get(Authority.path, 0),
        "sources": len(outline.sources),
    }


def date(
    view: Outlined, named: str | None = None, before: ReleaseEntry | None = None
) -> str | None:
    """The day of a release (YYYY-MM-DD): see above. None where nothing tells one."""
    retrieved = (source.retrieved for source in view.sources.values())
    own = view.dataset.modified or view.dataset.issued
    days = (own, *retrieved, named, before.date if before else None)
    return max(filter(None, days), default=None)


def version(own: str, earlier: Sequence[ReleaseEntry]) -> str:
    """The version of the release after some others: see above."""
    numbered = re.compile(rf"{re.escape(own)}(?:\+([0-9]+))?")
    found = [numbered.fullmatch(entry.version) for entry in earlier]
    numbers = [int(match[1] or 1) for match in found if match]
    return f"{own}+{max(numbers) + 1}" if numbers else own


def name(version: str, sums: bytes, before: ReleaseEntry | None) -> str:
    """The name of a release: its version, with a digest of its files and of the release before."""
    digest = hashlib.sha256(sums + (before.name if before else "").encode()).hexdigest()
    return f"{re.sub('[^A-Za-z0-9.+-]+', '-', version)}-{digest[:12]}"
