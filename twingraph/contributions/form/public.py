"""The form of a public service: it ends in a file, which its sender keeps, or sends by mail.

Nothing that a stranger enters changes anything here, or is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pyoxigraph as ox

from twingraph.characters import UNFIT
from twingraph.contributions.contribution import Contribution
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.doubted import Filler
from twingraph.contributions.form.finders import Released, known_of
from twingraph.contributions.form.page import Typed
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import Record, Source
from twingraph.namespaces import VCARD
from twingraph.sources.curated.codes import short_countries
from twingraph.web.locale import Locale

PATH: Final = "/contribute"
FILE, SHOW_FILE, BACK = "file", "finish", "back"
_READER: Final = "a reader"
"""Who has chosen an item in a form that strangers fill in."""
_MAILED: Final = 1_800
"""Letters of an address that every mail program and system takes."""


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page to be shown: its template and values; or a file, by its name and text."""

    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    file_name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Doubted:
    """A fact that a reader says is wrong: the thing and its field, the first source that states it,
    in which words, what else that source states of the thing (`stated`), and what the page shows of
    all that (`shown`)."""

    ref: Ref
    name: str
    source: Source | None = None
    words: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    stated: Record | None = None


class PublicForm:
    """The form over what a release has. `folder` is the release's, where it is files."""

    def __init__(self, lookup: Lookup, folder: Path | None, today: date) -> None:
        self._lookup = lookup
        self._known = known_of(lookup)
        self._towns = Released(self._known, today, by=_READER)
        self._email, self._url = contact_of(folder)

    def begin(
        self, locale: Locale, today: date, doubted: Doubted | None = None, town: str = ""
    ) -> FormPage:
        """The form: blank, about a town (its key), or filled in with a fact."""
        typed = Typed.start(self._desk(locale), today)
        filler = Filler(typed.root, self._lookup, short_countries())
        if doubted is not None:
            about = (doubted.ref, doubted.name, doubted.source, doubted.words, doubted.stated)
            typed.focus = filler.fill(*about)
        elif town:
            filler.town(town)
        return self._form(typed, doubted=doubted.shown if doubted else None)

    def press(self, posted: Sequence[tuple[str, str]], locale: Locale) -> FormPage:
        """What comes of a button that was pressed."""
        typed = Typed.of(posted, self._desk(locale))
        if typed.action in ("", BACK):
            return self._form(typed)
        found = typed.checked
        if typed.action in (FILE, SHOW_FILE) and found.is_good and found.contribution:
            return self._end(typed, found.contribution)
        good = locale.gettext("Nothing is wrong with it so far.") if found.is_good else ""
        return self._form(typed, typed.values([*found.faults, *typed.made.doubts]), good)

    def _desk(self, locale: Locale) -> Desk:
        return Desk(self._known, self._towns, locale, _READER)

    def _form(
        self,
        typed: Typed,
        values: Mapping[str, Any] | None = None,
        good: str = "",
        doubted: Mapping[str, Any] | None = None,
    ) -> FormPage:
        _ = typed.desk.locale.gettext
        title = _("Something is wrong here") if doubted else _("Contribute what a page says")
        lead = [
            _("Enter what one page or paper says of partnerships between towns. In the end you get "
              "a file to send to the curators: nothing is published before one of them has read "
              "it, and nothing is kept here.")
        ]  # fmt: skip
        shown = {
            "title": title,
            "lead": lead,
            "buttons": [("check", _("Check")), (SHOW_FILE, _("To the file"))],
            "asks_remark": True,
            "doubted": doubted,
            "good": good,
        }
        return FormPage("contribute/form.html", {**(values or typed.values()), **shown})

    def _end(self, typed: Typed, contribution: Contribution) -> FormPage:
        _, name = typed.desk.locale.gettext, f"{contribution.key}.yaml"
        text = _remarked(typed.remark, contribution.dump())
        if typed.action == FILE:
            return FormPage(file_name=name, text=text)
        mail = _mail(self._email, contribution.key, text)
        whole = len(mail) <= _MAILED
        values = {
            "title": _("Your contribution"),
            "hidden": typed.hidden(),
            "text": text,
            "file_name": name,
            "mail": mail if whole else _mail(self._email, contribution.key, ""),
            "mail_is_whole": whole,
            "contact": self._email,
            "contact_url": self._url,
        }
        return FormPage("contribute/file.html", values)


def _remarked(remark: str, text: str) -> str:
    """A file's text under a remark, which is a comment: every kind of line end ends its line."""
    lines = UNFIT.sub("", remark).splitlines()
    return "".join(f"# {line}\n" for line in lines) + text


def _mail(address: str, key: str, text: str) -> str:
    if not address:
        return ""
    subject = f"twingraph: {key}"
    return f"mailto:{quote(address)}?subject={quote(subject)}&body={quote(text)}"


def contact_of(folder: Path | None) -> tuple[str, str]:
    """The mail address and the page of whom a release's catalogue names as its contact; "" where it
    names none."""
    catalogue = folder / "catalog.ttl" if folder else None
    if catalogue is None or not catalogue.is_file():
        return "", ""
    try:
        said = {
            quad.predicate.value: str(getattr(quad.object, "value", ""))
            for quad in ox.parse(path=catalogue, format=ox.RdfFormat.TURTLE)
            if quad.predicate.value in (f"{VCARD}hasEmail", f"{VCARD}hasURL")
        }
    except (OSError, SyntaxError):  # The form is there all the same.
        return "", ""
    email = said.get(f"{VCARD}hasEmail", "").removeprefix("mailto:")
    return email, said.get(f"{VCARD}hasURL", "")
