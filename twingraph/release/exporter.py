"""The exporter protocol: how every file that a release offers is written, dumps and tables alike.

    begin(content, out)    a file is open: write what stands first
    feed(descriptions)     some descriptions of the default graph, in its order; again and again
    finish()               write what stands last

The graph is walked once for all exporters (`export`), since a walk costs as much as writing a
format of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Protocol, cast
from zipfile import ZipFile

from isal import igzip

from twingraph.rdf.chunks import GraphWriter, some_at_a_time
from twingraph.rdf.terms import Description
from twingraph.release.content import Content

_LEVEL: Final = 2
"""ISA-L's own choice: a tenth of the time of zlib's level 6, for files a third larger."""

_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16


class Exporter(Protocol):
    """A file of the release.

    `name` is its path below the release; one that ends in .gz is compressed. `title` is what it is
    good for, in English. `media_type` is of the content, before a `.gz` or `.zip` is put around
    it. Where `extends` names another exporter, all that one writes stands in this file too, first.
    """

    name: str
    title: str
    media_type: str
    extends: str

    def begin(self, content: Content, out: BinaryIO) -> None:
        """Take the file to write to."""

    def feed(self, descriptions: Sequence[Description]) -> None:
        """Write, or count, some descriptions of the default graph."""

    def finish(self) -> None:
        """Write the rest."""


class GraphExporter:
    """A dump that holds the default graph alone: `writer` makes what writes its format."""

    extends = ""

    def __init__(
        self, name: str, title: str, media_type: str,
        writer: Callable[[Content, BinaryIO], GraphWriter],
    ) -> None:  # fmt: skip
        self.name, self.title, self.media_type = name, title, media_type
        self._new = writer

    def begin(self, content: Content, out: BinaryIO) -> None:
        """Begin the format's writer."""
        self._writer = self._new(content, out)

    def feed(self, descriptions: Sequence[Description]) -> None:
        """Write some descriptions."""
        self._writer.add(descriptions)

    def finish(self) -> None:
        """Write what stands after the last of them."""
        self._writer.end()


class RecordExporter:
    """A file that is written from the records, and not from the walk: a table, a map, a network;
    or what a dataset dump adds to the dump that it extends."""

    def __init__(
        self, name: str, title: str, media_type: str,
        write: Callable[[Content, BinaryIO], None], extends: str = "",
    ) -> None:  # fmt: skip
        self.name, self.title, self.media_type, self.extends = name, title, media_type, extends
        self._write = write

    def begin(self, content: Content, out: BinaryIO) -> None:
        """Keep what to write, and where."""
        self._content, self._out = content, out

    def feed(self, descriptions: Sequence[Description]) -> None:
        """The records are enough."""

    def finish(self) -> None:
        """Write the whole file."""
        self._write(self._content, self._out)


class Archive(RecordExporter):
    """Files of a release that are offered as one: each is written as a file of its own, by the
    exporter that it `holds`, and all of them once more into a zip archive, as they stand there."""

    def __init__(
        self, name: str, title: str, media_type: str, holds: Sequence[RecordExporter]
    ) -> None:
        super().__init__(name, title, media_type, lambda _, out: None)
        self.holds = tuple(holds)

    def pack(self, folder: Path) -> None:
        """Write the archive of the files that are in a release's folder. Same files, same bytes:
        zipfile gives an entry that is opened by its name the first day that zip can write."""
        with ZipFile(folder / self.name, "w") as archive:
            for one in self.holds:
                with archive.open(PurePosixPath(one.name).name, "w") as packed:
                    packed.write((folder / one.name).read_bytes())
            for entry in archive.infolist():
                entry.create_system, entry.external_attr = _UNIX, _READABLE


Observer = Callable[[Sequence[Description]], None]
"""Told the descriptions of the walk as they pass."""


def export(
    folder: Path, content: Content, exporters: Sequence[Exporter], observer: Observer | None = None
) -> None:
    """Write files into a folder, in one walk of the default graph; none where no file is of it.

    An exporter that extends another needs that one beside it.
    """
    archives = [one for one in exporters if isinstance(one, Archive)]
    each = [one for one in exporters if not isinstance(one, Archive)]
    _export(folder, content, [*each, *(one for a in archives for one in a.holds)], observer)
    for archive in archives:
        archive.pack(folder)


def _export(
    folder: Path, content: Content, exporters: Sequence[Exporter], observer: Observer | None
) -> None:
    with ExitStack() as stack:
        files = {one.name: stack.enter_context(opened(folder / one.name)) for one in exporters}
        for one in exporters:
            also = [files[other.name] for other in exporters if other.extends == one.name]
            one.begin(content, _tee(files[one.name], also))
        if observer or any(isinstance(one, GraphExporter) for one in exporters):
            for descriptions in some_at_a_time(content.default()):
                for one in exporters:
                    one.feed(descriptions)
                if observer:
                    observer(descriptions)
        # What others extend comes to its end before they add their own.
        for one in sorted(exporters, key=lambda one: bool(one.extends)):
            one.finish()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file to be written; compressed the same way each time: no name or time stands in it."""
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as out:
        if path.suffix == ".gz":
            with igzip.IGzipFile("", "wb", _LEVEL, out, mtime=0) as packed:  # type: ignore[no-untyped-call]
                yield cast(BinaryIO, packed)
        else:
            yield out


def _tee(file: BinaryIO, others: Sequence[BinaryIO]) -> BinaryIO:
    return cast(BinaryIO, _Tee([file, *others])) if others else file


class _Tee:
    """Several files that are written the same."""

    def __init__(self, files: Sequence[BinaryIO]) -> None:
        self._files = files

    def write(self, data: bytes) -> int:
        """Write the same to each."""
        for file in self._files:
            file.write(data)
        return len(data)
