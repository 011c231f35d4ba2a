"""A town's page as it will be once a plan is written.

It is made as the service makes it, of the folder with what the plan changes. Its harvests are left
out, which would take longer than anybody waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twingraph.build import read_view
from twingraph.contributions.writing import Plan, copied
from twingraph.identifiers import MUNICIPALITY, Ref
from twingraph.model.records import Partnership, View
from twingraph.serve.pages import figures, towns
from twingraph.serve.pages.attribution import Attribution
from twingraph.serve.pages.reader import Reader


def view_of(plan: Plan) -> View:
    """The merged view of a plan's folder with what it changes."""
    with copied(plan.data, plan.texts) as copy:
        return read_view(copy, harvested=False)


def stated_towns(view: View, source: str) -> list[str]:
    """The towns of the partnerships that a source states, by their keys."""
    claims = (claims for claims in view.claims if claims.source.key == source)
    stated = {record.ref for one in claims for record in one.records}
    partnerships = (p for p in view.all(Partnership).values() if p.ref in stated)
    return list(dict.fromkeys(key for one in partnerships for key in one.partners))


def town_page(view: View, reader: Reader, key: str) -> Mapping[str, Any]:
    """What the template of a town shows of it. Raises KeyError for a town that there is not."""
    town = reader.lookup.authorities[key]
    values = towns.page(Attribution(reader, view.claims, asks=False), town)
    drawn = figures.map_of(reader, Ref(MUNICIPALITY, key))
    return {
        **values,
        "title": values["name"].text,
        "iri": reader.iri(town),
        "formats": [],
        "query_href": "",
        "map": drawn.svg() if drawn else "",
        "sources": reader.sources(town),
    }
