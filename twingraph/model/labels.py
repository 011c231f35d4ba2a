"""What the things of a look-up are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.names import preferred, town_name
from twingraph.model.records import (
    Agreement,
    Authority,
    Concept,
    NetworkMembership,
    Organization,
    Participation,
    Partnership,
    Person,
    Programme,
    Project,
    Record,
    Source,
    Text,
    Texts,
)


class Labels:
    """What the things of a lookup are called: in the first of some languages that there is a name
    in (BCP 47; a region in a name's language does not matter), and else in any. Towns are called
    in the first language, the reader's, or else by their own name: what they are called in a third
    language is nobody's. Partnerships and documents are called by names of towns."""

    def __init__(self, lookup: Lookup, languages: Sequence[str] = ()) -> None:
        self.lookup = lookup
        self.languages = tuple(languages)
        self._towns: dict[str, Text] = {}

    @cached_property
    def own(self) -> Labels:
        """The same where no reader's language is known: towns by their own names."""
        return Labels(self.lookup)

    def chosen(self, texts: Texts) -> Text:
        """The text to show; an empty one of none."""
        if len(texts) == 1:
            return texts[0]
        return preferred(texts, self.languages) or _NAMELESS

    def label(self, ref: Ref) -> Text:
        """What a thing is called: by the end of its key, where no source names it."""
        if ref.path == ids.MUNICIPALITY:
            if ref.key not in self._towns:
                self._towns[ref.key] = self._label(ref)
            return self._towns[ref.key]
        return self._label(ref)

    def _label(self, ref: Ref) -> Text:
        record = self.lookup.get(ref)
        match record:
            case Partnership() if record.partners:
                return Text(self.partnership(record))
            case Agreement() if not record.titles:
                return Text(self.agreement(record))
            case Participation():
                return Text(self.participation(record))
            case NetworkMembership():
                network = self.label(Ref(ids.ORGANIZATION, record.network or ""))
                return Text(f"{self.town(record.authority)} · {network.value}")
            case Authority():
                text = town_name(record, self.languages[:1]) or _NAMELESS
            case _:
                text = self.chosen(names(record)) if record else _NAMELESS
        return text if text.value else Text(ref.key.rpartition("/")[2] or ref.key)

    def town(self, key: str) -> str:
        """A town's name, or its key."""
        if key in self._towns:
            return self._towns[key].value
        return self.label(Ref(ids.MUNICIPALITY, key)).value

    def partners(self, towns: Iterable[str]) -> str:
        """A partnership's name: those of its partners, in the order of the names."""
        return " – ".join(sorted(map(self.town, towns), key=lambda name: (name.casefold(), name)))

    def partnership(self, partnership: Partnership) -> str:
        """A partnership's name: its partners', those last that the sources do not name."""
        named = self.partners(partnership.partners)
        unnamed = self.chosen(partnership.unnamed_partners).value
        return f"{named} – {unnamed}" if unnamed else named

    def agreement(self, agreement: Agreement) -> str:
        """A document's name: its kind, its date as written (EDTF), its partners.

        `Agreement of 2016-08, Sieniawa – Ľutina`; only the word for the kind is English.
        """
        kind = (agreement.kind or "document").replace("-", " ").capitalize()
        date = f" of {agreement.signed_on.edtf}" if agreement.signed_on else ""
        partnership = self.label(Ref(ids.PARTNERSHIP, agreement.partnership))
        return f"{kind}{date}, {partnership.value}"

    def participant(self, part: Participation) -> Text:
        """Who it is that has a part in a project: a body's name, or the name that a source has."""
        if part.authority:
            return self.label(Ref(ids.MUNICIPALITY, part.authority))
        if part.organization:
            return self.label(Ref(ids.ORGANIZATION, part.organization))
        return self.chosen(part.names)

    def participation(self, part: Participation) -> str:
        """A part in a project: the participant and the project."""
        project = self.label(Ref(ids.PROJECT, part.project))
        return f"{self.participant(part).value} · {project.value}"

    def publisher(self, source: Source) -> str | None:
        """Who published a source: a name, or the town's."""
        town = source.publisher_authority
        return source.publisher or (self.town(town) if town else None)


_NAMELESS: Final = Text("")


def names(record: Record | Source) -> Texts:
    """The names that a record gives its thing; a thing without any is called otherwise."""
    match record:
        case Authority() | Organization() | Concept():
            return record.labels
        case Project() | Programme() | Agreement() | Source():
            return record.titles
        case Person() if record.name:
            return (Text(record.name),)
    return ()
