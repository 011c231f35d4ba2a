"""Apache Spark on two cores of this machine against one process, on synthetic partnerships.

Both read the same harvests, merge, describe, check and write; Spark is given a start of its own
before, which is told apart: of the JVM, its session, and Python's workers. It runs in the
environment of its tests (.venv-spark, see docs/spark.md). What both write is compared, line by
line, sorted.
"""

from __future__ import annotations

import bz2
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from heapq import merge
from pathlib import Path
from typing import Final, NamedTuple

from bench import synthetic
from bench.rows import Row
from twingraph.sources.harvested import write_claims

ROOT: Final = Path(__file__).parent.parent
PYTHON: Final = Path(os.environ.get("TWINGRAPH_SPARK_PYTHON", ROOT / ".venv-spark/bin/python"))
MOST_TIMES: Final = 2.5
CORES: Final = 2


class Took(NamedTuple):
    """Seconds on the wall, and of all processors together."""

    wall: float
    processor: float


def rows(size: int) -> list[Row]:
    """The seconds of both, and whether they wrote the same. Spark's row is left out, with a word on
    standard error, where its environment is not set up."""
    if not PYTHON.exists():
        sys.stderr.write(f"left out: spark (there is no {PYTHON}: run `make spark`)\n")
        return []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _data(folder / "data", size)
        local = _local(folder)
        begun, spark = _spark(folder)
        same = _same(folder)
    what = f"{size:,} partnerships"
    return [
        Row(
            f"Spark local[{CORES}] against one process, {what}, wall",
            spark.wall, local.wall, spark.wall / local.wall,
            f"≤ {MOST_TIMES} ×, the same N-Quads",
            same and spark.wall <= MOST_TIMES * local.wall,
        ),
        Row(
            f"the same, processors' seconds, {what}",
            spark.processor, local.processor, spark.processor / local.processor, "", same,
        ),
        Row("the start of Spark, apart: wall", begun.wall, None, None, "", True),
        Row("the same, processors' seconds", begun.processor, None, None, "", True),
    ]  # fmt: skip


def _data(folder: Path, size: int) -> None:
    """A data folder whose harvests are the synthetic claims."""
    folder.mkdir()
    shutil.copyfile(ROOT / "data" / "dataset.yaml", folder / "dataset.yaml")
    for claims in synthetic.claims(size):
        write_claims(claims, folder / "harvest" / f"{claims.source.key}.jsonl")


def _local(folder: Path) -> Took:
    code = "from twingraph.cli import main; main()"
    command = [sys.executable, "-c", code, "build", "--quiet", "--data", str(folder / "data")]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [*command, "--out", str(folder / "public")],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    took = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(took, used)


def _spark(folder: Path) -> tuple[Took, Took]:
    """The start, and the job after it."""
    script = "import sys; from bench.spark import in_spark; in_spark(*sys.argv[1:])"
    settings = {"PYTHONPATH": str(ROOT), "SPARK_MASTER": f"local[{CORES}]"}
    run = subprocess.run(
        [str(PYTHON), "-c", script, str(folder / "data"), str(folder / "graph")],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **settings},
    )  # fmt: skip
    begun, job = json.loads(run.stdout.splitlines()[-1])
    return Took(*begun), Took(*job)


def in_spark(data: str, out: str) -> None:
    """Measure in this process, and print the seconds of the start and of the job as JSON."""
    from twingraph.spark.build import build
    from twingraph.spark.session import session

    begun, used = time.perf_counter(), _used()
    spark = session()
    # Python's workers begin with the first task that needs one.
    spark.range(CORES).mapInArrow(lambda batches: batches, "id long").collect()
    started, used_by_start = time.perf_counter(), _used()
    build(spark, Path(data), out)
    ended, used_by_job = time.perf_counter(), _used()
    print(
        json.dumps(
            [
                [started - begun, used_by_start - used],
                [ended - started, used_by_job - used_by_start],
            ]
        )
    )


def _used() -> float:
    """Seconds of processors of this process and all below it, those that have ended included."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for pid in _below(os.getpid()):
        try:
            said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, said[11:15])) / ticks
    return total


def _below(pid: int) -> Iterator[int]:
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _below(int(child))


def _same(folder: Path) -> bool:
    """Whether both wrote the same statements."""
    ours = _sorted(folder, [folder / "public" / "twingraph.nq.gz"], "local")
    theirs = _sorted(folder, sorted(folder.glob("graph/parts-*/graphs/*/*.gz")), "spark")
    return all(one == other for one, other in _beside(ours, theirs))


def _beside(one: Iterator[bytes], other: Iterator[bytes]) -> Iterator[tuple[object, object]]:
    while True:
        both = next(one, None), next(other, None)
        if both == (None, None):
            return
        yield both


def _sorted(folder: Path, files: Iterable[Path], name: str) -> Iterator[bytes]:
    """The lines of compressed files, sorted: in pieces on disk, in memory that stays flat."""
    pieces: list[Path] = []
    held: list[bytes] = []

    def keep() -> None:
        piece = folder / f"{name}-{len(pieces)}"
        piece.write_bytes(b"".join(sorted(held)))
        pieces.append(piece)
        held.clear()

    for file in files:
        with gzip.open(file) as lines:
            for line in lines:
                held.append(line)
                if len(held) >= 2_000_000:
                    keep()
    keep()
    yield from merge(*(piece.open("rb") for piece in pieces))


# --- Wikidata's dump ------------------------------------------------------------------------------

REPEATED: Final = 20
"""How often the sample of real items is repeated: 75 MB."""
_SMALL: Final = 300
"""Small items that follow each time: most lines of a dump have no twinning, and are short."""


def dump_rows(shared: Path) -> list[Row]:
    """Processors' seconds for a gigabyte of a dump, unpacked: read and filtered by Spark, in bzip2,
    gzip and plain; and for the harvest of all that is found in it."""
    if not PYTHON.exists():
        return []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        size = _dump(folder, shared / "wikidata-json" / "entities.json")
        script = "import sys; from bench.spark import dump_in_spark; dump_in_spark(sys.argv[1])"
        settings = {"PYTHONPATH": str(ROOT), "SPARK_MASTER": f"local[{CORES}]"}
        run = subprocess.run(
            [str(PYTHON), "-c", script, str(folder)],
            cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **settings},
        )  # fmt: skip
        found = json.loads(run.stdout.splitlines()[-1])
    gigabytes = size / 1e9
    return [
        Row(f"a dump on Spark, a GB unpacked: {name}", used / gigabytes, None, None, "", True)
        for name, used in found.items()
    ]


def _dump(folder: Path, sample: Path) -> int:
    """A dump of the real items, repeated, and small ones, packed three ways; its size unpacked."""
    body = sample.read_bytes().removeprefix(b"[\n").rstrip().removesuffix(b",") + b",\n"
    small = b"".join(
        b'{"type":"item","id":"Q%d","labels":{"en":{"language":"en","value":"Nowhere %d"}},'
        b'"aliases":{},"claims":{},"sitelinks":{},"lastrevid":1}' % (number, number) + b",\n"
        for number in range(10**8, 10**8 + _SMALL)
    )
    whole = b"[\n" + (body + small) * REPEATED + b"{}\n]\n"
    for ending, packed in (
        ("", whole), (".gz", gzip.compress(whole, 6)), (".bz2", bz2.compress(whole)),
    ):  # fmt: skip
        (folder / f"wikidata-20261116-all.json{ending}").write_bytes(packed)
    return len(whole)


def dump_in_spark(folder: str) -> None:
    """Measure in this process, and print processors' seconds by what was done as JSON."""
    from pyspark.sql import functions as f

    from twingraph.sources.wikidata.twinning import wikidata_source
    from twingraph.spark.harvest import harvest
    from twingraph.spark.session import session

    spark = session()
    spark.range(CORES).mapInArrow(lambda batches: batches, "id long").collect()
    found: dict[str, float] = {}
    path = f"{folder}/wikidata-20261116-all.json"
    for _ in range(2):  # the first time the JVM compiles what it runs
        for name, ending in (("bzip2", ".bz2"), ("gzip", ".gz"), ("plain", "")):
            used = _used()
            lines = spark.read.text(path + ending)
            lines.where(f.col("value").contains('"P190"')).selectExpr("length(value)").count()
            found[f"unpacked and filtered, {name}"] = _used() - used
    used = _used()
    harvest(spark, path, Path(folder) / "out.jsonl", wikidata_source("2026-11-16"))
    found["the whole harvest, plain"] = _used() - used
    print(json.dumps(found))
