"""The concept schemes of ontology/concepts.ttl: which names a field may hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

import pyoxigraph as ox

from twingraph import resources
from twingraph.namespaces import BASE, SKOS
from twingraph.rdf.terms import Description, Statement, Term


@cache
def schemes() -> Mapping[str, frozenset[str]]:
    """The concept names of every scheme, by the scheme's name."""
    members: dict[str, set[str]] = {}
    prefix = f"{BASE}concept/"
    for subject, statements in descriptions(BASE).items():
        local = subject[1:-1].removeprefix(prefix)
        if "/" in local and any(p == f"<{SKOS}inScheme>" for p, _ in statements):
            scheme, name = local.split("/", 1)
            members.setdefault(scheme, set()).add(name)
    return {scheme: frozenset(names) for scheme, names in members.items()}


@cache
def texts(path: str, word: str) -> tuple[tuple[str, str], ...]:
    """What SKOS says by a word (`prefLabel`) of a concept (`office/mayor`) or a scheme (`office`):
    each text with its language."""
    said = descriptions(BASE)[Term(f"<{BASE}concept/{path}>")]
    literals = (value.rpartition("@") for name, value in said if name == f"<{SKOS}{word}>")
    return tuple((str(json.loads(quoted)), language) for quoted, _, language in literals)


@cache
def descriptions(base: str) -> Mapping[Term, tuple[Statement, ...]]:
    """What concepts.ttl says of every scheme and concept, under the given base."""
    path = resources.folder("ontology") / "concepts.ttl"
    own, wanted = f"<{BASE}concept/", f"<{base}concept/"
    said: dict[Term, list[Statement]] = {}
    for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
        s, p, o = (Term(str(t).replace(own, wanted, 1)) for t in triple.triple)
        said.setdefault(s, []).append((p, o))
    return {subject: tuple(sorted(said[subject])) for subject in sorted(said)}


def described(terms: set[Term], base: str) -> list[Description]:
    """The descriptions of those concepts among `terms`, and of the schemes they are in."""
    known = descriptions(base)
    used = {term for term in terms if term in known}
    used |= {o for term in used for p, o in known[term] if p == f"<{SKOS}inScheme>"}
    return [(term, known[term]) for term in sorted(used)]
