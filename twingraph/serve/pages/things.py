"""What the page of each kind of thing shows; a town's is in `towns`, a partnership's in
`partnerships`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

import pyoxigraph as ox

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    DID_NOT_SIGN,
    Agreement,
    Organization,
    Participation,
    Partnership,
    Person,
    Programme,
    Project,
    Record,
    Signature,
    StatusChange,
    Texts,
)
from twingraph.serve.pages import partnerships, towns
from twingraph.serve.pages.attribution import Attribution
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.site import Values, structured

_MOST: Final = 200


class PageKind(NamedTuple):
    """How one kind of thing becomes a page: what it speaks of, and what is made of that."""

    template: str
    parts: Callable[[Lookup, Any], Iterable[Record]]
    page: Callable[[Attribution, Any], Values]


def _wikidata(record: Person | Organization) -> list[str]:
    return [f"{ns.WD}{record.wikidata}"] if record.wikidata else []


def _others(titles: Texts, shown: Link) -> list[Link]:
    return [Link("", *title) for title in titles if title.value != shown.text]


# --- one kind each -------------------------------------------------------------------------------


def _partnership(facts: Attribution, partnership: Partnership) -> Values:
    reader, shown = facts.reader, partnerships.partnership_values(facts, partnership)
    base, description = reader.lookup.base, shown["description"]
    about = [
        {"@type": "AdministrativeArea", "@id": f"{base}{p.key}", "name": p.text}
        for p in shown["partners"]
    ]
    return {
        "name": Link("", shown["name"]),
        "it": shown,
        "timeline": partnerships.timeline(reader, shown),
        "structured": structured(
            reader.iri(partnership),
            "WebPage",
            shown["name"],
            about=about,
            description=description.text if description else None,
        ),
    }


def _with_documents(lookup: Lookup, person: Person) -> Iterator[Record]:
    yield person
    for signature in lookup.signatures_by[person.key]:
        yield from _with_document(lookup, signature)


def _person(facts: Attribution, person: Person) -> Values:
    """A name, the offices held when signing, the signatures; nothing else."""
    reader, name, entries = facts.reader, facts.reader.link(person.ref), _wikidata(person)
    parts = facts.lookup.signatures_by[person.key]
    signed = [_signed(facts, one) for one in parts]
    return {
        **facts.fields(person, name=reader.locale.gettext("name")),
        "name": name,
        "has_signed": all(part.basis not in DID_NOT_SIGN for part in parts),
        "signed": sorted(signed, key=lambda one: (one[1]["day"], one[1]["href"])),
        "entries": entries,
        "structured": structured(reader.iri(person), "Person", name.text, sameAs=entries),
    }


def _with_document(lookup: Lookup, signature: Signature) -> Iterator[Record]:
    document = lookup.agreements.get(signature.agreement)
    yield from partnerships.with_signatures(lookup, document) if document else (signature,)


def _signed(facts: Attribution, signature: Signature) -> tuple[Values, Values, Link]:
    """A signature, its document, and the partnership that this is of."""
    key = signature.agreement
    agreement = facts.lookup.agreements.get(key) or Agreement(key, "")
    return (
        partnerships.signing_values(facts, signature),
        partnerships.document_values(facts, agreement),
        facts.reader.link(Ref(ids.PARTNERSHIP, agreement.partnership)),
    )


def _agreement(facts: Attribution, agreement: Agreement) -> Values:
    """A document: of which partnership, when, by whom."""
    reader = facts.reader
    partnership = facts.lookup.partnerships.get(agreement.partnership)
    partners = partnership.partners if partnership else ()
    document = partnerships.document_values(
        facts, agreement, [reader.link(Ref(ids.MUNICIPALITY, key)) for key in partners]
    )
    kind, date = document["kind"], agreement.signed_on
    name = document["title"] or Link("", " · ".join(filter(None, (kind, document["signed_on"]))))
    return {
        "name": name,
        "it": document,
        "of": reader.link(Ref(ids.PARTNERSHIP, agreement.partnership)),
        "structured": structured(
            reader.iri(agreement), "CreativeWork", name.text, dateCreated=date and date.value
        ),
    }


def _signature(facts: Attribution, signature: Signature) -> Values:
    """One person's part in a document."""
    signing, document, of = _signed(facts, signature)
    _, person = facts.reader.locale.gettext, signing["person"]
    name = _("Signature: %(name)s", name=person.text if person else _("not named in the sources"))
    return {
        "name": Link("", name),
        "it": signing,
        "document": document,
        "of": of,
        "structured": structured(facts.reader.iri(signature), "Thing", name),
    }


def _change(facts: Attribution, change: StatusChange) -> Values:
    """A change of a partnership's status."""
    reader, shown = facts.reader, partnerships.change_values(facts, change)
    name = reader.locale.gettext("Change of status: %(status)s", status=shown["status"])
    return {
        "name": Link("", name),
        "it": shown,
        "of": reader.link(Ref(ids.PARTNERSHIP, change.partnership)),
        "document": reader.optional(ids.AGREEMENT, change.agreement),
        "structured": structured(reader.iri(change), "Thing", name),
    }


def _project(facts: Attribution, project: Project) -> Values:
    """Titles in all languages, programme, number, time, partners, money."""
    reader, _ = facts.reader, facts.reader.locale.gettext
    name, money = reader.link(project.ref), partnerships.project_money(facts, project)
    start, end = project.start, project.end
    return {
        **facts.fields(
            project,
            titles=_("title"),
            programme=_("programme"),
            number=_("project number"),
            start=_("start"),
            end=_("end"),
            partners=_("partners"),
            lead=_("lead partner"),
        ),
        "name": name,
        "titles": _others(project.titles, name),
        "programme": reader.links(ids.PROGRAMME, [project.programme] if project.programme else ()),
        "partners": reader.links(ids.MUNICIPALITY, project.partners),
        "lead": f"{ids.MUNICIPALITY}/{project.lead}" if project.lead else None,
        "money": money,
        "participants": _participants(facts, project),
        "partnerships": reader.links(
            ids.PARTNERSHIP, (p.key for p in facts.lookup.with_project[project.key])
        ),
        "mentions": facts.mentions(project),
        "structured": structured(
            reader.iri(project),
            "ResearchProject",
            name.text,
            identifier=project.number,
            foundingDate=start and start.value,
            dissolutionDate=end and end.value,
            funding=[_grant(one) for one in money if one.number and one.label == _("Grant")],
        ),
    }


def _grant(money: partnerships.ShownAmount) -> Values:
    amount = {
        "@type": "MonetaryAmount",
        "value": str(money.number),
        "currency": money.currency,
    }
    return {"@type": "MonetaryGrant", "amount": amount}


def _participants(facts: Attribution, project: Project) -> list[tuple[str, list[Values]]]:
    """Who takes part, authorities and organisations, by country: with which money of their own, and
    its `share` of all their budgets, in percent, where these are in one currency."""
    reader, parts = facts.reader, facts.lookup.participations[project.key]
    budgets = [part for part in parts if part.total_budget]
    whole = sum(part.total_budget or 0 for part in budgets)
    comparable = len(budgets) > 1 and len({part.currency for part in budgets}) == 1
    countries: dict[str, list[Values]] = defaultdict(list)
    for part in parts:
        body = reader.optional(ids.MUNICIPALITY, part.authority)
        countries[reader.country(part.country) or ""].append(
            {
                "name": body or reader.optional(ids.ORGANIZATION, part.organization),
                "written": Link("", *reader.participant(part)),
                "role": reader.concept("project-role", part.role),
                "money": partnerships.project_money(facts, part),
                "share": part.total_budget and comparable and 100 * part.total_budget / whole,
                "href": reader.link(part.ref).href,
            }
        )
    sort_key = reader.locale.sort_key
    for of_country in countries.values():
        of_country.sort(key=lambda one: sort_key(one["written"].text))
    return sorted(countries.items(), key=lambda item: (not item[0], sort_key(item[0])))


def _with_parts(lookup: Lookup, project: Project) -> Iterator[Record]:
    yield project
    yield from lookup.participations[project.key]


def _participation(facts: Attribution, part: Participation) -> Values:
    """One body's part in a project: in which role, with which money of its own."""
    reader, name = facts.reader, facts.reader.link(part.ref)
    body = reader.optional(ids.MUNICIPALITY, part.authority)
    return {
        "name": Link("", reader.participant(part).value),
        "project": reader.link(Ref(ids.PROJECT, part.project)),
        "participant": body or reader.optional(ids.ORGANIZATION, part.organization),
        "names": [Link("", *text) for text in part.names],
        "names_fact": facts.fact(part, "names", reader.locale.gettext("name")),
        "role": reader.concept("project-role", part.role),
        "role_fact": facts.fact(part, "role"),
        "money": partnerships.project_money(facts, part),
        "structured": structured(reader.iri(part), "Thing", name.text),
    }


def _with_project(lookup: Lookup, part: Participation) -> Iterator[Record]:
    yield part
    if project := lookup.projects.get(part.project):
        yield project


def _programme(facts: Attribution, programme: Programme) -> Values:
    """A funding programme and the projects in it."""
    reader, name = facts.reader, facts.reader.link(programme.ref)
    projects = [p for p in facts.lookup.projects.values() if p.programme == programme.key]
    projects.sort(key=lambda project: (partnerships.day(project.start), project.key))
    return {
        **facts.fields(programme, cci="CCI", start=reader.locale.gettext("period")),
        "name": name,
        "titles": _others(programme.titles, name),
        "period": reader.period(programme.start, programme.end),
        "count": len(projects),
        "projects": [
            (
                reader.link(project.ref),
                reader.period(project.start, project.end) or "",
                reader.countries(facts.lookup.bodies(project)),
                project.total_budget and reader.money(project.total_budget, project.currency),
            )
            for project in projects[:_MOST]
        ],
        "structured": structured(
            reader.iri(programme), "FundingScheme", name.text, identifier=programme.cci
        ),
    }


def _organization(facts: Attribution, organization: Organization) -> Values:
    """A school or an association, the partnerships it takes part in, the towns that are members."""
    reader, name = facts.reader, facts.reader.link(organization.ref)
    entries = _wikidata(organization)
    return {
        **facts.fields(organization, country=reader.locale.gettext("country")),
        "name": name,
        "entries": entries,
        "partnerships": [reader.link(p.ref) for p in facts.lookup.involving[organization.key]],
        "members": [
            towns.membership(facts, one) for one in facts.lookup.memberships_in[organization.key]
        ],
        "structured": structured(
            reader.iri(organization), "Organization", name.text, sameAs=entries
        ),
    }


def anything(reader: Reader, iri: str, statements: Iterable[ox.Triple]) -> Values:
    """Whatever has no page of its own kind: its properties, as they stand."""
    terms: dict[str, set[Any]] = {}
    for triple in statements:
        terms.setdefault(triple.predicate.value, set()).add(triple.object)
    ref = Ref.of(iri, reader.lookup.base)
    name = reader.link(ref) if ref else Link("", iri.removeprefix(reader.lookup.base))
    return {
        "name": name,
        "rows": [
            (reader.property(p), [reader.term(term) for term in sorted(terms[p], key=_in_order)])
            for p in sorted(terms)
        ],
        "sources": reader.sorted(map(reader.term, terms.get(f"{ns.DCT}source", ()))),
        "structured": structured(iri, "Thing", name.text),
    }


def _in_order(term: Any) -> tuple[str, str]:
    return term.value, str(term)


def _alone(lookup: Lookup, record: Record) -> Iterable[Record]:
    return (record,)


KINDS: Final = {
    ids.MUNICIPALITY: PageKind("town.html", towns.with_partnerships, towns.page),
    ids.PARTNERSHIP: PageKind("partnership.html", partnerships.with_parts, _partnership),
    ids.PERSON: PageKind("person.html", _with_documents, _person),
    ids.AGREEMENT: PageKind("agreement.html", partnerships.with_signatures, _agreement),
    ids.SIGNATURE: PageKind("signature.html", _with_document, _signature),
    ids.STATUS_CHANGE: PageKind("change.html", _alone, _change),
    ids.PROJECT: PageKind("project.html", _with_parts, _project),
    ids.PARTICIPATION: PageKind("participation.html", _with_project, _participation),
    ids.PROGRAMME: PageKind("programme.html", _alone, _programme),
    ids.ORGANIZATION: PageKind("organization.html", _alone, _organization),
    ids.MEMBERSHIP: PageKind("membership.html", _alone, towns.membership),
}
"""By the path of a thing's IRI. Sources and concepts, whose pages are lists, have modules of their
own; all else is shown by `anything`."""
