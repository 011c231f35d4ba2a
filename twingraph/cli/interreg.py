"""Projects and their partners brought in as a source: keep.eu, lists of operations, Kohesio, a
plain table."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, Final

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
from twingraph.sources.interreg import graph_dump, mapping
from twingraph.sources.interreg import keep as keeps
from twingraph.sources.interreg import kohesio as kohesios
from twingraph.sources.interreg import operations as operations_list
from twingraph.sources.interreg import plain as plain_table
from twingraph.sources.interreg.claims import MintedKeys, ProjectHarvest, Wanted, harvest
from twingraph.sources.interreg.list_source import ListSource, list_source
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ListedProject
from twingraph.sources.interreg.tables import WORKBOOKS
from twingraph.sources.wikidata.cache import Cache
from twingraph.sources.wikidata.client import WikibaseClient
from twingraph.sources.wikidata.harvest import keep
from twingraph.sources.wikidata.settings import WikibaseSettings

PLACES: Final = "-places"
"""What the key of a list's source is followed by, for what a gazetteer says of its places."""
_FILE: Final = click.Path(path_type=Path)


class Lists(click.Group):
    """A group whose commands may be written as options too, the argument after them:
    `--operations FILE --mapping NAME` says the same as `operations --mapping NAME FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, with the command that an option names before the others."""
        options = {f"--{name}": name for name in self.commands}
        words: list[str] = []
        for arg in args:
            name, equals, value = arg.partition("=")
            words += [name, value] if equals and name in options else [arg]
        if named := next((options[word] for word in words if word in options), None):
            words = [named, *(word for word in words if options.get(word) != named)]
        return super().parse_args(ctx, words)


@click.group(cls=Lists)
def interreg() -> None:
    """Projects, their programmes and their partners, from a list of them, as a source of its own.

    An authority is linked where its name, and where the list puts it, leave no doubt; what may be
    several is listed with its candidates. Schools and associations become organisations.

    `twingraph harvest interreg --keep-eu FILE` says the same as `… interreg keep-eu FILE`.
    """


@dataclass(frozen=True)
class Harvester:
    """What all lists are read with: which projects are wanted, and where all is written."""

    programme: str
    ours: bool
    gazetteer: Path | None
    source: Path | None
    report: Path | None
    data: Path
    quiet: bool
    counts: Report = field(default_factory=Report)

    def folder(self) -> Path:
        """Where the report, the candidates and what came from services are written."""
        return self.report.parent if self.report else WORK

    def harvest(self, rows: Iterable[ListedProject], listed: ListSource) -> None:
        """Make a source of the rows, which are read once, and keep it with what was skipped.

        Raises UsageError and DataError for what cannot be read; nothing is written then.
        """
        source, say = listed.source, progress(self.quiet)
        view = read_view(self.data, say, without={source.key, source.key + PLACES})
        finder = _finder(view, self.gazetteer, say)
        meter = Meter(say)
        made = harvest(
            rows, source, finder, self.counts,
            known=MintedKeys.of(view, _before(self.data, source.key)),
            wanted=Wanted(self.programme, self.ours),
            progress=lambda done: meter("reading projects", done, None),
        )  # fmt: skip
        _keep(made, self.data, self.report or WORK / f"{source.key}-report.json")
        if made.places and self.gazetteer:
            places = _places_source(source, self.gazetteer, listed.gazetteer_rights)
            path = keep(Claims(places, made.places), self.data)
            click.echo(f"{path}: {len(made.places):,} places")


_OPTIONS: Final = (
    click.option(
        "--programme", default="", help="Only of a programme: its CCI, or words of its title."
    ),
    click.option(
        "--ours", is_flag=True, help="Only projects with an authority that is known already."
    ),
    click.option(
        "--gazetteer",
        type=_FILE,
        metavar="FILE",
        help="Look for authorities that are not known in a local file of places.",
    ),
    click.option(
        "--report",
        type=_FILE,
        metavar="FILE",
        help="Where the counts are written, and the candidates beside [default: in build/harvest].",
    ),
    DATA,
    QUIET,
)
_SOURCE: Final = click.option(
    "--source",
    type=_FILE,
    metavar="FILE",
    help="What the list is (YAML: key, title, retrieved, rights …, as docs/adding.md has them).",
)
_CONTACT: Final = click.option(
    "--contact",
    envvar="TWINGRAPH_CONTACT",
    help="Your URL or e-mail address, where a service is asked [or TWINGRAPH_CONTACT].",
)


def _harvests(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all lists have, as one argument."""

    @wraps(command)
    def harvesting(
        *,
        programme: str,
        ours: bool,
        gazetteer: Path | None,
        report: Path | None,
        data: Path,
        quiet: bool,
        source: Path | None = None,
        **others: Any,
    ) -> None:
        command(
            harvester=Harvester(programme, ours, gazetteer, source, report, data, quiet), **others
        )

    for option in reversed(_OPTIONS):
        harvesting = option(harvesting)
    return harvesting


@interreg.command(
    cls=Examples,
    examples=[
        "twingraph harvest interreg --keep-eu projects.json --ours",
        "twingraph harvest interreg --keep-eu 17853 --keep-eu 17869 --contact you@example.org",
        "KEEP_EU_KEY=… twingraph harvest interreg --keep-eu export --contact you@example.org",
    ],
)
@click.argument("given", nargs=-1, required=True, metavar="FILE|ID|export...")
@_harvests
@_SOURCE
@_CONTACT
def keep_eu(given: tuple[str, ...], harvester: Harvester, contact: str | None) -> None:
    """keep.eu: its JSON, its workbook, projects by their numbers, or its export (KEEP_EU_KEY)."""
    listed = list_source(harvester.source, keeps.SOURCE)
    with _Service(contact, harvester.folder()) as asked:
        harvester.harvest(_of_keep_eu(given, asked, harvester.counts), listed)


@interreg.command(
    cls=Examples,
    examples=[
        "twingraph harvest interreg --operations list.xlsx --mapping pl-eu-projects",
        "twingraph harvest interreg --operations list.csv --mapping mine.yaml --source list.yaml",
    ],
)
@click.argument("path", type=_FILE, metavar="FILE")
@click.option(
    "--mapping",
    "form",
    metavar="NAME|FILE",
    default="article-49",
    show_default=True,
    help="Which of its columns is which: a form that ships, or a .yaml file.",
)
@_harvests
@_SOURCE
def operations(path: Path, form: str, harvester: Harvester) -> None:
    """A list of operations (.xlsx, .ods, .csv), as programmes have to publish it."""
    key = f"operations-{slug(path.stem) or 'list'}"
    titles = (Text(f"List of operations: {path.name}", "en"),)
    source = Source(key, titles, "register", 50, complete=False)
    listed = list_source(harvester.source, source)
    rows = operations_list.read(path, mapping.read(form), harvester.counts)
    harvester.harvest(rows, listed)


@interreg.command(
    cls=Examples,
    examples=[
        "twingraph harvest interreg --kohesio latest_SK.csv --kohesio beneficiaries_SK.csv",
        "twingraph harvest interreg --kohesio sparql --programme 2014TC16RFCB012"
        " --contact you@example.org",
    ],
)
@click.argument("given", nargs=-1, required=True, metavar="FILE|sparql|DUMP...")
@_harvests
@_SOURCE
@_CONTACT
def kohesio(given: tuple[str, ...], harvester: Harvester, contact: str | None) -> None:
    """Kohesio: its CSV files of projects and of beneficiaries, told apart by their columns; with
    --programme its graph, asked (sparql) or a dump (.nt, .nt.gz)."""
    listed = list_source(harvester.source, kohesios.SOURCE)
    with _Service(contact, harvester.folder()) as asked:
        harvester.harvest(_of_kohesio(given, harvester.programme, asked, harvester.counts), listed)


@interreg.command(
    cls=Examples,
    examples=["twingraph harvest interreg --plain my-projects --gazetteer places.tsv"],
)
@click.argument("folder", type=_FILE, metavar="FOLDER")
@_harvests
def plain(folder: Path, harvester: Harvester) -> None:
    """A table of your own: projects.csv, partners.csv and source.yaml, as docs/adding.md has
    them."""
    harvester.harvest(plain_table.read(folder, harvester.counts), plain_table.source(folder))


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


def _of_keep_eu(given: Sequence[str], asked: _Service, report: Report) -> Iterator[ListedProject]:
    if all(one.isdecimal() for one in given):
        return keeps.fetch(given, asked.client().document, report)
    if list(given) == ["export"]:
        key = os.environ.get(keeps.KEY)
        if not key:
            raise UsageError(f"the export of keep.eu wants a key: set {keeps.KEY}")
        return keeps.export(asked.client().document, key, report)
    return (row for one in given for row in _keep_file(Path(one), report))


def _keep_file(path: Path, report: Report) -> Iterator[ListedProject]:
    if path.suffix.lower() in WORKBOOKS:
        return operations_list.read(path, mapping.read("keep-eu-workbook"), report)
    return keeps.read(path, report)


def _of_kohesio(
    given: Sequence[str], programme: str, asked: _Service, report: Report
) -> Iterator[ListedProject]:
    if list(given) == ["sparql"]:
        answer = asked.client().query(kohesios.query(programme))
        return kohesios.of_bindings(answer, report)
    if len(given) == 1 and given[0].endswith((".nt", ".nt.gz")):
        kohesios.query(programme)  # a CCI is needed here too
        return kohesios.of_bindings(graph_dump.bindings(Path(given[0]), programme), report)
    return kohesios.read(map(Path, given), report)


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


def _keep(made: ProjectHarvest, data: Path, report: Path) -> None:
    """Write the claims, what was counted, and the candidates beside."""
    path = keep(made.claims, data, made.report)
    projects = sum(isinstance(record, Project) for record in made.claims.records)
    click.echo(f"{path}: {projects:,} projects, {len(made.claims.records):,} records")
    click.echo(str(made.report) or "nothing was skipped")
    report.parent.mkdir(parents=True, exist_ok=True)
    replace_text(report, json.dumps(made.report.as_json(), ensure_ascii=False, indent=2) + "\n")
    click.echo(f"{report}: what was skipped, and why")
    if made.listed:
        candidates = report.with_name(f"{made.claims.source.key}-candidates.csv")
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


def _candidates(made: ProjectHarvest) -> str:
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
