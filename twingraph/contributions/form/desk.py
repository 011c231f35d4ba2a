"""What the form is filled in against."""

from __future__ import annotations

from dataclasses import dataclass

from twingraph.contributions.form.composed import TownFinder
from twingraph.contributions.known import Known
from twingraph.web.locale import Locale


@dataclass(frozen=True)
class Desk:
    """What the form is filled in against: what is known, who finds towns, the reader's language,
    who chooses among several towns, and whether
    sources of the data can be opened."""

    known: Known
    towns: TownFinder
    locale: Locale
    by: str
    opens: bool = False
