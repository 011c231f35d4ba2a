"""Run the benchmarks: a table on standard output, the same as JSON in a file.

python -m bench [--only NAME] [--size 10000] [--json bench.json]
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
    check,
    dump,
    engine,
    interreg,
    pages,
    reconcile,
    release,
    serve,
    strangers,
    world,
    writers,
)
from bench.rows import Row

SHARED = Path(os.environ.get("TWINGRAPH_SHARED", Path(__file__).parents[2] / "shared"))
"""Real inputs that do not come with the project; what needs them is left out without them."""

RELEASE = 50_000
"""Partnerships of the release that is written, whatever the size of the others."""


def benches(size: int) -> Mapping[str, Callable[[], list[Row]]]:
    """Every benchmark by its name."""
    found: dict[str, Callable[[], list[Row]]] = {
        "build": build.rows,
        "world": world.rows,
        "check": check.rows,
        "interreg": interreg.rows,
        "writers": lambda: writers.rows(size),
        "release": lambda: release.rows(RELEASE),
        "serve": lambda: serve.rows(5 * size),
        "strangers": lambda: strangers.rows(5 * size),
        "engine": lambda: engine.rows(5 * size),
        "pages": pages.rows,
    }
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
    for name, run in benches(options.size).items():
        if options.only in (None, name):
            sys.stderr.write(f"measuring {name}\n")
            rows += run()
    _print(rows)
    if options.json:
        options.json.write_text(json.dumps(_document(rows), ensure_ascii=False, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", help="one benchmark by its name")
    parser.add_argument(
        "--size",
        type=int,
        default=10_000,
        help="partnerships (default 10000; of the service and its engine five times as many)",
    )
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    return parser.parse_args()


def _print(rows: list[Row]) -> None:
    table = Table("what", "ours", "theirs", "ratio", "target", "met")
    for row in rows:
        theirs = "" if row.theirs is None else f"{row.theirs:.2f} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.1f}"
        met = "yes" if row.met else "NO"
        table.add_row(row.name, f"{row.ours:.2f} {row.unit}", theirs, ratio, row.target, met)
    Console(width=120).print(table)


def _document(rows: list[Row]) -> dict[str, object]:
    packages = ("pyoxigraph", "rdflib", "pyshacl")
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "packages": {name: version(name) for name in packages},
        "rows": [row._asdict() for row in rows],
    }


def _row(row: dump.Row) -> Row:
    return Row(
        row.name, row.ours, row.theirs, row.ratio, f"≥ {row.target:g} ×", row.ratio >= row.target
    )


if __name__ == "__main__":
    main()
