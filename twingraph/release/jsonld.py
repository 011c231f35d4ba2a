"""Compact JSON-LD: the context embedded, one flat `@graph`, one node object a line.

The quoted part of a term is a JSON string already (see `twingraph.terms`), so values are cut out
of terms and put together as text; nothing is decoded. How a statement is written depends on its
predicate and object only; for each predicate, what was worked out last is remembered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, BinaryIO, Final, NamedTuple, TypeVar

from twingraph.namespaces import RDF, TG
from twingraph.release.context import (
    BOOLEAN,
    INTEGER,
    NATIVE_INTEGER_DIGITS,
    STRING,
    Context,
    TermDefinition,
)
from twingraph.release.stream import write_text
from twingraph.terms import Description, Statement, Term

SIGNATURE: Final = Term(f"<{TG}signature>")

_TYPE: Final = Term(f"<{RDF}type>")
_NATIVE_INTEGER = re.compile(rf"0|-?[1-9][0-9]{{0,{NATIVE_INTEGER_DIGITS - 1}}}")
_REMEMBERED = 4096


def write_jsonld(
    descriptions: Iterable[Description],
    context: Mapping[str, Any],
    out: BinaryIO,
    nested: Collection[Term] = (SIGNATURE,),
) -> None:
    """Write descriptions to a binary file as one compact JSON-LD document.

    `context` is the content of a context file (with or without the outer `@context`); terms,
    coercions, containers, aliases and prefixes are taken from it. A description is nested in the
    one before when that one points to it with a predicate of `nested` and nothing but its other
    nested ones stands between; otherwise all links are IRIs. What no term can express is written
    under its full IRI, so nothing is lost. Raises ValueError for a context not supported (see
    `Context`).
    """
    read = Context(context)
    head = json.dumps(read.source, ensure_ascii=False, indent=2).replace("\n", "\n  ")
    write_text([f'{{\n  "@context": {head},\n  "@graph": ['], out)
    write_text(_lines(_nodes(descriptions, read, frozenset(nested))), out)
    write_text(["\n  ]\n}\n"], out)


def _lines(nodes: Iterable[str]) -> Iterator[str]:
    before = "\n    "
    for node in nodes:
        yield before + node
        before = ",\n    "


def _nodes(
    descriptions: Iterable[Description], context: Context, nested: Collection[Term]
) -> Iterator[str]:
    nodes = _Nodes(context)
    held: Description | None = None
    children: dict[Term, str] = {}
    waiting: set[Term] = set()
    for description in descriptions:
        subject, statements = description
        if subject in waiting and statements:
            waiting.remove(subject)
            children[subject] = nodes.node(description)
            continue
        if held:
            yield nodes.node(held, nested, children)
            held, children = None, {}
        waiting = {o for p, o in statements if p in nested}
        if waiting and nodes.can_compact(description):
            held = description
        elif statements:
            waiting.clear()
            yield nodes.node(description)
    if held:
        yield nodes.node(held, nested, children)


class _Place(NamedTuple):
    """How one statement is written: its key, the value, and both as an entry of the node.

    Under a language map the value is an entry of the map, `"pl": "Sieniawa"`. The key is "" when
    the predicate, written out, would be read as something else.
    """

    key: str
    value: str
    entry: str


_NOWHERE: Final = _Place("", "", "")

F = TypeVar("F")


class _Remembered(dict[Term, F]):
    """What a function gives for a term; the answers for some thousand are kept."""

    def __init__(self, function: Callable[[Term], F]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, term: Term) -> F:
        if len(self) >= _REMEMBERED:
            self.clear()
        answer = self[term] = self._function(term)
        return answer


class _Nodes:
    """Descriptions as node objects."""

    def __init__(self, context: Context, opening: str = "{") -> None:
        self._context = context
        self._values = values = _Values(context)
        self._opening = f"{opening}{json.dumps(context.id_key)}: "
        self._ids = _Remembered(values.reference)
        self._places = _Remembered(lambda p: _Remembered(partial(values.place, p)))

    def can_compact(self, description: Description) -> bool:
        """Whether subject and predicates can be written beside the context's prefixes."""
        subject, statements = description
        return bool(self._ids[subject]) and all(self._places[p][o].key for p, o in statements)

    def node(
        self,
        description: Description,
        nested: Collection[Term] = (),
        children: dict[Term, str] | None = None,
    ) -> str:
        """A description as a node object, with `children` in place of links by `nested`."""
        subject, statements = description
        places, entries = self._places, dict[str, str]()
        several: dict[str, list[str]] = {}
        first: dict[str, str] = {}
        for predicate, object_ in _type_first(statements):
            key, value, entry = places[predicate][object_]
            if children and predicate in nested and object_ in children:
                value = children.pop(object_)
                entry = self._values.entry(key, [value])
            if key not in entries:
                entries[key], first[key] = entry, value
            elif key in several:
                several[key].append(value)
            else:
                several[key] = [first[key], value]
        reference = self._ids[subject]
        if not reference or "" in entries:
            return self._without_context.node(description)
        for key, all_values in several.items():
            entries[key] = self._values.entry(key, all_values)
        return f"{self._opening}{reference}, {', '.join(entries.values())}}}"

    @cached_property
    def _without_context(self) -> _Nodes:
        if self._context.is_protected:
            raise ValueError("an IRI is confused with a prefix of a protected context")
        return _Nodes(Context({}), '{"@context": null, ')


def _type_first(statements: Sequence[Statement]) -> Sequence[Statement]:
    if statements[0][0] == _TYPE:
        return statements
    return sorted(statements, key=lambda statement: statement[0] != _TYPE)


class _Values:
    """Statements as keys and values of a node object."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._definitions: dict[str, TermDefinition] = {}

    def reference(self, term: Term) -> str:
        """An IRI as a JSON string; "" when it would be read as a compact IRI."""
        iri = term[1:-1]
        name = self._context.compact(iri)
        if name != iri:
            return _string(name)
        return "" if self._context.confuses(iri) else f'"{iri}"'

    def place(self, predicate: Term, object_: Term) -> _Place:
        """Where and how a statement is written: as short as a term allows, else in full."""
        if predicate == _TYPE and object_[0] == "<":
            name = self._type(object_[1:-1])
            if name:
                return self._place(self._type_definition(), name)
        definitions = self._terms(predicate[1:-1])
        for definition in definitions:
            value = self._short(definition, object_)
            if value:
                return self._place(definition, value)
        for definition in definitions:
            if not definition.by_language:
                return self._place(definition, self._full(object_))
        return _NOWHERE

    def entry(self, key: str, values: list[str]) -> str:
        """A key with all its values: one, an array, or a language map."""
        definition = self._definitions[key]
        if not definition.by_language:
            return f"{key}{_one_or_array(values, definition.is_set)}"
        languages: dict[str, list[str]] = {}
        for value in values:
            language, _, text = value.partition(": ")
            languages.setdefault(language, []).append(text)
        entries = (
            f"{language}: {_one_or_array(texts, definition.is_set)}"
            for language, texts in languages.items()
        )
        return f"{key}{{{', '.join(entries)}}}"

    def _place(self, definition: TermDefinition, value: str) -> _Place:
        key = f"{_string(definition.name)}: "
        self._definitions[key] = definition
        return _Place(key, value, self.entry(key, [value]))

    def _type_definition(self) -> TermDefinition:
        context = self._context
        return TermDefinition(context.type_key, _TYPE[1:-1], is_set=context.type_is_set)

    def _terms(self, predicate: str) -> list[TermDefinition]:
        terms = self._context.properties.get(predicate, [])
        if self._context.confuses(predicate):
            return terms
        return [*terms, TermDefinition(predicate, predicate, language=self._context.language)]

    def _short(self, definition: TermDefinition, object_: Term) -> str:
        """A value that the term's definition alone makes plain; "" if it does not."""
        if object_[0] == "<":
            if definition.coercion == "@id":
                return self.reference(object_)
            return self._type(object_[1:-1]) if definition.coercion == "@vocab" else ""
        quoted, language, datatype = _parts(object_)
        if definition.by_language:
            return "" if datatype else f'"{language or "@none"}": {quoted}'
        if datatype:
            return _typed(quoted, datatype, definition.coercion)
        if definition.coercion:
            return quoted if not language and definition.coercion == STRING else ""
        return quoted if language == (definition.language or "").lower() else ""

    def _full(self, object_: Term) -> str:
        if object_[0] == "<":
            reference = self.reference(object_)
            if reference:
                return f"{{{_string(self._context.id_key)}: {reference}}}"
            return f'{self._null()}"@id": "{object_[1:-1]}"}}'
        quoted, language, datatype = _parts(object_)
        if language:
            return f'{{"@value": {quoted}, "@language": "{language}"}}'
        if not datatype:
            return f'{{"@value": {quoted}}}'
        reference = self.reference(Term(f"<{datatype}>"))
        if reference:
            return f'{{"@value": {quoted}, "@type": {reference}}}'
        return f'{self._null()}"@value": {quoted}, "@type": "{datatype}"}}'

    def _null(self) -> str:
        if self._context.is_protected:
            raise ValueError("an IRI is confused with a prefix of a protected context")
        return '{"@context": null, '

    def _type(self, iri: str) -> str:
        name = self._context.compact_vocabulary(iri)
        return "" if name == iri and self._context.confuses(iri) else _string(name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _parts(literal: Term) -> tuple[str, str, str]:
    """The quoted part, the language and the datatype of a literal; "" where it has none."""
    end = literal.rindex('"') + 1
    rest = literal[end:]
    return literal[:end], rest[1:] if rest[:1] == "@" else "", rest[3:-1] if rest[:1] == "^" else ""


def _typed(quoted: str, datatype: str, coercion: str | None) -> str:
    if coercion not in (None, datatype):
        return ""
    lexical = quoted[1:-1]
    if (datatype == BOOLEAN and lexical in ("true", "false")) or (
        datatype == INTEGER and _NATIVE_INTEGER.fullmatch(lexical)
    ):
        return lexical
    return quoted if coercion else ""


def _one_or_array(values: list[str], is_set: bool) -> str:
    return values[0] if len(values) == 1 and not is_set else f"[{', '.join(values)}]"
