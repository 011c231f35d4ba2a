"""The form between one press of a button and the next: what was typed, what is to be done, what is
shown. It keeps nothing: all of it travels with the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from twingraph.contributions.form.checking import Checked, checked
from twingraph.contributions.form.composed import (
    Composed,
    InputFault,
    TownFinder,
    composed,
)
from twingraph.contributions.form.doubted import REMARK
from twingraph.contributions.form.fields import form
from twingraph.contributions.form.told import told
from twingraph.contributions.form.typed import (
    Row,
    add_row,
    blank,
    find,
    pairs,
    read,
    remove_row,
)
from twingraph.contributions.form.view import FormView, Option, TownFound, country_names
from twingraph.contributions.known import Known
from twingraph.contributions.towns import Found
from twingraph.model.names import town_name
from twingraph.model.records import Programme
from twingraph.web.locale import Locale

ADD, REMOVE, DO, TOWN = "add", "remove", "do", "town"
"""The names of the buttons."""
CHECK: Final = "check"
_CURRENCIES: Final = ("EUR", "BGN", "CHF", "CZK", "DKK", "GBP", "HUF", "NOK", "PLN", "RON", "SEK",
                      "UAH")  # fmt: skip
"""Proposed; any of ISO 4217 may be written."""
_LONGEST_REMARK: Final = 2_000


@dataclass(frozen=True)
class Desk:
    """What the form is filled in against: what is known, who finds towns, the reader's language,
    and who chooses among several towns."""

    known: Known
    towns: TownFinder
    locale: Locale
    by: str


@dataclass
class Typed:
    """What was typed, and which button was pressed. `focus` is the input to go on with."""

    root: Row
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

    @cached_property
    def made(self) -> Composed:
        """The contribution's content."""
        desk = self.desk
        return composed(self.root, desk.known, desk.towns, desk.locale, desk.by)

    @cached_property
    def checked(self) -> Checked:
        """What the format and the source's own statements tell of it."""
        return checked(self.root, self.made)

    def hidden(self) -> list[tuple[str, str]]:
        """All that was typed, for a page that only carries it."""
        return [*pairs(self.root), *([(REMARK, self.remark)] if self.remark else [])]

    def values(self, faults: Iterable[InputFault] = ()) -> dict[str, Any]:
        """What the template shows of it."""
        locale = self.desk.locale
        faults = [told(fault, locale) for fault in faults]
        towns = {name: self._found(name, found) for name, found in self.made.towns.items()}
        view = FormView.of(locale, faults, towns)
        return {
            "parts": view.parts(self.root),
            "faults": faults,
            "labels": view.labels(self.root),
            "remark": self.remark,
            "focus": self.focus or ("summary" if faults else ""),
            "countries": country_names(locale.language),
            "currencies": _CURRENCIES,
            "programmes": sorted({t.value for p, _ in self.desk.known.rows(Programme)
                                  for t in p.titles}),
        }  # fmt: skip

    def _found(self, name: str, found: Found) -> TownFound:
        _, row = self.desk.locale.gettext, find(self.root, name)
        chosen = row.get("key") if row else ""
        if found.key:
            return TownFound(_("found: %(town)s", town=_called(self.desk.towns, found.key)),
                             key=found.key)  # fmt: skip
        if found.several:
            options = [Option(key, _called(self.desk.towns, key), key == chosen)
                       for key in found.several]  # fmt: skip
            return TownFound(_("Several towns are called so:"), options=options)
        items = [
            *(Option(key, _called(self.desk.towns, key), key == chosen)
              for key in found.registered),
            *(Option(one.wikidata, f"{one.name}, {one.wikidata}", one.wikidata == chosen)
              for one in found.candidates),
        ]  # fmt: skip
        if not items:
            return TownFound(_("new here: it will be added to the towns"))
        none = Option("", _("none of these, or not known"), not any(one.chosen for one in items))
        return TownFound(_("new here by this name; which one is it?"), options=[*items, none])


def _called(towns: TownFinder, key: str) -> str:
    """A town by its name and its key."""
    town = towns.by_key.get(key)
    name = town_name(town) if town else None
    return f"{name.value} ({key})" if name else key


def _first_input(row: Row) -> str:
    """The first field of a row, or of the first row in it that is asked before its fields."""
    below = next((rows[0] for name, rows in row.rows.items() if name in FIRST and rows), None)
    return _first_input(below) if below else row.input(row.part.fields[0].name)


FIRST: Final = ("partners", "town")
"""The parts that stand before the fields of their row: what it is all about."""


def _row_before(root: Row, removed: str) -> str:
    above, _, number = removed.rpartition(".")
    if not number.isdecimal():
        return ""
    left = find(root, f"{above}.{max(0, int(number) - 1)}")
    return _first_input(left) if left else ""
