"""What curators have already named: harvested facts about the same things take the same keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from twingraph import identifiers as ids
from twingraph.model.records import Authority, Partnership, Record


@dataclass(frozen=True, slots=True)
class Known:
    """What curators have written down: item → authority key, and pair of keys → partnership key.

    `close` are the items that are only close to their authority (the settlement of a commune).
    """

    authorities: Mapping[str, str] = field(default_factory=dict)
    close: Collection[str] = frozenset()
    partnerships: Mapping[frozenset[str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Known:
        """What curated records name. An item that two authorities claim is the first one's."""
        authorities: dict[str, str] = {}
        close: dict[str, str] = {}
        partnerships: dict[frozenset[str], str] = {}
        for record in records:
            if isinstance(record, Authority):
                if record.wikidata:
                    authorities.setdefault(record.wikidata, record.key)
                if record.wikidata_close:
                    close.setdefault(record.wikidata_close, record.key)
            elif isinstance(record, Partnership):
                partnerships.setdefault(frozenset(record.partners), record.key)
        near = close.keys() - authorities.keys()
        return cls({**close, **authorities}, near, partnerships)

    def key(self, item: str) -> str:
        """The key of an item's authority: the curated one, or the item id."""
        return self.authorities.get(item, item)

    def partnership(self, partners: Iterable[str]) -> str:
        """The key of a partnership: the one once minted, or a new one."""
        keys = frozenset(partners)
        return self.partnerships.get(keys) or ids.partnership_key(keys)
