"""changes/: what is new against the release before, for programs and for people.

added.nt, removed.nt    the statements of the default graph
summary.json            the same in words: things by name, sources, dates, other changes
index.html              the summary, to read, in the languages of the dataset
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from twingraph import identifiers as ids
from twingraph.model.records import Dataset
from twingraph.release.changes import Changes
from twingraph.release.pages.editions import CHANGES as CHANGES_PAGE
from twingraph.release.pages.editions import Edition, write_page
from twingraph.release.summary import NAMED, ChangedThing, ChangeSummary, by_path, summarize
from twingraph.web.locale import Locale
from twingraph.web.messages import ngettext_noop

CHANGES: Final = "changes"
SHOWN: Final = 1000
"""So many things of a kind are listed on the page; summary.json has them all."""

_NUMBERS: Final = {
    ids.PARTNERSHIP: ngettext_noop("%(num)s partnership", "%(num)s partnerships"),
    ids.MUNICIPALITY: ngettext_noop("%(num)s town", "%(num)s towns"),
    ids.AGREEMENT: ngettext_noop("%(num)s document", "%(num)s documents"),
    ids.SIGNATURE: ngettext_noop("%(num)s signature", "%(num)s signatures"),
    ids.STATUS_CHANGE: ngettext_noop("%(num)s change of status", "%(num)s changes of status"),
    ids.PROJECT: ngettext_noop("%(num)s project", "%(num)s projects"),
    ids.PARTICIPATION: ngettext_noop("%(num)s part in a project", "%(num)s parts in projects"),
    ids.PROGRAMME: ngettext_noop("%(num)s programme", "%(num)s programmes"),
    ids.PERSON: ngettext_noop("%(num)s person", "%(num)s people"),
    ids.ORGANIZATION: ngettext_noop("%(num)s organisation", "%(num)s organisations"),
    ids.MEMBERSHIP: ngettext_noop(
        "%(num)s membership of a network", "%(num)s memberships of networks"
    ),
    ids.SOURCE: ngettext_noop("%(num)s source", "%(num)s sources"),
}

_Counted = tuple[str, list[ChangedThing]]
Which = tuple[Mapping[str, str | None], Mapping[str, str | None]]


def write_changes(
    folder: Path, before: Path, found: Changes, which: Which, about: Dataset
) -> tuple[str, ...]:
    """Write changes/ into a release folder: those found against the release in the folder `before`.

    Returns the summary's headlines.
    """
    summary = summarize(found, before, folder, which)
    place = folder / CHANGES
    place.mkdir()
    found.write(place)
    text = json.dumps(summary.json(), ensure_ascii=False, indent=1) + "\n"
    (place / "summary.json").write_text(text, "utf-8")
    write_page(folder, about, CHANGES_PAGE, lambda edition: _shown(summary, edition))
    return summary.headlines()


def _shown(summary: ChangeSummary, edition: Edition) -> dict[str, Any]:
    locale = edition.locale
    return {
        "title": locale.gettext("What is new in version %(version)s", **summary.new),
        "summary": "; ".join(_headlines(summary, locale)),
        "old": summary.old,
        "new": summary.new,
        "headlines": list(_headlines(summary, locale)),
        "appeared": _counted(summary.appeared, locale),
        "gone": _counted(summary.gone, locale),
        "sources": [(one.source, _statements(one.statements, locale)) for one in summary.sources],
        "dates": summary.dates,
        "others": summary.changed,
        "shown": SHOWN,
    }


def _headlines(summary: ChangeSummary, locale: Locale) -> Iterator[str]:
    _ = locale.gettext
    moved = tuple(thing for thing in summary.gone if thing.replaced_by)
    lost = tuple(thing for thing in summary.gone if not thing.replaced_by)
    if summary.appeared:
        yield _("Added: %(number)s", number=_listed(summary.appeared, locale))
    if lost:
        yield _("Removed: %(number)s", number=_listed(lost, locale))
    if moved:
        yield _("Under a new address: %(number)s", number=_listed(moved, locale))
    if summary.dates:
        yield locale.count("%(num)s date changed", "%(num)s dates changed", len(summary.dates))
    if others := {change.thing for change in summary.changed}:
        yield locale.count(
            "%(num)s thing changed otherwise", "%(num)s things changed otherwise", len(others)
        )
    yield _statements(summary.statements, locale)
    if summary.sources:
        names = [source.source.label for source in summary.sources]
        shown = locale.listing(names) if len(names) <= NAMED else locale.number(len(names))
        yield _("Sources whose claims changed: %(sources)s", sources=shown)


def _statements(numbers: tuple[int, int], locale: Locale) -> str:
    added, removed = map(locale.number, numbers)
    return locale.gettext(
        "Statements added: %(added)s, removed: %(removed)s", added=added, removed=removed
    )


def _listed(things: Sequence[ChangedThing], locale: Locale) -> str:
    return locale.listing([number for number, _ in _counted(things, locale)])


def _counted(things: Sequence[ChangedThing], locale: Locale) -> list[_Counted]:
    """Things by their kind, each with how many there are, in words."""
    return [(locale.count(*_NUMBERS[path], len(of)), of) for path, of in by_path(things)]
