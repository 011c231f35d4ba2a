"""Wikidata's dump on Spark: the lines that one process writes, byte for byte."""

from __future__ import annotations

import bz2
import gzip
import json
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
import zstandard

from tests import command
from tests.conftest import FOUNDING
from tests.sources.wikidata.conftest import by_hand
from tests.sources.wikidata.samples import item, twin
from tests.spark.conftest import SPLIT, Driver

NAME = "wikidata-20261116-all.json"
PACKED = {"": lambda data: data, ".bz2": bz2.compress, ".gz": gzip.compress,
          ".zst": zstandard.compress}  # fmt: skip


def places() -> list[dict[str, Any]]:
    """A settlement and its commune on both sides, three levels on one; a town of curators."""
    return [
        item("Q9001", labels={"pl": "Gmina Testowo"}, twinned=(twin("Q9001", "Q9003", 1),),
             point=(50.0, 20.0)),
        item("Q9002", labels={"pl": "Testowo"}, located_in=("Q9001",), point=(50.01, 20.01),
             twinned=(twin("Q9002", "Q9004", 1), twin("Q9002", "Q9003", 2))),
        item("Q9005", labels={"pl": "Testowo"}, located_in=("Q9002",), point=(50.02, 20.01),
             twinned=(twin("Q9005", "Q9004", 1), twin("Q9005", "Q9001", 2))),
        item("Q9003", labels={"sk": "Obec"}, country="Q214", point=(49.0, 20.0),
             twinned=(twin("Q9003", "Q9002", 1),)),
        item("Q9004", labels={"sk": "Mesto Obec"}, country="Q214", located_in=("Q9003",),
             point=(49.01, 20.0), twinned=(twin("Q9004", "Q9001", 1),)),
        item("Q9006", labels={"sk": "Obec"}, country="Q214", twinned=(twin("Q9006", "Q9001", 1),)),
        item("Q2617424", labels={"pl": "Gmina Sieniawa"}, twinned=(twin("Q2617424", "Q9003", 1),)),
        item("Q214", country=None, P298="SVK"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A whole dump: items by hand, the real ones where they are, lines that are none."""
    lines = [json.dumps(one, separators=(",", ":")) for one in (*by_hand().values(), *places())]
    # So long, packed too, that several tasks read it: what random digits say does not pack.
    chance = Random(1)
    for number in range(1_000_000, 1_004_000):
        more = item(f"Q{number}", labels={"en": f"{chance.randrange(10**600)}"})
        lines.append(json.dumps(more, separators=(",", ":")))
    lines.insert(7, '{"type":"item","id":"Q77","broken "P190"')
    lines.insert(9, '{"type":"property","id":"P190","labels":{}}')
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def local(folder: Path, dump: bytes, *args: str) -> tuple[bytes, str]:
    """What one process writes, and counts."""
    (folder / NAME).write_bytes(dump)
    done = command.run(folder, "harvest", "wikidata-dump", NAME, *args, "--quiet")
    assert done.returncode == 0, done.stderr
    (path,) = (folder / "data" / "harvest").glob("*.jsonl")
    return path.read_bytes(), done.stdout


def counts(told: str) -> list[str]:
    """What was found and counted, without the examples of it and the names of files."""
    found = [line.partition(" (e.g.")[0].partition("jsonl: ") for line in told.splitlines()]
    return [after or before for before, _, after in found if ".json" not in before]


def data(folder: Path) -> None:
    """The curators' folder."""
    shutil.copytree(FOUNDING, folder / "data")


@pytest.fixture(scope="module")
def one(dump: bytes, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """What one process writes of it, beside curators who know a town."""
    folder = tmp_path_factory.mktemp("one")
    data(folder)
    return local(folder, dump)


@pytest.mark.parametrize("packing", PACKED)
def test_it_is_the_same(
    spark: Driver, dump: bytes, one: tuple[bytes, str], packing: str, tmp_path: Path
) -> None:
    """Plain and in bzip2 it is read by several tasks."""
    wanted, told = one
    data(tmp_path)
    path = tmp_path / f"{NAME}{packing}"
    path.write_bytes(PACKED[packing](dump))
    assert path.stat().st_size > 2 * SPLIT
    done = spark.run(tmp_path, "harvest", "wikidata-dump", path.name, "--engine", "spark")
    assert done.returncode == 0, done.stderr
    (written,) = (tmp_path / "data" / "harvest").glob("*.jsonl")
    assert written.read_bytes() == wanted
    assert counts(done.stdout) == counts(told)


def test_of_a_country(spark: Driver, dump: bytes, tmp_path: Path) -> None:
    for name in ("one", "spark"):
        (tmp_path / name).mkdir()
    wanted, _ = local(tmp_path / "one", dump, "--country", "SK")
    (tmp_path / "spark" / NAME).write_bytes(dump)
    done = spark.run(
        tmp_path / "spark", "harvest", "wikidata-dump", NAME, "--engine", "spark",
        "--country", "SK", "--quiet",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (written,) = (tmp_path / "spark" / "data" / "harvest").glob("*.jsonl")
    assert written.name == "wikidata-svk.jsonl"
    assert written.read_bytes() == wanted


def test_a_dump_that_is_cut_off_is_refused(spark: Driver, dump: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(dump.removesuffix(b"]\n"))
    packed = bz2.compress(dump)
    (tmp_path / f"{NAME}.bz2").write_bytes(packed[: len(packed) // 2])
    for name, told in ((NAME, "is cut off"), (f"{NAME}.bz2", "cannot be read"), ("no", "no")):
        done = spark.run(tmp_path, "harvest", "wikidata-dump", name, "--engine", "spark")
        assert done.returncode == 2, done
        assert told in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()
