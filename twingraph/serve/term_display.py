"""Terms of the graph as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from twingraph.serve.rdf_documents import prefixes


@dataclass(frozen=True)
class Value:
    """A value as a page shows it: a link where it has an address, a language where it is text."""

    text: str
    href: str = ""
    language: str = ""
    datatype: str = ""

    @classmethod
    def of(cls, term: Any, base: str) -> Value:
        """A term of the graph."""
        if isinstance(term, ox.NamedNode):
            return link(term.value, base)
        if isinstance(term, ox.Literal):
            known = compact(term.datatype.value, prefixes(base))
            plain = term.language or known == "xsd:string"
            return cls(term.value, language=term.language or "", datatype="" if plain else known)
        return cls(str(term))


def link(iri: str, base: str) -> Value:
    """An IRI as a link: one of ours on this service, another's where it is."""
    return Value(compact(iri, prefixes(base)), address_of(iri, base))


def address_of(iri: str, base: str) -> str:
    """Where an IRI leads to from a page, or "": nothing but the web is linked to, for an IRI may
    hold a script."""
    if iri.startswith(base):
        return f"/{iri.removeprefix(base)}"
    return iri if iri.startswith(("https://", "http://")) else ""


def compact(iri: str, known: Mapping[str, str]) -> str:
    """An IRI with the longest prefix that fits, as Turtle writes it; or the IRI."""
    fitting = [(len(full), short) for short, full in known.items() if iri.startswith(full)]
    if not fitting:
        return iri
    length, short = max(fitting)
    return f"{short}:{iri[length:]}"
