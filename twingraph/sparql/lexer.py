"""The tokens of a SPARQL query or update (SPARQL 1.1 Query, section 19.8).

Kinds are named as the grammar names its terminals, except that a STRING may be quoted in any of
the four ways, a PNAME may have a local part or not, and a number may have a sign. What the grammar
writes between quotes is a KEYWORD or a MARK. The marks, words and escapes that SPARQL 1.2 adds are
known too, as is what Oxigraph adds (LATERAL, ADJUST).

As in every lexer of the grammar the longest token wins: `?a<?b&&?c>?d` has the IRI `<?b&&?c>` in
it. A keyword needs no space behind it: `LIMIT5OFFSET3` is four tokens.

Code point escapes (section 19.2) may stand wherever the character itself may. Those of characters
of names are decoded before all else, the others stay as they are in IRIs and strings, where SPARQL
1.2 knows them as well: `iri_reference` and `string_value` decode them.

The time taken is proportional to the text, whatever it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

QUERY_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATE_FORMS: Final = (
    *("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"),
)
KEYWORDS: Final = frozenset(QUERY_FORMS).union(
    UPDATE_FORMS,
    """
    BASE PREFIX VERSION DISTINCT REDUCED AS FROM NAMED WHERE GROUP BY HAVING ORDER ASC DESC LIMIT
    OFFSET VALUES SILENT TO DATA USING INTO DEFAULT ALL GRAPH OPTIONAL SERVICE BIND UNDEF MINUS
    UNION FILTER LATERAL IN NOT EXISTS TRUE FALSE SEPARATOR
    STR LANG LANGMATCHES LANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT
    STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY
    HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF
    STRLANG STRLANGDIR STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC HASLANG HASLANGDIR
    REGEX SUBSTR REPLACE COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT ADJUST
    ISTRIPLE TRIPLE SUBJECT PREDICATE OBJECT
    """.split(),  # noqa: SIM905 (a hundred words, one a line otherwise)
)
"""In capitals; queries may write them in any case, but for the keyword `a`."""
_LONGEST: Final = max(map(len, KEYWORDS))

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MORE = "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_CHAR = rf"{_BASE}_{_MORE}\-"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
# A name may hold dots, and not end with one. (In these patterns nothing is ever given back: what
# has matched once is not looked at again.)
_PREFIX = rf"[{_BASE}](?:[{_CHAR}]|\.++(?=[{_CHAR}]))*+"
_LOCAL = rf"(?:[{_BASE}_0-9:]|{_PLX})(?:[{_CHAR}:]|{_PLX}|\.++(?=[{_CHAR}:%\\]))*+"
_HEX = "[0-9A-Fa-f]"
# Of characters that there are: up to U+10FFFF, and no half of a surrogate pair.
_UCHAR = (
    rf"\\(?:u(?![Dd][89A-Fa-f]){_HEX}{{4}}"
    rf"|U(?:000(?!0[Dd][89A-Fa-f]){_HEX}{{5}}|0010{_HEX}{{4}}))"
)
_ESCAPE = rf"\\[tbnrf\\\"']|{_UCHAR}"
_IRI = rf'<(?:[^<>"{{}}|^`\\\x00-\x20]|{_UCHAR})*+>'
_EXPONENT = "[eE][+-]?[0-9]++"
_SPACE = r"[\x20\t\r\n]"
_WORD = rf"[A-Za-z][A-Za-z0-9_]{{0,{_LONGEST}}}"
_OTHERS = rf"""
      (?P<VAR>      [?$][{_BASE}_0-9][{_BASE}_{_MORE}]*+ )
    | (?P<IRIREF>   {_IRI} )
    | (?P<NIL>      [(]{_SPACE}*+[)](?!>>) )
    | (?P<ANON>     \[{_SPACE}*+\] )
    | (?P<DOUBLE>   [+-]?(?:[0-9]++\.[0-9]*+|\.?[0-9]++){_EXPONENT} )
    | (?P<DECIMAL>  [+-]?[0-9]*+\.[0-9]++ )
    | (?P<INTEGER>  [+-]?[0-9]++ )
    | (?P<STRING>   "{{3}}(?>"{{0,2}}(?:[^"\\]|{_ESCAPE}))*+"{{3}}
                  | '{{3}}(?>'{{0,2}}(?:[^'\\]|{_ESCAPE}))*+'{{3}}
                  | "(?:[^"\\\r\n]|{_ESCAPE})*+" | '(?:[^'\\\r\n]|{_ESCAPE})*+' )
    | (?P<LANGTAG>  @[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)? )
    | (?P<BLANK>    _:[{_BASE}_0-9](?:[{_CHAR}]|\.++(?=[{_CHAR}]))*+ )
    | (?P<MARK>     <(?!{_IRI})<\(? | \)?>> | \^\^ | && | \|[|}}]? | [!<>]=? | \{{\|?
                  | [](){{}}[.,;=*/^?~+-] )
"""
_TOKEN: Final = re.compile(
    rf"(?: (?P<PNAME> (?:{_PREFIX})?:(?:{_LOCAL})? )"
    rf"| (?P<KEYWORD> {_WORD}(?=(?P<run>[{_CHAR}.]*+)) ) | {_OTHERS} )",
    re.VERBOSE,
)
# The same where a prefix has been looked for in vain: not twice through the same characters.
_NO_PREFIX: Final = re.compile(rf"(?P<KEYWORD> {_WORD} ) | {_OTHERS}", re.VERBOSE)
_SKIPPED: Final = re.compile(rf"(?:{_SPACE}++|#[^\r\n]*+)*+")
_NAME_CHARACTER: Final = re.compile(f"[{_CHAR}]")
_CODE_POINT: Final = re.compile(rf"\\(?:\\|u({_HEX}{{4}})|U({_HEX}{{8}}))")
_ESCAPED: Final = re.compile(rf"\\(?:u({_HEX}{{4}})|U({_HEX}{{8}})|(.))", re.DOTALL)
_ECHAR: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class LexicalError(ValueError):
    """The text is not made of SPARQL's tokens; the message says where: `line` and `column` count
    from 1, `offset` from 0."""

    def __init__(self, reason: str, text: str, offset: int) -> None:
        self.offset = offset
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - text.rfind("\n", 0, offset)
        super().__init__(f"{self.line}:{self.column}: {reason}")


class Token(NamedTuple):
    """A token: its kind, its text, and where it begins and ends in the query.

    The text is as in the query, but for code point escapes of characters of names.
    """

    kind: str
    text: str
    offset: int
    end: int

    @property
    def keyword(self) -> str:
        """The keyword in capitals; "" for another kind."""
        return self.text.upper() if self.kind == "KEYWORD" else ""


def tokens(query: str) -> Iterator[Token]:
    """The tokens of a text, without space and comments; a byte order mark before them is skipped.

    Raises LexicalError at the first character that begins no token.
    """
    text, position = _decoded(query)
    at = len(text) - len(text.removeprefix("\ufeff"))
    no_prefix = 0
    while True:
        if at >= no_prefix:
            at = _SKIPPED.match(text, at).end()  # type: ignore[union-attr]
            if at == len(text):
                return
            match = _TOKEN.match(text, at)
        else:
            match = _NO_PREFIX.match(text, at)
        if match is None:
            raise LexicalError(f"{text[at]!r} begins no token of SPARQL", query, position(at))
        kind, end = str(match.lastgroup), match.end()
        if kind == "KEYWORD":
            if at >= no_prefix:
                no_prefix = match.end("run")
            end = at + _keyword_length(match[0])
            if end == at:
                raise LexicalError(f"{match[0]!r} is no word of SPARQL", query, position(at))
        yield Token(kind, text[at:end], position(at), position(end))
        at = end


def _keyword_length(word: str) -> int:
    """The length of the longest keyword that a word begins with."""
    for length in range(len(word), 0, -1):
        if word[:length].upper() in KEYWORDS:
            return length
    return int(word.startswith("a"))


def _decoded(query: str) -> tuple[str, Callable[[int], int]]:
    """The query with the characters of names decoded; what gives the place in the query of a place
    in that text."""
    if "\\" not in query:
        return query, int
    places, surplus = [0], [0]

    def character(match: re.Match[str]) -> str:
        number = int(match[1] or match[2] or "0", 16)
        if number > 0x10FFFF or not _NAME_CHARACTER.fullmatch(chr(number)):
            return match[0]
        places.append(match.end() - surplus[-1] - len(match[0]) + 1)
        surplus.append(surplus[-1] + len(match[0]) - 1)
        return chr(number)

    text = _CODE_POINT.sub(character, query)
    return text, lambda place: place + surplus[bisect_right(places, place) - 1]


def mentions(query: str, *keywords: str) -> bool:
    """Whether one of some keywords can be among the tokens of a text, at a glance: what is said to
    be absent is, while what is said to be present may stand in a string."""
    capitals = query.upper()
    return any(word in capitals for word in keywords) or "\\" in query


def iri_reference(token: Token) -> str:
    """The reference that an IRIREF holds; it may be relative."""
    return _unescaped(token.text[1:-1])


def string_value(token: Token) -> str:
    """The value of a STRING."""
    width = 3 if token.text[:3] in ('"""', "'''") else 1
    return _unescaped(token.text[width:-width])


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(
        lambda match: _ECHAR.get(match[3], match[3]) or chr(int(match[1] or match[2], 16)), text
    )
