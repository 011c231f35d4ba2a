"""What the commands share that ask Wikidata, or another Wikibase: options, the client, progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from twingraph.errors import UsageError
from twingraph.sources.wikidata.cache import Cache
from twingraph.sources.wikidata.client import Client
from twingraph.sources.wikidata.settings import MOST_AT_ONCE, Settings

Command = TypeVar("Command", bound=Callable[..., Any])

EVERY: Final = 5.0
"""Seconds between two lines of progress."""

WORK = click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=Path("build/harvest"),
    show_default=True,
    help="Where what has come is kept, so that a run that was broken off goes on.",
)

_DEFAULTS: Final = {field: Settings.__dataclass_fields__[field].default for field in (
    "api", "entity_data", "sparql", "entity_base",
)}  # fmt: skip

_OPTIONS: Final = (
    click.option(
        "--contact",
        envvar="TWINGRAPH_CONTACT",
        help="Your URL or e-mail address, for the User-Agent that Wikimedia asks for"
        " [or TWINGRAPH_CONTACT].",
    ),
    *(
        click.option(
            f"--{field.replace('_', '-')}",
            field,
            metavar="URL",
            envvar=f"TWINGRAPH_WIKIBASE_{field.upper()}",
            default=default,
            show_default=True,
            help=f"{told} [or TWINGRAPH_WIKIBASE_{field.upper()}].",
        )
        for (field, default), told in zip(
            _DEFAULTS.items(),
            (
                "The api.php of another Wikibase",
                "Its Special:EntityData",
                "Its SPARQL endpoint",
                "What the IRIs of its items begin with",
            ),
            strict=True,
        )
    ),
    click.option(
        "--at-once",
        type=click.IntRange(1, MOST_AT_ONCE),
        default=1,
        show_default=True,
        help="Requests at a time.",
    ),
)


def asks_a_wikibase(command: Command) -> Command:
    """Give a command the options that say which Wikibase is asked, and by whom."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def client(work: Path, contact: str | None, **settings: Any) -> Client:
    """A client that keeps what comes in a work folder. Raises UsageError without a contact."""
    if not contact:
        raise UsageError(
            "Wikimedia asks every client to name its operator: give --contact (or set"
            " TWINGRAPH_CONTACT) to a URL or an e-mail address under which you can be reached"
        )
    return Client(Settings(contact, **settings), Cache(work / "wikibase.sqlite"))


class Meter:
    """Tells how far a long job is, and how long it may still take, every few seconds."""

    def __init__(self, say: Callable[[str], None], every: float = EVERY) -> None:
        self._say = say
        self._every = every
        self._doing = ""
        self._begun = self._last = (0.0, 0)

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        """Take note of how many of what are done, of how many (None: not known)."""
        now = time.monotonic()
        if doing != self._doing:
            self._doing, self._begun, self._last = doing, (now, done), (now - self._every, done)
        is_last = total is not None and done >= total
        if now - self._last[0] < self._every and not is_last:
            return
        self._last = (now, done)
        if total is None:
            self._say(doing)
            return
        rate = (done - self._begun[1]) / (now - self._begun[0]) if now > self._begun[0] else 0.0
        left = f", {duration((total - done) / rate)} left" if rate and not is_last else ""
        self._say(f"{doing}: {done:,} of {total:,}{left}")


def duration(seconds: float) -> str:
    """A time in words: what is left of a job is never known to the second."""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"


def megabytes(size: int) -> str:
    """A size of a file."""
    return f"{size / 1e6:,.1f} MB"
