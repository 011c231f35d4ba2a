"""Which bytes of a file a request wants (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Final

_SPEC: Final = re.compile(r"([0-9]{1,18})?[ \t]*-[ \t]*([0-9]{1,18})?")


class Unsatisfiable(Exception):
    """No byte of the file is in the range (416)."""


def wanted_range(header: str | None, size: int) -> range | None:
    """The bytes that a Range header asks for, of a file of some size; None for the whole file.

    What is malformed, in another unit, or of several ranges is passed over, as a server may do
    (section 14.2): the client gets the whole. Raises Unsatisfiable.
    """
    unit, _, spec = (header or "").partition("=")
    found = _SPEC.fullmatch(spec.strip())
    if unit.strip().lower() != "bytes" or not found or not (found[1] or found[2]):
        return None
    if found[1] is None:
        suffix = int(found[2])
        first, last = max(size - suffix, 0), size - 1
        if suffix == 0 or size == 0:
            raise Unsatisfiable
        return range(first, last + 1)
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if found[2] and int(found[2]) < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return range(first, last + 1)
