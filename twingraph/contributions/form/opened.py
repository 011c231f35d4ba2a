"""A source of the data opened in the form: what the form can hold of it is filled in, and all else
stays in the file as it is.

The form shows a part of a file. So what comes of it is merged three ways (`three_way`): what was
shown, what the file holds, what was shown with what somebody has changed. That the file is still
the one that was opened is known by the sum of its text, which travels with the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from twingraph.contributions.contribution import SOURCE, load_document, shown, tidy
from twingraph.contributions.form.composed import Composed, composed
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.fields import (
    CHOICES,
    EVIDENCE,
    HIDDEN,
    LANGUAGE,
    MEMBER,
    MEMBERS,
    OPENED,
    PERSON,
    form,
)
from twingraph.contributions.form.typed import TypedRow, blank
from twingraph.contributions.known import source_file
from twingraph.contributions.seals import body_sum
from twingraph.contributions.three_way import beyond, merged, place_in
from twingraph.errors import UsageError, file_errors
from twingraph.model.names import town_name
from twingraph.model.records import Person, Programme, Project
from twingraph.sources.curated.codes import short_countries
from twingraph.sources.curated.yaml_reader import Place
from twingraph.sources.curated.yaml_writer import write_yaml

Block = Mapping[str, Any]

_ELSEWHERE: Final = frozenset({EVIDENCE, "signatory", "programme"})
"""Fields that are filled in otherwise than by what stands in a block."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source of the data as its file has it, with the sum of the file's text."""

    path: Path
    sum: str
    content: Block

    @classmethod
    def of(cls, desk: Desk, key: str) -> SourceText:
        """The source of a key. Raises UsageError where there is none, DataError where its file is
        faulty."""
        path = source_file(desk.known.data, key)
        if key not in desk.known.sources or not path.is_file():
            raise UsageError(f"there is no source {key!r} in {desk.known.data}")
        with file_errors(path):
            found = body_sum(path.read_bytes().decode())
        return cls(path, found, {"key": key, **tidy(load_document(path).content)})

    def rows(self, desk: Desk) -> TypedRow:
        """The form with all of it that it can hold."""
        root = blank(form())
        _Filler(desk, self.content).fill(root)
        root.of(SOURCE)[0].values[OPENED] = self.sum
        return root

    def held(self, desk: Desk) -> Any:
        """What the form holds of it, as a contribution's source."""
        made = composed(self.rows(desk), desk.known, desk.towns, desk.locale, desk.by)
        return tidy(made.content[SOURCE])

    def unshown(self, desk: Desk) -> list[tuple[str, str]]:
        """What it holds beside that: each place in words, and what stands there."""
        found = beyond(self.held(desk), self.content)
        return [(shown(place), _written(place, value)) for place, value in found]


def opened(root: TypedRow, desk: Desk) -> SourceText | None:
    """The source that is open in a form, as it is now; None where the form began blank. Raises as
    `SourceText.of` does."""
    if not (desk.opens and opened_sum(root)):
        return None
    return SourceText.of(desk, root.of(SOURCE)[0].get("key"))


def opened_sum(root: TypedRow) -> str:
    """The sum of the text of the source that is open in a form, as it was then; "" for none."""
    return root.of(SOURCE)[0].get(OPENED)


def put_into(made: Composed, source: SourceText, desk: Desk) -> Composed:
    """What was typed, with all that the source's file holds beside it."""
    mine = tidy(made.content[SOURCE])
    # A partnership that is one of other towns now is the same block of the file.
    held, there = (_rekeyed(one, made.rekeyed) for one in (source.held(desk), source.content))
    both = merged(held, there, mine)
    inputs = {
        (SOURCE, *place_in(place[1:], mine, both)) if place[:1] == (SOURCE,) else place: input
        for place, input in made.inputs.items()
    }
    return replace(made, content={**made.content, SOURCE: both}, inputs=inputs)


def _rekeyed(value: Any, keys: Mapping[str, str]) -> Any:
    """The same with the new keys of partnerships, and of their documents, whatever names them."""
    if isinstance(value, Mapping):
        return {name: _rekeyed(one, keys) for name, one in value.items()}
    if isinstance(value, list):
        return [_rekeyed(one, keys) for one in value]
    if isinstance(value, str) and value.partition("_")[0] in keys:
        partnership, mark, document = value.partition("_")
        return f"{keys[partnership]}{mark}{document}"
    return value


def _written(place: Place, value: Any) -> str:
    """What stands in a place, as the file has it."""
    name = next(step for step in reversed(place) if isinstance(step, str))
    return write_yaml({name: [value] if isinstance(place[-1], int) else value}).strip()


class _Filler:
    """Fills in what a source states; what does not fit into the form is passed over."""

    def __init__(self, desk: Desk, content: Block) -> None:
        self._desk, self._content = desk, content
        self._language = next(iter(content.get("language", ())), "")
        self._projects = {one["key"]: one for one in content.get("projects", ())}

    def fill(self, root: TypedRow) -> None:
        row = root.of(SOURCE)[0]
        self._block(row, self._content, ())
        row.values["key"] = self._content["key"]
        if town := self._content.get("publisher_authority"):
            self._town(row.of("publisher_authority")[0], town)
        for part, one in self._rows(root, "partnerships", self._content):
            self._partnership(part, one)
        for part, one in self._rows(root, "authorities", self._content):
            self._town(part.of("town")[0], one["key"])
            self._block(part, one, ())

    def _rows(self, row: TypedRow, part: str, block: Block) -> Iterator[tuple[TypedRow, Any]]:
        """A row for each block of a part, as far as the form has room."""
        rows = row.of(part)
        for number, one in enumerate(block.get(part, ())):
            below = rows[number] if number < len(rows) else row.add(part)
            if below is None:
                return
            if isinstance(one, Mapping) and below.part.field("key"):
                below.values["key"] = one.get("key", "")
            yield below, one

    def _town(self, row: TypedRow, key: str) -> None:
        town = self._desk.towns.by_key.get(key)
        name = town_name(town) if town else None
        short = short_countries().get(town.country or "", "") if town else ""
        row.values.update(name=name.value if name else key, country=short, key=key)

    def _partnership(self, row: TypedRow, block: Block) -> None:
        for part, key in self._rows(row, "partners", block):
            self._town(part, key)
        members = [town.get("key") for town in row.of("partners")]
        self._block(row, block, members)
        for part, one in self._rows(row, "agreements", block):
            self._block(part, one, members)
            for below, signature in self._rows(part, "signatures", one):
                self._signature(below, signature, members)
        for part, one in self._rows(row, "status_changes", block):
            self._block(part, one, members)
        for part, key in self._rows(row, "projects", block):
            self._project(part, key, members)

    def _signature(self, row: TypedRow, block: Block, members: Sequence[str]) -> None:
        self._block(row, block, members)
        if key := block.get("signatory"):
            row.values.update({"signatory": self._desk.known.name_of(Person, key), PERSON: key})

    def _project(self, row: TypedRow, key: str, members: Sequence[str]) -> None:
        block = self._projects.get(key, {})
        row.values["title"] = self._desk.known.name_of(Project, key)
        self._block(row, block, members)
        row.values["key"] = key
        if programme := block.get("programme"):
            row.values["programme"] = self._desk.known.name_of(Programme, programme)

    # --- what stands in a block -------------------------------------------------------------------

    def _block(self, row: TypedRow, block: Block, members: Sequence[str]) -> None:
        for one in row.part.fields:
            value = block.get(one.name)
            if not value or one.entry == HIDDEN or one.name in _ELSEWHERE:
                continue
            if one.entry == CHOICES:
                row.chosen[one.name] = tuple(value)
            elif one.entry == MEMBERS:
                # One that is none of the towns has no place in the form.
                if all(key in members for key in value):
                    row.chosen[one.name] = tuple(str(members.index(key)) for key in value)
            elif one.entry == MEMBER:
                row.values[one.name] = str(members.index(value)) if value in members else ""
            elif one.name == "description":
                row.values[one.name] = value.get(self._language, "")
            else:
                row.values[one.name] = self._text(value) if one.entry != LANGUAGE else value[0]
        self._evidence(row, block.get(EVIDENCE, ()))

    def _text(self, value: Any) -> str:
        """A text, that in the page's language where there are several, or else the first."""
        if isinstance(value, Mapping):
            return self._text(value.get(self._language) or next(iter(value.values())))
        return self._text(value[0]) if isinstance(value, list) else str(value)

    def _evidence(self, row: TypedRow, evidence: Any) -> None:
        quotes = [{"quote": evidence}] if isinstance(evidence, str) else evidence
        said = [(one["quote"], one.get("for", ())) for one in quotes if one.get("quote")]
        for words, supports in said:
            if not supports and not row.get(EVIDENCE):
                row.values[EVIDENCE] = words
            elif supports and all(_takes_words(row, name) for name in supports):
                row.words.update(dict.fromkeys(supports, words))


def _takes_words(row: TypedRow, name: str) -> bool:
    """Whether a row has a field that has no words of its own yet, and may have some."""
    field = row.part.field(name)
    return field is not None and field.quoted and name not in row.words
