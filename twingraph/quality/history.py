"""What earlier releases said of their quality.

Each release remembers those before it, so that the past is told by the release before alone, and
never by which old folders happen to be there still.
"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from twingraph.errors import UsageError
from twingraph.model.records import Dataset
from twingraph.quality.report import Summary

QUALITY: Final = "quality.json"


def earlier(before: Path, now: Dataset) -> list[Summary]:
    """The summaries of the releases older than `now`, oldest first, as the one before has them.

    Older is what was modified earlier, or on the same day under a lower version: a release that
    is built again has the history it had. A release from before there was a quality report tells
    of none. Raises UsageError where the report is there and cannot be read.
    """
    path = before / QUALITY
    if not path.exists():
        return []
    try:
        summaries = json.loads(path.read_text("utf-8"))["history"]
        found = {
            _order(s["modified"], s["version"]): s for s in summaries if s["counts"] and s["shares"]
        }
    except (ValueError, KeyError, TypeError, OSError) as error:
        cure = "bring that release back from a copy, or take its folder and the link away"
        raise UsageError(f"{path} cannot be read ({error}): {cure}") from error
    last = _order(now.modified, now.version)
    return [found[order] for order in sorted(found) if order < last]


def _order(modified: str | None, version: str | None) -> tuple[Any, ...]:
    """The day, then the version: its numbers by their value, and other parts as text."""
    runs = (groupby(part, str.isdecimal) for part in (version or "").split("."))
    parts = ((number, "".join(signs)) for run in runs for number, signs in run)
    return modified or "", tuple((number, int(p) if number else 0, p) for number, p in parts)
