"""What commands share: options, help with examples, progress on standard error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

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
OUT = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("public"),
    show_default=True,
    help="Where the current release is to be; earlier ones are kept in releases/ beside it.",
)
SPARK = "spark"
ENGINE = click.option(
    "--engine",
    type=click.Choice(["local", SPARK]),
    default="local",
    show_default=True,
    help="What does it: this process, or Apache Spark (pip install 'twingraph[spark]').",
)
QUIET = click.option("--quiet", is_flag=True, help="No progress, only results and errors.")


class Grouped(click.Option):
    """An option that stands in its help under a heading, `group`."""

    def __init__(self, *args: Any, group: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.group = group


class Examples(click.Command):
    """A command whose examples stand at the end of its help, as they are typed, and whose options
    stand under their headings, where they have one."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.examples = examples

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Add the options to the help, group by group."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                groups.setdefault(getattr(parameter, "group", "Options"), []).append(record)
        for heading, records in groups.items():
            with formatter.section(heading):
                formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Add the examples to the help."""
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write_text(example)


def progress(quiet: bool) -> Callable[[str], None]:
    """Where progress is told: on standard error, or nowhere."""

    def say(message: str) -> None:
        if not quiet:
            click.echo(message, err=True)

    return say
