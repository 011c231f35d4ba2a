"""Codes of authority tables: the EU's licences, themes, frequencies …, and ADMS publisher types.

The tables beside this module are extracts; NOTES.md says of what, and which columns are ours.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

LICENCE: Final = "licence"
COUNTRY: Final = "country"
DATA_THEME: Final = "data-theme"
FREQUENCY: Final = "frequency"
FILE_TYPE: Final = "file-type"
ACCESS_RIGHT: Final = "access-right"
PLANNED_AVAILABILITY: Final = "planned-availability"
PUBLISHER_TYPE: Final = "publishertype"

_EU: Final = "http://publications.europa.eu/resource/authority/"
_ADMS: Final = "http://purl.org/adms/"


@cache
def table(name: str) -> Mapping[str, Mapping[str, str]]:
    """A table's rows by code: `label` (in English) and the columns that NOTES.md names."""
    text = (files(__name__) / f"{name}.csv").read_text("utf-8")
    return {row["code"]: row for row in csv.DictReader(text.splitlines())}


def scheme(name: str) -> str:
    """The IRI of a table."""
    return f"{_ADMS}{name}/1.0" if name == PUBLISHER_TYPE else f"{_EU}{name}"


def iri(name: str, code: str) -> str:
    """The IRI of a code in a table."""
    return f"{_namespace(name)}{code}"


def code(name: str, written: str) -> str | None:
    """The code that is meant by a code or by its full IRI; None where the table lacks it."""
    short = written.removeprefix(_namespace(name))
    return short if short in table(name) else None


def country(alpha_3: str) -> str | None:
    """The EU's code of a country given by that of ISO 3166-1; None where the table lacks it."""
    return _by_alpha_3().get(alpha_3)


@cache
def _by_alpha_3() -> Mapping[str, str]:
    return {row["alpha_3"]: code for code, row in table(COUNTRY).items()}


def file_type(media_type: str) -> str:
    """The EU's file type of a media type, as a code.

    Raises ValueError for a media type that the table has no file type for.
    """
    for found, row in table(FILE_TYPE).items():
        if media_type in row["media_types"].split():
            return found
    raise ValueError(
        f"no file type for {media_type!r}: add it to twingraph/authority/{FILE_TYPE}.csv, with the "
        "nearest type where the EU has none of its own"
    )


def _namespace(name: str) -> str:
    return f"{_ADMS if name == PUBLISHER_TYPE else _EU}{name}/"
