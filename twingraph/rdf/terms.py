"""RDF terms as canonical N-Triples strings.

A term is the very text that stands for it in canonical N-Triples (RDF 1.1 N-Triples, section 4,
with the escapes that RDF 1.2 settles for control characters): `<iri>`, `"text"@pl`,
`"2010"^^<…#gYear>`. In Python nothing is built, compared, sorted or written faster, and the quoted
part of such a literal is also a valid JSON string (RFC 8259, section 7), so the writers need no
second escaping.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NewType

from twingraph.namespaces import RDF_TYPE, XSD

Term = NewType("Term", str)

Statement = tuple[Term, Term]
"""What is said of a subject: (predicate, object)."""

Description = tuple[Term, Sequence[Statement]]
"""All that is said of one subject: (subject, statements)."""

TYPE: Final = Term(f"<{RDF_TYPE}>")
"""rdf:type"""

_STRING = f"{XSD}string"

# Lone surrogates have no UTF-8 form: they are matched here to be refused.
_NEEDS_ESCAPE = re.compile(r'[\x00-\x1f"\\\x7f\ud800-\udfff\ufffe\uffff]')
_ESCAPES = {
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\f": r"\f",
    "\r": r"\r",
    '"': r"\"",
    "\\": r"\\",
}


def _iri_pattern(refused: str) -> re.Pattern[str]:
    part = rf"[^{refused}%#]*(?:%[0-9A-Fa-f]{{2}}[^{refused}%#]*)*"
    return re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:{part}(?:#{part})?")


# RFC 3987, section 2.2: what may stand nowhere in an IRI unescaped. Brackets may (around an IPv6
# address), but in real pages they are mistakes of the query part; private-use characters likewise.
_NOT_IN_URI = r"\x00-\x20\x7f<>\"{}|^`\\\[\]"
_NOT_IN_IRI = (
    rf"{_NOT_IN_URI}\x80-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff"
    r"\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
) + "".join(chr(plane << 16 | end) for plane in range(1, 15) for end in (0xFFFE, 0xFFFF))
# Most IRIs are of ASCII alone, and for them a shorter list is three times as fast.
_URI, _IRI = _iri_pattern(_NOT_IN_URI), _iri_pattern(_NOT_IN_IRI)
_BAD = re.compile(rf"[{_NOT_IN_IRI}]|%(?![0-9A-Fa-f]{{2}})|#(?=.*#)")
_TAG = re.compile(r"(?:[a-z]{2,8}|[ix](?=-))(?:-[a-z0-9]{1,8})*")


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if "\ud800" <= character <= "\udfff":
        raise ValueError(f"{match.string!r} holds half a character, {character!r}")
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def _quote(text: str) -> str:
    return f'"{_NEEDS_ESCAPE.sub(_escape, text)}"'


def iri(value: str) -> Term:
    """The term of an absolute IRI (RFC 3987).

    Raises ValueError when it has no scheme, or for a character that must be percent-encoded.
    """
    if not (_URI if value.isascii() else _IRI).fullmatch(value):
        bad = _BAD.search(value)
        raise ValueError(
            f"{value!r} is no IRI: it holds {bad[0]!r}, which must be percent-encoded"
            if bad
            else f"{value!r} is no absolute IRI: it has no scheme such as https:"
        )
    return Term(f"<{value}>")


@lru_cache(maxsize=1024)
def _tag(language: str) -> str:
    tag = language.lower()
    if not _TAG.fullmatch(tag):
        raise ValueError(f"{language!r} is no language tag such as pl or sr-latn (BCP 47)")
    return tag


def text(value: str, language: str = "") -> Term:
    """A string literal, tagged when a language is given (BCP 47, written in lower case).

    Raises ValueError for an ill-formed tag, and for text that has no UTF-8 form.
    """
    return Term(f"{_quote(value)}@{_tag(language)}" if language else _quote(value))


def typed(lexical: str, datatype: str) -> Term:
    """A literal of a datatype given by its full IRI; `xsd:string` is what `text` gives."""
    if datatype == _STRING:
        return Term(_quote(lexical))
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


def descriptions_of(
    triples: Iterable[Iterable[object]], first: Sequence[str] = ()
) -> list[Description]:
    """Triples by subject, types first: of the IRIs `first` in their order, then the others by
    name. The terms are whatever prints as N-Triples has it, as the engine's do."""
    described: dict[str, set[Statement]] = {}
    for triple in triples:
        subject, predicate, object_ = map(str, triple)
        described.setdefault(subject, set()).add((Term(predicate), Term(object_)))
    rank = {f"<{iri}>": place for place, iri in enumerate(first)}
    order = sorted(described, key=lambda subject: (rank.get(subject, len(rank)), subject))
    return [(Term(subject), sorted(described[subject], key=_type_first)) for subject in order]


def _type_first(statement: Statement) -> tuple[bool, Statement]:
    return statement[0] != TYPE, statement
