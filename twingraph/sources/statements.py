"""One source file, read into the records, evidence and references it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from twingraph import identifiers as ids
from twingraph.dates import Date
from twingraph.errors import Problem
from twingraph.identifiers import Ref, nested_key
from twingraph.records import (
    Agreement,
    Authority,
    Evidence,
    Origin,
    Partnership,
    Project,
    Record,
    Signature,
    Source,
    StatusChange,
    Text,
    Texts,
    ordered,
)
from twingraph.sources import format as f
from twingraph.sources.lines import Document, Place, read_yaml
from twingraph.sources.registers import country_code
from twingraph.sources.validation import validate

RANKS = {
    "document": 10,
    "government": 20,
    "municipal": 30,
    "association": 40,
    "register": 50,
    "news": 60,
    "other": 70,
}
"""The rank a source has by its kind, where its file gives none: lower is better."""

# What a block's fields are called in a record, where the two differ.
_RECORD_FIELDS = {
    "label": "labels",
    "alt_label": "alt_labels",
    "title": "titles",
    "description": "descriptions",
    "role": "roles",
}
_NOT_CLAIMS = {"key", "evidence", "agreements", "signatures", "status_changes"}


class Reference(NamedTuple):
    """A key that a file uses, and where."""

    target: Ref
    origin: Origin


@dataclass(slots=True)
class Statements:
    """What one source file states, before it is held against the registers."""

    source: Source
    records: list[tuple[Record, Origin]] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


def read_source(path: Path, problems: list[Problem]) -> Statements | None:
    """Read data/sources/{key}.yaml. Faults are added to `problems`; None where none can be used."""
    document = read_yaml(path, path.as_posix(), problems)
    if document is None:
        return None
    if not ids.is_key(path.stem):
        message = f"the file's name is the source's key, and {path.stem!r} is none"
        cure = f"rename it to {ids.slug(path.stem) or 'source-1'}.yaml"
        problems.append(document.problem((), message, cure))
    content = validate(f.SourceFile, document.content, document, (), problems)
    if content is None:
        return None
    reader = _Reader(path.stem, content, document, problems)
    reader.read()
    return reader.statements


class _Reader:
    """Walks a validated file and its document side by side, so that every record knows its line."""

    def __init__(
        self, key: str, content: f.SourceFile, document: Document, problems: list[Problem]
    ) -> None:
        self.content = content
        self.document = document
        self.problems = problems
        self.statements = Statements(self._source(key))

    def read(self) -> None:
        content = self.content
        if content.publisher_authority:
            self._refer(ids.MUNICIPALITY, content.publisher_authority, ("publisher_authority",))
        self._unique("partnerships", content.partnerships)
        self._unique("projects", content.projects)
        self._unique("authorities", content.authorities)
        for i, partnership in enumerate(content.partnerships):
            self._partnership(partnership, ("partnerships", i))
        for i, project in enumerate(content.projects):
            self._project(project, ("projects", i))
        for i, authority in enumerate(content.authorities):
            self._authority(authority, ("authorities", i))
        for i, mention in enumerate(content.mentions):
            self._mention(mention, ("mentions", i))

    def _source(self, key: str) -> Source:
        content = self.content
        return Source(
            key=key,
            titles=self._texts(content.title, ("title",)),
            kind=content.kind,
            rank=content.rank or RANKS[content.kind],
            url=content.url,
            publisher=content.publisher,
            publisher_authority=content.publisher_authority,
            languages=content.language,
            retrieved=content.retrieved,
            rights=content.rights,
            rank_reason=content.rank_reason,
            note=content.note,
        )

    # --- the blocks ---------------------------------------------------------------------------

    def _partnership(self, block: f.PartnershipBlock, at: Place) -> None:
        each = self.content.each_partnership or f.PartnershipStatement()
        for i, partner in enumerate(block.partners):
            self._refer(ids.MUNICIPALITY, partner, (*at, "partners", i))
        if len(set(block.partners)) < len(block.partners):
            self._fault((*at, "partners"), "a town cannot be partner of itself: a key stands here "
                        "twice", "keep each partner once")  # fmt: skip
        for name, path in (("projects", ids.PROJECT), ("involves", ids.ORGANIZATION)):
            self._refer_all(path, getattr(each, name), ("each_partnership", name))
            self._refer_all(path, getattr(block, name), (*at, name))
        record = Partnership(
            key=block.key,
            partners=tuple(sorted(set(block.partners))),
            since=_placed(block.since or each.since),
            status=block.status or each.status,
            fields=_union(block.fields, each.fields),
            methods=_union(block.methods, each.methods),
            purposes=_union(block.purposes, each.purposes),
            projects=_union(block.projects, each.projects),
            involves=_union(block.involves, each.involves),
            descriptions=_both(block.description, each.description),
        )
        self._add(record, at, block, each, ("each_partnership",))
        self._unique_at((*at, "agreements"), [a.key for a in block.agreements])
        self._unique_at((*at, "status_changes"), [c.key for c in block.status_changes])
        for i, agreement in enumerate(block.agreements):
            self._agreement(agreement, block, (*at, "agreements", i))
        for i, change in enumerate(block.status_changes):
            self._status_change(change, block, (*at, "status_changes", i))

    def _agreement(self, block: f.AgreementBlock, of: f.PartnershipBlock, at: Place) -> None:
        each = self.content.each_agreement or f.AgreementStatement()
        if block.decided_by:
            self._refer(ids.MUNICIPALITY, block.decided_by, (*at, "decided_by"))
        for i, local in enumerate(block.replaces):
            self._refer(ids.AGREEMENT, nested_key(of.key, local), (*at, "replaces", i))
        record = Agreement(
            key=nested_key(of.key, block.key),
            partnership=of.key,
            titles=self._texts(block.title or each.title, (*at, "title")),
            kind=block.kind or each.kind,
            signed_on=_placed(block.signed_on or each.signed_on),
            valid_until=_placed(block.valid_until or each.valid_until),
            decided_by=block.decided_by,
            replaces=tuple(sorted(nested_key(of.key, local) for local in block.replaces)),
            descriptions=_both(block.description, each.description),
        )
        self._order(record.signed_on, record.valid_until, (*at, "valid_until"), "is signed")
        self._add(record, at, block, each, ("each_agreement",))
        keys = [s.key or s.signatory or s.on_behalf_of for s in block.signatures]
        self._unique_at((*at, "signatures"), [key for key in keys if key])
        for i, signature in enumerate(block.signatures):
            self._signature(signature, record.key, (*at, "signatures", i))

    def _signature(self, block: f.SignatureBlock, agreement: str, at: Place) -> None:
        local = block.key or block.signatory or block.on_behalf_of
        if local is None:
            self._fault(at, "names neither a signatory nor on whose behalf was signed",
                        "add `signatory:` or `on_behalf_of:`")  # fmt: skip
            return
        if block.signatory:
            self._refer(ids.PERSON, block.signatory, (*at, "signatory"))
        if block.on_behalf_of:
            self._refer(ids.MUNICIPALITY, block.on_behalf_of, (*at, "on_behalf_of"))
        record = Signature(
            key=nested_key(agreement, local),
            agreement=agreement,
            signatory=block.signatory,
            roles=self._texts(block.role, (*at, "role")),
            office=block.office,
            on_behalf_of=block.on_behalf_of,
            basis=block.basis,
        )
        self._add(record, at, block)

    def _status_change(self, block: f.StatusChangeBlock, of: f.PartnershipBlock, at: Place) -> None:
        document = nested_key(of.key, block.agreement) if block.agreement else None
        if document:
            self._refer(ids.AGREEMENT, document, (*at, "agreement"))
        for name in ("concerns", "decided_by"):
            if partner := getattr(block, name):
                self._refer(ids.MUNICIPALITY, partner, (*at, name))
        record = StatusChange(
            key=nested_key(of.key, block.key),
            partnership=of.key,
            new_status=block.new_status,
            changed_on=_placed(block.changed_on),
            concerns=block.concerns,
            decided_by=block.decided_by,
            agreement=document,
        )
        self._add(record, at, block)

    def _project(self, block: f.ProjectBlock, at: Place) -> None:
        self._refer(ids.PROJECT, block.key, (*at, "key"))
        if block.programme:
            self._refer(ids.PROGRAMME, block.programme, (*at, "programme"))
        self._refer_all(ids.MUNICIPALITY, block.partners, (*at, "partners"))
        if block.lead:
            self._refer(ids.MUNICIPALITY, block.lead, (*at, "lead"))
        if (block.total_budget or block.grant) and not block.currency:
            self._fault(at, "names money without a currency", "add `currency: EUR`")
        record = Project(
            key=block.key,
            titles=self._texts(block.title, (*at, "title")),
            programme=block.programme,
            number=block.number,
            partners=_union(block.partners, (block.lead,) if block.lead else ()),
            lead=block.lead,
            start=_placed(block.start),
            end=_placed(block.end),
            total_budget=block.total_budget,
            grant=block.grant,
            currency=block.currency,
        )
        self._order(record.start, record.end, (*at, "end"), "starts")
        self._add(record, at, block)

    def _authority(self, block: f.AuthorityBlock, at: Place) -> None:
        self._refer(ids.MUNICIPALITY, block.key, (*at, "key"))
        self._refer_all(ids.MUNICIPALITY, block.replaces, (*at, "replaces"))
        alternatives = (block.alt_label or {}).items()
        record = Authority(
            key=block.key,
            labels=_both(block.label, None),
            alt_labels=ordered(Text(w, lang) for lang, words in alternatives for w in words),
            country=country_code(block.country) if block.country else None,
            level=block.level,
            replaces=tuple(sorted(block.replaces)),
        )
        self._add(record, at, block)

    def _mention(self, block: f.Mention, at: Place) -> None:
        ((kind, key),) = block.about.items()
        path = ids.MUNICIPALITY if kind == "authority" else kind
        self._refer(path, key, (*at, "about", kind))
        quote = self._quote(block.quote, block.language, at) if block.quote else None
        date = block.date.edtf if block.date else None
        self.statements.evidence.append(
            Evidence(Ref(path, key), None, quote, False, date, block.note)
        )

    # --- evidence -----------------------------------------------------------------------------

    def _add(
        self,
        record: Record,
        at: Place,
        block: Any,
        each: Any = None,
        each_at: Place = (),
    ) -> None:
        origin = Origin(self.document.file, self.document.line(at))
        self.statements.records.append((record, origin))
        own = _stated(block)
        self._evidence(record, block, own, at)
        if each is not None:
            lists = {name for name in own if isinstance(getattr(block, name), (tuple, dict))}
            shared = {name for name in _stated(each) if name not in own or name in lists}
            self._evidence(record, each, shared, each_at)

    def _evidence(self, record: Record, block: Any, stated: set[str], at: Place) -> None:
        quotes = block.evidence
        if isinstance(quotes, str):
            quotes = (f.Quote(quote=quotes),)
        dates = {n: d for n in stated if isinstance(d := getattr(block, n), Date) and not d.value}
        for i, quote in enumerate(quotes or ()):
            supports = set(quote.supports) or stated
            self._supported(supports, block, (*at, "evidence", i))
            for name in sorted(supports & stated):
                self._support(record, name, quote, dates.pop(name, None), (*at, "evidence"))
        for name, date in sorted(dates.items()):
            self._support(record, name, f.Quote(), date, at)

    def _supported(self, names: Iterable[str], block: Any, at: Place) -> None:
        for name in sorted(set(names) - _stated(block)):
            self._fault((*at, "for"), f"supports {name!r}, which this block does not state",
                        f"stated here: {', '.join(sorted(_stated(block)))}")  # fmt: skip

    def _support(
        self, record: Record, name: str, quote: f.Quote, date: Date | None, at: Place
    ) -> None:
        words = self._quote(quote.quote, quote.language, at) if quote.quote else None
        self.statements.evidence.append(
            Evidence(
                subject=record.ref,
                property=_RECORD_FIELDS.get(name, name),
                quote=words,
                derived=quote.derived,
                date=date.edtf if date else None,
                note=quote.note,
            )
        )

    def _quote(self, words: str, language: str | None, at: Place) -> Text:
        if language is None:
            language = self._language(at)
        return Text(words, language)

    # --- small parts --------------------------------------------------------------------------

    def _texts(self, value: str | dict[str, str] | None, at: Place) -> Texts:
        if isinstance(value, str):
            return (Text(value, self._language(at)),)
        return _both(value, None)

    def _language(self, at: Place) -> str:
        languages = self.content.language
        if len(languages) > 1:
            message = f"this text may be in any of the source's languages ({', '.join(languages)})"
            self._fault(at, message, f"write its language, such as `{{{languages[0]}: …}}`")
        return languages[0]

    def _refer(self, path: str, key: str, at: Place) -> None:
        origin = Origin(self.document.file, self.document.line(at))
        self.statements.references.append(Reference(Ref(path, key), origin))

    def _refer_all(self, path: str, keys: Iterable[str], at: Place) -> None:
        for i, key in enumerate(keys):
            self._refer(path, key, (*at, i))

    def _order(self, first: Date | None, last: Date | None, at: Place, verb: str) -> None:
        if first and last and first.after(last):
            self._fault(at, f"{last.edtf} lies before {first.edtf}, the day it {verb}",
                        "check the two dates")  # fmt: skip

    def _unique(self, name: str, blocks: Iterable[Any]) -> None:
        self._unique_at((name,), [block.key for block in blocks])

    def _unique_at(self, at: Place, keys: list[str]) -> None:
        for i, key in enumerate(keys):
            if key in keys[:i]:
                cure = "say all of one thing in one block, or give the other its own key"
                self._fault((*at, i), f"the key {key!r} stands here twice", cure)

    def _fault(self, at: Place, message: str, cure: str) -> None:
        self.problems.append(self.document.problem(at, message, cure))


def _stated(block: Any) -> set[str]:
    """The fields of a block that it gives a value, as a curator names them."""
    return {name for name in _claim_fields(block) if getattr(block, name) not in (None, (), {})}


def _claim_fields(block: Any) -> Iterator[str]:
    return (name for name in type(block).model_fields if name not in _NOT_CLAIMS)


def _placed(date: Date | None) -> Date | None:
    """A date that lies somewhere in time; a day without a year is evidence only."""
    return None if date is None or date.is_evidence_only else date


def _union(*lists: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({item for items in lists for item in items}))


def _both(texts: dict[str, str] | None, each: dict[str, str] | None) -> Texts:
    merged = {**(each or {}), **(texts or {})}
    return tuple(Text(value, language) for language, value in sorted(merged.items()))
