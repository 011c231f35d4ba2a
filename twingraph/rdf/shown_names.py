"""What a thing is called by its description: the rule of `twingraph.model.names`, on statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from twingraph import namespaces as ns
from twingraph.model.names import preferred, town_name
from twingraph.model.records import Authority, Text
from twingraph.rdf.mapping import LABEL, NAME, PREF_LABEL, TITLE, tg
from twingraph.rdf.terms import Statement, Term
from twingraph.rdf.triples import value

NAMES: Final = (PREF_LABEL, TITLE, NAME, LABEL)
"""The properties that name a thing, the best first."""

READER: Final = ("en", "pl", "sk", "nl", "de", "fr")
"""The languages of a thing's name for whoever reads English; of a town its own stand before all
but the first."""

_OWN_LANGUAGE: Final = tg("ownLanguage")
_COUNTRY: Final = tg("country")

NAMING: Final = (PREF_LABEL, TITLE, NAME, _OWN_LANGUAGE, _COUNTRY)
"""What `shown_name` looks at, but for labels that are made of other things' names."""


def shown_name(said: Iterable[Statement]) -> str:
    """What a thing is called, by all that is said of it; "" where nothing names it."""
    names: dict[Term, list[Text]] = defaultdict(list)
    own = country = None
    for predicate, object_ in said:
        if predicate in NAMES and object_[0] == '"':
            names[predicate].append(_text(object_))
        elif predicate == _OWN_LANGUAGE:
            own = value(object_)
        elif predicate == _COUNTRY:
            country = object_[1:-1].removeprefix(ns.COUNTRY)
    texts = tuple(next((names[one] for one in NAMES if names[one]), ()))
    if own or country:
        town = Authority("", labels=texts, own_language=own, country=country)
        found = town_name(town, READER[:1])
    else:
        found = preferred(texts, READER)
    return found.value if found else ""


def _text(literal: Term) -> Text:
    kind = literal[literal.rindex('"') + 1 :]
    return Text(value(literal), kind[1:] if kind.startswith("@") else "")


def own_label(said: Iterable[Statement]) -> str:
    """The same, but "" for what is called by the names of other things."""
    return shown_name((p, o) for p, o in said if p in NAMING)
