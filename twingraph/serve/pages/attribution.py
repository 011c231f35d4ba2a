"""Facts as a reader meets them: a value in words, and behind its mark who states it.

The rules by which one of several values is shown are those of `twingraph.model.merge`; here they
are told, not decided: the merged view is what is shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final, Literal
from urllib.parse import quote as quoted_path

import pycountry
import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.model.names import own_languages
from twingraph.resources import folder
from twingraph.serve.pages.index import Bounds, Index, Names
from twingraph.serve.pages.thing_data import Extract, Quote, Term
from twingraph.web.languages import best
from twingraph.web.locale import Locale

TG: Final = ns.TG
_STATUS: Final = f"{TG}status"
_SPOKEN_AS_DATES: Final = ("since", "signedOn", "validUntil", "start", "end", "changedOn")

Relation = Literal["same", "vaguer", "older", "other"]


@dataclass(frozen=True, slots=True)
class Link:
    """A thing by its name: where its page is, and the language of the name ("" where none)."""

    href: str
    text: str
    language: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A quotation as it is shown."""

    text: str | None
    language: str
    derived: bool
    edtf: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Saying:
    """What one source states."""

    source: Link
    kind: str | None
    page: str | None
    retrieved: str | None
    value: str | None
    relation: Relation
    words: Sequence[Words]


@dataclass(frozen=True, slots=True)
class Fact:
    """Who states something. `about` names it; `reason` says why this value is shown, where
    sources differ, or how it was derived, where none states it."""

    about: str
    sayings: Sequence[Saying]
    reason: str | None = None

    @property
    def disputed(self) -> bool:
        """Whether sources contradict each other."""
        return any(saying.relation == "other" for saying in self.sayings)


class Reader:
    """Reads an extract to one reader: names, values and facts in the reader's language."""

    def __init__(self, index: Index, locale: Locale, extract: Extract | None = None) -> None:
        self.index = index
        self.locale = locale
        self.extract = extract or Extract()
        self.language = locale.language

    # --- names ---------------------------------------------------------------------------------

    def link(self, key: str) -> Link:
        """A thing of ours by its key, as a link to its page."""
        text, language = self.index.name(key, self.language)
        return Link(f"/{quoted_path(key)}", text, language, key)

    def name(self, key: str) -> str:
        """What a thing of ours is called."""
        return self.index.name(key, self.language)[0]

    def concept(self, key: str | None) -> str | None:
        """The label of a concept, or of any thing, by its key."""
        return self.name(key) if key else None

    def links(self, subject: str, predicate: str) -> list[Link]:
        """The things that a property links to, by name."""
        keys = map(self.index.key, self.extract.values(subject, predicate))
        found = [self.link(key) for key in keys if key]
        return sorted(found, key=lambda link: self.locale.sort_key(link.text))

    def text(self, texts: Names) -> Link | None:
        """Of texts the one for the reader, as a link to nowhere."""
        found = best(texts, self.language)
        return Link("", *found) if found else None

    def own_name(self, key: str, shown: str) -> Link | None:
        """A town's name in a language of its own country, where it is not the one shown."""
        town = self.index.towns.get(key)
        languages = own_languages(town.country) if town else ()
        for language in languages:
            for text, tag in self.index.names.get(key, ()):
                if tag.partition("-")[0] == language and text != shown:
                    return Link("", text, tag)
        return None

    # --- values --------------------------------------------------------------------------------

    def when(self, bounds: Bounds) -> str | None:
        """A date as people write it."""
        return self.locale.when(*bounds)

    def value(self, term: Term) -> str:
        """Any value as text."""
        if not isinstance(term, ox.Literal):
            return self._resource(term.value)
        if term.datatype.value == f"{ns.XSD}decimal":
            try:
                return self.locale.number(Decimal(term.value))
            except InvalidOperation:
                return term.value
        if term.datatype.value in (f"{ns.XSD}date", f"{ns.XSD}gYear", f"{ns.XSD}gYearMonth"):
            return self.locale.day(term.value)
        return term.value

    def _resource(self, iri: str) -> str:
        key = self.index.key(iri)
        if key is not None:
            return self.name(key)
        last = iri.rstrip("/").rpartition("/")[2]
        if iri.startswith(ns.COUNTRY):
            return self.locale.country(last)
        if iri.startswith(ns.LANGUAGE):
            return self.locale.language_name(last)
        if iri.startswith((ns.CURRENCY, ns.WD)):
            return last
        return f"GeoNames {last}" if iri.startswith(ns.GEONAMES) else iri

    def shown(self, term: Term) -> Link:
        """Any value as text, with where it leads and its language."""
        if isinstance(term, ox.Literal):
            return Link("", self.value(term), (term.language or "").lower())
        key = self.index.key(term.value)
        if key is not None:
            return Link(f"/{quoted_path(key, safe='/#')}", self.name(key), "", key)
        text = self._resource(term.value)
        return Link(term.value if term.value.startswith(("http:", "https:")) else "", text)

    def property(self, iri: str) -> str:
        """What a property is called."""
        found = best(_property_labels().get(iri, ()), self.language)
        if found:
            return found[0]
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

    # --- facts ---------------------------------------------------------------------------------

    def fact(
        self, subject: str, name: str, about: str | None = None, only: str | None = None
    ) -> Fact:
        """Who states a property of a thing. `name` is a term of ours, or a full IRI; `only` names
        one of its values, to hear only those who state that."""
        predicate = name if "://" in name else f"{TG}{name}"
        if name in _SPOKEN_AS_DATES:
            sayings = self._dates(subject, predicate)
        else:
            sayings = self._values(subject, predicate, only)
        about = about or self.property(predicate)
        return Fact(about, sayings, self._reason(subject, predicate, sayings, name))

    def mentions(self, subject: str, about: str) -> Fact | None:
        """What sources say of a thing that the model does not hold."""
        quotes = self.extract.quotes(subject, None)
        if not quotes:
            return None
        sources = list(dict.fromkeys(quote.source for quote in quotes))
        sayings = [
            self._saying(source, None, "same", [q for q in quotes if q.source == source])
            for source in sources
        ]
        return Fact(about, sayings)

    def _dates(self, subject: str, predicate: str) -> list[Saying]:
        shown = self.extract.bounds(subject, predicate)

        def relation(claimed: Bounds) -> Relation:
            if claimed == shown:
                return "same"
            return "vaguer" if _within(shown, claimed) else "other"

        claimed = self.extract.claimed_bounds(subject, predicate)
        stated = {g: (self.when(bounds), relation(bounds)) for g, bounds in claimed.items()}
        return self._sayings(subject, predicate, stated)

    def _values(self, subject: str, predicate: str, only: str | None) -> list[Saying]:
        shown = {str(term) for term in self.extract.all(subject, predicate)}
        newest = predicate == _STATUS
        several = len(shown) > 1

        def relation(terms: Sequence[Term]) -> Relation:
            if shown.issuperset(map(str, terms)) or not shown:
                return "same"
            # Another wording of a name is a variant, not a contradiction.
            wordings = any(isinstance(term, ox.Literal) and term.language for term in terms)
            return "older" if newest else "same" if several or wordings else "other"

        claimed = self.extract.claims(subject, predicate)
        if only:
            chosen = {g: [t for t in terms if t.value == only] for g, terms in claimed.items()}
            claimed = {graph: terms for graph, terms in chosen.items() if terms}
        stated: dict[str, tuple[str | None, Relation]] = {
            graph: (self.locale.listing(self._spoken(terms)), relation(terms))
            for graph, terms in claimed.items()
        }
        return self._sayings(subject, predicate, stated, only is None)

    def _spoken(self, terms: Sequence[Term]) -> list[str]:
        return sorted({self.value(term) for term in terms}, key=self.locale.sort_key)

    def _sayings(
        self,
        subject: str,
        predicate: str,
        stated: dict[str, tuple[str | None, Relation]],
        all_quotes: bool = True,
    ) -> list[Saying]:
        quotes = self.extract.quotes(subject, predicate)
        found = {
            self._source_of(graph): (value, relation) for graph, (value, relation) in stated.items()
        }
        for quote in quotes if all_quotes else ():
            found.setdefault(quote.source, (None, "same"))
        made = [
            (
                self._standing(source),
                self._saying(source, value, relation, [q for q in quotes if q.source == source]),
            )
            for source, (value, relation) in found.items()
        ]
        made.sort(key=lambda pair: (pair[1].relation != "same", pair[0]))
        return [saying for _, saying in made]

    def _source_of(self, graph: str) -> str:
        key = self.index.key(graph)
        known = self.index.graphs.get(key or "")
        return f"{self.index.base}{known}" if known else graph

    def _standing(self, source: str) -> tuple[int, str, str]:
        """What sources are ranked by: rank, then the day they were read, latest first."""
        read = self.index.sources.get(self.index.key(source) or "")
        rank = read.rank if read and read.rank is not None else 1000
        day = read.retrieved if read and read.retrieved else ""
        return rank, "".join(chr(0x7F - ord(c)) for c in day), source

    def _saying(
        self, source: str, value: str | None, relation: Relation, quotes: Sequence[Quote]
    ) -> Saying:
        key = self.index.key(source)
        read = self.index.sources.get(key or "")
        link = self.link(key) if key else Link(source, source)
        words = [
            Words(q.words, tag_of(q.language), q.derived, q.edtf, q.note)
            for q in quotes
        ]  # fmt: skip
        if read is None:
            return Saying(link, None, None, None, value, relation, words)
        retrieved = self.locale.day(read.retrieved) if read.retrieved else None
        kind = self.concept(read.kind)
        return Saying(link, kind, read.page, retrieved, value, relation, words)

    def _reason(
        self, subject: str, predicate: str, sayings: Sequence[Saying], name: str
    ) -> str | None:
        _ = self.locale.gettext
        if not sayings:
            if name == "status" and self.extract.values(subject, f"{TG}statusChange"):
                return _("No source sums it up: it follows from the last change of status.")
            return _("No source states it in so many words: it is derived.")
        relations = {saying.relation for saying in sayings}
        if "other" in relations:
            return self._why_shown(sayings)
        if "older" in relations:
            return _("The source that was read last is shown: things change.")
        if "vaguer" in relations:
            return _("The most precise date is shown; the others agree with it.")
        return None

    def _why_shown(self, sayings: Sequence[Saying]) -> str:
        _ = self.locale.gettext
        shown = next((s for s in sayings if s.relation == "same"), None)
        other = next(s for s in sayings if s.relation == "other")
        if shown is None:
            return _("The value shown follows from several sources together.")
        ours, theirs = (self.index.sources.get(s.source.key) for s in (shown, other))
        if ours and theirs and ours.rank is not None and theirs.rank is not None:
            if ours.rank < theirs.rank:
                return _(
                    "Sources disagree. “%(source)s” is shown: it has rank %(rank)s, the other "
                    "%(other)s, and a lower rank is the better source.",
                    source=shown.source.text, rank=ours.rank, other=theirs.rank,
                )  # fmt: skip
            if ours.rank == theirs.rank and ours.retrieved != theirs.retrieved:
                return _(
                    "Sources of the same rank disagree. “%(source)s” is shown: it was read later.",
                    source=shown.source.text,
                )
        return _(
            "Sources of the same rank disagree. “%(source)s” is shown: it comes first in order.",
            source=shown.source.text,
        )


def _within(inner: Bounds, outer: Bounds) -> bool:
    return (outer.earliest is None or (inner.earliest or "") >= outer.earliest) and (
        outer.latest is None or (inner.latest or "9999") <= outer.latest
    )


@cache
def _property_labels() -> dict[str, Names]:
    """The labels of the vocabulary's terms, and of those it borrows."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    ontology = folder("ontology") / "twingraph.ttl"
    for quad in ox.parse(path=ontology, format=ox.RdfFormat.TURTLE):
        subject, label = quad.subject, quad.object
        if quad.predicate.value != f"{ns.RDFS}label" or not isinstance(label, ox.Literal):
            continue
        if isinstance(subject, ox.NamedNode):
            found[subject.value].append((label.value, label.language or ""))
    return {name: tuple(labels) for name, labels in found.items()}


def tag_of(language: str | None) -> str:
    """The language tag of an entry in the EU's table of languages."""
    if not language:
        return ""
    code = language.rpartition("/")[2].lower()
    return _two_letters(code)


def _two_letters(alpha_3: str) -> str:
    known = pycountry.languages.get(alpha_3=alpha_3)
    return getattr(known, "alpha_2", alpha_3) if known else alpha_3
