"""A town's page as it will be once a plan is written.

It is made as the service makes it, of the folder with what the plan changes. Its harvests are left
out, which would take longer than anybody waits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from twingraph.build import read_view
from twingraph.contributions.writing import Plan, copied
from twingraph.identifiers import MUNICIPALITY, SOURCE, Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import Concept, Partnership, Record, Text, View
from twingraph.rdf import concepts
from twingraph.serve.pages import figures
from twingraph.serve.pages.attribution import Attribution
from twingraph.serve.pages.reader import Reader
from twingraph.serve.pages.things import KINDS


def view_of(plan: Plan) -> View:
    """The merged view of a plan's folder with what it changes."""
    with copied(plan.data, plan.texts) as copy:
        return read_view(copy, harvested=False)


def lookup_of(view: View) -> Lookup:
    """What a view holds, with what the vocabulary calls its values: a release has both."""
    things: Mapping[type[Record], Mapping[str, Record]] = {**view.things, Concept: vocabulary()}
    return Lookup(things, view.sources, view.dataset.base, claims=view.claims)


@cache
def vocabulary() -> Mapping[str, Concept]:
    """The concepts of all schemes by their keys, with their labels."""
    keys = [f"{scheme}/{name}" for scheme, names in concepts.schemes().items() for name in names]
    return {
        key: Concept(key, labels=tuple(Text(*one) for one in concepts.texts(key, "prefLabel")))
        for key in keys
    }


def stated_towns(view: View, source: str) -> list[str]:
    """The towns of the partnerships that a source states, by their keys."""
    claims = (claims for claims in view.claims if claims.source.key == source)
    stated = {record.ref for one in claims for record in one.records}
    partnerships = (p for p in view.all(Partnership).values() if p.ref in stated)
    return list(dict.fromkeys(key for one in partnerships for key in one.partners))


def town_page(view: View, reader: Reader, key: str) -> Mapping[str, Any]:
    """What the template of a town shows of it. Raises KeyError for a town that there is not."""
    _, values = thing_page(view, reader, Ref(MUNICIPALITY, key))
    return {**values, "sources": reader.links(SOURCE, _sources(reader.lookup, key))}


def thing_page(view: View, reader: Reader, ref: Ref) -> tuple[str, Mapping[str, Any]]:
    """The template of anything, and what it shows. Raises KeyError for what there is not."""
    record = reader.lookup.get(ref)
    if not isinstance(record, Record) or ref.path not in KINDS:
        raise KeyError(ref)
    kind = KINDS[ref.path]
    values = kind.page(Attribution(reader, view.claims, asks=False), record)
    drawn = figures.map_of(reader, ref)
    return kind.template, {
        "sources": reader.sources(record),
        **values,
        "title": values["name"].text,
        "iri": reader.iri(record),
        "formats": [],
        "query_href": "",
        "page_links": [],
        "map": drawn.svg() if drawn else "",
    }


def _sources(lookup: Lookup, town: str) -> list[str]:
    """The sources that state anything of a town or of its partnerships, each once."""
    partnerships = (p for p in lookup.partnerships.values() if town in p.partners)
    things = (lookup.authorities[town].ref, *(p.ref for p in partnerships))
    return list(dict.fromkeys(key for ref in things for key in lookup.sources_of[ref]))
