"""Reading a Wikidata dump, beside `gzip -dc FILE | grep -c '"P190"'` on the same file.

The file is the real items of the shared sample, repeated; one in seven of them is twinned, and
large, where in a whole dump it is one in a thousand. So ours parses far more here than it would.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

REPEATED = 60
"""How often the sample is repeated: 220 MB, as a whole of gzip's own making."""
ROUNDS = 3

# VmHWM is the peak of the new program alone; ru_maxrss would be that of the benchmark before exec.
_READ = """
import sys, time
from pathlib import Path
from twingraph.sources.wikidata import entities
from twingraph.sources.wikidata.dump import Dump
from twingraph.sources.wikidata.report import Findings
started = time.perf_counter()
reader = Dump(Path(sys.argv[1]), Findings())
found = sum(1 for document in reader if entities.read(document).twinnings)
seconds = time.perf_counter() - started
status = Path("/proc/self/status").read_text().split()
print(found, seconds, int(status[status.index("VmHWM:") + 1]) / 1024, reader.ending.value)
"""


class Row(NamedTuple):
    """One measurement. `ratio` is theirs divided by ours: more is better."""

    name: str
    ours: float
    theirs: float
    ratio: float
    target: float


def rows(shared: Path) -> list[Row]:
    """Seconds to find, parse and read all twinned items, and peak memory in MiB.

    `shared` is the folder with wikidata-json/entities.json. Raises AssertionError if the two do
    not find the same.
    """
    with _dump(shared / "wikidata-json" / "entities.json") as path:
        pairs = [(_ours(path), _theirs(path)) for _ in range(ROUNDS)]
    assert {found for (found, _, _), _ in pairs} == {found for _, (found, _) in pairs}
    ours = median(seconds for (_, seconds, _), _ in pairs)
    theirs = median(seconds for _, (_, seconds) in pairs)
    memory = max(memory for (_, _, memory), _ in pairs)
    return [
        Row("dump .gz: seconds, against gzip -dc | grep -c", ours, theirs, theirs / ours, 0.8),
        Row("dump .gz: peak memory in MiB, against 200", memory, 200.0, 200 / memory, 1.0),
    ]


@contextmanager
def _dump(sample: Path) -> Iterator[Path]:
    """The large file; removed when the block ends."""
    body = sample.read_bytes().removeprefix(b"[\n")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "dump.json.gz"
        with gzip.open(path, "wb", compresslevel=6) as file:
            file.write(b"[\n")
            for _ in range(REPEATED):
                file.write(body)
            file.write(b"{}\n]\n")
        yield path


def _timed(work: Callable[[], str]) -> tuple[str, float]:
    started = time.perf_counter()
    said = work()
    return said, time.perf_counter() - started


def _ours(path: Path) -> tuple[int, float, float]:
    root = str(Path(__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root}
    run = subprocess.run(
        [sys.executable, "-c", _READ, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    found, seconds, memory, ending = run.stdout.split()
    assert ending == "finished"
    return int(found), float(seconds), float(memory)


def _theirs(path: Path) -> tuple[int, float]:
    command = f"gzip -dc '{path}' | grep -c '\"P190\"'"
    said, seconds = _timed(
        lambda: (
            subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
        )
    )
    return int(said), seconds
