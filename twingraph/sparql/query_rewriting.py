"""A stranger's query, written anew before it is sent to a store elsewhere.

Stores read more than SPARQL 1.1, and each takes a little different text for the same tokens: what
looks like an IRI or a comment here may be a SERVICE there. So nothing of the text is sent as it
came. It is read by the tokens of the grammar (SPARQL 1.1 Query, section 19.8) and written again in
a form that leaves nothing to interpretation: no comments, every IRI and prefixed name moved to the
prologue, every string quoted anew, every FROM taken out (the dataset is told by the protocol).
What was misread here comes out as a text that no longer parses, and is not sent at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from twingraph.namespaces import XSD
from twingraph.sparql.datasets import absolute

FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_FUNCTIONS: Final = (
    XSD,
    "http://www.opengis.net/def/function/geosparql/",
    "http://www.w3.org/2005/xpath-functions#",
)
"""Functions that compute. A store's own may read files, or the network."""

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHAR = f"{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040-"
_VARIABLE = f"[{_BASE}_0-9][{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040]*"
_PREFIX = f"(?:[{_BASE}](?:[{_CHAR}.]*[{_CHAR}])?)?"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = f"(?:[{_BASE}_0-9:]|{_PLX})(?:(?:[{_CHAR}:.]|{_PLX})*(?:[{_CHAR}:]|{_PLX}))?"
_IRI: Final = re.compile(r"""<[^<>"{}|^`\\\x00-\x20]*>""")
_TOKENS: Final = re.compile(
    rf"""
      (?P<skip>     [\x20\t\r\n]+ | \#[^\r\n]* )
    | (?P<iri>      {_IRI.pattern} )
    | (?P<string>   "{{3}}(?:"{{0,2}}(?:\\.|[^"\\]))*"{{3}}
                  | '{{3}}(?:'{{0,2}}(?:\\.|[^'\\]))*'{{3}}
                  | "(?:\\.|[^"\\\r\n])*" | '(?:\\.|[^'\\\r\n])*' )
    | (?P<variable> [?$]{_VARIABLE} )
    | (?P<language> @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
    | (?P<blank>    _:[{_BASE}_0-9](?:[{_CHAR}.]*[{_CHAR}])? )
    | (?P<name>     {_PREFIX}:(?:{_LOCAL})? )
    | (?P<number>   (?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+ | [0-9]*\.[0-9]+ | [0-9]+ )
    | (?P<word>     [A-Za-z_][A-Za-z0-9_]* )
    | (?P<mark>     \^\^ | && | \|\| | != | <= | >= | [{{}}()\[\].,;=<>!+\-*/|^?] )
    """,
    re.VERBOSE | re.DOTALL,
)
_CODE_POINT: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class NotSent(Exception):
    """The query is not sent on; the message says why."""


class Token(NamedTuple):
    """A token, and whether it stands directly behind the one before."""

    kind: str
    text: str
    close: bool


@dataclass(slots=True)
class Vetted:
    """What is sent: the query, its form, and what its FROM clauses asked for."""

    form: str = ""
    text: str = ""
    default: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    asks_for_graphs: bool = False
    """Whether it looks into named graphs."""


def vet(query: str, base: str) -> Vetted:
    """Write a query anew. Raises NotSent for what may do more than ask the one store."""
    return _Writer(base).written(_tokens(_decoded(query)))


def _decoded(query: str) -> str:
    """The query without code point escapes (section 19.2): some stores decode them before they
    look for tokens, others in strings only."""

    def character(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        if number > 0x10FFFF or 0xD800 <= number < 0xE000 or not chr(number).isalnum():
            raise NotSent(f"write the character itself instead of {match[0]}")
        return chr(number)

    decoded = _CODE_POINT.sub(character, query)
    if _CODE_POINT.search(decoded):
        raise NotSent("a backslash before u is not sent on")
    return decoded


def _tokens(query: str) -> Iterator[Token]:
    position, close = 0, False
    while position < len(query):
        match = _TOKENS.match(query, position)
        if match is None:
            raise NotSent(f"{query[position]!r} is not sent on: it is no part of SPARQL 1.1")
        position = match.end()
        kind = str(match.lastgroup)
        if kind != "skip":
            yield Token(kind, match[0], close)
        close = kind != "skip"


class _Writer:
    def __init__(self, base: str) -> None:
        self._base = base
        self._prefixes: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._out: list[str] = []
        self._open: list[str] = []
        self._in_modifier = False
        self._last = Token("mark", "", False)
        self._result = Vetted()

    def written(self, tokens: Iterator[Token]) -> Vetted:
        before, named = self._last, ""
        for token in tokens:
            keyword = token.text.upper() if token.kind == "word" else ""
            if keyword == "SERVICE":
                raise NotSent("SERVICE is not followed from here")
            if not self._result.form and keyword in ("BASE", "PREFIX"):
                self._declare(keyword, tokens)
                continue
            if keyword == "FROM" and not self._open:
                self._from(tokens)
                continue
            if named and token.text == "(":
                self._call(named, before)
            self._structure(token, keyword)
            before, named = self._last, self._write(token)
            self._last = token
        self._result.text = self._text()
        return self._result

    def _declare(self, keyword: str, tokens: Iterator[Token]) -> None:
        name = next(tokens, None) if keyword == "PREFIX" else None
        target = next(tokens, None)
        if target is None or target.kind != "iri":
            raise NotSent(f"{keyword} declares no IRI")
        iri = self._resolved(target.text[1:-1])
        if name is None:
            self._base = iri
        else:
            self._prefixes[name.text[:-1]] = iri

    def _from(self, tokens: Iterator[Token]) -> None:
        token = next(tokens, None)
        into = self._result.default
        if token is not None and token.text.upper() == "NAMED":
            token, into = next(tokens, None), self._result.named
        if token is None or token.kind not in ("iri", "name"):
            raise NotSent("FROM names no graph")
        into.append(self._iri(token))

    def _structure(self, token: Token, keyword: str) -> None:
        """Where we are: in which brackets, in which part of the query."""
        if not self._result.form and keyword in FORMS:
            self._result.form = keyword
        if keyword == "GRAPH":
            self._result.asks_for_graphs = True
        if keyword in ("BY", "HAVING"):
            self._in_modifier = True
        if token.kind == "mark" and token.text in "{([":
            self._open.append(token.text)
        elif token.kind == "mark" and token.text in "})]" and self._open:
            self._open.pop()
        if token.text in "{}" or keyword in ("LIMIT", "OFFSET"):
            self._in_modifier = False

    def _call(self, iri: str, before: Token) -> None:
        """Refuse an IRI before a bracket, where it may be a function that is not known to be
        harmless. As a property, before a list, it stands in a pattern's braces."""
        if iri.startswith(_FUNCTIONS):
            return
        in_pattern = bool(self._open) and self._open[-1] in "{[" and not self._in_modifier
        if not in_pattern or before.text.upper() in ("FILTER", "BIND"):
            raise NotSent(f"the function <{iri}> is not called from here")

    def _write(self, token: Token) -> str:
        """Write a token; give the IRI where it is one."""
        if token.kind in ("iri", "name"):
            iri = self._iri(token)
            self._out.append(self._names.setdefault(iri, f"i{len(self._names)}:"))
            return iri
        glued = token.close and (
            (token.kind == "number" and self._last.text in ("+", "-"))
            # Oxigraph wants the bracket of COALESCE at once.
            or (token.text == "(" and self._last.kind == "word")
        )
        if glued:
            self._out[-1] += token.text
        else:
            self._out.append(_string(token.text) if token.kind == "string" else token.text)
        return ""

    def _iri(self, token: Token) -> str:
        if token.kind == "iri":
            return self._resolved(token.text[1:-1])
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes:
            raise NotSent(f"the prefix {prefix}: is not declared")
        return self._checked(self._prefixes[prefix] + re.sub(r"\\(.)", r"\1", local))

    def _resolved(self, reference: str) -> str:
        if _ABSOLUTE.match(reference):
            return self._checked(reference)
        return self._checked(absolute(self._base, reference))

    @staticmethod
    def _checked(iri: str) -> str:
        if not _IRI.fullmatch(f"<{iri}>"):
            raise NotSent(f"{iri!r} is no IRI")
        return iri

    def _text(self) -> str:
        prologue = [f"BASE <{self._base}>"]
        prologue += [f"PREFIX {name} <{iri}>" for iri, name in self._names.items()]
        return "\n".join([*prologue, " ".join(self._out)])


def _string(text: str) -> str:
    """A string, quoted in the one way that all agree on."""
    width = 3 if text[:3] in ('"""', "'" * 3) else 1
    inner = text[width:-width]
    value = re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), inner, flags=re.DOTALL)
    if re.search(r"\\[uU]", value) or "\0" in value:
        raise NotSent("a backslash before u, or a null, in a string is not sent on")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    for letter, character in _ESCAPES.items():
        escaped = escaped.replace(character, f"\\{letter}")
    return f'"{escaped}"'
