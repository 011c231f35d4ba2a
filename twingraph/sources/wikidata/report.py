"""What was met in Wikidata and did not become a record, or not an obvious one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from twingraph.sources import report
from twingraph.sources.report import EXAMPLES, Finding

__all__ = ["EXAMPLES", "KINDS", "Finding", "Findings"]

KINDS: Final[Mapping[str, str]] = {
    report.ODD_TEXT: report.LEFT_OUT,
    # of an entity
    "broken-entity": "no JSON object with an id: skipped",
    "not-an-item": "a property, lexeme or file: skipped",
    "no-label": "an item without any label: shown by its id",
    "odd-datatype": "a value that is not of its property's type: ignored",
    "odd-value": "an id, a code, a rank or a time that is not of its form: ignored",
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


class Findings(report.SourceReport):
    """Counts by kind of KINDS, and the first few examples of each."""

    kinds: ClassVar[Mapping[str, str]] = KINDS
