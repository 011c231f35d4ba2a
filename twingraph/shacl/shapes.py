"""The SHACL shapes, read from the .ttl files of a folder into records.

Only SHACL Core is understood, and of it what is well written. Anything else is an error and never
passed over: a constraint that nobody evaluates would let everything pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as File
from typing import Any, Final, NamedTuple

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from twingraph.errors import UsageError
from twingraph.namespaces import BASE, RDF, RDF_TYPE, RDFS, SH, VOCABULARIES
from twingraph.rdf.rdflib_terms import turtle_graph

SHAPES: Final = f"{BASE}shapes#"
"""The namespace of the shapes: the IRI of a rule never changes, whatever the dataset's base."""

_COUNTS = frozenset({"minCount", "maxCount", "minLength", "maxLength"})
_VALUES = frozenset(
    {
        *("class", "datatype", "nodeKind", "hasValue"),
        *("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"),
        *("deactivated", "qualifiedValueShapesDisjoint"),
    }
)
_PAIRS = frozenset({"equals", "disjoint", "lessThan", "lessThanOrEquals"})
_LISTS_OF_SHAPES = frozenset({"and", "or", "xone"})
_TARGETS = frozenset({"targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode"})
_SAID = frozenset({"name", "description", "message", "severity", "property", "path"})
# Read together with another parameter.
_WITH_ANOTHER = frozenset({"flags", "ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount"})


@dataclass(frozen=True, slots=True)
class Path:
    """A SHACL property path. `kind` is "predicate" (with `iri`), "sequence", "alternative",
    "inverse", "zeroOrOne", "zeroOrMore" or "oneOrMore" (with `parts`)."""

    kind: str
    iri: str = ""
    parts: tuple[Path, ...] = ()

    def text(self, readable: bool = False) -> str:
        """The path in SPARQL's syntax: with full IRIs, or with prefixes for people to read."""
        parts = [part.text(readable) for part in self.parts]
        match self.kind:
            case "predicate":
                return compact(self.iri) if readable else f"<{self.iri}>"
            case "sequence":
                return "/".join(parts) if readable else f"({'/'.join(parts)})"
            case "alternative":
                return f"({'|'.join(parts)})"
            case "inverse":
                return f"^({parts[0]})" if parts[0].startswith("^") else f"^{parts[0]}"
            case _:
                inner = f"({parts[0]})" if parts[0].endswith(("?", "*", "+")) else parts[0]
                return inner + {"zeroOrOne": "?", "zeroOrMore": "*", "oneOrMore": "+"}[self.kind]


class Constraint(NamedTuple):
    """A constraint: the local name of its SHACL parameter, and the parameter's value, read.

    The value is a number of things (minCount …), a node (class, datatype …), a tuple of nodes (in
    …), an IRI of a property (equals …), a tuple of shapes (and, or …), a shape (node, not),
    (pattern, flags), (shape, least, most) for a qualified shape, the allowed properties (closed).
    """

    parameter: str
    value: Any


Target = tuple[str, Node]
"""What a shape is about: the local name of the SHACL property, and its value."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape, or a property shape where it has a path."""

    iri: str
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    properties: tuple[Shape, ...]
    name: str
    message: str
    severity: str

    @property
    def local(self) -> str:
        """The part of the IRI after the namespace."""
        return self.iri.removeprefix(SHAPES)


class ShapeRule(NamedTuple):
    """A shape, and the targets at which it is evaluated."""

    shape: Shape
    targets: tuple[Target, ...]


class Shapes:
    """A shapes graph: `graph` as it stands in the files, and `targeted` as it is understood."""

    def __init__(self, graph: Graph) -> None:
        """Raises UsageError for what is not understood of the graph."""
        self.graph = graph
        reader = _Reader(graph)
        subjects = {s for t in sorted(_TARGETS) for s in graph.subjects(_sh(t))}
        self.targeted = tuple(reader.shape(s, ()) for s in sorted(subjects, key=str))

    @cached_property
    def rules(self) -> tuple[ShapeRule, ...]:
        """Every shape that can speak a verdict of its own: a constraint on a targeted node, or a
        property shape of it. Raises UsageError for one that has no IRI to be known by."""
        return tuple(rule for shape in self.targeted for rule in _rules(shape))

    @cached_property
    def by_iri(self) -> Mapping[str, Shape]:
        """The shapes that results can name."""
        return {rule.shape.iri: rule.shape for rule in self.rules}

    def alone(self, shape: Shape, targets: Iterable[Target]) -> Graph:
        """A graph of this shape, and of those it names, with these for its only targets."""
        graph = Graph(bind_namespaces="none")
        nodes: list[Node] = [URIRef(shape.iri)]
        others = {_sh(target) for target in _TARGETS}
        while nodes:
            said = self.graph.triples((nodes.pop(), None, None))
            new = [t for t in said if t[1] not in others and t not in graph]
            nodes += [o for _, _, o in new]
            for triple in new:
                graph.add(triple)
        for kind, node in targets:
            graph.add((URIRef(shape.iri), _sh(kind), node))
        return graph

    def holding(self, rules: Iterable[ShapeRule]) -> Graph:
        """A graph of all shapes, of which only those have targets that these rules stand in."""
        held = set(rules)
        silent = {URIRef(s.iri) for s in self.targeted if held.isdisjoint(_rules(s))}
        graph = Graph(bind_namespaces="none")
        targets = {_sh(target) for target in _TARGETS}
        for triple in self.graph:
            if not (triple[0] in silent and triple[1] in targets):
                graph.add(triple)
        return graph


def load(folder: File, base: str = BASE) -> Shapes:
    """Read all .ttl files of a folder.

    Concepts are named under the dataset's base, so the shapes' concepts are moved there. Raises
    UsageError for a folder without shapes, and for a file or a shape that is not understood.
    """
    files = sorted(folder.glob("*.ttl"))
    if not files:
        raise UsageError(f"there are no shapes (*.ttl) in {folder}")
    return Shapes(_rebased(turtle_graph(files), base))


def untargeted(shapes: Shapes, graph: Graph) -> list[str]:
    """The shapes of whose targets the graph holds nothing: a misspelt class passes everything."""
    return [shape.local for shape in shapes.targeted if not any(_targets(shape, graph))]


def compact(iri: str) -> str:
    """An IRI with the prefix it is usually written with, else in angle brackets."""
    for prefix, namespace in VOCABULARIES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"<{iri}>"


def _rebased(graph: Graph, base: str) -> Graph:
    if base == BASE:
        return graph
    moved = Graph(bind_namespaces="none")
    for prefix, namespace in graph.namespaces():
        moved.bind(prefix, namespace)
    start = f"{BASE}concept/"
    for s, p, o in graph:
        if isinstance(o, URIRef) and o.startswith(start):
            o = URIRef(f"{base}concept/{o.removeprefix(start)}")
        moved.add((s, p, o))
    return moved


def _targets(shape: Shape, graph: Graph) -> Iterator[Node]:
    for kind, node in shape.targets:
        match kind:
            case "targetClass":
                yield from graph.subjects(URIRef(RDF_TYPE), node)
            case "targetSubjectsOf":
                yield from graph.subjects(node)
            case "targetObjectsOf":
                yield from graph.objects(None, node)
            case "targetNode":
                yield node


def _rules(shape: Shape) -> Iterator[ShapeRule]:
    if _is_deactivated(shape):
        return
    if shape.constraints:
        yield ShapeRule(_known(shape), shape.targets)
    for part in shape.properties:
        if part.properties:
            raise UsageError(
                f"{part.local or shape.local}: sh:property under sh:property: use sh:node"
            )
        if not _is_deactivated(part):
            yield ShapeRule(_known(part), shape.targets)


def _is_deactivated(shape: Shape) -> bool:
    return any(parameter == "deactivated" for parameter, _ in shape.constraints)


def _known(shape: Shape) -> Shape:
    missing = [what for what in ("iri", "name", "message") if not getattr(shape, what)]
    if missing:
        raise UsageError(f"shape {shape.local or '[]'} lacks its {' and '.join(missing)}")
    return shape


def _sh(name: str) -> URIRef:
    return URIRef(f"{SH}{name}")


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def shape(self, node: Node, within: tuple[Node, ...]) -> Shape:
        if node in within:
            raise UsageError(f"shape {node} refers to itself: that is not understood")
        within = (*within, node)
        said = self._said(node)
        return Shape(
            iri=str(node) if isinstance(node, URIRef) else "",
            path=self._path(said["path"][0]) if "path" in said else None,
            targets=tuple((t, o) for t in sorted(_TARGETS) for o in said.get(t, ())),
            constraints=tuple(self._constraints(node, said, within)),
            properties=tuple(self.shape(p, within) for p in said.get("property", ())),
            name=self._text(said, "name"),
            message=self._text(said, "message"),
            severity=self._severity(node, said),
        )

    @staticmethod
    def _severity(node: Node, said: Mapping[str, list[Node]]) -> str:
        name = str(said.get("severity", [_sh("Violation")])[0]).removeprefix(SH)
        if name not in ("Violation", "Warning", "Info"):
            raise UsageError(f"shape {node}: sh:severity {name} is none of SHACL's own three")
        return name.lower()

    def _said(self, node: Node) -> dict[str, list[Node]]:
        """What is said of a shape, by the local name of the SHACL term."""
        said: dict[str, list[Node]] = {}
        for p, o in sorted(self._graph.predicate_objects(node), key=str):
            if str(p) == RDF_TYPE:
                if not str(o).startswith(SH):
                    raise UsageError(
                        f"shape {node} is a class: name its target with sh:targetClass"
                    )
            elif str(p).startswith(SH):
                said.setdefault(str(p).removeprefix(SH), []).append(o)
            elif not str(p).startswith(RDFS):
                raise UsageError(f"shape {node}: {p} is not understood")
        if not said:
            raise UsageError(f"shape {node} is named but nowhere written down")
        return said

    @staticmethod
    def _text(said: Mapping[str, list[Node]], name: str) -> str:
        texts = said.get(name, [])
        if len(texts) > 1:
            raise UsageError(f"sh:{name} {texts[0]!r} stands beside another: give one")
        return str(texts[0]) if texts else ""

    def _constraints(
        self, node: Node, said: Mapping[str, list[Node]], within: tuple[Node, ...]
    ) -> Iterator[Constraint]:
        for parameter, values in said.items():
            if parameter in _SAID or parameter in _TARGETS or parameter in _WITH_ANOTHER:
                continue
            for value in values:
                if parameter == "deactivated" and value != Literal(True):
                    continue
                yield Constraint(parameter, self._value(node, parameter, value, said, within))

    def _value(
        self,
        node: Node,
        parameter: str,
        value: Node,
        said: Mapping[str, list[Node]],
        within: tuple[Node, ...],
    ) -> Any:
        if parameter in _COUNTS:
            return _count(value)
        if parameter in _VALUES:
            return value
        if parameter in _PAIRS:
            return str(value)
        if parameter in _LISTS_OF_SHAPES:
            return tuple(self.shape(part, within) for part in self._list(value))
        match parameter:
            case "in" | "languageIn":
                return tuple(self._list(value))
            case "node" | "not":
                return self.shape(value, within)
            case "pattern":
                return str(value), self._text(said, "flags")
            case "uniqueLang" | "closed":
                return self._true(node, parameter, value, said)
            case "qualifiedValueShape":
                least, most = (said.get(f"qualified{m}Count") for m in ("Min", "Max"))
                shape = self.shape(value, within)
                return shape, least and _count(least[0]), most and _count(most[0])
        raise UsageError(f"shape {node}: sh:{parameter} is not understood")

    def _true(
        self, node: Node, parameter: str, value: Node, said: Mapping[str, list[Node]]
    ) -> frozenset[str]:
        """That it holds; for sh:closed, the properties that may stand all the same."""
        if not (isinstance(value, Literal) and value.toPython() is True):
            raise UsageError(f"shape {node}: sh:{parameter} must be true, or left out")
        ignored = {str(p) for part in said.get("ignoredProperties", ()) for p in self._list(part)}
        for part in said.get("property", ()):
            paths = self._graph.objects(part, _sh("path"))
            ignored |= {str(path) for path in paths if isinstance(path, URIRef)}
        return frozenset(ignored)

    def _list(self, node: Node) -> list[Node]:
        return list(Collection(self._graph, node))

    def _path(self, node: Node) -> Path:
        if isinstance(node, URIRef):
            return Path("predicate", iri=str(node))
        if self._graph.value(node, URIRef(f"{RDF}first")) is not None:
            return Path("sequence", parts=tuple(map(self._path, self._list(node))))
        said = list(self._graph.predicate_objects(node))
        if len(said) == 1 and isinstance(node, BNode):
            kind, value = str(said[0][0]).removeprefix(SH).removesuffix("Path"), said[0][1]
            if kind == "alternative":
                return Path(kind, parts=tuple(map(self._path, self._list(value))))
            if kind in ("inverse", "zeroOrOne", "zeroOrMore", "oneOrMore"):
                return Path(kind, parts=(self._path(value),))
        raise UsageError(f"{said} is no property path (SHACL, 2.3.1)")


def _count(value: Node) -> int:
    if not (isinstance(value, Literal) and isinstance(value.value, int)):
        raise UsageError(f"{value!r} must be a whole number")
    return value.value
