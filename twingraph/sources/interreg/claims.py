"""Rows of a list of projects → claims of one source: keys minted once, money checked, all counted.

Who a partner is, is asked of whoever knows bodies (`bodies.FindBody`). Projects are keyed by their
number on keep.eu, else by their number, else by their title; which of them other sources have too
is decided in merging (`model.project_identity`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

import pycountry
from anyascii import anyascii

from twingraph import identifiers as ids
from twingraph.model.project_identity import number_key, participation_key, title_key
from twingraph.model.records import (
    Authority,
    Claims,
    Evidence,
    Organization,
    Participation,
    Programme,
    Project,
    Record,
    Source,
    Text,
    Texts,
    ordered,
)
from twingraph.sources.interreg.bodies import BodyCandidate, BodyFound, BodyOutcome, FindBody
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ListedPartner, ListedProgramme, ListedProject

CENT: Final = Decimal("0.01")
FAR_KM: Final = 150.0
"""Between the partners of a project across one border: what lies farther is a namesake."""
_LONGEST: Final = 60
_STRAND_A: Final = re.compile(
    r"\bVI?-A\b|\bIV-?A\b|\bCBC\b|\bIPA\b|\bcross-?border\b", re.IGNORECASE
)
_CROSS_BORDER_CCI: Final = re.compile(r"^\d{4}[A-Z]{2}\d{2}[A-Z0-9]{2}CB", re.IGNORECASE)

Progress = Callable[[int], None]
"""Told how many projects have been read."""


@dataclass(frozen=True, slots=True)
class MintedKeys:
    """Keys that were minted before: of programmes by CCI and title, of organisations by country
    and name, of the projects of this very source by what identifies them."""

    programmes: Mapping[str, str] = field(default_factory=dict)
    organizations: Mapping[tuple[str | None, str], str] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record], before: Iterable[Record] = ()) -> MintedKeys:
        """What records name; `before` are those of the same source, read earlier."""
        programmes: dict[str, str] = {}
        organizations: dict[tuple[str | None, str], str] = {}
        projects: dict[str, str] = {}
        for record in records:
            if isinstance(record, Programme):
                for name in _of_programme(record.titles, record.cci):
                    programmes.setdefault(name, record.key)
            elif isinstance(record, Organization):
                for text in record.labels:
                    organizations.setdefault((record.country, _plain(text.value)), record.key)
        for record in before:
            if isinstance(record, Project):
                for name in _names(record.keep_id, record.number, record.titles):
                    projects.setdefault(name, record.key)
        return cls(programmes, organizations, projects)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which projects are wanted: of a programme (a CCI or words of its title), with an authority
    of ours."""

    programme: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A partner whose body was not found for sure, with those that it may be."""

    where: str
    names: str
    country: str
    found: BodyFound


@dataclass(frozen=True, slots=True)
class ProjectHarvest:
    """The claims of a list, what a gazetteer says of the places in it, and what was counted."""

    claims: Claims
    places: tuple[Authority, ...]
    listed: tuple[Listed, ...]
    report: Report


def harvest(
    rows: Iterable[ListedProject],
    source: Source,
    find: FindBody,
    report: Report,
    *,
    known: MintedKeys | None = None,
    wanted: Wanted | None = None,
    progress: Progress = lambda _: None,
) -> ProjectHarvest:
    """The claims of a list's rows. They are read one by one."""
    made = _Maker(find, report, known or MintedKeys(), wanted or Wanted())
    for number, row in enumerate(rows, 1):
        made.project(row)
        progress(number)
    return made.harvest(source)


class _Maker:
    def __init__(self, find: FindBody, report: Report, known: MintedKeys, wanted: Wanted) -> None:
        self._find, self._report, self._known, self._wanted = find, report, known, wanted
        self._records: dict[ids.Ref, Record] = {}
        self._evidence: list[Evidence] = []
        self._places: dict[str, Authority] = {}
        self._listed: list[Listed] = []
        self._organizations = dict(known.organizations)
        self._org_keys = set(known.organizations.values())
        self._taken = set(known.projects.values())
        self._by_name: dict[str, str] = {}

    def harvest(self, source: Source) -> ProjectHarvest:
        """All that was made."""
        records = tuple(self._records[ref] for ref in sorted(self._records))
        places = tuple(self._places[key] for key in sorted(self._places))
        claims = Claims(source, records, tuple(self._evidence))
        return ProjectHarvest(claims, places, tuple(self._listed), self._report)

    def project(self, row: ListedProject) -> None:
        """Take a row in: all of it, or (counted) nothing."""
        if not row.titles:
            self._report.add("no-title", row.where)
            return
        if not _is_of(row.programme, self._wanted.programme):
            self._report.add("other-programme", row.where)
            return
        found = [(partner, self._find(partner)) for partner in row.partners]
        if _is_cross_border(row.programme):
            found = list(_without_far(found))
        if self._wanted.ours and not any(f.outcome is BodyOutcome.LINKED for _, f in found):
            self._report.add("not-ours", row.where)
            return
        key, is_new = self._key(row)
        if not is_new:
            self._report.add("repeated-project", f"{row.where}: {key}")
        parts = [self._part(key, row.where, partner, body) for partner, body in found]
        self._check(row, parts)
        self._add_project(key, row, parts)

    # --- keys ------------------------------------------------------------------------------------

    def _key(self, row: ListedProject) -> tuple[str, bool]:
        programme = self._programme(row.programme)
        names = [
            name if name.startswith("keep") else f"{programme or ''} {name}"
            for name in _names(row.keep_id, row.number, row.titles)
        ]
        # A title alone says that it is the same only where no number says otherwise.
        sure = names[:1] if row.keep_id or row.number else names
        for name in sure:
            if name in self._by_name:
                return self._by_name[name], False
        before = (self._known.projects.get(n) for n in _names(row.keep_id, row.number, row.titles))
        key = next(filter(None, before), None) or self._mint(row, programme)
        self._taken.add(key)
        for name in names:
            self._by_name.setdefault(name, key)
        return key, True

    def _mint(self, row: ListedProject, programme: str | None) -> str:
        if row.keep_id:
            return f"keep-{ids.slug(row.keep_id)}"
        own = _slug(row.number or "") or _slug(row.titles[0].value) or "project"
        names = (own, *([f"{programme}-{own}"] if programme else ()))
        return _free(names, self._taken)

    def _programme(self, row: ListedProgramme | None) -> str | None:
        if row is None:
            return None
        names = list(_of_programme(row.titles, row.cci))
        key = next((self._known.programmes[n] for n in names if n in self._known.programmes), None)
        if key is None:
            key = _slug(row.titles[0].value) if row.titles else _slug(row.cci or "")
        return key or None

    # --- records ---------------------------------------------------------------------------------

    def _part(self, project: str, where: str, row: ListedPartner, body: BodyFound) -> Participation:
        self._count(where, row, body)
        organization = None
        if body.outcome is BodyOutcome.ORGANIZATION and row.names:
            organization = self._organization(row, body)
        elif body.is_authority:
            self._state(body)
        authority = body.key if body.is_authority else None
        local = authority or organization or (_slug(row.names[0].value) if row.names else "")
        own = participation_key(project, local or "partner")
        key = _free([own], _Parts(self._records))
        part = Participation(
            key, project, authority, organization,
            names=ordered(row.names), country=body.country, role=row.role,
            total_budget=row.money.total, grant=row.money.grant,
            cofinancing_rate=row.money.rate, currency=row.money.currency,
        )  # fmt: skip
        if key != own:
            self._report.add("repeated-partner", f"{where}: {local}")
        self._records[part.ref] = part
        if authority:
            note = f"{body.outcome.value}: {body.reason}"
            sure = (Decimal(str(round(body.score))) / 100).normalize() if body.score else None
            self._evidence.append(
                Evidence(part.ref, "authority", derived=True, note=note, confidence=sure)
            )
        return part

    def _count(self, where: str, row: ListedPartner, body: BodyFound) -> None:
        name = " / ".join(text.value for text in row.names)
        if not name:
            self._report.add("no-name", where)
        if not row.country:
            self._report.add("no-country", f"{where}: {name}")
        elif body.country is None:
            self._report.add("unknown-country", f"{where}: {row.country!r}")
        self._report.add(body.outcome.value, f"{where}: {name}")
        if body.outcome is BodyOutcome.ORGANIZATION and body.key is None:
            self._report.add("no-seat", f"{where}: {name}")
        if body.outcome in (BodyOutcome.CANDIDATES, BodyOutcome.MINTED):
            self._listed.append(Listed(where, name, row.country, body))

    def _organization(self, row: ListedPartner, body: BodyFound) -> str:
        self._state(body)
        name = (body.country, _plain(row.names[0].value))
        key = self._organizations.get(name)
        if key is None:
            country = pycountry.countries.get(alpha_3=body.country) if body.country else None
            start = f"{country.alpha_2.lower()}-" if country else ""
            own = _slug(_latin(row.names)) or "organization"
            key = _free([f"{start}{own}"], self._org_keys)
            self._org_keys.add(key)
            self._organizations[name] = key
        record = Organization(key, _labels(row.names), body.country, body.key)
        before = self._records.get(record.ref)
        if before is None or (record.seat and not getattr(before, "seat", None)):
            self._records[record.ref] = record
        return key

    def _state(self, body: BodyFound) -> None:
        """What the list states of an authority that no other source has, and the gazetteer."""
        if body.states is not None and body.states.ref not in self._records:
            self._records[body.states.ref] = body.states
            if body.states.wikidata or body.states.wikidata_close:
                about = "wikidata" if body.states.wikidata else "wikidata_close"
                self._evidence.append(
                    Evidence(body.states.ref, about, derived=True, note=body.reason)
                )
        if body.place is not None:
            self._places.setdefault(body.place.key, body.place)

    def _add_project(self, key: str, row: ListedProject, parts: list[Participation]) -> None:
        programme = self._programme(row.programme)
        if programme is None:
            self._report.add("no-programme", row.where)
        elif row.programme is not None:
            self._add_programme(programme, row.programme)
        if not parts:
            self._report.add("no-partners", row.where)
        authorities = ordered(p.authority for p in parts if p.authority)
        leads = [p.authority for p in parts if p.role == "lead" and p.authority]
        made = Project(
            key, _labels(row.titles), programme, row.number, authorities,
            leads[0] if len(set(leads)) == 1 else None, row.start, row.end,
            row.money.total, row.money.grant, row.money.rate, row.money.currency,
            row.keep_id, row.kohesio, row.pages,
        )  # fmt: skip
        before = self._records.get(made.ref)
        if isinstance(before, Project):
            partners = ordered((*before.partners, *made.partners))
            made = replace(before, partners=partners, lead=before.lead or made.lead)
        self._records[made.ref] = made
        if row.note and before is None:
            self._evidence.append(Evidence(made.ref, None, note=row.note))

    def _add_programme(self, key: str, row: ListedProgramme) -> None:
        record = Programme(key, _labels(row.titles), row.cci, row.start, row.end)
        before = self._records.get(record.ref)
        if isinstance(before, Programme):
            record = replace(
                before,
                titles=before.titles or record.titles,
                cci=before.cci or record.cci,
                start=before.start or record.start,
                end=before.end or record.end,
            )
        self._records[record.ref] = record

    def _check(self, row: ListedProject, parts: list[Participation]) -> None:
        """Whether the partners' budgets add up to the project's."""
        budgets = [p.total_budget for p in parts]
        total = row.money.total
        if total is None or not budgets or any(b is None for b in budgets):
            return
        whole = sum((b for b in budgets if b is not None), Decimal())
        if abs(whole - total) >= CENT * max(len(budgets), 1):
            self._report.add("sum-differs", f"{row.where}: {whole} of {total}")


class _Parts:
    """The keys of participations, as something to look in."""

    def __init__(self, records: Mapping[ids.Ref, Record]) -> None:
        self._records = records

    def __contains__(self, key: object) -> bool:
        return ids.Ref(ids.PARTICIPATION, str(key)) in self._records


def _free(names: Iterable[str], taken: object) -> str:
    """The first name that is not taken; else the last with a number."""
    last = ""
    for last in names:
        if last not in taken:  # type: ignore[operator]
            return last
    number = 2
    while f"{last}-{number}" in taken:  # type: ignore[operator]
        number += 1
    return f"{last}-{number}"


def _labels(texts: Texts) -> Texts:
    """One text a language, the first."""
    first: dict[str, Text] = {}
    for text in texts:
        first.setdefault(text.language, text)
    return tuple(first[language] for language in sorted(first))


def _latin(texts: Texts) -> str:
    """The first text of Latin letters, or the first."""
    latin = (t.value for t in texts if _is_latin(t.value))
    return next(latin, texts[0].value)


def _is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(c, "") for c in text if c.isalpha())


def _names(keep_id: str | None, number: str | None, titles: Texts) -> Iterator[str]:
    """What a project is known by, the surest first."""
    if keep_id:
        yield f"keep {keep_id}"
    if number and (plain := number_key(number)):
        yield f"number {plain}"
    for text in titles:
        yield f"title {title_key(text.value) or text.value}"


def _of_programme(titles: Texts, cci: str | None) -> Iterator[str]:
    if cci:
        yield f"cci {cci.strip().upper()}"
    for text in titles:
        yield f"title {_plain(text.value)}"


def _is_cross_border(programme: ListedProgramme | None) -> bool:
    """Whether a programme is of one border: strand A, by its title or its CCI."""
    if programme is None:
        return False
    said = " ".join(text.value for text in programme.titles)
    return bool(_STRAND_A.search(said) or _CROSS_BORDER_CCI.search(programme.cci or ""))


def _without_far(
    found: Sequence[tuple[ListedPartner, BodyFound]],
) -> Iterator[tuple[ListedPartner, BodyFound]]:
    """Bodies found by their name alone that lie far from all the other partners are doubted, and
    so is the place of one that no list has."""
    for partner, body in found:
        others = [o.point for _, o in found if o is not body and o.point and not o.by_name_alone]
        if body.point and body.is_authority and others:
            km = min(body.point.km(point) for point in others)
            if km > FAR_KM and body.outcome is BodyOutcome.MINTED and body.states:
                body = replace(body, states=replace(body.states, point=None), point=None)
            elif km > FAR_KM and body.by_name_alone:
                told = f"{body.reason}, but {km:.0f} km from the other partners"
                candidate = BodyCandidate(body.key or "", "", told)
                body = BodyFound(
                    BodyOutcome.CANDIDATES, told, body.country, candidates=(candidate,)
                )
        yield partner, body


def _is_of(programme: ListedProgramme | None, wanted: str) -> bool:
    if not wanted:
        return True
    if programme is None:
        return False
    return (programme.cci or "").upper() == wanted.strip().upper() or any(
        _plain(wanted) in _plain(text.value) for text in programme.titles
    )


def _plain(name: str) -> str:
    return "".join(c for c in anyascii(name).lower() if c.isalnum())


def _slug(name: str) -> str:
    """A key's part, of whole words, not too long."""
    whole = ids.slug(anyascii(name).replace("'", ""))
    if len(whole) <= _LONGEST:
        return whole
    return whole[:_LONGEST].rpartition("-")[0] or whole[:_LONGEST]
