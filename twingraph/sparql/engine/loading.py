"""A release's quads into a store in memory, piece by piece.

N-Quads of a release have the merged view first, one quad a line (see release/dumps.py): once its
lines are there, what is asked of it alone can be answered.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

from pyoxigraph import RdfFormat, Store

_PIECE: Final = 1 << 22


def load(path: Path, store: Store, border: int = 0) -> Iterator[int]:
    """Load a gzipped N-Quads file; gives how many lines are there after each piece. One piece
    ends after `border` lines, where the file has so many.

    Raises OSError where the file cannot be read, ValueError where it is no N-Quads or is cut off.
    """
    lines = 0
    try:
        with gzip.open(path) as unpacked:
            for piece, count in _pieces(cast(IO[bytes], unpacked), border):
                # IRIs were checked when the release was written.
                store.load(piece, RdfFormat.N_QUADS, lenient=True)
                lines += count
                yield lines
    except SyntaxError as error:
        raise ValueError(f"{path}, line {lines + (error.lineno or 1)}: {error.msg}") from error
    except (EOFError, zlib.error) as error:
        raise ValueError(f"{path}: damaged or cut off") from error


def _pieces(source: IO[bytes], border: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines, some MiB of them at a time, and how many they are."""
    before = 0
    while data := source.read(_PIECE) + source.readline():
        count = data.count(b"\n")
        inside = border - before
        if 0 < inside < count:
            rest = data.split(b"\n", inside)[-1]
            yield data[: len(data) - len(rest)], inside
            data, count, before = rest, count - inside, border
        yield data, count
        before += count
