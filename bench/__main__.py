"""Run the benchmarks: a table on standard output, the same as JSON in a file.

python -m bench [--only NAME] [--large] [--size 10000] [--json bench.json] [--plot bench.svg]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import (
    build,
    dump,
    engine,
    interreg,
    pages,
    reconcile,
    release,
    serve,
    spark,
    strangers,
    world,
    writers,
)
from bench.plot import plot
from bench.rows import Row
from bench.scale import Scale, measure
from bench.sides import SIDES

SHARED = Path(os.environ.get("TWINGRAPH_SHARED", Path(__file__).parents[2] / "shared"))
"""Real inputs that do not come with the project; what needs them is left out without them."""

LARGE = 200_000
"""Partnerships on Spark, whatever the size of the others: --large."""

RELEASE = 50_000
"""Partnerships of the release that is written, whatever the size of the others."""


def benches(size: int, large: bool = False) -> Mapping[str, Callable[[], list[Row]]]:
    """Every benchmark by its name."""
    found: dict[str, Callable[[], list[Row]]] = {
        "build": build.rows,
        "world": world.rows,
        "interreg": interreg.rows,
        "writers": lambda: writers.rows(size),
        "release": lambda: release.rows(RELEASE),
        "serve": lambda: serve.rows(5 * size),
        "strangers": lambda: strangers.rows(5 * size),
        "engine": lambda: engine.rows(5 * size),
        "pages": pages.rows,
    }
    if large:
        found["spark"] = lambda: spark.rows(LARGE)
    if large and (SHARED / "data").is_dir():
        found["spark-dump"] = lambda: spark.dump_rows(SHARED / "data")
    if (SHARED / "data").is_dir():
        found["dump"] = lambda: [_row(r) for r in dump.rows(SHARED / "data")]
        found["reconcile"] = lambda: reconcile.rows(SHARED / "data")
    else:
        sys.stderr.write(f"left out: dump, reconcile (there is no {SHARED}/data)\n")
    return found


def main() -> None:
    """Run them one after another, and say which targets are met."""
    options = _options()
    rows: list[Row] = []
    scales: list[Scale] = []
    for operation in SIDES:
        if options.only in (None, operation):
            scales.append(measure(operation, options.large))
            rows += scales[-1].rows()
    for name, run in benches(options.size, options.large).items():
        if options.only in (None, name):
            sys.stderr.write(f"measuring {name}\n")
            rows += run()
    _print(scales, rows)
    if options.json:
        document = json.dumps(_document(scales, rows), ensure_ascii=False, indent=2)
        options.json.write_text(f"{document}\n")
    if options.plot and scales:
        options.plot.write_text(plot(scales))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", help="one benchmark by its name")
    parser.add_argument(
        "--size",
        type=int,
        default=10_000,
        help="partnerships (default 10000; of the service and its engine five times as many)",
    )
    parser.add_argument(
        "--large", action="store_true", help="also 200,000 and 500,000 partnerships"
    )
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--plot", type=Path, help="also draw those that grow with the size (SVG)")
    return parser.parse_args()


def _print(scales: list[Scale], rows: list[Row]) -> None:
    console = Console(width=120)
    for scale in scales:
        console.print(scale.table())
    table = Table("what", "ours", "theirs", "ratio", "target", "met")
    for row in rows:
        theirs = "" if row.theirs is None else f"{row.theirs:.2f} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.1f}"
        met = "yes" if row.met else "NO"
        table.add_row(row.name, f"{row.ours:.2f} {row.unit}", theirs, ratio, row.target, met)
    console.print(table)


def _document(scales: list[Scale], rows: list[Row]) -> dict[str, object]:
    packages = ("pyoxigraph", "rdflib", "pyshacl")
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "packages": {name: version(name) for name in packages},
        "scales": {scale.operation: scale.json() for scale in scales},
        "rows": [row._asdict() for row in rows],
    }


def _row(row: dump.Row) -> Row:
    return Row(
        row.name, row.ours, row.theirs, row.ratio, f"≥ {row.target:g} ×", row.ratio >= row.target
    )


if __name__ == "__main__":
    main()
