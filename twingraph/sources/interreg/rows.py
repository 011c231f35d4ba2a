"""A project and its partners as a list has them: what every reader yields, whatever the form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from twingraph.dates import Date
from twingraph.model.records import Keys, Point, Texts

ROLES: Final = ("lead", "partner", "beneficiary", "associated")


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts, in one currency (ISO 4217); the rate is in percent."""

    total: Decimal | None = None
    grant: Decimal | None = None
    rate: Decimal | None = None
    currency: str | None = None


NO_MONEY: Final = Money()


@dataclass(frozen=True, slots=True)
class ListedPartner:
    """A partner. `names` are as written, its own first; `country`, `town` and `postcode` too.

    `is_authority` is what the list says of the kind of body, `wikidata` its item, if it has one.
    """

    names: Texts
    country: str = ""
    town: str = ""
    postcode: str = ""
    nuts3: str = ""
    point: Point | None = None
    role: str | None = None
    money: Money = NO_MONEY
    is_authority: bool | None = None
    wikidata: str | None = None


@dataclass(frozen=True, slots=True)
class ListedProgramme:
    """A programme as far as a list names it."""

    titles: Texts = ()
    cci: str | None = None
    start: Date | None = None
    end: Date | None = None


@dataclass(frozen=True, slots=True)
class ListedProject:
    """A project. `where` says where it stands, for messages: `projects.csv:7`."""

    where: str
    titles: Texts
    number: str | None = None
    keep_id: str | None = None
    kohesio: str | None = None
    programme: ListedProgramme | None = None
    start: Date | None = None
    end: Date | None = None
    money: Money = NO_MONEY
    partners: tuple[ListedPartner, ...] = ()
    pages: Keys = ()
    note: str | None = None
