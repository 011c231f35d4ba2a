"""Ask a release."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import click
import pyoxigraph as ox
from rich.console import Console
from rich.table import Table

from twingraph import resources
from twingraph.cli.options import RELEASE, Examples
from twingraph.errors import UsageError, did_you_mean, file_errors
from twingraph.sparql.query_results import result_bytes
from twingraph.sparql.store import Store, evaluating


@click.command(
    cls=Examples,
    examples=[
        "twingraph query 'SELECT ?town { ?town tg:twinnedWith municipality:pl-sieniawa }'",
        "twingraph query ontology/queries/partners-of-a-town.rq --format csv",
    ],
)
@click.argument("query")
@RELEASE
@click.option(
    "--format", "form", default="table", show_default=True, help="How the answer is written.",
    type=click.Choice(["table", "csv", "tsv", "json", "xml", "turtle", "jsonld"]),
)  # fmt: skip
def query(query: str, release: Path, form: str) -> None:
    """Ask a release a SPARQL query: QUERY is its text, or the name of a file that ends in .rq.

    The prefixes of the dataset (tg, skos, municipality, office …) need not be declared.
    """
    text = _query_text(query)
    store = Store.of_release(release)
    answer = store.query(text)
    if form != "table":
        sys.stdout.buffer.write(result_bytes(answer, form, store.base))
    elif isinstance(answer, ox.QueryTriples):
        sys.stdout.buffer.write(result_bytes(answer, "turtle", store.base))
    elif isinstance(answer, ox.QueryBoolean):
        click.echo("yes" if answer else "no")
    else:
        _print_table(answer)
    sys.stdout.buffer.flush()


def _query_text(query: str) -> str:
    if not query.endswith(".rq"):
        if re.fullmatch(r"[\w-]+", query):
            raise UsageError(f"{query!r} is no query\n    → {_meant(query)}")
        return query
    with file_errors(query):
        return Path(query).read_text("utf-8")


def _meant(name: str) -> str:
    """What a name may mean: the file of a query that ships, or one of this folder."""
    shipped = resources.folder("ontology") / "queries"
    files = {path.stem: path for path in (*shipped.glob("*.rq"), *Path().glob("*.rq"))}
    place = _shown(shipped)
    cure = did_you_mean(name, files, f"write SPARQL, or the name of a file, as those in {place}")
    return f"its file is {_shown(files[name])}" if name in files else cure


def _shown(path: Path) -> str:
    """A path as it is shortest to type."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _print_table(solutions: ox.QuerySolutions) -> None:
    table = Table()
    for variable in solutions.variables:
        table.add_column(variable.value, overflow="fold")
    with evaluating():
        rows = [
            [str(term.value) if term else "" for term in cast(Iterable[Any], solution)]
            for solution in solutions
        ]
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:  # a file or a pipe has no width to fit into
        console.width = 10_000
    console.print(table)
    click.echo(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", err=True)
