"""What the page of each kind of thing shows; a town's is in `towns`, a partnership's in
`partnerships`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.serve.pages import partnerships, towns
from twingraph.serve.pages.attribution import Link, Reader
from twingraph.serve.pages.projects import project_money

TG: Final = ns.TG
Values = dict[str, Any]
_SIGNED = f"<{TG}signatoryOf>"


@dataclass(frozen=True)
class Kind:
    """How one kind of thing becomes a page: what is read with it, and what is made of that."""

    template: str
    paths: tuple[str, ...]
    page: Callable[[Reader, str], Values]


def partnership(reader: Reader, iri: str) -> Values:
    """What the template of a partnership shows."""
    shown = partnerships.shown(reader, iri)
    return {
        "name": Link("", shown.name),
        "it": shown,
        "timeline": partnerships.timeline(reader, shown),
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": structured(
            reader,
            iri,
            "WebPage",
            shown.name,
            about=[
                {
                    "@type": "AdministrativeArea",
                    "@id": f"{reader.index.base}{p.key}",
                    "name": p.text,
                }
                for p in shown.partners
            ],
            description=shown.description.text if shown.description else None,
        ),
    }


def person(reader: Reader, iri: str) -> Values:
    """A name, the offices held when signing, the signatures; nothing else."""
    key = reader.index.key(iri) or ""
    name = reader.link(key)
    signed = [_signed(reader, one) for one in reader.extract.values(iri, f"{TG}signatoryOf")]
    return {
        "name": name,
        "name_fact": reader.fact(iri, f"{ns.FOAF}name", reader.locale.gettext("name")),
        "signed": sorted(signed, key=lambda pair: (pair[1].bounds.first or "9999", pair[1].href)),
        "entries": reader.extract.values(iri, f"{ns.SKOS}exactMatch"),
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": structured(
            reader, iri, "Person", name.text,
            sameAs=reader.extract.values(iri, f"{ns.SKOS}exactMatch"),
        ),
    }  # fmt: skip


def _signed(
    reader: Reader, iri: str
) -> tuple[partnerships.Signing, partnerships.Document, Link | None]:
    agreement = reader.extract.one(iri, f"{TG}signatureOf") or ""
    of = reader.extract.one(agreement, f"{TG}agreementOf")
    key = reader.index.key(of) if of else None
    return (
        partnerships.signing(reader, iri),
        partnerships.document(reader, agreement, ()),
        reader.link(key) if key else None,
    )


def agreement(reader: Reader, iri: str) -> Values:
    """A document: of which partnership, when, by whom."""
    of = reader.index.key(reader.extract.one(iri, f"{TG}agreementOf") or "")
    tie = reader.index.ties.get(of or "")
    partners = [reader.link(partner) for partner in tie.partners] if tie else []
    document = partnerships.document(reader, iri, partners)
    name = " · ".join(filter(None, (document.kind, document.when)))
    return {
        "name": document.title or Link("", name),
        "it": document,
        "of": reader.link(of) if of else None,
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": structured(
            reader, iri, "CreativeWork", document.title.text if document.title else name,
            dateCreated=document.bounds.value,
        ),
    }  # fmt: skip


def signature(reader: Reader, iri: str) -> Values:
    """One person's part in a document."""
    signing, document, of = _signed(reader, iri)
    _ = reader.locale.gettext
    who = signing.person.text if signing.person else _("not named in the sources")
    name = _("Signature: %(name)s", name=who)
    return {
        "name": Link("", name),
        "it": signing,
        "document": document,
        "of": of,
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": structured(reader, iri, "Thing", name),
    }


def change(reader: Reader, iri: str) -> Values:
    """A change of a partnership's status."""
    shown = partnerships.change(reader, iri)
    of = reader.index.key(reader.extract.one(iri, f"{TG}statusChangeOf") or "")
    document = reader.index.key(reader.extract.one(iri, f"{TG}agreement") or "")
    name = reader.locale.gettext("Change of status: %(status)s", status=shown.status)
    return {
        "name": Link("", name),
        "it": shown,
        "of": reader.link(of) if of else None,
        "document": reader.link(document) if document else None,
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": structured(reader, iri, "Thing", name),
    }


def project(reader: Reader, iri: str) -> Values:
    """Titles in all languages, programme, number, time, partners, money."""
    extract, _ = reader.extract, reader.locale.gettext
    key = reader.index.key(iri) or ""
    name = reader.link(key)
    lead = reader.index.key(extract.one(iri, f"{TG}leadPartner") or "")
    start, end = (extract.bounds(iri, f"{TG}{n}") for n in ("start", "end"))
    money = project_money(reader, iri)
    return {
        "name": name,
        "titles": [
            Link("", text, tag)
            for text, tag in extract.texts(iri, f"{ns.DCT}title")
            if text != name.text
        ],
        "title_fact": reader.fact(iri, f"{ns.DCT}title", _("title")),
        "programme": reader.links(iri, f"{TG}programme"),
        "programme_fact": reader.fact(iri, "programme", _("programme")),
        "number": extract.one(iri, f"{TG}projectNumber"),
        "number_fact": reader.fact(iri, "projectNumber", _("project number")),
        "start": reader.when(start),
        "start_fact": reader.fact(iri, "start", _("start")),
        "end": reader.when(end),
        "end_fact": reader.fact(iri, "end", _("end")),
        "partners": reader.links(iri, f"{TG}projectPartner"),
        "partners_fact": reader.fact(iri, "projectPartner", _("partners")),
        "lead": lead,
        "lead_fact": reader.fact(iri, "leadPartner", _("lead partner")),
        "money": money,
        "partnerships": reader.links(iri, f"{TG}jointProjectOf"),
        "mentions": reader.mentions(iri, _("further remarks")),
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": structured(
            reader, iri, "ResearchProject", name.text,
            identifier=extract.one(iri, f"{TG}projectNumber"),
            foundingDate=start.value, dissolutionDate=end.value,
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


def programme(reader: Reader, iri: str) -> Values:
    """A funding programme and the projects in it."""
    extract, _, index = reader.extract, reader.locale.gettext, reader.index
    key = index.key(iri) or ""
    name = reader.link(key)
    start, end = (extract.bounds(iri, f"{TG}{n}") for n in ("start", "end"))
    works = [work for work in index.works.values() if work.programme == key]
    works.sort(key=lambda work: (work.start.first or "9999", work.key))
    return {
        "name": name,
        "titles": [
            Link("", text, tag)
            for text, tag in extract.texts(iri, f"{ns.DCT}title")
            if text != name.text
        ],
        "cci": extract.one(iri, f"{TG}cci"),
        "cci_fact": reader.fact(iri, "cci", "CCI"),
        "period": partnerships.period(reader, start, end),
        "period_fact": reader.fact(iri, "start", _("period")),
        "count": len(works),
        "projects": [
            (
                reader.link(work.key),
                reader.when(work.start),
                [reader.link(p) for p in work.partners],
            )
            for work in works[:_MOST]
        ],
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": structured(
            reader, iri, "FundingScheme", name.text, identifier=extract.one(iri, f"{TG}cci")
        ),
    }


_MOST: Final = 200


def organization(reader: Reader, iri: str) -> Values:
    """A school or an association, and the partnerships it takes part in."""
    extract, _ = reader.extract, reader.locale.gettext
    key = reader.index.key(iri) or ""
    name = reader.link(key)
    country = (extract.one(iri, f"{TG}country") or "").rpartition("/")[2]
    keys = [k for k in map(reader.index.key, extract.subjects(f"{TG}involves", iri)) if k]
    return {
        "name": name,
        "country": reader.locale.country(country) if country else None,
        "country_fact": reader.fact(iri, "country", _("country")),
        "entries": extract.values(iri, f"{ns.SKOS}exactMatch"),
        "partnerships": [reader.link(k) for k in keys],
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": structured(
            reader, iri, "Organization", name.text,
            sameAs=extract.values(iri, f"{ns.SKOS}exactMatch"),
        ),
    }  # fmt: skip


def structured(reader: Reader, iri: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    """A thing in the words of schema.org; what is not known is left out."""
    said = {"@context": "https://schema.org/", "@type": kind, "@id": iri, "name": name}
    return {**said, **{key: value for key, value in more.items() if value}}


def anything(reader: Reader, iri: str) -> Values:
    """Whatever has no page of its own kind: its properties, as they stand."""
    extract = reader.extract
    key = reader.index.key(iri) or iri
    name = reader.link(key)
    return {
        "name": name,
        "iri": iri,
        "rows": [
            (reader.property(p), [reader.shown(term) for term in extract.all(iri, p)])
            for p in extract.properties(iri)
        ],
        "sources": reader.links(iri, f"{ns.DCT}source"),
        "structured": structured(reader, iri, "Thing", name.text),
    }


_DOCUMENT = (f"<{TG}signature>", f"<{ns.DCT}replaces>")
_OF = f"<{TG}signatureOf>"

KINDS: Final = {
    ids.MUNICIPALITY: Kind("town.html", towns.PATHS, towns.page),
    ids.PARTNERSHIP: Kind(
        "partnership.html",
        (*partnerships.PATHS, f"<{TG}agreement>/<{ns.DCT}replaces>"),
        partnership,
    ),
    ids.PERSON: Kind(
        "person.html", (_SIGNED, f"{_SIGNED}/{_OF}", f"{_SIGNED}/{_OF}/<{TG}signature>"), person
    ),
    ids.AGREEMENT: Kind("agreement.html", _DOCUMENT, agreement),
    ids.SIGNATURE: Kind("signature.html", (_OF, f"{_OF}/<{TG}signature>"), signature),
    ids.STATUS_CHANGE: Kind("change.html", (), change),
    ids.PROJECT: Kind("project.html", (), project),
    ids.PROGRAMME: Kind("programme.html", (), programme),
    ids.ORGANIZATION: Kind("organization.html", (f"^<{TG}involves>",), organization),
}
"""By the path of a thing's IRI. Sources and concepts, whose pages are lists, have modules of their
own; all else is shown by `ANYTHING`."""

ANYTHING: Final = Kind("anything.html", (), anything)
