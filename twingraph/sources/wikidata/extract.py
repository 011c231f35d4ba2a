"""From a dump of a hundred gigabytes to the file of its twinned items, in runs that may be killed.

    OUT             one item a line, cut down to what is read of it
    OUT.checkpoint  how far the dump has been read, and which dump it was

The checkpoint is written after the lines it speaks of are on disk, and replaced in one step; what
was written after the last one is cut away when a run goes on. To go on in a packed dump, its
beginning is unpacked again (it cannot be entered in the middle), but not searched.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from twingraph.errors import UsageError, file_errors
from twingraph.sources.wikidata import entities
from twingraph.sources.wikidata.dump import (
    BLOCK,
    Ending,
    Json,
    OnBlock,
    Progress,
    Select,
    WikidataDump,
)
from twingraph.sources.wikidata.entities import Entity
from twingraph.sources.wikidata.report import Findings

EVERY: Final = 10.0
"""Seconds between checkpoints."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came out of a dump. `why` says what is wrong with one that is cut off."""

    out: Path
    found: int
    ending: Ending
    why: str
    report: Findings


def extract(
    dump: Path,
    out: Path,
    *,
    select: Select | None = None,
    progress: OnBlock = lambda _: None,
    every: float = EVERY,
    block: int = BLOCK,
) -> Extracted:
    """Write the wanted items of a dump to `out`, going on where an earlier run was broken off.

    A run that was finished is not done again, unless the dump has changed. Raises UsageError for
    files that cannot be read or written. A dump that is cut off is read as far as it goes, and
    `Extracted.ending` says so.
    """
    return _Extraction(dump, out, select, progress, every, block).run()


def read(out: Path, report: Findings) -> Iterator[Entity]:
    """The items of a file that `extract` wrote (or any file of one item's JSON a line)."""
    with file_errors(out), out.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield entities.read(orjson.loads(line))
            except ValueError as error:
                report.add("broken-entity", f"{out.name}:{number}: {error}")


@dataclass(frozen=True, slots=True)
class _Extraction:
    dump: Path
    out: Path
    select: Select | None
    progress: OnBlock
    every: float
    block: int

    def run(self) -> Extracted:
        try:
            kept = self._kept()
            report = Findings.from_json(kept.get("report", {}))
            if not kept.get("ending"):
                self.out.parent.mkdir(parents=True, exist_ok=True)
                with self.out.open("r+b" if kept else "wb") as file:
                    file.truncate(kept.get("written", 0))
                    file.seek(0, os.SEEK_END)
                    kept = self._extract(file, kept, report)
        except OSError as error:
            raise UsageError(f"{error.filename or self.out} cannot be used: {error}") from error
        return Extracted(self.out, kept["found"], Ending(kept["ending"]), kept["why"], report)

    def _extract(self, file: BinaryIO, kept: Json, report: Findings) -> dict[str, Any]:
        before = int(kept.get("found", 0))
        last = time.monotonic()

        def on_block(at: Progress) -> None:
            nonlocal last
            if time.monotonic() - last >= self.every:
                self._save(file, reader, before)
                last = time.monotonic()
            self.progress(at)

        reader = WikidataDump(
            self.dump,
            report,
            select=self.select,
            position=int(kept.get("position", 0)),
            on_block=on_block,
            block=self.block,
        )
        for item in reader:
            file.write(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE))
        return self._save(file, reader, before)

    @property
    def _checkpoint(self) -> Path:
        return self.out.with_name(f"{self.out.name}.checkpoint")

    def _identity(self) -> Json:
        status = self.dump.stat()
        return {"dump": self.dump.name, "size": status.st_size, "changed": status.st_mtime_ns}

    def _kept(self) -> dict[str, Any]:
        """The checkpoint, if it is of this very dump and its lines are there."""
        identity = self._identity()
        try:
            kept = json.loads(self._checkpoint.read_text(encoding="utf-8"))
            there = self.out.stat().st_size >= kept["written"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        same = all(kept.get(name) == value for name, value in identity.items())
        return dict(kept) if same and there else {}

    def _save(self, file: BinaryIO, reader: WikidataDump, before: int) -> dict[str, Any]:
        file.flush()
        os.fsync(file.fileno())
        state = {
            **self._identity(),
            "position": reader.position,
            "written": file.tell(),
            "found": before + reader.found,
            "ending": reader.ending.value if reader.ending else None,
            "why": reader.why,
            "report": reader.report.as_json(),
        }
        new = self._checkpoint.with_name(f"{self._checkpoint.name}.new")
        new.write_text(json.dumps(state), encoding="utf-8")
        os.replace(new, self._checkpoint)
        return state
