"""YAML as plain strings, with the line of everything.

Scalars are not guessed at: `NO` stays the country, `2010` a text, until the format says what a
field holds (so the reader and the curator never disagree about a type).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from twingraph.errors import Problem

Place = tuple[str | int, ...]
"""A path into a document: keys and positions."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_EMPTY = ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content (mappings, lists, strings, None) and the line of each place in it."""

    file: str
    content: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest thing that holds it."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return None

    def problem(self, place: Place, message: str, cure: str = "") -> Problem:
        """A problem at a place of this document."""
        return Problem(self.file, self.line(place), message, cure)


def read_text(path: Path, shown: str, problems: list[Problem]) -> str | None:
    """A file's text as UTF-8 (a byte order mark is skipped), or None with a problem added."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.append(Problem(shown, None, f"cannot be read: {error.strerror}"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        byte = f"0x{raw[error.start]:02X}"
        problems.append(
            Problem(shown, line, f"is not UTF-8: byte {byte}", "save the file as UTF-8")
        )
        return None


def read_yaml(path: Path, shown: str, problems: list[Problem]) -> Document | None:
    """Read one YAML file. What is wrong is added to `problems`, and None comes back where no
    document can be made of the file.

    Refused, with line and cure: what is not UTF-8 or not YAML, a key written twice, and anchors
    and aliases (a name that stands for text elsewhere hides what a claim says).
    """
    text = read_text(path, shown, problems)
    if text is None:
        return None
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.append(
            Problem(
                shown,
                mark.line + 1 if mark else None,
                f"is not YAML: {error.problem or error.context}",
                "check the indentation and the quotes just before this place",
            )
        )
        return None
    except (yaml.YAMLError, RecursionError) as error:
        message = "is nested too deeply" if isinstance(error, RecursionError) else str(error)
        problems.append(Problem(shown, None, f"is not YAML: {message}"))
        return None
    if node is None:
        problems.append(Problem(shown, 1, "is empty", "see data/sources/ for an example"))
        return None
    lines: dict[Place, int] = {}
    content = _plain(node, (), lines, shown, problems)
    return Document(shown, content, lines)


def _plain(
    node: yaml.Node, place: Place, lines: dict[Place, int], shown: str, problems: list[Problem]
) -> Any:
    line = node.start_mark.line + 1
    if lines.setdefault(place, line) > line:  # an alias leads back to an earlier node
        problems.append(Problem(shown, lines[place], "uses an alias (*)", "write the text out"))
        return None
    if isinstance(node, yaml.ScalarNode):
        bare = node.style is None and node.value in _EMPTY
        return None if bare else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(n, (*place, i), lines, shown, problems) for i, n in enumerate(node.value)]
    mapping: dict[str, Any] = {}
    for key, key_line, value in _entries(node):
        here = (*place, key)
        if key in mapping:
            first = lines[here]
            problems.append(
                Problem(shown, key_line, f"{key!r} stands here twice (first in line {first})",
                        "keep one of the two")
            )  # fmt: skip
            continue
        lines[here] = key_line
        mapping[key] = _plain(value, here, lines, shown, problems)
    return mapping


def _entries(node: yaml.Node) -> Iterator[tuple[str, int, yaml.Node]]:
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else str(key.value)
        yield name, key.start_mark.line + 1, value
