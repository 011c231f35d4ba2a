"""Mappings to Wikidata for others to take (SSSOM, the Simple Standard for Sharing Ontological
Mappings, as TSV).

twingraph.towns.sssom.tsv: our towns and their items, as the registers have decided: who did, on
which day, and why; a person's decision is a curation by hand, ours a match of names. That none was
found is a decision too (`sssom:NoTermFound`).

twingraph.sssom.tsv: names of project partners and the Wikidata items of the bodies they are, for
keep.eu and Kohesio to take.

A row is a name as lists write it (a literal: the lists have no ids of bodies) and an item: the
body's own, or one that is only close to it, such as its settlement's. It says how the name was
matched, in which country, and how sure that is (0 to 1). What was not found for sure is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import BinaryIO, Final, NamedTuple

from twingraph.identifiers import Ref
from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority, Claims, Evidence, Participation, View
from twingraph.rdf.chunks import write_text
from twingraph.reconcile.register import MACHINE
from twingraph.release.content import Content

COLUMNS: Final = (
    *("subject_label", "subject_type", "subject_source", "predicate_id", "object_id"),
    *("object_label", "object_source", "mapping_justification", "confidence", "comment", "other"),
)
DECISION_COLUMNS: Final = (
    *("subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification"),
    *("author_label", "mapping_date", "mapping_tool", "subject_source", "object_source"),
    "comment",
)
_BY_HAND, _BY_NAME = "semapv:ManualMappingCuration", "semapv:LexicalMatching"
_HEAD: Final = """#mapping_set_id: {base}{name}
#mapping_set_title: {title}
#mapping_set_version: {version}
#license: https://creativecommons.org/publicdomain/zero/1.0/
#curie_map:
#  skos: http://www.w3.org/2004/02/skos/core#
#  semapv: https://w3id.org/semapv/vocab/
#  sssom: https://w3id.org/sssom/
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
    title = "Names of project partners and their Wikidata items"
    head = _head(content.view, "twingraph.sssom.tsv", title, COLUMNS)
    write_text([head, *map(_line, sorted(set(_rows(content.view))))], out)


def write_decisions(content: Content, out: BinaryIO) -> None:
    """Write what the registers decided of each town's item, in the order of the towns' keys."""
    title = "Towns and their Wikidata items, as they were decided"
    head = _head(content.view, "twingraph.towns.sssom.tsv", title, DECISION_COLUMNS)
    rows = sorted({row for claims in content.view.claims for row in _decisions(claims, content)})
    write_text([head, *("\t".join(row) + "\n" for row in rows)], out)


def _head(view: View, name: str, title: str, columns: Iterable[str]) -> str:
    about = view.dataset
    head = _HEAD.format(base=about.base, version=about.version or "", name=name, title=title)
    return head + "\t".join(columns) + "\n"


def _decisions(claims: Claims, content: Content) -> Iterator[tuple[str, ...]]:
    decided = {e.subject: e for e in claims.evidence if e.decided_by or e.decided_on}
    for town in claims.records:
        if isinstance(town, Authority) and (evidence := decided.get(town.ref)):
            by_us = evidence.decided_by == MACHINE
            found = [*_all_items(town)] or [("skos:exactMatch", "sssom:NoTermFound")]
            for predicate, item in found:
                cells = (
                    *(f"twingraph:{town.path}/{town.key}", content.labels.own.town(town.key)),
                    *(predicate, item, _BY_NAME if by_us else _BY_HAND),
                    *("" if by_us else evidence.decided_by or "", evidence.decided_on or ""),
                    MACHINE if by_us else "",
                    *(f"twingraph:source/{claims.source.key}", "wikidata", evidence.note or ""),
                )
                yield tuple(" ".join(cell.split()) for cell in cells)


def _all_items(town: Authority) -> Iterator[tuple[str, str]]:
    if town.wikidata:
        yield "skos:exactMatch", f"wikidata:{town.wikidata}"
    if town.wikidata_close:
        yield "skos:closeMatch", f"wikidata:{town.wikidata_close}"


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
