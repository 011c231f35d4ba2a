"""Which Wikibase is asked, by whom, and how hard.

The defaults are Wikidata's services. Any Wikibase with a SPARQL endpoint works: give its own
addresses, and the base of its item IRIs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import requests

from twingraph.errors import UsageError

MOST_AT_ONCE: Final = 3
"""Requests at a time, at most, whatever the operator wishes."""

# No brackets, quotes or blanks: the contact stands in a comment of the User-Agent header.
_CONTACT = re.compile(
    r"https?://[^\s()<>\"\\/?#]+[^\s()<>\"\\]*|[^\s()<>\"\\@,;]+@[^\s()<>\"\\@,;]+"
)


@dataclass(frozen=True, slots=True)
class WikibaseSettings:
    """Addresses, contact and limits. Times are in seconds.

    `contact` is the operator's URL or e-mail address, as Wikimedia's User-Agent policy asks
    (foundation.wikimedia.org, "Policy:User-Agent policy"). Raises UsageError without one, and for
    limits outside their bounds.
    """

    contact: str
    api: str = "https://www.wikidata.org/w/api.php"
    entity_data: str = "https://www.wikidata.org/wiki/Special:EntityData/"
    sparql: str = "https://query.wikidata.org/sparql"
    entity_base: str = "http://www.wikidata.org/entity/"
    at_once: int = 1
    batch: int = 50
    attempts: int = 8
    first_wait: float = 1.0
    longest_backoff: float = 120.0
    longest_wait: float = 1800.0
    connect_timeout: float = 10.0
    read_timeout: float = 70.0
    maxlag: int = 5
    fresh_for: float = 86400.0

    def __post_init__(self) -> None:
        if not _CONTACT.fullmatch(self.contact):
            raise UsageError(
                f"{self.contact!r} is no contact: Wikimedia asks every client to name its operator;"
                " give a URL or an e-mail address under which you can be reached"
            )
        bounds = (
            ("requests at once", self.at_once, MOST_AT_ONCE),
            ("batch size", self.batch, 50),
            ("attempts", self.attempts, 100),
        )
        for name, value, most in bounds:
            if not 1 <= value <= most:
                raise UsageError(f"{name}: {value} is not between 1 and {most}")

    @property
    def user_agent(self) -> str:
        """The User-Agent header: this program, its operator, the library under it."""
        return f"twingraph/{_version()} ({self.contact}) requests/{requests.__version__}"


def _version() -> str:
    try:
        return version("twingraph")
    except PackageNotFoundError:  # run from a source tree
        return "0"
