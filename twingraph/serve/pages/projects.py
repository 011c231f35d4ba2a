"""Projects and the programmes that fund them, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from twingraph import namespaces as ns
from twingraph.serve.pages.attribution import Fact, Reader

TG: Final = ns.TG


@dataclass(frozen=True)
class Money:
    """An amount, what it is, and who states it."""

    label: str
    amount: str
    number: Decimal
    currency: str
    fact: Fact


def project_money(reader: Reader, iri: str) -> Sequence[Money]:
    """A project's budget and grant, as far as the sources state them."""
    _ = reader.locale.gettext
    currency = (reader.extract.one(iri, f"{TG}currency") or "").rpartition("/")[2]
    found = []
    for name, label in (("totalBudget", _("Total budget")), ("grant", _("Grant"))):
        stated = reader.extract.one(iri, f"{TG}{name}")
        if stated is None:
            continue
        try:
            number = Decimal(stated)
        except InvalidOperation:
            continue
        amount = reader.locale.money(number, currency) if currency else reader.locale.number(number)
        found.append(Money(label, amount, number, currency, reader.fact(iri, name, label)))
    return found
