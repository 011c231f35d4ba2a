"""Bring a register in as a source."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import pycountry

from twingraph.cli.options import DATA, QUIET, Examples, progress
from twingraph.cli.wikibase import (
    EVERY,
    WORK,
    Meter,
    asks_a_wikibase,
    client,
    duration,
    megabytes,
    work_folder,
)
from twingraph.errors import ServiceError, UsageError, file_errors
from twingraph.model.records import Authority, Claims, Partnership, Source
from twingraph.reconcile.countries import country_code
from twingraph.sources.wikidata import dump as dumps
from twingraph.sources.wikidata import harvest as harvesting
from twingraph.sources.wikidata import live, twinning
from twingraph.sources.wikidata.countries import items_of
from twingraph.sources.wikidata.entities import is_item
from twingraph.sources.wikidata.known import Known
from twingraph.sources.wikidata.twinning import Harvest


@click.group()
def harvest() -> None:
    """Bring a register in as a source: data/harvest/SOURCE.jsonl, which `build` reads."""


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
    contact: str | None,
    wikibase: dict[str, Any],
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
    work = work_folder(wikibase)
    with client(contact, wikibase) as asked:
        try:
            made = live.harvest(
                asked, countries=wanted.countries, towns=wanted.towns, known=wanted.known,
                source_key=key or wanted.source_key(), progress=Meter(say),
            )  # fmt: skip
        except ServiceError as error:
            raise ServiceError(
                f"{error}\nwhat has come is kept in {work}: give the same command to go on"
            ) from error
    _keep(made, data, work)


@harvest.command(
    cls=Examples,
    examples=[
        "twingraph harvest wikidata-dump wikidata-20261116-all.json.gz",
        "twingraph harvest wikidata-dump wikidata-20261116-all.json.gz --country PL",
    ],
)
@click.argument("dump", type=click.Path(path_type=Path))
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
    dump: Path,
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

    Of everything, or of the items or the countries named.
    """
    wanted = _Wanted.read(towns, ours, countries, data)
    if wanted.scopes > 1:
        raise UsageError("name items, or countries: one of them")
    source = twinning.wikidata_source(harvesting.day_of(dump), key=key or wanted.source_key())
    made = _of_dump(
        dump, work, cut_off, progress(quiet),
        countries=wanted.countries, towns=wanted.towns, known=wanted.known, source=source,
    )  # fmt: skip
    _keep(made, data, work)


@dataclass(frozen=True)
class _Wanted:
    """Which towns are wanted: items of towns or of countries; with neither, everything."""

    known: Known
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
        items += _curated(known.authorities, data) if ours else []
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
        return "-".join(["wikidata", *sorted(_code(item, name) for item, name in pairs)])


def _keep(made: Harvest, data: Path, work: Path) -> None:
    """Write the claims as a source, and what was counted, with examples, as JSON beside."""
    click.echo(_summary(harvesting.keep(made.claims, data), made.claims))
    click.echo(_counted(made))
    report = work / f"{made.claims.source.key}-report.json"
    _write_report(report, made)
    click.echo(f"{report}: what was skipped, and why")


def country_item(country: str) -> str:
    """The item of a country given by its item, its code or its name. Raises UsageError."""
    if is_item(country):
        return country
    code = country_code(country)
    found = pycountry.countries.get(alpha_2=code) if code else None
    items = items_of(found.alpha_3) if found else ()
    if not items:
        raise UsageError(f"the country {country!r} is not known: give its code, or its item")
    return items[0]


def _curated(authorities: Sequence[str] | Any, data: Path) -> list[str]:
    if not authorities:
        raise UsageError(f"the registers in {data} name no item")
    return sorted(authorities, key=lambda item: int(item[1:]))


def _code(item: str, name: str) -> str:
    code = country_code(name)
    found = pycountry.countries.get(alpha_2=code) if code else None
    return (found.alpha_3 if found else item).lower()


def _of_dump(
    dump: Path, work: Path, cut_off: bool, say: Callable[[str], None], **wanted: Any
) -> Harvest:
    made = harvesting.from_dump(dump, work, progress=_dump_meter(say), **wanted)
    if made.ending is dumps.Ending.FINISHED:
        return made.harvest
    told = f"{dump} is cut off ({made.why}): what comes after is not known"
    if not cut_off:
        raise UsageError(f"{told}; get it whole, or take what there is with --cut-off")
    say(told)
    return _marked(made.harvest, f"read from a dump that is cut off: {made.why}")


def _marked(made: Harvest, note: str) -> Harvest:
    source: Source = replace(made.claims.source, note=note)
    return replace(made, claims=replace(made.claims, source=source))


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
    told = [f"{towns:,} towns ({placed:,} with coordinates)", f"{pairs:,} partnerships"]
    return f"{path}: {', '.join(told if pairs else told[:1])}"


def _counted(made: Harvest) -> str:
    return str(made.report) or "nothing was skipped, nothing is one-sided"


def _write_report(path: Path, made: Harvest) -> None:
    text = json.dumps(made.report.as_json(), ensure_ascii=False, indent=2) + "\n"
    with file_errors(path, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
