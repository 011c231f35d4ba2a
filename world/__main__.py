"""Make the snapshots in data/harvest/ of the files that they were published as.

python -m world --crawl-2016 FOLDER --query-2017 FOLDER --query-2022 FOLDER --dump FILE \\
    --answer FILE --gazetteer FILE --zones FILE [--out data]

The same files give the same bytes. Where each input comes from stands in the note of its source.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from twingraph.model.records import Authority, Point
from twingraph.sources.wikidata.harvest import keep
from twingraph.sources.wikidata.twinning import Harvest
from world import crawl_2016, entities, exemplar_cities, query_2017, query_2022, whos_on_first


def snapshots(inputs: argparse.Namespace) -> Iterator[Harvest]:
    """Each snapshot, of the files that the arguments name. Raises UsageError."""
    made = [
        crawl_2016.harvest(inputs.crawl_2016),
        query_2017.harvest(inputs.query_2017),
        query_2022.harvest(inputs.query_2022),
    ]
    towns = _places(made)
    made.append(entities.harvest_dump(inputs.dump, towns.keys()))
    made.append(entities.harvest_answer(inputs.answer, towns.keys()))
    yield from made
    made.append(whos_on_first.harvest(inputs.gazetteer, _places(made)))
    yield made[-1]
    yield exemplar_cities.harvest(inputs.zones, made)


def _places(made: Iterable[Harvest]) -> dict[str, Point | None]:
    """Every town that has a name, and where it lies by the best-ranked snapshot that says it."""
    found: dict[str, Point | None] = {}
    for one in sorted(made, key=lambda one: one.claims.source.rank):
        for record in one.claims.records:
            if isinstance(record, Authority):
                found[record.key] = found.get(record.key) or record.point
    return found


def main(arguments: list[str] | None = None) -> None:
    """Write the files, and say what each holds and what was left out of it."""
    inputs = _parser().parse_args(arguments)
    for made in snapshots(inputs):
        path = keep(made.claims, inputs.out, made.report)
        sys.stdout.write(f"{path}: {len(made.claims.records):,} records\n{made.report}\n")


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m world", description=__doc__, formatter_class=form)
    for name, what in (
        ("--crawl-2016", "the folder of relations.tsv and names.tsv"),
        ("--query-2017", "the folder of places.tsv and pairs-2017.tsv"),
        ("--query-2022", "the folder of nodes.tsv and edges.tsv"),
        ("--dump", "entities of Wikidata, one a line"),
        ("--answer", "an answer of wbgetentities"),
        ("--gazetteer", "an extract of Who's On First"),
        ("--zones", "zone.tab of the time zone database"),
    ):
        parser.add_argument(name, type=Path, required=True, help=what)
    parser.add_argument("--out", type=Path, default=Path("data"), help="the data folder")
    return parser


if __name__ == "__main__":
    main()
