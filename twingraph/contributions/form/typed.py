"""What was typed into the form: the names of a posted form's fields, as rows within rows.

`partnerships.0.agreements.1.signed_on` is a field of the second document of the first partnership,
`partnerships.0.words.since` the words of the page that say since when. Whatever is posted becomes
rows: a name that the form has not is passed over, and of more rows than a part may have the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from twingraph.contributions.form.fields import HIDDEN, MEMBERS, SEVERAL, FormPart, form

MOST_FIELDS: Final = 5_000
"""Fields of a posted form: a page with forty partnerships has some two thousand."""
MOST_BYTES: Final = 512 << 10
"""Of a posted form."""
_WORDS: Final = "words"
_DEEPEST: Final = 8
_ROW: Final = re.compile("[0-9]{1,4}", re.ASCII)

Pairs = Iterable[tuple[str, str]]


@dataclass(slots=True)
class TypedRow:
    """One block as it was typed. `name` is what its fields' names begin with; `left_out` says that
    more rows were posted than some part of it may have."""

    part: FormPart
    name: str
    values: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[TypedRow]] = field(default_factory=dict)
    left_out: bool = False

    def get(self, name: str) -> str:
        """The text in a field, "" where there is none."""
        return self.values.get(name, "")

    def input(self, name: str) -> str:
        """What a field is called in the form."""
        return f"{self.name}.{name}" if self.name else name

    def of(self, part: str) -> list[TypedRow]:
        """The rows of a part."""
        return self.rows.get(part, [])

    def walk(self) -> Iterator[TypedRow]:
        """This row and all below it."""
        yield self
        for part in self.part.parts:
            for row in self.of(part.name):
                yield from row.walk()

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed into it, nor into a row of it."""
        hidden = {one.name for one in self.part.fields if one.entry == HIDDEN}
        # The towns of a partnership are those of its projects before anything is typed.
        own = {one.name for one in self.part.fields if one.entry == MEMBERS}
        typed = any(text for name, text in self.values.items() if name not in hidden)
        some = any(values for name, values in self.chosen.items() if name not in own)
        chosen = some or any(self.words.values())
        return not typed and not chosen and all(row.is_blank for row in _below(self))

    def add(self, part: str) -> TypedRow | None:
        """A blank row more of a part; None where it has as many as it may have."""
        wanted = self.part.part(part)
        rows = self.rows.setdefault(part, [])
        if wanted is None or len(rows) >= wanted.most:
            return None
        rows.append(blank(wanted, self.input(f"{part}.{len(rows)}")))
        return rows[-1]


def blank(part: FormPart, name: str = "") -> TypedRow:
    """A row of a part with nothing in it."""
    row = TypedRow(part, name)
    _fill_up(row)
    return row


def _fill_up(row: TypedRow) -> None:
    for part in row.part.parts:
        row.rows.setdefault(part.name, [])
        while len(row.of(part.name)) < part.least:
            row.add(part.name)


# --- from a posted form, and back -----------------------------------------------------------------


def read(pairs: Pairs) -> TypedRow:
    """What was typed, of the pairs of a posted form."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        _put(tree, name.split("."), value)
    return _row(form(), "", tree)


def _put(tree: dict[str, Any], steps: list[str], value: str) -> None:
    if len(steps) > _DEEPEST:
        return
    node = tree
    for step in steps[:-1]:
        below = node.setdefault(step, {})
        if not isinstance(below, dict):
            return
        node = below
    texts = node.setdefault(steps[-1], [])
    if isinstance(texts, list):
        texts.append(value)


def _row(part: FormPart, name: str, tree: Any) -> TypedRow:
    row = TypedRow(part, name)
    words = _branch(tree, _WORDS)
    for one in part.fields:
        texts = [text for text in map(_tidy, _leaf(tree, one.name)) if text]
        if one.entry in SEVERAL:
            row.chosen[one.name] = tuple(dict.fromkeys(texts))
        elif texts:
            row.values[one.name] = texts[0]
        if one.quoted and (quoted := _tidy("".join(_leaf(words, one.name)[:1]))):
            row.words[one.name] = quoted
    for below in part.parts:
        rows = _numbered(_branch(tree, below.name))
        row.left_out |= len(rows) > below.most
        row.rows[below.name] = [
            _row(below, row.input(f"{below.name}.{n}"), one)
            for n, one in enumerate(rows[: below.most])
        ]
    _fill_up(row)
    return row


def _branch(tree: Any, name: str) -> dict[str, Any]:
    below = tree.get(name) if isinstance(tree, dict) else None
    return below if isinstance(below, dict) else {}


def _leaf(tree: Any, name: str) -> list[str]:
    below = tree.get(name) if isinstance(tree, dict) else None
    return below if isinstance(below, list) else []


def _numbered(branch: dict[str, Any]) -> list[Any]:
    """The rows in the order of their numbers; one that was removed leaves no gap."""
    return [branch[n] for n in sorted(filter(_ROW.fullmatch, branch), key=int)]


def _tidy(text: str) -> str:
    """A text as it is kept: composed letters, and the line ends of one system."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def pairs(row: TypedRow) -> Iterator[tuple[str, str]]:
    """The pairs that `read` makes the same of."""
    for one in row.walk():
        yield from ((one.input(name), text) for name, text in one.values.items() if text)
        for name, texts in one.chosen.items():
            yield from ((one.input(name), text) for text in texts)
        yield from ((one.input(f"{_WORDS}.{name}"), t) for name, t in one.words.items() if t)


def words_input(row: TypedRow, name: str) -> str:
    """What the field for the words of the page beside a field is called."""
    return row.input(f"{_WORDS}.{name}")


# --- more rows, and less --------------------------------------------------------------------------


def add_row(root: TypedRow, name: str) -> TypedRow | None:
    """A blank row more where a button says so (`partnerships.0.agreements`); None where there is no
    such part, or it has as many rows as it may have."""
    above, _, part = name.rpartition(".")
    row = find(root, above)
    added = row.add(part) if row else None
    if added is not None and part == "partnerships":
        _with_town_of_page(root, added)
    if added is not None and row is not None and part == "projects":
        added.chosen["partners"] = tuple(map(str, range(len(row.of("partners")))))
    return added


def _with_town_of_page(root: TypedRow, partnership: TypedRow) -> None:
    """A page of a town's own lists its partners: the town is one of each partnership."""
    for source in root.of("source"):
        for town in source.of("publisher_authority"):
            partnership.of("partners")[0].values.update(town.values)


def remove_row(root: TypedRow, name: str) -> None:
    """Take the row of a name away: those after it move up."""
    above = next((row for row in root.walk() for one in _below(row) if one.name == name), None)
    if above is None:
        return
    for rows in above.rows.values():
        rows[:] = [row for row in rows if row.name != name]
    _fill_up(above)
    _number(above)


def _below(row: TypedRow) -> Iterator[TypedRow]:
    return (one for rows in row.rows.values() for one in rows)


def _number(row: TypedRow) -> None:
    for part, rows in row.rows.items():
        for n, below in enumerate(rows):
            below.name = row.input(f"{part}.{n}")
            _number(below)


def find(root: TypedRow, name: str) -> TypedRow | None:
    """The row of a name; the whole form for "", None where there is no such row."""
    return next((row for row in root.walk() if row.name == name), None)
