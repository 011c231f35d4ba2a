"""Scaffold what a curator writes: a partnership, a town, a source.

What is missing is asked for where there is a terminal; elsewhere nothing waits for input, and an
error names the options that are missing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import click

from twingraph import identifiers as ids
from twingraph.cli.enter import candidates, in_short
from twingraph.cli.options import DATA, Examples
from twingraph.cli.wikibase import Wikibase
from twingraph.contributions.contribution import REGISTERS, SOURCE, Contribution, Refused
from twingraph.contributions.given import from_data
from twingraph.contributions.known import Known, source_file
from twingraph.contributions.minting import Minter, source_key
from twingraph.contributions.towns import Found, Town, Towns, apart
from twingraph.contributions.writing import Plan, plan
from twingraph.errors import UsageError
from twingraph.rdf import concepts
from twingraph.reconcile.batch import Finder, finder
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.exonyms import installed_exonyms
from twingraph.reconcile.live import WikidataFinder
from twingraph.sources.curated.yaml_writer import write_yaml

WIKIDATA: Final = "wikidata"
FIND = click.option(
    "--find", "where", metavar="PLACE",
    help="Look for a new town's Wikidata item: a local file of places, or `wikidata` to ask it "
    "(with TWINGRAPH_CONTACT). The harvests of the data are looked in anyway.",
)  # fmt: skip
KIND = click.option("--kind", default="", help="Of the source: municipal, news, document …")
LANGUAGE = click.option("--language", default="", help="Of the source: pl. Several: pl,en.")
URL = click.option("--url", default="", help="The address of the source.")

_TO_FILL_IN: Final = """\

# Fill in what the page says, and nothing else; then `twingraph check`. In a partnership:
#     since: 2008-07                  the start of the co-operation, never the date of a signing
#     evidence: a few quoted words
#     agreements:
#       - key: 1
#         kind: agreement
#         signed_on: 2008-07-12
#         signatures:
#           - signatory: adam-wos     a key of people.csv
#             role: burmistrz         as the page writes it
#             office: mayor
#             on_behalf_of: pl-sieniawa
"""


@click.group()
def new() -> None:
    """Scaffold what a curator writes: keys are minted, rows and files written and checked.

    Without a terminal nothing is asked: say all by options.
    """


@new.command(
    cls=Examples,
    examples=[
        "twingraph new town Abda --country HU --source sieniawa-partner-towns",
        "twingraph new town Abda --country HU --item Q1017114 --by 'A. Nowak' --source …",
    ],
)
@click.argument("name", required=False, default="")
@click.option("--country", default="", help="Its code or its name, in many languages.")
@click.option("--level", default="", help="If it is no municipality: county, region …")
@click.option("--code", default="", help="Its national code, which tells namesakes apart.")
@click.option("--item", default="", help="Its Wikidata item, where you have decided for one.")
@click.option("--by", default="", help="Who has decided for the item: your name.")
@click.option("--source", default="", help="The key of the source that names it.")
@FIND
@DATA
def town(
    name: str,
    country: str,
    level: str,
    code: str,
    item: str,
    by: str,
    source: str,
    where: str | None,
    data: Path,
) -> None:
    """A row of municipalities.csv, for the town of a NAME."""
    said = _asked(
        {
            "NAME": (name, "The town's name, as people write it", ()),
            "--country": (country, "Its country", ()),
            "--source": (source, "The key of the source that names it", ()),
            **({"--by": (by, "Who has decided for the item", ())} if item else {}),
        }
    )
    known = Known.of(data)
    if said["--source"] not in known.sources:
        raise UsageError(
            f"there is no source {said['--source']!r}: `twingraph new source` makes one"
        )
    with _towns(known, where) as towns:
        wanted = Town(
            said["NAME"], _country(said["--country"]), level=level, national_code=code,
            item=item, by=said.get("--by", ""), why="given with the new row" if item else "",
        )  # fmt: skip
        found = _chosen(towns, wanted)
    if found.key:
        click.echo(f"{data}/municipalities.csv has it already: {found.key}")
        return
    minter = Minter(known, said["--source"])
    key = minter.town(found.row)
    made = _with_rows(data, said["--source"], minter)
    _tell(made, {key: found})


@new.command(
    cls=Examples,
    examples=[
        "twingraph new source 'Miasta partnerskie' --kind municipal --language pl"
        " --url https://example.org/partnerzy --town pl-sieniawa",
    ],
)
@click.argument("title", required=False, default="")
@KIND
@LANGUAGE
@URL
@click.option("--town", "publisher", default="", help="The key of the town whose page it is.")
@click.option("--retrieved", default="", help="The day on which it was read.")
@click.option("--key", default="", help="Its key, which is the file's name; else it is minted.")
@DATA
def source(
    title: str,
    kind: str,
    language: str,
    url: str,
    publisher: str,
    retrieved: str,
    key: str,
    data: Path,
) -> None:
    """A file in data/sources/, for the page or paper of a TITLE."""
    said = _asked(_of_source(title, kind, language))
    known = Known.of(data)
    key = key or source_key(known, said["TITLE"], url, publisher)
    if key in known.sources:
        click.echo(f"{source_file(data, key)} is there already")
        return
    content = _source(key, said["TITLE"], said, url) | {
        "publisher_authority": publisher,
        "retrieved": retrieved,
    }
    _tell(_written(data, {SOURCE: content}), {})


@new.command(
    cls=Examples,
    examples=[
        "twingraph new partnership 'Sieniawa (PL)' 'Abda (HU)' --title 'Umowa z Abdą'"
        " --kind municipal --language pl --url https://example.org/abda",
        "twingraph new partnership pl-sieniawa 'Abda (HU)' --source sieniawa-partner-towns",
    ],
)
@click.argument("towns", nargs=-1)
@click.option("--title", default="", help="Of the page or paper that states it.")
@KIND
@LANGUAGE
@URL
@click.option("--source", "stated_by", default="", help="Or the key of a source that is there.")
@click.option("--since", default="", help="The start of the co-operation: 2008-07.")
@FIND
@DATA
def partnership(
    towns: tuple[str, ...],
    title: str,
    kind: str,
    language: str,
    url: str,
    stated_by: str,
    since: str,
    where: str | None,
    data: Path,
) -> None:
    """A partnership of TOWNS, each a key or a name with its country: 'Abda (HU)'."""
    while len(towns) < 2 and _is_terminal():
        towns = (*towns, click.prompt("A town, with its country: Abda (HU)", err=True))
    if len(towns) < 2:
        raise UsageError("a partnership wants two towns or more: 'Sieniawa (PL)' 'Abda (HU)'")
    known = Known.of(data)
    if stated_by and stated_by not in known.sources:
        raise UsageError(f"there is no source {stated_by!r}: `twingraph new source` makes one")
    said = {} if stated_by else _asked(_of_source(title, kind, language, "--title"))
    key = stated_by or source_key(known, said["--title"], url)
    minter = Minter(known, key)
    page = known.sources[stated_by].languages if stated_by else _languages(said["--language"])
    with _towns(known, where) as finding:
        found = dict(_partner(one, finding, minter, "".join(page[:1])) for one in towns)
    block = {"key": minter.partnership(found), "partners": list(found), "since": since}
    if key in known.sources:
        _tell(_with_rows(data, key, minter), found)
        click.echo(f"write into {source_file(data, key)}, and fill in what it says:\n")
        shown = {name: value for name, value in block.items() if value}
        click.echo(write_yaml({"partnerships": [shown]}), nl=False)
        return
    content = _source(key, said["--title"], said, url) | {"partnerships": [block]}
    made = _written(data, {SOURCE: content, REGISTERS: dict(minter.rows)})
    _tell(made, found)


# --- what is asked for --------------------------------------------------------------------------

_Wanted = Mapping[str, tuple[str, str, Sequence[str]]]
"""What a command needs, by its option: what was given, how it is asked for, what may be chosen."""


def _asked(wanted: _Wanted) -> dict[str, str]:
    """What was given or, at a terminal, is answered. Raises UsageError with all that is missing."""
    missing = [option for option, (given, _, _) in wanted.items() if not given]
    if missing and not _is_terminal():
        told = "; ".join(f"{option} ({wanted[option][1].lower()})" for option in missing)
        raise UsageError(f"missing: {told}")
    return {
        option: given or _prompt(question, choices)
        for option, (given, question, choices) in wanted.items()
    }


def _is_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def _prompt(question: str, choices: Sequence[str]) -> str:
    kind = click.Choice(choices) if choices else None
    return str(click.prompt(question, type=kind, err=True)).strip()


def _of_source(title: str, kind: str, language: str, option: str = "TITLE") -> _Wanted:
    kinds = sorted(concepts.schemes()["source-kind"])
    return {
        option: (title, "What the page or the paper is called", ()),
        "--kind": (kind, f"Whose it is: {', '.join(kinds)}", kinds),
        "--language": (language, "Its language: pl", ()),
    }


def _source(key: str, title: str, said: Mapping[str, str], url: str) -> dict[str, Any]:
    languages = _languages(said["--language"])
    texts = {languages[0]: title} if languages else title
    return {"key": key, "title": texts, "kind": said["--kind"], "language": languages, "url": url}


def _languages(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _country(text: str) -> str:
    code = country_code(text)
    if code is None:
        raise UsageError(f"the country {text!r} is not known: give its two-letter code")
    return code


# --- towns --------------------------------------------------------------------------------------


@contextmanager
def _towns(known: Known, where: str | None) -> Iterator[Towns]:
    """What finds towns: in the data, and where it is told to look."""
    today, exonyms = datetime.now(UTC).date(), installed_exonyms()
    if where != WIKIDATA:
        find: Finder | None = finder(Path(where))[0] if where else None
        yield Towns(known, today, find, exonyms)
        return
    with Wikibase(os.environ.get("TWINGRAPH_CONTACT")).client() as lookup:
        yield Towns(known, today, WikidataFinder(lookup), exonyms)


def _partner(text: str, towns: Towns, minter: Minter, page: str) -> tuple[str, Found]:
    """The key of a town that is given by its key, or by name and country; its row is minted. `page`
    is the language of the page that names it."""
    if ids.is_key(text, ids.AUTHORITY_KEY):
        if not towns.known.has("municipalities", text):
            raise UsageError(f"municipalities.csv has no {text!r}: give its name, 'Abda (HU)'")
        return text, Found(key=text)
    name, country = apart(text)
    if not country:
        said = _asked({f"the country of {name}": ("", f"The country of {name}", ())})
        country = next(iter(said.values()))
    found = _chosen(towns, Town(name, _country(country), page=page))
    return found.key or minter.town(found.row), found


def _chosen(towns: Towns, town: Town) -> Found:
    """What is known of a town; at a terminal a person chooses among the items it may be."""
    found = towns.find(town)
    if found.several:
        raise UsageError(
            f"several towns are called {town.name!r}: give the key, {' or '.join(found.several)}, "
            "or its --code"
        )
    if found.key or not found.candidates or not _is_terminal():
        return found
    for number, one in enumerate(found.candidates, 1):
        click.echo(f"{number:>3}  {one.wikidata} {one.name}, {one.country}: {one.reason}", err=True)
    most = len(found.candidates)
    number = click.prompt(
        "Which of them is it (0: none)", type=click.IntRange(0, most), default=0, err=True
    )
    if not number:
        return found
    by, why = (click.prompt(question, err=True) for question in ("Your name", "Why this one"))
    item = found.candidates[number - 1].wikidata
    return towns.find(replace(town, item=item, by=by, why=why))


# --- writing ------------------------------------------------------------------------------------


def _today() -> date:
    return datetime.now(UTC).date()


def _written(data: Path, content: Mapping[str, Any], below: str = _TO_FILL_IN) -> Plan:
    """A contribution, written: of a new source with what is to be filled in. Raises UsageError, in
    words that fit options."""
    try:
        made = plan(data, Contribution.of(content), _today(), below)
    except Refused as refused:
        told = (": ".join(filter(None, (f.message, f.cure))) for f in refused.faults)
        raise UsageError("\n".join(told)) from None
    made.write()
    return made


def _with_rows(data: Path, source: str, minter: Minter) -> Plan:
    """Rows for the registers that a source which is there names, written."""
    stated = from_data(data, source_file(data, source)).content
    registers = stated.get(REGISTERS, {})
    for name, rows in minter.rows.items():
        registers = {**registers, name: [*registers.get(name, ()), *rows]}
    return _written(data, {**stated, REGISTERS: registers}, "")


def _tell(made: Plan, found: Mapping[str, Found]) -> None:
    for name, row in made.rows:
        click.echo(f"{made.data / name}.csv + {row['key']}: {in_short(row)}")
        for line in candidates(row["key"], found.get(row["key"], Found())):
            click.echo(line)
    if made.source in made.texts:
        click.echo(f"{made.source}: fill in what it says, as its last lines show")
    for doubt in made.doubts:
        click.echo(f"DOUBT: {doubt.message}\n    → {doubt.cure}")
