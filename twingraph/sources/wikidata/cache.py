"""Items on disk, by id and revision, so that a run that was broken off goes on where it stood.

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
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twingraph.errors import UsageError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS item (
    id TEXT, revision INTEGER, retrieved TEXT, checked REAL, body BLOB, PRIMARY KEY (id, revision)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS elsewhere (asked TEXT PRIMARY KEY, target TEXT, checked REAL);
CREATE TABLE IF NOT EXISTS answer (question TEXT PRIMARY KEY, checked REAL, body BLOB);
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


class Cache(AbstractContextManager["Cache"]):
    """The file, or memory without one. Times (`checked`) are seconds since 1970.

    Raises UsageError for a file that is no such cache, or cannot be written.
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

    def __exit__(self, *_: object) -> None:
        self.close()

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

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._mapped(), self._db:
            self._db.execute(statement, values)

    def _row(self, statement: str, values: tuple[Any, ...]) -> Any:
        with self._mapped():
            return self._db.execute(statement, values).fetchone()

    def item(self, asked: str, since: float) -> Fetched | None:
        """The newest revision of an item, if it was checked at or after `since`."""
        row = self._row("SELECT target, checked FROM elsewhere WHERE asked = ?", (asked,))
        if row and row[1] < since:
            return None
        if row and row[0] is None:
            return Fetched(asked, asked, None, 0, "")
        item = row[0] if row else asked
        found = self._row(
            "SELECT revision, retrieved, body FROM item WHERE id = ? AND checked >= ?"
            " ORDER BY revision DESC LIMIT 1",
            (item, since),
        )
        if not found:
            return None
        revision, retrieved, body = found
        return Fetched(asked, item, json.loads(zlib.decompress(body)), revision, retrieved)

    def revision(self, item: str) -> int | None:
        """The newest revision kept of an item, however old."""
        row = self._row("SELECT max(revision) FROM item WHERE id = ?", (item,))
        return row[0] if row else None

    def keep(self, fetched: Fetched, checked: float) -> None:
        """Write down an item, where a redirect leads, or that there is nothing."""
        target = fetched.id if fetched.document is not None else None
        if target != fetched.asked:
            self._write(
                "INSERT OR REPLACE INTO elsewhere VALUES (?, ?, ?)",
                (fetched.asked, target, checked),
            )
        if fetched.document is not None:
            if target == fetched.asked:
                self._write("DELETE FROM elsewhere WHERE asked = ?", (fetched.asked,))
            body = zlib.compress(json.dumps(fetched.document).encode(), 1)
            self._write(
                "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?)",
                (fetched.id, fetched.revision, fetched.retrieved, checked, body),
            )

    def confirm(self, item: str, revision: int, checked: float) -> None:
        """A kept revision is still the newest."""
        self._write(
            "UPDATE item SET checked = ? WHERE id = ? AND revision = ?", (checked, item, revision)
        )

    def answer(self, question: str, since: float) -> Any:
        """The answer kept to a question, or None."""
        row = self._row(
            "SELECT body FROM answer WHERE question = ? AND checked >= ?", (_hash(question), since)
        )
        return json.loads(zlib.decompress(row[0])) if row else None

    def keep_answer(self, question: str, answer: Any, checked: float) -> None:
        """Write down the answer to a question."""
        body = zlib.compress(json.dumps(answer).encode(), 1)
        self._write(
            "INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", (_hash(question), checked, body)
        )


def _hash(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()
