"""Every file that a release offers for download, in the order a reader meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from twingraph.rdf.terms import Description
from twingraph.release import parquet
from twingraph.release.content import Content
from twingraph.release.csv_zip import write_csv_zip
from twingraph.release.dumps import dumps
from twingraph.release.exporter import Exporter, Observer, RecordExporter, export
from twingraph.release.geojson import write_geojson
from twingraph.release.graphml import write_graphml
from twingraph.release.parallel import beside, cores, without_collector
from twingraph.release.sssom import write_decisions, write_sssom
from twingraph.release.tables import tables
from twingraph.release.void import Statistics

_ALL_PARQUET: Final = "tables/*.parquet"
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
        *(_parquet() if parquet.available() else ()),
    )


def _parquet() -> Iterable[Exporter]:
    for table in tables(()):
        yield RecordExporter(
            f"tables/{table.name}.parquet",
            f"{table.title} (Parquet)",
            "application/vnd.apache.parquet",
            parquet.write_parquet(table.name),
        )


def exports() -> tuple[Exporter, ...]:
    """Every file that can be written here."""
    return (*dumps(), *of_tables())


def left_out() -> str | None:
    """What cannot be written here, and what to do about it."""
    if parquet.available():
        return None
    return f"left out: {_ALL_PARQUET}; to have them: pip install 'twingraph[parquet]'"


def write_exports(
    folder: Path,
    content: Content,
    begun: Callable[[str], object] = lambda _: None,
    observer: Observer | None = None,
) -> Statistics:
    """Write every file into a folder; the tables of a large view in a process beside, where there
    is a second core. `begun` is told the names of files as their writing begins, and the `observer`
    the descriptions of the default graph.

    Returns the counts of the default graph.
    """
    counted = Statistics()

    def observe(descriptions: Sequence[Description]) -> None:
        counted.add_all(descriptions)
        if observer:
            observer(descriptions)

    def write_tables() -> None:
        export(folder, content, others)

    others = of_tables()
    apart = cores() > 1 and sum(map(len, content.view.things.values())) >= _SMALL
    names = _names(others)
    with without_collector(), beside(names, write_tables) if apart else nullcontext():
        begun(_names(dumps()))
        export(folder, content, dumps(), observe)
        begun(names)
        if not apart:
            write_tables()
    return counted


def _names(some: Sequence[Exporter]) -> str:
    names = [_ALL_PARQUET if one.name.startswith("tables/") else one.name for one in some]
    return ", ".join(dict.fromkeys(names))
