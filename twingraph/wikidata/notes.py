"""What a harvest notes in words beside a link, written and read again."""

from __future__ import annotations

import re

_ONE_SIDED = re.compile(r"stated by (Q[1-9][0-9]*) only, not by (Q[1-9][0-9]*)")


def one_sided(speaker: str, silent: str | None) -> str:
    """The note on a link that one of its two items alone states."""
    return f"stated by {speaker} only, not by {silent}"


def read_one_sided(note: str | None) -> tuple[str, str] | None:
    """From a note, the item that states a link and the one that does not; None if both do."""
    found = _ONE_SIDED.search(note or "")
    return (found[1], found[2]) if found else None
