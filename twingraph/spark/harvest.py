"""Wikidata's JSON dump on Spark: the claims that `harvest wikidata-dump` makes on one machine.

    lines ─► items that state something ─► what they name ─► places ─► pairs ─► records
             bytes, then JSON               broadcast          shuffle   shuffle  shuffle

Spark drops the lines without `"P190"` before Python sees them; of the others entity and statements
are read at once. The items that are only named are looked up by their ids, which are broadcast, in
a second pass over the dump. Then what Wikidata says of a few hundred thousand items is left: pairs
are collapsed, and towns described, each where all of one place is.

A dump in bzip2 is read by many tasks at once; gzip and Zstandard cannot be entered in the middle,
so that one task reads all of it: unpack such a dump, or take the one in bzip2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from twingraph.errors import UsageError, file_errors
from twingraph.model.records import Evidence, Record, Source
from twingraph.sources.harvested import as_line
from twingraph.sources.wikidata import entities as reader
from twingraph.sources.wikidata import links, places, twinning
from twingraph.sources.wikidata.authorities import Authorities
from twingraph.sources.wikidata.dump import slim
from twingraph.sources.wikidata.entities import Entity, is_item
from twingraph.sources.wikidata.harvest import day_in, named, scope_of
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import Items, PartnerLink, number
from twingraph.sources.wikidata.report import Findings
from twingraph.spark.rows import (
    EVERYONE,
    PackedRow,
    by_partition,
    pack,
    row_by_row,
    spread,
    to_rows,
    unpack,
)
from twingraph.spark.session import located, spark_errors, why

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Broadcast
    from pyspark.sql import DataFrame, SparkSession

Progress = Callable[[str], None]

_NEEDLE: Final = '"P190"'
_BEGINS: Final = r'^\s*\{"type":"item","id":"(Q\d+)"'
"""So every item's line begins."""
_HEAD: Final = 64
"""So many characters of a line hold its beginning."""


class About(NamedTuple):
    """What the driver keeps of an item that was read: some 250 bytes."""

    located_in: tuple[str, ...]
    countries: tuple[str, ...]
    named: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class ItemIndex:
    """What every task must know of all items.

    `place` and `communes` are of items that are one place with others, `about` is of all that were
    read, `countries` are items of countries.
    """

    partitions: int
    curated: CuratedKeys
    scope: frozenset[str] | None
    place: Mapping[str, str]
    communes: frozenset[str]
    about: Mapping[str, About]
    countries: Mapping[str, Entity]

    def home(self, item: str) -> int:
        """Where all of an item's place is."""
        return spread(self.place.get(item, item), self.partitions)


@dataclass
class Made:
    """What was found, and how many there are of what."""

    report: Findings = field(default_factory=Findings)
    towns: int = 0
    placed: int = 0
    partnerships: int = 0

    def summary(self, path: Path) -> str:
        """A line for the person who ran it."""
        counts = f"{self.towns:,} towns ({self.placed:,} with coordinates)"
        return f"{path}: {counts}, {self.partnerships:,} partnerships"


def harvest(
    spark: SparkSession,
    dump: str,
    out: Path,
    source: Source,
    progress: Progress = lambda _: None,
    *,
    countries: Collection[str] = (),
    towns: Collection[str] = (),
    known: CuratedKeys | None = None,
    partitions: int | None = None,
) -> Made:
    """Write a source's claims to a file, whole or not at all, as `write_claims` would.

    `dump` is any path that Spark can read. Raises UsageError where it cannot, or is cut off.
    """
    made = _Harvest(spark, str(located(spark, dump)), progress, partitions)
    with spark_errors(), closing(made):
        scope = made.read(countries, towns)
        lines = made.lines(known or CuratedKeys(), scope)
        complete = scope is None
        return made.write(lines, out, source, complete)


class _Harvest:
    def __init__(
        self, spark: SparkSession, dump: str, progress: Progress, partitions: int | None
    ) -> None:
        self._spark, self._dump, self._progress = spark, dump, progress
        parallel = int(spark.sparkContext.defaultParallelism)
        self._partitions = partitions or max(2 * parallel, 4)
        spark.conf.set("spark.sql.shuffle.partitions", str(self._partitions))
        self._kept: list[DataFrame] = []
        self.report = Findings()
        self.about: dict[str, About] = {}

    def close(self) -> None:
        # As in a build: see there.
        with suppress(Exception):
            for frame in self._kept:
                frame.unpersist()

    def read(self, countries: Collection[str], towns: Collection[str]) -> frozenset[str] | None:
        """Read the items that state something, and those that they name."""
        self._progress("looking for twinned items")
        stating = self._keep(self._stating())
        array = self._learn(stating)
        if array == {"["}:
            raise UsageError(f"{self._dump} is cut off: the array is not closed, no ] at the end")
        if not self.about and not array:
            raise UsageError(f"{self._dump} is cut off: it is empty")
        wanted = {item for about in self.about.values() for item in about.named} - self.about.keys()
        self._progress(f"looking for {len(wanted):,} items that they name")
        naming = self._keep(self._naming(wanted))
        self._learn(naming)
        self._entities = stating.unionAll(naming).where("kind = 'entities'")
        scope = scope_of({i: a.countries for i, a in self.about.items()}, countries, towns)
        return None if scope is None else frozenset(scope)

    def _keep(self, frame: DataFrame) -> DataFrame:
        from pyspark import StorageLevel

        kept = frame.persist(StorageLevel.DISK_ONLY)
        self._kept.append(kept)
        return kept

    def _text(self) -> DataFrame:
        return self._spark.read.text(self._dump)

    def _stating(self) -> DataFrame:
        from pyspark.sql import functions as f

        value = f.col("value")
        # What opens and closes the array says whether the dump is whole.
        wanted = value.contains(_NEEDLE) | f.trim(f.substring(value, 1, 4)).isin("[", "]")
        return _items(self._text().where(wanted))

    def _naming(self, wanted: Collection[str]) -> DataFrame:
        from pyspark.sql import functions as f

        ids = self._spark.createDataFrame([(item,) for item in sorted(wanted)], "id string")
        head = f.substring(f.col("value"), 1, _HEAD)
        lines = self._text().withColumn("id", f.regexp_extract(head, _BEGINS, 1))
        found = lines.join(f.broadcast(ids), "id", "left_semi").select("value")
        return _items(found)

    def _learn(self, frame: DataFrame) -> set[str]:
        """Keep what the driver must know of a pass's items; the ends of the array come back."""
        array: set[str] = set()
        try:
            rows = frame.where(f"to = {EVERYONE}").collect()
        except Exception as error:
            raise UsageError(f"{self._dump} cannot be read: {why(error)}") from error
        for row in rows:
            about, report, marks = unpack(row.data)
            self.about.update(about)
            # Each item is described once: what a second line of it says counts alone.
            self.report.update(report)
            array |= marks
        return array

    def lines(self, curated: CuratedKeys, scope: frozenset[str] | None) -> DataFrame:
        """The lines of all records and evidence, with what they are sorted by."""
        self._progress("collapsing pairs")
        above = self._above()
        communes = places.ends(above)
        place = links.with_places(communes, curated.authorities)
        named_countries = {c for about in self.about.values() for c in about.countries}
        known = self._spark.sparkContext.broadcast(
            ItemIndex(
                partitions=self._partitions,
                curated=curated,
                scope=scope,
                place=place,
                communes=frozenset(communes.values()),
                about=self.about,
                countries=self._read(named_countries),
            )
        )
        stated = row_by_row(self._entities, lambda row: _stated(row, known.value))
        collapsed = by_partition(stated, lambda to, rows: _collapsed(to, rows, known.value))
        # The items come again, to meet the links of their place.
        collapsed = self._keep(collapsed)
        towns = row_by_row(self._entities, lambda row: _to_places(row, known.value))
        described = by_partition(
            collapsed.where("kind = 'links'").unionAll(towns),
            lambda to, rows: _described(to, rows, known.value),
        )
        self._made = self._keep(
            collapsed.where("kind in ('lines', 'made')")
            .unionAll(described)
            .where(f"to = {EVERYONE}")
        )
        return self._made

    def _above(self) -> dict[str, str]:
        """Of items that are one place with what they are located in: that."""
        number_ = self._partitions
        ids = self._spark.sparkContext.broadcast(frozenset(self.about))
        children = row_by_row(self._entities, lambda row: _children(row, number_, ids))
        met = by_partition(children, _same_places)
        found: dict[str, tuple[int, str]] = {}
        for row in met.where(f"to = {EVERYONE}").collect():
            for item, order, parent in unpack(row.data):
                if item not in found or order < found[item][0]:
                    found[item] = (order, parent)
        return {item: parent for item, (_, parent) in found.items()}

    def _read(self, wanted: set[str]) -> dict[str, Entity]:
        """Some entities, to be known to all."""
        ids = self._spark.sparkContext.broadcast(frozenset(wanted))
        rows = row_by_row(self._entities, lambda row: _some(row, ids)).collect()
        return {one.id: one for row in rows for one in unpack(row.data)}

    def write(self, lines: DataFrame, out: Path, source: Source, complete: bool) -> Made:
        """Write the lines in the order of a harvest, through a file beside."""
        self._progress(f"writing {out}")
        made = Made(self.report)
        parts = lines.where("kind = 'made'").collect()
        for row in parts:
            more = unpack(row.data)
            made.report.update(more.report)
            for name in ("towns", "placed", "partnerships"):
                setattr(made, name, getattr(made, name) + getattr(more, name))
        in_order = (
            lines.where("kind = 'lines'")
            .mapInArrow(_unpacked, "part int, key string, number int, line binary")
            .orderBy("part", "key", "number")
        )
        beside = out.with_name(f".{out.name}.new")
        with file_errors(out, "written"):
            out.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(as_line("source", replace(source, complete=complete), []))
                for line in in_order.select("line").toLocalIterator():
                    file.write(line.line)
            beside.replace(out)
        return made


class HarvestLine(NamedTuple):
    """A line of a harvest and where it stands: by its part, a key and a number. The records come
    first, then what was read of the items, then what the partnerships were read from."""

    part: int
    key: str
    number: int
    line: bytes


def _of_record(record: Record) -> HarvestLine:
    return HarvestLine(1, " ".join(record.ref), 0, as_line(type(record).__name__, record, []))


def _of_evidence(evidence: Iterable[Evidence], part: int, key: str) -> Iterator[HarvestLine]:
    for count, one in enumerate(evidence):
        yield HarvestLine(part, key, count, as_line("evidence", one, []))


def _unpacked(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    names = list(HarvestLine._fields)
    types = (pa.int32(), pa.string(), pa.int32(), pa.binary())
    for batch in batches:
        for data in batch.column("data").to_pylist():
            columns = zip(*unpack(data), strict=True)
            arrays = [pa.array(c, t) for c, t in zip(columns, types, strict=False)]
            if arrays:
                yield pa.record_batch(arrays, names=names)


def day_of(spark: SparkSession, dump: str) -> str:
    """The day a dump was made: the one in its name, or of its file. Raises UsageError for a file
    that cannot be read."""
    context: Any = spark.sparkContext
    path = located(spark, dump)
    if day := day_in(path.getName()):
        return day
    try:
        files = path.getFileSystem(context._jsc.hadoopConfiguration())
        changed = files.getFileStatus(path).getModificationTime()
    except Exception as error:
        raise UsageError(f"{dump} cannot be read: {why(error)}") from error
    return datetime.fromtimestamp(changed / 1000, UTC).date().isoformat()


# --- the items ------------------------------------------------------------------------------------


def _items(lines: DataFrame) -> DataFrame:
    """The items of lines of a dump: cut down, packed, and what the driver must know of them."""
    return to_rows(lines.selectExpr("cast(value as binary)"), _read_items)


def _read_items(batches: Iterator[pa.RecordBatch]) -> Iterator[PackedRow]:
    about: dict[str, About] = {}
    report, marks = Findings(), set[str]()
    held: list[Entity] = []
    for batch in batches:
        for data in batch.column(0).to_pylist():
            line = data.strip(b" \t\r\n,")
            if line in (b"[", b"]", b""):
                marks.add(line.decode())
                continue
            entity = _entity(line, report)
            if entity is not None:
                about[entity.id] = _about(entity)
                held.append(entity)
        if len(held) > _HELD:
            yield PackedRow(0, "entities", pack(held))
            held = []
    if held:
        yield PackedRow(0, "entities", pack(held))
    yield PackedRow(EVERYONE, "about", pack((about, report, marks)))


_HELD: Final = 500
"""So many items are packed together."""


def _entity(line: bytes, report: Findings) -> Entity | None:
    """The item of a line; what is none is counted, as in `WikidataDump`."""
    shown = line[:60].decode("utf-8", "replace")
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        report.add("broken-line", f"{shown}: {error}")
        return None
    if not isinstance(document, dict):
        report.add("broken-entity", f"{shown}: no object")
    elif not is_item(document.get("id")):
        report.add("not-an-item", f"{document.get('id')!r}"[:100])
    else:
        entity = reader.read(slim(document))
        report.update(Findings(entity.findings))
        return entity
    return None


def _about(entity: Entity) -> About:
    return About(
        entity.located_in,
        entity.countries,
        tuple(dict.fromkeys(named(entity))),
        links.name_of(entity),
    )


# --- places: the settlement and its commune -------------------------------------------------------


def _children(
    row: PackedRow, partitions: int, ids: Broadcast[frozenset[str]]
) -> Iterator[PackedRow]:
    """Each item to where it is, and to where what it is located in is."""
    shelves: dict[int, list[tuple[str | None, int, Entity]]] = defaultdict(list)
    for entity in unpack(row.data):
        shelves[spread(entity.id, partitions)].append((None, 0, entity))
        for order, parent in enumerate(entity.located_in):
            if parent in ids.value:
                shelves[spread(parent, partitions)].append((parent, order, entity))
    for to, held in shelves.items():
        yield PackedRow(to, "children", pack(held))


def _same_places(_: int, rows: Iterable[PackedRow]) -> Iterator[PackedRow]:
    there: dict[str, Entity] = {}
    children: list[tuple[str, int, Entity]] = []
    for row in rows:
        for parent, order, entity in unpack(row.data):
            if parent is None:
                there[entity.id] = entity
            else:
                children.append((parent, order, entity))
    same = [
        (child.id, order, parent)
        for parent, order, child in children
        if parent in there and places.is_same(child, there[parent])
    ]
    yield PackedRow(EVERYONE, "same", pack(same))


def _some(row: PackedRow, ids: Broadcast[frozenset[str]]) -> Iterator[PackedRow]:
    held = [entity for entity in unpack(row.data) if entity.id in ids.value]
    if held:
        yield PackedRow(EVERYONE, "some", pack(held))


# --- pairs ----------------------------------------------------------------------------------------


def _stated(row: PackedRow, known: ItemIndex) -> Iterator[PackedRow]:
    """The statements of items, each to where its two places are."""
    report = Findings()
    shelves: dict[int, list[Any]] = defaultdict(list)
    for entity in unpack(row.data):
        one = Items({entity.id: entity})
        stated = links.stated(one, known.place, report, known.scope)
        for order, (ends, pair, statement) in enumerate(stated):
            place = (number(entity.id), order)
            shelves[spread(" ".join(ends), known.partitions)].append((ends, pair, place, statement))
    for to, held in shelves.items():
        yield PackedRow(to, "statements", pack(held))
    yield PackedRow(EVERYONE, "made", pack(Made(report)))


def _collapsed(_: int, rows: Iterable[PackedRow], known: ItemIndex) -> Iterator[PackedRow]:
    """One link for each two places: its records, and itself to where each of the two is."""
    groups: dict[links.Pair, links.Group] = defaultdict(dict)
    # In the order of the items that state them.
    for ends, pair, _, statement in sorted(
        (one for row in rows for one in unpack(row.data)), key=lambda one: one[2]
    ):
        groups[ends].setdefault(pair, []).append(statement)
    made = Made()
    maker = twinning.Partnerships(known.curated, made.report)
    lines: list[HarvestLine] = []
    shelves: dict[int, list[PartnerLink]] = defaultdict(list)
    for ends in sorted(groups):
        link = links.link_of(groups[ends], known.place, known.communes, known.about, made.report)
        records, evidence = maker.make(link)
        made.partnerships += 1
        lines += map(_of_record, records)
        lines += _of_evidence(evidence, 3, records[0].key)
        for to in {known.home(item) for item in link.pair}:
            shelves[to].append(link)
    for to, held in shelves.items():
        yield PackedRow(to, "links", pack(held))
    yield PackedRow(EVERYONE, "lines", pack(lines))
    yield PackedRow(EVERYONE, "made", pack(made))


# --- towns ----------------------------------------------------------------------------------------


def _to_places(row: PackedRow, known: ItemIndex) -> Iterator[PackedRow]:
    """The items, each to where all of its place is."""
    shelves: dict[int, list[Entity]] = defaultdict(list)
    for entity in unpack(row.data):
        shelves[known.home(entity.id)].append(entity)
    for to, held in shelves.items():
        yield PackedRow(to, "entities", pack(held))


def _described(to: int, rows: Iterable[PackedRow], known: ItemIndex) -> Iterator[PackedRow]:
    """The authorities whose places are here, with the revisions that their items were read in."""
    own: dict[str, Entity] = {}
    found: list[PartnerLink] = []
    for row in rows:
        if row.kind == "links":
            found += unpack(row.data)
        else:
            own.update((entity.id, entity) for entity in unpack(row.data))
    found.sort(key=lambda link: tuple(map(number, link.pair)))
    made = Made()
    # Of items of other places no more is asked than what they are located in.
    others = {item for link in found for pair in link.doubled for item in pair} - own.keys()
    located = {
        item: Entity(item, located_in=known.about[item].located_in)
        for item in others
        if item in known.about
    }
    maker = Authorities(Items({**known.countries, **located, **own}), known.curated, made.report)
    here = {
        key: items
        for key, items in maker.by_key(found).items()
        if known.home(key if key in own or is_item(key) else min(items, key=number)) == to
    }
    authorities = [maker.authority(key, here[key]) for key in sorted(here)]
    links.count_same_names(
        found,
        {item: about.name for item, about in known.about.items()},
        made.report,
        lambda item: known.home(item) == to,
    )
    made.towns = len(authorities)
    made.placed = sum(authority.point is not None for authority in authorities)
    lines = list(map(_of_record, authorities))
    for evidence in maker.revisions(authorities, known.scope):
        lines += _of_evidence((evidence,), 2, evidence.subject.key)
    yield PackedRow(EVERYONE, "lines", pack(lines))
    yield PackedRow(EVERYONE, "made", pack(made))
