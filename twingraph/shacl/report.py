"""What a check found: to read, as JSON, as problems of the data, and as RDF.

The RDF is a `sh:ValidationReport` without blank nodes: the results are fragments of the report,
numbered in their order, so the same graph gives the same report. `sh:conforms` is true where no
rule is broken: warnings do not keep a release from being published. A path of more than one
property is left out of the RDF, since it would need blank nodes; the `sh:sourceShape` has it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from rdflib import Graph

from twingraph import namespaces as ns
from twingraph.errors import CheckFailed, Problem
from twingraph.model.records import Origin
from twingraph.rdf import terms
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

_LABELS: Final = tuple(
    Term(f"<{iri}>") for iri in (f"{ns.SKOS}prefLabel", f"{ns.DCT}title", f"{ns.FOAF}name")
)
_LANGUAGES_OF_LABELS: Final = ("@en", "@pl", "@sk", "@nl")


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
        return self.path.text(readable=True) if self.path else ""


class Count(NamedTuple):
    """How many nodes break one rule."""

    rule: str
    severity: str
    message: str
    results: int


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """The verdict. `results` holds violations first; `iri` is the report's own."""

    results: tuple[Result, ...]
    iri: str
    origins: Origins = field(default_factory=dict)

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

    def counts(self) -> tuple[Count, ...]:
        """How often each rule is broken, the worst first."""
        counted = Counter((r.severity, r.rule, r.message) for r in self.results)
        ordered = sorted(counted.items(), key=lambda c: (SEVERITIES.index(c[0][0]), -c[1], c[0]))
        return tuple(Count(rule, s, message, n) for (s, rule, message), n in ordered)

    def text(self, most: int = 20) -> str:
        """The report for people: at most so many results of each rule, and how many more."""
        if not self.results:
            return "The graph conforms to all shapes; there are no warnings.\n"
        shown: Counter[str] = Counter()
        lines: list[str] = []
        for result in self.results:
            shown[result.shape] += 1
            if shown[result.shape] <= most:
                lines.append(self._told(result))
        for count in self.counts():
            lines.append(f"{count.results:>7} × {count.severity}: {count.rule}")
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
        results = [(Term(f"<{self.iri}#r{n}>"), r) for n, r in enumerate(self.results, start=1)]
        said: list[Statement] = [
            (terms.TYPE, _sh("ValidationReport")),
            (_sh("conforms"), terms.boolean(self.conforms)),
        ]
        said += [(_sh("result"), subject) for subject, _ in results]
        yield terms.iri(self.iri), said
        for subject, result in results:
            yield subject, _result_statements(result)

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


def label(statements: Iterable[Statement]) -> str:
    """The name of a thing of which these statements are made: in English, if it has one."""
    found = [(p, o) for p, o in statements if p in _LABELS]
    if not found:
        return ""
    ranks = {language: rank for rank, language in enumerate(_LANGUAGES_OF_LABELS)}
    _, best = min(found, key=lambda f: (_LABELS.index(f[0]), ranks.get(f[1][-3:], 9), f[1]))
    return _readable(best)


def _result_statements(result: Result) -> list[Statement]:
    said: list[Statement] = [
        (terms.TYPE, _sh("ValidationResult")),
        (_sh("focusNode"), terms.iri(result.focus)),
        (_sh("resultSeverity"), _sh(result.severity.capitalize())),
        (_sh("sourceShape"), terms.iri(result.shape)),
        (_sh("sourceConstraintComponent"), terms.iri(result.component)),
        (_sh("resultMessage"), terms.text(result.message, "en")),
    ]
    if result.value:
        said.append((_sh("value"), result.value))
    if result.path and result.path.kind == "predicate":
        said.append((_sh("resultPath"), terms.iri(result.path.iri)))
    return said


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
