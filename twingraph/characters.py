"""Characters that a text may not hold, for all who read, keep or write texts."""

from __future__ import annotations

import re
from typing import Final

UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What YAML 1.2 (section 5.1, c-printable) and XML 1.0 (section 2.2) allow in no text or
discourage, and halves of characters, which have no UTF-8."""

UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b\u2028\u2029\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
"""What a name may not hold beside: line ends (a name is one line), what turns the writing round
unseen, and what browsers copy along: soft hyphens, spaces of no width."""

NO_WIDTH: Final = dict.fromkeys(map(ord, "\xad\u200b\u2060\ufeff"))
"""Soft hyphens and spaces of no width: `str.translate` leaves them out."""

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What ends a line or a page somewhere, but not where this house ends one.
_ODD_ENDS: Final = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_DROPPED: Final = re.compile(f"{UNFIT.pattern[:-1]}\u202a-\u202e\u2066-\u2069]")
_ODD: Final = re.compile(f"{_DROPPED.pattern[:-1]}{_ODD_ENDS.pattern[1:]}")


def publishable(text: str) -> str:
    """A text as it may be published: odd line ends are spaces, what may not stand in it is left
    out. A text that is fit comes back as it is.

    >>> publishable("Sävsjö\\u2028kommun\\x7f")
    'Sävsjö kommun'
    """
    if not _ODD.search(text):
        return text
    return _DROPPED.sub("", _ODD_ENDS.sub(" ", text)).strip()


def first_odd(text: str) -> str:
    """The first character of a text that is not published, as U+007F; "" for none."""
    found = _ODD.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def in_xml(text: str) -> str:
    """A text that XML can hold: for what XML 1.0 (section 2.2) has no way to say, even escaped,
    stands the replacement character."""
    return _NOT_XML.sub("\ufffd", text)
