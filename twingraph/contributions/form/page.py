"""The form between one press of a button and the next: what was typed, what is to be done, what is
shown. It keeps nothing: all of it travels with the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from twingraph.contributions.form.asked import ask_anew
from twingraph.contributions.form.checking import CheckedForm, checked
from twingraph.contributions.form.composed import Composed, InputFault, composed
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.doubted import REMARK
from twingraph.contributions.form.fields import form
from twingraph.contributions.form.found import found_in
from twingraph.contributions.form.opened import SourceText, opened, opened_sum, put_into
from twingraph.contributions.form.told import told
from twingraph.contributions.form.typed import (
    TypedRow,
    add_row,
    blank,
    find,
    pairs,
    read,
    remove_row,
    words_input,
)
from twingraph.contributions.form.view import FormView, country_names
from twingraph.model.records import Programme

ADD, REMOVE, DO, TOWN = "add", "remove", "do", "town"
"""The names of the buttons."""
CHECK: Final = "check"
_CURRENCIES: Final = ("EUR", "BGN", "CHF", "CZK", "DKK", "GBP", "HUF", "NOK", "PLN", "RON", "SEK",
                      "UAH")  # fmt: skip
"""Proposed; any of ISO 4217 may be written."""
_LONGEST_REMARK: Final = 2_000


@dataclass
class Typed:
    """What was typed, and which button was pressed. `focus` is the input to go on with."""

    root: TypedRow
    desk: Desk
    action: str = ""
    remark: str = ""
    focus: str = ""
    town: str = ""
    """Of a preview: the town whose page is wanted, by its key."""

    @classmethod
    def of(cls, posted: Sequence[tuple[str, str]], desk: Desk) -> Typed:
        """A posted form, rows added and taken away as its buttons say."""
        buttons = {name: value for name, value in posted if name in (ADD, REMOVE, DO, REMARK, TOWN)}
        remark = buttons.get(REMARK, "").strip()[:_LONGEST_REMARK]
        typed = cls(read(posted), desk, buttons.get(DO, ""), remark, town=buttons.get(TOWN, ""))
        ask_anew(typed.root)
        if ADD in buttons:
            added = add_row(typed.root, buttons[ADD])
            typed.focus = _first_input(added) if added else ""
        elif REMOVE in buttons:
            remove_row(typed.root, buttons[REMOVE])
            typed.focus = _row_before(typed.root, buttons[REMOVE])
        elif not typed.action:
            typed.action = CHECK
        return typed

    @classmethod
    def start(cls, desk: Desk, today: date) -> Typed:
        """A blank form: the page was read today, and is mostly a town's."""
        typed = cls(blank(form()), desk)
        typed.root.of("source")[0].values.update(kind="municipal", retrieved=today.isoformat())
        return typed

    @classmethod
    def open(cls, desk: Desk, key: str) -> Typed:
        """A source of the data, filled in. Raises UsageError where there is none of this key."""
        return cls(SourceText.of(desk, key).rows(desk), desk)

    @cached_property
    def made(self) -> Composed:
        """The contribution's content."""
        desk, source = self.desk, self.opened
        made = composed(self.root, desk.known, desk.towns, desk.locale, desk.by)
        if source is None:
            return made
        if source.sum != opened_sum(self.root):
            _ = desk.locale.gettext
            made.faults.append(InputFault(
                "", _("The file was changed by somebody else since it was opened."),
                _("Open it again, and enter there what you changed here."), own=True,
            ))  # fmt: skip
        return put_into(made, source, desk)

    @cached_property
    def opened(self) -> SourceText | None:
        """The source of the data that is open in it. Raises UsageError where it is gone, DataError
        where it is faulty."""
        return opened(self.root, self.desk)

    @cached_property
    def checked(self) -> CheckedForm:
        """What the format and the source's own statements tell of it."""
        return checked(self.root, self.made)

    def hidden(self) -> list[tuple[str, str]]:
        """All that was typed, for a page that only carries it."""
        return [*pairs(self.root), *([(REMARK, self.remark)] if self.remark else [])]

    def values(self, faults: Iterable[InputFault] = ()) -> dict[str, Any]:
        """What the template shows of it."""
        locale = self.desk.locale
        ask_anew(self.root)
        place = {input: number for number, input in enumerate(_in_page_order(self.root))}
        faults = sorted(faults, key=lambda fault: place.get(fault.input, -1))
        # What is doubtful the check of the folder tells again.
        faults = list(dict.fromkeys(told(fault, locale) for fault in faults))
        wrong = [fault for fault in faults if not fault.doubt]
        view = FormView.of(locale, faults, found_in(self.root, self.made, self.desk))
        return {
            "parts": view.parts(self.root),
            "faults": wrong,
            "doubts": [fault for fault in faults if fault.doubt],
            "labels": view.labels(self.root),
            "remark": self.remark,
            "focus": self.focus or ("summary" if faults else ""),
            "notes": (),
            "kept": self.opened.unshown(self.desk) if self.opened else (),
            "countries": country_names(locale.language),
            "currencies": _CURRENCIES,
            "programmes": sorted({t.value for p, _ in self.desk.known.rows(Programme)
                                  for t in p.titles}),
        }  # fmt: skip


def _first_input(row: TypedRow) -> str:
    """The first field of a row, or of the first row in it that is asked before its fields."""
    below = next((rows[0] for name, rows in row.rows.items() if name in FIRST and rows), None)
    return _first_input(below) if below else row.input(row.part.fields[0].name)


FIRST: Final = ("partners", "town")
"""The parts that stand before the fields of their row: what it is all about."""


def _in_page_order(row: TypedRow) -> Iterator[str]:
    """The names of rows and inputs in the order in which the page shows them."""
    first = [part for part in row.rows if part in FIRST]
    yield row.name
    yield from (input for part in first for one in row.of(part) for input in _in_page_order(one))
    for field in sorted(row.part.fields, key=lambda field: field.folded):
        yield from (row.input(field.name), words_input(row, field.name))
    others = (one for part in row.rows if part not in FIRST for one in row.of(part))
    yield from (input for one in others for input in _in_page_order(one))


def _row_before(root: TypedRow, removed: str) -> str:
    above, _, number = removed.rpartition(".")
    if not number.isdecimal():
        return ""
    left = find(root, f"{above}.{max(0, int(number) - 1)}")
    return _first_input(left) if left else ""
