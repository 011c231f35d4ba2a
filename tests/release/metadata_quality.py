"""The score that data.europa.eu gives the metadata of a dataset (Metadata Quality Assurance, MQA).

Dimensions, indicators and weights are those of its methodology (data.europa.eu/mqa/methodology),
405 points in all. What is asked of distributions is asked of the one that fares best, as there;
`mean` asks it of each, and takes the mean. Formats that are machine-readable, or of no one's own,
are those of the vocabularies that it applies (European Data Portal, edp-vocabularies).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from statistics import fmean

import rdflib
from rdflib import DCAT, DCTERMS, RDF
from rdflib.term import Node

from twingraph import authority

EU = "http://publications.europa.eu/resource/authority"
_FILE_TYPE = f"{EU}/file-type/"
_IANA = "https://www.iana.org/assignments/media-types/"
_OF_ALL = frozenset(
    [
        "CSV",
        "GEOJSON",
        "ICS",
        "JSON",
        "JSON_LD",
        "KML",
        "KMZ",
        "NETCDF",
        "ODS",
        "RDF_N_QUADS",
        "RDF_N_TRIPLES",
        "RDF_TRIG",
        "RDF_TURTLE",
        "RDF_XML",
        "RSS",
        "XML",
    ]
)
MACHINE_READABLE = _OF_ALL | frozenset(["RDFA", "SHP", "XLS", "XLSX"])
NON_PROPRIETARY = _OF_ALL | frozenset(
    [
        "BMP",
        "DBF",
        "GZIP",
        "HTML",
        "JPEG2000",
        "PNG",
        "RTF",
        "TAR",
        "TIFF",
        "TSV",
        "TXT",
        "WMS_SRVC",
        "ZIP",
    ]
)

Indicator = Callable[[rdflib.Graph, Node], bool]
Reachable = Callable[[str], bool]


def _has(predicate: Node) -> Indicator:
    return lambda graph, node: (node, predicate, None) in graph


def _in(predicate: Node, start: str, known: frozenset[str] | None = None) -> Indicator:
    """Whether all that a property leads to is of a table, or of some codes of it."""

    def holds(graph: rdflib.Graph, node: Node) -> bool:
        values = [str(value) for value in graph.objects(node, predicate)]
        codes = [value.removeprefix(start) for value in values if value.startswith(start)]
        return bool(values) and len(codes) == len(values) and (not known or known >= {*codes})

    return holds


def _reached(predicate: Node, reachable: Reachable) -> Indicator:
    return lambda graph, node: any(reachable(str(o)) for o in graph.objects(node, predicate))


def _all(*indicators: Indicator) -> Indicator:
    return lambda graph, node: all(indicator(graph, node) for indicator in indicators)


_FORMAT, _MEDIA_TYPE = DCTERMS["format"], DCAT.mediaType


def of_dataset() -> Mapping[str, tuple[int, Indicator]]:
    """What is asked of the dataset, with the points that it gives."""
    rights = _in(DCTERMS.accessRights, f"{EU}/access-right/")
    return {
        "findability: keywords": (30, _has(DCAT.keyword)),
        "findability: categories": (30, _has(DCAT.theme)),
        "findability: geo search": (20, _has(DCTERMS.spatial)),
        "findability: time-based search": (20, _has(DCTERMS.temporal)),
        "reusability: access restrictions": (10, _has(DCTERMS.accessRights)),
        "reusability: access restrictions by the vocabulary": (5, rights),
        "reusability: contact point": (20, _has(DCAT.contactPoint)),
        "reusability: publisher": (10, _has(DCTERMS.publisher)),
        "contextuality: date of issue": (5, _has(DCTERMS.issued)),
        "contextuality: modification date": (5, _has(DCTERMS.modified)),
    }


def of_distribution(reachable: Reachable) -> Mapping[str, tuple[int, Indicator]]:
    """What is asked of a distribution; `reachable` tells whether an address answers a HEAD."""
    licences = frozenset(authority.table(authority.LICENCE))
    both = _all(_in(_FORMAT, _FILE_TYPE), _in(_MEDIA_TYPE, _IANA))
    return {
        "accessibility: accessURL answers": (50, _reached(DCAT.accessURL, reachable)),
        "accessibility: downloadURL": (20, _has(DCAT.downloadURL)),
        "accessibility: downloadURL answers": (30, _reached(DCAT.downloadURL, reachable)),
        "interoperability: format": (20, _has(_FORMAT)),
        "interoperability: media type": (10, _has(_MEDIA_TYPE)),
        "interoperability: both by the vocabularies": (10, both),
        "interoperability: non-proprietary": (20, _in(_FORMAT, _FILE_TYPE, NON_PROPRIETARY)),
        "interoperability: machine-readable": (20, _in(_FORMAT, _FILE_TYPE, MACHINE_READABLE)),
        "reusability: licence": (20, _has(DCTERMS.license)),
        "reusability: known licence": (10, _in(DCTERMS.license, f"{EU}/licence/", licences)),
        "contextuality: rights": (5, _has(DCTERMS.rights)),
        "contextuality: file size": (5, _has(DCAT.byteSize)),
    }


COMPLIANCE = "interoperability: DCAT-AP compliance"
_COMPLIANT = 30


def score(
    graph: rdflib.Graph, compliant: bool, reachable: Reachable, mean: bool = False
) -> dict[str, float]:
    """The points of the one dataset of a catalogue, by indicator."""
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    points: dict[str, float] = {COMPLIANCE: _COMPLIANT * compliant}
    points |= {name: n * holds(graph, dataset) for name, (n, holds) in of_dataset().items()}
    each = list(_of_distributions(graph, dataset, reachable))
    if mean:
        return points | {name: fmean(one[name] for one in each) for name in each[0]}
    return points | max(each, key=lambda one: sum(one.values()))


def _of_distributions(
    graph: rdflib.Graph, dataset: Node, reachable: Reachable
) -> Iterator[dict[str, float]]:
    asked = of_distribution(reachable)
    for node in graph.objects(dataset, DCAT.distribution):
        yield {name: n * holds(graph, node) for name, (n, holds) in asked.items()}


def full() -> dict[str, float]:
    """The points that there are to be had, by indicator."""
    asked = {**of_dataset(), **of_distribution(lambda _: True)}
    return {COMPLIANCE: _COMPLIANT, **{name: points for name, (points, _) in asked.items()}}
