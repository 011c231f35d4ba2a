"""A concept, such as a field of co-operation: what it means, and what it is used for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    Concept,
)
from twingraph.rdf.mapping import FIELDS, tg
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.site import Paging, structured

ON_A_PAGE: Final = 100


def page(reader: Reader, concept: Concept, number: int) -> dict[str, Any]:
    """What the template of a concept or of a scheme shows; `number` is the page of its uses."""
    scheme, _, own = concept.key.partition("/")
    every = reader.lookup.all(Concept)
    members = [] if own else [key for key in every if key.startswith(f"{scheme}/")]
    uses = sorted(_uses(reader.lookup, scheme, own)) if own else []
    paging = Paging(number, len(uses), ON_A_PAGE)
    name, definition = reader.link(concept.ref), reader.text(concept.definitions)
    labels = sorted(concept.labels, key=lambda label: label.language)
    return {
        "name": name,
        "definition": definition,
        "scheme": reader.links(ids.CONCEPT, [scheme] if own else ()),
        "notation": concept.notation,
        "labels": [Link("", *label) for label in labels if label.value != name.text],
        "members": reader.links(ids.CONCEPT, members),
        "uses": [
            (reader.link(Ref(path, key)), reader.property(name[1:-1]))
            for path, key, name in uses[paging.start : paging.stop]
        ],
        "paging": paging,
        "structured": structured(
            reader.iri(concept),
            "DefinedTermSet" if members else "DefinedTerm",
            name.text,
            description=definition.text if definition else None,
        ),
    }


def _uses(lookup: Lookup, scheme: str, name: str) -> Iterator[tuple[str, str, str]]:
    """What names a concept: path and key, and under which property."""
    for record_class, fields in FIELDS.items():
        for field in fields:
            if field.write in ("concept", "concepts") and field.of == scheme:
                for record in lookup.all(record_class).values():
                    value = getattr(record, field.name)
                    if value == name or isinstance(value, tuple) and name in value:
                        yield *record.ref, field.property
    for source in lookup.sources.values():
        if scheme == "source-kind" and source.kind == name:
            yield *source.ref, tg("sourceKind")
