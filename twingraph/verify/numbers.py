"""Are the numbers of void.ttl those of the graph? They are counted again from the N-Triples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from twingraph import namespaces as ns
from twingraph.rdf import triples
from twingraph.rdf.terms import TYPE
from twingraph.verify.syntax import Statements, Unreadable, statements_of

VOID_FILE: Final = "void.ttl"


class GraphCounts:
    """Counts of a graph: statements, subjects, and each class's and property's use."""

    def __init__(self, release: Path) -> None:
        self.triples = 0
        self.classes: Counter[str] = Counter()
        self.properties: Counter[str] = Counter()
        self.links: Counter[tuple[str, str]] = Counter()
        numbers: dict[str, int] = {}
        users: dict[str, set[int]] = defaultdict(set)
        for line in triples.lines(release):
            subject, predicate, object_ = triples.parts(line)
            self.triples += 1
            self.properties[predicate[1:-1]] += 1
            users[predicate[1:-1]].add(numbers.setdefault(subject, len(numbers)))
            if predicate == TYPE:
                self.classes[object_[1:-1]] += 1
            elif object_.startswith(("<" + ns.WD, "<" + ns.GEONAMES)):
                space = ns.WD if object_.startswith("<" + ns.WD) else ns.GEONAMES
                self.links[predicate[1:-1], space] += 1
        self.subjects = len(numbers)
        self.users = {property_: len(subjects) for property_, subjects in users.items()}


def number_faults(release: Path) -> Iterator[str]:
    """Where void.ttl counts other than the graph has."""
    try:
        yield from _faults(release)
    except Unreadable as error:
        yield str(error)


def _faults(release: Path) -> Iterator[str]:
    stated = {
        subject: {name.removeprefix(ns.VOID): objects for name, objects in of.items()}
        for subject, of in statements_of(release / VOID_FILE).items()
    }
    counted = GraphCounts(release)
    expected: dict[str, int] = {
        "triples": counted.triples,
        "distinctSubjects": counted.subjects,
        "classes": len(counted.classes),
        "properties": len(counted.properties),
        **{f"entities of {name}": number for name, number in counted.classes.items()},
        **{f"triples of {name}": number for name, number in counted.properties.items()},
        **{f"distinctSubjects of {name}": number for name, number in counted.users.items()},
    }
    found = dict(_numbers(stated))
    for what in sorted(expected.keys() | (found.keys() - set(_link_names(found)))):
        if found.get(what) != expected.get(what):
            there = expected.get(what, 0)
            yield f"{VOID_FILE}: {what}: says {found.get(what, 'nothing')}, there are {there}"
    for name in _link_names(found):
        _, predicate, space = name.split(" ")
        if found[name] != counted.links[predicate, space]:
            there = counted.links[predicate, space]
            yield f"{VOID_FILE}: {name}: says {found[name]}, there are {there}"


def _link_names(found: Mapping[str, int]) -> list[str]:
    return [name for name in found if name.startswith("links ")]


def _numbers(stated: Statements) -> Iterator[tuple[str, int]]:
    for of in stated.values():
        if "uriSpace" in of and "triples" in of:
            for name in ("triples", "distinctSubjects", "classes", "properties"):
                yield name, int(of[name][0])
        for kind, counts in (
            ("class", ("entities",)),
            ("property", ("triples", "distinctSubjects")),
        ):
            if kind in of:
                yield from ((f"{name} of {of[kind][0]}", int(of[name][0])) for name in counts)
        if "linkPredicate" in of:
            space = stated[of["objectsTarget"][0]]["uriSpace"][0]
            yield f"links {of['linkPredicate'][0]} {space}", int(of["triples"][0])
