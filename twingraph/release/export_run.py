"""All dumps of a release at once: walking the records costs as much as writing a format of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from twingraph.rdf.chunks import some_at_a_time
from twingraph.release.dumps import Content, Dump
from twingraph.release.void import Statistics


def write_dumps(folder: Path, content: Content, dumps: Sequence[Dump]) -> Statistics:
    """Write dumps into a folder, the same as each would be on its own, in one walk of the default
    graph.

    Returns the counts of that graph.
    """
    counted = Statistics()
    with ExitStack() as stack:
        files = {dump: stack.enter_context(dump.opened(folder)) for dump in dumps}
        writers = [
            dump.writer(content, _as_one([files[other] for other in _with_extending(dump, dumps)]))
            for dump in dumps
            if dump.writer
        ]
        for descriptions in some_at_a_time(content.default()):
            for writer in writers:
                writer.add(descriptions)
            for subject, statements in descriptions:
                counted.add(subject, statements)
        for writer in writers:
            writer.end()
        for dump, out in files.items():
            if dump.writer is None:
                dump.own(content, out)
    return counted


def _with_extending(dump: Dump, dumps: Sequence[Dump]) -> list[Dump]:
    return [other for other in dumps if other is dump or other.extends is dump]


def _as_one(files: Sequence[BinaryIO]) -> BinaryIO:
    return files[0] if len(files) == 1 else cast(BinaryIO, _All(files))


class _All:
    """Several files that are written the same."""

    def __init__(self, files: Sequence[BinaryIO]) -> None:
        self._files = files

    def write(self, data: bytes) -> int:
        for file in self._files:
            file.write(data)
        return len(data)
