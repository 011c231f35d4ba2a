"""Bring a register in as a source."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import pycountry

from twingraph.cli.interreg import interreg
from twingraph.cli.options import DATA, ENGINE, QUIET, SPARK, Examples, progress
from twingraph.cli.wikibase import (
    EVERY,
    WORK,
    Meter,
    Wikibase,
    asks_a_wikibase,
    duration,
    megabytes,
)
from twingraph.errors import ServiceError, UsageError, file_errors
from twingraph.model.records import Authority, Claims, Partnership
from twingraph.reconcile.countries import country_code
from twingraph.sources.harvested import FOLDER
from twingraph.sources.wikidata import dump as dumps
from twingraph.sources.wikidata import harvest as harvesting
from twingraph.sources.wikidata import live, twinning
from twingraph.sources.wikidata.countries import items_of
from twingraph.sources.wikidata.entities import is_item
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import number
from twingraph.sources.wikidata.twinning import Harvest


@click.group()
def harvest() -> None:
    """Bring a register in as a source: data/harvest/SOURCE.jsonl, which `build` reads."""


harvest.add_command(interreg)

ITEMS = click.argument("towns", nargs=-1, metavar="[ITEM|@FILE]...")
OURS = click.option("--ours", is_flag=True, help="The towns of the registers in --data.")
COUNTRY = click.option(
    "--country", "countries", multiple=True, metavar="CODE|ITEM",
    help="All towns of a country; may be repeated.",
)  # fmt: skip
KEY = click.option("--key", help="The source's key [default: wikidata, wikidata-pol …].")


@harvest.command(
    cls=Examples,
    examples=[
        "twingraph harvest wikidata --contact you@example.org --country PL --country SK",
        "twingraph harvest wikidata --contact you@example.org Q64 Q84",
        "twingraph harvest wikidata --contact you@example.org @items.txt",
        "twingraph harvest wikidata --contact you@example.org --everything",
    ],
)
@ITEMS
@OURS
@COUNTRY
@click.option("--everything", is_flag=True, help="All towns there are.")
@KEY
@DATA
@asks_a_wikibase
@QUIET
def wikidata(
    towns: tuple[str, ...],
    ours: bool,
    countries: tuple[str, ...],
    everything: bool,
    key: str | None,
    data: Path,
    wikibase: Wikibase,
    quiet: bool,
) -> None:
    """Wikidata's twinning statements (P190), asked of its services, as a source of its own.

    Of the items named, or listed in a FILE, one a line; of countries; or of everything. Towns that
    curators know take the curated key. A run that was broken off, or that a service failed (exit
    status 3), goes on where it stood when the command is given again.
    """
    say = progress(quiet)
    wanted = _Wanted.read(towns, ours, countries, data)
    if wanted.scopes + everything > 1:
        raise UsageError("name items, or countries, or --everything: one of them")
    if not wanted.scopes and not everything:
        raise UsageError("say what is wanted: items, --country, --ours or --everything")
    with wikibase.client() as client:
        try:
            made = live.harvest(
                client, countries=wanted.countries, towns=wanted.towns, known=wanted.known,
                source_key=key or wanted.source_key(), progress=Meter(say),
            )  # fmt: skip
        except ServiceError as error:
            raise ServiceError(
                f"{error}\nwhat has come is kept in {wikibase.work}: give the same command to go on"
            ) from error
    _keep(made, data, wikibase.work)


@harvest.command(
    cls=Examples,
    examples=[
        "twingraph harvest wikidata-dump wikidata-20261116-all.json.gz",
        "twingraph harvest wikidata-dump wikidata-20261116-all.json.gz --country PL",
        "twingraph harvest wikidata-dump s3a://dumps/wikidata-20261116-all.json.bz2 --engine spark",
    ],
)
@click.argument("dump")
@ENGINE
@ITEMS
@OURS
@COUNTRY
@click.option("--cut-off", is_flag=True, help="Take a dump although it is cut off.")
@KEY
@DATA
@click.option("--work", type=click.Path(path_type=Path), default=WORK, show_default=True,
              help="Where a run that was broken off left what it had found.")  # fmt: skip
@QUIET
def wikidata_dump(
    dump: str,
    engine: str,
    towns: tuple[str, ...],
    ours: bool,
    countries: tuple[str, ...],
    cut_off: bool,
    key: str | None,
    data: Path,
    work: Path,
    quiet: bool,
) -> None:
    """The same statements, read from a JSON DUMP (.json, .gz, .bz2, .zst) in place of asking.

    Of everything, or of the items or the countries named. With --engine spark the dump is any path
    that Spark can read; one in bzip2 is read by many tasks at once, others by one.
    """
    wanted = _Wanted.read(towns, ours, countries, data)
    if wanted.scopes > 1:
        raise UsageError("name items, or countries: one of them")
    say = progress(quiet)
    if engine == SPARK:
        if cut_off:
            raise UsageError("a dump that is cut off is read without --engine spark")
        return _dump_on_spark(dump, wanted, key, data, say)
    path = Path(dump)
    source = twinning.wikidata_source(harvesting.day_of(path), key=key or wanted.source_key())
    made, why = harvesting.from_dump(
        path, work, countries=wanted.countries, towns=wanted.towns, known=wanted.known,
        source=source, progress=_dump_meter(say),
    )  # fmt: skip
    if why:
        warning = f"{dump} is cut off ({why}): what comes after is not known"
        if not cut_off:
            raise UsageError(f"{warning}; get it whole, or take what there is with --cut-off")
        say(warning)
        noted = replace(made.claims.source, note=f"read from a dump that is cut off: {why}")
        made = replace(made, claims=replace(made.claims, source=noted))
    _keep(made, data, work)


def _dump_on_spark(
    dump: str, wanted: _Wanted, key: str | None, data: Path, say: Callable[[str], None]
) -> None:
    from twingraph.spark.harvest import day_of
    from twingraph.spark.harvest import harvest as on_spark
    from twingraph.spark.session import session

    spark = session()
    source = twinning.wikidata_source(day_of(spark, dump), key=key or wanted.source_key())
    out = data / FOLDER / f"{source.key}.jsonl"
    made = on_spark(
        spark, dump, out, source, say, countries=wanted.countries, towns=wanted.towns,
        known=wanted.known,
    )  # fmt: skip
    click.echo(made.summary(out))
    click.echo(str(made.report) or "nothing was skipped, nothing is one-sided")


@dataclass(frozen=True)
class _Wanted:
    """Which towns are wanted: items of towns or of countries; with neither, everything."""

    known: CuratedKeys
    towns: list[str]
    countries: list[str]
    named: tuple[str, ...]
    """The countries as they were named."""

    @classmethod
    def read(
        cls, towns: Sequence[str], ours: bool, countries: tuple[str, ...], data: Path
    ) -> _Wanted:
        """What the arguments ask for. Raises UsageError for an item or a country that is none."""
        known = harvesting.known_to(data)
        items: list[str] = []
        for town in towns:
            listed = town.startswith("@")
            items += harvesting.items_in(Path(town[1:])) if listed else [town]
        if ours and not known.authorities:
            raise UsageError(f"the registers in {data} name no item")
        items += sorted(known.authorities, key=number) if ours else []
        if wrong := [item for item in items if not is_item(item)]:
            raise UsageError(f"{wrong[0]!r} is no item id such as Q36")
        return cls(known, items, [country_item(country) for country in countries], countries)

    @property
    def scopes(self) -> int:
        """How many ways of saying it are used."""
        return bool(self.towns) + bool(self.countries)

    def source_key(self) -> str:
        """A part of Wikidata does not take the place of the whole."""
        if self.towns:
            return "wikidata-towns"
        pairs = zip(self.countries, self.named, strict=True)
        return "-".join(["wikidata", *sorted((_alpha_3(n) or item).lower() for item, n in pairs)])


def _keep(made: Harvest, data: Path, work: Path) -> None:
    """Write the claims as a source, and what was counted, with examples, as JSON beside."""
    click.echo(_summary(harvesting.keep(made.claims, data, made.report), made.claims))
    click.echo(str(made.report) or "nothing was skipped, nothing is one-sided")
    report = work / f"{made.claims.source.key}-report.json"
    with file_errors(report, "written"):
        report.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(made.report.as_json(), ensure_ascii=False, indent=2) + "\n"
        report.write_text(text, encoding="utf-8")
    click.echo(f"{report}: what was skipped, and why")


def country_item(country: str) -> str:
    """The item of a country given by its item, its code or its name. Raises UsageError."""
    if is_item(country):
        return country
    code = _alpha_3(country)
    items = items_of(code) if code else ()
    if not items:
        raise UsageError(f"the country {country!r} is not known: give its code, or its item")
    return items[0]


def _alpha_3(country: str) -> str | None:
    code = country_code(country)
    found = pycountry.countries.get(alpha_2=code) if code else None
    return found.alpha_3 if found else None


def _dump_meter(say: Callable[[str], None]) -> Callable[[str, dumps.Progress], None]:
    last = 0.0

    def tell(doing: str, at: dumps.Progress) -> None:
        nonlocal last
        if time.monotonic() - last < EVERY:
            return
        last = time.monotonic()
        left = "" if at.remaining is None else f", {duration(at.remaining)} left"
        share = at.done / at.size if at.size else 1.0
        say(f"{doing}: {share:.1%} of {megabytes(at.size)}, {at.found:,} found{left}")

    return tell


def _summary(path: Path, claims: Claims) -> str:
    towns = sum(isinstance(record, Authority) for record in claims.records)
    pairs = sum(isinstance(record, Partnership) for record in claims.records)
    placed = sum(isinstance(r, Authority) and r.point is not None for r in claims.records)
    counts = [f"{towns:,} towns ({placed:,} with coordinates)", f"{pairs:,} partnerships"]
    return f"{path}: {', '.join(counts if pairs else counts[:1])}"
