"""Which column of a list is which field: a YAML file for each form, in mappings/ or of your own.

    title: what the form is
    country: PL            # of partners, where no column says it (ISO 3166-1)
    currency: PLN          # of amounts, where neither cell nor header says it
    language: pl           # of titles and names
    programme: {title: …, cci: …, period: 2014-2020}   # where no column says it
    separators: ";"        # between several partners in one cell (a regular expression)
    operations:            # the sheet of projects
      sheet: projects      # a regular expression; left out: the first sheet
      columns: {title: [Tytuł projektu, Project name], number: [3], …}
      ignored: [Fundusz, …]
    partners:              # a second sheet, if there is one; joined by the fields both have
      columns: …

A column is named by the words of its header, in any language, or by its number from 1 on. A header
that is neither named nor ignored is reported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import yaml
from anyascii import anyascii

from twingraph.errors import UsageError, did_you_mean

FIELDS: Final = (
    *("id", "title", "title_en", "number", "keep_id", "programme", "cci", "period", "start", "end"),
    *("total", "grant", "rate", "currency", "page"),
)
"""Of a project."""
PARTNER_FIELDS: Final = (
    *("partner", "partner_en", "role", "country", "town", "postcode", "nuts3", "lat", "lon"),
    *("partner_total", "partner_grant", "partner_rate", "kind"),
)
"""Of a partner."""
_TOP: Final = (
    *("title", "country", "currency", "language", "programme", "separators", "operations"),
    "partners",
)
_SHEET: Final = ("sheet", "columns", "ignored")
_PROGRAMME: Final = ("title", "cci", "period")
_IN_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a sheet: fields by words of the header, and by number (from 0)."""

    sheet: str
    words: Dict[str, str]
    numbers: Dict[int, str]
    ignored: frozenset[str]

    def field(self, number: int, *headers: str) -> str | None:
        """The field of a column: by its header, else by its number."""
        for header in headers:
            for key in keys(header):
                if key in self.words:
                    return self.words[key]
        return self.numbers.get(number)

    def is_known(self, *headers: str) -> bool:
        """Whether a header is one that need not be read."""
        return any(key in self.ignored for header in headers for key in keys(header))


@dataclass(frozen=True, slots=True)
class Mapping:
    """A form of lists."""

    name: str
    operations: Columns
    partners: Columns | None = None
    country: str = ""
    currency: str | None = None
    language: str = "und"
    programme: Dict[str, str] | None = None
    separators: str = ""


@lru_cache(maxsize=1 << 12)
def keys(header: str) -> tuple[str, ...]:
    """What a header is compared by: its letters and digits, with brackets and without, and each
    of two names that a slash or a line's end parts."""
    parts = [header, _IN_BRACKETS.sub(" ", header)]
    parts += [piece for part in tuple(parts) for piece in re.split(r"\s*/\s*|\n", part)]
    plain = (re.sub(r"[^a-z0-9%]", "", anyascii(part).lower()) for part in parts)
    return tuple(dict.fromkeys(key for key in plain if key))


def shipped() -> list[str]:
    """The names of the forms that ship with the reader."""
    return sorted(f.name.removesuffix(".yaml") for f in _folder().iterdir())


def _folder() -> Traversable:
    return files("twingraph.sources.interreg") / "mappings"


def read(name: str) -> Mapping:
    """A form by its name, or from a YAML file of your own. Raises UsageError."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        text = _text(path)
    elif name in shipped():
        text = (files("twingraph.sources.interreg") / "mappings" / f"{name}.yaml").read_text(
            "utf-8"
        )
    else:
        known = did_you_mean(name, shipped(), f"known are {', '.join(shipped())}")
        raise UsageError(f"{name!r} is no mapping: {known}; or name a .yaml file of your own")
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UsageError(f"{name}: is no YAML: {error}") from error
    return _mapping(name, said)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: save it as UTF-8") from error


def _mapping(name: str, said: Any) -> Mapping:
    _check(name, said, _TOP)
    if "operations" not in said:
        raise UsageError(f"{name}: `operations` is missing: it names the columns of projects")
    programme = said.get("programme")
    if programme is not None:
        _check(f"{name}: programme", programme, _PROGRAMME)
    partners = said.get("partners")
    return Mapping(
        name,
        _columns(f"{name}: operations", said["operations"], (*FIELDS, *PARTNER_FIELDS)),
        partners and _columns(f"{name}: partners", partners, (*FIELDS, *PARTNER_FIELDS)),
        str(said.get("country", "")),
        said.get("currency"),
        str(said.get("language", "und")),
        programme and {k: str(v) for k, v in programme.items()},
        str(said.get("separators", "")),
    )


def _columns(where: str, said: Any, fields: Sequence[str]) -> Columns:
    _check(where, said, _SHEET)
    columns = said.get("columns")
    _check(f"{where}: columns", columns, fields)
    words: dict[str, str] = {}
    numbers: dict[int, str] = {}
    for field, named in columns.items():
        for one in named if isinstance(named, list) else [named]:
            if isinstance(one, int):
                numbers[one - 1] = field
                continue
            for key in keys(str(one))[:1]:
                if words.setdefault(key, field) != field:
                    raise UsageError(f"{where}: {one!r} is two fields: {words[key]} and {field}")
    ignored = {key for header in said.get("ignored", ()) for key in keys(str(header))[:1]}
    return Columns(str(said.get("sheet", "")), words, numbers, frozenset(ignored))


def _check(where: str, said: Any, known: Sequence[str]) -> None:
    if not isinstance(said, dict):
        raise UsageError(f"{where}: a list of fields is wanted: {', '.join(known)}")
    for field in said:
        if field not in known:
            hint = did_you_mean(str(field), known, f"known here: {', '.join(known)}")
            raise UsageError(f"{where}: unknown field {field!r}: {hint}")
