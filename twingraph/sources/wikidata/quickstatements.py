"""QuickStatements, version 1: commands that add statements to items, for a human to send.

Syntax (wikidata.org, "Help:QuickStatements", command sequence syntax): one command a line, its
parts separated by tabs: an item, a property, a value; then qualifiers as pairs of a property (P…)
and a value; then the parts of one reference as pairs of a source property (S…) and a value. A
string stands in double quotes, a text in a language as `pl:"…"`, a time as
`+2008-07-00T00:00:00Z/10` (11 a day, 10 a month, 9 a year). The vertical bar separates parts as
well, so no value may hold one.

A statement that is there already is not added again: what a command says beside it is added to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from twingraph import dates
from twingraph.dates import Date
from twingraph.model.records import Text

_PRECISION: Final = {dates.YEAR: 9, dates.YEAR_MONTH: 10, dates.DAY: 11}
_GREGORIAN: Final = "1584"
"""Before this year it matters which calendar a date is in, and curators do not say it."""

Parts = tuple[tuple[str, str], ...]
"""Properties (P…) with their values, as QuickStatements writes them."""


@dataclass(frozen=True, slots=True)
class Command:
    """Add a statement to an item, or to the same statement what it lacks.

    `qualifiers` and `reference` are pairs of a property (P…) and a value in the syntax above.
    """

    item: str
    prop: str
    value: str
    qualifiers: Parts = ()
    reference: Parts = ()

    @property
    def line(self) -> str:
        """The command as QuickStatements reads it, without the end of the line."""
        parts = [self.item, self.prop, self.value]
        for prop, value in self.qualifiers:
            parts += [prop, value]
        for prop, value in self.reference:
            parts += [f"S{prop.removeprefix('P')}", value]
        return "\t".join(parts)


def time(date: Date | None) -> str | None:
    """A date in its own precision; None for what has bounds alone, and before the calendar."""
    if date is None or date.value is None or date.datatype is None or date.value < _GREGORIAN:
        return None
    padded = f"{date.value}-00-00"[:10]
    return f"+{padded}T00:00:00Z/{_PRECISION[date.datatype]}"


def address(url: str | None) -> str | None:
    """A web address as a string; what would end it is escaped (RFC 3986, section 2.1)."""
    if not url or not re.match(r"https?://[^\s/]", url) or re.search(r"\s", url):
        return None
    return '"{}"'.format(url.replace("|", "%7C").replace('"', "%22"))


def text(text: Text) -> str | None:
    """A text in its language; None for one that the syntax cannot hold."""
    value = " ".join(text.value.split())
    if not value or not text.language or re.search('[|"“”]', value):
        return None
    return f'{text.language}:"{value}"'
