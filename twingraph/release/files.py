"""The files that a release offers: what each is called and holds, how big it is, its checksum."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from twingraph import authority
from twingraph.release.exporter import Exporter
from twingraph.release.publish import sha256_and_sha512

GZIP: Final = "application/gzip"
ZIP: Final = "application/zip"

_WRAPPERS: Final = {".gz": GZIP, ".zip": ZIP}
_BY_SUFFIX: Final = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".json": "application/json",
    ".tsv": "text/tab-separated-values",
    ".parquet": "application/vnd.apache.parquet",
}
# What is written in them is plain XML or JSON to IANA, which has registered nothing finer.
_NOT_REGISTERED: Final = {
    "application/graphml+xml": "application/xml",
    "application/schema+json": "application/json",
}


@dataclass(frozen=True)
class File:
    """A file as it was written. Raises ValueError for a media type of no known file type."""

    name: str
    title: str
    media_type: str
    size: int
    sha256: str
    sha512: str

    @classmethod
    def of(cls, folder: Path, export: Exporter) -> File:
        """Measure what an export wrote into a folder. Raises OSError where it wrote nothing."""
        path = folder / export.name
        size, digests = path.stat().st_size, sha256_and_sha512(path)
        return cls(export.name, export.title, export.media_type, size, *digests)

    @property
    def compression(self) -> str | None:
        """The media type of the compression around the content."""
        return GZIP if self._wrapper == GZIP else None

    @property
    def packaging(self) -> str | None:
        """The media type of the archive that holds the content, of one file or several."""
        return ZIP if self._wrapper == ZIP else None

    @property
    def content_type(self) -> str:
        """The media type of the content, as IANA has registered it."""
        media_type = self.media_type
        if media_type in _WRAPPERS.values():
            inner = PurePosixPath(PurePosixPath(self.name).stem).suffix
            media_type = _BY_SUFFIX.get(inner, media_type)
        return _NOT_REGISTERED.get(media_type, media_type)

    @property
    def file_type(self) -> str:
        """The content's code in the EU's table of file types."""
        return authority.file_type(self.content_type)

    @property
    def _wrapper(self) -> str | None:
        return _WRAPPERS.get(PurePosixPath(self.name).suffix)
