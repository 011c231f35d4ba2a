"""A concept, such as a field of co-operation: what it means, and what it is used for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup, names
from twingraph.model.records import (
    Agreement,
    Concept,
    Signature,
    StatusChange,
)
from twingraph.rdf.mapping import FIELDS, tg
from twingraph.serve.pages.paging import Paging
from twingraph.serve.pages.partnerships import STATUS
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.things import structured

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
            (use(reader, Ref(path, key)), reader.property(name[1:-1]))
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


def use(reader: Reader, ref: Ref) -> Link:
    """A thing by its name; one that has none by its kind, its date and what it belongs to."""
    lookup, record, link = reader.lookup, reader.lookup.get(ref), reader.link(ref)
    if record is None or names(record):
        return link
    match record:
        case Agreement(partnership=whole):
            kind, when = reader.concept("agreement-kind", record.kind), record.signed_on
        case StatusChange(partnership=whole):
            kind, when = reader.concept(STATUS, record.new_status), record.changed_on
        case Signature():
            document = lookup.agreements.get(record.agreement)
            whole, when = (document.partnership if document else ""), None
            person = reader.optional(ids.PERSON, record.signatory)
            kind = person.text if person else None
        case _:
            return link
    partnership = reader.label(Ref(ids.PARTNERSHIP, whole)).value
    text = " · ".join(filter(None, (kind, reader.when(when), partnership)))
    return Link(link.href, text, "", link.key)
