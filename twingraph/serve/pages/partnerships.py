"""A partnership as pages show it: its partners as equals, its documents, what happened when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from twingraph import identifiers as ids
from twingraph.dates import Date
from twingraph.model.lookup import Lookup
from twingraph.model.records import Agreement, Partnership, Project, Record, Signature, StatusChange
from twingraph.serve.pages.attribution import Attribution, Fact
from twingraph.serve.pages.projects import Money, project_money
from twingraph.serve.pages.reader import Link, Reader

STATUS: Final = "partnership-status"
T = TypeVar("T")
_PLAINLY = "active"
_ENDS = frozenset({"ended", "expired"})


def with_parts(lookup: Lookup, partnership: Partnership) -> Iterator[Record]:
    """A partnership and everything its page speaks of."""
    yield partnership
    yield from lookup.changes[partnership.key]
    for document in lookup.documents[partnership.key]:
        yield from with_signatures(lookup, document)
    for key in partnership.projects:
        if key in lookup.projects:
            yield lookup.projects[key]


def with_signatures(lookup: Lookup, document: Agreement) -> Iterator[Record]:
    """A document and its signatures."""
    yield document
    yield from lookup.signatures[document.key]


def day(date: Date | None) -> str:
    """What to sort by; what has no date comes last."""
    return (date.first_day if date else None) or _UNDATED


@dataclass(frozen=True)
class Signing:
    """One person's part in a document."""

    href: str
    person: Link | None
    person_fact: Fact
    role: Link | None
    office: str | None
    office_fact: Fact
    on_behalf_of: Link | None
    basis: str | None
    """None for a plain signature."""


@dataclass(frozen=True)
class Document:
    """An agreement with who signed it."""

    href: str
    kind: str
    kind_fact: Fact
    title: Link | None
    when: str | None
    day: str
    when_fact: Fact
    until: str | None
    until_fact: Fact
    decided_by: Link | None
    replaces: Sequence[Link]
    signings: Sequence[Signing]
    silent: Sequence[Link]
    """Partners for whom the sources name nobody, where they name somebody for another."""
    description: Link | None
    mentions: Fact | None


@dataclass(frozen=True)
class Change:
    """A change of status."""

    href: str
    status: str
    when: str | None
    day: str
    fact: Fact
    when_fact: Fact
    concerns: Link | None
    decided_by: Link | None


@dataclass(frozen=True)
class Joint:
    """A joint project."""

    link: Link
    programme: Link | None
    number: str | None
    day: str
    period: str | None
    money: Sequence[Money]
    fact: Fact


@dataclass(frozen=True)
class Event:
    """A point of a timeline; `kind` is since, document, change, project or today."""

    kind: str
    when: str | None
    sort: str
    item: object = None


@dataclass(frozen=True)
class Shown:
    """All of a partnership."""

    key: str
    href: str
    name: str
    partners: Sequence[Link]
    partners_fact: Fact
    since: str | None
    since_fact: Fact
    day: str
    status: str | None
    status_key: str
    status_fact: Fact
    documents: Sequence[Document]
    changes: Sequence[Change]
    projects: Sequence[Joint]
    description: Link | None
    description_fact: Fact
    mentions: Fact | None
    sides: Sequence[tuple[str, Sequence[Link], Fact]]
    """Who states it and who does not, where it is known from some of its partners alone."""
    seen: str | None
    """When the registers that had it were read."""
    absent_from: Sequence[Link]
    """The complete registers read since that have it no more."""
    topics: Sequence[tuple[str, Sequence[Link], Fact]] = field(default_factory=list)

    @property
    def plain(self) -> bool:
        """Whether its status needs no word: it is active."""
        return self.status_key == _PLAINLY

    def others(self, key: str) -> list[Link]:
        """The partners but one."""
        return [partner for partner in self.partners if partner.key != key]


def shown(facts: Attribution, partnership: Partnership) -> Shown:
    """A partnership."""
    reader, lookup, _ = facts.reader, facts.lookup, facts.reader.locale.gettext
    link = reader.link(partnership.ref)
    partners = reader.links(ids.MUNICIPALITY, partnership.partners)
    documents = (document(facts, one, partners) for one in lookup.documents[partnership.key])
    changes = (change(facts, one) for one in lookup.changes[partnership.key])
    projects = (
        joint(
            facts,
            lookup.projects[key],
            facts.fact(partnership, "projects", _("joint projects"), key),
        )
        for key in partnership.projects
        if key in lookup.projects
    )
    return Shown(
        link.key,
        link.href,
        link.text,
        partners,
        facts.fact(partnership, "partners", _("partners")),
        reader.when(partnership.since),
        facts.fact(partnership, "since", _("start of the co-operation")),
        day(partnership.since),
        reader.concept(STATUS, partnership.status),
        partnership.status or "",
        facts.fact(partnership, "status", _("status")),
        sorted(documents, key=lambda d: (d.day, d.href)),
        sorted(changes, key=lambda c: (c.day, c.href)),
        sorted(projects, key=lambda p: (p.day, p.link.text)),
        reader.text(partnership.descriptions),
        facts.fact(partnership, "descriptions", _("description")),
        facts.mentions(partnership),
        list(_sides(facts, partnership)) if partnership.is_one_sided else [],
        _seen(reader, partnership),
        reader.links(ids.SOURCE, partnership.absent_from),
        [topic for topic in _topics(facts, partnership) if topic[1]],
    )


def _sides(
    facts: Attribution, partnership: Partnership
) -> Iterator[tuple[str, Sequence[Link], Fact]]:
    for name in ("stated_by", "not_stated_by"):
        if keys := getattr(partnership, name):
            fact = facts.fact(partnership, name)
            label = f"{fact.about[:1].upper()}{fact.about[1:]}"
            yield label, facts.reader.links(ids.MUNICIPALITY, keys), fact


def _seen(reader: Reader, partnership: Partnership) -> str | None:
    first, last = partnership.first_seen, partnership.last_seen
    if not first or not last:
        return None
    _, day = reader.locale.gettext, reader.locale.day
    if first == last:
        return _("In a register as it was on %(day)s", day=day(first))
    return _("In registers from %(first)s to %(last)s", first=day(first), last=day(last))


def _topics(
    facts: Attribution, partnership: Partnership
) -> Iterator[tuple[str, Sequence[Link], Fact]]:
    _ = facts.reader.locale.gettext
    for name, label in (
        ("fields", _("Fields of co-operation")),
        ("methods", _("Methods")),
        ("purposes", _("Purposes")),
        ("involves", _("Schools and associations")),
    ):
        path, keys = ids.ORGANIZATION, getattr(partnership, name)
        if name != "involves":
            path, keys = ids.CONCEPT, [f"{name[:-1]}/{key}" for key in keys]
        yield label, facts.reader.links(path, keys), facts.fact(partnership, name, label)


def document(facts: Attribution, agreement: Agreement, partners: Sequence[Link]) -> Document:
    """An agreement."""
    reader, lookup, _ = facts.reader, facts.lookup, facts.reader.locale.gettext
    signings = [signing(facts, one) for one in lookup.signatures[agreement.key]]
    heard = {s.on_behalf_of.key for s in signings if s.on_behalf_of}
    everybody = not heard or agreement.decided_by is not None
    return Document(
        reader.link(agreement.ref).href,
        reader.concept("agreement-kind", agreement.kind) or _("document"),
        facts.fact(agreement, "kind", _("kind of document")),
        reader.text(agreement.titles),
        reader.when(agreement.signed_on),
        day(agreement.signed_on),
        facts.fact(agreement, "signed_on", _("date of signing")),
        reader.when(agreement.valid_until),
        facts.fact(agreement, "valid_until", _("term")),
        reader.optional(ids.MUNICIPALITY, agreement.decided_by),
        reader.links(ids.AGREEMENT, agreement.replaces),
        signings,
        [] if everybody else [p for p in partners if p.key not in heard],
        reader.text(agreement.descriptions),
        facts.mentions(agreement),
    )


def signing(facts: Attribution, signature: Signature) -> Signing:
    """A signature."""
    reader, _ = facts.reader, facts.reader.locale.gettext
    basis = signature.basis if signature.basis != "signed" else None
    return Signing(
        reader.link(signature.ref).href,
        reader.optional(ids.PERSON, signature.signatory),
        facts.fact(signature, "signatory", _("signatory")),
        reader.text(signature.roles),
        reader.concept("office", signature.office),
        facts.fact(signature, "office", _("office")),
        reader.optional(ids.MUNICIPALITY, signature.on_behalf_of),
        reader.concept("signature-basis", basis),
    )


def change(facts: Attribution, record: StatusChange) -> Change:
    """A change of status."""
    reader, _ = facts.reader, facts.reader.locale.gettext
    return Change(
        reader.link(record.ref).href,
        reader.concept(STATUS, record.new_status) or _("unknown"),
        reader.when(record.changed_on),
        day(record.changed_on),
        facts.fact(record, "new_status", _("change of status")),
        facts.fact(record, "changed_on", _("date of the change")),
        reader.optional(ids.MUNICIPALITY, record.concerns),
        reader.optional(ids.MUNICIPALITY, record.decided_by),
    )


def joint(facts: Attribution, project: Project, fact: Fact) -> Joint:
    """A project of a partnership or a town; the fact says who states that it is theirs."""
    reader = facts.reader
    return Joint(
        reader.link(project.ref),
        reader.optional(ids.PROGRAMME, project.programme),
        project.number,
        day(project.start),
        reader.period(project.start, project.end),
        project_money(facts, project),
        fact,
    )


def timeline(reader: Reader, partnership: Shown) -> list[Event]:
    """What happened, first things first; what has no date comes after what has one."""
    events = [
        *(Event("document", d.when, d.day, d) for d in partnership.documents),
        *(Event("change", c.when, c.day, c) for c in partnership.changes),
        *(Event("project", p.period, p.day, p) for p in partnership.projects),
    ]
    if partnership.since:
        events.append(Event("since", partnership.since, partnership.day, partnership))
    events.sort(key=lambda event: (event.sort, _ORDER.index(event.kind)))
    dated = [event for event in events if event.sort != _UNDATED]
    if partnership.status and partnership.status_key not in _ENDS:
        dated.append(Event("today", reader.locale.gettext("today"), "9999", partnership))
    return dated + [event for event in events if event.sort == _UNDATED]


_UNDATED: Final = "99999"
_ORDER: Final = ("since", "document", "change", "project")
