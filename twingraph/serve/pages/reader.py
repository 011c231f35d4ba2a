"""The things of a release as one reader meets them: names, dates and values in her language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.dates import Date
from twingraph.identifiers import Ref
from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.names import own_name
from twingraph.model.records import (
    Agreement,
    Authority,
    Participation,
    Record,
    Signature,
    Source,
    StatusChange,
    Text,
    Texts,
)
from twingraph.rdf.mapping import FIELDS, Field
from twingraph.serve.term_display import installed_ontology
from twingraph.web.languages import fallback
from twingraph.web.locale import Locale


@dataclass(frozen=True, slots=True)
class Link:
    """A thing by its name: where its page is, and the language of the name ("" where none)."""

    href: str
    text: str
    language: str = ""
    key: str = ""


class Reader(Labels):
    """The names of a look-up's things in a reader's language, and values in words."""

    def __init__(self, lookup: Lookup, locale: Locale) -> None:
        super().__init__(lookup, fallback(locale.language))
        self.locale = locale
        self.language = locale.language

    def _label(self, ref: Ref) -> Text:
        """A part that no source names is called by its kind, its date and what it belongs to."""
        record, when = self.lookup.get(ref), None
        match record:
            case Agreement(titles=(), partnership=whole):
                kind, when = self.concept("agreement-kind", record.kind), record.signed_on
            case StatusChange(partnership=whole):
                kind, when = (
                    self.concept("partnership-status", record.new_status),
                    record.changed_on,
                )
            case Signature(agreement=document):
                whole = getattr(self.lookup.agreements.get(document), "partnership", "")
                person = self.optional(ids.PERSON, record.signatory)
                kind = person.text if person else None
            case _:
                return super()._label(ref)
        partnership = self.label(Ref(ids.PARTNERSHIP, whole)).value
        return Text(" · ".join(filter(None, (kind, self.when(when), partnership))))

    def iri(self, record: Record | Source) -> str:
        """The IRI of a thing."""
        return record.ref.iri(self.lookup.base)

    def link(self, ref: Ref) -> Link:
        """A thing of ours as a link to its page."""
        key = f"{ref.path}/{ref.key}"
        return Link(f"/{quote(key, safe='/#')}", *self.label(ref), key)

    def links(self, path: str, keys: Iterable[str]) -> list[Link]:
        """Things of ours by name, in the order of their names."""
        return self.sorted(self.link(Ref(path, key)) for key in keys)

    def optional(self, path: str, key: str | None) -> Link | None:
        """A thing of ours, where there is one."""
        return self.link(Ref(path, key)) if key else None

    def sorted(self, links: Iterable[Link]) -> list[Link]:
        """Links in the order of their texts."""
        return sorted(links, key=lambda link: self.locale.sort_key(link.text))

    def sources(self, record: Record) -> list[Link]:
        """The sources that state anything of a thing."""
        return self.links(ids.SOURCE, self.lookup.sources_of[record.ref])

    def concept(self, scheme: str, name: str | None) -> str | None:
        """What a concept is called."""
        return self.label(Ref(ids.CONCEPT, f"{scheme}/{name}")).value if name else None

    def country(self, code: str | None) -> str | None:
        """What a country is called."""
        return self.locale.country(code) if code else None

    def countries(self, bodies: Iterable[Authority | Participation]) -> str:
        """What the countries of some bodies are called, each once, in order."""
        names = {self.country(body.country) or "" for body in bodies} - {""}
        return ", ".join(sorted(names, key=self.locale.sort_key))

    def money(self, amount: Decimal, currency: str | None) -> str:
        """An amount as it is written, with its currency where that is known."""
        return self.locale.money(amount, currency) if currency else self.locale.number(amount)

    def text(self, texts: Texts) -> Link | None:
        """Of texts the one for the reader, as a link to nowhere."""
        return Link("", *self.chosen(texts)) if texts else None

    def own_name(self, town: Authority, shown: str) -> Link | None:
        """A town's own name, where it is not the one shown."""
        own = own_name(town)
        return Link("", *own) if own and own.value != shown else None

    def when(self, date: Date | None) -> str | None:
        """A date as people write it."""
        return self.locale.when(date.value, date.earliest, date.latest) if date else None

    def period(self, start: Date | None, end: Date | None) -> str | None:
        """From when to when, as far as it is known."""
        first, last, _ = self.when(start), self.when(end), self.locale.gettext
        if first and last:
            return first if first == last else f"{first} – {last}"
        if first:
            return _("from %(date)s", date=first)
        return _("until %(date)s", date=last) if last else None

    # --- the fields of records -----------------------------------------------------------------

    def words(self, field: Field, value: Any) -> str | None:
        """The value of a record's field, or its several values, in words."""
        if field.write == "date":
            return self.when(value)
        values = value if isinstance(value, tuple) and not isinstance(value, Text) else (value,)
        words = {self._word(field, one) for one in values}
        return self.locale.listing(sorted(words, key=self.locale.sort_key))

    def _word(self, field: Field, value: Any) -> str:
        match field.write:
            case "link" | "links":
                return self.label(Ref(field.of, value)).value
            case "concept" | "concepts":
                return self.concept(field.of, value) or ""
            case "within" if field.of == ns.COUNTRY:
                return self.locale.country(value)
            case "geonames":
                return f"GeoNames {value}"
            case "texts":
                return str(value.value)
            case "day":
                return self.locale.day(value)
            case "decimal":
                return self.locale.number(value)
        return str(value)

    # --- what is no record ---------------------------------------------------------------------

    def property(self, iri: str) -> str:
        """What a property is called."""
        if label := installed_ontology().label(iri, self.language):
            return label
        _ = self.locale.gettext
        borrowed = {
            f"{ns.SKOS}prefLabel": _("name"),
            f"{ns.SKOS}altLabel": _("also called"),
            f"{ns.FOAF}name": _("name"),
            f"{ns.DCT}title": _("title"),
            f"{ns.DCT}description": _("description"),
            f"{ns.DCT}replaces": _("replaces"),
            f"{ns.DCT}source": _("source"),
            f"{ns.SKOS}exactMatch": _("same body elsewhere"),
            f"{ns.SKOS}closeMatch": _("the settlement, not the body"),
            f"{ns.GEO}hasGeometry": _("place"),
            ns.RDF_TYPE: _("class"),
        }
        return borrowed.get(iri) or re.split("[/#]", iri)[-1]

    def term(self, term: Any) -> Link:
        """Any RDF term as text, with where it leads and its language."""
        if isinstance(term, ox.Literal):
            names = ("date", "gYear", "gYearMonth", "gMonthDay", "gMonth")
            is_day = term.datatype.value in {f"{ns.XSD}{name}" for name in names}
            text = self.locale.day(term.value) if is_day else term.value
            return Link("", text, (term.language or "").lower())
        if ref := Ref.of(term.value, self.lookup.base):
            return self.link(ref)
        iri, last, base = term.value, term.value.rpartition("/")[2], self.lookup.base
        if iri.startswith(base):
            return Link(f"/{iri.removeprefix(base)}", last)
        href = iri if iri.startswith(("http:", "https:")) else ""
        if iri.startswith(ns.COUNTRY):
            return Link(href, self.locale.country(last))
        return Link(href, self.locale.language_name(last) if iri.startswith(ns.LANGUAGE) else iri)


def field_of(record_class: type[Record], name: str) -> Field:
    """How a record's field is written."""
    return next(field for field in FIELDS[record_class] if field.name == name)
