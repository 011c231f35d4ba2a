"""A contribution: what one source states, in the curators' own format, before it is in the data.

As a file it is YAML with two names at the top: `source`, which is what data/sources/KEY.yaml holds
and the source's key; and `registers`, the rows that the registers lack, by the register:

    registers:
      people:
        - key: adam-wos
          name: Adam Woś
    source:
      key: sieniawa-partner-towns
      title: {en: Partner towns of Sieniawa}
      …

A row may leave `source` out: it is the contribution's own then.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from twingraph.characters import NO_WIDTH
from twingraph.errors import DataError, Problem
from twingraph.namespaces import BASE
from twingraph.sources.curated import format as f
from twingraph.sources.curated import registers as curated
from twingraph.sources.curated.validation import model_in, validate
from twingraph.sources.curated.yaml_reader import Document, Place, read_yaml
from twingraph.sources.curated.yaml_writer import write_yaml

SOURCE: Final = "source"
REGISTERS: Final = "registers"

FILES: Final[Mapping[str, curated.Register]] = {
    register.file.removesuffix(".csv"): register for register in curated.REGISTERS.values()
}
"""The registers by the names that they have in a contribution: municipalities, people …"""

NAMES: Final[Mapping[str, str]] = {
    path: register.file.removesuffix(".csv") for path, register in curated.REGISTERS.items()
}
"""These names by the paths of what the registers hold."""

HINT: Final = f"yaml-language-server: $schema={BASE}{f.SOURCE_SCHEMA}"
"""The comment by which an editor finds the schema of a source file."""
SCHEMA: Final = f"{BASE}{f.CONTRIBUTION_SCHEMA}"
"""What a contribution's own file is checked against: the same classes, as editors have them."""

_MISSING: Final = re.compile(r"'(\w+)' is missing")

Row = Mapping[str, str]
"""A register's row: its cells by column, the empty ones left out."""


class Fault(NamedTuple):
    """What is wrong in one place of a contribution.

    `place` is the way to it: `("source", "partnerships", 0, "since")`, or `("registers", "people",
    2, "name")`; it leads to the nearest thing that holds what is missing.
    """

    place: Place
    message: str
    cure: str = ""

    @property
    def missing(self) -> str:
        """The name of what is missing in the place; "" where it is something else that is wrong."""
        found = _MISSING.match(self.message)
        return found[1] if found else ""


class Refused(DataError):
    """A contribution that is faulty: nothing of it was written. `faults` are in its own order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__(Problem(shown(f.place), None, f.message, f.cure) for f in self.faults)


def shown(place: Place) -> str:
    """A place in words: `source, partnerships 1, since`; lists count from one."""
    words: list[str] = []
    for step in place:
        if isinstance(step, int) and words:
            words[-1] += f" {step + 1}"
        else:
            words.append(str(step))
    return ", ".join(words) or "contribution"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one source states: plain mappings, lists and texts, none of them empty, names in the
    order of the format. `of` makes one."""

    source: Mapping[str, Any]
    registers: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key of the source."""
        return str(self.source["key"])

    @property
    def content(self) -> dict[str, Any]:
        """All of it, as a file has it."""
        registers = {name: [dict(row) for row in rows] for name, rows in self.registers.items()}
        return {**({REGISTERS: registers} if registers else {}), SOURCE: dict(self.source)}

    @property
    def statements(self) -> dict[str, Any]:
        """What the source's own file holds."""
        return {name: value for name, value in self.source.items() if name != "key"}

    @classmethod
    def of(cls, content: Any) -> Contribution:
        """A contribution of plain content; what is empty is left out, rows get their source.

        Raises Refused with every value that the format does not allow. What needs the other files
        of the data (a key that nobody has) is told by `writing`.
        """
        content = tidy(content)
        faults = list(format_faults(content))
        if faults:
            raise Refused(faults)
        key = content[SOURCE]["key"]
        registers = {
            name: [_in_order(register.model, {SOURCE: key, **row}) for row in rows]
            for name, register in FILES.items()
            if (rows := content.get(REGISTERS, {}).get(name))
        }
        return cls(_in_order(f.KeyedSource, content[SOURCE]), registers)

    def source_text(self, head: Sequence[str] = (HINT,)) -> str:
        """The text of the source's own file, under comments."""
        return write_yaml(self.statements, head)

    def dump(self) -> str:
        """The text of the contribution as a file; the same contribution gives the same text."""
        return write_yaml(self.content, [f"yaml-language-server: $schema={SCHEMA}"])


def load(path: Path) -> Contribution:
    """Read a contribution from a YAML file. Raises DataError with file, line, value and cure."""
    return contribution_of(load_document(path))


def contribution_of(document: Document) -> Contribution:
    """The contribution that a file holds. Raises DataError."""
    try:
        return Contribution.of(document.content)
    except Refused as refused:
        raise DataError(at_lines(refused.faults, document)) from None


def load_document(path: Path) -> Document:
    """A contribution's file with the line of everything. Raises DataError."""
    problems: list[Problem] = []
    document = read_yaml(path, path.as_posix(), problems)
    if document is None or problems:
        raise DataError(problems)
    return document


def at_lines(faults: Sequence[Fault], document: Document) -> Iterator[Problem]:
    """Faults as problems of the lines of a file."""
    return (document.problem(fault.place, fault.message, fault.cure) for fault in faults)


def tidy(value: Any) -> Any:
    """Plain content as files would give it back: texts stripped and composed (Unicode NFC), without
    what browsers copy along unseen, and nothing empty but what is empty itself."""
    if isinstance(value, Mapping):
        made = {str(name): tidy(one) for name, one in value.items()}
        return {name: one for name, one in made.items() if one not in (None, "", [], {})}
    if isinstance(value, (list, tuple)):
        return [tidy(one) for one in value]
    if value is None:
        return None
    text = unicodedata.normalize("NFC", str(value)).translate(NO_WIDTH)
    return text.replace("\r\n", "\n").strip()


def format_faults(content: Any, part: str = "block") -> Iterator[Fault]:
    """What the format does not allow in tidy content, in the places where it stands. `part` is what
    whoever entered it calls the thing that holds fields: a block, or a row."""

    def check(document: Document, problems: list[Problem]) -> None:
        validate(f.ContributionFile, _with_source(content), document, (), problems)

    yield from faults_in(content, check, part)


def faults_in(
    content: Any, check: Callable[[Document, list[Problem]], object], part: str = "block"
) -> Iterator[Fault]:
    """What a check of a file's document says of plain content, which stands in no file: of each
    problem the place."""
    places = list(_places(content, ()))
    lines = {place: number for number, place in enumerate(places)}
    problems: list[Problem] = []
    check(Document("", content, lines, part), problems)
    for problem in problems:
        yield Fault(places[problem.line or 0], problem.message, problem.cure)


def _with_source(content: Any) -> Any:
    """The content with its own source in each row: in a file a row may leave it out."""
    if not isinstance(content, Mapping) or not isinstance(content.get(SOURCE), Mapping):
        return content
    registers = content.get(REGISTERS)
    if not isinstance(registers, Mapping):
        return content
    key = content[SOURCE].get("key", "")
    rows = {
        name: [{SOURCE: key, **row} if isinstance(row, Mapping) else row for row in given]
        if isinstance(given, list)
        else given
        for name, given in registers.items()
    }
    return {**content, REGISTERS: rows}


def _places(content: Any, at: Place) -> Iterator[Place]:
    yield at
    if isinstance(content, (Mapping, list)):
        steps = content.items() if isinstance(content, Mapping) else enumerate(content)
        for step, value in steps:
            yield from _places(value, (*at, step))


_FIRST: Final = ("key", "partners")
_LAST: Final = ("evidence", "signatures", "agreements", "status_changes")
"""Where these stand in a block that a curator writes; all else is in the order of the format."""


def _in_order(model: type[BaseModel], block: Mapping[str, Any]) -> dict[str, Any]:
    """A block with its names in the order in which curators write them, those within it too."""
    fields = {given.alias or name: given for name, given in model.model_fields.items()}
    middle = [name for name in fields if name not in (*_FIRST, *_LAST)]
    names = sorted(block, key=[*_FIRST, *middle, *_LAST].index)
    return {name: _ordered(model_in(fields[name].annotation), block[name]) for name in names}


def _ordered(model: type[BaseModel] | None, value: Any) -> Any:
    if model and isinstance(value, Mapping):
        return _in_order(model, value)
    return [_ordered(model, one) for one in value] if isinstance(value, list) else value
