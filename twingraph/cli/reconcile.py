"""Find the Wikidata item of a town, of a list of them, or of the towns of the register."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial, wraps
from pathlib import Path
from typing import Any, Final

import click

from twingraph.cli.options import DATA, QUIET, Examples, progress
from twingraph.cli.wikibase import Meter, Wikibase, asks_a_wikibase
from twingraph.errors import DataError, Problem, UsageError
from twingraph.reconcile import ours
from twingraph.reconcile.batch import Finder, as_query, finder, reconcile_file
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Candidate, Outcome, TownDecision, in_words
from twingraph.reconcile.exonyms import are_installed
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.live import WikidataFinder
from twingraph.reconcile.register import MACHINE, enter
from twingraph.reconcile.verify import ItemsOf, in_gazetteer, in_wikidata, verify
from twingraph.sources.wikidata.entities import is_item

REGISTER: Final = "municipalities.csv"
MOST_PROBLEMS: Final = 10
"""Broken rows of a gazetteer that are shown; of the others only how many there are."""

GAZETTEER = click.option(
    "--gazetteer", type=click.Path(path_type=Path), metavar="FILE",
    help="Look in a local file of places; without one, Wikidata is asked.",
)  # fmt: skip
SETTLEMENTS = click.option(
    "--settlements", is_flag=True, help="A bare name means the settlement, not its commune."
)
UNRESOLVED = click.option(
    "--unresolved", is_flag=True,
    help="Write also where a person has noted that no item was found.",
)  # fmt: skip


@dataclass(frozen=True)
class _Lists:
    """Where towns are looked for: in a gazetteer, or live."""

    gazetteer: Path | None
    wikibase: Wikibase
    settlements: bool = False

    @contextmanager
    def finder(self, say: Callable[[str], None]) -> Iterator[Finder]:
        """What looks for a town. Broken rows of a gazetteer are told, and left out."""
        if self.gazetteer:
            if not are_installed():
                say("names in other languages are not known: pip install 'twingraph[exonyms]'")
            find, problems = finder(self.gazetteer, settlements=self.settlements)
            _tell(problems)
            yield find
            return
        with self.wikibase.client() as lookup:
            yield WikidataFinder(lookup)

    @contextmanager
    def items(self) -> Iterator[ItemsOf]:
        """What looks items up."""
        if self.gazetteer:
            read = read_gazetteer(self.gazetteer)
            _tell(read.problems)
            yield partial(in_gazetteer, read)
            return
        with self.wikibase.client() as lookup:
            yield partial(in_wikidata, lookup)


def _tell(problems: Sequence[Problem]) -> None:
    """What is wrong in a gazetteer: also if progress is not wanted."""
    for problem in problems[:MOST_PROBLEMS]:
        click.echo(problem, err=True)
    if len(problems) > MOST_PROBLEMS:
        click.echo(f"… and {len(problems) - MOST_PROBLEMS:,} rows more", err=True)


def _looks_for_towns(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say where towns are looked for, as one argument."""

    @wraps(command)
    def looking(
        *, gazetteer: Path | None, settlements: bool, wikibase: Wikibase, **others: Any
    ) -> None:
        command(lists=_Lists(gazetteer, wikibase, settlements), **others)

    return GAZETTEER(SETTLEMENTS(asks_a_wikibase(looking)))


class _Shorthand(click.Group):
    """`reconcile NAME` is `reconcile town NAME`, and `reconcile --input …` `reconcile list …`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in that the arguments leave out."""
        helped = args[:1] in (["--help"], ["-h"])
        if not helped and (not args or args[0] not in self.commands):
            listed = any(arg.partition("=")[0] == "--input" for arg in args)
            args = ["list" if listed else "town", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Shorthand)
def reconcile() -> None:
    """Find the Wikidata item of a town: one by its NAME, a list, or those of the register.

    The outcome is matched, candidates to choose from, or none, each with the reason. A name that
    more than one place bears is matched only if a place, a code or the kind of body tells which.
    A decision that a person wrote into the register is never overwritten.
    """


@reconcile.command(
    cls=Examples,
    examples=[
        "twingraph reconcile Sieniawa --country PL --gazetteer places.tsv",
        "twingraph reconcile --contact you@example.org",
    ],
)
@click.argument("name", required=False)
@click.option("--country", default="", help="Its code or its name, in many languages.")
@click.option("--lat", default="", help="Latitude in degrees, where known.")
@click.option("--lon", default="", help="Longitude in degrees, where known.")
@click.option("--code", default="",
              help="A code: TERYT, REFNIS, LAU, the Slovak one, a GeoNames id …")  # fmt: skip
@_looks_for_towns
def town(
    name: str | None,
    country: str,
    lat: str,
    lon: str,
    code: str,
    lists: _Lists,
) -> None:
    """One town, by its NAME, or each that is typed at a prompt."""
    with lists.finder(progress(False)) as find:
        for query in _queries(name, country, lat, lon, code):
            click.echo(in_words(query, find(query)))


@reconcile.command(
    "list",
    cls=Examples,
    examples=["twingraph reconcile --input names.csv --gazetteer places.tsv --output out.csv"],
)
@click.option("--input", "given", type=click.Path(path_type=Path), metavar="FILE", required=True,
              help="CSV with name, country and, where known, lat, lon, code.")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE",
              help="The same rows with outcome, qid, score, reason, candidates.")  # fmt: skip
@_looks_for_towns
@QUIET
def in_list(given: Path, output: Path | None, lists: _Lists, quiet: bool) -> None:
    """The towns of a CSV file; its rows come back in their order, with what was found."""
    if output is None:
        raise UsageError("--input wants --output: where the rows are written")
    say = progress(quiet)
    meter = Meter(say)
    with lists.finder(say) as find:
        summary = reconcile_file(
            given, output, find=find,
            progress=lambda done, of: meter("looking for towns", done, of),
        )  # fmt: skip
    click.echo(f"{output}: {summary}")


@reconcile.command(
    cls=Examples,
    examples=["twingraph reconcile missing --write --contact you@example.org"],
)
@click.option("--write", is_flag=True, help="Write what was matched into the register.")
@UNRESOLVED
@_looks_for_towns
@DATA
@QUIET
def missing(write: bool, unresolved: bool, lists: _Lists, data: Path, quiet: bool) -> None:
    """The towns of the register that have no item."""
    queries = dict(ours.without_item(ours.authorities(data)))
    decisions: dict[str, TownDecision] = {}
    with lists.finder(progress(quiet)) as find:
        for key, query in queries.items():
            decisions[key] = find(query)
            click.echo(f"{key}: {in_words(query, decisions[key])}")
    matched = sum(decision.match is not None for decision in decisions.values())
    click.echo(f"{len(queries)} towns without an item: {matched} matched")
    if write:
        _write(data / REGISTER, decisions, MACHINE, unresolved)


@reconcile.command(
    cls=Examples,
    examples=["twingraph reconcile choose sk-lutina Q26 --why 'its code' --by 'A. Nowak'"],
)
@click.argument("key")
@click.argument("item")
@click.option("--why", default="", help="Why you have decided for it.")
@click.option("--by", default="", help="Who decides: your name.")
@UNRESOLVED
@DATA
def choose(key: str, item: str, why: str, by: str, unresolved: bool, data: Path) -> None:
    """Write a decision of yours into the register: the town of KEY is the Wikidata ITEM."""
    if not is_item(item):
        raise UsageError(f"{item!r} is no item id such as Q36")
    if not by or not why:
        raise UsageError("a decision of yours wants --by (your name) and --why")
    found = Candidate(item, "", "", 100.0, why)
    decision = TownDecision(Outcome.MATCHED, why, (found,), found)
    _write(data / REGISTER, {key: decision}, by, unresolved)


@reconcile.command(
    "verify",
    cls=Examples,
    examples=["twingraph reconcile verify --contact you@example.org"],
)
@GAZETTEER
@DATA
@asks_a_wikibase
def verify_items(gazetteer: Path | None, data: Path, wikibase: Wikibase) -> None:
    """Whether the register's items still hold; exit status 1 if not."""
    authorities = ours.authorities(data)
    with _Lists(gazetteer, wikibase).items() as look_up:
        findings = verify(authorities, look_up)
    for finding in findings:
        click.echo(finding)
    items = sum(bool(a.wikidata) + bool(a.wikidata_close) for a in authorities)
    click.echo(f"{items} items checked, {len(findings)} findings")
    if findings:
        sys.exit(DataError.exit_status)


def _queries(name: str | None, country: str, lat: str, lon: str, code: str) -> Iterator[Query]:
    """The town that was named, or each that is typed at the prompt."""
    record = {"country": country, "lat": lat, "lon": lon, "code": code}
    if name is not None:
        yield as_query({**record, "name": name})
        return
    while True:
        click.echo("town, country: ", nl=False, err=True)
        typed = sys.stdin.readline()
        if not typed.strip():
            return
        town, _, where = typed.rpartition(",") if "," in typed else (typed, "", country)
        try:
            yield as_query({**record, "name": town, "country": where})
        except UsageError as error:
            click.echo(error, err=True)


def _write(path: Path, decisions: Mapping[str, TownDecision], by: str, unresolved: bool) -> None:
    today = datetime.now(UTC).date()
    for one in enter(path, decisions, today, by=by, unresolved=unresolved):
        click.echo(": ".join(filter(None, (str(path), one.key, one.done.value, one.detail))))
