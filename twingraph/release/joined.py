"""What a row of a table says beside its own record: names, sources, the whole a part belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from twingraph.identifiers import Ref
from twingraph.model.records import (
    Agreement,
    Authority,
    Keys,
    Organization,
    Partnership,
    Person,
    Programme,
    Source,
    Text,
    Texts,
    View,
)
from twingraph.rdf import mapping as graph
from twingraph.web.phrases import in_order

_NAMELESS = Text("")


class Joined:
    """A merged view, asked for what stands in another record than the one at hand."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.base = view.dataset.base
        self.languages = view.dataset.languages
        self.towns: Mapping[str, Authority] = view.all(Authority)
        self.organizations: Mapping[str, Organization] = view.all(Organization)
        self.people: Mapping[str, Person] = view.all(Person)
        self.programmes: Mapping[str, Programme] = view.all(Programme)
        self.agreements: Mapping[str, Agreement] = view.all(Agreement)
        self.town = lru_cache(maxsize=None)(self._town)

    def chosen(self, texts: Texts) -> Text:
        """The text in the first of the dataset's languages that there is one in; else the first."""
        if len(texts) > 1:
            return in_order(texts, self.languages)[0]
        return texts[0] if texts else _NAMELESS

    def _town(self, key: str) -> str:
        """A town's name, or its key where no source names it."""
        town = self.towns.get(key)
        return (self.chosen(town.labels).value if town else "") or key

    def label(self, towns: Iterable[str]) -> str:
        """A partnership's name: those of its partners."""
        return " – ".join(map(self.town, towns))

    def organization(self, key: str) -> str:
        """An organization's name, or its key."""
        found = self.organizations.get(key)
        return (self.chosen(found.labels).value if found else "") or key

    def former(self, partnership: Partnership) -> Keys:
        """The partners that have left, or were merged into another partner."""
        if not self._gone:
            return ()
        return tuple(p for p in partnership.partners if (partnership.key, p) in self._gone)

    def is_current(self, partnership: Partnership) -> bool:
        """Whether its towns are twinned, as far as is known (rule 2 of `twingraph.rdf.mapping`)."""
        left = len(partnership.partners) - len(self.former(partnership))
        return left > 1 and partnership.status not in graph.NOT_TWINNED

    def sources(self, ref: Ref) -> Keys:
        """Every source that states anything of a thing, sorted."""
        return self._sources.get(ref, ())

    def partnerships(self, town: str) -> int:
        """How many partnerships a town has or had."""
        return self._partnerships[town]

    def publisher(self, source: Source) -> str | None:
        """Who published a source: a name, or the town's."""
        town = source.publisher_authority
        return source.publisher or (self.town(town) if town else None)

    @cached_property
    def _gone(self) -> set[tuple[str, str]]:
        return graph.gone(self.view)

    @cached_property
    def _partnerships(self) -> Counter[str]:
        return Counter(
            town for record in self.view.all(Partnership).values() for town in record.partners
        )

    @cached_property
    def _sources(self) -> dict[Ref, Keys]:
        """Few combinations occur, so each is kept once."""
        found: dict[Ref, Keys] = {}
        longer: dict[tuple[Keys, str], Keys] = {}
        for claims in self.view.claims:
            key = claims.source.key
            for record in claims.records:
                before = found.get(record.ref, ())
                if (before, key) not in longer:
                    longer[before, key] = (*before, key)
                found[record.ref] = longer[before, key]
        return found
