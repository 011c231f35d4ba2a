"""A release of what a job of Spark wrote: its parts put together, and described.

The parts are copied as they are, in memory that does not grow with them: gzip's members may follow
one another (RFC 1952, section 2.2), the tables go from file to file some thousand rows at a time.
Everything was counted in the job, and stands in the manifest. Only the results of the check are
read whole, some 300 bytes each.

Left out is what needs all things at once: Turtle, JSON-LD and TriG, CSV, GeoJSON, GraphML and
SSSOM, the quality report. The order of the statements is that of the parts.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from twingraph import resources
from twingraph.build import write_rules
from twingraph.errors import UsageError, file_errors
from twingraph.model.records import Dataset, View
from twingraph.rdf.triples import NQUADS, NTRIPLES
from twingraph.release import parquet
from twingraph.release.catalogue import write_catalogue
from twingraph.release.content import Content
from twingraph.release.exports import exports, tables_in_parquet
from twingraph.release.files import File
from twingraph.release.history import ReleaseEntry, current
from twingraph.release.outline import ViewOutline
from twingraph.release.pages.editions import QUALITY, WIKIDATA, write_style
from twingraph.release.pages.landing import write_landing
from twingraph.release.publish import publish, staging
from twingraph.release.shacl_reports import TITLES, write_shacl_reports
from twingraph.release.tables import Table, tables
from twingraph.release.version_naming import seal_release
from twingraph.release.void import write_void
from twingraph.shacl import shapes
from twingraph.shacl.listing_queries import listings
from twingraph.shacl.report import Result, ValidationReport
from twingraph.spark.manifest import MANIFEST, Manifest, result_of

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[str], None]

GRAPHS: Final = {NTRIPLES: ("triples",), NQUADS: ("triples", "quads")}
"""The dumps, and the parts that each is put together of."""


@dataclass(frozen=True)
class Parts:
    """What a job wrote, in a folder of this machine, or that it can read like one."""

    folder: Path
    manifest: Manifest

    @classmethod
    def read(cls, place: Path) -> Parts:
        """What a manifest, or the folder that it is in, says. Raises UsageError where it cannot be
        read, or is not as a job writes it, and where a file of it is not there, or of another
        size."""
        path = place / MANIFEST if place.is_dir() else place
        with file_errors(path):
            text = path.read_text("utf-8")
        try:
            manifest = Manifest.of(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UsageError(f"{path} is not as a job of Spark writes it: {error!r}") from error
        folder = path.parent / manifest.folder
        for name, size in manifest.files.items():
            file = folder / name
            if not file.is_file() or file.stat().st_size != size:
                raise UsageError(f"{file} is not there whole: bring all of {folder} here")
        return cls(folder, manifest)

    def of_graph(self, kind: str) -> list[Path]:
        """The compressed lines of the default graph (triples), or of the sources' (quads)."""
        return self._files(f"graphs/graph={kind}/")

    def of_table(self, name: str) -> list[Path]:
        """The parts of a table."""
        return self._files(f"tables/{name}/")

    def results(self) -> Iterator[Result]:
        """The results of the check, in the order of a report."""
        known = shapes.load(resources.folder("shapes"), self.manifest.dataset.base)
        with (self.folder / "results.jsonl").open("rb") as lines:
            for line in lines:
                yield result_of(orjson.loads(line), known)

    def _files(self, start: str) -> list[Path]:
        return [self.folder / name for name in self.manifest.files if name.startswith(start)]


def release(place: Path, out: Path, progress: Progress = lambda _: None) -> str:
    """Make a release of the parts that a manifest names, and make it the current one at `out`.

    Returns its name. Raises UsageError for parts that are not whole, and where there is a release
    already: what is gone since would not be known to this one.
    """
    parts = Parts.read(place)
    manifest = parts.manifest
    with staging(out) as folder:
        before = current(out)
        written = list(_write(folder, parts, progress))
        progress("writing the report of the check")
        report = _report(parts)
        write_shacl_reports(folder, report, manifest.dataset.base, manifest.dataset.download_base)
        write_rules(folder)
        outline = ViewOutline(
            manifest.dataset,
            {source.key: source for source in manifest.sources},
            manifest.counts,
            manifest.covered,
        )
        progress("describing the files for portals and people")
        files = [File.of(folder, export) for export in exports() if export.name in written]
        described = partial(_describe, folder, outline, manifest, files)
        name = seal_release(folder, outline, None, described, files=files)
        if before is not None and before.entry.name != name:
            raise UsageError(
                f"{out} has a release already, {before.entry.name}: what is gone since would not "
                "be known; name another --out"
            )
        publish(folder, out, name)
    return name


def _write(folder: Path, parts: Parts, progress: Progress) -> Iterator[str]:
    """Put the files together; their names come back."""
    for name, kinds in GRAPHS.items():
        progress(f"writing {name}")
        with (folder / name).open("wb") as out:
            for kind in kinds:
                for part in parts.of_graph(kind):
                    with part.open("rb") as file:
                        shutil.copyfileobj(file, out, 1 << 20)
        yield name
    if not parquet.available():
        progress("left out: tables/*.parquet; to have them: pip install 'twingraph[parquet]'")
        return
    progress("writing tables/*.parquet")
    (folder / "tables").mkdir()
    covered, dataset = parts.manifest.covered, parts.manifest.dataset
    for table in tables(dataset.languages):
        schema = parquet.schema_of(table, dataset, covered)
        name = f"tables/{table.name}.parquet"
        with (folder / name).open("wb") as out:
            parquet.write_batches(_batches(parts, table, schema), schema, out)
    archive = tables_in_parquet()
    archive.pack(folder)
    yield archive.name


def _batches(parts: Parts, table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import parquet as pq

    for path in parts.of_table(table.name):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                columns = [
                    column.cast(field.type)
                    for column, field in zip(batch.columns, schema, strict=True)
                ]
                yield pa.record_batch(columns, schema=schema)


def _report(parts: Parts) -> ValidationReport:
    results = tuple(parts.results())
    base = parts.manifest.dataset.base
    counts = Counter(result.shape for result in results)
    known = shapes.load(resources.folder("shapes"), base)
    # Only queries that are sure without the graph.
    queries = listings([], known, counts, {})
    return ValidationReport(results, f"{base}shacl-report", {}, queries)


def _describe(
    folder: Path,
    outline: ViewOutline,
    manifest: Manifest,
    files: Sequence[File],
    before: Sequence[ReleaseEntry],
    about: Dataset,
) -> None:
    outline = replace(outline, dataset=about)
    content = Content(View(about, {}, ()))
    write_void(folder, content, files, manifest.statistics, TITLES)
    write_catalogue(folder, outline, files, (), before, TITLES)
    write_landing(folder, outline, files, (QUALITY, WIKIDATA))
    write_style(folder)
