"""twingraph.sssom.tsv: names of project partners and the Wikidata items of the bodies they are, for
keep.eu and Kohesio to take (SSSOM, the Simple Standard for Sharing Ontological Mappings, as TSV).

A row is a name as lists write it (a literal: the lists have no ids of bodies) and an item: the
body's own, or one that is only close to it, such as its settlement's. It says how the name was
matched, in which country, and how sure that is (0 to 1). What was not found for sure is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO, Final, NamedTuple

from twingraph.identifiers import Ref
from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority, Evidence, Participation, View
from twingraph.rdf.chunks import write_text
from twingraph.release.content import Content

COLUMNS: Final = (
    *("subject_label", "subject_type", "subject_source", "predicate_id", "object_id"),
    *("object_label", "object_source", "mapping_justification", "confidence", "comment", "other"),
)
_HEAD: Final = """#mapping_set_id: {base}twingraph.sssom.tsv
#mapping_set_title: Names of project partners and their Wikidata items
#mapping_set_version: {version}
#license: https://creativecommons.org/publicdomain/zero/1.0/
#curie_map:
#  skos: http://www.w3.org/2004/02/skos/core#
#  semapv: https://w3id.org/semapv/vocab/
#  wikidata: http://www.wikidata.org/entity/
#  twingraph: {base}
"""


class _Row(NamedTuple):
    name: str
    source: str
    predicate: str
    item: str
    label: str
    confidence: str
    comment: str
    other: str


def write_sssom(content: Content, out: BinaryIO) -> None:
    """Write the mappings of a view, in the order of the names."""
    view = content.view
    base, version = view.dataset.base, view.dataset.version or ""
    head = _HEAD.format(base=base, version=version) + "\t".join(COLUMNS) + "\n"
    write_text([head, *map(_line, sorted(set(_rows(view))))], out)


def _rows(view: View) -> Iterator[_Row]:
    towns, labels = view.all(Authority), Labels(Lookup.of_view(view))
    for claims in view.claims:
        why = _evidence(claims.evidence)
        for part in claims.records:
            town = towns.get(part.authority or "") if isinstance(part, Participation) else None
            if isinstance(part, Participation) and town is not None and part.ref in why:
                evidence = why[part.ref]
                for predicate, item in _items(town):
                    for name in part.names:
                        yield _Row(
                            name.value,
                            f"twingraph:source/{claims.source.key}",
                            predicate,
                            f"wikidata:{item}",
                            labels.town(town.key),
                            f"{evidence.confidence or Decimal():f}",
                            evidence.note or "",
                            f"country={part.country}" if part.country else "",
                        )


def _evidence(evidence: tuple[Evidence, ...]) -> dict[Ref, Evidence]:
    """Of each part why it is the authority's, as far as that was matched."""
    return {e.subject: e for e in evidence if e.property == "authority" and e.confidence}


def _items(town: Authority) -> Iterator[tuple[str, str]]:
    if town.wikidata:
        yield "skos:exactMatch", town.wikidata
    elif town.wikidata_close:
        yield "skos:closeMatch", town.wikidata_close


def _line(row: _Row) -> str:
    cells = (
        row.name, "rdfs literal", row.source, row.predicate, row.item, row.label, "wikidata",
        "semapv:LexicalMatching", row.confidence, row.comment, row.other,
    )  # fmt: skip
    return "\t".join(" ".join(cell.split()) for cell in cells) + "\n"
