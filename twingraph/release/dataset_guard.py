"""Refuses to publish one dataset in the place of another: a portal knows a dataset by an identifier
that is made of its base, and would take the one for a new version of the other.

What is published under the same base elsewhere is not known to a build, which asks no address.
Whoever looks there tells the two apart by `first` of releases.json (`line`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.errors import UsageError
from twingraph.model.records import Dataset
from twingraph.release.dcat import dataset_iri
from twingraph.release.history import PastRelease

RENAMED: Final = "dataset-name"
"""What a new title or publisher is accepted as, among losses that are accepted by name."""

_CATALOGUE: Final = "catalog.ttl"
_NAME: Final = f"{ns.FOAF}name"
_TITLE: Final = f"{ns.DCT}title"


def refuse_another_dataset(about: Dataset, before: PastRelease, out: Path) -> None:
    """Refuse to go on from a release of another dataset: one with another base, or with the same
    base and no title or no publisher's name in common. Raises UsageError."""
    known = _named(before.folder / _CATALOGUE)
    iri = dataset_iri(about.base)
    if not known:
        return
    if iri not in known:
        raise UsageError(
            f"{out} is a release of another dataset, {next(iter(known))}, and not of {iri}: "
            "name another --out"
        )
    titles, publishers = known[iri]
    for what, old, new in (
        ("title", titles, {text.value for text in about.titles}),
        ("publisher", publishers, {text.value for text in about.publisher_name}),
    ):
        if old and not old & new:
            raise UsageError(
                f"{out} is a release of {min(old)!r} under the identifier {iri}, the data has the "
                f"{what} {min(new)!r}: give a dataset of its own a `base` of its own in "
                f"dataset.yaml; if it is the same under a new name: --accept-loss {RENAMED}"
            )


def _named(catalogue: Path) -> Mapping[str, tuple[set[str], set[str]]]:
    """The dataset of a catalogue: its titles and the names of its publisher, by its IRI."""
    if not catalogue.is_file():
        return {}
    store = ox.Store()
    try:
        store.bulk_load(path=catalogue, format=ox.RdfFormat.TURTLE)
    except (OSError, SyntaxError) as error:
        raise UsageError(f"{catalogue} cannot be read: {error}") from error
    found = {}
    for quad in store.quads_for_pattern(
        None, ox.NamedNode(ns.RDF_TYPE), ox.NamedNode(f"{ns.DCAT}Dataset")
    ):
        publishers = _values(store, quad.subject, f"{ns.DCT}publisher")
        names = {n for one in publishers for n in _values(store, ox.NamedNode(one), _NAME)}
        iri = str(getattr(quad.subject, "value", ""))
        found[iri] = _values(store, quad.subject, _TITLE), names
    return found


def _values(store: ox.Store, subject: object, predicate: str) -> set[str]:
    quads = store.quads_for_pattern(subject, ox.NamedNode(predicate), None)  # type: ignore[arg-type]
    return {str(getattr(quad.object, "value", "")) for quad in quads}
