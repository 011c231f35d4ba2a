"""data/redirects.csv: keys that were changed, one a line, so that the old IRI leads to the new.

path,old,new,note
municipality,Q12345,pl-sieniawa,curated now
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from twingraph.errors import MOST_SUGGESTIONS, DataError, Problem, did_you_mean
from twingraph.identifiers import Ref
from twingraph.model.records import Gone, Origin, View
from twingraph.sources.curated import format as f
from twingraph.sources.curated.registers import read_rows
from twingraph.sources.curated.validation import validate
from twingraph.sources.curated.yaml_reader import Document, Place, read_text

REDIRECTS: Final = "redirects.csv"


@dataclass(frozen=True, slots=True)
class Redirect:
    """A thing's old key, its new one, and where that is written down."""

    old: Ref
    new: Ref
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
    return Redirect(Ref(row.path, row.old), Ref(row.path, row.new), origin)


def redirected(view: View, redirects: Sequence[Redirect]) -> tuple[Gone, ...]:
    """The things that redirects lead away from.

    Raises DataError where an old key is in use, or a new one is not.
    """
    there = {record.ref for record in view} | {claims.source.ref for claims in view.claims}
    moved = {redirect.old: redirect.new for redirect in redirects}
    problems: list[Problem] = []
    for redirect in redirects:
        suggest = len(problems) < MOST_SUGGESTIONS
        problems += filter(None, (_fault(redirect, there, moved, suggest),))
    if problems:
        raise DataError(problems)
    base = view.dataset.base
    return tuple(sorted(Gone(r.old.iri(base), r.new.iri(base)) for r in redirects))


def _fault(
    redirect: Redirect, there: set[Ref], moved: dict[Ref, Ref], suggest: bool
) -> Problem | None:
    old, new = redirect.old, redirect.new
    if old in there:
        message = f"old: {old.key!r} is still in use"
        return Problem(*redirect.origin, message, "write the new key everywhere, or delete the row")
    if new in moved:
        message = f"new: {new.key!r} was changed itself, to {moved[new].key!r}"
        return Problem(*redirect.origin, message, "write the key of today")
    if new not in there:
        message = f"new: there is no {new.path} {new.key!r}"
        cure = "write the key of a thing that is there"
        if suggest:
            cure = did_you_mean(new.key, (r.key for r in there if r.path == new.path), cure)
        return Problem(*redirect.origin, message, cure)
    return None
