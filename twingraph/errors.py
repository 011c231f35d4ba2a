"""Everything that can go wrong, as a tree of exceptions, each with its exit status.

TwingraphError
├── DataError          1  the data has violations; nothing is published
│   │                  2  where a file of it cannot be read at all
│   └── CheckFailed    1  the graph breaks a shape
├── LossRefused        1  too much of the release before would be gone; nothing is published
├── UsageError         2  wrong usage, or input that cannot be read
└── ServiceError       3  a service outside failed

The library raises; only the command line prints and exits. A foreign exception is mapped to one
of these at the boundary where it arises. `BadValue` stands apart: it is what the functions that
read a single value raise, and whoever knows the file and the line makes a `Problem` of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place: where it stands, what stands there, how to mend it.

    `unreadable`: the file could not be read at all, so nothing is known of what it holds. `order`
    is where it is told among others, if not in that of files and lines.
    """

    file: str
    line: int | None
    message: str
    cure: str = ""
    unreadable: bool = False
    order: tuple[int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}" + (f"\n    → {self.cure}" if self.cure else "")


class BadValue(ValueError):
    """A value that is not what it should be. `cure` says how to mend it; it may be empty.

    A cure that has to be looked for may be given as a function: of a million bad values few are
    shown.
    """

    def __init__(self, message: str, cure: str | Callable[[], str] = "") -> None:
        self.message, self._cure = message, cure
        super().__init__(f"{message}: {cure}" if cure and isinstance(cure, str) else message)

    @property
    def cure(self) -> str:
        """How to mend it."""
        return self._cure if isinstance(self._cure, str) else self._cure()


class TwingraphError(Exception):
    """Base of all errors raised here. The message is fit to be shown to a user as it stands."""

    exit_status = 2


MOST_SHOWN: Final = 1_000
"""So many problems are shown, and given a cure that has to be looked for: of more, nobody reads
them, and they are one mistake made often."""

MOST_SUGGESTIONS: Final = 100
"""So many problems of keys are given a suggestion: looking for the nearest of 50,000 keys takes a
good part of a second."""


class DataError(TwingraphError):
    """The data has violations. `problems` holds all of them, once each, in file and line order;
    the message has the first MOST_SHOWN, and says how many more there are. `consequence` is what
    comes of it, in words."""

    exit_status = 1
    consequence = "nothing was published"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(
            set(problems), key=lambda p: (p.order, p.file, p.line or 0, p.message)
        )
        if any(problem.unreadable for problem in self.problems):
            self.exit_status = 2
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if more := len(self.problems) - len(lines):
            lines.append(f"… and {more:,} problem{'s' if more > 1 else ''} more")
        super().__init__("\n".join(lines))

    @property
    def summary(self) -> str:
        """How many problems there are, and what comes of it."""
        count = len(self.problems)
        return f"{count} problem{'' if count == 1 else 's'}: {self.consequence}"


class CheckFailed(DataError):
    """The graph breaks at least one SHACL shape; `problems` says which, and where in data/."""


class LossRefused(TwingraphError):
    """More of the release before would be gone than is allowed; the message lists all of it."""

    exit_status = 1


class UsageError(TwingraphError):
    """A command was used wrongly, or a file it was given cannot be read."""

    exit_status = 2


@contextmanager
def file_errors(path: object, doing: str = "read") -> Iterator[None]:
    """Raise UsageError with the file and the reason where it cannot be read, or be `doing`."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} cannot be {doing}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} cannot be {doing}: it is not UTF-8; save it as UTF-8") from error


class ServiceError(TwingraphError):
    """A service outside (a SPARQL store, Wikidata) refused, failed or did not answer."""

    exit_status = 3


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The cure for a misspelt word: the nearest known ones, or else the sentence `otherwise`."""
    return proposed(nearest(word, known), otherwise)


def proposed(near: Iterable[str], otherwise: str = "") -> str:
    """The cure that proposes some words, or, where there are none, the sentence `otherwise`."""
    quoted = " or ".join(map(repr, near))
    return f"did you mean {quoted}?" if quoted else otherwise


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The words that a misspelt one may be meant for, the likeliest first.

    Near is what one slip of the hand in four letters makes of a word: further off, likeness is of
    the letters and no longer of the meaning (place, replaces).
    """
    # Only where something is wrong: no command waits for it at its start.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    spelt = {name.lower(): name for name in sorted(known)}
    slips = max(len(word) > 2, len(word) // 4)
    near = process.extract(
        word.lower(), list(spelt), scorer=OSA.distance, score_cutoff=slips, limit=9
    )
    return [spelt[name] for name, _, _ in near if not _is_another(word.lower(), name)][:3]


def _is_another(word: str, name: str) -> bool:
    """Whether two words that are near in letters are two of a language: one has a syllable before
    the other (inactive, active), or a whole part of it differs (signed_by, signed_on)."""
    from rapidfuzz.distance import OSA

    shorter, longer = sorted((word, name), key=len)
    if len(longer) - len(shorter) > 1 and longer.endswith(shorter):
        return True
    parts = [re.split("[-_ ]+", one) for one in (word, name)]
    return len(parts[0]) == len(parts[1]) and any(
        OSA.distance(a, b) > max(1, len(a) // 4) for a, b in zip(*parts, strict=True)
    )
