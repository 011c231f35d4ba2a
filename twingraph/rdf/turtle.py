"""Turtle and TriG that people like to read: short names, one block a subject, its type first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, Final

from twingraph.namespaces import DCT, FOAF, RDFS, SKOS, XSD
from twingraph.rdf.chunks import write_text
from twingraph.rdf.terms import TYPE, Description, Statement, Term, iri

Graph = tuple[Term, Iterable[Description]]
"""A named graph: its name, and what stands in it."""

_FIRST: Final = (
    TYPE,
    f"<{RDFS}label>",
    f"<{SKOS}prefLabel>",
    f"<{SKOS}altLabel>",
    f"<{DCT}title>",
    f"<{FOAF}name>",
)
"""What a reader looks for first: what it is, and what it is called."""

# Terminals of the grammar (Turtle 1.1, section 6.5).
_PN_CHARS_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PN_CHARS = rf"{_PN_CHARS_BASE}_0-9\u00b7\u0300-\u036f\u203f\u2040\-"
_PERCENT = "%[0-9A-Fa-f]{2}"
_PN_PREFIX = re.compile(rf"(?:[{_PN_CHARS_BASE}](?:[{_PN_CHARS}.]*[{_PN_CHARS}])?)?")
_PN_LOCAL = rf"(?:(?:[{_PN_CHARS_BASE}_:0-9]|{_PERCENT})(?:[{_PN_CHARS}.:]+|{_PERCENT})*+(?<!\.))?"

_LOCAL = re.compile(_PN_LOCAL)

# A number without quotes keeps its digits in every parser only when it has no needless ones.
_BARE: Final = {
    f"{XSD}integer": re.compile(r"0|-?[1-9][0-9]*"),
    f"{XSD}decimal": re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+"),
    f"{XSD}boolean": re.compile("true|false"),
}

_REMEMBERED = 65536
_LINE = 100
_INDENT = "    "


def write_turtle(
    descriptions: Iterable[Description], prefixes: Mapping[str, str], out: BinaryIO
) -> None:
    """Write descriptions to a binary file as Turtle, as `TurtleWriter` does."""
    TurtleWriter(prefixes, out).add(descriptions)


class TurtleWriter:
    """Writes descriptions to a binary file as Turtle.

    `prefixes` gives the namespace of each prefix; all are declared, in the order given, and those
    whose namespace ends in / or # shorten IRIs. Raises
    ValueError for a prefix that the grammar does not allow or a namespace that is no IRI.
    """

    def __init__(self, prefixes: Mapping[str, str], out: BinaryIO) -> None:
        self._names, self._out = _Names(prefixes), out
        write_text(_prefix_lines(prefixes), out)

    def add(self, descriptions: Iterable[Description]) -> None:
        """Write some more descriptions."""
        write_text(_blocks(descriptions, self._names), self._out)

    def end(self) -> None:
        """Nothing stands after the last of them."""


def write_trig(
    default: Iterable[Description],
    graphs: Iterable[Graph],
    prefixes: Mapping[str, str],
    out: BinaryIO,
) -> None:
    """Write a default graph and named graphs to a binary file as TriG; otherwise as Turtle."""
    write_turtle(default, prefixes, out)
    write_graphs(graphs, prefixes, out)


def write_graphs(graphs: Iterable[Graph], prefixes: Mapping[str, str], out: BinaryIO) -> None:
    """Write named graphs as TriG, after what declares the prefixes (a file of Turtle, say)."""
    names = _Names(prefixes)
    for name, descriptions in graphs:
        write_text(_graph(name, descriptions, names), out)


def _prefix_lines(prefixes: Mapping[str, str]) -> Iterator[str]:
    for prefix, namespace in prefixes.items():
        if not _PN_PREFIX.fullmatch(prefix):
            raise ValueError(f"{prefix!r} is no Turtle prefix")
        yield f"@prefix {prefix}: {iri(namespace)} .\n"


class _Names(dict[str, str]):
    """Terms as Turtle writes them. Made when first asked for; some thousand are remembered."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self._prefixes = {
            namespace: prefix for prefix, namespace in reversed(list(prefixes.items()))
        }

    def __missing__(self, term: str) -> str:
        if term[-1] == '"':
            return term
        name = self._iri(term) if term[0] == "<" else self._literal(term)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[term] = name
        return name

    def _iri(self, term: str) -> str:
        # A local name holds no / and no # (unescaped), so the namespace ends at the last of them.
        cut = max(term.rfind("/"), term.rfind("#")) + 1
        prefix = self._prefixes.get(term[1:cut])
        if prefix is None or not _LOCAL.fullmatch(term, cut, len(term) - 1):
            return term
        return f"{prefix}:{term[cut:-1]}"

    def _literal(self, term: str) -> str:
        if term[-1] != ">":
            return term
        quoted, _, datatype = term.rpartition("^^")
        bare = _BARE.get(datatype[1:-1])
        if bare and bare.fullmatch(quoted, 1, len(quoted) - 1):
            return quoted[1:-1]
        return f"{quoted}^^{self[datatype]}"


def _graph(name: Term, descriptions: Iterable[Description], names: _Names) -> Iterator[str]:
    yield f"\n{names[name]} {{"
    yield from _blocks(descriptions, names, _INDENT)
    yield "}\n"


def _blocks(descriptions: Iterable[Description], names: _Names, margin: str = "") -> Iterator[str]:
    for subject, statements in descriptions:
        if statements:
            yield _block(names[subject], statements, names, margin)


def _block(subject: str, statements: Iterable[Statement], names: _Names, margin: str) -> str:
    objects: dict[str, list[str]] = {}
    for predicate, object_ in statements:
        if predicate in objects:
            objects[predicate].append(names[object_])
        else:
            objects[predicate] = [names[object_]]
    lines = [
        _line("a" if p == TYPE else names[p], objects.pop(p), margin)
        for p in _FIRST
        if p in objects
    ]
    lines += [_line(names[p], some, margin) for p, some in objects.items()]
    between = f" ;\n{margin}{_INDENT}"
    return f"\n{margin}{subject} {between.join(lines)} .\n"


def _line(verb: str, objects: list[str], margin: str) -> str:
    if len(objects) == 1:
        return f"{verb} {objects[0]}"
    line = f"{verb} {', '.join(objects)}"
    if len(line) <= _LINE:
        return line
    return f",\n{margin}{_INDENT * 2}".join([f"{verb} {objects[0]}", *objects[1:]])
