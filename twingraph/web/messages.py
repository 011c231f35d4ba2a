"""The messages that pages and catalogues say in several languages: English in code and templates,
the others in translations/LANGUAGE/LC_MESSAGES/twingraph.po, as gettext has them."""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from twingraph.model.records import Text, Texts
from twingraph.web.languages import ENGLISH

TRANSLATIONS: Final = Path(__file__).parent / "translations"


def N_(message: str) -> str:
    """Marks a message for translation where it stands; it is translated where it is shown."""
    return message


def ngettext_noop(one: str, many: str) -> tuple[str, str]:
    """Marks a message with its plural, likewise."""
    return one, many


@cache
def catalog(language: str) -> Catalog:
    """The messages of a language as its .po file has them, none where there is no such file."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "twingraph.po"
    if not path.is_file():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file, locale=language)


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The messages of a language, to look up: what is committed is what is shown."""
    compiled = io.BytesIO()
    write_mo(compiled, catalog(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translated(message: str, language: str) -> str | None:
    """A message in a language; None where nobody has translated it."""
    # The message without a text is the head of the file.
    if language == ENGLISH or not message:
        return message
    known = catalog(language).get(message)
    texts = known.string if known and known.string else ""
    return (texts if isinstance(texts, str) else texts[0]) or None


def translations_of(message: str, languages: Iterable[str]) -> Texts:
    """A message in those of the languages that it is translated into, or in English alone."""
    known = ((translated(message, language), language) for language in languages)
    return tuple(Text(text, language) for text, language in known if text) or (
        Text(message, ENGLISH),
    )
