"""What a page is made of: some things in the merged view, who states what of them, and in which
words."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.serve.messages import Refused
from twingraph.serve.pages.index import Bounds, Names
from twingraph.serve.sparql_client import Row, select
from twingraph.sparql.query_engine import QueryEngine

TG: Final = ns.TG
# What may stand between the angle brackets of a query (SPARQL 1.1 Query, rule IRIREF).
_IRI = re.compile(r"[^<>\"{}|^`\\\x00-\x20]+")

Term = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Quote:
    """An evidence annotation: a few words of a source about one property of one thing."""

    iri: str
    source: str
    words: str | None = None
    language: str | None = None
    edtf: str | None = None
    derived: bool = False
    note: str | None = None


class Extract:
    """Statements about some things. Things and properties are full IRIs."""

    def __init__(self) -> None:
        self._said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._claims: dict[tuple[str, str], dict[str, list[Term]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._quotes: dict[tuple[str, str | None], list[Quote]] = defaultdict(list)

    def add(self, rows: Iterable[Row]) -> None:
        """Take in rows of ?s ?p ?o, and ?g where a source's graph states it."""
        for row in rows:
            subject, predicate, value = row["s"].value, row["p"].value, row["o"]
            if "g" in row:
                self._claims[subject, predicate][row["g"].value].append(value)
            else:
                self._said[subject][predicate].append(value)

    def add_evidence(self, rows: Iterable[Row]) -> None:
        """Take in rows of evidence."""
        for row in rows:
            about = row["p"].value if "p" in row else None
            quote = Quote(
                row["e"].value,
                row["source"].value,
                _text(row, "words"),
                _text(row, "language"),
                _text(row, "edtf"),
                _text(row, "derived") in ("true", "1"),
                _text(row, "note"),
            )
            known = self._quotes[row["s"].value, about]
            if quote not in known:
                known.append(quote)

    def knows(self, subject: str) -> bool:
        """Whether anything is said of a thing in the merged view."""
        return subject in self._said

    def subjects(self, predicate: str, value: str) -> list[str]:
        """The things that have a value for a property, in order."""
        return sorted(
            subject
            for subject, said in self._said.items()
            if any(term.value == value for term in said.get(predicate, ()))
        )

    def claimed_properties(self, subject: str, graph: str) -> list[str]:
        """The properties of a thing that a graph states, in order."""
        return sorted(
            predicate
            for (about, predicate), stated in self._claims.items()
            if about == subject and graph in stated
        )

    def properties(self, subject: str) -> list[str]:
        """The properties that a thing has, in order."""
        return sorted(self._said.get(subject, ()))

    def all(self, subject: str, predicate: str) -> list[Term]:
        """The values of a property, in order."""
        found = self._said.get(subject, {}).get(predicate, [])
        return sorted(set(found), key=lambda term: (term.value, str(term)))

    def values(self, subject: str, predicate: str) -> list[str]:
        """The values of a property as text."""
        return list(dict.fromkeys(term.value for term in self.all(subject, predicate)))

    def one(self, subject: str, predicate: str) -> str | None:
        """The value of a property that has one."""
        return next(iter(self.values(subject, predicate)), None)

    def texts(self, subject: str, predicate: str) -> Names:
        """The texts of a property, with their languages."""
        return _texts(self.all(subject, predicate))

    def bounds(self, subject: str, predicate: str) -> Bounds:
        """A date as it stands in the merged view."""
        return Bounds(*(self.one(subject, predicate + end) for end in ("", "Earliest", "Latest")))

    def claims(self, subject: str, predicate: str) -> dict[str, list[Term]]:
        """What each graph states of a property."""
        return dict(self._claims.get((subject, predicate), {}))

    def claimed_bounds(self, subject: str, predicate: str) -> dict[str, Bounds]:
        """What each graph states of a date."""
        parts: dict[str, dict[str, str]] = defaultdict(dict)
        for end in ("", "Earliest", "Latest"):
            for graph, terms in self.claims(subject, predicate + end).items():
                parts[graph][end] = terms[0].value
        return {
            graph: Bounds(found.get(""), found.get("Earliest"), found.get("Latest"))
            for graph, found in parts.items()
        }

    def quotes(self, subject: str, predicate: str | None) -> list[Quote]:
        """The evidence for a property; with None, what sources say beyond the model."""
        return sorted(self._quotes.get((subject, predicate), ()), key=lambda quote: quote.iri)


def _text(row: Row, name: str) -> str | None:
    return row[name].value if name in row else None


def _texts(terms: Sequence[Term]) -> Names:
    return tuple(
        (term.value, (term.language or "").lower())
        for term in terms
        if isinstance(term, ox.Literal)
    )


def checked(iri: str) -> str:
    """An IRI that may be written into a query. Raises Refused (404) for what is none."""
    if not _IRI.fullmatch(iri):
        raise Refused(404, "there is nothing here")
    return iri


async def subjects(runs: QueryEngine, thing: str, paths: Sequence[str]) -> list[str]:
    """A thing, and what is reached from it by property paths; things only."""
    start = f"<{checked(thing)}>"
    steps = " UNION ".join(f"{{ {start} {path} ?s }}" for path in paths)
    if not steps:
        return [thing]
    rows = await select(runs, f"SELECT DISTINCT ?s WHERE {{ {steps} }}")
    found = {row["s"].value for row in rows if isinstance(row["s"], ox.NamedNode)}
    return [thing, *sorted(found - {thing})]


async def extract(runs: QueryEngine, things: Sequence[str], evidence: bool = True) -> Extract:
    """Everything that is said of some things, by whom, and in which words."""
    found = Extract()
    known = [thing for thing in things if _IRI.fullmatch(thing)]
    for start in range(0, len(known), _TOGETHER):
        values = " ".join(f"<{thing}>" for thing in known[start : start + _TOGETHER])
        queries = [_STATEMENTS % values] + ([_EVIDENCE % values] if evidence else [])
        answers = await asyncio.gather(*(select(runs, query) for query in queries))
        found.add(answers[0])
        for rows in answers[1:]:
            found.add_evidence(rows)
    return found


async def reach(runs: QueryEngine, thing: str, paths: Sequence[str]) -> Extract:
    """Everything that is said of a thing and of what is reached from it by property paths.

    Raises Refused (404) where nothing is said of the thing itself.
    """
    found = await extract(runs, await subjects(runs, thing, paths))
    if not found.knows(thing):
        raise Refused(404, "there is nothing here")
    return found


_TOGETHER: Final = 400
_STATEMENTS: Final = """SELECT ?s ?p ?o ?g WHERE {
  VALUES ?s { %s }
  { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }
}"""
_EVIDENCE: Final = f"""SELECT ?e ?s ?p ?source ?words ?language ?edtf ?derived ?note WHERE {{
  VALUES ?s {{ %s }}
  ?e <{ns.OA}hasBody> ?s ; <{ns.OA}hasTarget> ?target .
  ?target <{ns.OA}hasSource> ?source .
  OPTIONAL {{ ?e <{TG}property> ?p }}
  OPTIONAL {{
    ?target <{ns.OA}hasSelector> ?selector .
    ?selector <{ns.OA}exact> ?words
    OPTIONAL {{ ?selector <{ns.DCT}language> ?language }}
  }}
  OPTIONAL {{ ?e <{TG}edtf> ?edtf }}
  OPTIONAL {{ ?e <{TG}derived> ?derived }}
  OPTIONAL {{ ?e <{ns.RDFS}comment> ?note }}
}}"""
