"""Everything that can go wrong, as a tree of exceptions, each with its exit status.

TwingraphError
├── DataError          1  the data has violations; nothing is published
│   └── CheckFailed    1  the graph breaks a shape
├── UsageError         2  wrong usage, or input that cannot be read
└── ServiceError       3  a service outside failed

The library raises; only the command line prints and exits. A foreign exception is mapped to one
of these at the boundary where it arises.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place: where it stands, what stands there, how to mend it."""

    file: str
    line: int | None
    message: str
    cure: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}" + (f"\n    → {self.cure}" if self.cure else "")


class TwingraphError(Exception):
    """Base of all errors raised here. The message is fit to be shown to a user as it stands."""

    exit_status = 2


class DataError(TwingraphError):
    """The data has violations. `problems` holds all of them, in file and line order."""

    exit_status = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.line or 0, p.message))
        super().__init__("\n".join(map(str, self.problems)))


class CheckFailed(DataError):
    """The graph breaks at least one SHACL shape; `problems` says which, and where in data/."""


class UsageError(TwingraphError):
    """A command was used wrongly, or a file it was given cannot be read."""

    exit_status = 2


class ServiceError(TwingraphError):
    """A service outside (a SPARQL store, Wikidata) refused, failed or did not answer."""

    exit_status = 3


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The cure for a misspelt word: the nearest known ones, or else the sentence `otherwise`."""
    near = get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else otherwise
