"""void.ttl: what is in the dataset, counted from the content itself (VoID, W3C note of 2011).

A SPARQL client plans with it, and a person sees at a glance which classes and properties there
are. The counts are those of the default graph: the merged view, the descriptions of sources and
graphs, the evidence, and the concepts used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from twingraph import namespaces as ns
from twingraph.rdf import terms
from twingraph.rdf.mapping import CLOSE_MATCH, DESCRIPTION, EXACT_MATCH, TITLE, A, tg
from twingraph.rdf.terms import Description, Statement, Term
from twingraph.rdf.turtle import write_turtle
from twingraph.release.content import Content
from twingraph.release.dcat import DOCUMENTS, dataset_iri
from twingraph.release.files import File
from twingraph.web.languages import in_order

VOID_FILE: Final = "void.ttl"

FORMATS: Final = {
    "text/turtle": "http://www.w3.org/ns/formats/Turtle",
    "application/ld+json": "http://www.w3.org/ns/formats/JSON-LD",
    "application/n-triples": "http://www.w3.org/ns/formats/N-Triples",
    "application/n-quads": "http://www.w3.org/ns/formats/N-Quads",
    "application/trig": "http://www.w3.org/ns/formats/TriG",
}
"""The formats of RDF that dumps may have, as W3C names them (unique URIs for file formats)."""

LINKED: Final = {"wikidata": ns.WD, "geonames": ns.GEONAMES}
"""The datasets of others that ours is linked to, and the start of their IRIs."""

_LINKS: Final = frozenset({EXACT_MATCH, CLOSE_MATCH})
_EXAMPLES: Final = tuple(map(tg, ("LocalAuthority", "Partnership", "Agreement", "Project")))


class Statistics:
    """Counts of a graph whose descriptions each say all of one subject, and no two of the same.

    `entities` counts the subjects of each class, `links` the links to each namespace of `LINKED`
    by their property. `examples` has, for some classes, the subject of which most is said (the
    first of several).
    """

    def __init__(self) -> None:
        self.entities: Counter[Term] = Counter()
        self.links: dict[str, Counter[Term]] = {}
        self.examples: dict[Term, tuple[int, Term]] = {}
        self._shapes: dict[tuple[Term, ...], _Shape] = {}

    def add_all(self, descriptions: Iterable[Description]) -> None:
        """Count some descriptions."""
        for subject, statements in descriptions:
            self.add(subject, statements)

    def add(self, subject: Term, statements: Sequence[Statement]) -> None:
        """Count one description."""
        predicates = tuple([predicate for predicate, _ in statements])
        shape = self._shapes.get(predicates)
        if shape is None:
            shape = self._shapes[predicates] = _Shape(predicates)
        shape.subjects += 1
        for place in shape.types:
            class_ = statements[place][1]
            self.entities[class_] += 1
            if class_ in _EXAMPLES:
                self._consider(class_, subject, len(statements))
        for place in shape.links:
            self._link(*statements[place])

    def update(self, other: Statistics) -> None:
        """Add the counts of another part of the graph. Of several examples of which equally much
        is said, the first by its key is kept: its parts come after a thing."""
        self.entities.update(other.entities)
        for name, counts in other.links.items():
            self.links.setdefault(name, Counter()).update(counts)
        for class_, (size, subject) in other.examples.items():
            best = self.examples.get(class_)
            if best is None or (-size, _in_order(subject)) < (-best[0], _in_order(best[1])):
                self.examples[class_] = size, subject
        for predicates, shape in other._shapes.items():
            self._shapes.setdefault(predicates, _Shape(predicates)).subjects += shape.subjects

    def json(self) -> dict[str, Any]:
        """The counts as JSON holds them."""
        shapes = sorted((list(p), shape.subjects) for p, shape in self._shapes.items())
        return {
            "entities": dict(sorted(self.entities.items())),
            "links": {name: dict(sorted(of.items())) for name, of in sorted(self.links.items())},
            "examples": {c: list(found) for c, found in sorted(self.examples.items())},
            "predicates": shapes,
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Statistics:
        """The counts that `json` gave."""
        counted = cls()
        counted.entities.update(said["entities"])
        counted.links = {name: Counter(of) for name, of in said["links"].items()}
        counted.examples = {c: (size, subject) for c, (size, subject) in said["examples"].items()}
        for predicates, subjects in said["predicates"]:
            shape = counted._shapes[tuple(predicates)] = _Shape(tuple(predicates))
            shape.subjects = subjects
        return counted

    @property
    def subjects(self) -> int:
        """How many subjects there are."""
        return sum(shape.subjects for predicates, shape in self._shapes.items() if predicates)

    @property
    def properties(self) -> Mapping[Term, tuple[int, int]]:
        """How many triples each property is in, and how many subjects have it; sorted."""
        triples: Counter[Term] = Counter()
        users: Counter[Term] = Counter()
        for predicates, shape in self._shapes.items():
            for predicate, times in Counter(predicates).items():
                triples[predicate] += times * shape.subjects
                users[predicate] += shape.subjects
        return {predicate: (triples[predicate], users[predicate]) for predicate in sorted(triples)}

    def _consider(self, class_: Term, subject: Term, size: int) -> None:
        if size > self.examples.get(class_, (0, subject))[0]:
            self.examples[class_] = size, subject

    def _link(self, predicate: Term, object_: Term) -> None:
        for name, namespace in LINKED.items():
            if object_.startswith(f"<{namespace}"):
                self.links.setdefault(name, Counter())[predicate] += 1


def _in_order(subject: Term) -> list[str]:
    """A subject's key, and those of the parts that lead to it: an underscore stands between."""
    return subject[1:-1].split("_")


class _Shape:
    """A sequence of predicates that descriptions have: what is counted, is counted once for it."""

    def __init__(self, predicates: tuple[Term, ...]) -> None:
        self.subjects = 0
        self.types = tuple(i for i, predicate in enumerate(predicates) if predicate == A)
        self.links = tuple(i for i, predicate in enumerate(predicates) if predicate in _LINKS)


def statistics(descriptions: Iterable[Description]) -> Statistics:
    """Count what some descriptions say."""
    counted = Statistics()
    counted.add_all(descriptions)
    return counted


def write_void(
    folder: Path,
    content: Content,
    files: Sequence[File],
    counted: Statistics | None = None,
    documents: Iterable[str] = DOCUMENTS,
) -> Path:
    """Write void.ttl into a folder. `files` are what the release offers for download; `counted`
    the counts of its default graph, if they are known already; `documents` tell how good it is."""
    path = folder / VOID_FILE
    said = describe_void(content, counted or statistics(content.default()), files, documents)
    prefixes = {"": f"{content.base}void#", "void": ns.VOID, **content.prefixes}
    with path.open("wb") as out:
        write_turtle(said, prefixes, out)
    return path


def describe_void(
    content: Content,
    counted: Statistics,
    files: Sequence[File],
    documents: Iterable[str] = DOCUMENTS,
) -> Iterator[Description]:
    """The VoID description of a dataset: itself, its partitions and its links to others."""
    writer = _Void(content, counted)
    document = terms.iri(f"{content.base}void")
    yield (
        document,
        [
            (A, _void("DatasetDescription")),
            (TITLE, terms.text("What is in the dataset, in numbers", "en")),
            (DESCRIPTION, terms.text(_SAYS, "en")),
            (Term(f"<{ns.FOAF}primaryTopic>"), writer.dataset),
        ],
    )
    yield writer.dataset, list(writer.described(files, documents))
    yield from writer.partitions()
    yield from writer.linksets()


_SAYS = (
    "The numbers are those of the default graph: the merged view of all sources, with the "
    "descriptions of sources and graphs, the evidence and the concepts."
)


def _void(name: str) -> Term:
    return Term(f"<{ns.VOID}{name}>")


def _count(name: str, number: int) -> Statement:
    return _void(name), terms.integer(number)


class _Void:
    def __init__(self, content: Content, counted: Statistics) -> None:
        self.content = content
        self.counted = counted
        self.properties = counted.properties
        self.dataset = terms.iri(dataset_iri(content.base))
        self._namespaces = sorted(
            ((namespace, prefix) for prefix, namespace in content.prefixes.items()),
            key=lambda pair: -len(pair[0]),
        )

    def described(self, files: Sequence[File], documents: Iterable[str]) -> Iterator[Statement]:
        """The dataset itself."""
        counted, base = self.counted, self.content.base
        about = self.content.view.dataset
        yield A, _void("Dataset")
        for title in in_order(about.titles, about.languages):
            yield TITLE, terms.text(*title)
        yield Term(f"<{ns.DCT}license>"), terms.iri(about.licence)
        yield _void("uriSpace"), terms.text(base)
        yield _void("sparqlEndpoint"), terms.iri(f"{base}sparql")
        for name in documents:
            yield Term(f"<{ns.FOAF}page>"), terms.iri(f"{about.download_base}{name}")
        yield from self._dumps(files)
        for _, example in sorted(counted.examples.values(), key=lambda found: found[1]):
            yield _void("exampleResource"), example
        for vocabulary in sorted({*map(_namespace, [*self.properties, *counted.entities])}):
            yield _void("vocabulary"), terms.iri(vocabulary)
        yield _count("triples", sum(triples for triples, _ in self.properties.values()))
        yield _count("distinctSubjects", counted.subjects)
        yield _count("classes", len(counted.entities))
        yield _count("properties", len(self.properties))
        for class_ in sorted(counted.entities):
            yield _void("classPartition"), self._partition("class", class_)
        for property_ in self.properties:
            yield _void("propertyPartition"), self._partition("property", property_)
        for name in sorted(counted.links):
            for property_ in sorted(counted.links[name]):
                yield _void("subset"), self._linkset(name, property_)

    def _dumps(self, files: Sequence[File]) -> Iterator[Statement]:
        dumps = [file for file in files if file.content_type in FORMATS]
        for file in dumps:
            address = f"{self.content.view.dataset.download_base}{file.name}"
            yield _void("dataDump"), terms.iri(address)
        for file in dumps:
            yield _void("feature"), terms.iri(FORMATS[file.content_type])

    def partitions(self) -> Iterator[Description]:
        """Every class and property, and how often it is used."""
        for class_ in sorted(self.counted.entities):
            yield (
                self._partition("class", class_),
                [
                    (_void("class"), class_),
                    _count("entities", self.counted.entities[class_]),
                ],
            )
        for property_, (triples, subjects) in self.properties.items():
            yield (
                self._partition("property", property_),
                [
                    (_void("property"), property_),
                    _count("triples", triples),
                    _count("distinctSubjects", subjects),
                ],
            )

    def linksets(self) -> Iterator[Description]:
        """The links to the datasets of others, and those datasets."""
        for name in sorted(self.counted.links):
            for property_ in sorted(self.counted.links[name]):
                yield (
                    self._linkset(name, property_),
                    [
                        (A, _void("Linkset")),
                        (_void("linkPredicate"), property_),
                        (_void("subjectsTarget"), self.dataset),
                        (_void("objectsTarget"), self._node(name)),
                        _count("triples", self.counted.links[name][property_]),
                    ],
                )
        for name in sorted(self.counted.links):
            yield (
                self._node(name),
                [
                    (A, _void("Dataset")),
                    (_void("uriSpace"), terms.text(LINKED[name])),
                ],
            )

    def _node(self, name: str) -> Term:
        return terms.iri(f"{self.content.base}void#{name}")

    def _partition(self, kind: str, term: Term) -> Term:
        return self._node(f"{kind}-{self._name(term)}")

    def _linkset(self, name: str, property_: Term) -> Term:
        return self._node(f"links-{name}-{self._name(property_)}")

    def _name(self, term: Term) -> str:
        """A term's prefixed name with a hyphen for the colon, to name a node by.

        What has no prefix is named by its whole IRI.
        """
        full = term[1:-1]
        for namespace, prefix in self._namespaces:
            if full.startswith(namespace):
                return f"{prefix}-{full[len(namespace) :]}"
        return re.sub("[^A-Za-z0-9]+", "-", full)


def _namespace(term: Term) -> str:
    full = term[1:-1]
    return full[: max(full.rfind("#"), full.rfind("/")) + 1]
