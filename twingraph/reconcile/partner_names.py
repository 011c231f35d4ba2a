"""What a project partner's name says: an authority and of which place, or an organisation.

The words stand in kind_words.csv, by language: `gmina` before the name of the place, `kommun<`
after it; `szkoł~` begins a word that makes the body an organisation, whatever else stands in its
name. What no word makes an authority is an organisation: a school never stands for its town.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from twingraph.reconcile.bodies import Body
from twingraph.reconcile.names import romanised, tidy

BODIES: Final = {
    "commune": Body.COMMUNE,
    "town": Body.TOWN,
    "village": Body.VILLAGE,
    "county": Body.COUNTY,
    "region": Body.REGION,
}
"""The kinds of authority in kind_words.csv."""

_ORGANIZATION: Final = "organization"
_PARTS: Final = re.compile(r"\s*[/;,|()\[\]\"„“”«»]+\s*|\s+[-–—]\s+")
_STATE: Final = re.compile(r"^\s*T\.?\s?C\.?\s+")
"""The Republic of Turkey's initials, before the names of its authorities."""
_DOTTED: Final = re.compile(r"(?<=\w)\.\s?(?=\w)|\.(?=\s|$)")
_WORD: Final = re.compile(r"\b(?:[dl]|dell)'(?=\w)|[^\W_]+(?:[-'][^\W_]+)*'?", re.IGNORECASE)

Tokens = tuple[str, ...]


class NamedAuthority(NamedTuple):
    """A name of an authority, taken apart: of which place, and which kind of body."""

    place: str
    body: Body
    word: str


class _Words(NamedTuple):
    before: dict[Tokens, Body]
    after: dict[Tokens, Body]
    phrases: frozenset[Tokens]
    stems: tuple[str, ...]
    longest: int


@lru_cache(maxsize=1 << 16)
def is_organization(name: str) -> bool:
    """Whether a word of the name makes it an organisation's.

    >>> is_organization("Mestská knižnica v Prešove"), is_organization("Mesto Prešov")
    (True, False)
    """
    words = _words()
    tokens = _tokens(name)
    if any(token.startswith(words.stems) for token in tokens):
        return True
    return any(
        tokens[at : at + size] in words.phrases
        for at in range(len(tokens))
        for size in range(1, words.longest + 1)
    )


@lru_cache(maxsize=1 << 16)
def authority(name: str) -> NamedAuthority | None:
    """The authority that a name is of; None where it is an organisation's, or no word tells.

    >>> authority("Miasto i Gmina Uzdrowiskowa Muszyna").place, authority("Klub Muszyna")
    ('Muszyna', None)
    """
    name = tidy(name)
    if is_organization(name):
        return None
    return next(filter(None, map(_of_part, filter(None, _PARTS.split(name)))), None)


def _of_part(part: str) -> NamedAuthority | None:
    """By the longest word before or after the name of the place."""
    words, pieces = _words(), _WORD.findall(_STATE.sub("", part))
    tokens = tuple(map(_token, pieces))
    for size in range(min(words.longest, len(tokens)), 0, -1):
        if body := words.before.get(tokens[:size]):
            return _made(part, pieces, slice(size, None), body, pieces[:size])
        if body := words.after.get(tokens[-size:]):
            return _made(part, pieces, slice(None, -size), body, pieces[-size:])
    return None


def _made(
    part: str, pieces: Sequence[str], kept: slice, body: Body, word: Iterable[str]
) -> NamedAuthority | None:
    rest = pieces[kept]
    # A region or a county is called by its whole name: "Prešovský samosprávny kraj".
    place = " ".join(rest) if body not in (Body.COUNTY, Body.REGION) else tidy(part)
    return NamedAuthority(place, body, " ".join(word)) if rest else None


def _token(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", romanised(word))


def _tokens(name: str) -> Tokens:
    return tuple(map(_token, _WORD.findall(_DOTTED.sub("", name))))


@cache
def _words() -> _Words:
    before: dict[Tokens, Body] = {}
    after: dict[Tokens, Body] = {}
    phrases: set[Tokens] = set()
    stems: set[str] = set()
    for kind, word in _rows():
        tokens = _tokens(word.rstrip("<~"))
        if kind == _ORGANIZATION and word.endswith("~") and len(tokens) == 1:
            stems.add(tokens[0])
        elif kind == _ORGANIZATION:
            phrases.add(tokens)
        else:
            (after if word.endswith("<") else before).setdefault(tokens, BODIES[kind])
    longest = max(map(len, (*before, *after, *phrases)))
    return _Words(before, after, frozenset(phrases), tuple(sorted(stems)), longest)


def _rows() -> Iterable[tuple[str, str]]:
    text = (files("twingraph.reconcile") / "kind_words.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield from ((row["kind"], word.strip()) for word in row["words"].split("|"))
