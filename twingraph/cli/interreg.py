"""Projects and their partners brought in as a source: keep.eu, lists of operations, Kohesio, a
plain table."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import click

from twingraph.build import read_view
from twingraph.cli.options import DATA, QUIET, Examples, progress
from twingraph.cli.wikibase import WORK, Meter
from twingraph.errors import UsageError
from twingraph.identifiers import slug
from twingraph.model.records import Authority, Claims, Project, Record, Source, Text, View
from twingraph.reconcile.batch import replace_text
from twingraph.reconcile.exonyms import installed_exonyms
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.partners import PartnerFinder
from twingraph.sources.harvested import FOLDER, read_claims
from twingraph.sources.interreg import graph_dump, mapping, plain
from twingraph.sources.interreg import keep as keeps
from twingraph.sources.interreg import kohesio as kohesios
from twingraph.sources.interreg import operations as operations_list
from twingraph.sources.interreg.claims import Harvest, Known, Wanted, harvest
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ProjectRow
from twingraph.sources.interreg.tables import WORKBOOKS
from twingraph.sources.wikidata.cache import Cache
from twingraph.sources.wikidata.client import WikibaseClient
from twingraph.sources.wikidata.harvest import keep
from twingraph.sources.wikidata.settings import WikibaseSettings

PLACES: Final = "-places"
"""What the key of a list's source is followed by, for what a gazetteer says of its places."""
_FILE: Final = click.Path(path_type=Path)


@click.command(
    cls=Examples,
    examples=[
        "twingraph harvest interreg --keep-eu projects.json --ours",
        "twingraph harvest interreg --keep-eu 17853 --keep-eu 17869 --contact you@example.org",
        "twingraph harvest interreg --operations list.xlsx --mapping pl-eu-projects",
        "twingraph harvest interreg --kohesio latest_SK.csv --beneficiaries beneficiaries_SK.csv",
        "twingraph harvest interreg --plain my-projects --gazetteer places.tsv",
    ],
)
@click.option(
    "--keep-eu",
    "keep_eu",
    multiple=True,
    metavar="FILE|ID|export",
    help="keep.eu: its JSON, its workbook, a project's number, or its export (KEEP_EU_KEY).",
)
@click.option(
    "--operations", type=_FILE, metavar="FILE", help="A list of operations: .xlsx, .ods, .csv."
)
@click.option(
    "--mapping",
    "form",
    metavar="NAME|FILE",
    default="article-49",
    show_default=True,
    help="Which of its columns is which: a form that ships, or a .yaml file.",
)
@click.option(
    "--kohesio",
    multiple=True,
    metavar="FILE|sparql|DUMP",
    help="Kohesio: its CSV; with --programme its graph, asked (sparql) or a dump (.nt).",
)
@click.option(
    "--beneficiaries",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="Kohesio's CSV of beneficiaries.",
)
@click.option(
    "--plain",
    "folder",
    type=_FILE,
    metavar="FOLDER",
    help="projects.csv, partners.csv and source.yaml, as docs/adding.md has them.",
)
@click.option(
    "--programme", default="", help="Only of a programme: its CCI, or words of its title."
)
@click.option("--ours", is_flag=True, help="Only projects with an authority that is known already.")
@click.option(
    "--gazetteer",
    type=_FILE,
    metavar="FILE",
    help="Look for authorities that are not known in a local file of places.",
)
@click.option(
    "--gazetteer-credit",
    default="",
    metavar="TEXT",
    help="The rights of the gazetteer, for the source that its places become.",
)
@click.option("--key", help="The source's key [default: by the list].")
@click.option(
    "--retrieved", metavar="DAY", help="When the list was read (YYYY-MM-DD), where it does not say."
)
@click.option(
    "--report",
    "report_file",
    type=_FILE,
    metavar="FILE",
    help="Where the counts are written [default: in --work].",
)
@click.option(
    "--contact",
    envvar="TWINGRAPH_CONTACT",
    help="Your URL or e-mail address, where a service is asked [or TWINGRAPH_CONTACT].",
)
@DATA
@click.option(
    "--work",
    type=_FILE,
    default=WORK,
    show_default=True,
    help="Where the report, the candidates and what came from services are written.",
)
@QUIET
def interreg(
    keep_eu: tuple[str, ...],
    operations: Path | None,
    form: str,
    kohesio: tuple[str, ...],
    beneficiaries: tuple[Path, ...],
    folder: Path | None,
    programme: str,
    ours: bool,
    gazetteer: Path | None,
    gazetteer_credit: str,
    key: str | None,
    retrieved: str | None,
    report_file: Path | None,
    contact: str | None,
    data: Path,
    work: Path,
    quiet: bool,
) -> None:
    """Projects, their programmes and their partners, from a list of them, as a source of its own.

    An authority is linked where its name, and where the list puts it, leave no doubt; what may be
    several is listed with its candidates. Schools and associations become organisations.
    """
    say, report = progress(quiet), Report()
    given = [bool(one) for one in (keep_eu, operations, kohesio, folder)]
    if sum(given) != 1:
        raise UsageError(
            "say which list: --keep-eu, --operations, --kohesio or --plain, one of them"
        )
    asked = _Service(contact, work)
    if keep_eu:
        listed = _keep_eu(keep_eu, programme, asked, report)
    elif operations:
        listed = _operations(operations, form, report)
    elif folder:
        listed = _List(plain.read(folder, report), plain.source(folder, folder.resolve().name))
    else:
        listed = _kohesio(kohesio, beneficiaries, programme, asked, report)
    source = replace(
        listed.source,
        key=key or listed.source.key,
        retrieved=_day(retrieved) or listed.source.retrieved,
    )
    kept = {source.key, source.key + PLACES}
    view = read_view(data, say, without=kept)
    before = _before(data, source.key)
    finder = _finder(view, gazetteer, say)
    meter = Meter(say)
    with asked:
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


class _Service:
    """The one client for services, made when it is first needed."""

    def __init__(self, contact: str | None, work: Path) -> None:
        self._contact, self._work = contact, work
        self._client: WikibaseClient | None = None

    def __enter__(self) -> _Service:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client:
            self._client.close()

    def client(self) -> WikibaseClient:
        """A client that keeps what comes. Raises UsageError without a contact."""
        if self._client is None:
            if not self._contact:
                raise UsageError(
                    "who asks a service names its operator: give --contact (or set"
                    " TWINGRAPH_CONTACT) to a URL or an e-mail address"
                )
            settings = WikibaseSettings(self._contact, sparql=kohesios.ENDPOINT)
            self._client = WikibaseClient(settings, Cache(self._work / "interreg.sqlite"))
        return self._client


def _keep_eu(given: Sequence[str], programme: str, asked: _Service, report: Report) -> _List:
    ids = [one for one in given if one.isdecimal()]
    if len(ids) == len(given):
        return _List(keeps.fetch(ids, asked.client().document, report), keeps.SOURCE)
    if list(given) == ["export"]:
        key = os.environ.get(keeps.KEY)
        if not key:
            raise UsageError(f"the export of keep.eu wants a key: set {keeps.KEY}")
        return _List(keeps.export(asked.client().document, key, report), keeps.SOURCE)
    rows = (row for one in given for row in _keep_file(Path(one), report))
    return _List(rows, keeps.SOURCE)


def _keep_file(path: Path, report: Report) -> Iterator[ProjectRow]:
    if path.suffix.lower() in WORKBOOKS:
        return operations_list.read(path, mapping.read("keep-eu-workbook"), report)
    return keeps.read(path, report)


def _operations(path: Path, form: str, report: Report) -> _List:
    stem = slug(path.stem) or "list"
    source = Source(
        f"operations-{stem}",
        (Text(f"List of operations: {path.name}", "en"),),
        "register",
        50,
        complete=False,
    )
    return _List(operations_list.read(path, mapping.read(form), report), source)


def _kohesio(
    given: Sequence[str],
    beneficiaries: Sequence[Path],
    programme: str,
    asked: _Service,
    report: Report,
) -> _List:
    if list(given) == ["sparql"]:
        answer = asked.client().query(kohesios.query(programme))
        return _List(kohesios.of_bindings(answer, report), kohesios.SOURCE)
    if len(given) == 1 and given[0].endswith((".nt", ".nt.gz")):
        kohesios.query(programme)  # a CCI is needed here too
        read = graph_dump.bindings(Path(given[0]), programme)
        return _List(kohesios.of_bindings(read, report), kohesios.SOURCE)
    bodies = kohesios.beneficiaries(beneficiaries)
    return _List(kohesios.read(map(Path, given), bodies, report), kohesios.SOURCE)


def _day(written: str | None) -> str | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise UsageError(f"--retrieved {written}: is no day such as 2026-11-28") from error


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
    ours = view.all(Authority).values()
    return PartnerFinder(ours, places, installed_exonyms()) if places else PartnerFinder(ours)


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
