"""Which body a partner is: the answer that whoever makes records of a list asks for.

Who gives it stands above (`twingraph.reconcile.partners`): this is what both agree on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

from twingraph.model.records import Authority, Point
from twingraph.sources.interreg.rows import ListedPartner


class BodyOutcome(Enum):
    """What came of looking for the body; the value is the kind that a report counts."""

    LINKED = "linked"
    FOUND = "found"
    MINTED = "minted"
    CANDIDATES = "candidates"
    ORGANIZATION = "organization"


class BodyCandidate(NamedTuple):
    """A body that may be meant: its key or its Wikidata item, its name, and why."""

    id: str
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BodyFound:
    """What came of looking for a partner's body, in words too.

    `key` is the authority's: of an organisation that of its seat. `states` is what the list itself
    says of an authority that no other source has, `place` what the gazetteer says. `country` is
    an ISO 3166-1 alpha-3 code; `score` says how sure it is (0 to 100). `by_name_alone`: of a list
    that may lack namesakes, so that where it lies (`point`) may yet tell against it.
    """

    outcome: BodyOutcome
    reason: str
    country: str | None = None
    key: str | None = None
    states: Authority | None = None
    place: Authority | None = None
    score: float = 100.0
    candidates: tuple[BodyCandidate, ...] = ()
    by_name_alone: bool = False
    point: Point | None = None

    @property
    def is_authority(self) -> bool:
        """Whether the partner is known to be one authority."""
        return self.outcome in (BodyOutcome.LINKED, BodyOutcome.FOUND, BodyOutcome.MINTED)


class FindBody(Protocol):
    """Looks for a partner's body."""

    def __call__(self, partner: ListedPartner) -> BodyFound:
        """What came of it."""
