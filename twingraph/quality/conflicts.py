"""Where sources disagree: both claims, which one is shown, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from twingraph.dates import Date
from twingraph.model.merge import ranking
from twingraph.model.records import (
    RECORD_CLASSES,
    Claim,
    Disagreement,
    Rule,
    Source,
    Text,
    View,
    rules,
)
from twingraph.web.messages import N_

REASONS: Final = {
    "rank": N_("its source has the better rank"),
    "read-later": N_("its source was read later, at the same rank"),
    "key": N_("its source comes first by its key, at the same rank and day of reading"),
    "newest": N_("its source was read last"),
    "precise": N_("it is more precise, and fits the others"),
    "refines": N_("it is more precise, and fits what the best-ranked source says"),
    "wording": N_("the best-ranked wording in each language"),
}
"""Why a value is shown: a word for programs, and the same for people."""

_CLASS_OF_PATH: Final = {record_class.path: record_class for record_class in RECORD_CLASSES}


class Quoted(NamedTuple):
    """What one source says: the value as JSON has it, and what decides between sources."""

    source: str
    value: Any
    rank: int
    retrieved: str | None


class Conflict(NamedTuple):
    """A field of which sources say different things.

    `reason` is a key of REASONS. `fits`: the others are only less precise, older, or other
    wordings; otherwise they contradict.
    """

    path: str
    key: str
    field: str
    fits: bool
    shown: Quoted
    others: tuple[Quoted, ...]
    reason: str


def conflicts(view: View) -> tuple[Conflict, ...]:
    """All disagreements of a view: contradictions first, then by subject and field."""
    sources = view.sources
    found = [_conflict(disagreement, sources) for disagreement in view.disagreements]
    return tuple(sorted(found, key=lambda c: (c.fits, c.path, c.key, c.field)))


def _conflict(disagreement: Disagreement, sources: Mapping[str, Source]) -> Conflict:
    path, key = disagreement.subject
    return Conflict(
        path,
        key,
        disagreement.field,
        disagreement.fits,
        _quoted(disagreement.shown, sources),
        tuple(_quoted(claim, sources) for claim in disagreement.others),
        _reason(disagreement, sources),
    )


def _reason(disagreement: Disagreement, sources: Mapping[str, Source]) -> str:
    rule = rules(_CLASS_OF_PATH[disagreement.subject.path])[disagreement.field]
    shown = sources[disagreement.shown.source]
    others = [sources[claim.source] for claim in disagreement.others]
    if rule is Rule.EACH_LANGUAGE:
        return "wording"
    if rule is Rule.NEWEST and all((shown.retrieved or "") > (o.retrieved or "") for o in others):
        return "newest"
    if rule is Rule.DATE:
        if disagreement.fits:
            return "precise"
        # A source that is not the best itself is shown only for making the best's date narrower.
        if any(ranking(other) < ranking(shown) for other in others):
            return "refines"
    best = min(others, key=ranking)
    if shown.rank < best.rank:
        return "rank"
    return "read-later" if (shown.retrieved or "") > (best.retrieved or "") else "key"


def _quoted(claim: Claim, sources: Mapping[str, Source]) -> Quoted:
    source = sources[claim.source]
    return Quoted(claim.source, plain(claim.value), source.rank, source.retrieved)


def plain(value: Any) -> Any:
    """A field's value as JSON holds it: dates in EDTF, texts as objects, decimals as strings."""
    if isinstance(value, Date):
        return value.edtf
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Text):
        return {"value": value.value, "language": value.language}
    return [plain(item) for item in value] if isinstance(value, tuple) else value
