"""What the page of each kind of thing shows; a town's is in `towns`, a partnership's in
`partnerships`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    Agreement,
    Organization,
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
from twingraph.serve.pages.projects import project_money
from twingraph.serve.pages.reader import Link, Reader

Values = dict[str, Any]
_MOST: Final = 200


@dataclass(frozen=True)
class Kind:
    """How one kind of thing becomes a page: what it speaks of, and what is made of that."""

    template: str
    parts: Callable[[Lookup, Any], Iterable[Record]]
    page: Callable[[Attribution, Any], Values]


def structured(iri: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    """A thing in the words of schema.org; what is not known is left out."""
    head = {"@context": "https://schema.org/", "@type": kind, "@id": iri, "name": name}
    return {**head, **{key: value for key, value in more.items() if value}}


def _wikidata(record: Person | Organization) -> list[str]:
    return [f"{ns.WD}{record.wikidata}"] if record.wikidata else []


def _others(titles: Texts, shown: Link) -> list[Link]:
    return [Link("", *title) for title in titles if title.value != shown.text]


# --- one kind each -------------------------------------------------------------------------------


def _partnership(facts: Attribution, partnership: Partnership) -> Values:
    reader = facts.reader
    shown = partnerships.shown(facts, partnership)
    return {
        "name": Link("", shown.name),
        "it": shown,
        "timeline": partnerships.timeline(reader, shown),
        "structured": structured(
            reader.iri(partnership), "WebPage", shown.name,
            about=[
                {
                    "@type": "AdministrativeArea",
                    "@id": f"{reader.lookup.base}{p.key}",
                    "name": p.text,
                }
                for p in shown.partners
            ],
            description=shown.description.text if shown.description else None,
        ),
    }  # fmt: skip


def _signed_documents(lookup: Lookup, person: Person) -> Iterator[Record]:
    yield person
    for signature in lookup.signatures_by[person.key]:
        yield from _with_document(lookup, signature)


def _person(facts: Attribution, person: Person) -> Values:
    """A name, the offices held when signing, the signatures; nothing else."""
    reader, name, entries = facts.reader, facts.reader.link(person.ref), _wikidata(person)
    signed = [_signed(facts, one) for one in facts.lookup.signatures_by[person.key]]
    return {
        "name": name,
        "name_fact": facts.fact(person, "name", reader.locale.gettext("name")),
        "signed": sorted(signed, key=lambda one: (one[1].day, one[1].href)),
        "entries": entries,
        "structured": structured(reader.iri(person), "Person", name.text, sameAs=entries),
    }


def _with_document(lookup: Lookup, signature: Signature) -> Iterator[Record]:
    document = lookup.agreements.get(signature.agreement)
    yield from partnerships.with_signatures(lookup, document) if document else (signature,)


def _signed(
    facts: Attribution, signature: Signature
) -> tuple[partnerships.Signing, partnerships.Document, Link]:
    agreement = facts.lookup.agreements.get(signature.agreement) or Agreement(
        signature.agreement, ""
    )
    return (
        partnerships.signing(facts, signature),
        partnerships.document(facts, agreement, ()),
        facts.reader.link(Ref(ids.PARTNERSHIP, agreement.partnership)),
    )


def _agreement(facts: Attribution, agreement: Agreement) -> Values:
    """A document: of which partnership, when, by whom."""
    reader = facts.reader
    partnership = facts.lookup.partnerships.get(agreement.partnership)
    partners = partnership.partners if partnership else ()
    document = partnerships.document(
        facts, agreement, [reader.link(Ref(ids.MUNICIPALITY, key)) for key in partners]
    )
    name = document.title or Link("", " · ".join(filter(None, (document.kind, document.when))))
    date = agreement.signed_on
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
    _ = facts.reader.locale.gettext
    who = signing.person.text if signing.person else _("not named in the sources")
    name = _("Signature: %(name)s", name=who)
    return {
        "name": Link("", name),
        "it": signing,
        "document": document,
        "of": of,
        "structured": structured(facts.reader.iri(signature), "Thing", name),
    }


def _change(facts: Attribution, change: StatusChange) -> Values:
    """A change of a partnership's status."""
    reader, shown = facts.reader, partnerships.change(facts, change)
    name = reader.locale.gettext("Change of status: %(status)s", status=shown.status)
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
    name, money = reader.link(project.ref), project_money(facts, project)
    start, end = project.start, project.end
    return {
        "name": name,
        "titles": _others(project.titles, name),
        "title_fact": facts.fact(project, "titles", _("title")),
        "programme": reader.links(ids.PROGRAMME, [project.programme] if project.programme else ()),
        "programme_fact": facts.fact(project, "programme", _("programme")),
        "number": project.number,
        "number_fact": facts.fact(project, "number", _("project number")),
        "start": reader.when(start),
        "start_fact": facts.fact(project, "start", _("start")),
        "end": reader.when(end),
        "end_fact": facts.fact(project, "end", _("end")),
        "partners": reader.links(ids.MUNICIPALITY, project.partners),
        "partners_fact": facts.fact(project, "partners", _("partners")),
        "lead": f"{ids.MUNICIPALITY}/{project.lead}" if project.lead else None,
        "lead_fact": facts.fact(project, "lead", _("lead partner")),
        "money": money,
        "partnerships": reader.links(
            ids.PARTNERSHIP, (p.key for p in facts.lookup.with_project[project.key])
        ),
        "mentions": facts.mentions(project),
        "structured": structured(
            reader.iri(project), "ResearchProject", name.text,
            identifier=project.number,
            foundingDate=start and start.value, dissolutionDate=end and end.value,
            funding=[
                {
                    "@type": "MonetaryGrant",
                    "amount": {
                        "@type": "MonetaryAmount",
                        "value": str(one.number),
                        "currency": one.currency,
                    },
                }
                for one in money
                if one.label == _("Grant")
            ],
        ),
    }  # fmt: skip


def _programme(facts: Attribution, programme: Programme) -> Values:
    """A funding programme and the projects in it."""
    reader, name = facts.reader, facts.reader.link(programme.ref)
    projects = [p for p in facts.lookup.projects.values() if p.programme == programme.key]
    projects.sort(key=lambda project: (partnerships.day(project.start), project.key))
    return {
        "name": name,
        "titles": _others(programme.titles, name),
        "cci": programme.cci,
        "cci_fact": facts.fact(programme, "cci", "CCI"),
        "period": reader.period(programme.start, programme.end),
        "period_fact": facts.fact(programme, "start", reader.locale.gettext("period")),
        "count": len(projects),
        "projects": [
            (
                reader.link(project.ref),
                reader.when(project.start),
                [reader.link(Ref(ids.MUNICIPALITY, key)) for key in project.partners],
            )
            for project in projects[:_MOST]
        ],
        "structured": structured(
            reader.iri(programme), "FundingScheme", name.text, identifier=programme.cci
        ),
    }


def _organization(facts: Attribution, organization: Organization) -> Values:
    """A school or an association, and the partnerships it takes part in."""
    reader, name = facts.reader, facts.reader.link(organization.ref)
    entries = _wikidata(organization)
    return {
        "name": name,
        "country": reader.country(organization.country),
        "country_fact": facts.fact(organization, "country", reader.locale.gettext("country")),
        "entries": entries,
        "partnerships": [reader.link(p.ref) for p in facts.lookup.involving[organization.key]],
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
    ids.MUNICIPALITY: Kind("town.html", towns.with_partnerships, towns.page),
    ids.PARTNERSHIP: Kind("partnership.html", partnerships.with_parts, _partnership),
    ids.PERSON: Kind("person.html", _signed_documents, _person),
    ids.AGREEMENT: Kind("agreement.html", partnerships.with_signatures, _agreement),
    ids.SIGNATURE: Kind("signature.html", _with_document, _signature),
    ids.STATUS_CHANGE: Kind("change.html", _alone, _change),
    ids.PROJECT: Kind("project.html", _alone, _project),
    ids.PROGRAMME: Kind("programme.html", _alone, _programme),
    ids.ORGANIZATION: Kind("organization.html", _alone, _organization),
}
"""By the path of a thing's IRI. Sources and concepts, whose pages are lists, have modules of their
own; all else is shown by `anything`."""
