"""The command line: thin commands over the library. Only this package prints and exits.

Results go to standard output, progress to standard error. A module here holds the commands of one
concern; COMMANDS lists them all.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from twingraph.cli.build import build, check
from twingraph.cli.diff import diff
from twingraph.cli.harvest import harvest
from twingraph.cli.push import push
from twingraph.cli.query import query
from twingraph.cli.reconcile import reconcile
from twingraph.cli.serve import serve
from twingraph.cli.verify import verify
from twingraph.errors import DataError, TwingraphError

COMMANDS: tuple[click.Command, ...] = (
    build,
    check,
    diff,
    harvest,
    push,
    query,
    reconcile,
    serve,
    verify,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="twingraph")
def cli() -> None:
    """The open knowledge graph of town partnerships.

    Exit status: 0 done; 1 the data has violations, nothing was published; 2 wrong usage or input
    that cannot be read; 3 a service outside failed.
    """


for command in COMMANDS:
    cli.add_command(command)


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
