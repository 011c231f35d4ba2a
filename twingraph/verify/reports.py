"""Are the two reports of the check of one mind, and does every query list what it says?

The results of the long one are counted again, in flat memory, and the queries of the short one are
asked of the graph itself.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.rdf.triples import NTRIPLES
from twingraph.verify.dumps import Digest
from twingraph.verify.syntax import REPORTS, Statements, Unreadable, quads, statements_of, values

SHORT, FULL = REPORTS
_DESCRIBED: Final = ("focusNode", "resultSeverity", "sourceShape", "resultMessage")
_ELSEWHERE: Final = re.compile(r"\bSERVICE\b", re.IGNORECASE)


class ReportCounts:
    """The long report: the results that it lists and describes, how often it has each property of
    SHACL and each value of some, and all that it says of some `examples`."""

    def __init__(self, path: Path, examples: Collection[str]) -> None:
        self.listed = self.described = Digest()
        self.properties: Counter[str] = Counter()
        self.values: Counter[tuple[str, str]] = Counter()
        self.examples: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value in values(path):
            self._add(subject, predicate, value)
            if subject in examples:
                self.examples[subject][predicate].append(value)

    def _add(self, subject: str, predicate: str, value: str) -> None:
        name = predicate.removeprefix(ns.SH)
        self.properties[name] += 1
        if name == "result":
            self.listed = self.listed.plus(value)
        elif value == f"{ns.SH}ValidationResult":
            self.described = self.described.plus(subject)
        elif name in ("conforms", "resultSeverity", "sourceShape"):
            self.values[name, value] += 1

    def of(self, name: str) -> dict[str, int]:
        """How often there is each value of a property."""
        return {value: n for (one, value), n in self.values.items() if one == name}


def report_faults(release: Path) -> Iterator[str]:
    """Where the reports of a release differ, from each other or from its graph."""
    try:
        yield from _faults(release)
    except Unreadable as error:
        yield str(error)


def _faults(release: Path) -> Iterator[str]:
    short = statements_of(release / SHORT)
    full = ReportCounts(release / FULL, set(_objects(short, f"{ns.SH}detail")))
    yield from (f"{FULL}: {fault}" for fault in _full_faults(full))
    yield from (f"{SHORT}: {fault}" for fault in _short_faults(short, full))
    yield from (f"{SHORT}: {fault}" for fault in _query_faults(short, release))


def _full_faults(full: ReportCounts) -> Iterator[str]:
    """It lists every result, each says what SHACL wants of it, and it conforms where none is a
    violation."""
    if full.listed != full.described:
        yield f"lists {full.listed.count} results, and describes {full.described.count} or others"
    for name in _DESCRIBED:
        if full.properties[name] != full.described.count:
            yield f"{full.described.count} results have {full.properties[name]} sh:{name}"
    expected = "false" if f"{ns.SH}Violation" in full.of("resultSeverity") else "true"
    if full.of("conforms") != {expected: 1}:
        yield f"says conforms {' '.join(full.of('conforms')) or 'nothing'}, it is {expected}"


def _short_faults(short: Statements, full: ReportCounts) -> Iterator[str]:
    """It has the verdict, each shape with its number, and examples that are in the long one."""
    stated, expected = _objects(short, f"{ns.SH}conforms"), list(full.of("conforms"))
    if stated != expected:
        yield f"says conforms {' '.join(stated) or 'nothing'}, {FULL} {' '.join(expected)}"
    there, counts = full.of("sourceShape"), {}
    for group, of in _groups(short).items():
        (counts[of[f"{ns.SH}sourceShape"][0]],) = map(int, of[f"{ns.TG}resultCount"])
        for example in of[f"{ns.SH}detail"]:
            if short.get(example) != full.examples.get(example):
                yield f"the example of {group} is not so in {FULL}: {example}"
    for shape in sorted(counts.keys() | there.keys()):
        if counts.get(shape) != there.get(shape):
            yield f"says {counts.get(shape, 0)} results of {shape}, there are {there.get(shape, 0)}"


def _query_faults(short: Statements, release: Path) -> Iterator[str]:
    store = ox.Store()
    store.bulk_extend(quads(release / NTRIPLES))
    for group, of in _groups(short).items():
        for query in of.get(f"{ns.SH}select", ()):
            found = _found(store, query)
            if [found] != of[f"{ns.TG}resultCount"]:
                yield f"the query of {group} finds {found}"


def _found(store: ox.Store, query: str) -> str:
    """How many solutions a query has. None is run that would ask a service elsewhere."""
    solutions = None if _ELSEWHERE.search(query) else store.query(query)
    if isinstance(solutions, ox.QuerySolutions):
        return str(sum(1 for _ in solutions))
    return "nothing: it is no SELECT of this graph alone"


def _groups(statements: Statements) -> Statements:
    group = f"{ns.TG}ResultGroup"
    return {iri: of for iri, of in statements.items() if group in of.get(ns.RDF_TYPE, ())}


def _objects(statements: Statements, property_: str) -> list[str]:
    return [value for of in statements.values() for value in of.get(property_, ())]
