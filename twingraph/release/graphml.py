"""twingraph.graphml: the network of towns, for Gephi, NetworkX and their like (GraphML 1.0).

A node is a town, an edge a partnership of two of them. In a partnership of several every two
partners are joined, and each of these edges weighs one divided by the number of the other
partners: a partnership adds one to the weighted degree of each of its towns, however many it has
(M. E. J. Newman, "Scientific collaboration networks II", 2001, section II). Such an edge begins
when the later of its two towns joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, BinaryIO, Final
from xml.sax.saxutils import escape

from twingraph.characters import in_xml
from twingraph.dates import Date
from twingraph.model.labels import Labels
from twingraph.model.membership import together
from twingraph.model.records import Authority, Partnership
from twingraph.rdf.chunks import write_text
from twingraph.release.columns import LIST_SEPARATOR
from twingraph.release.content import Content

# What Gephi and NetworkX read; "label" and "weight" are the names that Gephi knows.
_NODE: Final = {
    "label": "string",
    "iri": "string",
    "country": "string",
    "level": "string",
    "wikidata": "string",
    "latitude": "double",
    "longitude": "double",
    "partnerships": "int",
}
_EDGE: Final = {
    "label": "string",
    "weight": "double",
    "partnership": "string",
    "iri": "string",
    "since": "string",
    "since_year": "int",
    "since_earliest": "string",
    "since_latest": "string",
    "status": "string",
    "current": "boolean",
    "stated_by": "string",
    "one_sided": "boolean",
}
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
    ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)
# Most texts are ASCII without what must be escaped: one look at each is enough.
_PLAIN: Final = re.compile("[\t\n\r -%'-;=?-~]*")


def write_graphml(content: Content, out: BinaryIO) -> None:
    """Write the towns and partnerships of a release as one undirected graph."""
    write_text(_pieces(content.labels), out)


def _pieces(labels: Labels) -> Iterator[str]:
    yield _HEAD
    for domain, attributes in (("node", _NODE), ("edge", _EDGE)):
        for name, kind in attributes.items():
            yield (
                f'<key id="{domain}_{name}" for="{domain}" attr.name="{name}"'
                f' attr.type="{kind}"/>\n'
            )
    yield '<graph id="twingraph" edgedefault="undirected">\n'
    for town in labels.lookup.authorities.values():
        yield f'<node id="{town.key}">{_data("node", _town(town, labels))}</node>\n'
    for partnership in labels.lookup.partnerships.values():
        yield from _edges(partnership, labels)
    yield "</graph>\n</graphml>\n"


def _edges(partnership: Partnership, labels: Labels) -> Iterator[str]:
    """A partnership of two is an edge with its own key; of several, its edges are numbered."""
    members = labels.lookup.members(partnership)
    twinned = set(labels.lookup.twinned(partnership))
    for number, pair in enumerate(combinations(members, 2), 1):
        key = partnership.key if len(members) == 2 else f"{partnership.key}.{number}"
        one, other = (member.partner for member in pair)
        said = {
            "label": labels.own.partners((one, other)),
            "weight": 1 / (len(members) - 1),
            "partnership": partnership.key,
            "iri": partnership.ref.iri(labels.lookup.base),
            **_since(together(*pair)),
            "status": partnership.status,
            "current": (one, other) in twinned,
            **_stated_by({one, other}, partnership),
        }
        yield (f'<edge id="{key}" source="{one}" target="{other}">{_data("edge", said)}</edge>\n')


def _town(town: Authority, labels: Labels) -> dict[str, Any]:
    return {
        "label": labels.own.town(town.key),
        "iri": town.ref.iri(labels.lookup.base),
        "country": town.country,
        "level": town.level,
        "wikidata": town.wikidata,
        "latitude": town.point.latitude if town.point else None,
        "longitude": town.point.longitude if town.point else None,
        "partnerships": len(labels.lookup.partnerships_of[town.key]),
    }


def _since(since: Date | None) -> dict[str, Any]:
    if since is None:
        return {}
    return {
        "since": since.edtf,
        "since_year": since.year,
        "since_earliest": since.earliest,
        "since_latest": since.latest,
    }


def _stated_by(pair: set[str], partnership: Partnership) -> dict[str, Any]:
    """Which of the two states it; nothing where that is not known of any partner."""
    if not partnership.stated_by:
        return {}
    stating = sorted(pair.intersection(partnership.stated_by))
    return {"stated_by": LIST_SEPARATOR.join(stating), "one_sided": len(stating) == 1}


def _data(domain: str, said: Mapping[str, Any]) -> str:
    return "".join(_datum(domain, said.items()))


def _datum(domain: str, said: Iterable[tuple[str, Any]]) -> Iterator[str]:
    for name, value in said:
        if value is not None:
            yield f'<data key="{domain}_{name}">{_text(value)}</data>'


def _text(value: Any) -> str:
    if isinstance(value, str):
        if _PLAIN.fullmatch(value):
            return value
        return escape(in_xml(value))
    return str(value).lower() if isinstance(value, bool) else f"{value}"
