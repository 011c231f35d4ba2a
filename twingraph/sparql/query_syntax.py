"""What a query says of itself, read off its tokens (SPARQL 1.1 Query, section 19.8).

Nothing here parses: what is no query has no form, or a part of what it seems to say. Functions take
the tokens of a whole query and read only as far as they need to. Whoever leaves it to an engine to
say what is wrong with a query gives them its `readable_tokens`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import urljoin

from twingraph.sparql.lexer import (
    QUERY_FORMS,
    UPDATE_FORMS,
    LexicalError,
    Token,
    iri_reference,
    tokens,
)

_OPENING: Final = frozenset(["{", "(", "[", "{|", "<<", "<<("])
_CLOSING: Final = frozenset(["}", ")", "]", "|}", ">>", ")>>"])
# More than any engine counts to, and fewer than Python minds.
_DIGITS: Final = 30
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(slots=True)
class Prologue:
    """What is declared before a query: what relative IRIs and prefixed names stand for."""

    base: str
    prefixes: dict[str, str] = field(default_factory=dict)

    def iri(self, token: Token) -> str:
        """The IRI that an IRIREF or a PNAME stands for. Raises KeyError, with the prefix, for one
        that is not declared."""
        if token.kind == "IRIREF":
            return absolute(self.base, iri_reference(token))
        prefix, _, local = token.text.partition(":")
        return self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)


class DatasetClauses(NamedTuple):
    """The graphs that FROM and FROM NAMED name, as absolute IRIs."""

    default: list[str]
    named: list[str]


def absolute(base: str, reference: str) -> str:
    """The IRI that a reference stands for (RFC 3986, section 5); what is none stays as it is."""
    if _ABSOLUTE.match(reference):
        return reference
    try:
        joined = urljoin(base.partition("#")[0], reference)
    except ValueError:
        return reference
    # urljoin mostly drops an empty fragment, and namespaces end with one.
    return f"{joined}#" if reference.endswith("#") and not joined.endswith("#") else joined


def readable_tokens(query: str) -> Iterator[Token]:
    """The tokens before the first character that begins none."""
    with suppress(LexicalError):
        yield from tokens(query)


def read_prologue(of_query: Iterator[Token], base: str) -> tuple[Prologue, Token | None]:
    """The prologue, and the token behind it; the tokens go on behind that. Relative IRIs stand
    below `base` until another is declared."""
    prologue = Prologue(base)
    for token in of_query:
        declared = (
            next(of_query, token) if token.keyword in ("BASE", "PREFIX", "VERSION") else token
        )
        match token.keyword, declared.kind:
            case "BASE", "IRIREF":
                prologue.base = prologue.iri(declared)
            case "PREFIX", "PNAME":
                namespace = next(of_query, token)
                if namespace.kind != "IRIREF":
                    return prologue, namespace
                prologue.prefixes[declared.text[:-1]] = prologue.iri(namespace)
            case "VERSION", "STRING":
                pass
            case _:
                return prologue, declared
    return prologue, None


def form(of_query: Iterable[Token]) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; for an update the keyword of its first operation; "" for
    what is neither."""
    _, first = read_prologue(iter(of_query), "")
    return first.keyword if first and first.keyword in (*QUERY_FORMS, *UPDATE_FORMS) else ""


def dataset_clauses(of_query: Iterable[Token], base: str) -> DatasetClauses:
    """The graphs of a query's own FROM clauses."""
    rest = iter(of_query)
    prologue, _ = read_prologue(rest, base)
    clauses = DatasetClauses([], [])
    for token in rest:
        if token.keyword == "FROM":
            source = next(rest, token)
            into = clauses.named if source.keyword == "NAMED" else clauses.default
            source = next(rest, token) if source.keyword == "NAMED" else source
            if source.kind in ("IRIREF", "PNAME"):
                with suppress(KeyError):
                    into.append(prologue.iri(source))
    return clauses


def undeclared_prefixes(of_query: Iterable[Token]) -> list[str]:
    """The prefixes that a query uses and does not declare, in order."""
    rest = iter(of_query)
    prologue, first = read_prologue(rest, "")
    used = (one.text.partition(":")[0] for one in (first, *rest) if one and one.kind == "PNAME")
    return [prefix for prefix in dict.fromkeys(used) if prefix not in prologue.prefixes]


def names(of_query: Iterable[Token], iri: str) -> bool:
    """Whether a query names an IRI, in full or by a prefix."""
    rest = iter(of_query)
    prologue, _ = read_prologue(rest, "")
    with suppress(KeyError):
        return any(one.kind in ("IRIREF", "PNAME") and prologue.iri(one) == iri for one in rest)
    return False


def has_keyword(of_query: Iterable[Token], *keywords: str) -> bool:
    """Whether one of some keywords is among the tokens."""
    return any(token.keyword in keywords for token in of_query)


def needs_service(of_query: Iterable[Token]) -> bool:
    """Whether a query wants an answer of another service, and fails without."""
    rest = iter(of_query)
    return any(one.keyword == "SERVICE" and next(rest, one).keyword != "SILENT" for one in rest)


def outer_limit(of_query: Iterable[Token]) -> int | None:
    """The LIMIT of the query itself, not of those within it."""
    limit, last = None, ""
    for depth, token in _with_depth(of_query):
        if depth == 0 and last == "LIMIT" and token.kind == "INTEGER":
            limit = int(token.text[:_DIGITS])
        last = token.keyword
    return limit


def deeper_than(of_query: Iterable[Token], depth: int) -> bool:
    """Whether brackets are nested more than so many deep."""
    return any(found > depth for found, _ in _with_depth(of_query))


def _with_depth(of_query: Iterable[Token]) -> Iterator[tuple[int, Token]]:
    """Each token, and how many brackets it stands in."""
    depth = 0
    for token in of_query:
        if token.kind == "MARK" and token.text in _CLOSING:
            depth -= 1
        yield depth, token
        if token.kind == "MARK" and token.text in _OPENING:
            depth += 1
