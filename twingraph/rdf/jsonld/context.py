"""Read a JSON-LD context: which term stands for which property, and how it writes values.

Only what compaction needs of JSON-LD 1.1 (section 9.15, context definitions). A term that works
in a way the writer does not use (a reversed property, a list, a scope of its own) is never chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_UNUSABLE: Final = {"@context", "@direction", "@index", "@nest", "@reverse"}
_UNKNOWN: Final = {"@direction", "@import", "@propagate"}
_CONTAINERS: Final = {"@language", "@set"}
_GENERIC_DELIMITERS: Final = tuple(":/?#[]@")


@dataclass(frozen=True, slots=True)
class TermDefinition:
    """A name that stands for a property.

    `coercion` is the type of plain values: `@id`, `@vocab` or a datatype's IRI. `language` is the
    language of plain values.
    """

    name: str
    iri: str
    coercion: str | None = None
    language: str | None = None
    by_language: bool = False
    is_set: bool = False


def part_in_use(context: Mapping[str, Any], document: Any) -> dict[str, Any]:
    """The part of a context (without the outer `@context`) that a compacted document needs: its
    keywords, and the terms and prefixes that stand in the document, or in those."""
    wanted = _names(document)
    found: dict[str, Any] = {}
    while more := {n: d for n, d in context.items() if n in wanted and n not in found}:
        found |= more
        wanted = _names(list(more.values()))
    used = {name: d for name, d in context.items() if name in found}
    keywords = {n: d for n, d in context.items() if n.startswith("@") or d in ("@id", "@type")}
    return {**keywords, **used}


def _names(document: Any) -> set[str]:
    """The strings of a document, keys and values, and what stands before a colon in them."""
    names: set[str] = set()
    pending = [document]
    while pending:
        match pending.pop():
            case dict() as members:
                pending += (*members, *members.values())
            case list() as items:
                pending += items
            case str() as text:
                names |= {text, text.partition(":")[0]}
    return names


class Context:
    """A JSON-LD context, as far as a writer needs it.

    `properties` gives the terms of each property IRI, in the context's order. Raises ValueError
    for a context that is no plain object, or that needs what is not supported here.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        inner = context.get("@context", context)
        if not isinstance(inner, Mapping) or not _UNKNOWN.isdisjoint(inner):
            raise ValueError(f"the context must be one JSON object without {sorted(_UNKNOWN)}")
        self.source: Mapping[str, Any] = inner
        self._terms: dict[str, Any] = {
            name: d for name, d in inner.items() if not name.startswith("@")
        }
        self.language: str | None = inner.get("@language")
        self.is_protected = bool(inner.get("@protected")) or any(
            d.get("@protected") for d in self._terms.values() if isinstance(d, Mapping)
        )
        self.id_key, self.type_key = self._alias("@id"), self._alias("@type")
        type_definition = self._terms.get(self.type_key)
        self.type_is_set = isinstance(type_definition, Mapping) and "@container" in type_definition
        self._prefixes = dict(self._find_prefixes())
        self._longest_first = tuple(sorted(self._prefixes, key=len, reverse=True))
        self._by_iri: dict[str, str] = {}
        self.properties: dict[str, list[TermDefinition]] = {}
        for definition in self._usable():
            self.properties.setdefault(definition.iri, []).append(definition)
            self._by_iri.setdefault(definition.iri, definition.name)

    def compact(self, iri: str) -> str:
        """An IRI as a value of `@id`: prefix and rest where the context has a prefix for it."""
        if not iri.startswith(self._longest_first):
            return iri
        for namespace in self._longest_first:
            if iri.startswith(namespace):
                rest = iri[len(namespace) :]
                name = f"{self._prefixes[namespace]}:{rest}"
                if name not in self._terms and not rest.startswith("//"):
                    return name
        return iri

    def compact_vocabulary(self, iri: str) -> str:
        """An IRI as a value of `@type`: a term where the context has one."""
        return self._by_iri.get(iri) or self.compact(iri)

    def confuses(self, iri: str) -> bool:
        """Whether a full IRI would be read as a prefix and its rest, or as a term.

        The error "IRI confused with prefix" of the JSON-LD API (section 5.2): with a prefix
        `geo`, nothing can be written as `geo:22.6,50.1`.
        """
        scheme, _, rest = iri.partition(":")
        return (scheme in self._terms and not rest.startswith("//")) or iri in self._terms

    def leaves_alone(self, start: str) -> bool:
        """Whether every IRI with this start is written and read as it stands."""
        return "://" in start and not any(
            start.startswith(other) or other.startswith(start)
            for other in (*self._longest_first, *self._terms)
        )

    def _alias(self, keyword: str) -> str:
        for name, definition in self._terms.items():
            if self._id(name, definition) == keyword:
                return name
        return keyword

    @staticmethod
    def _id(name: str, definition: Any) -> str | None:
        if isinstance(definition, Mapping):
            found = definition.get("@id", name)
            return found if isinstance(found, str) else None
        return definition if isinstance(definition, str) else None

    def _find_prefixes(self) -> Iterator[tuple[str, str]]:
        for name, definition in reversed(self._terms.items()):
            iri = self._expand(self._id(name, definition))
            if iri is None or iri.startswith("@"):
                continue
            if isinstance(definition, Mapping):
                if definition.get("@prefix"):
                    yield iri, name
            elif iri.endswith(_GENERIC_DELIMITERS):
                yield iri, name

    def _usable(self) -> Iterator[TermDefinition]:
        for name, raw in self._terms.items():
            iri = self._expand(self._id(name, raw))
            if iri is None or iri.startswith("@"):
                continue
            definition = raw if isinstance(raw, Mapping) else {}
            containers = _as_set(definition.get("@container"))
            coercion = definition.get("@type")
            if (
                not _UNUSABLE.isdisjoint(definition)
                or not containers <= _CONTAINERS
                or coercion == "@json"
            ):
                continue
            yield TermDefinition(
                name=name,
                iri=iri,
                coercion=None if coercion in (None, "@none") else self._expand(coercion),
                language=definition.get("@language", self.language),
                by_language="@language" in containers,
                is_set="@set" in containers,
            )

    def _expand(self, name: str | None, seen: frozenset[str] = frozenset()) -> str | None:
        if name is None or name.startswith("@"):
            return name
        prefix, colon, rest = name.partition(":")
        if colon and rest.startswith("//"):
            return name
        if prefix in self._terms and prefix not in seen:
            namespace = self._expand(self._id(prefix, self._terms[prefix]), seen | {prefix})
            return namespace if not colon or namespace is None else namespace + rest
        if colon:
            return name
        vocabulary = self.source.get("@vocab")
        return None if vocabulary is None else f"{vocabulary}{name}"


def _as_set(container: Any) -> set[str]:
    if container is None:
        return set()
    return {container} if isinstance(container, str) else set(container)
