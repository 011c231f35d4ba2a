"""Sentences that stand in English, and are said in the reader's language once that is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from babel.lists import format_list

from twingraph.web.locale import Locale
from twingraph.web.messages import N_

_OR: Final = " or "

ONE_OF: Final = N_("%(cure)s: %(ones)s")
"""A cure that says with which words, one of them."""


class Saying(str):
    """A sentence in English, of a message and the values in it: texts, other sayings, and lists of
    texts of which one is meant."""

    message: str
    values: Mapping[str, Any]

    def __new__(cls, message: str, **values: Any) -> Saying:
        """The sentence; the message is marked where it stands (`N_`)."""
        english = {name: _english(value) for name, value in values.items()}
        saying = super().__new__(cls, message % english if values else message)
        saying.message, saying.values = message, values
        return saying

    def said(self, locale: Locale) -> str:
        """The sentence in a language."""
        values = {name: _said(value, locale) for name, value in self.values.items()}
        return locale.gettext(self.message, **values)


def _english(value: Any) -> Any:
    return _OR.join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _said(value: Any, locale: Locale) -> Any:
    if isinstance(value, Saying):
        return value.said(locale)
    if isinstance(value, (list, tuple)):
        return format_list([str(_said(one, locale)) for one in value], "or", locale.babel)
    return value
