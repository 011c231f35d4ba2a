"""A release folder as it is served: where it lies, and what its files' checksums are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from twingraph.errors import UsageError
from twingraph.namespaces import BASE, DCT, FOAF, VOID
from twingraph.release.history import PastRelease
from twingraph.release.publish import RELEASES

QUADS: Final = "twingraph.nq.gz"
CHECKSUMS: Final = "SHA256SUMS"
_DESCRIPTION: Final = "void.ttl"


@dataclass(frozen=True)
class ReleaseFolder:
    """One release. `path` is the folder itself, not the link to the current one: what is taken
    from it is of this release, whatever the link points to in the meantime.

    `base` is the base of the dataset's own IRIs and `licence` the IRI of its licence, where it is
    known; `merged` is how many quads the merged view has, or 0; `modified` is when the release
    was made; `sums` has the files' SHA-256 by name, in the order of SHA256SUMS, which was written
    at `sealed` (nanoseconds; 0 without one).
    """

    path: Path
    base: str
    licence: str | None
    merged: int
    modified: datetime
    sums: Mapping[str, str]
    sealed: int

    @classmethod
    def of(cls, release: Path) -> ReleaseFolder:
        """The release that a folder, or a link to one, holds now. Raises UsageError where it
        holds none."""
        path = release.resolve()
        if not (path / QUADS).is_file():
            cure = "run `twingraph build`, or name a release with --release"
            raise UsageError(f"{release} holds no release ({QUADS} is missing): {cure}")
        try:
            base, licence, merged = _about(path / _DESCRIPTION)
            sums = path / CHECKSUMS
            sealed = sums.stat().st_mtime_ns if sums.exists() else 0
            modified = datetime.fromtimestamp((path / QUADS).stat().st_mtime, UTC)
            return cls(path, base, licence, merged, modified, dict(_sums(sums)), sealed)
        except (OSError, SyntaxError, ValueError) as error:
            raise UsageError(f"{release} cannot be read: {error}; build it again") from error

    def sibling(self, path: Path) -> ReleaseFolder:
        """Another release of the same dataset, for its files. Raises OSError, ValueError."""
        sums = path / CHECKSUMS
        return replace(self, path=path, sums=dict(_sums(sums)), sealed=sums.stat().st_mtime_ns)

    @cached_property
    def past(self) -> PastRelease | None:
        """What it remembers of those before it; None for one that stands alone."""
        if self.path.parent.name != RELEASES:
            return None
        try:
            return PastRelease.read(self.path)
        except UsageError:
            return None

    @property
    def quads(self) -> Path:
        """What is loaded of it: the merged view and every source's graph."""
        return self.path / QUADS


def _about(description: Path) -> tuple[str, str | None, int]:
    """The base, the licence and the triples of the dataset that a VoID description is of; the
    usual base where there is no such file."""
    if not description.exists():
        return BASE, None, 0
    said = {
        (str(quad.subject), quad.predicate.value): quad.object
        for quad in ox.parse(path=description, format=ox.RdfFormat.TURTLE)
    }
    for (_, predicate), dataset in said.items():
        space = said.get((str(dataset), f"{VOID}uriSpace"))
        if predicate == f"{FOAF}primaryTopic" and isinstance(space, ox.Literal):
            licence = said.get((str(dataset), f"{DCT}license"))
            triples = said.get((str(dataset), f"{VOID}triples"))
            return (
                space.value,
                licence.value if isinstance(licence, ox.NamedNode) else None,
                int(triples.value) if isinstance(triples, ox.Literal) else 0,
            )
    raise ValueError(f"{description.name} does not say the base of the dataset's IRIs")


def _sums(checksums: Path) -> Iterator[tuple[str, str]]:
    if not checksums.exists():
        return
    for line in checksums.read_text("utf-8").splitlines():
        digest, separator, name = line.partition("  ")
        if len(digest) != 64 or not separator:
            raise ValueError(f"{checksums.name} holds {line!r}, which is no checksum")
        if name.startswith("/") or ".." in name.split("/"):
            raise ValueError(f"{checksums.name} names {name!r}, which is not in the release")
        yield name, digest
