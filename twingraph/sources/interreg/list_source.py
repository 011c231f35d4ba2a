"""What a list is as a source: what its reader knows of it, and what a source.yaml says instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from twingraph.errors import UsageError, did_you_mean
from twingraph.model.records import Source, Text

GAZETTEER_RIGHTS: Final = "gazetteer_rights"
FIELDS: Final = (
    *("key", "title", "kind", "rank", "url", "publisher", "retrieved", "rights", "rank_reason"),
    *("note", GAZETTEER_RIGHTS),
)
"""What may stand in the file, each a line of text."""


class ListSource(NamedTuple):
    """A list as a source, and the rights of the gazetteer in which its places are looked for."""

    source: Source
    gazetteer_rights: str = ""


def list_source(path: Path | None, otherwise: Source) -> ListSource:
    """The source of a list: `otherwise`, with the fields that a file gives in their place.

    Raises UsageError for a file that cannot be read, for a field that is not known, and for a rank
    or a day that is none.
    """
    if path is None:
        return ListSource(otherwise)
    fields: dict[str, Any] = _fields(path)
    rights = fields.pop(GAZETTEER_RIGHTS, "")
    if "rank" in fields:
        if not fields["rank"].isdecimal():
            raise UsageError(f"{path}: rank {fields['rank']!r} is no whole number")
        fields["rank"] = int(fields["rank"])
    if "title" in fields:
        fields["titles"] = (Text(fields.pop("title"), "en"),)
    if "retrieved" in fields:
        fields["retrieved"] = _day(path, fields["retrieved"])
    return ListSource(replace(otherwise, **fields), rights)


def _fields(path: Path) -> dict[str, str]:
    try:
        said = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    if not isinstance(said, dict):
        raise UsageError(f"{path} is no list of fields: {', '.join(FIELDS)}")
    if wrong := sorted(set(map(str, said)) - set(FIELDS)):
        raise UsageError(f"{path}: unknown field {wrong[0]!r}: {did_you_mean(wrong[0], FIELDS)}")
    return {name: " ".join(str(value).split()) for name, value in said.items()}


def _day(path: Path, written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise UsageError(f"{path}: retrieved: {written!r} is no day such as 2026-11-28") from error
