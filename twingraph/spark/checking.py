"""The shapes' verdict, partition by partition: with what is said elsewhere of the things that its
own link to, or that link to them.

Three steps, with a shuffle before each. In the first a partition's descriptions are whole: it asks
for the things that they link to (`ask`), and tells where somebody may ask who links to a thing
(`back`). In the second the things that were asked for answer with what the shapes follow of them
(`stub`). In the third the check is that of one machine (`shacl.check`), pySHACL's verdict included.

A path may lead from a thing to another partition and back, or one step on: further only from a
whole to its parts, which are in its partition. Shapes that follow more are refused, never half
checked; so are shapes that SHACL's engine must see the whole graph for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Final

from twingraph import resources
from twingraph.errors import UsageError
from twingraph.rdf import ntriples
from twingraph.rdf.mapping import PARENTS
from twingraph.rdf.terms import TYPE, Description, Statement, Term
from twingraph.release.void import statistics
from twingraph.shacl import shapes
from twingraph.shacl.check import Check
from twingraph.shacl.evaluator import Evaluator
from twingraph.shacl.excerpt import parts_of
from twingraph.shacl.report import Result
from twingraph.shacl.shapes import Path, Shape, Shapes
from twingraph.spark.describing import TRIPLES, add_links, text_rows
from twingraph.spark.plan import BuildPlan
from twingraph.spark.rows import EVERYONE, PackedRow, home_of_term, pack, packed, unpack

_FEW: Final = 2
"""Of a source it is asked whether anything is quoted from it, and whether its graph is the only
one: so many that link to it are enough."""
_PART: Final = frozenset({p[1:-1] for _, _, down, up in PARENTS.values() for p in (down, up)})
"""The properties that lead from a whole to its parts, and back."""
_STEPS: Final = 2


@cache
def loaded(base: str) -> Shapes:
    """The shapes of a dataset, read once in a process. Raises UsageError for shapes that cannot be
    checked by partition."""
    found = shapes.load(resources.folder("shapes"), base)
    evaluator = Evaluator(found, lists=True)
    whole = [rule.shape.iri for rule in evaluator.unknown]
    whole += [rule.shape.iri for rule in evaluator.rules if rule.nodes]
    whole += [rule.shape.iri for rule in evaluator.rules if not _is_near(rule.shape)]
    if whole:
        named = ", ".join(sorted(set(whole)))
        raise UsageError(f"these shapes need the whole graph, leave out --engine spark: {named}")
    return found


def _is_near(shape: Shape, before: int = 0) -> bool:
    """Whether what a shape follows is within reach."""
    steps = before + (_steps(shape.path) if shape.path else 0)
    return steps <= _STEPS and all(
        _is_near(part, steps) for part in (*parts_of(shape), *shape.properties)
    )


def _steps(path: Path) -> int:
    """How many steps a path takes, at most, out of a whole and its parts."""
    match path.kind:
        case "predicate":
            return 0 if path.iri in _PART else 1
        case "sequence":
            return sum(map(_steps, path.parts))
        case "zeroOrMore" | "oneOrMore":
            return 0 if _steps(path.parts[0]) == 0 else _STEPS + 1
    return max(map(_steps, path.parts))


@cache
def _returning(base: str) -> frozenset[Term]:
    """The properties that are followed backwards from a thing that was linked to: who shares it."""
    found: set[str] = set()

    def inverses(path: Path, within: bool) -> None:
        for number, part in enumerate(path.parts):
            if path.kind == "inverse" and within:
                found.update(_predicates(part))
            inverses(part, within or (path.kind == "sequence" and number > 0))

    def walk(shape: Shape, within: bool) -> None:
        if shape.path:
            inverses(shape.path, within)
        for part in (*parts_of(shape), *shape.properties):
            walk(part, within or shape.path is not None)

    for rule in loaded(base).rules:
        walk(rule.shape, False)
    return frozenset(Term(f"<{iri}>") for iri in found)


@cache
def _beyond(base: str) -> Mapping[Term, frozenset[Term]]:
    """By the properties that a path follows backwards to begin with, what it follows from there."""
    found: dict[Term, set[Term]] = defaultdict(set)

    def walk(shape: Shape) -> None:
        path = shape.path
        if path and path.kind == "sequence" and path.parts[0].kind == "inverse":
            for begun in _predicates(path.parts[0]):
                found[Term(f"<{begun}>")] |= {Term(f"<{p}>") for p in _predicates(path.parts[1])}
        for part in (*parts_of(shape), *shape.properties):
            walk(part)

    for rule in loaded(base).rules:
        walk(rule.shape)
    return {begun: frozenset(then) for begun, then in found.items()}


def _predicates(path: Path) -> Iterator[str]:
    if path.kind == "predicate":
        yield path.iri
    for part in path.parts:
        yield from _predicates(part)


@cache
def _asked(base: str) -> tuple[frozenset[Term], frozenset[Term]]:
    """The properties that are followed from other things, and backwards."""
    evaluator = Evaluator(loaded(base), lists=True)
    return evaluator.followed | {TYPE}, evaluator.followed_back


def completed(
    to: int, rows: Iterable[PackedRow], plan: BuildPlan, common: frozenset[Term]
) -> Iterator[PackedRow]:
    """A partition's descriptions, whole: their lines, their numbers, and what the check asks of
    other partitions. `common` are the things that every partition knows."""
    own: list[Description] = []
    links: list[Description] = []
    for row in rows:
        (own if row.kind == "own" else links).extend(unpack(row.data))
    whole = add_links(own, links) if links else own
    yield from text_rows(to, TRIPLES, ntriples.lines(whole))
    yield PackedRow(EVERYONE, "statistics", pack(statistics(whole)))
    yield from packed(to, "whole", whole)
    yield from _letters(to, whole, plan, common)


def _letters(
    to: int, whole: list[Description], plan: BuildPlan, common: frozenset[Term]
) -> Iterator[PackedRow]:
    """What a partition asks for, what it tells of who links to whom, and what it can be asked."""
    base, partitions = plan.base, plan.partitions
    forward, back = _asked(base)
    returning, beyond = _returning(base), _beyond(base)
    ours = f"<{base}"
    there = {subject for subject, _ in whole}
    asked: dict[int, set[Term]] = defaultdict(set)
    linked: dict[int, list[tuple[Term, Term, Term]]] = defaultdict(list)
    known: list[Description] = []
    targets: dict[Term, int] = {}
    few: dict[tuple[Term, Term, bool], int] = defaultdict(int)
    for subject, statements in whole:
        kept: list[Statement] = []
        for statement in statements:
            predicate, value = statement
            if predicate in forward:
                kept.append(statement)
            if value[0] != "<" or value in there:
                continue
            is_back = predicate in back
            if not is_back and (value in common or not value.startswith(ours)):
                continue
            target = targets.get(value)
            if target is None:
                target = targets[value] = home_of_term(value, base, partitions)
            if value not in common and (predicate in returning or value.startswith(ours)):
                asked[target].add(value)
            if is_back:
                then = [s for s in statements if s[0] in beyond.get(predicate, ())]
                if value in common:
                    few[value, predicate, bool(then)] += 1
                    if few[value, predicate, bool(then)] > _FEW:
                        continue
                linked[target] += ((subject, *s) for s in (statement, *then))
        if kept:
            known.append((subject, kept))
    yield PackedRow(to, "known", pack(known))
    for target, values in asked.items():
        yield PackedRow(target, "ask", pack((to, values)))
    for target, triples in linked.items():
        yield PackedRow(target, "back", pack(triples))


def answered(_: int, rows: Iterable[PackedRow], plan: BuildPlan) -> Iterator[PackedRow]:
    """What was asked for, to who asked: what the shapes follow of it, and who shares it."""
    said: dict[Term, list[Statement]] = {}
    sharing: dict[Term, list[tuple[Term, Term, Term]]] = defaultdict(list)
    asking: list[tuple[int, set[Term]]] = []
    returning = _returning(plan.base)
    for row in rows:
        things = unpack(row.data)
        if row.kind == "ask":
            asking.append(things)
        elif row.kind == "known":
            said.update(things)
        else:
            for triple in things:
                if triple[1] in returning:
                    sharing[triple[2]].append(triple)
    for target, values in asking:
        found = [(value, said[value]) for value in values if value in said]
        shared = [triple for value in values for triple in sharing.get(value, ())]
        yield PackedRow(target, "stub", pack((found, shared)))


def checked(
    to: int, rows: Iterable[PackedRow], plan: BuildPlan, common: tuple[Description, ...]
) -> Iterator[PackedRow]:
    """The results of the check of a partition's own things."""
    own: list[Description] = []
    around: dict[Term, dict[Statement, None]] = defaultdict(dict)
    for row in rows:
        things = unpack(row.data)
        if row.kind == "whole":
            own += things
        elif row.kind == "back":
            _add(around, things)
        else:
            found, shared = things
            for subject, statements in found:
                around[subject].update(dict.fromkeys(statements))
            _add(around, shared)
    there = {subject for subject, _ in own}
    for subject, statements in common:
        around[subject].update(dict.fromkeys(statements))
    beside = [(s, list(statements)) for s, statements in around.items() if s not in there]
    check = Check(loaded(plan.base), lists=True)
    check.add(own)
    check.know(beside)
    report = check.report(lambda: chain(own, beside))
    results = [one for one in report.results if Term(f"<{one.focus}>") in there]
    yield PackedRow(EVERYONE, "results", pack(results))


def _add(
    around: Mapping[Term, dict[Statement, None]], triples: Iterable[tuple[Term, Term, Term]]
) -> None:
    for subject, predicate, value in triples:
        around[subject][predicate, value] = None


def results_of(rows: Iterable[PackedRow]) -> list[Result]:
    """The results of all partitions, in the order of a report."""
    return sorted((one for row in rows for one in unpack(row.data)), key=lambda one: one.order)
