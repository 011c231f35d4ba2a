"""What the editor completes with: the ontology's terms, and what else the release uses (VoID)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyoxigraph as ox

from twingraph.namespaces import OWL, RDF, RDFS, VOID
from twingraph.serve.term_display import Statements, installed_ontology

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


def _void(path: Path) -> Statements:
    # A store elsewhere has no such file, and completion goes without.
    try:
        return Statements(ox.parse(path=path, format=ox.RdfFormat.TURTLE))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return Statements(())
