"""What the commands share that ask Wikidata, or another Wikibase: options, the client, progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from twingraph.errors import UsageError
from twingraph.sources.wikidata.cache import Cache
from twingraph.sources.wikidata.client import WikibaseClient
from twingraph.sources.wikidata.settings import MOST_AT_ONCE, WikibaseSettings

EVERY: Final = 5.0
"""Seconds between two lines of progress."""

WORK: Final = Path("build/harvest")
"""Where what has come is kept, so that a run that was broken off goes on."""

_PARTS: Final = {"api": str, "entity-data": str, "entity-base": str, "sparql": str, "at-once": int,
                 "work": Path}  # fmt: skip
"""What can be set of a Wikibase, and how each value is read."""


def _settings(
    ctx: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value in values:
        part, _, text = value.partition("=")
        if part not in _PARTS or not text:
            known = ", ".join(f"{name}=…" for name in _PARTS)
            raise click.BadParameter(f"{value!r} is none of {known}")
        try:
            found[part.replace("-", "_")] = _PARTS[part](text)
        except ValueError as error:
            raise click.BadParameter(f"{value!r}: a whole number is wanted") from error
    return found


_OPTIONS: Final = (
    click.option(
        "--contact",
        envvar="TWINGRAPH_CONTACT",
        help="Your URL or e-mail address, for the User-Agent that Wikimedia asks for"
        " [or TWINGRAPH_CONTACT].",
    ),
    click.option(
        "--wikibase",
        multiple=True,
        callback=_settings,
        metavar="PART=VALUE",
        envvar="TWINGRAPH_WIKIBASE",
        help="Another Wikibase, part by part: api=URL (its api.php), entity-data=URL (its"
        " Special:EntityData), sparql=URL, entity-base=IRI (what its items' IRIs begin with);"
        f" at-once=N requests (1 to {MOST_AT_ONCE}); work=FOLDER, where what has come is kept"
        f" (build/harvest). May be repeated [or TWINGRAPH_WIKIBASE, with spaces between].",
    ),
)


class Wikibase:
    """Which Wikibase a command asks, and by whom; `work` is where what has come is kept."""

    def __init__(self, contact: str | None, work: Path = WORK, **settings: Any) -> None:
        self.contact = contact
        self.work = work
        self._settings = settings

    def client(self) -> WikibaseClient:
        """A client that keeps what comes. Raises UsageError without a contact."""
        if not self.contact:
            raise UsageError(
                "Wikimedia asks every client to name its operator: give --contact (or set"
                " TWINGRAPH_CONTACT) to a URL or an e-mail address under which you can be reached"
            )
        cache = Cache(self.work / "wikibase.sqlite")
        return WikibaseClient(WikibaseSettings(self.contact, **self._settings), cache)


def asks_a_wikibase(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which Wikibase is asked, as one argument."""

    @wraps(command)
    def asking(*, contact: str | None, wikibase: dict[str, Any], **others: Any) -> None:
        command(wikibase=Wikibase(contact, **wikibase), **others)

    for option in reversed(_OPTIONS):
        asking = option(asking)
    return asking


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
