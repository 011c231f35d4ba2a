"""A reader of QuickStatements' version 1, written from its documentation: statements alone.

After "Help:QuickStatements" of wikidata.org: commands on lines of their own, or separated by two
vertical bars; parts separated by tabs or a vertical bar; P… are qualifiers, S… the parts of a
reference.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

ITEM = re.compile(r"Q\d+")
TIME = re.compile(r"([+-]\d{4,})-(\d\d)-(\d\d)T00:00:00Z/(\d\d?)(/J)?")
STRING = re.compile(r'"([^"]*)"')
MONOLINGUAL = re.compile(r'([a-z-]+):"([^"]*)"')


class Time(NamedTuple):
    """A time value: what is known of year, month and day by its precision (9, 10, 11)."""

    year: int
    month: int
    day: int
    precision: int


class Read(NamedTuple):
    """A command as it is understood."""

    item: str
    prop: str
    value: str
    qualifiers: dict[str, Any]
    reference: dict[str, Any]


def read(text: str) -> list[Read]:
    """All commands of a text. Raises AssertionError for what is none."""
    lines = text.replace("||", "\n").replace("|", "\t").split("\n")
    return [_command(line.split("\t")) for line in lines if line.strip()]


def _command(parts: list[str]) -> Read:
    item, prop, value, *more = parts
    assert ITEM.fullmatch(item) and re.fullmatch(r"P\d+", prop) and ITEM.fullmatch(value), parts
    assert len(more) % 2 == 0, parts
    pairs = list(zip(more[::2], more[1::2], strict=True))
    kinds = "".join(name[0] for name, _ in pairs)
    assert re.fullmatch("P*S*", kinds), f"qualifiers come first: {parts}"
    assert all(re.fullmatch(r"[PS]\d+", name) for name, _ in pairs)
    assert len({name for name, _ in pairs}) == len(pairs)
    values = {name: _value(text) for name, text in pairs}
    return Read(
        item,
        prop,
        value,
        {name: v for name, v in values.items() if name[0] == "P"},
        {name: v for name, v in values.items() if name[0] == "S"},
    )


def _value(text: str) -> Any:
    if found := TIME.fullmatch(text):
        time = Time(int(found[1]), int(found[2]), int(found[3]), int(found[4]))
        assert (time.precision >= 10) == (time.month > 0)
        assert (time.precision >= 11) == (time.day > 0)
        return time
    if found := MONOLINGUAL.fullmatch(text):
        return found[1], found[2]
    found = STRING.fullmatch(text)
    assert found, f"no value: {text!r}"
    return found[1]
