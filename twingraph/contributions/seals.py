"""The head of a source file that was imported: by it an edit by hand is told from an import.

Two comments hold the SHA-256 of all below them: where it fits no more, or there is no such comment,
somebody has edited the file. Above stand the rows of registers that came with it, each with the
beginning of the SHA-256 of its cells, so that a row which nobody has touched can be written anew.
A file that is changed in the form keeps its seal, which then says that it is not as imported; the
rows that come with it by the form stand in its head as well, whoever began the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from twingraph.contributions.contribution import HINT, Row

SEAL: Final = "# Imported; edited by hand since, unless the SHA-256 of all below is"
_SEAL: Final = re.compile(rf"^{SEAL}\n# ([0-9a-f]{{64}})\n", re.MULTILINE)
_ROW: Final = re.compile(
    r"^# Imported row: (\w+)\.csv (\S+) ([0-9a-f]{16})\r?(?:\n|$)", re.MULTILINE
)
_COMMENTS: Final = re.compile(r"\ufeff?(?:#.*(?:\n|$))*")

RowKey = tuple[str, str]
"""A register's name in a contribution, and the key of a row."""


def body_sum(body: str) -> str:
    """The sum of a file's own content."""
    return sha256(body.encode()).hexdigest()


def row_sum(cells: Row) -> str:
    """The sum of a row's cells; empty ones count for nothing."""
    filled = sorted((name, cell) for name, cell in cells.items() if cell)
    return sha256(json.dumps(filled).encode()).hexdigest()[:16]


def sealed(body: str, rows: Mapping[RowKey, str]) -> str:
    """A file's content under its head; `rows` has the sums of those that came with it."""
    return f"# {HINT}\n{_lines(rows)}{SEAL}\n# {body_sum(body)}\n{body}"


def with_rows(text: str, rows: Mapping[RowKey, str]) -> str:
    """A file's text with other rows in its head; all else in it keeps its bytes, and its seal."""
    if rows == rows_in(text):
        return text
    head = _head(text)
    bare = _ROW.sub("", head)
    seal, hint = _SEAL.search(bare), re.match(rf"\ufeff?(# {re.escape(HINT)}\r?\n)?", bare)
    at = seal.start() if seal else hint.end() if hint else 0
    came = _lines(rows).replace("\n", "\r\n" if "\r\n" in text else "\n")
    return bare[:at] + came + bare[at:] + text[len(head) :]


def _lines(rows: Mapping[RowKey, str]) -> str:
    return "".join(
        f"# Imported row: {name}.csv {key} {rows[name, key]}\n" for name, key in sorted(rows)
    )


def _head(text: str) -> str:
    """The comments that a text begins with: of an imported one those before its own content."""
    if seal := _SEAL.search(text):
        return text[: seal.end()]
    found = _COMMENTS.match(text)
    return found[0] if found else ""


def seal_in(text: str) -> str:
    """The sum that a file's head names; "" where it names none."""
    seal = _SEAL.search(text)
    return seal[1] if seal else ""


def is_sealed(text: str) -> bool:
    """Whether a file is as it was imported."""
    seal = _SEAL.search(text)
    return seal is not None and body_sum(text[seal.end() :]) == seal[1]


def rows_in(text: str) -> Mapping[RowKey, str]:
    """The rows that came with a file, with their sums."""
    return {(name, key): found for name, key, found in _ROW.findall(_head(text))}
