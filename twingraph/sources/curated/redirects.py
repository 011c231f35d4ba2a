"""data/redirects.csv: keys that were changed, one a line, so that the old IRI leads to the new, and
keys of things that are gone, with nothing in their place.

path,old,new,note
municipality,Q12345,pl-sieniawa,curated now
source,old-page,,taken off the web

What is gone is known from the release before as well; but a clone of the repository has none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from twingraph.errors import MOST_SUGGESTIONS, DataError, Problem, did_you_mean, file_errors
from twingraph.identifiers import Ref
from twingraph.model.records import Gone, Origin, View
from twingraph.sources.curated import format as f
from twingraph.sources.curated.registers import read_rows
from twingraph.sources.curated.validation import validate
from twingraph.sources.curated.yaml_reader import Document, Place, read_text

REDIRECTS: Final = "redirects.csv"
_COLUMNS: Final = ("path", "old", "new", "note")


@dataclass(frozen=True, slots=True)
class Redirect:
    """A thing's old key, its new one (None: it is gone), and where that is written down."""

    old: Ref
    new: Ref | None
    origin: Origin


def read_redirects(data: Path, problems: list[Problem]) -> tuple[Redirect, ...]:
    """Read the register; where there is none, no key was changed. Faults go to `problems`."""
    file = data / REDIRECTS
    if not (file.exists() or file.is_symlink()):
        return ()
    shown = file.as_posix()
    text = read_text(file, shown, problems)
    rows = None if text is None else read_rows(text, shown, f.RedirectRow, problems)
    found: dict[Ref, Redirect] = {}
    for line, cells in rows or ():
        if cells is not None and (redirect := _redirect(cells, Origin(shown, line), problems)):
            first = found.setdefault(redirect.old, redirect)
            if first is not redirect:
                message = (
                    f"{redirect.old.key!r} stands here twice (first in line {first.origin[1]})"
                )
                problems.append(Problem(shown, line, message, "delete one of the two rows"))
    return tuple(found.values())


def _redirect(cells: dict[str, str], origin: Origin, problems: list[Problem]) -> Redirect | None:
    places: dict[Place, int] = dict.fromkeys(((), *((c,) for c in cells)), origin.line or 1)
    filled = {column: value for column, value in cells.items() if value}
    document = Document(origin.file, cells, places, part="row")
    row = validate(f.RedirectRow, filled, document, (), problems)
    if row is None:
        return None
    new = Ref(row.path, row.new) if row.new else None
    return Redirect(Ref(row.path, row.old), new, origin)


def redirected(view: View, redirects: Sequence[Redirect]) -> tuple[Gone, ...]:
    """The things that redirects lead away from, or that they say are gone.

    Raises DataError where an old key is in use, or a new one is not.
    """
    there = {record.ref for record in view} | {claims.source.ref for claims in view.claims}
    return gone_by(redirects, there, view.dataset.base)


def gone_by(redirects: Sequence[Redirect], there: set[Ref], base: str) -> tuple[Gone, ...]:
    """The same, of the things that are `there`: of all, or of those that redirects name."""
    moved = {redirect.old: redirect.new for redirect in redirects}
    problems: list[Problem] = []
    for redirect in redirects:
        suggest = len(problems) < MOST_SUGGESTIONS
        problems += filter(None, (_fault(redirect, there, moved, suggest),))
    if problems:
        raise DataError(problems)
    gone = (Gone(r.old.iri(base), r.new.iri(base) if r.new else None) for r in redirects)
    return tuple(sorted(gone, key=lambda thing: thing.iri))


def unwritten(data: Path, view: View) -> list[Ref]:
    """What a view knows to be gone, with nothing in its place, and redirects.csv does not name.

    A build that does not follow the release that knows it would forget it.
    """
    written = {redirect.old for redirect in read_redirects(data, [])}
    base = view.dataset.base
    gone = (Ref.of(thing.iri, base) for thing in view.gone if thing.replaced_by is None)
    return sorted(ref for ref in gone if ref and ref not in written)


def write_gone(data: Path, refs: Sequence[Ref]) -> None:
    """Add rows to redirects.csv that say of things that they are gone.

    Raises UsageError where the file cannot be written.
    """
    file = data / REDIRECTS
    with file_errors(file, "written"):
        text = file.read_text("utf-8-sig") if file.exists() else f"{','.join(_COLUMNS)}\n"
        header = next(csv.reader([text.splitlines()[0]]))
        added = io.StringIO()
        rows = csv.DictWriter(added, header, lineterminator="\n", extrasaction="ignore")
        rows.writerows({"path": ref.path, "old": ref.key} for ref in refs)
        start = text if text.endswith("\n") else f"{text}\n"
        file.write_text(start + added.getvalue(), "utf-8")


def _fault(
    redirect: Redirect, there: set[Ref], moved: dict[Ref, Ref | None], suggest: bool
) -> Problem | None:
    old, new = redirect.old, redirect.new
    if old in there:
        message = f"old: {old.key!r} is still in use"
        return Problem(*redirect.origin, message, "write the new key everywhere, or delete the row")
    if new is None:
        return None
    if new in moved:
        now = moved[new]
        became = f"was changed itself, to {now.key!r}" if now else "is gone itself"
        cure = "write the key of today" if now else "leave `new` empty"
        return Problem(*redirect.origin, f"new: {new.key!r} {became}", cure)
    if new not in there:
        message = f"new: there is no {new.path} {new.key!r}"
        cure = "write the key of a thing that is there"
        if suggest:
            cure = did_you_mean(new.key, (r.key for r in there if r.path == new.path), cure)
        return Problem(*redirect.origin, message, cure)
    return None
