"""Two versions of a register, merged row by row by what both come from.

Git merges lines by what stands around them: two new towns side by side are a conflict, and
`merge=union` brings a row back that one side deleted, and keeps both versions of one that both
changed. Rows have keys: who adds a row is in nobody's way, and who changes one only in the way of
whoever changes the same.
"""

from __future__ import annotations

import csv
import io
from bisect import insort
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

_KEYS: Final = (("key",), ("path", "old"))
"""The columns that tell the rows of a register apart: of a thing's, of redirects.csv."""
Key = tuple[str, ...]


class Merged(NamedTuple):
    """The text of the merged register, with the rows that both sides changed between git's marks,
    and the keys of those."""

    text: str
    conflicts: tuple[str, ...]


class _Rows(NamedTuple):
    header: str
    by_key: Mapping[Key, str]


def merge_rows(base: str, ours: str, theirs: str) -> Merged | None:
    """Merge what two sides made of a register. None where that cannot be told row by row: a header
    was changed, a key stands twice, or one of the three is no CSV."""
    parsed = [_rows(text) for text in (base, ours, theirs)]
    if None in parsed or len({one.header for one in parsed if one}) != 1:
        return None
    old, own, other = (one.by_key for one in parsed if one)
    lines, conflicts = [parsed[0].header if parsed[0] else ""], []
    for key in _order(own, other):
        one, two, before = own.get(key), other.get(key), old.get(key)
        if one == two or two == before:
            lines.append(one or "")
        elif one == before:
            lines.append(two or "")
        else:
            lines.append(f"<<<<<<< ours\n{one or ''}=======\n{two or ''}>>>>>>> theirs\n")
            conflicts.append(" ".join(key))
    return Merged("".join(lines), tuple(conflicts))


def _order(own: Mapping[Key, str], other: Mapping[Key, str]) -> list[Key]:
    """All keys: sorted where both sides are, else each new one of the other side after the key
    that it follows there."""
    order = list(own)
    are_sorted = all(list(keys) == sorted(keys) for keys in (own, other))
    before: Key | None = None
    for key in other:
        if key not in own and are_sorted:
            insort(order, key)
        elif key not in own:
            order.insert(order.index(before) + 1 if before is not None else 0, key)
        before = key
    return order


def _rows(text: str) -> _Rows | None:
    """The rows of a register as they are written, by their keys."""
    try:
        (names, header), *rows = _records(text)
    except (csv.Error, ValueError):
        return None
    columns = [name.strip("\ufeff ") for name in names]
    of_key = next((keys for keys in _KEYS if set(keys) <= set(columns)), None)
    if of_key is None or any(len(cells) != len(columns) for cells, _ in rows):
        return None
    places = [columns.index(name) for name in of_key]
    found = {tuple(cells[place].strip() for place in places): line for cells, line in rows}
    return _Rows(header, found) if len(found) == len(rows) else None


def _records(text: str) -> Iterator[tuple[list[str], str]]:
    """Each row's cells, and its lines; empty ones are none."""
    lines = list(io.StringIO(text, newline=""))
    reader, start = csv.reader(iter(lines), strict=True), 0
    for cells in reader:
        written = "".join(lines[start : reader.line_num])
        start = reader.line_num
        if any(cells):
            yield cells, written if written.endswith("\n") else f"{written}\n"
