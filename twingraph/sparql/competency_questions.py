"""The competency questions of ontology/queries/: each a SPARQL file that says what it asks.

A file starts with comment lines in this form, of which description may run over several:

    # title: Who are the partners of a town, found by its Wikidata id?
    # description: Give the Wikidata entry of the town, or of the commune
    #   around it.
    # keywords: partners, Wikidata, town
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from twingraph import resources
from twingraph.errors import UsageError

_FIELDS = ("title", "description", "keywords")
_FIELD = re.compile(r"# ([a-z]+): +(\S.*)")
_MORE = re.compile(r"#   +(\S.*)")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the query that answers it.

    `name` is the file's name without `.rq`; `text` the whole file, which is the query to run, and
    needs no prefixes but its own.
    """

    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    text: str


def questions(folder: Path | None = None) -> list[Question]:
    """The questions in a folder (by default the ontology's own), in the order of their names.

    Raises UsageError for a folder that is missing or holds no .rq file, and for a file that cannot
    be read or does not start in the form above.
    """
    where = folder if folder is not None else resources.folder("ontology") / "queries"
    paths = sorted(where.glob("*.rq"), key=lambda path: path.stem)
    if not paths:
        raise UsageError(
            f"{where} holds no question: put .rq files into it, or name another folder"
        )
    return [read_question(path) for path in paths]


def read_question(path: Path) -> Question:
    """Read one file. Raises UsageError, with the line, for one that is not in the form above."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    head = _head(path, text)
    for field in _FIELDS:
        if field not in head:
            raise UsageError(f"{path} has no {field}: start the file with `# {field}: …`")
    keywords = tuple(word.strip() for word in head["keywords"].split(","))
    if not all(keywords):
        raise UsageError(f"{path} has an empty keyword: write `# keywords: one, another`")
    return Question(path.stem, head["title"], head["description"], keywords, text)


def _head(path: Path, text: str) -> dict[str, str]:
    """The fields of the comment lines that a file starts with."""
    head: dict[str, str] = {}
    name = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            break
        if more := _MORE.fullmatch(line.rstrip()):
            if not name:
                raise UsageError(f"{path}:{number}: this line continues no field")
            head[name] += f" {more[1]}"
            continue
        field = _FIELD.fullmatch(line.rstrip())
        if not field or field[1] not in _FIELDS:
            known = ", ".join(f"`# {known}: …`" for known in _FIELDS)
            raise UsageError(f"{path}:{number}: expected {known} or `#   ` and more of a field")
        name = field[1]
        if name in head:
            raise UsageError(f"{path}:{number}: {name} stands here a second time")
        head[name] = field[2]
    return head
