"""Find the Wikidata item of a town, or of a list of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from twingraph.cli.options import DATA, QUIET, Examples, progress
from twingraph.cli.wikibase import WORK, Meter, asks_a_wikibase, client
from twingraph.errors import DataError, Problem, UsageError
from twingraph.reconcile import ours
from twingraph.reconcile.batch import Finder, as_query, finder, reconcile_file
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Candidate, Decision, Outcome
from twingraph.reconcile.exonyms import are_installed
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.live import WikidataFinder
from twingraph.reconcile.register import MACHINE, Entered, enter
from twingraph.reconcile.text import told
from twingraph.reconcile.verify import Facts, GazetteerFacts, WikidataFacts, verify
from twingraph.sources.wikidata.entities import is_item

REGISTER: Final = "municipalities.csv"
MOST_PROBLEMS: Final = 10
"""Broken rows of a gazetteer that are shown; of the others only how many there are."""


@click.command(
    cls=Examples,
    examples=[
        "twingraph reconcile Sieniawa --country PL --gazetteer places.tsv",
        "twingraph reconcile --input names.csv --gazetteer places.tsv --output out.csv",
        "twingraph reconcile --missing --write --contact you@example.org",
        "twingraph reconcile --verify --contact you@example.org",
        "twingraph reconcile Ľutina --key sk-lutina --choose Q26 --why 'its code' --by 'A. Nowak'",
    ],
)
@click.argument("name", required=False)
@click.option("--country", default="", help="Its code or its name, in many languages.")
@click.option("--lat", default="", help="Latitude in degrees, where known.")
@click.option("--lon", default="", help="Longitude in degrees, where known.")
@click.option("--code", default="",
              help="A code: TERYT, REFNIS, LAU, the Slovak one, a GeoNames id …")  # fmt: skip
@click.option("--input", "given", type=click.Path(path_type=Path), metavar="FILE",
              help="A list: CSV with name, country and, where known, lat, lon, code.")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE",
              help="The same rows with outcome, qid, score, reason, candidates.")  # fmt: skip
@click.option("--gazetteer", type=click.Path(path_type=Path), metavar="FILE",
              help="Look in a local file of places; without one, Wikidata is asked.")  # fmt: skip
@click.option("--settlements", is_flag=True,
              help="A bare name means the settlement, not its commune.")  # fmt: skip
@click.option("--missing", is_flag=True, help="The towns of the register that have no item.")
@click.option("--verify", "verifying", is_flag=True,
              help="Whether the register's items still hold; exit status 1 if not.")  # fmt: skip
@click.option("--write", is_flag=True, help="Write what --missing matched into the register.")
@click.option("--unresolved", is_flag=True,
              help="Write also where a person has noted that no item was found.")  # fmt: skip
@click.option("--key", help="The town's key in the register: write the decision there.")
@click.option("--choose", metavar="ITEM", help="The item that you have decided for.")
@click.option("--why", default="", help="Why you have.")
@click.option("--by", default=MACHINE, show_default=True, help="Who decides.")
@DATA
@WORK
@asks_a_wikibase
@QUIET
def reconcile(
    name: str | None,
    country: str,
    lat: str,
    lon: str,
    code: str,
    given: Path | None,
    output: Path | None,
    gazetteer: Path | None,
    settlements: bool,
    missing: bool,
    verifying: bool,
    write: bool,
    unresolved: bool,
    key: str | None,
    choose: str | None,
    why: str,
    by: str,
    data: Path,
    work: Path,
    contact: str | None,
    quiet: bool,
    **settings: Any,
) -> None:
    """Find the Wikidata item of a town: NAME, a list, or the towns of the register.

    The outcome is matched, candidates to choose from, or none, each with the reason. A name that
    more than one place bears is matched only if a place, a code or the kind of body tells which.
    A decision that a person wrote into the register is never overwritten.
    """
    _one_job(name, given, missing, verifying)
    say = progress(quiet)
    register = _Register(data / REGISTER, by, unresolved)
    if choose:
        register.write({_needed(key): _chosen(choose, name or "", why, by)})
        return
    where = _Where(gazetteer, settlements, lambda: client(work, contact, **settings), say)
    if verifying:
        _verify(data, where)
    elif given:
        _list(given, output, where, Meter(say))
    elif missing:
        _missing(data, where, register if write else None)
    else:
        with where.finder() as find:
            for query in _queries(name, country, lat, lon, code):
                decision = find(query)
                click.echo(told(query, decision))
                if key:
                    register.write({key: decision})


def _one_job(name: str | None, given: Path | None, missing: bool, verifying: bool) -> None:
    if sum((name is not None, given is not None, missing, verifying)) > 1:
        raise UsageError("a NAME, --input, --missing or --verify: one of them")


def _needed(key: str | None) -> str:
    if not key:
        raise UsageError("--choose wants --key: the town's key in the register")
    return key


@dataclass(frozen=True)
class _Where:
    """Where towns are looked for: in a gazetteer, or live."""

    gazetteer: Path | None
    settlements: bool
    client: Callable[[], Any]
    say: Callable[[str], None]

    @contextmanager
    def finder(self) -> Iterator[Finder]:
        """What looks for a town. Broken rows of a gazetteer are told, and left out."""
        if self.gazetteer:
            if not are_installed():
                self.say("names in other languages are not known: pip install 'twingraph[exonyms]'")
            find, problems = finder(self.gazetteer, settlements=self.settlements)
            _tell(problems)
            yield find
            return
        with self.client() as lookup:
            yield WikidataFinder(lookup)

    @contextmanager
    def facts(self) -> Iterator[Facts]:
        """What tells whether items hold."""
        if self.gazetteer:
            read = read_gazetteer(self.gazetteer)
            _tell(read.problems)
            yield GazetteerFacts(read)
            return
        with self.client() as lookup:
            yield WikidataFacts(lookup)


def _tell(problems: Sequence[Problem]) -> None:
    """What is wrong in a gazetteer: also if progress is not wanted."""
    for problem in problems[:MOST_PROBLEMS]:
        click.echo(problem, err=True)
    if len(problems) > MOST_PROBLEMS:
        click.echo(f"… and {len(problems) - MOST_PROBLEMS:,} rows more", err=True)


def _queries(name: str | None, country: str, lat: str, lon: str, code: str) -> Iterator[Query]:
    """The town that was named, or each that is typed at the prompt."""
    record = {"country": country, "lat": lat, "lon": lon, "code": code}
    if name is not None:
        yield _query({**record, "name": name})
        return
    while True:
        click.echo("town, country: ", nl=False, err=True)
        typed = sys.stdin.readline()
        if not typed.strip():
            return
        town, _, where = typed.rpartition(",") if "," in typed else (typed, "", country)
        try:
            yield _query({**record, "name": town, "country": where})
        except UsageError as error:
            click.echo(error, err=True)


def _query(record: Mapping[str, str]) -> Query:
    query, complaint = as_query(record)
    if complaint:
        raise UsageError(complaint)
    return query


def _list(given: Path, output: Path | None, where: _Where, meter: Meter) -> None:
    if output is None:
        raise UsageError("--input wants --output: where the rows are written")
    with where.finder() as find:
        summary = reconcile_file(
            given, output, find=find,
            progress=lambda done, of: meter("looking for towns", done, of),
        )  # fmt: skip
    click.echo(f"{output}: {summary}")


@dataclass(frozen=True)
class _Register:
    """Where decisions are written, and by whom."""

    path: Path
    by: str
    unresolved: bool

    def write(self, decisions: Mapping[str, Decision]) -> None:
        today = datetime.now(UTC).date()
        entered = enter(self.path, decisions, today, by=self.by, unresolved=self.unresolved)
        for one in entered:
            click.echo(_entered(self.path, one))


def _entered(path: Path, one: Entered) -> str:
    detail = f": {one.detail}" if one.detail else ""
    return f"{path}: {one.key}: {one.done.value}{detail}"


def _chosen(item: str, name: str, why: str, by: str) -> Decision:
    if not is_item(item):
        raise UsageError(f"{item!r} is no item id such as Q36")
    if by == MACHINE or not why:
        raise UsageError("a decision of yours wants --by (your name) and --why")
    found = Candidate(item, name, "", 100.0, why)
    return Decision(Outcome.MATCHED, why, (found,), found)


def _missing(data: Path, where: _Where, register: _Register | None) -> None:
    queries = dict(ours.without_item(ours.authorities(data)))
    decisions: dict[str, Decision] = {}
    with where.finder() as find:
        for key, query in queries.items():
            decisions[key] = find(query)
            click.echo(f"{key}: {told(query, decisions[key])}")
    matched = sum(decision.match is not None for decision in decisions.values())
    click.echo(f"{len(queries)} towns without an item: {matched} matched")
    if register:
        register.write(decisions)


def _verify(data: Path, where: _Where) -> None:
    authorities = ours.authorities(data)
    with where.facts() as facts:
        findings = verify(authorities, facts)
    for finding in findings:
        click.echo(finding)
    items = sum(bool(a.wikidata) + bool(a.wikidata_close) for a in authorities)
    click.echo(f"{items} items checked, {len(findings)} findings")
    if findings:
        sys.exit(DataError.exit_status)
