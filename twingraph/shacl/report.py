"""What a check found: to read, as JSON, as problems of the data, and as RDF.

The RDF is a `sh:ValidationReport` without blank nodes: the results are fragments of the report,
numbered in their order, so the same graph gives the same report. `sh:conforms` is true where no
rule is broken: warnings do not keep a release from being published. A path of more than one
property is left out of the RDF, since it would need blank nodes; the `sh:sourceShape` has it.

Whole countries lack the same thing, so there is a short form of it as well: what one shape is
broken by is one group, with its number, its first result, and a query that lists all of them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from rdflib import Graph

from twingraph import namespaces as ns
from twingraph.errors import CheckFailed, Problem
from twingraph.model.records import Origin
from twingraph.rdf import terms
from twingraph.rdf.mapping import tg
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.rdf.terms import Description, Statement, Term
from twingraph.shacl.shapes import SHAPES, Path

VIOLATION: Final = "violation"
WARNING: Final = "warning"
INFO: Final = "info"
SEVERITIES: Final = (VIOLATION, WARNING, INFO)
"""Of results, the worst first."""

Origins = Mapping[str, Sequence[Origin]]
"""Where in the data a thing is spoken of, by its IRI."""

_LABEL: Final = Term(f"<{ns.RDFS}label>")
_SEE_ALSO: Final = Term(f"<{ns.RDFS}seeAlso>")
_WARNINGS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Result:
    """One thing wrong with one node.

    `focus` is the node's IRI, `path` leads from it to the value (None: it is the node itself),
    `value` is the offending term where there is one. `shape` is the IRI of the rule, `rule` its
    name, `message` what is wrong and what to do. `label` is the node's name in the graph.
    """

    severity: str
    focus: str
    shape: str
    component: str
    path: Path | None
    value: Term | None
    rule: str
    message: str
    label: str = field(default="", compare=False)

    @property
    def order(self) -> tuple[Any, ...]:
        """The worst first, then by node and rule."""
        rest = (self.shape, self.component, self.readable_path, self.value or "")
        return (SEVERITIES.index(self.severity), self.focus, *rest)

    @property
    def readable_path(self) -> str:
        """The path in SPARQL's syntax, with prefixes; "" for the node itself."""
        return _readable_path(self.path) if self.path else ""


@lru_cache(maxsize=1_000)
def _readable_path(path: Path) -> str:
    return path.text(readable=True)


class ResultGroup(NamedTuple):
    """The results of one shape, and the number in the report of the first of them.

    `query` is SPARQL that lists all of them; it is empty where no query tells just these.
    """

    results: tuple[Result, ...]
    number: int
    query: str

    @property
    def first(self) -> Result:
        """The first of them, as an example."""
        return self.results[0]


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """The verdict. `results` holds violations first; `iri` is the report's own; `queries` has, by
    the shape's IRI, SPARQL that lists its results."""

    results: tuple[Result, ...]
    iri: str
    origins: Origins = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)

    @property
    def conforms(self) -> bool:
        """Whether no rule is broken; warnings are none."""
        return not self.violations

    @property
    def violations(self) -> tuple[Result, ...]:
        """What keeps a release from being published."""
        return tuple(r for r in self.results if r.severity == VIOLATION)

    @property
    def warnings(self) -> tuple[Result, ...]:
        """What does not, yet is worth attention; mere information included."""
        return tuple(r for r in self.results if r.severity != VIOLATION)

    @property
    def graph(self) -> Graph:
        """The report as an rdflib graph."""
        graph = graph_of(self.descriptions())
        for prefix, namespace in (("sh", ns.SH), ("shape", SHAPES), ("tg", ns.TG)):
            graph.bind(prefix, namespace)
        return graph

    def raise_for_violations(self) -> None:
        """Raise CheckFailed, with every violation as a problem, unless the graph conforms."""
        if not self.conforms:
            raise CheckFailed(map(self._problem, self.violations))

    def where(self, result: Result) -> Sequence[Origin]:
        """The lines in the data that speak of a result's node; none where it has no own."""
        whole = result.focus.partition("#")[0]
        return self.origins.get(result.focus) or self.origins.get(whole) or ()

    def groups(self) -> tuple[ResultGroup, ...]:
        """The results by their shapes: the worst first, then what there is most of."""
        found: dict[str, list[tuple[int, Result]]] = {}
        for number, result in enumerate(self.results, start=1):
            found.setdefault(result.shape, []).append((number, result))
        groups = (
            ResultGroup(tuple(r for _, r in of), of[0][0], self.queries.get(shape, ""))
            for shape, of in found.items()
        )
        return tuple(sorted(groups, key=_worst_first))

    def text(self, most: int = 20) -> str:
        """The report for people, shape by shape: at most so many violations of each, and fewer
        warnings, then how many there are."""
        if not self.results:
            return "The graph conforms to all shapes; there are no warnings.\n"
        groups = self.groups()
        shown = [r for group in groups for r in group.results[: _most(group.first, most)]]
        lines = [self._told(result) for result in shown]
        lines += [f"{len(g.results):>7} × {g.first.severity}: {g.first.rule}" for g in groups]
        if len(shown) < len(self.results):
            lines.append("The first of each are shown; --format json has all of them.")
        verdict = "conforms" if self.conforms else "does NOT conform"
        numbers = f"{len(self.violations)} violations, {len(self.warnings)} warnings and notes"
        return "\n".join([*lines, f"The graph {verdict}: {numbers}.", ""])

    def json(self) -> dict[str, Any]:
        """The report as a JSON object: conforms, counts by severity, and every result."""
        by_severity = Counter(result.severity for result in self.results)
        return {
            "conforms": self.conforms,
            "counts": {severity: by_severity[severity] for severity in SEVERITIES},
            "results": [self._json(result) for result in self.results],
        }

    def descriptions(self) -> Iterator[Description]:
        """The report as RDF, in the order of the results."""
        said = self._verdict()
        said += [(_sh("result"), self._node(n)) for n in range(1, len(self.results) + 1)]
        yield terms.iri(self.iri), said
        for number, result in enumerate(self.results, start=1):
            yield self._node(number), _result_statements(result)

    def grouped(self, whole: str) -> Iterator[Description]:
        """The short form of the report as RDF: the verdict, and each shape that is broken with
        its number of results and the first of them. `whole` is the address of the long form."""
        groups = self.groups()
        nodes = [terms.iri(f"{self.iri}#{_local(group.first.shape)}") for group in groups]
        said = self._verdict()
        said += [(tg("resultGroup"), node) for node in nodes]
        said += [(_sh("result"), self._node(group.number)) for group in groups]
        yield terms.iri(self.iri), [*said, (_SEE_ALSO, terms.iri(whole))]
        for node, group in zip(nodes, groups, strict=True):
            yield node, self._group_statements(group)
            yield self._node(group.number), _result_statements(group.first)

    def _verdict(self) -> list[Statement]:
        conforms = terms.boolean(self.conforms)
        return [(terms.TYPE, _sh("ValidationReport")), (_sh("conforms"), conforms)]

    def _node(self, number: int) -> Term:
        return terms.iri(f"{self.iri}#r{number}")

    def _group_statements(self, group: ResultGroup) -> list[Statement]:
        first = group.first
        said: list[Statement] = [
            (terms.TYPE, tg("ResultGroup")),
            (_LABEL, terms.text(first.rule, "en")),
            (tg("resultCount"), terms.integer(len(group.results))),
            (_sh("resultSeverity"), _severity(first)),
            (_sh("sourceShape"), terms.iri(first.shape)),
            (_sh("resultMessage"), terms.text(first.message, "en")),
            (_sh("detail"), self._node(group.number)),
        ]
        if group.query:
            said.insert(1, (terms.TYPE, _sh("SPARQLSelectExecutable")))
            said.append((_sh("select"), terms.text(group.query)))
        return said

    def _told(self, result: Result) -> str:
        places = " ".join(_place(origin) for origin in self.where(result))
        value = _found(result)
        lines = [f"{result.severity.upper()}: {what(result)}: {result.message}{value}"]
        if places:
            lines.append(f"    in {places}")
        lines.append(f"    rule “{result.rule}”, {result.shape}")
        return "\n".join(lines)

    def _problem(self, result: Result) -> Problem:
        first, *others = self.where(result) or (Origin("the graph", None),)
        wrong, _, cure = result.message.partition(": ")
        found = _found(result)
        also = f" (also in {', '.join(map(_place, others))})" if others else ""
        message = f"{what(result)}: {wrong}{found} [rule “{result.rule}”]{also}"
        return Problem(first.file, first.line, message, cure)

    def _json(self, result: Result) -> dict[str, Any]:
        return {
            "severity": result.severity,
            "focus": result.focus,
            "label": result.label or None,
            "path": result.readable_path or None,
            "value": result.value,
            "rule": result.rule,
            "message": result.message,
            "shape": result.shape,
            "where": [{"file": o.file, "line": o.line} for o in self.where(result)],
        }


def what(result: Result) -> str:
    """A node as a curator knows it: what it is, its key and its name."""
    path, _, key = result.focus.rpartition("/")
    known = f"{path.rpartition('/')[2]} {key}"
    return f"{known} ({result.label})" if result.label else known


def _result_statements(result: Result) -> list[Statement]:
    said: list[Statement] = [
        (terms.TYPE, _sh("ValidationResult")),
        (_sh("focusNode"), terms.iri(result.focus)),
        (_sh("resultSeverity"), _severity(result)),
        (_sh("sourceShape"), terms.iri(result.shape)),
        (_sh("sourceConstraintComponent"), terms.iri(result.component)),
        (_sh("resultMessage"), terms.text(result.message, "en")),
    ]
    if result.value:
        said.append((_sh("value"), result.value))
    if result.path and result.path.kind == "predicate":
        said.append((_sh("resultPath"), terms.iri(result.path.iri)))
    return said


def _severity(result: Result) -> Term:
    return _sh(result.severity.capitalize())


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


def _most(result: Result, most: int) -> int:
    return most if result.severity == VIOLATION else min(most, _WARNINGS_SHOWN)


def _worst_first(group: ResultGroup) -> tuple[int, int, str, str]:
    first = group.first
    return SEVERITIES.index(first.severity), -len(group.results), first.rule, first.shape


def _sh(name: str) -> Term:
    return Term(f"<{ns.SH}{name}>")


def _found(result: Result) -> str:
    """The value, where there is one; where there is no path the value is the node itself."""
    return f" (found: {_readable(result.value)})" if result.path and result.value else ""


def _place(origin: Origin) -> str:
    return origin.file if origin.line is None else f"{origin.file}:{origin.line}"


def _readable(term: Term) -> str:
    """A term without its syntax: an IRI, or what stands between a literal's quotation marks."""
    if term.startswith("<"):
        return term[1:-1]
    # The quoted part of a canonical N-Triples literal is a JSON string (see terms.py).
    return str(json.loads(term[: term.rindex('"') + 1]))
