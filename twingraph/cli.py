"""The command line: thin commands over the library. Only this module prints and exits.

Results go to standard output, progress to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
import pyoxigraph as ox
from rich.console import Console
from rich.table import Table

from twingraph import build as building
from twingraph import store as stores
from twingraph.errors import DataError, TwingraphError, UsageError
from twingraph.results import answer_bytes

DATA = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("data"),
    show_default=True,
    help="The folder that curators write.",
)
RELEASE = click.option(
    "--release",
    type=click.Path(path_type=Path),
    default=Path("public"),
    show_default=True,
    help="A folder that `twingraph build` wrote.",
)
QUIET = click.option("--quiet", is_flag=True, help="No progress, only results and errors.")


class Examples(click.Command):
    """A command whose examples stand at the end of its help, as they are typed."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Add the examples to the help."""
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write_text(example)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="twingraph")
def cli() -> None:
    """The open knowledge graph of town partnerships.

    Exit status: 0 done; 1 the data has violations, nothing was published; 2 wrong usage or input
    that cannot be read; 3 a service outside failed.
    """


@cli.command(cls=Examples, examples=["twingraph build", "twingraph build --data data --out public"])
@DATA
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("public"),
    show_default=True,
    help="Where the current release is to be; earlier ones are kept in releases/ beside it.",
)
@QUIET
def build(data: Path, out: Path, quiet: bool) -> None:
    """Read, merge, map and check the data, and write a release.

    A failing check publishes nothing: the last release stays as it was.
    """
    result = building.build(data, out, _progress(quiet))
    click.echo(result.summary())


@cli.command(
    cls=Examples, examples=["twingraph check", "twingraph check --data data --format json"]
)
@DATA
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "turtle"]), default="text",
    show_default=True, help="How the report is written.",
)  # fmt: skip
@QUIET
def check(data: Path, form: str, quiet: bool) -> None:
    """Check the data against every rule, and publish nothing."""
    view = building.read_view(data, _progress(quiet))
    report = building.check_view(view, _progress(quiet))
    click.echo(building.serialize_report(report, form, view.dataset.base), nl=False)
    if not report.conforms:
        sys.exit(DataError.exit_status)


@cli.command(
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
    store = stores.Store.of_release(release)
    answer = store.query(text)
    if form != "table":
        sys.stdout.buffer.write(answer_bytes(answer, form, store.base))
    elif isinstance(answer, ox.QueryTriples):
        sys.stdout.buffer.write(answer_bytes(answer, "turtle", store.base))
    elif isinstance(answer, ox.QueryBoolean):
        click.echo("yes" if answer else "no")
    else:
        _print_table(answer)
    sys.stdout.buffer.flush()


def _query_text(query: str) -> str:
    if not query.endswith(".rq"):
        return query
    try:
        return Path(query).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{query} cannot be read: {reason}") from error


def _print_table(solutions: ox.QuerySolutions) -> None:
    table = Table()
    for variable in solutions.variables:
        table.add_column(variable.value, overflow="fold")
    count = 0
    for solution in solutions:
        table.add_row(*("" if term is None else str(term.value) for term in _terms(solution)))
        count += 1
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:  # a file or a pipe has no width to fit into
        console.width = 10_000
    console.print(table)
    click.echo(f"{count} row{'' if count == 1 else 's'}", err=True)


def _terms(solution: ox.QuerySolution) -> list[Any]:
    return list(solution)


def _progress(quiet: bool) -> Callable[[str], None]:
    def say(message: str) -> None:
        if not quiet:
            click.echo(message, err=True)

    return say


def main() -> NoReturn:
    """Run the command line; an error of ours is told in words, and sets the exit status."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left; there is nobody to tell
        sys.exit(0)
    except TwingraphError as error:
        click.echo(_told(error), err=True)
        sys.exit(error.exit_status)
    sys.exit(0)


def _told(error: TwingraphError) -> str:
    if isinstance(error, DataError):
        count = len(error.problems)
        return f"{error}\n{count} problem{'' if count == 1 else 's'}: nothing was published"
    return f"twingraph: {error}"
