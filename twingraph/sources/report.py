"""What was met and did not become a record, or not an obvious one: counts and examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple, Self

ODD_TEXT: Final = "odd-text"
"""The kind that every source's report has: a text with characters that cannot be published."""

LEFT_OUT: Final = "a text with characters that cannot be published: they are left out"
"""What is done about it."""

EXAMPLES: Final = 10
"""How many examples of a kind are kept."""


class Finding(NamedTuple):
    """One thing met: its kind (one of the report's), and where or what it was."""

    kind: str
    what: str


class SourceReport:
    """Counts by kind, and the first few examples of each. A source's own class says which kinds
    there are (`kinds`), and of each what is done about it."""

    kinds: ClassVar[Mapping[str, str]] = {}

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}
        for finding in findings:
            self.add(*finding)

    def add(self, kind: str, what: str) -> None:
        """Count one more of a kind. Raises KeyError for a kind that is not known."""
        self.kinds[kind]
        self._counts[kind] += 1
        examples = self._examples.setdefault(kind, [])
        if len(examples) < EXAMPLES:
            examples.append(what)

    def update(self, other: SourceReport) -> None:
        """Add the counts and examples of another report."""
        self._counts.update(other._counts)
        for kind, examples in other._examples.items():
            mine = self._examples.setdefault(kind, [])
            mine.extend(examples[: EXAMPLES - len(mine)])

    def __getitem__(self, kind: str) -> int:
        return self._counts[kind]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each kind, in the order of the kinds."""
        return {kind: self._counts[kind] for kind in self.kinds if self._counts[kind]}

    def examples(self, kind: str) -> tuple[str, ...]:
        """The first few of a kind."""
        return tuple(self._examples.get(kind, ()))

    def as_json(self) -> dict[str, list[object]]:
        """Counts and examples, to be kept in a file and read again by `from_json`."""
        return {kind: [count, self._examples[kind]] for kind, count in self.counts.items()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Sequence[Any]]) -> Self:
        """The report that `as_json` was made of."""
        report = cls()
        for kind, (count, examples) in kept.items():
            report._counts[kind] = int(count)
            report._examples[kind] = list(map(str, examples))
        return report

    def __str__(self) -> str:
        return "\n".join(
            f"{count:>7,}  {kind}: {self.kinds[kind]} (e.g. {self._examples[kind][0]})"
            for kind, count in self.counts.items()
        )
