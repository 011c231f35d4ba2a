"""Keys, as minted once and written down in the data, and the IRIs made of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

KEY: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
"""A key: lower-case ASCII letters and digits, in parts joined by single hyphens."""

AUTHORITY_KEY: Final = rf"(?:{KEY}|Q[1-9][0-9]*)"
"""An authority known only from Wikidata is named by its item id."""

PARTNERSHIP_KEY: Final = rf"{AUTHORITY_KEY}(?:--{AUTHORITY_KEY})+"

MUNICIPALITY: Final = "municipality"
ORGANIZATION: Final = "organization"
PERSON: Final = "person"
PROGRAMME: Final = "programme"
PROJECT: Final = "project"
PARTICIPATION: Final = "participation"
PARTNERSHIP: Final = "partnership"
AGREEMENT: Final = "agreement"
SIGNATURE: Final = "signature"
STATUS_CHANGE: Final = "status-change"
MEMBERSHIP: Final = "membership"
SOURCE: Final = "source"
GRAPH: Final = "graph"
EVIDENCE: Final = "evidence"
CONCEPT: Final = "concept"

PATHS: Final = (
    MUNICIPALITY,
    ORGANIZATION,
    PARTNERSHIP,
    AGREEMENT,
    SIGNATURE,
    STATUS_CHANGE,
    MEMBERSHIP,
    PERSON,
    PROJECT,
    PARTICIPATION,
    PROGRAMME,
    SOURCE,
    GRAPH,
    EVIDENCE,
    CONCEPT,
)
"""The first part of every IRI of ours, after the base. The path implies no class."""


THING_PATHS: Final = PATHS[: PATHS.index(GRAPH)]
"""The paths of what is in the world or states something of it: what leaves a tombstone."""

THING_KEY: Final = rf"{AUTHORITY_KEY}(?:--{AUTHORITY_KEY})*(?:_{KEY}){{0,2}}"
"""The key of any of them."""


class Ref(NamedTuple):
    """Which thing is meant: the path of its IRI and its key."""

    path: str
    key: str

    def iri(self, base: str) -> str:
        """The thing's IRI under a base that ends in a slash."""
        return f"{base}{self.path}/{self.key}"

    @classmethod
    def of(cls, iri: str, base: str) -> Ref | None:
        """The thing that an IRI under the base names; None of any other IRI."""
        path, slash, key = iri.removeprefix(base).partition("/")
        return cls(path, key) if slash and key and iri.startswith(base) else None


def is_key(text: str, pattern: str = KEY) -> bool:
    """Whether a text is a key of the given pattern."""
    return re.fullmatch(pattern, text) is not None


# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
        "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th",
        "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N", "ŧ": "t", "Ŧ": "T", "ə": "e", "Ə": "E",
    }
)  # fmt: skip


def slug(name: str) -> str:
    """A name of Latin letters as a key: transliterated to ASCII, lower case, parts hyphenated.

    >>> slug("Pečovská Nová Ves")
    'pecovska-nova-ves'

    Returns "" when no ASCII letter or digit is left (another script: mint the key by hand).
    """
    letters = unicodedata.normalize("NFKD", name.translate(_LETTERS)).lower()
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def partnership_key(partners: Iterable[str]) -> str:
    """The key a new partnership starts from: its partners' keys, sorted, joined by two hyphens."""
    return "--".join(sorted(partners))


def nested_key(parent: str, local: str) -> str:
    """The key of a thing that belongs to another: an underscore stands in no other key."""
    return f"{parent}_{local}"
