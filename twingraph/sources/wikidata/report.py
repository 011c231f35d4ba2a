"""What was met on the way and did not become a record, or not an obvious one: counts, examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

EXAMPLES: Final = 10
"""How many examples of a kind are kept."""

KINDS: Final[Mapping[str, str]] = {
    # of an entity
    "broken-entity": "no JSON object with an id: skipped",
    "not-an-item": "a property, lexeme or file: skipped",
    "no-label": "an item without any label: shown by its id",
    "odd-datatype": "a value that is not of its property's type: ignored",
    "bad-date": "a date that cannot be placed (year 0, BCE, no such day): ignored",
    "several-dates": "more than one value in one qualifier: the first is taken",
    "bad-coordinates": "coordinates off the globe, or not on Earth: ignored",
    "several-codes": "more than one value of a code: none is taken",
    "unknown-country": "a country item without a code: country left open",
    "several-countries": "more than one country today: country left open",
    "no-country": "an item that states no country of today",
    "unread-qualifier": "a qualifier of a twinning statement that is not read",
    "unread-reference": "a property of a reference that is not read",
    # of a twinning statement
    "deprecated": "a statement of deprecated rank: no link",
    "no-value": "the statement says there is no partner: no link",
    "unknown-value": "the statement says the partner is unknown: no link",
    "self-link": "an item that is its own partner, directly or through a redirect: no link",
    "redirected": "a link to a redirect: followed to where it leads",
    "redirect-loop": "redirects that lead in a circle: no link",
    "deleted": "a link to an item that does not exist any more: no link",
    "not-fetched": "a partner whose own item was not read: known by its id only",
    # of a pair
    "one-sided": "a partnership that one side alone states",
    "one-sided-unchecked": "a partnership stated by one side; the other item was not read",
    "repeated": "a pair that one item states more than once",
    "doubled": "the same two places linked on several administrative levels: one partnership",
    "maybe-doubled": "two items of one name with one partner: perhaps the same place twice",
    "conflicting-start": "statements of a pair with starts that do not fit: the best is taken",
    "ended-one-side": "an end that one side states and the other does not",
    # of a table
    "bad-row": "a row with too few columns: skipped",
    "bad-id": "a row whose id is no item id: skipped",
    "repeated-row": "a row that stood before: counted once",
    "elsewhere": "a row over 20 km from where its item is known to lie: skipped",
    "ambiguous-place": "rows of one item in different countries or over 20 km apart: skipped",
    # of a dump
    "broken-line": "a line that is no JSON: skipped",
    "long-line": "a line beyond the limit of memory: skipped",
}
"""Every kind that is counted, and what is done about it."""


class Finding(NamedTuple):
    """One thing met: its kind (a key of KINDS), and where or what it was."""

    kind: str
    what: str


class Findings:
    """Counts by kind, and the first few examples of each."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}
        for finding in findings:
            self.add(*finding)

    def add(self, kind: str, what: str) -> None:
        """Count one more of a kind. Raises KeyError for a kind that is not in KINDS."""
        KINDS[kind]
        self._counts[kind] += 1
        examples = self._examples.setdefault(kind, [])
        if len(examples) < EXAMPLES:
            examples.append(what)

    def update(self, other: Findings) -> None:
        """Add the counts and examples of another report."""
        self._counts.update(other._counts)
        for kind, examples in other._examples.items():
            mine = self._examples.setdefault(kind, [])
            mine.extend(examples[: EXAMPLES - len(mine)])

    def __getitem__(self, kind: str) -> int:
        return self._counts[kind]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each kind, in the order of KINDS."""
        return {kind: self._counts[kind] for kind in KINDS if self._counts[kind]}

    def examples(self, kind: str) -> tuple[str, ...]:
        """The first few of a kind."""
        return tuple(self._examples.get(kind, ()))

    def as_json(self) -> dict[str, list[object]]:
        """Counts and examples, to be kept in a file and read again by `from_json`."""
        return {kind: [count, self._examples[kind]] for kind, count in self.counts.items()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Sequence[Any]]) -> Findings:
        """The report that `as_json` was made of."""
        report = cls()
        for kind, (count, examples) in kept.items():
            report._counts[kind] = int(count)
            report._examples[kind] = list(map(str, examples))
        return report

    def __str__(self) -> str:
        return "\n".join(
            f"{count:>7,}  {kind}: {KINDS[kind]} (e.g. {self._examples[kind][0]})"
            for kind, count in self.counts.items()
        )
