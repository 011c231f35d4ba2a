"""Every file that a release offers for download, in the order a reader meets them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from twingraph.release import parquet
from twingraph.release.csv_zip import write_csv_zip
from twingraph.release.dumps import DUMPS, Content, Dump
from twingraph.release.geojson import write_geojson
from twingraph.release.graphml import write_graphml
from twingraph.release.side_by_side import Begun, Job, cores, run
from twingraph.release.tables import tables
from twingraph.release.void import Statistics, statistics

TABLES: Final = (
    Dump("twingraph.csv.zip", "Tables (CSV), for spreadsheets", "text/csv", write_csv_zip),
    Dump("twingraph.geojson", "GeoJSON, for maps", "application/geo+json", write_geojson),
    Dump("twingraph.graphml", "GraphML, for networks", "application/graphml+xml", write_graphml),
)
"""The same for people who do not speak RDF."""

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
    return (*DUMPS, *TABLES, *(PARQUET if parquet.available() else ()))


def left_out() -> str | None:
    """What cannot be written here, and what to do about it."""
    if parquet.available():
        return None
    return "left out: tables/*.parquet; to have them: pip install 'twingraph[parquet]'"


_SMALL: Final = 5_000
"""So many records are written before other processes have even begun."""
_COUNTING: Final = "the counts of void.ttl"


def write_exports(folder: Path, content: Content, begun: Begun = lambda _: None) -> Statistics:
    """Write every file into a folder; those of a large view side by side, on all cores.

    Returns the counts of the default graph, which are taken beside it.
    """
    extended = [dump.extends for dump in DUMPS if dump.extends]
    jobs = [
        Job(_told(export), partial(export.write_with_extended, folder, content))
        # What takes longest begins first.
        for export in (*reversed(DUMPS), *TABLES)
        if export not in extended
    ]
    jobs.append(Job(_COUNTING, partial(_counted, content)))
    if parquet.available():
        jobs.insert(1, Job("tables/*.parquet", partial(_write, PARQUET, folder, content)))
    large = sum(map(len, content.view.things.values())) >= _SMALL
    came_to = run(jobs, cores() if large else 1, begun)
    counted: Statistics = came_to[_COUNTING]
    return counted


def _told(export: Dump) -> str:
    return f"{export.extends.name}, {export.name}" if export.extends else export.name


def _counted(content: Content) -> Statistics:
    return statistics(content.default())


def _write(some: Sequence[Dump], folder: Path, content: Content) -> None:
    """In one process, since reading pyarrow in takes longer than many a table."""
    for export in some:
        export.write_to(folder, content)
