"""Tab-separated files, as they were published: no quoting, UTF-8, with or without a header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from twingraph.errors import UsageError
from twingraph.sources.wikidata.report import Findings

Row = tuple[str, Mapping[str, str]]
"""Where a row stands, for messages, and its cells by the column's name."""


def rows(
    path: Path, columns: Sequence[str], report: Findings, header: bool = True
) -> Iterator[Row]:
    """The rows of a file. One that lacks a cell is counted and skipped.

    Without a header `columns` names the columns, with one those that there must be. Raises
    UsageError for a file that cannot be read, or lacks a column.
    """
    lines = text(path).split("\n")
    names = list(columns)
    if header:
        names = lines.pop(0).rstrip("\r").split("\t")
        if lacking := sorted(set(columns) - set(names)):
            raise UsageError(f"{path} has no column {', '.join(lacking)}")
    for number, line in enumerate(lines, start=2 if header else 1):
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if len(cells) >= len(names):
            yield f"{path.name}:{number}", dict(zip(names, cells, strict=False))
        elif line.strip():
            report.add("bad-row", f"{path.name}:{number}: {line[:80]!r}")


def text(path: Path) -> str:
    """What stands in a file. Raises UsageError for one that cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
