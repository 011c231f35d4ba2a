"""The statements of a release folder, read line by line: its N-Triples and N-Quads, which are
canonical.

A graph of a million triples is gone through in a second or two, in flat memory, and compared as
text: one statement, one line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

from isal import igzip, isal_zlib

from twingraph.errors import UsageError
from twingraph.rdf.terms import Statement, Term

NTRIPLES: Final = "twingraph.nt.gz"
"""The dump that holds the default graph, one statement a line."""

NQUADS: Final = "twingraph.nq.gz"
"""The dump that holds the default graph and every source's, likewise."""

_PARTS: Final = re.compile(r"(<[^>]*>) (<[^>]*>) (.*) \.", re.DOTALL)
# isal's type stub takes the class for an instance of it.
_ISAL_ERROR: type[Exception] = isal_zlib.IsalError  # type: ignore[assignment]


def lines(release: Path) -> Iterator[bytes]:
    """The statements of a release's default graph, in the order of the dump, each with its line's
    end. Raises UsageError where they cannot be read to the end."""
    return _lines(release, NTRIPLES)


def quads(release: Path) -> Iterator[bytes]:
    """The statements of all graphs of a release, likewise; `graph` tells of which one each is."""
    return _lines(release, NQUADS)


def graph(line: bytes) -> str:
    """The IRI of the graph that a line of canonical N-Quads is of; empty for the default graph."""
    # No IRI has a space or a quotation mark in it: what follows the last mark is a datatype or a
    # language and then a graph, if any; without a mark there are three terms, and then a graph.
    said = line[: line.rindex(b" .")]
    terms = said[said.rfind(b'"') + 1 :].split(b" ")
    place = 1 if b'"' in said else 3
    return terms[place][1:-1].decode() if len(terms) > place else ""


def _lines(release: Path, dump: str) -> Iterator[bytes]:
    with open_dump(release, dump) as unpacked:
        yield from unpacked


@contextmanager
def open_dump(release: Path, dump: str = NQUADS) -> Iterator[IO[bytes]]:
    """A dump of a release folder, to be read. Raises UsageError where there is none, or where what
    is read turns out to be broken."""
    path = release / dump
    try:
        with igzip.open(path, "rb") as unpacked:  # type: ignore[no-untyped-call]
            yield cast(IO[bytes], unpacked)
    except FileNotFoundError as error:
        cure = "run `twingraph build`, or name the folder of a release"
        raise UsageError(f"{release} holds no release ({dump} is missing): {cure}") from error
    except (OSError, EOFError, SyntaxError, ValueError, _ISAL_ERROR) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path} cannot be read: {reason}; build the release again") from error


def parts(line: bytes) -> tuple[Term, Term, Term]:
    """A line's subject, predicate and object. Raises UsageError for what is no such line."""
    match = _PARTS.fullmatch(line.decode("utf-8", "replace").rstrip("\n"))
    if match is None:
        raise UsageError(f"this is no canonical N-Triples without blank nodes: {line[:80]!r}")
    return Term(match[1]), Term(match[2]), Term(match[3])


def statement(line: str) -> tuple[Term, Term, Term]:
    """The same of a line that is known to be one, without its end; blank nodes are let through."""
    subject, predicate, rest = line.split(" ", 2)
    return Term(subject), Term(predicate), Term(rest[:-2])


def described(release: Path, subjects: Collection[str]) -> Mapping[str, list[Statement]]:
    """What a release says of some subjects, given by their IRIs, and by IRI."""
    found: dict[str, list[Statement]] = defaultdict(list)
    wanted = {f"<{iri}>".encode() for iri in subjects}
    for line in lines(release) if wanted else ():
        if line.partition(b" ")[0] in wanted:
            subject, predicate, object_ = parts(line)
            found[subject[1:-1]].append((predicate, object_))
    return found


def value(term: Term) -> str:
    """What a term says to a reader: an IRI without its brackets, a literal's text as written."""
    if term.startswith("<"):
        return term[1:-1]
    return _unescaped(term[1 : term.rindex('"')])


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", _character, text)


def _character(match: Any) -> str:
    code = str(match[1])
    if code[0] in "uU":
        return chr(int(code[1:], 16))
    return {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}.get(code, code)
