"""What a Wikibase has answered, on disk, so that a run that was broken off goes on where it stood.

SQLite of the standard library. requests-cache keeps answers by address, but items come fifty at a
time and never in the same fifties again; diskcache unpickles what it reads. Each item is written
down as soon as it has come.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twingraph.errors import UsageError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    question TEXT PRIMARY KEY, revision INTEGER, checked REAL, answer BLOB
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An item as it was asked for. `document` is None where there is no such item.

    `asked` differs from `id` where the item is a redirect. `retrieved` is ISO 8601, in UTC.
    """

    asked: str
    id: str
    document: Mapping[str, Any] | None
    revision: int
    retrieved: str


class Cache:
    """The file, or memory without one. Times (`checked`) are seconds since 1970.

    A row is the answer to one question: an item by the id asked for, whose revision is known where
    that is its own id, or a query or search by its hash. Raises UsageError for a file that is no
    such cache, or cannot be written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._mapped():
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
            # One connection, used under the lock: any thread may have opened it.
            self._db = sqlite3.connect(path or ":memory:", check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError, zlib.error) as error:
            raise UsageError(f"the cache {self._path} cannot be used: {error}") from error

    def _write(self, statement: str, *values: Any) -> None:
        with self._mapped(), self._db:
            self._db.execute(statement, values)

    def _read(self, statement: str, *values: Any) -> Any:
        """The first column of the row, or None."""
        with self._mapped():
            row = self._db.execute(statement, values).fetchone()
        return row[0] if row else None

    def item(self, asked: str, since: float) -> Fetched | None:
        """The newest revision of an item, if it was checked at or after `since`."""
        kept = self._answer(asked, since)
        return Fetched(asked, *kept) if kept else None

    def revision(self, item: str) -> int | None:
        """The newest revision kept of an item, however old."""
        revision: int | None = self._read("SELECT revision FROM kept WHERE question = ?", item)
        return revision

    def keep(self, fetched: Fetched, checked: float) -> None:
        """Write down an item, where a redirect leads, or that there is nothing."""
        answer = (fetched.id, fetched.document, fetched.revision, fetched.retrieved)
        for question in {fetched.asked, fetched.id}:
            known = fetched.revision if question == fetched.id else None
            self._keep(question, known or None, checked, answer)

    def confirm(self, item: str, revision: int, checked: float) -> None:
        """A kept revision is still the newest."""
        self._write(
            "UPDATE kept SET checked = ? WHERE question = ? AND revision = ?",
            *(checked, item, revision),
        )

    def answer(self, question: str, since: float) -> Any:
        """The answer kept to a question, or None."""
        return self._answer(_hash(question), since)

    def keep_answer(self, question: str, answer: Any, checked: float) -> None:
        """Write down the answer to a question."""
        self._keep(_hash(question), None, checked, answer)

    def _answer(self, question: str, since: float) -> Any:
        body = self._read(
            "SELECT answer FROM kept WHERE question = ? AND checked >= ?", question, since
        )
        return json.loads(zlib.decompress(body)) if body else None

    def _keep(self, question: str, revision: int | None, checked: float, answer: Any) -> None:
        body = zlib.compress(json.dumps(answer).encode(), 1)
        self._write(
            "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", question, revision, checked, body
        )


def _hash(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()
