"""Solutions as text, row by row, so that a result can be cut at a row and say that it was.

SPARQL 1.1 Query Results JSON Format, XML Format, CSV and TSV Formats; triple terms and base
directions as in the drafts for 1.2. The engine's own writers write whole results only.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from json.encoder import encode_basestring as _quoted
from typing import Any, Final, Protocol
from xml.sax.saxutils import escape, quoteattr

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, Triple

from twingraph.characters import in_xml
from twingraph.namespaces import XSD

ResultTerm = NamedNode | BlankNode | Literal | Triple
ResultRow = Iterable[ResultTerm | None]

_XSD_STRING: Final = f"{XSD}string"


class Rows(Protocol):
    """How one format writes solutions."""

    def opening(self, variables: Sequence[str]) -> str: ...
    def row(self, solution: ResultRow) -> str: ...
    def closing(self, cut: str) -> str: ...


def _parts(term: Triple) -> dict[str, ResultTerm]:
    return {"subject": term.subject, "predicate": term.predicate, "object": term.object}


def _json_literal(term: Literal) -> str:
    rest = ""
    if term.language:
        rest = f',"xml:lang":{_quoted(term.language)}'
        if term.direction:
            rest += f',"its:dir":{_quoted(str(term.direction))}'
    elif term.datatype.value != _XSD_STRING:
        rest = f',"datatype":{_quoted(term.datatype.value)}'
    return f'{{"type":"literal","value":{_quoted(term.value)}{rest}}}'


def _json_triple(term: Triple) -> str:
    members = ",".join(
        f'"{name}":{_JSON_TERMS[type(part)](part)}' for name, part in _parts(term).items()
    )
    return f'{{"type":"triple","value":{{{members}}}}}'


_JSON_TERMS: Final[dict[type, Callable[[Any], str]]] = {
    NamedNode: lambda term: f'{{"type":"uri","value":{_quoted(term.value)}}}',
    BlankNode: lambda term: f'{{"type":"bnode","value":{_quoted(term.value)}}}',
    Literal: _json_literal,
    Triple: _json_triple,
}


class JsonRows:
    """application/sparql-results+json, put together from quoted strings: ten times as fast as by
    way of dictionaries, and look-ups are bound by it."""

    def opening(self, variables: Sequence[str]) -> str:
        self._names = [f"{_quoted(name)}:" for name in variables]
        self._separator = ""
        names = ",".join(map(_quoted, variables))
        return f'{{"head":{{"vars":[{names}]}},"results":{{"bindings":['

    def row(self, solution: ResultRow) -> str:
        bound = [
            name + _JSON_TERMS[type(term)](term)
            for name, term in zip(self._names, solution, strict=True)
            if term is not None
        ]
        separator, self._separator = self._separator, ","
        return f"{separator}{{{','.join(bound)}}}"

    def closing(self, cut: str) -> str:
        # Members that the format does not define are to be ignored by those who read it.
        return f']}},"cut":{_quoted(cut)}}}' if cut else "]}}"


def _xml_text(text: str) -> str:
    # A raw carriage return would be read back as a line feed.
    return escape(in_xml(text), {"\r": "&#13;"})


def _xml_literal(term: Literal) -> str:
    attributes = ""
    if term.language:
        attributes = f" xml:lang={quoteattr(term.language)}"
        if term.direction:
            attributes += (
                ' xmlns:its="http://www.w3.org/2005/11/its" its:version="2.0"'
                f" its:dir={quoteattr(str(term.direction))}"
            )
    elif term.datatype.value != _XSD_STRING:
        attributes = f" datatype={quoteattr(term.datatype.value)}"
    return f"<literal{attributes}>{_xml_text(term.value)}</literal>"


def _xml_triple(term: Triple) -> str:
    inner = (
        f"<{name}>{_XML_TERMS[type(part)](part)}</{name}>" for name, part in _parts(term).items()
    )
    return f"<triple>{''.join(inner)}</triple>"


_XML_TERMS: Final[dict[type, Callable[[Any], str]]] = {
    NamedNode: lambda term: f"<uri>{_xml_text(term.value)}</uri>",
    BlankNode: lambda term: f"<bnode>{_xml_text(term.value)}</bnode>",
    Literal: _xml_literal,
    Triple: _xml_triple,
}


class XmlRows:
    """application/sparql-results+xml."""

    def opening(self, variables: Sequence[str]) -> str:
        self._variables = variables
        names = "".join(f"<variable name={quoteattr(name)}/>" for name in variables)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>{names}</head><results>'
        )

    def row(self, solution: ResultRow) -> str:
        bindings = "".join(
            f"<binding name={quoteattr(name)}>{_XML_TERMS[type(term)](term)}</binding>"
            for name, term in zip(self._variables, solution, strict=True)
            if term is not None
        )
        return f"<result>{bindings}</result>\n"

    def closing(self, cut: str) -> str:
        comment = f"<!-- {cut} -->" if cut else ""
        return f"</results></sparql>{comment}\n"


def _csv_term(term: ResultTerm | None) -> str:
    if term is None:
        return ""
    if isinstance(term, Triple):
        return " ".join(map(_csv_term, _parts(term).values()))
    return f"_:{term.value}" if isinstance(term, BlankNode) else term.value


class CsvRows:
    """text/csv (RFC 4180): the text of each term only."""

    def __init__(self) -> None:
        self._line = io.StringIO()
        self._writer = csv.writer(self._line, lineterminator="\r\n")

    def opening(self, variables: Sequence[str]) -> str:
        return self._line_of(variables)

    def row(self, solution: ResultRow) -> str:
        return self._line_of([_csv_term(term) for term in solution])

    def closing(self, cut: str) -> str:
        return ""

    def _line_of(self, cells: Sequence[str]) -> str:
        # csv writes a single empty cell as "", which is what tells it from no row.
        self._line.seek(0)
        self._line.truncate()
        self._writer.writerow(cells)
        return self._line.getvalue() if cells else "\r\n"


# What Turtle writes without quotes, where the text has the form that Turtle's grammar wants.
_BARE: Final = {
    f"{XSD}boolean": re.compile(r"true|false"),
    f"{XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{XSD}double": re.compile(r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
}


def _tsv_term(term: ResultTerm | None) -> str:
    if term is None:
        return ""
    if isinstance(term, Triple):
        return f"<<( {' '.join(map(_tsv_term, _parts(term).values()))} )>>"
    if isinstance(term, Literal):
        bare = _BARE.get(term.datatype.value)
        if bare and bare.fullmatch(term.value):
            return term.value
    return str(term)


class TsvRows:
    """text/tab-separated-values: terms as in Turtle."""

    def opening(self, variables: Sequence[str]) -> str:
        return "\t".join(f"?{name}" for name in variables) + "\n"

    def row(self, solution: ResultRow) -> str:
        return "\t".join(map(_tsv_term, solution)) + "\n"

    def closing(self, cut: str) -> str:
        return ""


ROWS: Final[dict[QueryResultsFormat, Callable[[], Rows]]] = {
    QueryResultsFormat.JSON: JsonRows,
    QueryResultsFormat.XML: XmlRows,
    QueryResultsFormat.CSV: CsvRows,
    QueryResultsFormat.TSV: TsvRows,
}
