"""What the editor completes with: the ontology's terms, and what else the release uses (VoID); and
which names in a query are no terms of the ontology."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from twingraph.errors import nearest
from twingraph.namespaces import OWL, RDF, RDFS, TG, VOID
from twingraph.serve.term_display import GraphStatements, installed_ontology
from twingraph.sparql.query_syntax import read_prologue, readable_tokens

_KINDS: Final = {
    "class": ("classes", {f"{OWL}Class", f"{RDFS}Class"}),
    "property": (
        "properties",
        {f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty", f"{RDF}Property"},
    ),
}

Terms = dict[str, list[dict[str, str]]]
"""`classes` and `properties`, each with `iri` and `label` ("" where there is none)."""


def terms(release: Path, language: str) -> Terms:
    """The terms of the ontology and of a release, our own first, in the order of their IRIs."""
    own, void, listed = installed_ontology(), _void(release / "void.ttl"), {}
    for kind, (name, classes) in _KINDS.items():
        ours = set(own.instances(classes))
        used = {iri for _, iri in void.having(f"{VOID}{kind}")}
        listed[name] = [
            {"iri": iri, "label": own.label(iri, language)}
            for iri in (*sorted(ours), *sorted(used - ours))
        ]
    return listed


def misspelt(query: str) -> dict[str, list[str]]:
    """The names in a query that begin as the ontology's terms do, and are none of them: as they are
    written, with the terms that may be meant."""
    own = installed_ontology()
    kinds = set().union(*(classes for _, classes in _KINDS.values()))
    known = {iri.removeprefix(TG) for iri in own.instances(kinds) if iri.startswith(TG)}
    prologue, _ = read_prologue(readable_tokens(query), "")
    found: dict[str, list[str]] = {}
    for token in readable_tokens(query):
        with suppress(KeyError):
            iri = prologue.iri(token) if token.kind in ("IRIREF", "PNAME") else ""
            name = iri.removeprefix(TG)
            if iri.startswith(TG) and name and name not in known:
                found[token.text] = nearest(name, known)
    return found


def _void(path: Path) -> GraphStatements:
    # A store elsewhere has no such file, and completion goes without.
    try:
        return GraphStatements(ox.parse(path=path, format=ox.RdfFormat.TURTLE))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return GraphStatements(())
