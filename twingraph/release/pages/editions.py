"""The pages of a release in the languages of its dataset, and the frame around them.

They work from any static host: links between files are relative, no script runs, and nothing is
fetched from elsewhere. The style sheet stands beside them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

from twingraph.model.records import Dataset
from twingraph.web.environment import STYLE, Frame, render
from twingraph.web.languages import ENGLISH, LANGUAGES, in_language
from twingraph.web.locale import Locale, locale_of
from twingraph.web.messages import N_

LANDING: Final = "index"
QUALITY: Final = "quality"
WIKIDATA: Final = "quality-wikidata"
CHANGES: Final = "changes/index"

_SECTIONS: Final = {
    LANDING: N_("Data"),
    QUALITY: N_("Quality"),
    WIKIDATA: "Wikidata",
    CHANGES: N_("What is new"),
}


@dataclass(frozen=True)
class Edition:
    """The pages of a release in one language. `ending` is what their names end with."""

    language: str
    ending: str

    @property
    def locale(self) -> Locale:
        """How the language is written."""
        return locale_of(self.language)

    def name(self, page: str) -> str:
        """The path of a page below the release."""
        return f"{page}{self.ending}"


def editions(dataset: Dataset) -> tuple[Edition, ...]:
    """A page is index.html in English, or else in the dataset's first language that pages are
    written in, and index.{language}.html in the others."""
    known = [language for language in dataset.languages if language in LANGUAGES]
    first = ENGLISH if ENGLISH in known or not known else known[0]
    others = [language for language in known if language != first]
    return (Edition(first, ".html"), *(Edition(other, f".{other}.html") for other in others))


def write_page(
    folder: Path,
    about: Dataset,
    page: str,
    values: Callable[[Edition], Mapping[str, Any]],
    without: Collection[str] = (),
) -> None:
    """Write a page into a folder in every language. `values` gives what its template shows,
    `without` are pages that the release does not have."""
    for edition in editions(about):
        template = f"release/{page.removesuffix('/index')}.html"
        shown = {"about": about, "dataset": in_language(about.titles, edition.language)}
        text = render(
            template, _frame(folder, about, page, edition, without), **shown, **values(edition)
        )
        (folder / edition.name(page)).write_text(text, "utf-8")


def write_style(folder: Path) -> None:
    """Put the style sheet beside the pages."""
    copyfile(STYLE, folder / STYLE.name)


def figures(locale: Locale, counts: Mapping[tuple[str, str], int]) -> list[tuple[int, str]]:
    """Numbers, each with what it is of: `counts` are by the singular and the plural of that."""
    return [(number, locale.ngettext(*of, number)) for of, number in counts.items()]


def _frame(
    folder: Path, about: Dataset, page: str, edition: Edition, without: Collection[str]
) -> Frame:
    place = posixpath.dirname(page)

    def link(name: str) -> str:
        return posixpath.relpath(name, place or ".")

    return Frame(
        path=link(edition.name(page)),
        origin=f"{about.download_base}{place and place + '/'}",
        language=edition.language,
        languages=[
            (other.language, LANGUAGES[other.language], link(other.name(page)))
            for other in editions(about)
        ],
        home=link(edition.name(LANDING)),
        sections=[
            (link(edition.name(section)), edition.locale.gettext(title))
            for section, title in _SECTIONS.items()
            if section not in without and (section != CHANGES or (folder / CHANGES).parent.is_dir())
        ],
        style=link(STYLE.name),
    )
