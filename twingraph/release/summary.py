"""Changes as people read them: new and removed things by name, changed dates, what else changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.identifiers import THING_PATHS
from twingraph.rdf import triples
from twingraph.rdf.mapping import FIELDS, LABEL, PARENTS, A, tg
from twingraph.rdf.shown_names import shown_name
from twingraph.rdf.terms import Statement, Term
from twingraph.rdf.tombstones import DEPRECATED, IS_REPLACED_BY
from twingraph.release.changes import Changes

CALLED: Final = {
    ids.PARTNERSHIP: ("partnership", "partnerships"),
    ids.MUNICIPALITY: ("town", "towns"),
    ids.AGREEMENT: ("agreement", "agreements"),
    ids.SIGNATURE: ("signature", "signatures"),
    ids.STATUS_CHANGE: ("change of status", "changes of status"),
    ids.PROJECT: ("project", "projects"),
    ids.PARTICIPATION: ("part in a project", "parts in projects"),
    ids.PROGRAMME: ("programme", "programmes"),
    ids.PERSON: ("person", "people"),
    ids.ORGANIZATION: ("organisation", "organisations"),
    ids.MEMBERSHIP: ("membership of a network", "memberships of networks"),
    ids.SOURCE: ("source", "sources"),
}
"""What things are called, by the path of their IRI, in the order in which they are told."""

_DATES: Final = frozenset(
    field.property for fields in FIELDS.values() for field in fields if field.write == "date"
)
_BOUNDS: Final = {
    Term(f"{date[:-1]}{bound}>"): (date, bound)
    for date in _DATES
    for bound in ("Earliest", "Latest")
}
_MIRRORED: Final = frozenset(
    {
        *(link for _, _, down, up in PARENTS.values() for link in (down, up)),
        *map(
            tg,
            (
                *("partnerIn", "projectPartnerIn", "jointProjectOf", "signatoryOf"),
                *("participantIn", "twinnedWith"),
            ),
        ),
        LABEL,
    }
)
"""What says again, of one thing, what is told of another: links, and a label made of names."""
_UNTOLD: Final = _MIRRORED | {DEPRECATED, IS_REPLACED_BY}
NAMED: Final = 3
"""So many sources are named where changes are told in a line."""


@dataclass(frozen=True, order=True)
class ChangedThing:
    """A thing by its IRI, with its name; `replaced_by` is the IRI it has now, if it is gone."""

    iri: str
    path: str
    label: str
    replaced_by: str | None = None

    def json(self) -> dict[str, Any]:
        """The thing as the summary holds it."""
        said = {"iri": self.iri, "label": self.label, "replaced_by": self.replaced_by}
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, order=True)
class ChangedValue:
    """A property of a thing that is in both releases, and the values it lost and got."""

    thing: ChangedThing
    property: str
    old: tuple[str, ...]
    new: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """The change as the summary holds it."""
        said = {"property": self.property, "old": list(self.old), "new": list(self.new)}
        return {**self.thing.json(), **said}


@dataclass(frozen=True)
class ChangedSource:
    """A source whose own graph changed: how many `statements` were added to it and removed."""

    source: ChangedThing
    statements: tuple[int, int]

    def json(self) -> dict[str, Any]:
        """The change as the summary holds it."""
        added, removed = self.statements
        return {**self.source.json(), "added": added, "removed": removed}


@dataclass(frozen=True)
class ChangeSummary:
    """What changed from one release to another. `old` and `new` say which they are, `statements`
    how many were added to the merged view and removed, `sources` whose claims changed."""

    old: Mapping[str, str | None]
    new: Mapping[str, str | None]
    statements: tuple[int, int]
    appeared: tuple[ChangedThing, ...]
    gone: tuple[ChangedThing, ...]
    dates: tuple[ChangedValue, ...]
    changed: tuple[ChangedValue, ...]
    sources: tuple[ChangedSource, ...] = ()

    def json(self) -> dict[str, Any]:
        """The summary as JSON."""
        added, removed = self.statements
        return {
            "old": dict(self.old),
            "new": dict(self.new),
            "statements": {"added": added, "removed": removed},
            "sources": [source.json() for source in self.sources],
            "added": {path: [t.json() for t in of] for path, of in by_path(self.appeared)},
            "removed": {path: [t.json() for t in of] for path, of in by_path(self.gone)},
            "dates": [change.json() for change in self.dates],
            "changed": [change.json() for change in self.changed],
        }

    def headlines(self) -> tuple[str, ...]:
        """The summary in a few lines."""
        return tuple(self._headlines())

    def _headlines(self) -> Iterator[str]:
        for path, things in by_path(self.appeared):
            yield f"{_counted(len(things), path)} added"
        for path, things in by_path(self.gone):
            moved = sum(thing.replaced_by is not None for thing in things)
            if len(things) > moved:
                yield f"{_counted(len(things) - moved, path)} removed"
            if moved:
                yield f"{_counted(moved, path)} under a new IRI"
        if self.dates:
            yield f"{len(self.dates)} {'date' if len(self.dates) == 1 else 'dates'} changed"
        if others := {change.thing for change in self.changed}:
            yield f"{len(others)} {'thing' if len(others) == 1 else 'things'} changed otherwise"
        added, removed = self.statements
        both = f"{added} statements added, {removed} removed"
        both = both if added or removed else "no statement changed"
        yield f"{both}; {self._whose()}" if self.sources else both

    def _whose(self) -> str:
        """Whose claims changed: a few sources by their names, or how many."""
        changed = f"claims of {_counted(len(self.sources), ids.SOURCE)} changed"
        names = ", ".join(source.source.label for source in self.sources)
        return f"{changed}: {names}" if len(self.sources) <= NAMED else changed

    def text(self) -> str:
        """The whole summary, for people."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"from {_release(self.old)} to {_release(self.new)}: {', '.join(self.headlines())}"
        for path, things in by_path(self.appeared):
            yield f"\nadded {CALLED[path][1]}:"
            yield from (f"  {thing.label}  <{thing.iri}>" for thing in things)
        for path, things in by_path(self.gone):
            yield f"\nremoved {CALLED[path][1]}:"
            for thing in things:
                now = f", now <{thing.replaced_by}>" if thing.replaced_by else ""
                yield f"  {thing.label}  <{thing.iri}>{now}"
        if self.sources:
            yield "\nstatements of sources:"
        for changed in self.sources:
            added, removed = changed.statements
            told = f"{added} added, {removed} removed"
            yield f"  {changed.source.label}  <{changed.source.iri}>: {told}"
        for title, changes in (("dates", self.dates), ("other changes", self.changed)):
            if changes:
                yield f"\n{title}:"
            for change in changes:
                values = f"{' | '.join(change.old) or '–'} → {' | '.join(change.new) or '–'}"
                yield f"  {change.thing.label}: {change.property} {values}"


def by_path(things: Sequence[ChangedThing]) -> list[tuple[str, list[ChangedThing]]]:
    """Things by their path, in the order of `CALLED`; a path without any is left out."""
    found: dict[str, list[ChangedThing]] = defaultdict(list)
    for thing in things:
        found[thing.path].append(thing)
    return [(path, found[path]) for path in CALLED if path in found]


def _counted(count: int, path: str) -> str:
    return f"{count} {CALLED[path][count != 1]}"


def _release(which: Mapping[str, str | None]) -> str:
    dated = f" ({which['date']})" if which.get("date") else ""
    return f"{which.get('version') or which.get('name')}{dated}"


def summarize(
    changes: Changes,
    old: Path,
    new: Path,
    which: tuple[Mapping[str, str | None], Mapping[str, str | None]],
) -> ChangeSummary:
    """Sum up the changes between two release folders, which the names of things are taken from."""
    lost, got = _by_subject(changes.removed), _by_subject(changes.added)
    appeared = {iri for iri, said in got.items() if _has(said, A) and not _has(lost.get(iri), A)}
    gone = {iri for iri, said in lost.items() if _has(said, A) and not _has(got.get(iri), A)}
    changed = (lost.keys() | got.keys()) - appeared - gone
    sources = {_source_of(graph): numbers for graph, numbers in changes.graphs.items()}
    names = {**_names(old, gone), **_names(new, (appeared | changed | sources.keys()) - gone)}

    def thing(iri: str) -> ChangedThing:
        moved = [o[1:-1] for p, o in got.get(iri, ()) if p == IS_REPLACED_BY and iri in gone]
        return ChangedThing(
            iri, _path(iri), names.get(iri) or _key(iri), moved[0] if moved else None
        )

    lost_things = tuple(sorted(map(thing, gone), key=_order))
    appeared -= {moved.replaced_by for moved in lost_things if moved.replaced_by}
    told = [c for iri in sorted(changed) for c in _changes(thing(iri), lost[iri], got[iri])]
    dates = {str(_short(date)) for date in _DATES}
    return ChangeSummary(
        *which,
        (len(changes.added), len(changes.removed)),
        tuple(sorted(map(thing, appeared), key=_order)),
        lost_things,
        tuple(change for change in told if change.property in dates),
        tuple(change for change in told if change.property not in dates),
        tuple(
            ChangedSource(source, sources[source.iri])
            for source in sorted(map(thing, sources), key=_order)
        ),
    )


def _source_of(graph: str) -> str:
    """The IRI of the source whose claims stand in a graph: both have the same key."""
    base, _, key = graph.rpartition(f"{ids.GRAPH}/")
    return f"{base}{ids.SOURCE}/{key}"


def _order(thing: ChangedThing) -> tuple[str, str]:
    return thing.label, thing.iri


def _by_subject(lines: Sequence[bytes]) -> defaultdict[str, list[Statement]]:
    """What is said of things in some lines; evidence, graphs and concepts are no things."""
    found: defaultdict[str, list[Statement]] = defaultdict(list)
    for line in lines:
        subject, predicate, object_ = triples.parts(line)
        iri = subject[1:-1].partition("#")[0]
        if _path(iri) in THING_PATHS:
            # What is said of a point or a publisher is said of the thing that it belongs to.
            found[iri].append((predicate, object_) if subject[1:-1] == iri else (_OF_PART, object_))
    return found


_OF_PART: Final = Term("<part>")


def _has(said: Sequence[Statement] | None, predicate: Term) -> bool:
    return any(p == predicate for p, _ in said or ())


def _path(iri: str) -> str:
    return iri.rpartition("/")[0].rpartition("/")[2]


def _key(iri: str) -> str:
    return iri.rpartition("/")[2]


def _changes(
    thing: ChangedThing, lost: list[Statement], got: list[Statement]
) -> Iterator[ChangedValue]:
    was, now = _values(lost), _values(got)
    for property_ in sorted(was.keys() | now.keys()):
        if was[property_] != now[property_]:
            yield ChangedValue(thing, property_, tuple(was[property_]), tuple(now[property_]))


def _values(said: Sequence[Statement]) -> defaultdict[str, list[str]]:
    """Values by their property, a date once: as it is written, or else between its bounds."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    bounds: dict[Term, dict[str, str]] = defaultdict(dict)
    for predicate, object_ in said:
        if predicate in _BOUNDS:
            date, bound = _BOUNDS[predicate]
            bounds[date][bound] = triples.value(object_)
        elif predicate not in _UNTOLD:
            values[_short(predicate)].append(triples.value(object_))
    for date, known in bounds.items():
        if _short(date) not in values:
            interval = f"{known.get('Earliest', '..')}/{known.get('Latest', '..')}"
            values[_short(date)].append(interval)
    return values


def _short(predicate: Term) -> str:
    """A property by its local name, of our own vocabulary; with its prefix of another."""
    if predicate == _OF_PART:
        return "(part)"
    iri = predicate[1:-1]
    for prefix, namespace in ns.VOCABULARIES.items():
        if iri.startswith(namespace):
            local = iri.removeprefix(namespace)
            return local if namespace == ns.TG else f"{prefix}:{local}"
    return iri


def _names(release: Path, iris: Collection[str]) -> dict[str, str]:
    """What a release calls some things."""
    said = triples.described(release, iris)
    return {iri: shown_name(of) or _key(iri) for iri, of in said.items()}
