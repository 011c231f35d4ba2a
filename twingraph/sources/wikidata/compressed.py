"""A file as a stream of bytes, whatever it is compressed with; told by its first bytes.

gzip is read by ISA-L (PyPI `isal`), which takes a third of zlib's time and of `gzip -dc`'s. Files
of several members, frames or streams, as pgzip, zstd and lbzip2 write them, are read to the end.
"""

from __future__ import annotations

import bz2
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from isal import igzip, isal_zlib

from twingraph.errors import UsageError

# isal's type stub takes the class for an instance of it.
_ISAL_ERROR: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment]

DAMAGE: Final = (EOFError, OSError, _ISAL_ERROR)
"""What reading raises where the compressed data break off or are damaged."""

_GZIP, _BZIP2, _ZSTD = b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd"


_PACKED_BLOCK = 1 << 16


class Stream(Protocol):
    """What is read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class _Zstd:
    """Zstandard's own stream reader ends without a word where a file breaks off; this raises."""

    def __init__(self, raw: BinaryIO, name: str) -> None:
        """Raises UsageError where the package that reads it is not installed."""
        try:
            import zstandard  # optional: only such dumps need it
        except ImportError as error:
            cure = "pip install 'twingraph[zstd]'"
            raise UsageError(f"{name} is packed with Zstandard: {cure} to read it") from error
        self._error: type[Exception] = zstandard.ZstdError
        self._new_frame = zstandard.ZstdDecompressor().decompressobj
        self._raw = raw
        self._frame = self._new_frame()
        self._fed = False
        self._ready = b""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes. Raises EOFError where a frame is not whole, OSError for damage."""
        while not self._ready:
            packed = self._frame.unused_data if self._frame.eof else b""
            packed = packed or self._raw.read(_PACKED_BLOCK)
            if not packed:
                if self._fed and not self._frame.eof:
                    raise EOFError("the last frame is not whole")
                return b""
            if self._frame.eof:
                self._frame = self._new_frame()
            self._fed = True
            try:
                self._ready = self._frame.decompress(packed)
            except self._error as error:
                raise OSError(str(error)) from error
        block, self._ready = self._ready[:size], self._ready[size:]
        return block


class Compressed:
    """An open file: its bytes unpacked, and how far the packed file has been read."""

    def __init__(self, stream: Stream, raw: BinaryIO, size: int, packed: bool) -> None:
        self._stream = stream
        self._raw = raw
        self._packed = packed
        self.size = size

    def read(self, size: int) -> bytes:
        """At most so many unpacked bytes; none at the end. Raises one of DAMAGE."""
        return self._stream.read(size)

    def skip(self, count: int) -> None:
        """Go forward. Packed data must be unpacked for that, but not looked at."""
        if not self._packed:
            self._raw.seek(count)
            return
        while count > 0:
            block = self._stream.read(min(count, 1 << 20))
            if not block:
                return
            count -= len(block)

    def exactly(self, count: int) -> bytes:
        """Just so many bytes, or fewer at the end."""
        data = b""
        while len(data) < count and (block := self._stream.read(count - len(data))):
            data += block
        return data

    @property
    def done(self) -> int:
        """Bytes of the file, as it lies on disk, that have been read."""
        return self._raw.tell()


@contextmanager
def opened(path: Path) -> Iterator[Compressed]:
    """Open a file for reading. Raises UsageError for one that cannot be opened."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    with raw:
        magic = raw.read(4)
        raw.seek(0)
        size = path.stat().st_size
        if magic.startswith(_GZIP):
            with igzip.open(raw, "rb") as unpacked:  # type: ignore[no-untyped-call]
                yield Compressed(unpacked, raw, size, packed=True)
        elif magic.startswith(_BZIP2):
            with bz2.BZ2File(raw) as unpacked:
                yield Compressed(unpacked, raw, size, packed=True)
        elif magic == _ZSTD:
            yield Compressed(_Zstd(raw, str(path)), raw, size, packed=True)
        else:
            yield Compressed(raw, raw, size, packed=False)
