"""Many sources → one view: every thing once, every field decided, every disagreement listed.

A partnership whose status no source states has that of its last dated change (of the whole, not
of one member): it is known to have ended, though no page sums it up so. A partner that one
source found silent and another quotes has stated it.

Each field is decided by the rule that stands beside it in `records`. Sources are ranked by their
`rank` (1 is best); of two with the same rank the one read later comes first, then the one whose
key sorts first, so that the outcome never depends on the order of reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final, NamedTuple

from twingraph.dates import Date
from twingraph.model.records import (
    RECORD_CLASSES,
    Authority,
    Claim,
    Claims,
    Dataset,
    Disagreement,
    Partnership,
    Record,
    Rule,
    Source,
    StatusChange,
    Text,
    View,
    ordered,
    rules,
)
from twingraph.model.snapshots import CompleteRegister, with_snapshots

NEAR: Final = 20.0
"""Kilometres, at most, between what two sources say of one place: a large commune's middle, or
its town hall."""


class Decision(NamedTuple):
    """A field's value in the merged view, and what disagrees with it."""

    value: Any
    shown: str = ""
    others: tuple[Claim, ...] = ()
    fits: bool = True


Stated = Sequence[tuple[Source, Any]]
"""The values of a field that sources state, best source first. None of them is empty."""


def merge(
    dataset: Dataset,
    claims: Iterable[Claims],
    complete: Sequence[CompleteRegister] | None = None,
) -> View:
    """Merge the claims of all sources into one view.

    The claims come back in it in the order of their sources' keys. Of things of which nothing else
    is claimed, a part of the claims gives what all would give: `complete` are then the newest
    complete registers of all (see `snapshots`).
    """
    ranked = sorted(claims, key=lambda c: ranking(c.source))
    stated: dict[type[Record], dict[str, list[tuple[Source, Record]]]]
    stated = {record_class: defaultdict(list) for record_class in RECORD_CLASSES}
    for claim in ranked:
        for record in claim.records:
            stated[type(record)][record.key].append((claim.source, record))
    disagreements: list[Disagreement] = []
    things: dict[type[Record], dict[str, Record]] = {
        record_class: _decided(of_class, rules(record_class), disagreements)
        for record_class, of_class in stated.items()
    }
    things[Partnership] = _with_standing(things)
    things[Partnership] = {key: _said(record) for key, record in things[Partnership].items()}
    things[Partnership] = with_snapshots(things[Partnership], ranked, complete)
    things[Authority] = {key: _not_both(record) for key, record in things[Authority].items()}
    in_order = tuple(sorted(ranked, key=lambda c: c.source.key))
    return View(dataset, things, in_order, tuple(disagreements))


def _with_standing(things: Mapping[type[Record], Mapping[str, Record]]) -> dict[str, Record]:
    last: dict[str, StatusChange] = {}
    for change in things[StatusChange].values():
        assert isinstance(change, StatusChange)
        if change.concerns is None and change.new_status is not None:
            first = last.setdefault(change.partnership, change)
            if _when(change) > _when(first):
                last[change.partnership] = change
    return {
        key: replace(record, status=last[key].new_status)
        if isinstance(record, Partnership) and record.status is None and key in last
        else record
        for key, record in things[Partnership].items()
    }


def _said(record: Record) -> Record:
    """Without partners that one source found silent and another quotes."""
    assert isinstance(record, Partnership)
    if record.not_stated_by and record.stated_by:
        silent = tuple(p for p in record.not_stated_by if p not in record.stated_by)
        record = replace(record, not_stated_by=silent)
    return record


def _not_both(record: Record) -> Record:
    """Without a close entry that is the exact one too: one source's settlement, another's body."""
    assert isinstance(record, Authority)
    if record.wikidata_close and record.wikidata_close == record.wikidata:
        record = replace(record, wikidata_close=None)
    if record.geonames_close and record.geonames_close == record.geonames:
        record = replace(record, geonames_close=None)
    return record


def _when(change: StatusChange) -> str:
    return (change.changed_on.first_day if change.changed_on else None) or ""


def ranking(source: Source) -> tuple[int, int, str]:
    """Sorts sources, the best first."""
    read_on = int((source.retrieved or "0000-00-00").replace("-", ""))
    return source.rank, -read_on, source.key


def _decided(
    stated: Mapping[str, Sequence[tuple[Source, Record]]],
    rules_of: Mapping[str, Rule],
    disagreements: list[Disagreement],
) -> dict[str, Record]:
    values_of = attrgetter(*rules_of)
    return {key: _merged(stated[key], rules_of, values_of, disagreements) for key in sorted(stated)}


def _merged(
    stated: Sequence[tuple[Source, Record]],
    rules_of: Mapping[str, Rule],
    values_of: Callable[[Record], tuple[Any, ...]],
    disagreements: list[Disagreement],
) -> Record:
    first = stated[0][1]
    if len(stated) == 1:
        return first
    values: dict[str, Any] = {"key": first.key}
    columns = zip(*(values_of(record) for _, record in stated), strict=True)
    for (name, rule), column in zip(rules_of.items(), columns, strict=True):
        of_field = [(s, v) for (s, _), v in zip(stated, column, strict=True) if v]
        if not of_field:
            values[name] = column[0]
            continue
        decision = _DECIDE[rule](of_field)
        values[name] = decision.value
        if decision.others:
            shown = Claim(decision.shown, decision.value)
            disagreements.append(
                Disagreement(first.ref, name, shown, decision.others, decision.fits)
            )
    return type(first)(**values)


def _best(stated: Stated) -> Decision:
    """The best-ranked value; any other value conflicts with it."""
    source, value = stated[0]
    return Decision(value, source.key, _differing(stated, value), fits=False)


def _newest(stated: Stated) -> Decision:
    """The value of the source read last. An older value is no conflict: things change."""
    by_age = sorted(stated, key=lambda pair: pair[0].retrieved or "", reverse=True)
    source, value = by_age[0]
    same_day = [p for p in by_age if p[0].retrieved == source.retrieved]
    others = _differing(by_age, value)
    return Decision(value, source.key, others, fits=not _differing(same_day, value))


def _date(stated: Stated) -> Decision:
    """The most precise date that fits the best-ranked source's."""
    shown, date = stated[0]
    for source, other in stated[1:]:
        if other.within(date) and _precision(other) > _precision(date):
            shown, date = source, other
    others = _differing(stated, date, _same_date)
    return Decision(date, shown.key, others, all(date.within(claim.value) for claim in others))


def _near(stated: Stated) -> Decision:
    """The best-ranked place. No two sources measure alike: one that is near is no other place."""
    source, value = stated[0]
    others = _differing(stated, value, lambda other, shown: bool(other.km(shown) <= NEAR))
    return Decision(value, source.key, others, fits=False)


def _precision(date: Date) -> tuple[bool, bool, str, str, bool]:
    """Of two dates one within the other, the greater is the more precise."""
    closed = (date.earliest is not None, date.latest is not None)
    # A later start or an earlier end is narrower; complementing digits turns the end's order round.
    end = "".join(chr(0x7F - ord(c)) for c in date.latest or "")
    return *closed, date.earliest or "", end, date.value is not None


def _same_date(a: Date, b: Date) -> bool:
    return (a.value, a.earliest, a.latest) == (b.value, b.earliest, b.latest)


def _each_language(stated: Stated) -> Decision:
    """The best-ranked text in each language. Other wordings are variants, not conflicts."""
    chosen: dict[str, Text] = {}
    for _, texts in stated:
        for text in texts:
            chosen.setdefault(text.language, text)
    value = tuple(chosen[language] for language in sorted(chosen))
    variants = [
        Claim(source.key, left)
        for source, texts in stated
        if (left := tuple(t for t in texts if t not in value))
    ]
    return Decision(value, stated[0][0].key, tuple(variants))


def _all(stated: Stated) -> Decision:
    """Everything that any source states."""
    return Decision(ordered(item for _, items in stated for item in items))


def _same(stated: Stated) -> Decision:
    """A part of the key: every source states the same."""
    return Decision(stated[0][1])


def _differing(
    stated: Stated, value: Any, same: Callable[[Any, Any], bool] = lambda a, b: bool(a == b)
) -> tuple[Claim, ...]:
    return tuple(Claim(source.key, other) for source, other in stated if not same(other, value))


_DECIDE: dict[Rule, Callable[[Stated], Decision]] = {
    Rule.BEST: _best,
    Rule.NEWEST: _newest,
    Rule.DATE: _date,
    Rule.NEAR: _near,
    Rule.EACH_LANGUAGE: _each_language,
    Rule.ALL: _all,
    Rule.SAME: _same,
}
