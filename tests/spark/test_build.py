"""`twingraph build --engine spark` as its user meets it, and a release of what it wrote."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from isal import igzip

from tests import command
from tests.conftest import FOUNDING, ROOT
from tests.spark.conftest import COMPILE_LESS, PYTHON, Driver, missing
from twingraph.build import Built
from twingraph.spark.release import Parts
from twingraph.verify import verify
from twingraph.verify.syntax import statements_of

SMALL = ROOT / "data" / "harvest" / "wikidata-2018-karlsruhe.jsonl"


def lines(*files: Path) -> list[bytes]:
    """The lines of compressed files, sorted."""
    found: list[bytes] = []
    for file in files:
        with igzip.open(file, "rb") as unpacked:  # type: ignore[no-untyped-call]
            found += unpacked.read().splitlines()
    return sorted(found)


def parts(graph: Path) -> Parts:
    return Parts.read(graph)


def quads(graph: Path) -> list[bytes]:
    """The N-Quads that a job wrote, sorted."""
    read = parts(graph)
    return lines(*read.of_graph("triples"), *read.of_graph("quads"))


@pytest.fixture(scope="module")
def founding(spark: Driver, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parts of the founding data."""
    out = tmp_path_factory.mktemp("founding") / "graph"
    done = spark.run(ROOT, "build", "--engine", "spark", "--data", FOUNDING, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "4 partnership" in done.stdout
    return out


def test_the_founding_data_gives_the_same(founding: Path, release: Path) -> None:
    assert quads(founding) == lines(release / "twingraph.nq.gz")


# --- the world that ships -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(spark: Driver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """The parts of the data that ships; two of Python's workers were killed on the way."""
    out = tmp_path_factory.mktemp("world") / "graph"
    spark.begin(ROOT, "build", "--engine", "spark", "--data", ROOT / "data", "--out", out)
    killed = [_kill_a_worker(spark, set()), _kill_a_worker(spark, set())]
    done = spark.ended()
    assert done.returncode == 0, done.stderr
    yield out, len(killed)


def _kill_a_worker(spark: Driver, spared: set[int]) -> int:
    """Kill a worker that has worked for a second."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for pid in spark.workers():
            if pid not in spared and _seconds(pid) > 1:
                os.kill(pid, signal.SIGKILL)
                return pid
        time.sleep(0.05)
    raise AssertionError("no worker worked for a second")


def _seconds(pid: int) -> float:
    try:
        said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def test_the_world_gives_the_same_though_workers_die(
    world: tuple[Path, int], shipped: Built
) -> None:
    out, killed = world
    assert killed == 2
    assert quads(out) == lines(shipped.out / "twingraph.nq.gz")


@pytest.fixture(scope="module")
def released(world: tuple[Path, int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of those parts."""
    out = tmp_path_factory.mktemp("released") / "public"
    done = command.run(ROOT, "release", "--from", world[0], "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def test_the_release_is_as_it_should_be(released: Path) -> None:
    assert verify(released) == []


def test_the_dumps_are_those_of_one_process(released: Path, shipped: Built) -> None:
    for name in ("twingraph.nt.gz", "twingraph.nq.gz"):
        assert lines(released / name) == lines(shipped.out / name)


def test_the_tables_are_those_of_one_process(released: Path, shipped: Built) -> None:
    tables = sorted((shipped.out / "tables").glob("*.parquet"))
    assert {path.name for path in tables} == {
        path.name for path in (released / "tables").glob("*.parquet")
    }
    for path in tables:
        ours, theirs = pq.read_table(released / "tables" / path.name), pq.read_table(path)
        assert ours.schema.equals(theirs.schema, check_metadata=True), path.name
        assert rows(ours) == rows(theirs), path.name


def rows(table: pa.Table) -> list[str]:
    """The rows of a table, sorted."""
    return sorted(map(repr, zip(*table.to_pydict().values(), strict=True)))


def test_the_numbers_are_those_of_one_process(released: Path, shipped: Built) -> None:
    """VoID but for the files, the report of the check, what release.json counts."""
    ours, theirs = (statements_of(one / "void.ttl") for one in (released, shipped.out))
    files = {"http://rdfs.org/ns/void#dataDump", "http://rdfs.org/ns/void#feature"}
    files |= {"http://xmlns.com/foaf/0.1/page"}
    assert ours.keys() == theirs.keys()
    for subject, said in theirs.items():
        for name, values in said.items():
            if name not in files:
                assert ours[subject][name] == values, (subject, name)
    name = "shacl-report-full.ttl.gz"
    assert (released / name).read_bytes() == (shipped.out / name).read_bytes()
    about = [json.loads((one / "release.json").read_text()) for one in (released, shipped.out)]
    assert about[0]["counts"] == about[1]["counts"] and about[0]["date"] == about[1]["date"]


def test_a_second_release_beside_another_is_refused(released: Path, founding: Path) -> None:
    done = command.run(ROOT, "release", "--from", founding, "--out", released)
    assert done.returncode == 2 and "has a release already" in done.stderr
    assert verify(released) == []


def test_parts_that_are_not_whole_are_refused(founding: Path, tmp_path: Path) -> None:
    copied = tmp_path / "graph"
    shutil.copytree(founding, copied)
    part = parts(copied).of_graph("triples")[0]
    part.write_bytes(part.read_bytes()[:-1])
    done = command.run(tmp_path, "release", "--from", copied)
    assert done.returncode == 2 and f"{part} is not there whole" in done.stderr
    assert not (tmp_path / "public").exists()
    nothing = command.run(tmp_path, "release", "--from", "nowhere")
    assert nothing.returncode == 2 and "nowhere cannot be read" in nothing.stderr
    (copied / "manifest.json").write_text("{}")
    broken = command.run(tmp_path, "release", "--from", copied)
    assert broken.returncode == 2 and "is not as a job of Spark writes it" in broken.stderr


# --- faults ---------------------------------------------------------------------------------------


def harvested(folder: Path, lines: list[bytes]) -> Path:
    """A data folder of one harvest."""
    (folder / "harvest").mkdir(parents=True)
    shutil.copyfile(FOUNDING / "dataset.yaml", folder / "dataset.yaml")
    (folder / "harvest" / "some.jsonl").write_bytes(b"".join(lines))
    return folder


def test_a_bad_line_is_named_and_too_many_fail(spark: Driver, tmp_path: Path) -> None:
    good = SMALL.read_bytes().splitlines(keepends=True)
    data = harvested(tmp_path / "data", [*good[:5], b'{"Partnership":{"kee":"x"}}\n', *good[5:]])
    out = tmp_path / "graph"
    build = ("build", "--engine", "spark", "--data", data, "--out", out, "--partitions", "2")
    refused = spark.run(tmp_path, *build, "--max-bad", "0")
    assert refused.returncode == 1
    assert "some.jsonl" in refused.stderr and "line 6 is no claim" in refused.stderr
    assert f"1 of {len(good) + 1} lines are no claims" in refused.stderr
    assert not (out / "manifest.json").exists()
    taken = spark.run(tmp_path, *build, "--max-bad", "50")
    assert taken.returncode == 0, taken.stderr
    assert "line 6: ValueError: unknown field 'kee'" in taken.stderr
    assert f"1 of {len(good) + 1} lines state nothing" in taken.stdout
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["lines"]["bad"] == 1 and "some.jsonl" in manifest["lines"]["examples"][0]


def test_a_violation_publishes_nothing(spark: Driver, founding: Path, tmp_path: Path) -> None:
    """A partner that nobody knows: its class is asked for in another partition."""
    before = {p: p.read_bytes() for p in founding.rglob("*") if p.is_file()}
    good = SMALL.read_bytes().splitlines(keepends=True)
    first = next(line for line in good if line.startswith(b'{"Partnership"'))
    partner = json.loads(first)["Partnership"]["partners"][0].encode()
    data = harvested(
        tmp_path / "data",
        [line for line in good if not line.startswith(b'{"Authority":{"key":"%b"' % partner)],
    )
    done = spark.run(tmp_path, "build", "--engine", "spark", "--data", data, "--out", founding)
    assert done.returncode == 1, done
    assert "nothing was published" in done.stderr and partner.decode() in done.stderr
    assert before == {p: p.read_bytes() for p in founding.rglob("*") if p.is_file()}


def test_harvests_in_parquet_and_elsewhere(spark: Driver, tmp_path: Path) -> None:
    read = SMALL.read_text("utf-8").splitlines()
    data = harvested(tmp_path / "data", [])
    (data / "harvest" / "some.jsonl").unlink()
    key = json.loads(read[0])["source"]["key"]
    table = pa.table({"source": [key] * len(read), "position": range(len(read)), "line": read})
    pq.write_table(table, tmp_path / "some.parquet")
    again = tmp_path / "some.jsonl"
    shutil.copyfile(SMALL, again)
    build = ("build", "--engine", "spark", "--data", data, "--partitions", "2")
    for number, path in enumerate((tmp_path / "some.parquet", again)):
        out = tmp_path / str(number)
        done = spark.run(tmp_path, *build, "--out", out, "--harvest", path)
        assert done.returncode == 0, done.stderr
    assert quads(tmp_path / "0") == quads(tmp_path / "1")
    missing_one = spark.run(tmp_path, *build, "--harvest", "nowhere*.jsonl")
    assert missing_one.returncode == 2 and "nowhere*.jsonl cannot be read" in missing_one.stderr


def test_a_killed_driver_leaves_what_was_there(founding: Path, tmp_path: Path) -> None:
    if lacks := missing():
        pytest.skip(lacks)
    before = {p: p.read_bytes() for p in founding.rglob("*") if p.is_file()}
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    driver = Driver(scratch)
    driver.begin(ROOT, "build", "--engine", "spark", "--data", FOUNDING, "--out", founding)
    until = time.monotonic() + 240
    while not list(founding.glob("parts-*.new/graphs/*")):
        assert time.monotonic() < until, "it did not come to writing"
        assert driver.process.poll() is None
        time.sleep(0.05)
    driver.kill()
    left = list(founding.glob("parts-*.new"))
    assert left, "it had ended before"
    now = {p: p.read_bytes() for p in founding.rglob("*") if p.is_file()}
    assert before.items() <= now.items()
    assert parts(founding).manifest.counts["partnership"] == 4


def test_the_next_job_sweeps_away_what_a_killed_one_left(
    spark: Driver, founding: Path, release: Path
) -> None:
    """Submitted, as to a cluster."""
    left = founding / "parts-0123456789ab.new"
    left.mkdir(exist_ok=True)
    submit = PYTHON.with_name("spark-submit")
    script = ROOT / "deploy" / "spark_submit.py"
    done = subprocess.run(
        [
            str(submit), "--master", "local[2,4]", *COMPILE_LESS, str(script),
            "build", "--engine", "spark", "--data", str(FOUNDING), "--out", str(founding),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": str(PYTHON)},
        capture_output=True,
        text=True,
        timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [p.name for p in founding.glob("parts-*")] == [parts(founding).folder.name]
    assert quads(founding) == lines(release / "twingraph.nq.gz")
