"""What Wikidata should know: where its twinning statements fall short, and what we can add.

What Wikidata has is known from harvests alone, so nothing is proposed for an item of which no
harvest has read a revision. A command is made only where all of this holds: the partnership is of
two bodies whose entries are verified; a source of ours with a web address states it; and Wikidata
lacks it, or has it without a date, or without any reference. A link that is there on any
administrative level (the settlement in place of the commune) counts as there, and is only reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from twingraph.dates import Date
from twingraph.model.records import (
    Agreement,
    Authority,
    Claims,
    Partnership,
    Source,
    StatusChange,
    View,
    WikidataStatement,
)
from twingraph.quality.conflicts import Conflict
from twingraph.sources.wikidata import properties as p
from twingraph.sources.wikidata import quickstatements as qs
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.quickstatements import Command, Parts
from twingraph.sources.wikidata.twinning import PUBLISHER

FILE: Final = "quickstatements.txt"
"""The file of the commands."""

_RUNNING: Final = (None, "active")
_MADE_BY: Final = ("agreement", "renewal")


class Doubled(NamedTuple):
    """A partnership that Wikidata states on several levels: each (item, item) it links."""

    partnership: str
    links: tuple[tuple[str, str], ...]


class Advice(NamedTuple):
    """What there is to do in Wikidata. Partnerships are named by their keys.

    `harvests`: the sources brought in from Wikidata, with the day. `undated`: stated there
    without a start; `datable`: those of them that a source of ours dates. `missing`: stated by
    our sources and, as far as was read, not there. `unread`: of verified items that no harvest
    has read. `unsourced`: could be added, but no source of ours has an address.
    """

    harvests: tuple[tuple[str, str | None], ...]
    doubled: tuple[Doubled, ...]
    undated: tuple[str, ...]
    datable: tuple[str, ...]
    missing: tuple[str, ...]
    unread: tuple[str, ...]
    unsourced: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    commands: tuple[Command, ...]

    def json(self) -> dict[str, Any]:
        """As quality.json holds it; the conflicts are among its disagreements."""
        return {
            "harvests": [{"source": key, "retrieved": on} for key, on in self.harvests],
            "doubled": [
                {"partnership": d.partnership, "links": [list(link) for link in d.links]}
                for d in self.doubled
            ],
            "undated": list(self.undated),
            "datable": list(self.datable),
            "missing": list(self.missing),
            "unread": list(self.unread),
            "unsourced": list(self.unsourced),
            "conflicts": len(self.conflicts),
            "commands": len(self.commands),
        }

    def text(self) -> str:
        """The commands, a line each."""
        return "".join(f"{command.line}\n" for command in self.commands)


def advise(view: View, found: tuple[Conflict, ...]) -> Advice:
    """Compare our sources with what was harvested. `found` are all disagreements of the view."""
    theirs = [c for c in view.claims if c.source.publisher == PUBLISHER]
    ours = [c for c in view.claims if c.source.publisher != PUBLISHER]
    harvested = _Harvested(view, theirs)
    maker = _CommandMaker(view, ours, harvested)
    by_ours = {key for c in ours for key in _partnerships(c)}
    undated = tuple(sorted(key for key in harvested.stated if not harvested.starts.get(key)))
    keys = {claims.source.key for claims in theirs}
    commands = tuple(command for key in sorted(by_ours) for command in maker.commands(key))
    return Advice(
        harvests=tuple((c.source.key, c.source.retrieved) for c in theirs),
        doubled=tuple(harvested.doubled()),
        undated=undated,
        datable=tuple(key for key in undated if key in by_ours and maker.dates(key)),
        missing=tuple(sorted(maker.missing)),
        unread=tuple(sorted(maker.unread)),
        unsourced=tuple(sorted(maker.unsourced)),
        conflicts=tuple(c for c in found if not c.fits and _between(c, keys)),
        commands=commands,
    )


def _between(conflict: Conflict, theirs: set[str]) -> bool:
    """Whether it is between Wikidata and a source of ours."""
    sources = {conflict.shown.source, *(other.source for other in conflict.others)}
    return bool(sources & theirs) and bool(sources - theirs)


def _partnerships(claims: Claims) -> Iterator[str]:
    return (record.key for record in claims.records if isinstance(record, Partnership))


class _Harvested:
    """What harvests tell of Wikidata.

    `stated` are the statements by partnership (none known by its id, for old snapshots), `starts`
    the starts it has, `read` the items of which a revision was read, with all its links or not.
    """

    def __init__(self, view: View, theirs: list[Claims]) -> None:
        self.known = CuratedKeys.of(view.all(Authority).values())
        self.stated: dict[str, dict[str, WikidataStatement]] = {}
        self.starts: dict[str, list[Date]] = defaultdict(list)
        self.read: dict[str, bool] = defaultdict(bool)
        # Of a statement that several harvests have, the one read last says what it is now.
        for claims in sorted(theirs, key=lambda c: c.source.retrieved or ""):
            for record in claims.records:
                if isinstance(record, Partnership):
                    self.stated.setdefault(record.key, {})
                    self.starts[record.key] += [record.since] if record.since else []
            for evidence in claims.evidence:
                statement = evidence.statement
                if evidence.property == "partners" and statement and statement.id:
                    self.stated.setdefault(evidence.subject.key, {})[statement.id] = statement
                if evidence.revision:
                    self.read[evidence.revision.item] |= not evidence.revision.in_part

    def knows(self, item: str, target: str) -> bool:
        """Whether it is known what an item says of another."""
        return item in self.read and (self.read[item] or self.read.get(target, False))

    def side(self, item: str) -> str:
        """The authority that an item is an entry of: its own, or its settlement's."""
        return self.known.key(item)

    def statements_on(self, partnership: str, partner: str) -> list[WikidataStatement]:
        """The statements of a partnership that stand on an item of one partner."""
        known = self.stated.get(partnership, {})
        return [known[name] for name in sorted(known) if self.side(known[name].item) == partner]

    def contests(self, partnership: str, ours: Date | None) -> bool:
        """Whether a start it has contradicts ours."""
        starts = self.starts.get(partnership, ()) if ours else ()
        return any(not (ours.within(one) or one.within(ours)) for one in starts if ours)

    def doubled(self) -> Iterator[Doubled]:
        """Partnerships of which one direction is stated between several pairs of items."""
        for key in sorted(self.stated):
            links: dict[str, set[tuple[str, str]]] = defaultdict(set)
            for stated in self.stated[key].values():
                links[self.side(stated.item)].add((stated.item, stated.value))
            if any(len(pairs) > 1 for pairs in links.values()):
                yield Doubled(
                    key, tuple(sorted(pair for pairs in links.values() for pair in pairs))
                )


class _CommandMaker:
    """Makes the commands of a partnership, and keeps why one was not made."""

    def __init__(self, view: View, ours: list[Claims], harvested: _Harvested) -> None:
        self.view = view
        self.harvested = harvested
        self.items = dict(_verified(ours))
        self.stating: dict[str, list[tuple[Source, Partnership]]] = defaultdict(list)
        self.signing: dict[str, list[tuple[Source, Agreement]]] = defaultdict(list)
        self.ends: dict[str, list[tuple[Source, StatusChange]]] = defaultdict(list)
        for claims in sorted(ours, key=lambda c: (c.source.rank, c.source.key)):
            for record in claims.records:
                match record:
                    case Partnership():
                        self.stating[record.key].append((claims.source, record))
                    case Agreement() if record.kind in _MADE_BY and record.signed_on:
                        self.signing[record.partnership].append((claims.source, record))
                    case StatusChange() if record.new_status == "ended" and not record.concerns:
                        self.ends[record.partnership].append((claims.source, record))
        self.missing: set[str] = set()
        self.unread: set[str] = set()
        self.unsourced: set[str] = set()

    def commands(self, key: str) -> Iterator[Command]:
        """The commands of a partnership, both directions."""
        partners = self.view.all(Partnership)[key].partners
        items = [self.items.get(partner) for partner in partners]
        if len(partners) != 2 or None in items:
            return
        ways = (partners, partners[::-1])
        known = [self.harvested.knows(self.items[one], self.items[other]) for one, other in ways]
        if not all(known):
            self.unread.add(key)
        elif key not in self.harvested.stated:
            self.missing.add(key)
        for (one, other), is_known in zip(ways, known, strict=True):
            if is_known:
                yield from self._command(key, one, other)

    def _command(self, key: str, one: str, other: str) -> Iterator[Command]:
        item, target = self.items[one], self.items[other]
        statements = self.harvested.statements_on(key, one)
        qualifiers, source = self._qualifiers(key)
        if statements:
            if [(s.item, s.value) for s in statements] != [(item, target)]:
                return  # on another level, or more than once: for a human to tidy first
            if self.harvested.starts[key]:
                qualifiers = ()
            if not qualifiers and statements[0].is_referenced:
                return
        elif not self._may_be_added(key, qualifiers):
            return
        elif self.harvested.contests(key, self.view.all(Partnership)[key].since):
            qualifiers = ()  # which date is right is for a human to find out first
        source = source if qualifiers else self._source(key)
        reference = _reference(source) if source else ()
        if reference:
            yield Command(item, p.TWINNED, target, qualifiers, reference)
        else:
            self.unsourced.add(key)

    def _may_be_added(self, key: str, qualifiers: Parts) -> bool:
        """Whether it goes on, or its end is told: no ended one may look as if it went on."""
        status = self.view.all(Partnership)[key].status
        return status in _RUNNING or (
            status == "ended" and any(prop == p.END for prop, _ in qualifiers)
        )

    def dates(self, key: str) -> Parts:
        """The dates of ours that a source with an address states."""
        return self._qualifiers(key)[0]

    def _qualifiers(self, key: str) -> tuple[Parts, Source | None]:
        """What one source says of when: the start, or else a signing; and the end."""
        shown = self.view.all(Partnership)[key]
        starts = [(s, p.START, r.since) for s, r in self.stating[key] if r.since]
        signed = [(s, p.POINT_IN_TIME, r.signed_on) for s, r in self.signing[key]]
        if shown.since:
            starts = [found for found in starts if found[2] == shown.since]
        for source, prop, date in (*starts, *sorted(signed, key=lambda found: _day(found[2]))):
            if _reference(source) and (time := qs.time(date)):
                return ((prop, time), *self._end(key, source)), source
        for source, _ in self.ends[key]:
            if _reference(source) and (end := self._end(key, source)):
                return end, source
        return (), None

    def _end(self, key: str, source: Source) -> Parts:
        if self.view.all(Partnership)[key].status != "ended":
            return ()
        times = (qs.time(r.changed_on) for s, r in self.ends[key] if s == source)
        return tuple((p.END, time) for time in times if time)[:1]

    def _source(self, key: str) -> Source | None:
        """The best source that states a partnership and can be looked up."""
        return next((source for source, _ in self.stating[key] if _reference(source)), None)


def _day(date: Date | None) -> str:
    return (date and date.earliest) or ""


def _verified(ours: list[Claims]) -> Iterator[tuple[str, str]]:
    """The entries that a human or a checked rule has verified, by the authority's key."""
    for claims in ours:
        for record in claims.records:
            match record:
                case Authority(wikidata=str(item), wikidata_status="verified"):
                    yield record.key, item


def _reference(source: Source) -> Parts:
    """A reference to a source: its address, the day it was read, its title as it is written."""
    address = qs.address(source.url)
    if not address:
        return ()
    parts: list[tuple[str, str]] = [(p.REFERENCE_URL, address)]
    if source.retrieved:
        parts.append((p.RETRIEVED, f"+{source.retrieved}T00:00:00Z/11"))
    own = (title for title in source.titles if title.language in source.languages)
    titles = (qs.text(title) for title in own)
    return (*parts, *((p.TITLE, title) for title in titles if title))[:3]
