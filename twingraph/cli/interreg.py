"""Projects and their partners brought in as a source: keep.eu, lists of operations, Kohesio, a
plain table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import click

from twingraph.build import read_view
from twingraph.cli.options import DATA, QUIET, Examples, progress
from twingraph.cli.wikibase import WORK, Meter
from twingraph.errors import UsageError
from twingraph.model.records import Authority, Claims, Project, Record, Source, Text, View
from twingraph.reconcile.batch import replace_text
from twingraph.reconcile.exonyms import installed_exonyms
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.partners import PartnerFinder
from twingraph.sources.harvested import FOLDER, read_claims
from twingraph.sources.interreg import plain
from twingraph.sources.interreg.claims import Harvest, Known, Wanted, harvest
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ProjectRow
from twingraph.sources.wikidata.harvest import keep

PLACES: Final = "-places"
"""What the key of a list's source is followed by, for what a gazetteer says of its places."""
_FILE: Final = click.Path(path_type=Path)


@click.command(
    cls=Examples,
    examples=[
        "twingraph harvest interreg --plain my-projects",
        "twingraph harvest interreg --plain my-projects --gazetteer places.tsv --ours",
    ],
)
@click.option(
    "--plain", "folder", type=_FILE, metavar="FOLDER",
    help="projects.csv, partners.csv and source.yaml, as docs/adding.md has them.",
)  # fmt: skip
@click.option(
    "--programme", default="", help="Only of a programme: its CCI, or words of its title."
)
@click.option("--ours", is_flag=True, help="Only projects with an authority that is known already.")
@click.option(
    "--gazetteer", type=_FILE, metavar="FILE",
    help="Look for authorities that are not known in a local file of places.",
)  # fmt: skip
@click.option(
    "--gazetteer-credit", default="", metavar="TEXT",
    help="The rights of the gazetteer, for the source that its places become.",
)  # fmt: skip
@click.option("--key", help="The source's key [default: by the list].")
@click.option("--report", "report_file", type=_FILE, metavar="FILE",
              help="Where the counts are written [default: in --work].")  # fmt: skip
@DATA
@click.option("--work", type=_FILE, default=WORK, show_default=True,
              help="Where the report and the list of candidates are written.")  # fmt: skip
@QUIET
def interreg(
    folder: Path | None,
    programme: str,
    ours: bool,
    gazetteer: Path | None,
    gazetteer_credit: str,
    key: str | None,
    report_file: Path | None,
    data: Path,
    work: Path,
    quiet: bool,
) -> None:
    """Projects, their programmes and their partners, from a list of them, as a source of its own.

    An authority is linked where its name, and where the list puts it, leave no doubt; what may be
    several is listed with its candidates. Schools and associations become organisations.
    """
    say, report = progress(quiet), Report()
    listed = _list(folder, report)
    source = replace(listed.source, key=key or listed.source.key)
    kept = {source.key, source.key + PLACES}
    view = read_view(data, say, without=kept)
    before = _before(data, source.key)
    finder = _finder(view, gazetteer, say)
    meter = Meter(say)
    made = harvest(
        listed.rows, source, finder, report,
        known=Known.of(view, before), wanted=Wanted(programme, ours),
        progress=lambda done: meter("reading projects", done, None),
    )  # fmt: skip
    _keep(made, data, work, report_file, gazetteer, gazetteer_credit)


@dataclass(frozen=True)
class _List:
    """A list of projects: its rows, which are read once, and the source that it is."""

    rows: Iterator[ProjectRow]
    source: Source


def _list(folder: Path | None, report: Report) -> _List:
    if folder is None:
        raise UsageError("say which list: --plain FOLDER")
    return _List(plain.read(folder, report), plain.source(folder, folder.resolve().name))


def _before(data: Path, key: str) -> Sequence[Record]:
    """What the same source said when it was harvested before."""
    path = data / FOLDER / f"{key}.jsonl"
    claims = read_claims(path, []) if path.exists() else None
    return claims.records if claims else ()


def _finder(view: View, gazetteer: Path | None, say: Callable[[str], None]) -> PartnerFinder:
    places = None
    if gazetteer:
        say(f"reading {gazetteer}")
        places = read_gazetteer(gazetteer)
    return PartnerFinder(
        view.all(Authority).values(), places, installed_exonyms() if places else None
    )


def _keep(
    made: Harvest,
    data: Path,
    work: Path,
    report_file: Path | None,
    gazetteer: Path | None,
    credit: str,
) -> None:
    """Write the claims, the places, the report and the candidates."""
    key = made.claims.source.key
    path = keep(made.claims, data)
    projects = sum(isinstance(record, Project) for record in made.claims.records)
    click.echo(f"{path}: {projects:,} projects, {len(made.claims.records):,} records")
    if made.places and gazetteer:
        source = _places_source(made.claims.source, gazetteer, credit)
        path = keep(Claims(source, made.places), data)
        click.echo(f"{path}: {len(made.places):,} places")
    click.echo(str(made.report) or "nothing was skipped")
    report_file = report_file or work / f"{key}-report.json"
    report_file.parent.mkdir(parents=True, exist_ok=True)
    replace_text(
        report_file, json.dumps(made.report.as_json(), ensure_ascii=False, indent=2) + "\n"
    )
    click.echo(f"{report_file}: what was skipped, and why")
    if made.listed:
        work.mkdir(parents=True, exist_ok=True)
        candidates = work / f"{key}-candidates.csv"
        replace_text(candidates, _candidates(made))
        click.echo(f"{candidates}: authorities that were not found for sure, to choose")


def _places_source(of: Source, gazetteer: Path, credit: str) -> Source:
    title = of.titles[0].value
    return Source(
        of.key + PLACES,
        (Text(f"Places of the partners in: {title}", "en"),),
        "register",
        95,
        retrieved=of.retrieved,
        complete=False,
        rights=credit or None,
        rank_reason="found by name; single ids in a gazetteer are wrong",
        note=f"Names, coordinates and codes from the gazetteer {gazetteer.name}.",
    )


def _candidates(made: Harvest) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["where", "name", "country", "outcome", "key", "reason", "candidates"])
    for one in made.listed:
        found = one.found
        shown = " | ".join(f"{c.id} {c.name}" for c in found.candidates)
        writer.writerow(
            [one.where, one.names, one.country, found.outcome.value, found.key or "",
             found.reason, shown]
        )  # fmt: skip
    return out.getvalue()
