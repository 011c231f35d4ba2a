"""Whole results of queries, in the formats that people load."""

from __future__ import annotations

import io
import re
from itertools import chain
from typing import Final

import pyoxigraph as ox

from twingraph.errors import UsageError
from twingraph.namespaces import prefixes
from twingraph.rdf import concepts
from twingraph.rdf.jsonld.writer import write_jsonld
from twingraph.rdf.terms import Description, descriptions_of
from twingraph.rdf.turtle import write_turtle
from twingraph.release.dumps import context
from twingraph.sparql.result_formats import SOLUTION_NAMES, SOLUTIONS
from twingraph.sparql.store import QueryResult, evaluating

_NAMES: Final[dict[type, tuple[str, ...]]] = {
    ox.QuerySolutions: tuple(SOLUTION_NAMES),
    ox.QueryBoolean: ("json", "xml"),
    ox.QueryTriples: ("turtle", "jsonld"),
}
_IRI = re.compile(r"<([^<>]+)>$")


def result_bytes(result: QueryResult, name: str, base: str) -> bytes:
    """A result as csv, tsv, json or xml (SELECT), json or xml (ASK), turtle or jsonld (CONSTRUCT,
    DESCRIBE).

    A graph is written the way the dumps are, with their prefixes and context. Raises UsageError
    where the form of query has no such format, and where the query fails while it runs.
    """
    known = _NAMES[type(result)]
    if name not in known:
        raise UsageError(f"this form of query has no answer as {name}: choose {' or '.join(known)}")
    out = io.BytesIO()
    with evaluating():
        if not isinstance(result, ox.QueryTriples):
            result.serialize(out, format=SOLUTIONS[SOLUTION_NAMES[name]])
        elif name == "jsonld":
            write_jsonld(descriptions_of(result), context(), out)
        else:
            descriptions = descriptions_of(result)
            write_turtle(descriptions, _needed(descriptions, base), out)
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
