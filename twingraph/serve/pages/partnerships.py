"""A partnership as pages show it: its partners as equals, its documents, what happened when.

What a template is given of a thing is `Values`: a field in words by its name, who states it by that
name with `_fact`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from twingraph import identifiers as ids
from twingraph.dates import Date
from twingraph.model.lookup import Lookup
from twingraph.model.membership import OVER
from twingraph.model.records import (
    DID_NOT_SIGN,
    Agreement,
    Participation,
    Partnership,
    Project,
    Record,
    Signature,
    StatusChange,
)
from twingraph.serve.pages.attribution import Attribution, Fact
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.site import Values

STATUS: Final = "partnership-status"
_UNDATED: Final = "99999"
_ORDER: Final = ("contact", "since", "document", "change", "project")


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


def partnership_values(facts: Attribution, partnership: Partnership) -> Values:
    """A partnership, with its documents, changes and projects in the order of their dates.

    `sides` are who states it and who does not, where it is known from some of its partners alone;
    `seen` is when the registers that had it were read, and `absent_from` are the complete ones read
    since that have it no more.
    """
    reader, lookup, _ = facts.reader, facts.lookup, facts.reader.locale.gettext
    link = reader.link(partnership.ref)
    partners = reader.links(ids.MUNICIPALITY, partnership.partners)
    documents = (document_values(facts, d, partners) for d in lookup.documents[partnership.key])
    changes = (change_values(facts, one) for one in lookup.changes[partnership.key])
    what = _("joint projects")
    projects = (
        joint_project(facts, lookup.projects[key], facts.fact(partnership, "projects", what, key))
        for key in partnership.projects
        if key in lookup.projects
    )
    fields = facts.fields(
        partnership,
        since=_("start of the co-operation"),
        first_contact=_("first contact"),
        unnamed=_("Schools and associations"),
        unnamed_partners=_("partners"),
        status=_("status"),
        descriptions=_("description"),
    )
    return {
        **fields,
        "as_of": _as_of(reader, fields["status_fact"]),
        "key": link.key,
        "href": link.href,
        "name": link.text,
        "partners": partners,
        "day": day(partnership.since),
        "contact_day": day(partnership.first_contact),
        "is_active": partnership.status == "active",
        "is_over": partnership.status in OVER,
        "documents": sorted(documents, key=lambda d: (d["day"], d["href"])),
        "changes": sorted(changes, key=lambda c: (c["day"], c["href"])),
        "projects": sorted(projects, key=lambda p: (p["day"], p["link"].text)),
        "description": reader.text(partnership.descriptions),
        "mentions": facts.mentions(partnership),
        "sides": list(_sides(facts, partnership)) if partnership.is_one_sided else [],
        "seen": _seen(reader, partnership),
        "absent_from": reader.links(ids.SOURCE, partnership.absent_from),
        "topics": [topic for topic in _topics(facts, partnership) if topic[1]],
    }


def _as_of(reader: Reader, status: Fact) -> str | None:
    """When a source that states the status was read: it holds of that day, not of today."""
    stated = [one for one in status.statements if one.relation == "same"]
    if not stated:
        return None
    day = next((one.retrieved for one in stated if one.retrieved), None)
    _ = reader.locale.gettext
    return _("as of %(day)s", day=day) if day else _("as an undated source says")


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


def document_values(
    facts: Attribution, agreement: Agreement, partners: Sequence[Link] = ()
) -> Values:
    """An agreement with who signed it. `silent` are those of the partners for whom the sources
    name nobody, where they name somebody for another."""
    reader, lookup, _ = facts.reader, facts.lookup, facts.reader.locale.gettext
    signings = [signing_values(facts, one) for one in lookup.signatures[agreement.key]]
    signed = [s for s in signings if s["is_signed"]]
    heard = {s["on_behalf_of"].key for s in signed if s["on_behalf_of"]}
    everybody = not heard or agreement.decided_by is not None
    fields = facts.fields(
        agreement,
        kind=_("kind of document"),
        signed_on=_("date of signing"),
        planned_for=_("date of signing"),
        signed_again_on=_("date of signing"),
        places=_("place of signing"),
        valid_until=_("term"),
    )
    return {
        **fields,
        "href": reader.link(agreement.ref).href,
        "kind": fields["kind"] or _("document"),
        "title": reader.text(agreement.titles),
        "day": day(agreement.signed_on or agreement.planned_for),
        "is_signed": bool(signed),
        "decided_by": reader.optional(ids.MUNICIPALITY, agreement.decided_by),
        "concluded_by": reader.links(ids.ORGANIZATION, agreement.concluded_by),
        "replaces": reader.links(ids.AGREEMENT, agreement.replaces),
        "signings": signings,
        "silent": [] if everybody else [p for p in partners if p.key not in heard],
        "description": reader.text(agreement.descriptions),
        "mentions": facts.mentions(agreement),
    }


def signing_values(facts: Attribution, signature: Signature) -> Values:
    """One person's part in a document; a plain signature has no `basis`."""
    reader, _ = facts.reader, facts.reader.locale.gettext
    basis = signature.basis if signature.basis != "signed" else None
    return {
        **facts.fields(signature, office=_("office")),
        "fact": facts.fact(signature, _named_by(signature), _("signatory")),
        "href": reader.link(signature.ref).href,
        "person": reader.optional(ids.PERSON, signature.signatory),
        "role": reader.text(signature.roles),
        "on_behalf_of": reader.optional(ids.MUNICIPALITY, signature.on_behalf_of),
        "basis": reader.concept("signature-basis", basis),
        "is_signed": signature.basis not in DID_NOT_SIGN,
    }


def _named_by(signature: Signature) -> str:
    """The field that tells whose part it is: the person, or else what is known of one not named."""
    names = "signatory", "roles", "office", "on_behalf_of"
    return next((name for name in names if getattr(signature, name)), "basis")


def change_values(facts: Attribution, change: StatusChange) -> Values:
    """A change of status."""
    reader, _ = facts.reader, facts.reader.locale.gettext
    return {
        **facts.fields(
            change, new_status=_("change of status"), changed_on=_("date of the change")
        ),
        "href": reader.link(change.ref).href,
        "status": reader.concept(STATUS, change.new_status) or _("unknown"),
        "day": day(change.changed_on),
        "concerns": reader.optional(ids.MUNICIPALITY, change.concerns),
        "decided_by": reader.optional(ids.MUNICIPALITY, change.decided_by),
    }


def joint_project(facts: Attribution, project: Project, fact: Fact) -> Values:
    """A project of a partnership or a town; the fact says who states that it is theirs."""
    reader = facts.reader
    return {
        "link": reader.link(project.ref),
        "programme": reader.optional(ids.PROGRAMME, project.programme),
        "number": project.number,
        "day": day(project.start),
        "period": reader.period(project.start, project.end),
        "money": project_money(facts, project),
        "fact": fact,
    }


class ShownAmount(NamedTuple):
    """An amount, what it is, and who states it; no `number` where that is not exact."""

    label: str
    amount: str
    number: Decimal | None
    currency: str
    fact: Fact


def project_money(facts: Attribution, project: Project | Participation) -> Sequence[ShownAmount]:
    """A project's budget and grant, as far as the sources state them: the round sum where there is
    no exact one."""
    reader, currency = facts.reader, project.currency or ""
    _, money = reader.locale.gettext, []
    for name, label in (("total_budget", _("Total budget")), ("grant", _("Grant"))):
        exact, about = getattr(project, name), getattr(project, f"{name}_about", None)
        if exact is not None:
            shown = reader.money(exact, currency)
        elif about is not None:
            name = f"{name}_about"
            shown = _("about %(sum)s", sum=reader.locale.round_sum(about, currency))
        else:
            continue
        money.append(ShownAmount(label, shown, exact, currency, facts.fact(project, name, label)))
    return money


class Event(NamedTuple):
    """A point of a timeline; `kind` is contact, since, document, change, project or status: the
    last that is known."""

    kind: str
    when: str | None
    day: str
    item: Any = None


def timeline(reader: Reader, partnership: Values) -> list[Event]:
    """What happened, first things first; what has no date comes after what has one."""
    events = [
        *(
            Event("document", d["signed_on"] or d["planned_for"], d["day"], d)
            for d in partnership["documents"]
        ),
        *(Event("change", c["changed_on"], c["day"], c) for c in partnership["changes"]),
        *(Event("project", p["period"], p["day"], p) for p in partnership["projects"]),
    ]
    if partnership["since"]:
        events.append(Event("since", partnership["since"], partnership["day"]))
    if partnership["first_contact"]:
        day_of = partnership["contact_day"]
        events.append(Event("contact", partnership["first_contact"], day_of))
    events.sort(key=lambda event: (event.day, _ORDER.index(event.kind)))
    dated = [event for event in events if event.day != _UNDATED]
    if partnership["status"] and not partnership["is_over"]:
        when = partnership["as_of"] or reader.locale.gettext("since then")
        dated.append(Event("status", when, "9999"))
    return dated + [event for event in events if event.day == _UNDATED]
