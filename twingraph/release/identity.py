"""What became of the things of the release before: there still, under another IRI, or gone.

A new IRI is known from data/redirects.csv, or recognised: the same Wikidata entry as its exact
match, the same partners of a partnership, the same part of a whole that was recognised. What was
gone already stays gone, from release to release, unless the thing is back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.identifiers import THING_PATHS, Ref
from twingraph.model.records import Authority, Gone, Organization, Partnership, Person, View
from twingraph.rdf import triples
from twingraph.rdf.mapping import EXACT_MATCH, A, tg
from twingraph.rdf.terms import Statement
from twingraph.rdf.tombstones import DEPRECATED, IS_REPLACED_BY

_THING: Final = re.compile(rb"<[^>#]*/(%b)/[^/>#]+>" % "|".join(THING_PATHS).encode())
_PARTNER: Final = tg("partner")
_WHOLES: Final = (
    (ids.AGREEMENT, ids.PARTNERSHIP),
    (ids.STATUS_CHANGE, ids.PARTNERSHIP),
    (ids.SIGNATURE, ids.AGREEMENT),
    (ids.PARTICIPATION, ids.PROJECT),
    (ids.MEMBERSHIP, ids.MUNICIPALITY),
)
"""Things whose key starts with that of another: each after what it is a part of."""


@dataclass(frozen=True)
class Past:
    """What a release states of which things there are: those there (the path of each), and those
    gone with what they were replaced by; all by their IRIs."""

    there: Mapping[str, str]
    gone: Mapping[str, str | None]


@dataclass(frozen=True)
class Succession:
    """A view that knows what is gone, and the IRIs that the release before had and that are gone
    without anything in their place, by their path."""

    view: View
    lost: Mapping[str, list[str]]
    before: Mapping[str, int]
    """How many things of each path the release before had."""


def past(release: Path) -> Past:
    """Read which things a release has and had. Raises UsageError where it cannot be read."""
    there: dict[str, str] = {}
    gone: dict[str, str | None] = {}
    is_a, is_gone, is_now = (f" {p} ".encode() for p in (A, DEPRECATED, IS_REPLACED_BY))
    for line in triples.lines(release):
        if is_a in line:
            subject = line.partition(b" ")[0]
            if match := _THING.fullmatch(subject):
                there[subject[1:-1].decode()] = match[1].decode()
        elif is_now in line or is_gone in line:
            subject_, predicate, object_ = triples.parts(line)
            if predicate == IS_REPLACED_BY:
                gone[subject_[1:-1]] = object_[1:-1]
            elif predicate == DEPRECATED:
                gone.setdefault(subject_[1:-1], None)
    return Past(there, gone)


def follow(view: View, before: Path | None) -> Succession:
    """A view that follows the release in a folder, and what was lost on the way."""
    if before is None:
        return Succession(view, {}, {})
    known, now = past(before), _there(view)
    declared = {thing.iri: thing.replaced_by for thing in view.gone}
    missing = known.there.keys() - now.keys()
    said = triples.described(before, missing)
    found = _Recognised(view, known.there, said, declared).replacements(missing)
    stated = {**known.gone, **dict.fromkeys(missing), **found, **declared}
    gone = {iri: _final(iri, stated, now) for iri in stated if iri not in now}
    lost: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(missing):
        if gone[iri] is None:
            lost[known.there[iri]].append(iri)
    counts = {path: 0 for path in THING_PATHS}
    for path in known.there.values():
        counts[path] += 1
    followed = replace(view, gone=tuple(Gone(iri, gone[iri]) for iri in sorted(gone)))
    return Succession(followed, lost, counts)


def _there(view: View) -> dict[str, Ref]:
    refs: Iterable[Ref] = (
        *(record.ref for record in view),
        *(claims.source.ref for claims in view.claims),
    )
    return {ref.iri(view.dataset.base): ref for ref in refs}


def _final(iri: str, stated: Mapping[str, str | None], now: Mapping[str, Ref]) -> str | None:
    """Where a line of replacements ends, if it ends at something that is there."""
    seen = {iri}
    following = stated[iri]
    while following is not None and following not in now and following not in seen:
        seen.add(following)
        following = stated.get(following)
    return following if following in now else None


class _Recognised:
    """Finds what things that are missing are called now."""

    def __init__(
        self,
        view: View,
        there: Mapping[str, str],
        said: Mapping[str, list[Statement]],
        declared: Mapping[str, str | None],
    ) -> None:
        self.view = view
        self.base = view.dataset.base
        self.now = _there(view)
        self.there = there
        self.said = said
        self.found = dict(declared)

    def replacements(self, missing: Iterable[str]) -> dict[str, str | None]:
        of_path: dict[str, list[str]] = defaultdict(list)
        for iri in sorted(missing):
            of_path[self.there[iri]].append(iri)
        self._by_wikidata(of_path)
        self._by_partners(of_path[ids.PARTNERSHIP])
        for path, whole in _WHOLES:
            self._by_whole(of_path[path], path, whole)
        return self.found

    def _add(self, iri: str, candidates: Iterable[str]) -> None:
        known = list(candidates)
        if len(known) == 1:
            self.found.setdefault(iri, known[0])

    def _by_wikidata(self, of_path: Mapping[str, list[str]]) -> None:
        entries: dict[tuple[str, str], list[str]] = defaultdict(list)
        for record in self.view:
            if isinstance(record, Authority | Organization | Person) and record.wikidata:
                entry = f"{ns.WD}{record.wikidata}"
                entries[record.path, entry].append(record.ref.iri(self.base))
        for path, missing in of_path.items():
            for iri in missing:
                same = [o[1:-1] for p, o in self.said.get(iri, ()) if p == EXACT_MATCH]
                self._add(iri, (c for entry in same for c in entries.get((path, entry), ())))

    def _by_partners(self, missing: Iterable[str]) -> None:
        known: dict[frozenset[str], list[str]] = defaultdict(list)
        for partnership in self.view.all(Partnership).values():
            partners = (Ref(ids.MUNICIPALITY, key).iri(self.base) for key in partnership.partners)
            known[frozenset(partners)].append(partnership.ref.iri(self.base))
        for iri in missing:
            then = (o[1:-1] for p, o in self.said.get(iri, ()) if p == _PARTNER)
            self._add(iri, known.get(frozenset(self.found.get(p) or p for p in then), ()))

    def _by_whole(self, missing: Iterable[str], path: str, whole: str) -> None:
        for iri in missing:
            start, _, local = iri.rpartition("_")
            base, _, key = start.rpartition(f"/{path}/")
            new = self.found.get(f"{base}/{whole}/{key}")
            if new:
                base, _, key = new.rpartition(f"/{whole}/")
                self._add(iri, self._there(f"{base}/{path}/{key}_{local}"))

    def _there(self, iri: str) -> Iterator[str]:
        if iri in self.now:
            yield iri
