"""What the editor completes with: the ontology's terms, and what else the release uses (VoID)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from twingraph import resources
from twingraph.namespaces import OWL, RDF, RDF_TYPE, RDFS, VOID
from twingraph.web.languages import best

_CLASSES: Final = (f"{OWL}Class", f"{RDFS}Class")
_PROPERTIES: Final = (f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty", f"{RDF}Property")
_TYPE: Final = ox.NamedNode(RDF_TYPE)
_LABEL: Final = ox.NamedNode(f"{RDFS}label")

Terms = dict[str, list[dict[str, str]]]
"""`classes` and `properties`, each with `iri` and `label` ("" where there is none)."""


def terms(release: Path, language: str) -> Terms:
    """The terms of the ontology and of a release, our own first, in the order of their IRIs."""
    own = _ontology()
    used = _void(release / "void.ttl")
    return {
        "classes": _listed(own, _CLASSES, _objects(used, "class"), language),
        "properties": _listed(own, _PROPERTIES, _objects(used, "property"), language),
    }


@cache
def _ontology() -> ox.Store:
    return _read(resources.folder("ontology") / "twingraph.ttl")


def _void(path: Path) -> ox.Store | None:
    # A store elsewhere has no such file, and completion goes without.
    try:
        return _read(path)
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None


def _read(path: Path) -> ox.Store:
    store = ox.Store()
    store.load(path.read_bytes(), format=ox.RdfFormat.TURTLE)
    return store


def _objects(store: ox.Store | None, name: str) -> set[str]:
    if store is None:
        return set()
    found = store.quads_for_pattern(None, ox.NamedNode(VOID + name), None)
    return {quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)}


def _listed(
    own: ox.Store, kinds: tuple[str, ...], used: set[str], language: str
) -> list[dict[str, str]]:
    ours = {
        quad.subject.value
        for kind in kinds
        for quad in own.quads_for_pattern(None, _TYPE, ox.NamedNode(kind))
        if isinstance(quad.subject, ox.NamedNode)
    }
    ordered = (*sorted(ours), *sorted(used - ours))
    return [{"iri": iri, "label": _label(own, iri, language)} for iri in ordered]


def _label(own: ox.Store, iri: str, language: str) -> str:
    values: list[Any] = [
        quad.object for quad in own.quads_for_pattern(ox.NamedNode(iri), _LABEL, None)
    ]
    found = best([(value.value, value.language or "") for value in values], language)
    return found[0] if found else ""
