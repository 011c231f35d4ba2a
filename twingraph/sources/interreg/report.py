"""What was met in a list of projects and did not become a record, or not an obvious one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from twingraph.sources import report

KINDS: Final[Mapping[str, str]] = {
    report.ODD_TEXT: report.LEFT_OUT,
    # of a file
    "unmapped-column": "a column that the mapping does not know: its cells were not read",
    "empty-row": "a row without anything in it: skipped",
    "bad-row": "a row that cannot be told apart: skipped",
    "other-rows": "a row beside the table, such as a sum: skipped",
    # of a project
    "no-title": "a project without a title: skipped",
    "planned": "a project that is only planned: skipped",
    "not-ours": "a project without an authority of ours: skipped, as was asked for",
    "other-programme": "a project of another programme: skipped, as was asked for",
    "repeated-project": "a project that stood before: its partners are added, the rest is skipped",
    "no-partners": "a project of which no partner is named",
    "no-programme": "a project of which the programme is not named",
    "bad-date": "a date that is none: left out",
    "bad-period": "an end before the start: both left out",
    "bad-amount": "an amount that is none: left out",
    "negative-amount": "a negative amount: left out",
    "zero-amount": "an amount of zero, as the source writes it",
    "grant-over-budget": "a grant that is more than the budget: the grant is left out",
    "no-currency": "an amount without a currency: left out",
    "bad-rate": "a co-financing rate that is not between 0 and 100: left out",
    "bad-page": "an address that is none: left out",
    "sum-differs": "partners' budgets that do not add up to the project's",
    # of a partner
    "no-project": "a partner of a project that is not in the list: skipped",
    "no-name": "a partner without a name",
    "no-country": "a partner without a country",
    "unknown-country": "a country that is not known: left out",
    "repeated-partner": "a partner that stands twice in one project: both parts are kept",
    "bad-coordinates": "coordinates that are none: left out",
    # of who a partner is
    "linked": "an authority that was known before",
    "found": "an authority found in the gazetteer",
    "minted": "an authority that no list has: a new key, without a Wikidata item",
    "candidates": "an authority that may be several: not linked",
    "organization": "an organisation",
    "no-seat": "an organisation whose seat is not known, or may be several",
}
"""Every kind that is counted, and what is done about it."""


class Report(report.SourceReport):
    """Counts by kind of KINDS, and the first few examples of each."""

    kinds: ClassVar[Mapping[str, str]] = KINDS
