"""The figures in the catalogue: W3C's Data Quality Vocabulary (Working Group Note, 2016).

Each metric is described, and has one measurement of the dataset: its share, from 0 to 1. The
dimensions are those of "Quality assessment for Linked Data" (Zaveri et al.), as W3C named them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from twingraph import namespaces as ns
from twingraph.quality.completeness import METRICS
from twingraph.quality.report import Quality
from twingraph.rdf import terms
from twingraph.rdf.mapping import A
from twingraph.rdf.terms import Description, Statement, Term
from twingraph.release.dcat import DQV, dataset_iri
from twingraph.web.messages import N_, translations_of

LDQD: Final = "http://www.w3.org/2016/05/ldqd#"

_CONFLICTS: Final = (
    "conflicts",
    N_("contradictions between sources"),
    "How many fields there are of which two sources state what cannot both be true.",
    "consistency",
)
_STALE: Final = (
    "stale-sources",
    N_("sources read long ago"),
    "How many sources were read more than a year before the dataset was last modified.",
    "timeliness",
)
_ONE_SIDED: Final = (
    "one-sided",
    N_("one-sided partnerships"),
    "How many partnerships some partners state, on pages of their own or in Wikidata, and others "
    "do not.",
    "trustworthiness",
)


def measures(quality: Quality) -> Iterator[Description]:
    """Every metric and its measurement, in a fixed order."""
    for metric in METRICS:
        if metric.name in quality.shares:
            value = terms.typed(f"{quality.shares[metric.name].value}", f"{ns.XSD}decimal")
            about = (metric.name, metric.title, metric.definition, metric.dimension)
            yield from _measured(quality, about, value, "decimal")
    summary = quality.summary
    counted = ("conflicts", _CONFLICTS), ("stale_sources", _STALE), ("one_sided", _ONE_SIDED)
    for name, about in counted:
        yield from _measured(quality, about, terms.integer(summary[name]), "integer")


def _measured(
    quality: Quality, about: tuple[str, str, str, str], value: Term, datatype: str
) -> Iterator[Description]:
    dataset = quality.view.dataset
    name, title, definition, dimension = about
    metric = terms.iri(f"{dataset.base}catalog#metric-{name}")
    said: list[Statement] = [(A, _dqv("Metric"))]
    for text in translations_of(title, dataset.languages):
        said.append((Term(f"<{ns.SKOS}prefLabel>"), terms.text(*text)))
    said.append((Term(f"<{ns.SKOS}definition>"), terms.text(definition, "en")))
    said.append((_dqv("expectedDataType"), Term(f"<{ns.XSD}{datatype}>")))
    said.append((_dqv("inDimension"), Term(f"<{LDQD}{dimension}>")))
    yield metric, said
    yield (
        terms.iri(f"{dataset.base}catalog#measure-{name}"),
        [
            (A, _dqv("QualityMeasurement")),
            (_dqv("computedOn"), terms.iri(dataset_iri(dataset.base))),
            (_dqv("isMeasurementOf"), metric),
            (_dqv("value"), value),
        ],
    )


def _dqv(name: str) -> Term:
    return Term(f"<{DQV}{name}>")
