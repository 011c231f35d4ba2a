"""Projects and the programmes that fund them, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from twingraph.model.records import Project
from twingraph.serve.pages.attribution import Attribution, Fact


@dataclass(frozen=True)
class Money:
    """An amount, what it is, and who states it."""

    label: str
    amount: str
    number: Decimal
    currency: str
    fact: Fact


def project_money(facts: Attribution, project: Project) -> Sequence[Money]:
    """A project's budget and grant, as far as the sources state them."""
    locale, currency = facts.reader.locale, project.currency or ""
    _, money = locale.gettext, []
    for name, label in (("total_budget", _("Total budget")), ("grant", _("Grant"))):
        number: Decimal | None = getattr(project, name)
        if number is not None:
            amount = locale.money(number, currency) if currency else locale.number(number)
            fact = facts.fact(project, name, label)
            money.append(Money(label, amount, number, currency, fact))
    return money
