"""Terms of the graph as values of compact JSON-LD.

The quoted part of a term is a JSON string already (see `twingraph.rdf.terms`), so values are cut
out of terms; nothing is decoded. How an object is written depends only on what the context says of
its property, so properties that say the same share one table. A table remembers some thousand.
"""

from __future__ import annotations

import json
import re
from typing import Final

from twingraph.namespaces import XSD
from twingraph.rdf.jsonld.context import Context, TermDefinition
from twingraph.rdf.terms import Term

# What JSON can say without quotes and every reader gives back digit by digit (RFC 8259, section 6).
_NATIVE: Final = {
    f"^^<{XSD}boolean>": re.compile("true|false"),
    f"^^<{XSD}integer>": re.compile(r"0|-?[1-9][0-9]{0,14}"),
}
_REMEMBERED: Final = 32768


class ObjectWriter(dict[Term, str]):
    """The JSON text of objects; "" for one that cannot stand under the key.

    No key can hold a literal whose datatype would be read as a compact IRI.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._around: dict[str, tuple[str, str] | None] = {}

    def __missing__(self, object_: Term) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
            self._around.clear()
        if object_[0] == '"':
            end = object_.rindex('"') + 1
            value = self._literal(object_, end, object_[end:])
        else:
            value = self._link(object_)
        self[object_] = value
        return value

    def _link(self, object_: Term) -> str:
        raise NotImplementedError

    def _literal(self, object_: Term, end: int, kind: str) -> str:
        """A literal whose quoted part is as long, with what follows that: `@pl`, `^^<…>` or ""."""
        if kind not in self._around:
            self._around[kind] = self._find_around(kind)
        around = self._around[kind]
        return f"{around[0]}{object_[:end]}{around[1]}" if around else ""

    def _find_around(self, kind: str) -> tuple[str, str] | None:
        """What stands around the quoted part of literals of this kind: `@pl`, `^^<…>` or ""."""
        language, datatype = language_and_datatype(kind)
        if language:
            return '{"@value": ', f', "@language": "{language}"}}'
        if not datatype:
            return '{"@value": ', "}"
        name = self._context.compact(datatype)
        if name is datatype and self._context.confuses(datatype):
            return None
        return '{"@value": ', f', "@type": {json_string(name)}}}'


class IriWriter(ObjectWriter):
    """Objects of properties whose plain values are IRIs; subjects too.

    An IRI that would be read as a compact one is written as an object of its own.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._left_alone: dict[str, bool] = {}

    def __missing__(self, object_: Term) -> str:
        # IRIs share few starts, and most of them are written as they stand. (No literal has a start
        # that was found of an IRI.)
        if self._left_alone.get(object_.rpartition("/")[0]):
            if len(self) >= _REMEMBERED:
                self.clear()
            value = self[object_] = f'"{object_[1:-1]}"'
            return value
        return super().__missing__(object_)

    def _link(self, object_: Term) -> str:
        start, iri = object_.rpartition("/")[0], _bare(object_)
        if len(self._left_alone) >= _REMEMBERED:
            self._left_alone.clear()
        left_alone = self._left_alone[start] = self._context.leaves_alone(f"{start[1:]}/")
        return f'"{iri}"' if left_alone else self._named(iri, self._context.compact(iri))

    def _named(self, iri: str, name: str) -> str:
        if name is iri and self._context.confuses(iri):
            return f'{without_context(self._context)}"@id": {json_string(iri)}}}'
        return json_string(name)


class TermWriter(IriWriter):
    """Objects of properties whose plain values are terms of the context, or IRIs."""

    # No start is ever found to be left alone here: a term may stand for any IRI.

    def _link(self, object_: Term) -> str:
        iri = _bare(object_)
        return self._named(iri, self._context.compact_vocabulary(iri))


class TypeWriter(TermWriter):
    """Objects of rdf:type, as far as `@type` can hold them."""

    def _named(self, iri: str, name: str) -> str:
        return "" if name is iri and self._context.confuses(iri) else json_string(name)

    def _find_around(self, kind: str) -> None:
        return None


class LiteralWriter(ObjectWriter):
    """Objects of properties whose plain values are literals of one language or datatype."""

    def __init__(self, context: Context, links: IriWriter, term: TermDefinition) -> None:
        super().__init__(context)
        self._links, self._term = links, term
        self._id_key = json_string(context.id_key)

    def _link(self, object_: Term) -> str:
        link = self._links[object_]
        return link if link[0] == "{" else f"{{{self._id_key}: {link}}}"

    def _literal(self, object_: Term, end: int, kind: str) -> str:
        native = _NATIVE.get(kind)
        if native and self._term.coercion in (None, object_[end + 3 : -1]):
            quoted = object_[1 : end - 1]
            if native.fullmatch(quoted):
                return quoted
        return super()._literal(object_, end, kind)

    def _find_around(self, kind: str) -> tuple[str, str] | None:
        language, datatype = language_and_datatype(kind)
        if self._term.coercion:
            is_plain = not language and self._term.coercion == (datatype or f"{XSD}string")
        else:
            is_plain = not datatype and language == (self._term.language or "").lower()
        return ("", "") if is_plain else super()._find_around(kind)


class LanguageMapWriter(ObjectWriter):
    """Objects of language maps: strings, each as an entry of the map, `"pl": "Sieniawa"`."""

    def __init__(self, context: Context, term: TermDefinition) -> None:
        super().__init__(context)
        self._brackets = ("[", "]") if term.is_set else ("", "")

    def _link(self, object_: Term) -> str:
        return ""

    def _find_around(self, kind: str) -> tuple[str, str] | None:
        language, datatype = language_and_datatype(kind)
        opening, closing = self._brackets
        return None if datatype else (f'"{language or "@none"}": {opening}', closing)


def _bare(term: Term) -> str:
    """An IRI without brackets; the label of a blank node, as answers to queries may hold one."""
    return term if term[0] == "_" else term[1:-1]


def without_context(context: Context) -> str:
    """The start of an object in which every IRI is read as it stands.

    Raises ValueError where the context forbids that (JSON-LD 1.1, section 4.1.11).
    """
    if context.is_protected:
        raise ValueError("an IRI reads like a compact one, and the context is protected")
    return '{"@context": null, '


def json_string(text: str) -> str:
    """A text as a JSON string."""
    return json.dumps(text, ensure_ascii=False)


def language_and_datatype(kind: str) -> tuple[str, str]:
    """The language and the datatype of a literal, from what follows its quoted part."""
    if kind.startswith("@"):
        return kind[1:], ""
    return "", kind[3:-1]
