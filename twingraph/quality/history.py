"""What earlier releases said of their quality."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from twingraph.errors import UsageError
from twingraph.quality.report import Summary
from twingraph.records import Dataset

QUALITY: Final = "quality.json"


def earlier(releases: Path, now: Dataset) -> list[Summary]:
    """The summaries of the releases in a folder that are older than `now`, oldest first.

    Older is what was modified earlier, or on the same day under a lower version: a release that
    is built again has the history it had. Of releases of one version and day, the last (by the
    name of its folder) counts. Those from before there was a quality report have none.
    Raises UsageError where a report is there and cannot be read.
    """
    found: dict[Any, Summary] = {}
    for path in sorted(releases.glob(f"*/{QUALITY}")):
        summary = _summary(path)
        found[_order(summary["modified"], summary["version"])] = summary
    last = _order(now.modified, now.version)
    return [found[order] for order in sorted(found) if order < last]


def _summary(path: Path) -> Summary:
    try:
        summary = json.loads(path.read_text("utf-8"))["summary"]
        if not {"modified", "version", "counts", "shares"} <= summary.keys():
            raise ValueError("its summary is not whole")
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        message = f"{path} cannot be read ({error or type(error).__name__})"
        cure = "bring the release back from a copy, or take its folder away; nothing was published"
        raise UsageError(f"{message}: {cure}") from error
    return summary  # type: ignore[no-any-return]


def _order(modified: str | None, version: str | None) -> tuple[Any, ...]:
    """The day, then the version: its numbers by their value, and other parts as text."""
    parts = re.findall(r"[0-9]+|[^0-9.]+", version or "")
    return modified or "", tuple((p.isdigit(), int(p) if p.isdigit() else 0, p) for p in parts)
