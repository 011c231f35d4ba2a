"""What a register's row says that its source does not: the editors' own words, in their own name.

A row names the source that its thing was found in. That source states the thing's name; which
country and level a town has, where it lies, its codes, and which entry elsewhere is the same body,
was looked up by whoever wrote the row. Where the source is a register (verification notes, say)
those are the editors already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from twingraph.model.names import preferred
from twingraph.model.records import (
    Authority,
    Dataset,
    Organization,
    Person,
    Record,
    Source,
    Text,
    rules,
)
from twingraph.sources.curated.registers import RegisterEntry
from twingraph.sources.curated.statements import RANKS, Statements

EDITORS: Final = "editors"
"""The key of the source. A file of that name in data/sources/ may describe it otherwise."""

TITLES: Final = (
    Text("Von der Redaktion festgelegt", "de"),
    Text("Set by the editors", "en"),
    Text("Établi par la rédaction", "fr"),
    Text("Door de redactie vastgesteld", "nl"),
    Text("Ustalone przez redakcję", "pl"),
    Text("Určila redakcia", "sk"),
)

_OF_SOURCE: Final[Mapping[type[Record], frozenset[str]]] = {
    Authority: frozenset({"labels", "alt_labels"}),
    Organization: frozenset({"labels"}),
    Person: frozenset({"name"}),
}
"""What the source of a row states, of the classes whose rows hold more than that."""


def by_editors(
    entries: Sequence[RegisterEntry], statements: Sequence[Statements]
) -> list[RegisterEntry]:
    """The rows, those that say more than their source does parted in two: the source's and the
    editors'."""
    registers = {s.key for s in statements if s.source is None or s.source.kind == "register"}
    parted: list[RegisterEntry] = []
    for entry in entries:
        known = _OF_SOURCE.get(type(entry.record))
        looked_up = _without(entry.record, known) if known else None
        if looked_up is None or known is None or entry.source in registers:
            parted.append(entry)
        else:
            others = rules(type(entry.record)).keys() - known
            stated = entry._replace(record=_without(entry.record, others) or entry.record)
            parted.append(stated._replace(evidence=(), refers=()))
            parted.append(entry._replace(record=looked_up, source=EDITORS))
    return parted


def _without(record: Record, names: frozenset[str] | set[str]) -> Record | None:
    """A record without some fields; None where nothing is left of it."""
    empty: dict[str, Any] = {f.name: f.default for f in fields(record) if f.name in names}
    left = replace(record, **empty)
    values = (getattr(left, name) for name in rules(type(record)))
    return left if any(value not in (None, ()) for value in values) else None


def editors(
    dataset: Dataset | None, entries: Sequence[RegisterEntry], statements: Sequence[Statements]
) -> Iterator[Statements]:
    """The source that the editors are, where rows need it and no file describes it."""
    needed = any(entry.source == EDITORS for entry in entries)
    if dataset and needed and all(s.key != EDITORS for s in statements):
        yield Statements(EDITORS, source=_source(dataset))


def _source(dataset: Dataset) -> Source:
    publisher = preferred(dataset.publisher_name, ("en",))
    return Source(
        key=EDITORS,
        titles=TITLES,
        kind="register",
        rank=RANKS["register"] - 5,
        publisher=publisher.value if publisher else None,
        languages=("en",),
        retrieved=dataset.modified or dataset.issued,
        rank_reason="Looked up and decided case by case, where registers are taken as they are.",
    )
