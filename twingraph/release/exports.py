"""Every file that a release offers for download, in the order a reader meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from twingraph.rdf.chunks import some_at_a_time
from twingraph.release import parquet
from twingraph.release.content import Content
from twingraph.release.csv_zip import write_csv_zip
from twingraph.release.dumps import dumps
from twingraph.release.exporter import Archive, Exporter, Observer, RecordExporter, export
from twingraph.release.files import File
from twingraph.release.geojson import write_geojson
from twingraph.release.graphml import write_graphml
from twingraph.release.parallel import beside, cores
from twingraph.release.sssom import write_decisions, write_sssom
from twingraph.release.tables import tables

_TABLES: Final = "tables/"
_ALL_PARQUET: Final = f"{_TABLES}*.parquet"
_SMALL: Final = 5_000
"""So many records are written before another process has even begun."""


def of_tables() -> tuple[Exporter, ...]:
    """The same for people who do not speak RDF; those in Parquet need pyarrow."""
    return (
        RecordExporter(
            "twingraph.csv.zip", "Tables (CSV), for spreadsheets", "text/csv", write_csv_zip
        ),
        RecordExporter(
            "twingraph.geojson", "GeoJSON, for maps", "application/geo+json", write_geojson
        ),
        RecordExporter(
            "twingraph.graphml", "GraphML, for networks", "application/graphml+xml", write_graphml
        ),
        RecordExporter(
            "twingraph.sssom.tsv",
            "Names of project partners and their Wikidata items (SSSOM)",
            "text/tab-separated-values",
            write_sssom,
        ),
        RecordExporter(
            "twingraph.towns.sssom.tsv",
            "Towns and their Wikidata items, with who decided (SSSOM)",
            "text/tab-separated-values",
            write_decisions,
        ),
        *((tables_in_parquet(),) if parquet.available() else ()),
    )


def tables_in_parquet() -> Archive:
    """The tables in Parquet: a file each, to be read where it lies, and one that has them all, to
    be listed and taken. A dozen files for one form of the data would be a dozen distributions."""
    kind = "application/vnd.apache.parquet"
    each = [
        RecordExporter(
            f"{_TABLES}{table.name}.parquet", table.title, kind, parquet.write_parquet(table.name)
        )
        for table in tables(())
    ]
    title = "Tables (Parquet), with typed columns; the towns as GeoParquet"
    return Archive("twingraph.parquet.zip", title, kind, each)


def exports() -> tuple[Exporter, ...]:
    """Every file that can be written here."""
    return (*dumps(), *of_tables())


def left_out() -> str | None:
    """What cannot be written here, and what to do about it."""
    if parquet.available():
        return None
    return f"left out: {_ALL_PARQUET}; to have them: pip install 'twingraph[parquet]'"


@contextmanager
def written_exports(
    folder: Path,
    content: Content,
    begun: Callable[[str], object] = lambda _: None,
    observer: Observer | None = None,
) -> Iterator[list[File]]:
    """Write every file into a folder: all are there when the block ends, and the list has them, in
    the order of `exports`. The block begins when the `observer` has been told the descriptions of
    the default graph; an error in it ends all. `begun` is told the names of files as their writing
    begins.

    Where there is a second core, what a large view needs the graph for is written in a process
    beside: two walks side by side take less time than one that does all.
    """
    files: list[File] = []
    apart = cores() > 1 and sum(map(len, content.view.things.values())) >= _SMALL
    here, there = _shared_out() if apart else (exports(), ())
    if apart:
        begun(_names(there))
        with beside(_names(there), lambda: _written(folder, content, there)) as job:
            if observer:
                for descriptions in some_at_a_time(content.default()):
                    observer(descriptions)
            yield files
            begun(_names(here))
            files += _written(folder, content, here)
        files += job.result
    else:
        begun(_names(here))
        files += _written(folder, content, here, observer)
        yield files
    order = [one.name for one in exports()]
    files.sort(key=lambda file: order.index(file.name))


def _shared_out() -> tuple[tuple[Exporter, ...], tuple[Exporter, ...]]:
    """What is written by whoever checks the graph, and by the other: each takes as long."""
    others = of_tables()
    parquets = tuple(one for one in others if isinstance(one, Archive))
    return tuple(one for one in others if one not in parquets), (*dumps(), *parquets)


def _written(
    folder: Path,
    content: Content,
    exporters: Sequence[Exporter],
    observer: Observer | None = None,
) -> list[File]:
    export(folder, content, exporters, observer)
    return [File.of(folder, one) for one in exporters]


def _names(some: Sequence[Exporter]) -> str:
    also = {True: f", {_ALL_PARQUET}", False: ""}
    return ", ".join(f"{one.name}{also[isinstance(one, Archive)]}" for one in some)
