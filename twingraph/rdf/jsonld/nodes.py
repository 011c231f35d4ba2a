"""Descriptions as node objects of compact JSON-LD.

Most descriptions have the same predicates as some before. For each such sequence a template is
kept, and writing a node means looking up the text of each object and filling it in.
"""

from __future__ import annotations

from collections.abc import Collection, MutableMapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter, getitem
from typing import Final, NamedTuple

from twingraph.rdf.jsonld.compaction import Compaction, CompactProperty
from twingraph.rdf.jsonld.context import Context
from twingraph.rdf.jsonld.values import ObjectWriter, json_string, without_context
from twingraph.rdf.terms import TYPE, Description, Statement, Term

_REMEMBERED: Final = 1024
_LONGEST: Final = 64


class _Plan(NamedTuple):
    """How descriptions with certain predicates are written; no template: not by a plan."""

    template: str
    values: tuple[ObjectWriter, ...] = ()
    maps: tuple[slice, ...] = ()
    """Where several values stand in one language map: each needs a language of its own."""
    nests: bool = False
    """Whether a predicate is among them whose objects may be nested."""


class Nodes:
    """Writes node objects under one context. `nested` are the predicates whose objects may be
    nested."""

    def __init__(self, context: Context, opening: str = "{", nested: Collection[Term] = ()) -> None:
        self._context = context
        self._nested = frozenset(nested)
        self._compaction = Compaction(context)
        self._links = self._compaction.links
        self._opening = f"{opening}{json_string(context.id_key)}: "
        self._plans: dict[tuple[Term, ...], _Plan] = {}

    def node(
        self, description: Description, children: MutableMapping[Statement, str] | None = None
    ) -> str:
        """A description as a node object; `children` stand where links would, and are used up."""
        predicates, objects = zip(*description[1], strict=True)
        plan = self._plans.get(predicates) or self._plan(predicates)
        entries = (self._links[description[0]], *map(getitem, plan.values, objects))
        if not self._fit(plan, entries):
            return self._grouped(description, {} if children is None else children)
        if children:
            link, *values = entries
            pairs = zip(description[1], values, strict=True)
            entries = (link, *(children.pop(statement, value) for statement, value in pairs))
        return plan.template % entries

    def alone(self, description: Description) -> str | None:
        """A description as a node object; None where something may be nested in it."""
        predicates, objects = zip(*description[1], strict=True)
        plan = self._plans.get(predicates) or self._plan(predicates)
        entries = (self._links[description[0]], *map(getitem, plan.values, objects))
        fits = self._fit(plan, entries)
        if plan.nests and (fits or self._can_compact(description)):
            return None
        return plan.template % entries if fits else self._grouped(description, {})

    def _fit(self, plan: _Plan, entries: tuple[str, ...]) -> bool:
        """Whether a template can be filled with these: the subject, and each object."""
        if not plan.template or "" in entries or entries[0][0] != '"':
            return False
        return not (plan.maps and _is_repeated(plan.maps, entries[1:]))

    def _can_compact(self, description: Description) -> bool:
        """Whether no more than linked IRIs would be read as compact ones."""
        subject, statements = description
        return self._links[subject][0] == '"' and all(map(self._place, statements))

    def _plan(self, predicates: tuple[Term, ...]) -> _Plan:
        if len(self._plans) >= _REMEMBERED:
            self._plans.clear()
        nests = not self._nested.isdisjoint(predicates)
        plan = self._plans[predicates] = self._find_plan(predicates)._replace(nests=nests)
        return plan

    def _find_plan(self, predicates: tuple[Term, ...]) -> _Plan:
        if len(predicates) > _LONGEST or TYPE in predicates[1:] and predicates[0] != TYPE:
            return _Plan("")
        properties = [p for p in map(self._compaction.first, predicates) if p]
        groups = [list(group) for _, group in groupby(properties, attrgetter("key"))]
        is_split = len({group[0].key for group in groups}) < len(groups)
        if is_split or len(properties) < len(predicates):
            return _Plan("")
        entries = ", ".join(_entry_template(group[0], len(group)) for group in groups)
        template = f"{self._opening.replace('%', '%%')}%s, {entries}}}"
        return _Plan(template, tuple(p.values for p in properties), tuple(_maps(groups)))

    def _grouped(self, description: Description, children: MutableMapping[Statement, str]) -> str:
        subject, statements = description
        link = self._links[subject]
        groups: dict[str, tuple[CompactProperty, list[str]]] = {}
        for statement in sorted(statements, key=_is_no_type):
            place = self._place(statement)
            if place is None or link[0] != '"':
                return self._without_context.node(description)
            of_property, value = place
            group = groups.setdefault(of_property.key, (of_property, []))
            group[1].append(children.pop(statement, value))
        entries = ", ".join(of_property.entry(values) for of_property, values in groups.values())
        return f"{self._opening}{link}, {entries}}}"

    def _place(self, statement: Statement) -> tuple[CompactProperty, str] | None:
        predicate, object_ = statement
        found = self._compaction.first(predicate)
        if found and found.values[object_]:
            return found, found.values[object_]
        found = self._compaction.in_full(predicate)
        return (found, found.values[object_]) if found and found.values[object_] else None

    @cached_property
    def _without_context(self) -> Nodes:
        return Nodes(Context({}), without_context(self._context))


def _is_no_type(statement: Statement) -> bool:
    return statement[0] != TYPE


def _entry_template(of_property: CompactProperty, count: int) -> str:
    key = of_property.key.replace("%", "%%")
    marks = ", ".join(["%s"] * count)
    if of_property.term.by_language:
        return f"{key}{{{marks}}}"
    return f"{key}[{marks}]" if count > 1 or of_property.term.is_set else f"{key}{marks}"


def _maps(groups: Sequence[Sequence[CompactProperty]]) -> list[slice]:
    found, start = [], 0
    for group in groups:
        if group[0].term.by_language and len(group) > 1:
            found.append(slice(start, start + len(group)))
        start += len(group)
    return found


def _is_repeated(maps: Sequence[slice], values: Sequence[str]) -> bool:
    """Whether a language stands twice in a map."""
    for part in maps:
        entries = values[part]
        if len({entry[: entry.index(":")] for entry in entries}) < len(entries):
            return True
    return False
