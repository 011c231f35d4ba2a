"""Text files and YAML as plain strings, with the line of everything.

Scalars are not guessed at: `NO` stays the country, `2010` a text, until the format says what a
field holds (so the reader and the curator never disagree about a type).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

import yaml

from twingraph.characters import UNFIT
from twingraph.errors import Problem
from twingraph.sources.curated.syntax import explain

Place = tuple[str | int, ...]
"""A path into a document: keys and positions."""

MAX_BYTES: Final = 256 << 20
"""A register of every local authority of Europe stays well below this size."""

MAX_YAML_BYTES: Final = 16 << 20
"""No page of a town hall fills a source file of this size; a wrong file may."""

MAX_DEPTH: Final = 50
"""The format needs nine levels. libyaml takes quadratic time, and its composer all of the stack,
for a file of nothing but brackets."""

MAX_NAMES: Final = 1000
"""The format's blocks have some twenty fields, and texts a few hundred languages."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_EMPTY = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content (mappings, lists, strings, None) and the line of each place in it.

    `part` is what a reader calls the thing that holds fields: a block of YAML, a row of CSV.
    """

    file: str
    content: Any
    lines: Mapping[Place, int]
    part: str = "block"

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest thing that holds it."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return None

    def problem(self, place: Place, message: str, cure: str = "") -> Problem:
        """A problem at a place of this document."""
        return Problem(self.file, self.line(place), message, cure)


def read_text(
    path: Path, shown: str, problems: list[Problem], max_bytes: int = MAX_BYTES
) -> str | None:
    """A file's text, or None with a problem added.

    The file is UTF-8 (a byte order mark is skipped), holds no control characters and at most
    `max_bytes`. Letters come out composed (Unicode NFC), so that a name is one name whichever
    machine it was typed on.
    """
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise OSError(0, "it is no file")
        if status.st_size > max_bytes:
            megabytes = f"{status.st_size / (1 << 20):.0f} MB"
            message = f"is too large: {megabytes}, where {max_bytes >> 20} MB are read at most"
            problems.append(Problem(shown, None, message, "write a file for each document"))
            return None
        raw = path.read_bytes()
    except OSError as error:
        cure = "check that it is there, that it is a file and that you may read it"
        message = f"cannot be read: {error.strerror or error}"
        problems.append(Problem(shown, None, message, cure, unreadable=True))
        return None
    return _decoded(raw, shown, problems)


def _decoded(raw: bytes, shown: str, problems: list[Problem]) -> str | None:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from behind the byte order mark that it skips.
        raw = raw.removeprefix(b"\xef\xbb\xbf")
        line = raw[: error.start].count(b"\n") + 1
        message = f"is not UTF-8: byte 0x{raw[error.start]:02X}"
        cure = "save the file as UTF-8 (in the editor: Save as, Encoding)"
        problems.append(Problem(shown, line, message, cure, unreadable=True))
        return None
    if bad := UNFIT.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        message = f"holds the control character U+{ord(bad[0]):04X}, which no text may hold"
        problems.append(Problem(shown, line, message, "delete it"))
        return None
    return unicodedata.normalize("NFC", text)


def read_yaml(path: Path, shown: str, problems: list[Problem]) -> Document | None:
    """Read one YAML file. What is wrong is added to `problems`, and None comes back where no
    document can be made of the file.

    Refused, with line and cure: what is not UTF-8 or not YAML, a second document, a name written
    twice, a name that is no text, tags, what is nested too deeply, and anchors and aliases (a
    name that stands for text elsewhere hides what a claim says).
    """
    text = read_text(path, shown, problems, MAX_YAML_BYTES)
    if text is None:
        return None
    builder = _Builder(yaml.parse(text, Loader=_LOADER), shown, problems)
    try:
        content = builder.document()
    except yaml.YAMLError as error:
        problems.append(explain(error, text, shown))
        return None
    except _Stop:
        return None
    return None if builder.has_alias else Document(shown, content, builder.lines)


class _Stop(Exception):
    """The rest of the file is not worth reading; the problem is told."""


@dataclass(slots=True)
class _Builder:
    """Makes plain values of YAML's events, one by one: nothing is read ahead of what is checked."""

    events: Iterator[yaml.Event]
    shown: str
    problems: list[Problem]
    lines: dict[Place, int] = field(default_factory=dict)
    has_alias: bool = False

    def document(self) -> Any:
        next(self.events)  # the stream starts
        if isinstance(start := next(self.events), yaml.StreamEndEvent):
            self._report(None, "is empty", "see data/sources/ for an example")
            raise _Stop
        content = self._value(next(self.events), ())
        next(self.events)  # the document ends
        if not isinstance(start := next(self.events), yaml.StreamEndEvent):
            cure = "write a file for each document, and delete the line ---"
            self._report(start, "a second document starts here (---)", cure)
        return content

    def _value(self, event: yaml.Event, place: Place) -> Any:
        self.lines.setdefault(place, _line(event))
        if isinstance(event, yaml.AliasEvent):
            self.has_alias = True
            return self._report(event, f"uses an alias (*{event.anchor})", "write the text out")
        self._check_bare(event)
        if isinstance(event, yaml.ScalarEvent):
            bare = not event.style and event.value in _EMPTY
            return None if bare else event.value
        if len(place) >= MAX_DEPTH:
            self._report(
                event, f"is nested more than {MAX_DEPTH} levels deep", "is a bracket left open?"
            )
            raise _Stop
        if isinstance(event, yaml.SequenceStartEvent):
            items = enumerate(self._until(yaml.SequenceEndEvent))
            return [self._value(item, (*place, i)) for i, item in items]
        return self._mapping(place)

    def _mapping(self, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for event in self._until(yaml.MappingEndEvent):
            name = self._name(event, place)
            if name is None or name in mapping:
                if name is not None:
                    first = f"first in line {self.lines[(*place, name)]}"
                    message = f"{name!r} stands here twice ({first})"
                    self._report(event, message, "keep one of the two")
                self._value(next(self.events), (*place, _line(event), "?"))
            elif len(mapping) == MAX_NAMES:
                self._report(
                    event, f"is the name after {MAX_NAMES} others in one block",
                    "the format has no such blocks: is this another file?",
                )  # fmt: skip
                raise _Stop
            else:
                self.lines[(*place, name)] = _line(event)
                mapping[name] = self._value(next(self.events), (*place, name))
        return mapping

    def _name(self, event: yaml.Event, place: Place) -> str | None:
        if isinstance(event, yaml.ScalarEvent):
            self._check_bare(event)
            return str(event.value)
        shown = self._value(event, (*place, _line(event), "?"))
        cure = "write `name: value`; put a text that starts with [ or { in quotes"
        self._report(event, f"{shown!r} stands where a name is expected", cure)
        return None

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := next(self.events), end):
            yield event

    def _check_bare(self, event: yaml.Event) -> None:
        if anchor := getattr(event, "anchor", None):
            self._report(event, f"uses an anchor (&{anchor})", "leave it out; put & in quotes")
        if tag := getattr(event, "tag", None):
            self._report(
                event,
                f"uses a tag ({tag.replace('tag:yaml.org,2002:', '!!')})",
                "leave it out; put a text with ! in quotes",
            )

    def _report(self, event: yaml.Event | None, message: str, cure: str) -> None:
        line = _line(event) if event else 1
        self.problems.append(Problem(self.shown, line, message, cure))


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 1
