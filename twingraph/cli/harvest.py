"""Bring a register in as a source."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pycountry

from twingraph.cli.options import DATA, QUIET, Examples, progress
from twingraph.cli.wikibase import EVERY, WORK, Meter, asks_a_wikibase, client, duration, megabytes
from twingraph.errors import ServiceError, UsageError
from twingraph.model.records import Authority, Claims, Partnership, Source
from twingraph.reconcile.countries import country_code
from twingraph.sources.wikidata import dump as dumps
from twingraph.sources.wikidata import harvest as harvesting
from twingraph.sources.wikidata import live, twinning
from twingraph.sources.wikidata.countries import items_of
from twingraph.sources.wikidata.entities import is_item
from twingraph.sources.wikidata.twinning import Harvest


@click.group()
def harvest() -> None:
    """Bring a register in as a source: data/harvest/SOURCE.jsonl, which `build` reads."""


@harvest.command(
    cls=Examples,
    examples=[
        "twingraph harvest wikidata --contact you@example.org --country PL --country SK",
        "twingraph harvest wikidata --contact you@example.org Q64 Q84",
        "twingraph harvest wikidata --contact you@example.org --everything",
        "twingraph harvest wikidata --dump wikidata-20261116-all.json.gz",
        "twingraph harvest wikidata --crawl-2016 wikidata-p190-2016 --gazetteer places.tsv",
    ],
)
@click.argument("towns", nargs=-1, metavar="[ITEM]...")
@click.option("--towns", "listed", type=click.Path(path_type=Path), metavar="FILE",
              help="A list of items, one a line, beside those named.")  # fmt: skip
@click.option("--ours", is_flag=True, help="The towns of the registers in --data.")
@click.option("--country", "countries", multiple=True, metavar="CODE|ITEM",
              help="All towns of a country; may be repeated.")  # fmt: skip
@click.option("--everything", is_flag=True, help="All towns there are.")
@click.option("--dump", type=click.Path(path_type=Path), metavar="FILE",
              help="Read a JSON dump (.json, .gz, .bz2, .zst) in place of asking.")  # fmt: skip
@click.option("--cut-off", is_flag=True, help="Take a dump although it is cut off.")
@click.option("--crawl-2016", "crawl", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Read the crawl of 2016: relations.tsv and names.tsv.")  # fmt: skip
@click.option("--gazetteer", type=click.Path(path_type=Path), metavar="FILE",
              help="Also take coordinates and codes from a gazetteer extract.")  # fmt: skip
@click.option("--key", help="The source's key [default: wikidata, wikidata-pol …].")
@click.option("--report", "report_file", type=click.Path(path_type=Path), metavar="FILE",
              help="Also write what was counted, with examples, as JSON.")  # fmt: skip
@DATA
@WORK
@asks_a_wikibase
@QUIET
def wikidata(
    towns: tuple[str, ...],
    listed: Path | None,
    ours: bool,
    countries: tuple[str, ...],
    everything: bool,
    dump: Path | None,
    cut_off: bool,
    crawl: Path | None,
    gazetteer: Path | None,
    key: str | None,
    report_file: Path | None,
    data: Path,
    work: Path,
    contact: str | None,
    quiet: bool,
    **settings: Any,
) -> None:
    """Wikidata's twinning statements (P190), as a source of its own.

    Of the items named, of countries, or of everything; asked of Wikidata's services, or read from
    a dump. Towns that curators know take the curated key. A run that was broken off, or that a
    service failed (exit status 3), goes on where it stood when the command is given again.
    """
    say = progress(quiet)
    known = harvesting.known_to(data)
    items = [country_item(country) for country in countries]
    wanted = [*towns, *(harvesting.items_in(listed) if listed else ())]
    wanted += _curated(known.authorities, data) if ours else []
    _one_way(dump, crawl, bool(items), bool(wanted), everything)
    if wrong := [item for item in wanted if not is_item(item)]:
        raise UsageError(f"{wrong[0]!r} is no item id such as Q36")
    source_key = key or _source_key(items, countries, bool(wanted))
    if crawl:
        made = harvesting.from_crawl(crawl, known)
    elif dump:
        source = twinning.wikidata_source(harvesting.day_of(dump), key=source_key)
        made = _of_dump(
            dump, work, cut_off, say,
            countries=items, towns=wanted, known=known, source=source,
        )  # fmt: skip
    else:
        with client(work, contact, **settings) as asked:
            try:
                made = live.harvest(
                    asked, countries=items, towns=wanted, known=known, source_key=source_key,
                    progress=Meter(say),
                )  # fmt: skip
            except ServiceError as error:
                raise ServiceError(
                    f"{error}\nwhat has come is kept in {work}: give the same command to go on"
                ) from error
    claims = [made.claims, *([harvesting.places(gazetteer, made, known)] if gazetteer else ())]
    for one in claims:
        click.echo(_summary(harvesting.keep(one, data), one))
    click.echo(_counted(made))
    if report_file:
        _write_report(report_file, made)


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


def _one_way(
    dump: Path | None, crawl: Path | None, countries: bool, towns: bool, everything: bool
) -> None:
    """Raise UsageError unless it is clear what is wanted, and from where."""
    scopes = sum((countries, towns, everything))
    if scopes > 1:
        raise UsageError("name items, or countries, or --everything: one of them")
    if dump and crawl:
        raise UsageError("--dump or --crawl-2016: one of them")
    if crawl and (countries or towns):
        raise UsageError("the crawl of 2016 does not say in which country a town lies: all is read")
    if not (scopes or dump or crawl):
        raise UsageError("say what is wanted: items, --country, --towns, --ours or --everything")


def _source_key(items: Sequence[str], named: Sequence[str], towns: bool) -> str:
    """A part of Wikidata does not take the place of the whole."""
    if towns:
        return "wikidata-towns"
    codes = sorted(_code(item, name) for item, name in zip(items, named, strict=True))
    return "-".join(["wikidata", *codes])


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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
