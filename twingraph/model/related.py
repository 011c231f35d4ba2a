"""What belongs together, looked up once: documents of partnerships, signatures, quotations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.records import (
    Agreement,
    Authority,
    Claims,
    Evidence,
    Partnership,
    Record,
    Signature,
    Source,
    View,
)


@dataclass(frozen=True, slots=True)
class Related:
    """Things and what hangs on them: of the merged view, or of what one source states.

    `documents` are a partnership's agreements, `signatures` an agreement's; `quoted` are the
    things that some words of a source are quoted for, `quoted_sources` the sources so quoted.
    """

    authorities: Mapping[str, Authority]
    partnerships: Mapping[str, Partnership]
    agreements: Mapping[str, Agreement]
    sources: Mapping[str, Source]
    documents: Mapping[str, Collection[Agreement]]
    signatures: Mapping[str, Collection[Signature]]
    quoted: Collection[Ref]
    quoted_sources: Collection[str]

    @classmethod
    def of_view(cls, view: View) -> Related:
        """What the merged view holds."""
        return cls._of(view, view.claims)

    @classmethod
    def of_claims(cls, claims: Claims) -> Related:
        """What one source states."""
        return cls._of(claims.records, (claims,))

    @classmethod
    def _of(cls, records: Iterable[Record], claims: Iterable[Claims]) -> Related:
        authorities: dict[str, Authority] = {}
        partnerships: dict[str, Partnership] = {}
        agreements: dict[str, Agreement] = {}
        documents: dict[str, list[Agreement]] = defaultdict(list)
        signatures: dict[str, list[Signature]] = defaultdict(list)
        for record in records:
            match record:
                case Authority():
                    authorities[record.key] = record
                case Partnership():
                    partnerships[record.key] = record
                case Agreement():
                    agreements[record.key] = record
                    documents[record.partnership].append(record)
                case Signature():
                    signatures[record.agreement].append(record)
        quotes = [(c.source.key, e) for c in claims for e in c.evidence if e.quote]
        owners = {s.key: s.agreement for of in signatures.values() for s in of}
        return cls(
            authorities,
            partnerships,
            agreements,
            {c.source.key: c.source for c in claims},
            documents,
            signatures,
            {ref for _, e in quotes for ref in _supported(e, agreements, owners)},
            {key for key, _ in quotes},
        )

    def by_country(self) -> Mapping[str, Related]:
        """What concerns each country (EU code): its bodies, their partnerships, their documents.

        A partnership is of the country of each of its partners.
        """
        bodies: dict[str, dict[str, Authority]] = defaultdict(dict)
        links: dict[str, dict[str, Partnership]] = defaultdict(dict)
        for key, body in self.authorities.items():
            if body.country:
                bodies[body.country][key] = body
        for key, partnership in self.partnerships.items():
            for partner in partnership.partners:
                one = self.authorities.get(partner)
                if one and one.country:
                    links[one.country][key] = partnership
        return {
            country: replace(
                self,
                authorities=bodies[country],
                partnerships=links[country],
                agreements={a.key: a for p in links[country] for a in self.documents.get(p, ())},
                sources={},
            )
            for country in sorted(bodies)
        }


def _supported(
    evidence: Evidence, agreements: Mapping[str, Agreement], owners: Mapping[str, str]
) -> Iterable[Ref]:
    """What a quotation supports: a signature's also its document, a document's its partnership."""
    path, key = evidence.subject
    yield evidence.subject
    if path == ids.SIGNATURE and key in owners:
        path, key = ids.AGREEMENT, owners[key]
        yield Ref(path, key)
    if path == ids.AGREEMENT and key in agreements:
        yield Ref(ids.PARTNERSHIP, agreements[key].partnership)
