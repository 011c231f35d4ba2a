"""Which of the representations on offer a request accepts (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = re.compile(rf'\s*;\s*(?:({_TOKEN})\s*=\s*({_TOKEN}|"(?:[^"\\]|\\.)*"))?')
_NAME = r"[!#$%&'+.^_`|~0-9A-Za-z-]+"  # A type is a token, but "*" has its own meaning here.
_RANGE = re.compile(rf"\s*(\*/\*|{_NAME}/\*|{_NAME}/{_NAME})")
# A comma inside a quoted parameter separates nothing. A quote that is never closed goes to the end,
# and nothing is tried twice: a header of backslashes and quotes must not take minutes to read.
_ELEMENTS = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))++')
_Q = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")

_LONGEST = 4096
"""Characters of a header that are read: browsers and clients send some hundred."""


class MediaRange(NamedTuple):
    """One element of an Accept header: `text/*;q=0.5`. Parameters but q are not compared."""

    main: str
    sub: str
    q: float

    def specificity(self, main: str, sub: str) -> int:
        """2 for an exact match, 1 for `type/*`, 0 for `*/*`; -1 where the range does not match."""
        if self.main == "*":
            return 0
        if self.main != main:
            return -1
        return 1 if self.sub == "*" else 2 if self.sub == sub else -1


def _element(text: str) -> MediaRange | None:
    head = _RANGE.match(text)
    if not head:
        return None
    main, sub = head[1].lower().split("/", 1)
    q, position = 1.0, head.end()
    while parameter := _PARAMETER.match(text, position):
        position = parameter.end()
        if parameter[1] and parameter[1].lower() == "q":
            if not _Q.fullmatch(parameter[2]):
                return None
            q = float(parameter[2])
    return None if text[position:].strip() else MediaRange(main, sub, q)


def parse_accept(header: str) -> list[MediaRange]:
    """The media ranges of an Accept header, as written. An element that is malformed is left out:
    the others still say what the client wants."""
    header = header[:_LONGEST]
    elements = _ELEMENTS.findall(header) if '"' in header else header.split(",")
    return [found for element in elements if (found := _element(element))]


@lru_cache(maxsize=1024)
def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """The offer the client likes best, or None where it accepts none of them (406).

    `accept` is the header's value, None where the request has none (anything goes, as with an
    empty one); `offers` a tuple of media types without parameters, best first: the order decides
    between offers of equal quality. The most specific range that matches gives an offer's quality.
    """
    if accept is None or not accept.strip():
        return offers[0] if offers else None
    ranges = parse_accept(accept)
    best, best_q = None, 0.0
    for offer in offers:
        q = _quality(ranges, *offer.split("/", 1))
        if q > best_q:
            best, best_q = offer, q
    return best


def _quality(ranges: list[MediaRange], main: str, sub: str) -> float:
    matching = [(r.specificity(main, sub), r.q) for r in ranges]
    specificity, q = max(matching, default=(-1, 0.0))
    return q if specificity >= 0 else 0.0
