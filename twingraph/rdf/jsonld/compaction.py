"""Properties of the graph as keys of compact JSON-LD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from twingraph.rdf.jsonld.context import Context, TermDefinition
from twingraph.rdf.jsonld.values import (
    IriWriter,
    LanguageMapWriter,
    LiteralWriter,
    ObjectWriter,
    TermWriter,
    TypeWriter,
    json_string,
)
from twingraph.rdf.terms import TYPE, Term

_REMEMBERED: Final = 1024


class CompactProperty(NamedTuple):
    """How a predicate is written: its key, how the key holds values, and the values' texts."""

    key: str
    term: TermDefinition
    values: ObjectWriter

    def entry(self, values: Sequence[str]) -> str:
        """The entry of a node that gives this property these values."""
        term = self.term
        if not term.by_language:
            return f"{self.key}{_one_or_array(values, term.is_set)}"
        texts: dict[str, list[str]] = {}
        for value in values:
            language, _, text = value.partition(": ")
            texts.setdefault(language, []).append(text[1:-1] if term.is_set else text)
        entries = (f"{tag}: {_one_or_array(some, term.is_set)}" for tag, some in texts.items())
        return f"{self.key}{{{', '.join(entries)}}}"


class Compaction:
    """How predicates are written: by the first term that the context has, else by their IRI."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.links = IriWriter(context)
        self._types = TypeWriter(context)
        self._values: dict[TermDefinition, ObjectWriter] = {}
        self._first = lru_cache(_REMEMBERED)(self._find_first)
        self._in_full = lru_cache(_REMEMBERED)(self._find_in_full)

    def first(self, predicate: Term) -> CompactProperty | None:
        """How a predicate is written; None when nothing would be read as that predicate."""
        return self._first(predicate)

    def in_full(self, predicate: Term) -> CompactProperty | None:
        """The same, under a key that can hold any object."""
        return self._in_full(predicate)

    def _find_first(self, predicate: Term) -> CompactProperty | None:
        if predicate == TYPE:
            name, is_set = self._context.type_key, self._context.type_is_set
            return _property(TermDefinition(name, "@type", is_set=is_set), self._types)
        terms = self._context.properties.get(predicate[1:-1])
        return self._of_term(terms[0]) if terms else self.in_full(predicate)

    def _find_in_full(self, predicate: Term) -> CompactProperty | None:
        iri = predicate[1:-1]
        for term in self._context.properties.get(iri, ()):
            if not term.by_language:
                return self._of_term(term)
        if self._context.confuses(iri):
            return None
        return self._of_term(TermDefinition(iri, iri, language=self._context.language))

    def _of_term(self, term: TermDefinition) -> CompactProperty:
        if term.coercion == "@id":
            return _property(term, self.links)
        kind = replace(term, name="", iri="", is_set=term.by_language and term.is_set)
        if kind not in self._values:
            self._values[kind] = self._make_values(kind)
        return _property(term, self._values[kind])

    def _make_values(self, kind: TermDefinition) -> ObjectWriter:
        if kind.by_language:
            return LanguageMapWriter(self._context, kind)
        if kind.coercion == "@vocab":
            return TermWriter(self._context)
        return LiteralWriter(self._context, self.links, kind)


def _property(term: TermDefinition, values: ObjectWriter) -> CompactProperty:
    return CompactProperty(f"{json_string(term.name)}: ", term, values)


def _one_or_array(values: Sequence[str], is_set: bool) -> str:
    return values[0] if len(values) == 1 and not is_set else f"[{', '.join(values)}]"
