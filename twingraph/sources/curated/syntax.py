"""What libyaml says of a broken file, told to the person who wrote the file."""

from __future__ import annotations

import yaml

from twingraph.errors import Problem

_INDENT = 'give the lines of one block the same indentation, and put a text with quotes in it in ""'

# By libyaml's own words: what is wrong, the cure, and whether it is wrong where the thing began.
_EXPLANATIONS: dict[str, tuple[str, str, bool]] = {
    "mapping values are not allowed in this context": (
        "a colon stands where none can be",
        "put a text that holds a colon and a space in quotes, and check the indentation",
        False,
    ),
    "found unexpected end of stream": (
        "the quote that opens here is never closed",
        "close it",
        True,
    ),
    "could not find expected ':'": (
        "this line is no `name: value`",
        "add the colon, or indent the line more if it goes on with the text above",
        True,
    ),
    "did not find expected key": ("this line does not fit the lines above", _INDENT, False),
    "did not find expected '-' indicator": (
        "this line does not fit the list above",
        "start each thing of the list with a dash, all at the same indentation",
        False,
    ),
    "did not find expected ',' or ']'": (
        "the bracket [ that opens here is never closed, or a comma is missing in it",
        "close it, and put a comma between the things in it",
        True,
    ),
    "did not find expected ',' or '}'": (
        "the bracket { that opens here is never closed, or a comma is missing in it",
        "close it, and put a comma between the things in it",
        True,
    ),
    "did not find expected node content": (
        "a value is missing here, or a bracket is one too many",
        "count the brackets",
        False,
    ),
    "found unknown escape character": (
        'a backslash in "…" needs a second one',
        "write \\\\ for a backslash, or put the text in '…'",
        False,
    ),
    "did not find expected alphabetic or numeric character": (
        "a text may not start with * or &",
        "put the text in quotes",
        False,
    ),
    "found character that cannot start any token": (
        "a text may not start with this character",
        "put the text in quotes",
        False,
    ),
}


def explain(error: yaml.YAMLError, text: str, shown: str) -> Problem:
    """The problem that a YAML error stands for, in plain words where the words are known."""
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    end = getattr(error, "problem_mark", None)
    start = getattr(error, "context_mark", None) or end
    lines = text.splitlines() or [""]
    if end and end.line < len(lines) and "\t" in lines[end.line][: end.column + 1]:
        cure = "indent with spaces: replace each tab by two of them"
        return Problem(shown, end.line + 1, "is not YAML: a tab stands where spaces must", cure)
    message, cure, at_start = _EXPLANATIONS.get(said, (said, "check the lines just before", False))
    mark = start if at_start else end
    line = min(mark.line + 1, len(lines)) if mark else None
    return Problem(shown, line, f"is not YAML: {message}", cure)
