"""One project in several sources is one: by its number, its id on keep.eu, or its title.

Two keys are of one project where the sources that state them agree on
1. the id on keep.eu, or
2. the number and the programme (of numbers without a programme: also a title or a partner), or
3. a title in any language, and a partner (or the programme, where one side names no partner),
and do not contradict each other in any of these, nor in when it starts. One source that states two
keys means two projects. Programmes are one by their CCI. The key of the best-ranked source stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from anyascii import anyascii

from twingraph import identifiers as ids
from twingraph.dates import Date
from twingraph.identifiers import Ref
from twingraph.model.merge import ranking
from twingraph.model.records import (
    Claims,
    Evidence,
    Origin,
    Participation,
    Partnership,
    Programme,
    Project,
    Record,
    ordered,
)

SHORTEST_TITLE: Final = 12
"""Letters and digits that a title needs to go by: "Bridges" is the title of many projects."""

_VERSION: Final = re.compile(r"(?<=/\d\d)-\d\d(?:-\d\d)?$")
"""The version of a contract at the end of a number of the Polish-Slovak programme: /17-00."""
_ALIKE: Final = str.maketrans({"i": "1", "l": "1", "o": "0"})
"""What is printed one for the other: INT/EB/ZA/l/V/B/0195."""

Keys = Mapping[str, str]


def number_key(number: str) -> str:
    """A project's number, comparable: without separators, version, and letters that look like
    digits.

    >>> number_key("PLSK.01.01.00-SK-0164/17-01") == number_key("PLSK.01.01.00-SK-0164/17")
    True
    """
    plain = re.sub(r"[^a-z0-9]", "", anyascii(_VERSION.sub("", number.strip())).lower())
    return plain.translate(_ALIKE)


def title_key(title: str) -> str:
    """A title, comparable: its letters and digits in ASCII; "" of one too short to go by."""
    plain = re.sub(r"[^a-z0-9]", "", anyascii(title).lower())
    return plain if len(plain) >= SHORTEST_TITLE else ""


def joined(claims: Sequence[Claims]) -> list[Claims]:
    """The claims with one key for each programme and each project. In the same order."""
    programmes, projects = renames(claims)
    one = [_renamed(c, programmes, {}) for c in claims] if programmes else list(claims)
    return [_renamed(c, {}, projects) for c in one] if projects else one


def renames(claims: Iterable[Claims]) -> tuple[Keys, Keys]:
    """The programmes and the projects that take another's key. No other things are looked at than
    programmes, projects and participations."""
    by_rank = sorted(claims, key=lambda c: ranking(c.source))
    programmes = _programmes(by_rank)
    one = [_renamed(c, programmes, {}) for c in by_rank] if programmes else by_rank
    return programmes, _projects(one)


def renamed(record: Record, programmes: Keys, projects: Keys) -> Record:
    """A record with the keys that `renames` gave."""
    return _record(_record(record, programmes, {}), {}, projects)


def _programmes(claims: Iterable[Claims]) -> Keys:
    """Programmes that take another's key: the first that has their CCI."""
    first: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for record in (record for c in claims for record in c.records):
        if isinstance(record, Programme) and record.cci:
            key = first.setdefault(record.cci.strip().upper(), record.key)
            if key != record.key:
                renamed[record.key] = key
    return renamed


@dataclass(slots=True)
class _Facts:
    """What sources state of one key, as far as it tells projects apart."""

    rank: int
    sources: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    keep_ids: set[str] = field(default_factory=set)
    programmes: set[str] = field(default_factory=set)
    partners: set[str] = field(default_factory=set)
    starts: list[Date] = field(default_factory=list)

    def add(self, other: _Facts) -> None:
        """Take in what is stated under another key."""
        for name in ("sources", "titles", "numbers", "keep_ids", "programmes", "partners"):
            getattr(self, name).update(getattr(other, name))
        self.starts += other.starts


def _facts(claims: Iterable[Claims]) -> dict[str, _Facts]:
    found: dict[str, _Facts] = {}
    for c in claims:
        for record in c.records:
            if isinstance(record, Project):
                facts = found.setdefault(record.key, _Facts(len(found)))
                _add_project(facts, record)
            elif isinstance(record, Participation):
                facts = found.setdefault(record.project, _Facts(len(found)))
                facts.partners.update(filter(None, (record.authority, record.organization)))
            else:
                continue
            facts.sources.add(c.source.key)
    return found


def _add_project(facts: _Facts, project: Project) -> None:
    facts.titles.update(filter(None, (title_key(t.value) for t in project.titles)))
    facts.numbers.update(filter(None, (number_key(project.number or ""),)))
    facts.keep_ids.update(filter(None, (project.keep_id,)))
    facts.programmes.update(filter(None, (project.programme,)))
    facts.partners.update(project.partners)
    if project.start:
        facts.starts.append(project.start)


def _projects(claims: Sequence[Claims]) -> Keys:
    """Projects that take another's key."""
    facts = _facts(claims)
    if len({source for one in facts.values() for source in one.sources}) < 2:
        return {}
    groups = {key: key for key in facts}
    for index in (_by("keep_ids"), _by("numbers"), _by("titles")):
        for keys in index(facts):
            _join(keys, facts, groups)
    return {key: end for key in facts if (end := _end(key, groups)) != key}


def _by(name: str) -> Callable[[Mapping[str, _Facts]], Iterator[Sequence[str]]]:
    """Keys that have a fact in common, best first."""

    def index(facts: Mapping[str, _Facts]) -> Iterator[Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for key, one in facts.items():
            for value in getattr(one, name):
                found[value].append(key)
        return (keys for keys in found.values() if len(keys) > 1)

    return index


def _join(keys: Sequence[str], facts: dict[str, _Facts], groups: dict[str, str]) -> None:
    ends = list(dict.fromkeys(_end(key, groups) for key in keys))
    for at, other in enumerate(ends):
        for end in ends[:at]:
            one = _end(end, groups)
            if one != other and _same(facts[one], facts[other]):
                first, second = sorted((one, other), key=lambda key: facts[key].rank)
                groups[second] = first
                facts[first].add(facts[second])
                break


def _end(key: str, groups: Keys) -> str:
    while groups[key] != key:
        key = groups[key]
    return key


def _same(one: _Facts, other: _Facts) -> bool:
    if one.sources & other.sources or _contradict(one, other):
        return False
    by_keep, by_number, by_title, partner, programme = (
        bool(getattr(one, name) & getattr(other, name))
        for name in ("keep_ids", "numbers", "titles", "partners", "programmes")
    )
    if by_keep:
        return True
    if by_number:
        return programme or by_title or partner
    return by_title and (partner or (programme and not (one.partners and other.partners)))


def _contradict(one: _Facts, other: _Facts) -> bool:
    for name in ("keep_ids", "numbers", "programmes"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine and theirs and not mine & theirs:
            return True
    apart = (a.after(b) or b.after(a) for a in one.starts for b in other.starts)
    return not (one.keep_ids & other.keep_ids or one.numbers & other.numbers) and any(apart)


# --- new keys ------------------------------------------------------------------------------------


def participation_key(project: str, body: str) -> str:
    """The key of a body's part in a project, by their keys."""
    return ids.nested_key(project, _slug(body))


_slug = lru_cache(maxsize=1 << 16)(ids.slug)


def _renamed(claims: Claims, programmes: Keys, projects: Keys) -> Claims:
    if not _touches(claims, programmes, projects):
        return claims
    records: dict[Ref, Record] = {}
    origins: dict[Ref, Origin] = {}
    moved: dict[Ref, Ref] = {}
    for record in claims.records:
        new = _record(record, programmes, projects)
        moved[record.ref] = new.ref
        records.setdefault(new.ref, new)
        if record.ref in claims.origins:
            origins.setdefault(new.ref, claims.origins[record.ref])
    evidence = tuple(_moved(claims.evidence, moved, programmes, projects))
    return replace(
        claims, records=tuple(records[r] for r in sorted(records)), evidence=evidence,
        origins=origins,
    )  # fmt: skip


def _touches(claims: Claims, programmes: Keys, projects: Keys) -> bool:
    for record in claims.records:
        if isinstance(record, Project) and (
            record.key in projects or record.programme in programmes
        ):
            return True
        if isinstance(record, Participation) and record.project in projects:
            return True
        if isinstance(record, Programme) and record.key in programmes:
            return True
        if isinstance(record, Partnership) and any(p in projects for p in record.projects):
            return True
    return False


def _record(record: Record, programmes: Keys, projects: Keys) -> Record:
    match record:
        case Programme() if record.key in programmes:
            return replace(record, key=programmes[record.key])
        case Project():
            programme = programmes.get(record.programme or "", record.programme)
            return replace(record, key=projects.get(record.key, record.key), programme=programme)
        case Participation() if record.project in projects:
            project = projects[record.project]
            key = project + record.key.removeprefix(record.project)
            return replace(record, key=key, project=project)
        case Partnership() if record.projects:
            return replace(record, projects=ordered(projects.get(p, p) for p in record.projects))
    return record


def _moved(
    evidence: Iterable[Evidence], moved: Mapping[Ref, Ref], programmes: Keys, projects: Keys
) -> Iterator[Evidence]:
    for one in evidence:
        path, key = one.subject
        new = moved.get(one.subject)
        if new is None and path == ids.PROJECT:
            new = Ref(path, projects.get(key, key))
        elif new is None and path == ids.PROGRAMME:
            new = Ref(path, programmes.get(key, key))
        yield replace(one, subject=new) if new and new != one.subject else one
