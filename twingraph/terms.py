"""RDF terms as canonical N-Triples strings.

A term is the very text that stands for it in canonical N-Triples (RDF 1.1 N-Triples, section 4):
`<iri>`, `"text"@pl`, `"2010"^^<…#gYear>`. In Python nothing is built, compared, sorted or written
faster, and the quoted part of such a literal is also a valid JSON string (RFC 8259, section 7),
so the writers need no second escaping.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NewType

from twingraph.namespaces import XSD

Term = NewType("Term", str)

Statement = tuple[Term, Term]
"""What is said of a subject: (predicate, object)."""

Description = tuple[Term, Sequence[Statement]]
"""All that is said of one subject: (subject, statements)."""

_NEEDS_ESCAPE = re.compile(r'[\x00-\x1f"\\\x7f]')
_ESCAPES = {
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\f": r"\f",
    "\r": r"\r",
    '"': r"\"",
    "\\": r"\\",
}
# IRIREF of the N-Triples grammar: none of these may stand in an IRI unescaped.
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def _quote(text: str) -> str:
    return f'"{_NEEDS_ESCAPE.sub(_escape, text)}"'


def iri(value: str) -> Term:
    """The term of an absolute IRI. Raises ValueError for a character that no IRI may hold."""
    bad = _NOT_IN_IRI.search(value)
    if bad:
        raise ValueError(f"{value!r} is no IRI: it holds {bad[0]!r}")
    return Term(f"<{value}>")


def text(value: str, language: str = "") -> Term:
    """A string literal, tagged when a language is given (BCP 47, written in lower case)."""
    return Term(f"{_quote(value)}@{language.lower()}" if language else _quote(value))


def typed(lexical: str, datatype: str) -> Term:
    """A literal of another datatype than string, given by the datatype's full IRI."""
    return Term(f"{_quote(lexical)}^^<{datatype}>")


def date(lexical: str) -> Term:
    """An `xsd:date`, from YYYY-MM-DD."""
    return Term(f'"{lexical}"^^<{XSD}date>')


def boolean(value: bool) -> Term:
    """An `xsd:boolean`."""
    return Term(f'"{"true" if value else "false"}"^^<{XSD}boolean>')


def integer(value: int) -> Term:
    """An `xsd:integer`."""
    return Term(f'"{value}"^^<{XSD}integer>')
