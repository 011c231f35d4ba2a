"""What the other sources of a folder state already of the partnerships of a sheet: which documents
have which number, and when each began. A number is a sheet's own, a key is for all sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from twingraph import dates
from twingraph.contributions import cells, columns
from twingraph.contributions.known import Known
from twingraph.dates import Date
from twingraph.errors import BadValue
from twingraph.identifiers import nested_key
from twingraph.model.records import Agreement, Partnership, Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Already:
    """What a folder has but for one source, which is entered (again)."""

    known: Known
    source: str

    def document(self, partnership: str, number: str, block: Mapping[str, Any]) -> Agreement | None:
        """The document of a number that can hardly be the one that is entered: it was signed on
        another day, or it is of another kind and not known to be of the same day."""
        key = nested_key(partnership, number)
        return next((one for one, _ in self._of(Agreement, key) if _is_another(one, block)), None)

    def began(self, partnership: str, since: str) -> tuple[str, str] | None:
        """Another date on which a partnership began, and the title of the source that says so."""
        said = _date(since)
        for one, source in self._of(Partnership, partnership):
            if one.since and said and _differ(one.since, said):
                return one.since.edtf, self.known.sources[source].titles[0].value
        return None

    def _of(self, of: type[R], key: str) -> Iterator[tuple[R, str]]:
        for record, source in self.known.statements.get((of, key), ()):
            if source != self.source and isinstance(record, of):
                yield record, source


def described(document: Agreement, language: str) -> str:
    """A document in a few words of a language: partnership agreement, 2010-07."""
    scheme = columns.DOCUMENTS.column("kind").scheme
    kind = cells.label(document.kind, scheme, language) if document.kind else ""
    day = document.signed_on.edtf if document.signed_on else ""
    return ", ".join(filter(None, (kind, day)))


def _is_another(there: Agreement, block: Mapping[str, Any]) -> bool:
    said = _date(block.get("signed_on", ""))
    if said and there.signed_on and _differ(said, there.signed_on):
        return True
    is_same_day = said is not None and said == there.signed_on
    return bool(there.kind and block.get("kind", there.kind) != there.kind) and not is_same_day


def _differ(one: Date, other: Date) -> bool:
    return one.after(other) or other.after(one)


def _date(written: str) -> Date | None:
    """A date; None of what is none, which is told by the format."""
    try:
        return dates.parse(written) if written else None
    except BadValue:
        return None
