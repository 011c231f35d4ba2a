"""Writing a release: every file of it beside Turtle and N-Triples alone, and how much memory.

Both are written in one process of their own, from the same merged view: first the two dumps, one
after the other, then what `twingraph build` writes of it, with tables, catalogue, landing pages and
checksums. The shapes' check is no part of either. The memory is that of all processes together,
counted so that what they share is there once (PSS), looked at some times a second.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench import synthetic
from bench.memory import Peak
from bench.rows import Row, at_most, seconds
from twingraph.build import describe, write
from twingraph.model.records import View
from twingraph.quality.report import assess
from twingraph.release.content import Content
from twingraph.release.exporter import export
from twingraph.release.exports import exports
from twingraph.release.shacl_reports import write_shacl_reports
from twingraph.release.version_naming import seal_release
from twingraph.release.void import Statistics
from twingraph.shacl.report import ValidationReport

MOST_TIMES = 3
MOST_MIB = 1024
_ALONE = ("twingraph.ttl", "twingraph.nt.gz")


def rows(size: int) -> list[Row]:
    """The seconds for both, and the peak memory of the whole."""
    script = "import sys; from bench.release import measured; measured(int(sys.argv[1]))"
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", script, str(size)]
    run = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    alone, whole, memory = json.loads(run.stdout)
    name = f"{size:,} partnerships"
    return [
        Row(
            f"whole release against Turtle + N-Triples, {name}",
            whole,
            alone,
            whole / alone,
            f"≤ {MOST_TIMES} ×",
            whole <= MOST_TIMES * alone,
        ),
        at_most(f"whole release: peak memory, {name}", memory, MOST_MIB, "MiB"),
    ]


def measured(size: int) -> None:
    """Measure in this process, and print seconds, seconds and MiB as JSON."""
    view = synthetic.view(size)
    gc.collect()
    with tempfile.TemporaryDirectory() as folder:
        alone = seconds(lambda: _alone(Path(folder), Content(view)))
    with tempfile.TemporaryDirectory() as folder, Peak() as peak:
        took = seconds(lambda: _whole(Path(folder), view))
    print(json.dumps([alone, took, peak.mebibytes]))


def _alone(folder: Path, content: Content) -> None:
    for name in _ALONE:
        export(folder, content, [one for one in exports() if one.name == name])


def _whole(folder: Path, view: View) -> None:
    """What `twingraph build` does with a view that was read and checked."""
    report = ValidationReport((), f"{view.dataset.base}shacl-report")
    quality = assess(view, report, ())
    content = Content(view)
    counted = Statistics()
    with write(folder, content, _quiet, counted.add_all) as files:
        write_shacl_reports(folder, report, content.base, view.dataset.download_base)
    described = partial(describe, folder, content, files, quality, _quiet, counted=counted)
    seal_release(folder, view, None, described, files=files)


def _quiet(_: str) -> None:
    pass
