"""Who states a fact: what a reader finds behind its mark.

The rules by which one of several values is shown are those of `twingraph.model.merge`; here they
are told, not decided: the merged view is what is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.contributions.form.public import PATH
from twingraph.dates import parse
from twingraph.identifiers import Ref
from twingraph.model.merge import ranking
from twingraph.model.records import (
    Claims,
    Evidence,
    Partnership,
    Record,
    Rule,
    Source,
    Text,
    rules,
)
from twingraph.rdf.provenance import property_of_evidence, statement_iri
from twingraph.rdf.terms import Term
from twingraph.serve.pages.reader import Link, Reader, field_of
from twingraph.serve.pages.site import Values

Relation = Literal["same", "vaguer", "older", "other"]
"""What a source states, to what is shown."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation as it is shown; `entry` leads to where it stands in a register."""

    text: str | None
    language: str
    derived: bool
    note: str | None
    entry: Link | None = None
    when: str | None = None

    @classmethod
    def of(cls, evidence: Evidence, reader: Reader) -> Quotation:
        """The words of some evidence; of what is no claim the date too."""
        text, language = evidence.quote or (None, "")
        date = evidence.date if evidence.property is None else None
        when = reader.when(parse(date)) if date else None
        return cls(text, language, evidence.derived, evidence.note, _entry(evidence), when)


def _entry(evidence: Evidence) -> Link | None:
    stated, read = evidence.statement, evidence.revision
    if stated and stated.id:
        return Link(statement_iri(stated.id), stated.id)
    return Link(f"{ns.WD}{read.item}", f"{read.item}, rev. {read.number}") if read else None


@dataclass(frozen=True, slots=True)
class Attributed:
    """What one source states."""

    source: Link
    kind: str | None
    page: str | None
    retrieved: str | None
    value: str | None
    relation: Relation
    quotations: Sequence[Quotation]


@dataclass(frozen=True, slots=True)
class Fact:
    """Who states something. `about` names it; `reason` says why this value is shown, where
    sources differ, or how it was derived, where none states it; `wrong` is where a reader can say
    that it is wrong."""

    about: str
    statements: Sequence[Attributed]
    reason: str | None = None
    wrong: str = ""

    @property
    def disputed(self) -> bool:
        """Whether sources contradict each other."""
        return any(statement.relation == "other" for statement in self.statements)


class Attribution:
    """The facts of some things, with who states them, as they are told to a reader."""

    def __init__(self, reader: Reader, claims: Iterable[Claims], asks: bool = True) -> None:
        """`asks`: whether a reader may say that a fact is wrong."""
        self.reader = reader
        self._asks = asks
        self.lookup = reader.lookup
        self._sources: dict[str, Source] = {}
        self._stated: dict[Ref, dict[str, Record]] = defaultdict(dict)
        self._quoted: dict[tuple[Ref, Term | None], list[tuple[str, Evidence]]] = defaultdict(list)
        for one in claims:
            self._sources[one.source.key] = one.source
            for record in one.records:
                self._stated[record.ref][one.source.key] = record
            for evidence in one.evidence:
                about = evidence.subject, property_of_evidence(evidence)
                self._quoted[about].append((one.source.key, evidence))

    def fact(
        self, record: Record, name: str, about: str | None = None, only: str | None = None
    ) -> Fact:
        """Who states a field of a thing. `only` is one of its values, to hear only those who
        state that."""
        field = field_of(type(record), name)
        about = about or self.reader.property(field.property[1:-1])
        rule, shown = rules(type(record))[name], getattr(record, name)
        stated: dict[str, tuple[str | None, Relation]] = {}
        for source, claim in self._stated[record.ref].items():
            value = getattr(claim, name)
            if only is not None:
                value = only if only in _items(value) else None
            if value not in (None, ()):
                relation = "same" if only else _relation(rule, shown, value)
                stated[source] = self.reader.words(field, value), relation
        quoted = self._quoted[record.ref, field.property]
        statements = self._statements(stated, quoted, all_quoted=only is None)
        wrong = {"about": f"{record.path}/{record.key}", "field": name}
        href = f"{PATH}?{urlencode(wrong)}" if self._asks else ""
        return Fact(about, statements, self._reason(record, name, statements), href)

    def fields(self, record: Record, **about: str) -> Values:
        """Fields of a thing in words by their names, and by these with `_fact` who states each;
        `about` says what they are."""
        values: Values = {}
        for name, what in about.items():
            value = getattr(record, name)
            known = value not in (None, ())
            words = self.reader.words(field_of(type(record), name), value) if known else None
            values |= {name: words, f"{name}_fact": self.fact(record, name, what)}
        return values

    def mentions(self, record: Record) -> Fact | None:
        """What sources say of a thing that the model does not hold."""
        quoted = self._quoted[record.ref, None]
        about = self.reader.locale.gettext("further remarks")
        return Fact(about, self._statements({}, quoted)) if quoted else None

    def claim(self, ref: Ref, source: str) -> Record | None:
        """What a source states of a thing."""
        return self._stated[ref].get(source)

    def quotations(self, ref: Ref, source: str) -> list[Quotation]:
        """The words of a source about a thing beyond what the model holds."""
        return self._words(self._quoted[ref, None], source)

    def _words(self, quoted: Sequence[tuple[str, Evidence]], source: str) -> list[Quotation]:
        return [Quotation.of(e, self.reader) for key, e in quoted if key == source]

    def _statements(
        self,
        stated: Mapping[str, tuple[str | None, Relation]],
        quoted: Sequence[tuple[str, Evidence]],
        all_quoted: bool = True,
    ) -> list[Attributed]:
        by_source = dict(stated)
        for source, _ in quoted if all_quoted else ():
            by_source.setdefault(source, (None, "same"))
        order = sorted(
            by_source, key=lambda key: (by_source[key][1] != "same", *ranking(self._sources[key]))
        )
        return [
            self._statement(source, *by_source[source], self._words(quoted, source))
            for source in order
        ]

    def _statement(
        self, key: str, value: str | None, relation: Relation, quotations: Sequence[Quotation]
    ) -> Attributed:
        source, reader = self._sources[key], self.reader
        retrieved = reader.locale.day(source.retrieved) if source.retrieved else None
        kind = reader.concept("source-kind", source.kind)
        link = reader.link(Ref(ids.SOURCE, key))
        return Attributed(link, kind, source.url, retrieved, value, relation, quotations)

    def _reason(self, record: Record, name: str, statements: Sequence[Attributed]) -> str | None:
        _ = self.reader.locale.gettext
        if not statements:
            if getattr(record, name) in (None, ()):
                return None  # nobody states what is not known, and nothing was derived
            is_partnership = isinstance(record, Partnership)
            if is_partnership and name == "status" and self.lookup.changes[record.key]:
                return _("No source sums it up: it follows from the last change of status.")
            return _("No source states it in so many words: it is derived.")
        relations = {statement.relation for statement in statements}
        if "other" in relations:
            return self._why_shown(statements)
        if "older" in relations:
            return _("The source that was read last is shown: things change.")
        if "vaguer" in relations:
            return _("The most precise date is shown; the others agree with it.")
        return None

    def _why_shown(self, statements: Sequence[Attributed]) -> str:
        _ = self.reader.locale.gettext
        shown = next((s for s in statements if s.relation == "same"), None)
        if shown is None:
            return _("The value shown follows from several sources together.")
        other = next(s for s in statements if s.relation == "other")
        ours, theirs = (self._sources[s.source.key.partition("/")[2]] for s in (shown, other))
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


def _items(value: Any) -> set[Any]:
    if value is None:
        return set()
    return set(value) if isinstance(value, tuple) and not isinstance(value, Text) else {value}


def _relation(rule: Rule, shown: Any, stated: Any) -> Relation:
    if not shown or _items(stated) <= _items(shown):
        return "same"
    if rule is Rule.DATE:
        return "vaguer" if shown.within(stated) else "other"
    if rule is Rule.NEWEST:
        return "older"
    # Another wording of a name is a variant, and of several things each is one more.
    return "other" if rule is Rule.BEST else "same"
