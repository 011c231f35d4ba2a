"""changes/: what is new against the release before, for programs and for people.

added.nt, removed.nt    the statements of the default graph
summary.json            the same in words: things by name, dates, other changes
index.html              the summary, to read
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from twingraph.release.changes import compare
from twingraph.release.summary import CALLED, ChangeSummary, by_path, summarize

CHANGES: Final = "changes"
SHOWN: Final = 1000
"""So many things of a kind are listed on the page; summary.json has them all."""

Which = tuple[Mapping[str, str | None], Mapping[str, str | None]]


def write_changes(folder: Path, before: Path, which: Which) -> tuple[str, ...]:
    """Write changes/ into a release folder, against the release in the folder `before`.

    Returns the summary's headlines.
    """
    found = compare(before, folder)
    summary = summarize(found, before, folder, which)
    place = folder / CHANGES
    place.mkdir()
    found.write(place)
    text = json.dumps(summary.json(), ensure_ascii=False, indent=1) + "\n"
    (place / "summary.json").write_text(text, "utf-8")
    (place / "index.html").write_text(_page(summary), "utf-8")
    return summary.headlines()


def _page(summary: ChangeSummary) -> str:
    environment = Environment(
        loader=PackageLoader("twingraph.web", "templates/release"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("changes.html").render(
        summary=summary,
        headlines=summary.headlines(),
        appeared=[(CALLED[path][1], of) for path, of in by_path(summary.appeared)],
        gone=[(CALLED[path][1], of) for path, of in by_path(summary.gone)],
        shown=SHOWN,
    )
