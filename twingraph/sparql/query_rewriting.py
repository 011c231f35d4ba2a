"""A stranger's query, written anew before it is sent to a store elsewhere.

Stores read more than SPARQL 1.1, and each takes a little different text for the same tokens: what
looks like an IRI or a comment here may be a SERVICE there. So nothing of the text is sent as it
came. Its tokens are written again in a form that leaves nothing to interpretation: no comments,
every IRI and prefixed name moved to the prologue, every string quoted anew, every FROM taken out
(the dataset is told by the protocol). What was misread here comes out as a text that no longer
parses, and is not sent at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from twingraph.namespaces import XSD
from twingraph.sparql.lexer import LexicalError, Token, string_value, tokens
from twingraph.sparql.query_syntax import (
    DatasetClauses,
    Prologue,
    dataset_clauses,
    form,
    has_keyword,
    outer_limit,
    read_prologue,
)

_FUNCTIONS: Final = (
    XSD,
    "http://www.opengis.net/def/function/geosparql/",
    "http://www.w3.org/2005/xpath-functions#",
)
"""Functions that compute. A store's own may read files, or the network."""
_ONLY_IN_SPARQL_1_2: Final = frozenset(["<<", "<<(", ">>", ")>>", "{|", "|}", "~"])
_STRING_ESCAPES: Final = {"\t": "t", "\b": "b", "\n": "n", "\r": "r", "\f": "f"}


class UnsafeQuery(Exception):
    """The query may do more than ask the one store; the message says how."""


class UnclearQuery(Exception):
    """The query may be read in another way elsewhere; the message says what of it."""


@dataclass(frozen=True, slots=True)
class RewrittenQuery:
    """What is sent: the query, its form and its own limit, what its FROM clauses asked for, and
    whether it looks into named graphs."""

    form: str
    text: str
    limit: int | None
    dataset: DatasetClauses
    asks_for_graphs: bool


def rewrite(query: str, base: str) -> RewrittenQuery:
    """Write a query anew. Raises UnsafeQuery, UnclearQuery."""
    try:
        found = list(tokens(query))
        if has_keyword(found, "SERVICE"):
            raise UnsafeQuery("SERVICE is not followed from here")
        rest = iter(found)
        prologue, first = read_prologue(rest, base)
        body = [first, *rest] if first else []
        _refuse_functions(body, prologue)
        text = _text(body, prologue)
    except KeyError as error:
        raise UnclearQuery(f"the prefix {error.args[0]}: is not declared") from error
    except LexicalError as error:
        raise UnclearQuery(f"the query is not sent on: {error}") from error
    return RewrittenQuery(
        form(found),
        text,
        outer_limit(found),
        dataset_clauses(found, base),
        has_keyword(found, "GRAPH"),
    )


def _refuse_functions(body: Sequence[Token], prologue: Prologue) -> None:
    """Refuse an IRI before a bracket, where it may be a function that is not known to be harmless.
    As a property, before a list, it stands in a pattern's braces."""
    brackets, in_modifier = list[str](), False
    for before, name, behind in zip(body, body[1:], body[2:], strict=False):
        if before.text in ("{", "(", "["):
            brackets.append(before.text)
        elif before.text in ("}", ")", "]") and brackets:
            brackets.pop()
        if before.keyword in ("BY", "HAVING"):
            in_modifier = True
        elif before.text in ("{", "}") or before.keyword in ("LIMIT", "OFFSET"):
            in_modifier = False
        if name.kind in ("IRIREF", "PNAME") and (behind.kind == "NIL" or behind.text == "("):
            in_pattern = bool(brackets) and brackets[-1] != "(" and not in_modifier
            is_call = not in_pattern or before.keyword in ("FILTER", "BIND")
            if is_call and not prologue.iri(name).startswith(_FUNCTIONS):
                raise UnsafeQuery(f"the function <{prologue.iri(name)}> is not called from here")


def _text(body: Sequence[Token], prologue: Prologue) -> str:
    names, written = dict[str, str](), list[str]()
    last: Token | None = None
    for token in _without_from(body):
        text = _canonical(token, prologue, names)
        # Oxigraph wants the bracket of COALESCE at once.
        if last and last.keyword and last.end == token.offset and text[0] == "(":
            written[-1] += text
        else:
            written.append(text)
        last = token
    lines = [f"BASE <{prologue.base}>"]
    lines += [f"PREFIX {name} <{iri}>" for iri, name in names.items()]
    return "\n".join([*lines, " ".join(written)])


def _without_from(body: Sequence[Token]) -> Iterator[Token]:
    rest = iter(body)
    for token in rest:
        if token.keyword != "FROM":
            yield token
        elif next(rest, token).keyword == "NAMED":
            next(rest, None)


def _canonical(token: Token, prologue: Prologue, names: dict[str, str]) -> str:
    """A token as all read it. An IRI is written by a name of its own, which is added to `names`."""
    # Some stores decode escapes before they look for tokens, others in strings only.
    if token.kind in ("IRIREF", "STRING") and re.search(r"\\[uU]", token.text):
        raise UnclearQuery(f"write the characters themselves instead of escapes in {token.text}")
    if token.text in _ONLY_IN_SPARQL_1_2 or (token.kind == "LANGTAG" and "--" in token.text):
        raise UnclearQuery(f"{token.text} is not sent on: it is no part of SPARQL 1.1")
    match token.kind:
        case "IRIREF" | "PNAME":
            return names.setdefault(prologue.iri(token), f"i{len(names)}:")
        case "STRING":
            return _quoted(string_value(token))
        case "NIL" | "ANON":
            return token.text[0] + token.text[-1]
    return token.text


def _quoted(value: str) -> str:
    """A string, quoted in the one way that all agree on."""
    if "\0" in value:
        raise UnclearQuery("a null in a string is not sent on")
    escaped = re.sub(r'["\\]', r"\\\g<0>", value)
    for character, letter in _STRING_ESCAPES.items():
        escaped = escaped.replace(character, f"\\{letter}")
    return f'"{escaped}"'
