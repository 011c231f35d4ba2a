"""A partnership as pages show it: its partners as equals, its documents, what happened when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from twingraph import namespaces as ns
from twingraph.serve.pages.attribution import Fact, Link, Reader
from twingraph.serve.pages.index import Bounds
from twingraph.serve.pages.projects import Money, project_money

TG: Final = ns.TG
PATHS: Final = (
    f"<{TG}agreement>",
    f"<{TG}agreement>/<{TG}signature>",
    f"<{TG}statusChange>",
    f"<{TG}jointProject>",
)
"""From a partnership to everything its page says."""

_PLAINLY = "active"
_ENDS = frozenset({"ended", "expired"})


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
    bounds: Bounds
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
    bounds: Bounds
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
    start: Bounds
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
    bounds: Bounds
    status: str | None
    status_key: str
    status_fact: Fact
    documents: Sequence[Document]
    changes: Sequence[Change]
    projects: Sequence[Joint]
    description: Link | None
    description_fact: Fact
    mentions: Fact | None
    topics: Sequence[tuple[str, Sequence[Link], Fact]] = field(default_factory=list)

    @property
    def plain(self) -> bool:
        """Whether its status needs no word: it is active."""
        return self.status_key == _PLAINLY

    def others(self, key: str) -> list[Link]:
        """The partners but one."""
        return [partner for partner in self.partners if partner.key != key]


def shown(reader: Reader, iri: str) -> Shown:
    """A partnership of the reader's extract."""
    extract, _ = reader.extract, reader.locale.gettext
    key = reader.index.key(iri) or ""
    partners = reader.links(iri, f"{TG}partner")
    status = extract.one(iri, f"{TG}status")
    bounds = extract.bounds(iri, f"{TG}since")
    documents = [
        document(reader, one, partners) for one in extract.values(iri, f"{TG}agreement")
    ]  # fmt: skip
    changes = [change(reader, one) for one in extract.values(iri, f"{TG}statusChange")]
    projects = [joint(reader, iri, one) for one in extract.values(iri, f"{TG}jointProject")]
    topics = [
        (label, reader.links(iri, f"{TG}{name}"), reader.fact(iri, name, label))
        for name, label in (
            ("field", _("Fields of co-operation")),
            ("method", _("Methods")),
            ("purpose", _("Purposes")),
            ("involves", _("Schools and associations")),
        )
    ]
    return Shown(
        key,
        f"/{key}",
        reader.name(key),
        partners,
        reader.fact(iri, "partner", _("partners")),
        reader.when(bounds),
        reader.fact(iri, "since", _("start of the co-operation")),
        bounds,
        reader.concept(reader.index.key(status) if status else None),
        (status or "").rpartition("/")[2],
        reader.fact(iri, "status", _("status")),
        sorted(documents, key=lambda d: (d.bounds.first or "9999", d.href)),
        sorted(changes, key=lambda c: (c.bounds.first or "9999", c.href)),
        sorted(projects, key=lambda p: (p.start.first or "9999", p.link.text)),
        reader.text(extract.texts(iri, f"{ns.DCT}description")),
        reader.fact(iri, f"{ns.DCT}description", _("description")),
        reader.mentions(iri, _("further remarks")),
        [topic for topic in topics if topic[1]],
    )


def document(reader: Reader, iri: str, partners: Sequence[Link]) -> Document:
    """An agreement of the reader's extract."""
    extract, _ = reader.extract, reader.locale.gettext
    kind = extract.one(iri, f"{TG}kind")
    bounds = extract.bounds(iri, f"{TG}signedOn")
    signings = [signing(reader, one) for one in extract.values(iri, f"{TG}signature")]
    heard = {s.on_behalf_of.key for s in signings if s.on_behalf_of}
    decided = extract.one(iri, f"{TG}decidedBy")
    kind_label = reader.concept(reader.index.key(kind)) if kind else None
    return Document(
        f"/{reader.index.key(iri)}",
        kind_label or _("document"),
        reader.fact(iri, "kind", _("kind of document")),
        reader.text(extract.texts(iri, f"{ns.DCT}title")),
        reader.when(bounds),
        bounds,
        reader.fact(iri, "signedOn", _("date of signing")),
        reader.when(extract.bounds(iri, f"{TG}validUntil")),
        reader.fact(iri, "validUntil", _("term")),
        _link(reader, decided),
        [_document_link(reader, one) for one in extract.values(iri, f"{ns.DCT}replaces")],
        signings,
        [p for p in partners if p.key not in heard] if heard and decided is None else [],
        reader.text(extract.texts(iri, f"{ns.DCT}description")),
        reader.mentions(iri, _("further remarks")),
    )


def _document_link(reader: Reader, iri: str) -> Link:
    """An earlier document: by its title or kind, and its date where the extract has them."""
    extract = reader.extract
    title = reader.text(extract.texts(iri, f"{ns.DCT}title"))
    kind = extract.one(iri, f"{TG}kind")
    name = title.text if title else reader.concept(reader.index.key(kind) if kind else None)
    when = reader.when(extract.bounds(iri, f"{TG}signedOn"))
    key = reader.index.key(iri) or iri
    text = ", ".join(filter(None, (name, when)))
    return Link(f"/{key}", text or reader.name(key), title.language if title else "", key)


def signing(reader: Reader, iri: str) -> Signing:
    """A signature of the reader's extract."""
    extract, _ = reader.extract, reader.locale.gettext
    office = extract.one(iri, f"{TG}office")
    basis = extract.one(iri, f"{TG}basis")
    plain = basis is None or basis.endswith("/signed")
    return Signing(
        f"/{reader.index.key(iri)}",
        _link(reader, extract.one(iri, f"{TG}signatory")),
        reader.fact(iri, "signatory", _("signatory")),
        reader.text(extract.texts(iri, f"{TG}role")),
        reader.concept(reader.index.key(office)) if office else None,
        reader.fact(iri, "office", _("office")),
        _link(reader, extract.one(iri, f"{TG}onBehalfOf")),
        None if plain else reader.concept(reader.index.key(basis or "")),
    )


def change(reader: Reader, iri: str) -> Change:
    """A change of status of the reader's extract."""
    extract, _ = reader.extract, reader.locale.gettext
    status = extract.one(iri, f"{TG}newStatus")
    bounds = extract.bounds(iri, f"{TG}changedOn")
    return Change(
        f"/{reader.index.key(iri)}",
        (reader.concept(reader.index.key(status)) if status else None) or _("unknown"),
        reader.when(bounds),
        bounds,
        reader.fact(iri, "newStatus", _("change of status")),
        reader.fact(iri, "changedOn", _("date of the change")),
        _link(reader, extract.one(iri, f"{TG}concerns")),
        _link(reader, extract.one(iri, f"{TG}decidedBy")),
    )


def joint(reader: Reader, of: str, iri: str, name: str = "jointProject") -> Joint:
    """A project of the reader's extract, as one of a partnership; with another property's name,
    of whatever that links to it."""
    extract, _ = reader.extract, reader.locale.gettext
    title = reader.text(extract.texts(iri, f"{ns.DCT}title"))
    key = reader.index.key(iri) or iri
    start, end = (extract.bounds(iri, f"{TG}{name}") for name in ("start", "end"))
    return Joint(
        Link(f"/{key}", title.text, title.language, key) if title else reader.link(key),
        _link(reader, extract.one(iri, f"{TG}programme")),
        extract.one(iri, f"{TG}projectNumber"),
        start,
        period(reader, start, end),
        project_money(reader, iri),
        reader.fact(of, name, _("joint projects"), only=iri),
    )


def period(reader: Reader, start: Bounds, end: Bounds) -> str | None:
    """From when to when, as far as it is known."""
    first, last = reader.when(start), reader.when(end)
    _ = reader.locale.gettext
    if first and last:
        return first if first == last else f"{first} – {last}"
    if first:
        return _("from %(date)s", date=first)
    return _("until %(date)s", date=last) if last else None


def _link(reader: Reader, iri: str | None) -> Link | None:
    key = reader.index.key(iri) if iri else None
    return reader.link(key) if key else None


def timeline(reader: Reader, partnership: Shown) -> list[Event]:
    """What happened, first things first; what has no date comes after what has one."""
    events = [
        *(_event("document", d.when, d.bounds, d) for d in partnership.documents),
        *(_event("change", c.when, c.bounds, c) for c in partnership.changes),
        *(_event("project", p.period, p.start, p) for p in partnership.projects),
    ]
    if partnership.since:
        events.append(_event("since", partnership.since, partnership.bounds, partnership))
    events.sort(key=lambda event: (event.sort, _ORDER.index(event.kind)))
    dated = [event for event in events if event.sort != _UNDATED]
    if partnership.status and partnership.status_key not in _ENDS:
        dated.append(Event("today", reader.locale.gettext("today"), "9999", partnership))
    return dated + [event for event in events if event.sort == _UNDATED]


_UNDATED: Final = "99999"
_ORDER: Final = ("since", "document", "change", "project")


def _event(kind: str, when: str | None, bounds: Bounds, item: object) -> Event:
    return Event(kind, when, bounds.first or _UNDATED, item)
