"""Queries that list what a check found, for people to run on a release.

They are the queries that the graph is screened with (`prefilter`), in one and with prefixes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from twingraph.errors import UsageError
from twingraph.namespaces import VOCABULARIES, XSD
from twingraph.shacl import prefilter as screen
from twingraph.shacl.constraint_queries import FOCUS, VALUE, Compiler, Subclasses
from twingraph.shacl.shapes import ShapeRule, Shapes

_IRI_OR_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"|<([^<>"{}|^`\\\s]*)>')
_LOCAL: Final = re.compile("[A-Za-z_][A-Za-z0-9_-]*")


def listings(store: ox.Store, shapes: Shapes, results: Mapping[str, int]) -> dict[str, str]:
    """For shapes that a graph breaks so many times, a query whose rows are these results.

    Shapes are named by their IRIs. One of which SPARQL cannot tell just these results is left out.
    """
    return dict(_listings(store, shapes, results))


def _listings(
    store: ox.Store, shapes: Shapes, results: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    subclasses = screen.subclasses(store) if results else {}
    for iri in sorted(results):
        rules = [rule for rule in shapes.rules if rule.shape.iri == iri]
        try:
            query = listing(rules, subclasses)
        except UsageError:  # what cannot be screened cannot be listed either
            continue
        if screen.is_exact(shapes.by_iri[iri]) or screen.count(store, query) == results[iri]:
            yield iri, query


def listing(rules: Iterable[ShapeRule], subclasses: Subclasses) -> str:
    """One query for all nodes that may break one of some rules: ?focus, and ?value where it is a
    value that breaks it. Raises UsageError for a constraint that is no query."""
    compiler = Compiler(subclasses)
    patterns = [
        f"{target} {broken.strip()}"
        for rule in rules
        for broken in compiler.broken(rule.shape)
        for target in compiler.targets(rule)
    ]
    several = " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)
    pattern = several if len(patterns) > 1 else patterns[0]
    variables = f"{FOCUS} {VALUE}" if VALUE in pattern else FOCUS
    return _with_prefixes(f"SELECT DISTINCT {variables} WHERE {{ {pattern} }}")


def _with_prefixes(query: str) -> str:
    """A query with its IRIs shortened, and the prefixes declared that it then uses."""
    used = {"xsd": XSD} if "xsd:" in query else {}

    def short(match: re.Match[str]) -> str:
        iri = match[1] or ""
        for prefix, namespace in VOCABULARIES.items():
            local = iri.removeprefix(namespace)
            if local != iri and _LOCAL.fullmatch(local):
                used[prefix] = namespace
                return f"{prefix}:{local}"
        return match[0]

    text = _IRI_OR_STRING.sub(short, query)
    return "".join(f"PREFIX {prefix}: <{used[prefix]}> " for prefix in sorted(used)) + text
