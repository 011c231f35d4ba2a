"""The command line: thin commands over the library. Only this package prints and exits.

Results go to standard output, progress to standard error. A module here holds the commands of one
concern; COMMANDS lists them all.

build       a release of the data
check       the data's faults, and what is doubtful in it
enter       import: a filled-in sheet or a contribution put into the data
edit        a form over the data, in a browser
forget      forget, gone: a source taken down, and what is known to be gone
harvest     a register brought in as a source
interreg    harvest interreg: projects and their partners
merge       a register of two branches, for git
new         a partnership, a town, a source scaffolded
push        a release loaded into a SPARQL store
query       a release asked
releases    diff, release, verify: two compared, one made of a job's parts, one checked
reconcile   Wikidata items of towns: one, a list, those of the register
serve       a release served over HTTP
spark       build --engine spark: the graph in parts
options     what commands share: options, help with examples, progress
wikibase    what commands share that ask a Wikibase
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final, NoReturn

import click

from twingraph.errors import DataError, TwingraphError

COMMANDS: Final[Mapping[str, str]] = {
    "build": "twingraph.cli.build:build",
    "check": "twingraph.cli.check:check",
    "diff": "twingraph.cli.releases:diff",
    "edit": "twingraph.cli.edit:edit",
    "forget": "twingraph.cli.forget:forget",
    "gone": "twingraph.cli.forget:gone",
    "harvest": "twingraph.cli.harvest:harvest",
    "import": "twingraph.cli.enter:enter",
    "merge": "twingraph.cli.merge:merge",
    "new": "twingraph.cli.new:new",
    "push": "twingraph.cli.push:push",
    "query": "twingraph.cli.query:query",
    "release": "twingraph.cli.releases:release",
    "reconcile": "twingraph.cli.reconcile:reconcile",
    "serve": "twingraph.cli.serve:serve",
    "verify": "twingraph.cli.releases:verify",
}
"""Where each command is."""

ENGINES: Final[Mapping[str, Mapping[str, str]]] = {
    "build": {"local": COMMANDS["build"], "spark": "twingraph.cli.spark:build"}
}
"""Where a command is that another engine carries out, with options of its own."""


class Commands(click.Group):
    """Imports a command when it is asked for: what the service needs would otherwise take longer
    to load than a release takes to build."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a name, or None where there is none."""
        return _imported(COMMANDS[name]) if name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named, by the engine that `--engine` names."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and name in ENGINES:
            for at, word in enumerate(rest):
                option, equals, engine = word.partition("=")
                if option != "--engine":
                    continue
                after = at + 1 if equals else at + 2
                engine = engine if equals else "".join(rest[at + 1 : after])
                if engine not in ENGINES[name]:
                    raise click.UsageError(f"--engine {engine}: {', '.join(ENGINES[name])}", ctx)
                return name, _imported(ENGINES[name][engine]), rest[:at] + rest[after:]
        return name, command, rest


def _imported(place: str) -> click.Command:
    module, _, attribute = place.partition(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="twingraph")
def cli() -> None:
    """The open knowledge graph of town partnerships.

    Exit status: 0 done; 1 the data has violations, nothing was published; 2 wrong usage or input
    that cannot be read; 3 a service outside failed.
    """


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
        click.echo(_in_words(error), err=True)
        sys.exit(error.exit_status)
    sys.exit(0)


def _in_words(error: TwingraphError) -> str:
    if isinstance(error, DataError):
        return f"{error}\n{error.summary}"
    return f"twingraph: {error}"
