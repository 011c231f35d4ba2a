"""Every file that a release offers for download, in the order a reader meets them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from twingraph.release import parquet
from twingraph.release.csv_zip import write_csv_zip
from twingraph.release.dumps import DUMPS, Content, Dump
from twingraph.release.export_run import write_dumps
from twingraph.release.geojson import write_geojson
from twingraph.release.graphml import write_graphml
from twingraph.release.parallel import Begun, Job, cores, run
from twingraph.release.tables import tables
from twingraph.release.void import Statistics

TABLES: Final = (
    Dump("twingraph.csv.zip", "Tables (CSV), for spreadsheets", "text/csv", write_csv_zip),
    Dump("twingraph.geojson", "GeoJSON, for maps", "application/geo+json", write_geojson),
    Dump("twingraph.graphml", "GraphML, for networks", "application/graphml+xml", write_graphml),
)
"""The same for people who do not speak RDF."""

_ALL_PARQUET: Final = "tables/*.parquet"

PARQUET: Final = tuple(
    Dump(
        f"tables/{table.name}.parquet",
        f"{table.title} (Parquet)",
        "application/vnd.apache.parquet",
        parquet.write_parquet(table.name),
    )
    for table in tables(())
)
"""The tables with typed columns: they need pyarrow."""


def exports() -> tuple[Dump, ...]:
    """Every file that can be written here."""
    return (*DUMPS, *_tables())


def left_out() -> str | None:
    """What cannot be written here, and what to do about it."""
    if parquet.available():
        return None
    return f"left out: {_ALL_PARQUET}; to have them: pip install 'twingraph[parquet]'"


_SMALL: Final = 5_000
"""So many records are written before other processes have even begun."""


def write_exports(folder: Path, content: Content, begun: Begun = lambda _: None) -> Statistics:
    """Write every file into a folder; those of a large view side by side, on all cores.

    Returns the counts of the default graph.
    """
    # What takes longest begins first.
    dumps = Job(_told(DUMPS), partial(write_dumps, folder, content, DUMPS))
    others = Job(_told(_tables()), partial(_write, _tables(), folder, content))
    large = sum(map(len, content.view.things.values())) >= _SMALL
    came_to = run([dumps, others], cores() if large else 1, begun)
    counted: Statistics = came_to[dumps.name]
    return counted


def _told(some: Sequence[Dump]) -> str:
    names = [_ALL_PARQUET if export in PARQUET else export.name for export in some]
    return ", ".join(dict.fromkeys(names))


def _tables() -> tuple[Dump, ...]:
    return (*TABLES, *(PARQUET if parquet.available() else ()))


def _write(some: Sequence[Dump], folder: Path, content: Content) -> None:
    """In one process, since all look up the same, and reading pyarrow in takes a while."""
    for export in some:
        export.write_to(folder, content)
