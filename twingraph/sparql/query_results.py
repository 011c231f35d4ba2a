"""Answers to SPARQL queries, in the formats that people load."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from itertools import chain
from typing import Any

import pyoxigraph as ox

from twingraph.errors import UsageError
from twingraph.namespaces import prefixes
from twingraph.rdf import concepts
from twingraph.rdf.jsonld.writer import write_jsonld
from twingraph.rdf.terms import Description, Statement, Term
from twingraph.rdf.turtle import write_turtle
from twingraph.release.dumps import context
from twingraph.sparql.store import Answer

_SOLUTIONS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = ("turtle", "jsonld")
_IRI = re.compile(r"<([^<>]+)>$")


def answer_bytes(answer: Answer, form: str, base: str) -> bytes:
    """An answer as csv, tsv, json or xml (SELECT, ASK), turtle or jsonld (CONSTRUCT, DESCRIBE).

    A graph is written the way the dumps are, with their prefixes and context. Raises UsageError
    where the form of query has no such format, and where the query fails while it runs.
    """
    is_graph = isinstance(answer, ox.QueryTriples)
    known = _GRAPHS if is_graph else tuple(_SOLUTIONS)
    if isinstance(answer, ox.QueryBoolean):
        known = ("json", "xml")
    if form not in known:
        raise UsageError(f"this form of query has no answer as {form}: choose {' or '.join(known)}")
    out = io.BytesIO()
    try:
        if not isinstance(answer, ox.QueryTriples):
            answer.serialize(out, format=_SOLUTIONS[form])
        elif form == "jsonld":
            write_jsonld(_descriptions(answer), context(), out)
        else:
            descriptions = _descriptions(answer)
            write_turtle(descriptions, _needed(descriptions, base), out)
    except (OSError, RuntimeError) as error:
        raise UsageError(f"the query failed while it ran: {error}") from error
    return out.getvalue()


def _needed(descriptions: list[Description], base: str) -> dict[str, str]:
    """The prefixes that a small graph makes use of."""
    named = {t for subject, said in descriptions for t in (subject, *chain.from_iterable(said))}
    iris = {iri for term in named for iri in _IRI.findall(term)}
    return {
        prefix: namespace
        for prefix, namespace in prefixes(base, concepts.schemes()).items()
        if any(iri.startswith(namespace) for iri in iris)
    }


def _descriptions(triples: ox.QueryTriples) -> list[Description]:
    said: dict[Term, set[Statement]] = defaultdict(set)
    for triple in triples:
        subject, predicate, value = (_term(t) for t in triple)
        said[subject].add((predicate, value))
    return [(subject, sorted(said[subject])) for subject in sorted(said)]


def _term(term: Any) -> Term:
    """The engine prints terms as N-Triples does, but for the tag of a string."""
    return Term(str(term))
