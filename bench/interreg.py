"""How fast a list of 100,000 projects with 400,000 partners is read, matched with the authorities
that ship, and joined to their partnerships; and in how much memory it is read.

The list is made up: partner towns as in the data, with words before their names, and organisations
of theirs.
"""

from __future__ import annotations

import csv
import random
import resource
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.rows import Row, at_most
from twingraph.build import read_view
from twingraph.model.joint_projects import joint_projects
from twingraph.model.names import town_name
from twingraph.model.records import Authority, Partnership, Project, View
from twingraph.reconcile.partners import PartnerFinder
from twingraph.sources.interreg import mapping, operations
from twingraph.sources.interreg.claims import harvest
from twingraph.sources.interreg.report import Report
from twingraph.sources.wikidata.twinning import wikidata_source

PROJECTS: Final = 100_000
PARTNERS: Final = 4
SEED: Final = 20_261_128
DATA: Final = Path(__file__).parents[1] / "data"
_HEADER: Final = (
    *("Project number", "Project title", "Partner name", "Role", "Country", "Town"),
    *("Total cost", "Currency", "Start date", "End date"),
)
_ORGANIZATIONS: Final = ("School {n} of {town}", "{town} Chamber of Commerce {n}", "Museum {town}")


def made_up(view: View, projects: int = PROJECTS) -> Iterator[list[str]]:
    """The rows of a list, one a partner: two partner towns, and two organisations of theirs."""
    rng = random.Random(SEED)
    towns = view.all(Authority)
    # Of some the other partner is not named.
    pairs = [p.partners[:2] for p in view.all(Partnership).values() if len(p.partners) > 1]
    for number in range(projects):
        pair = rng.choice(pairs)
        for at in range(PARTNERS):
            town = towns[pair[at % 2]]
            name = text.value if (text := town_name(town)) else town.key
            body = f"City of {name}"
            if at >= 2:
                body = rng.choice(_ORGANIZATIONS).format(n=rng.randrange(1000), town=name)
            yield [
                f"P/{number:06}", f"Bridges number {number}", body, "partner" if at else "lead",
                town.country or "", name, f"{rng.randrange(10**7) / 100:.2f}", "EUR",
                f"{2014 + number % 9}-01-01", "2023-12-31",
            ]  # fmt: skip


def rows(projects: int = PROJECTS) -> list[Row]:
    """Seconds for all of it, and the memory that reading alone takes."""
    view = read_view(DATA)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([_HEADER, *made_up(view, projects)])
        form = mapping.read("article-49")
        memory = _memory(path, form)
        start, busy = time.perf_counter(), time.process_time()
        finder = PartnerFinder(view.all(Authority).values())
        made = harvest(
            operations.read(path, form, Report()), wikidata_source("2026-11-28"), finder, Report()
        )
        found = [r for r in made.claims.records if isinstance(r, Project)]
        joined = list(joint_projects(view.all(Partnership).values(), found))
        seconds, worked = time.perf_counter() - start, time.process_time() - busy
    linked = made.report["linked"] / (projects * 2)
    print(
        f"{len(found):,} projects, {len(joined):,} joined, {linked:.1%} of towns linked, at most"
        f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB, {worked:.0f} s of CPU"
    )
    return [
        at_most(f"interreg: {projects:,} projects, {projects * PARTNERS:,} partners", seconds, 180),
        at_most("interreg: memory of reading alone", memory, 50, "MB"),
    ]


def _memory(path: Path, form: mapping.Mapping) -> float:
    """Megabytes at most, while rows are read and dropped."""
    tracemalloc.start()
    read = operations.read(path, form, Report())
    for _, _ in zip(range(20_000), read, strict=False):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


if __name__ == "__main__":
    for row in rows():
        print(row)
