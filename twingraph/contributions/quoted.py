"""A day that the words quoted for it say otherwise: one of the two was mistyped."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from twingraph import dates
from twingraph.contributions.contribution import SOURCE, Contribution, Fault
from twingraph.contributions.sayings import Saying
from twingraph.sources.curated.yaml_reader import Place
from twingraph.web.messages import N_

_DAY: Final = re.compile(r"(?<![\d.])\d{1,2}\.? ?(?:[^\W\d_]+\.?|\d{1,2}\.) ?\d{4}(?!\d)")
_FULL: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def differing_days(contribution: Contribution) -> Iterator[Fault]:
    """Each day of a block whose quotations have days in words, but not this one."""
    languages = frozenset(contribution.source.get("language", ()))
    for place, block in _blocks(contribution.source, (SOURCE,)):
        for name, value in block.items():
            if isinstance(value, str) and _FULL.fullmatch(value):
                said = {day for text in _quoted(block, name) for day in _days(text, languages)}
                if said and value not in said:
                    message = Saying(N_("%(value)s stands here, %(days)s in the words quoted"),
                                     value=value, days=sorted(said))  # fmt: skip
                    cure = Saying(N_("look at the page, and correct the one that is wrong"))
                    yield Fault((*place, name), message, cure)


def _blocks(content: Any, at: Place) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    if isinstance(content, Mapping):
        yield at, content
    pairs = content.items() if isinstance(content, Mapping) else enumerate(content)
    for step, below in pairs:
        if isinstance(below, (Mapping, list)):
            yield from _blocks(below, (*at, step))


def _quoted(block: Mapping[str, Any], name: str) -> Iterator[str]:
    """The words that support a field of a block, or all of it."""
    evidence = block.get("evidence", ())
    for one in [evidence] if isinstance(evidence, (str, Mapping)) else evidence:
        if isinstance(one, str):
            yield one
        elif name in one.get("for", (name,)):
            yield str(one.get("quote", ""))


def _days(text: str, languages: Collection[str]) -> Iterator[str]:
    for written in _DAY.findall(" ".join(text.split())):
        day = dates.understood(written, languages)
        if _FULL.fullmatch(day):
            yield day
