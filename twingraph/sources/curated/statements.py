"""One source file, read into the records, evidence and references it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from twingraph import identifiers as ids
from twingraph.dates import Date
from twingraph.errors import Problem
from twingraph.identifiers import Ref, nested_key
from twingraph.model.records import (
    Agreement,
    Authority,
    Evidence,
    NetworkMembership,
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
from twingraph.sources.curated import format as f
from twingraph.sources.curated.references import KeyReference, PartnerReference, references_in
from twingraph.sources.curated.validation import validate
from twingraph.sources.curated.values import Amount
from twingraph.sources.curated.yaml_reader import Document, Place, read_yaml

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
    "place": "places",
    "partner_unnamed": "unnamed_partners",
    "involves_unnamed": "unnamed",
}
_WITHOUT_YEAR = {"signed_on", "signed_again_on", "planned_for"}
"""Dates that may be a day of no known year."""

_NOT_CLAIMS = {"key", "evidence", "agreements", "signatures", "status_changes", "memberships"}


@dataclass(slots=True)
class Statements:
    """What one source file states, before it is held against the registers and other files.

    `source` is None where the file is faulty: of its statements no more than the references to
    the registers are then known, and not even these where it is no YAML.
    """

    key: str
    source: Source | None = None
    records: list[tuple[Record, Origin]] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    references: list[KeyReference] = field(default_factory=list)
    memberships: list[PartnerReference] = field(default_factory=list)


def read_source(path: Path, problems: list[Problem]) -> Statements:
    """Read data/sources/{key}.yaml. Faults are added to `problems`."""
    document = read_yaml(path, path.as_posix(), problems)
    if document is None:
        return Statements(path.stem)
    if not ids.is_key(path.stem):
        message = f"the file's name is the source's key, and {path.stem!r} is none"
        cure = f"rename it to {ids.slug(path.stem) or 'source-1'}{path.suffix}"
        problems.append(Problem(document.file, None, message, cure))
    return read_document(path.stem, document, problems)


def read_document(key: str, document: Document, problems: list[Problem]) -> Statements:
    """Read the content of a source's file. Faults are added to `problems`."""
    statements = Statements(key)
    statements.references.extend(references_in(document))
    content = validate(f.SourceFile, document.content, document, (), problems)
    if content is not None:
        _Reader(content, document, problems, statements).read()
    return statements


class _Reader:
    """Walks a validated file and its document side by side, so that every record knows its line."""

    def __init__(
        self,
        content: f.SourceFile,
        document: Document,
        problems: list[Problem],
        statements: Statements,
    ) -> None:
        self.content = content
        self.document = document
        self.problems = problems
        self.statements = statements

    def read(self) -> None:
        content = self.content
        self.statements.source = self._source(self.statements.key)
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
            if partner in block.partners[:i]:
                message = f"{partner!r} stands here twice: a town cannot be partner of itself"
                self._fault((*at, "partners", i), message, "keep each partner once")
        unnamed = self._texts(block.partner_unnamed, (*at, "partner_unnamed"))
        if len(block.partners) < 2 and not unnamed:
            message = f"partners: holds {len(block.partners)}, needs 2 or more"
            cure = "add the other, or say of it in `partner_unnamed` what the source says"
            self._fault((*at, "partners"), message, cure)
        publisher = self.content.publisher_authority
        record = Partnership(
            key=block.key,
            partners=tuple(sorted(set(block.partners))),
            unnamed_partners=ordered(unnamed),
            stated_by=(publisher,) if publisher and publisher in block.partners else (),
            since=_placed(block.since or each.since),
            first_contact=_placed(block.first_contact or each.first_contact),
            status=block.status or each.status,
            fields=_union(block.fields, each.fields),
            methods=_union(block.methods, each.methods),
            purposes=_union(block.purposes, each.purposes),
            projects=_union(block.projects, each.projects),
            involves=_union(block.involves, each.involves),
            unnamed=ordered(
                (
                    *self._texts(block.involves_unnamed, (*at, "involves_unnamed")),
                    *self._texts(each.involves_unnamed, ("each_partnership", "involves_unnamed")),
                )
            ),
            descriptions=_both(block.description, each.description),
        )
        self._order(record.first_contact, record.since, (*at, "since"), "first_contact")
        self._add(record, at, block, each, ("each_partnership",))
        self._unique_at((*at, "agreements"), [a.key for a in block.agreements])
        self._unique_at((*at, "status_changes"), [c.key for c in block.status_changes])
        for i, agreement in enumerate(block.agreements):
            self._agreement(agreement, block, (*at, "agreements", i))
        for i, change in enumerate(block.status_changes):
            self._status_change(change, block, (*at, "status_changes", i))

    def _agreement(self, block: f.AgreementBlock, of: f.PartnershipBlock, at: Place) -> None:
        each = self.content.each_agreement or f.AgreementStatement()
        self._member(of.key, block.decided_by, "decided by", (*at, "decided_by"))
        for i, local in enumerate(block.replaces):
            self._refer(of.key, local, (*at, "replaces", i))
            if local == block.key:
                message = f"the document {local!r} cannot replace itself"
                self._fault((*at, "replaces", i), message, "name the older document's key")
        record = Agreement(
            key=nested_key(of.key, block.key),
            partnership=of.key,
            titles=self._texts(block.title or each.title, (*at, "title")),
            kind=block.kind or each.kind,
            signed_on=_known(block.signed_on or each.signed_on),
            signed_again_on=_known(block.signed_again_on),
            planned_for=_known(block.planned_for),
            places=ordered(self._texts(block.place, (*at, "place"))),
            valid_until=_placed(block.valid_until or each.valid_until),
            decided_by=block.decided_by,
            concluded_by=tuple(sorted(block.concluded_by)),
            replaces=tuple(sorted(nested_key(of.key, local) for local in block.replaces)),
            descriptions=_both(block.description, each.description),
        )
        self._order(record.signed_on, record.valid_until, (*at, "valid_until"), "signed_on")
        self._order(record.signed_on, record.signed_again_on, (*at, "signed_again_on"), "signed_on")
        if record.signed_on and record.planned_for:
            message = "planned_for: what was signed is planned no more"
            self._fault((*at, "planned_for"), message, "keep `signed_on`, and delete this line")
        self._add(record, at, block, each, ("each_agreement",))
        keys = [s.key or s.signatory or s.on_behalf_of for s in block.signatures]
        self._unique_at((*at, "signatures"), keys)
        for i, signature in enumerate(block.signatures):
            self._signature(signature, record, (*at, "signatures", i))

    def _signature(self, block: f.SignatureBlock, agreement: Agreement, at: Place) -> None:
        local = block.key or block.signatory or block.on_behalf_of
        if local is None:
            self._fault(at, "names neither a signatory nor on whose behalf was signed",
                        "add `signatory:` or `on_behalf_of:`")  # fmt: skip
            return
        partnership = agreement.partnership
        self._member(partnership, block.on_behalf_of, "signed on behalf of", (*at, "on_behalf_of"))
        record = Signature(
            key=nested_key(agreement.key, local),
            agreement=agreement.key,
            signatory=block.signatory,
            roles=self._texts(block.role, (*at, "role")),
            office=block.office,
            on_behalf_of=block.on_behalf_of,
            basis=block.basis,
        )
        self._add(record, at, block)

    def _status_change(self, block: f.StatusChangeBlock, of: f.PartnershipBlock, at: Place) -> None:
        document = nested_key(of.key, block.agreement) if block.agreement else None
        if block.agreement:
            self._refer(of.key, block.agreement, (*at, "agreement"))
        self._member(of.key, block.concerns, "concerns", (*at, "concerns"))
        self._member(of.key, block.decided_by, "decided by", (*at, "decided_by"))
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
        for name in ("total_budget", "grant"):
            if getattr(block, name) is not None and not block.currency:
                cure = "add `currency: EUR`, or the currency that the source writes"
                self._fault((*at, name), f"{name}: an amount of money without a currency", cure)
        record = Project(
            key=block.key,
            titles=self._texts(block.title, (*at, "title")),
            programme=block.programme,
            number=block.number,
            partners=_union(block.partners, (block.lead,) if block.lead else ()),
            lead=block.lead,
            start=_placed(block.start),
            end=_placed(block.end),
            currency=block.currency,
            total_budget=_sum(block.total_budget, about=False),
            total_budget_about=_sum(block.total_budget, about=True),
            grant=_sum(block.grant, about=False),
            grant_about=_sum(block.grant, about=True),
        )
        self._order(record.start, record.end, (*at, "end"), "start")
        self._add(record, at, block)

    def _authority(self, block: f.AuthorityBlock, at: Place) -> None:
        if block.key in block.replaces:
            message = f"{block.key!r} cannot replace itself"
            self._fault((*at, "replaces"), message, "name the predecessors alone")
        alternatives = (block.alt_label or {}).items()
        record = Authority(
            key=block.key,
            labels=_both(block.label, None),
            alt_labels=tuple(sorted(Text(w, lang) for lang, words in alternatives for w in words)),
            country=block.country,
            level=block.level,
            replaces=tuple(sorted(block.replaces)),
            formed_on=_placed(block.formed_on),
            dissolved_on=_placed(block.dissolved_on),
        )
        self._order(record.formed_on, record.dissolved_on, (*at, "dissolved_on"), "formed_on")
        self._add(record, at, block)
        keys = [one.key or one.network for one in block.memberships]
        self._unique_at((*at, "memberships"), keys)
        for i, membership in enumerate(block.memberships):
            self._membership(membership, block.key, (*at, "memberships", i))

    def _membership(self, block: f.MembershipBlock, authority: str, at: Place) -> None:
        record = NetworkMembership(
            key=nested_key(authority, block.key or block.network),
            authority=authority,
            network=block.network,
            since=_placed(block.since),
            until=_placed(block.until),
        )
        self._order(record.since, record.until, (*at, "until"), "since")
        self._add(record, at, block)

    def _mention(self, block: f.Mention, at: Place) -> None:
        ((kind, key),) = block.about.items()
        path = ids.MUNICIPALITY if kind == "authority" else kind
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
        self.statements.records.append((record, self._origin(at)))
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
        dates = {n: d for n in stated if _is_written_only(d := getattr(block, n), n)}
        for i, quote in enumerate(quotes or ()):
            supports = set(quote.supports) or stated
            self._supported(supports, block, (*at, "evidence", i))
            for name in sorted(supports & stated):
                self._support(record, name, quote, dates.pop(name, None), (*at, "evidence", i))
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
                property=_record_field(record, name),
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

    def _refer(self, partnership: str, document: str, at: Place) -> None:
        target = Ref(ids.AGREEMENT, nested_key(partnership, document))
        self.statements.references.append(KeyReference(target, self._origin(at)))

    def _member(self, partnership: str, authority: str | None, verb: str, at: Place) -> None:
        if authority:
            member = PartnerReference(partnership, authority, verb, self._origin(at))
            self.statements.memberships.append(member)

    def _origin(self, at: Place) -> Origin:
        return Origin(self.document.file, self.document.line(at))

    def _order(self, first: Date | None, last: Date | None, at: Place, earlier: str) -> None:
        if first and last and first.after(last):
            message = f"{at[-1]}: {last.edtf} lies before {earlier}, {first.edtf}"
            self._fault(at, message, "check the two dates")

    def _unique(self, name: str, blocks: Iterable[Any]) -> None:
        self._unique_at((name,), [block.key for block in blocks])

    def _unique_at(self, at: Place, keys: Sequence[str | None]) -> None:
        places: dict[str, int] = {}
        for i, key in enumerate(keys):
            if key is not None and places.setdefault(key, i) != i:
                first = self.document.line((*at, places[key]))
                message = f"the key {key!r} stands here twice (first in line {first})"
                cure = "say all of one thing in one block, or give the other its own `key:`"
                self._fault((*at, i, "key"), message, cure)

    def _fault(self, at: Place, message: str, cure: str) -> None:
        self.problems.append(self.document.problem(at, message, cure))


def _sum(stated: Amount | None, about: bool) -> Decimal | None:
    """A sum, where it is one of these: exact ones, or those that are about so much."""
    return stated.value if stated is not None and stated.about == about else None


def _record_field(record: Record, name: str) -> str:
    """What a record calls a block's field."""
    about = f"{name}_about"
    return about if getattr(record, about, None) is not None else _RECORD_FIELDS.get(name, name)


def _stated(block: Any) -> set[str]:
    """The fields of a block that it gives a value, as a curator names them."""
    return {name for name in _claim_fields(block) if getattr(block, name) not in (None, (), {})}


def _claim_fields(block: Any) -> Iterator[str]:
    return (name for name in type(block).model_fields if name not in _NOT_CLAIMS)


def _is_written_only(value: Any, name: str) -> bool:
    """Whether a value is a date that only the evidence can tell as it is written."""
    if not isinstance(value, Date):
        return False
    return value.value is None or (value.is_without_year and name not in _WITHOUT_YEAR)


def _placed(date: Date | None) -> Date | None:
    """A date that lies somewhere in time; a day without a year is evidence only."""
    return None if date is None or date.is_without_year else date


def _known(date: Date | None) -> Date | None:
    """A date that says anything: a day of no known year is one."""
    return None if date is None or date.is_evidence_only else date


def _union(*lists: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({item for items in lists for item in items}))


def _both(texts: dict[str, str] | None, each: dict[str, str] | None) -> Texts:
    merged = {**(each or {}), **(texts or {})}
    return tuple(Text(value, language) for language, value in sorted(merged.items()))
