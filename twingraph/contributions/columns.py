"""The tables of a sheet: which columns each has, what they are called, and what may stand in them.

Five tables are for whoever knows spreadsheets: their headings and notes are messages, written in
the language asked for and read in any. The others hold the rest of the curators' format, so that
nothing is lost on the way to a sheet and back; their headings are the format's own names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, partial
from typing import Final

from twingraph.contributions.contribution import FILES
from twingraph.sources.curated import format as f
from twingraph.sources.curated.validation import field_names
from twingraph.web.languages import LANGUAGES
from twingraph.web.messages import N_, translated


class CellKind(Enum):
    """What a cell holds: how it is read, and how a value is written into it."""

    WORDS = auto()
    TEXT = auto()
    """Words, or texts by language (a JSON object)."""
    TEXTS = auto()
    """Texts by language: words alone are in the page's."""
    TEXT_LISTS = auto()
    """Several texts by language: words alone are in the page's, with semicolons between them."""
    EVIDENCE = auto()
    """Words, or blocks of the format (a JSON list): quotes, memberships."""
    ADDRESS = auto()
    DATE = auto()
    MONEY = auto()
    CURRENCY = auto()
    COUNTRY = auto()
    LANGUAGE = auto()
    LANGUAGES = auto()
    CONCEPT = auto()
    CONCEPTS = auto()
    KEY = auto()
    KEYS = auto()
    TOWN = auto()
    TOWNS = auto()
    PERSON = auto()
    ORGANIZATIONS = auto()
    PROJECTS = auto()
    PROGRAMME = auto()
    REFERENCE = auto()
    """Which row of another table is meant."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: the format's name of what it holds, its heading and its note (messages).

    `scheme` is that of its concepts; without what `is_needed` a row is none. A column without a
    heading is called by its name.
    """

    name: str
    kind: CellKind
    heading: str = ""
    note: str = ""
    scheme: str = ""
    is_needed: bool = False

    @property
    def is_for_all(self) -> bool:
        """Whether the template has it: the others are for curators."""
        return bool(self.heading)

    @property
    def is_number(self) -> bool:
        """Whether a clerk writes a number into it: of a row, or which row is meant."""
        is_key = self.is_for_all and self.kind in (CellKind.KEY, CellKind.KEYS)
        return is_key or self.kind is CellKind.REFERENCE


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table: its name in the format, its title (a message), its columns.

    `one` is what a column of it is said to be of where all tables stand side by side.
    """

    name: str
    columns: tuple[SheetColumn, ...]
    title: str = ""
    one: str = ""

    def column(self, name: str) -> SheetColumn:
        """The column of a name."""
        return next(column for column in self.columns if column.name == name)


_K = CellKind

_EVIDENCE: Final = SheetColumn(
    "evidence", _K.EVIDENCE, N_("Evidence"),
    N_("A few words of the page that say so, copied as they stand there."),
)  # fmt: skip
_DESCRIPTION: Final = SheetColumn(
    "description", _K.TEXTS, N_("Description"),
    N_("In your own words and the page’s language, a sentence or two."),
)  # fmt: skip
_PARTNERSHIP: Final = SheetColumn(
    "partnership", _K.REFERENCE, N_("Partnership"),
    N_("Which one: its number in the sheet of partnerships. Empty where there is but one."),
)  # fmt: skip
_SOURCE: Final = SheetColumn(
    "source", _K.REFERENCE, N_("Source"),
    N_("Which page or paper: its number in the sheet of sources. Empty: the first."),
)  # fmt: skip
_A_DATE: Final = N_("As precisely as the page says it: 2008, 2008-07 or 2008-07-12.")
_A_SUM: Final = N_("With its currency behind it, or in its column: 30 296,38 EUR")
_SEVERAL: Final = N_("Several: with semicolons between them.")

SOURCE: Final = SheetTable(
    "source",
    (
        SheetColumn("number", _K.REFERENCE, N_("No."),
                N_("1, 2, 3 …, if there are several: by it the other sheets say which they mean.")),
        SheetColumn("title", _K.TEXT, N_("Title"), N_("What the page or the paper is called."),
                is_needed=True),
        SheetColumn("kind", _K.CONCEPT, N_("Kind of source"),
                N_("Whose page it is: choose from the list."), "source-kind", is_needed=True),
        SheetColumn("url", _K.ADDRESS, N_("Address"), N_("Copied from the browser: https://…")),
        SheetColumn("publisher", _K.WORDS, N_("Published by"),
                N_("The town hall, the newspaper …")),
        SheetColumn("publisher_authority", _K.TOWN, N_("Publishing town"),
                N_("Where a town publishes it: its name, as in the sheet of partnerships.")),
        SheetColumn("language", _K.LANGUAGES, N_("Language"), N_("Of the page: pl, sk, English …"),
                is_needed=True),
        SheetColumn("retrieved", _K.DATE, N_("Read on"), N_("The day on which you read it.")),
        SheetColumn("rights", _K.WORDS, N_("Rights"), N_("What the page says of its copying.")),
        SheetColumn("note", _K.WORDS, N_("Note"), N_("What a reader should know of this source.")),
        SheetColumn("key", _K.KEY),
        SheetColumn("rank", _K.WORDS),
        SheetColumn("rank_reason", _K.WORDS),
    ),
    N_("Source"),
    N_("Source"),
)  # fmt: skip

PARTNERSHIPS: Final = SheetTable(
    "partnerships",
    (
        SheetColumn("number", _K.REFERENCE, N_("No."),
                N_("1, 2, 3 …: by it the other sheets say which partnership they mean.")),
        SheetColumn("town_1", _K.TOWN, N_("Town"), N_("The name as the page writes it."),
                is_needed=True),
        SheetColumn("country_1", _K.COUNTRY, N_("Country"),
                N_("The name of the country, or its two letters."), is_needed=True),
        SheetColumn("town_2", _K.TOWN, N_("Partner town"), N_("The name as the page writes it."),
                is_needed=True),
        SheetColumn("country_2", _K.COUNTRY, N_("Partner’s country"),
                N_("The name of the country, or its two letters."), is_needed=True),
        SheetColumn("towns", _K.TOWNS, N_("Further towns"),
                N_("If there are more than two: Tremelo (BE); Abda (HU)")),
        SheetColumn("since", _K.DATE, N_("Since"),
                N_("When the co-operation began, not when a document was signed. As precisely as "
                   "the page says it: 2008, 2008-07 or 2008-07-12.")),
        SheetColumn("status", _K.CONCEPT, N_("Status"),
                N_("Only if the page says it: choose from the list."), "partnership-status"),
        SheetColumn("fields", _K.CONCEPTS, N_("Fields"), _SEVERAL, "field"),
        SheetColumn("methods", _K.CONCEPTS, N_("Methods"), _SEVERAL, "method"),
        SheetColumn("purposes", _K.CONCEPTS, N_("Purposes"), _SEVERAL, "purpose"),
        SheetColumn("involves", _K.ORGANIZATIONS, N_("Who takes part"),
                N_("Schools, associations …, by name, with semicolons between them.")),
        SheetColumn("involves_unnamed", _K.TEXT, N_("Who takes part and is not named"),
                N_("such as: three schools")),
        _DESCRIPTION,
        _EVIDENCE,
        _SOURCE,
        SheetColumn("first_contact", _K.DATE),
        SheetColumn("partner_unnamed", _K.TEXT),
        SheetColumn("projects", _K.PROJECTS),
        SheetColumn("key", _K.KEY),
    ),
    N_("Partnerships"),
    N_("Partnership"),
)  # fmt: skip

DOCUMENTS: Final = SheetTable(
    "agreements",
    (
        _PARTNERSHIP,
        SheetColumn("key", _K.KEY, N_("Document no."),
                N_("1, 2, 3 … within the partnership: by it signatures say which document they "
                   "stand under.")),
        SheetColumn("kind", _K.CONCEPT, N_("Kind of document"), N_("Choose from the list."),
                "agreement-kind"),
        SheetColumn("title", _K.TEXT, N_("Title"), N_("As it stands on the document.")),
        SheetColumn("signed_on", _K.DATE, N_("Signed on"), _A_DATE),
        SheetColumn("signed_again_on", _K.DATE, N_("Signed again on"),
                N_("A second ceremony of the same document, mostly in the other town.")),
        SheetColumn("valid_until", _K.DATE, N_("Valid until"), _A_DATE),
        SheetColumn("place", _K.TEXT, N_("Place"), N_("Where it was signed.")),
        SheetColumn("replaces", _K.KEYS, N_("Replaces"),
                N_("The number of the older document that it renews or replaces.")),
        _DESCRIPTION,
        _EVIDENCE,
        _SOURCE,
        SheetColumn("planned_for", _K.DATE),
        SheetColumn("decided_by", _K.TOWN),
        SheetColumn("concluded_by", _K.ORGANIZATIONS),
    ),
    N_("Documents"),
    N_("Document"),
)  # fmt: skip

SIGNATURES: Final = SheetTable(
    "signatures",
    (
        _PARTNERSHIP,
        SheetColumn("document", _K.REFERENCE, N_("Document no."),
                N_("Its number in the sheet of documents. Empty where the partnership has but "
                   "one.")),
        SheetColumn("signatory", _K.PERSON, N_("Signed by"),
                N_("First name and surname, without titles. Empty if the page names nobody.")),
        SheetColumn("role", _K.TEXT, N_("Role"), N_("As the page writes it: Mayor of the Town.")),
        SheetColumn("office", _K.CONCEPT, N_("Office"),
                N_("Choose from the list what the office is in its country: a Slovak or Czech "
                   "starosta of an obec is its mayor."), "office"),
        SheetColumn("on_behalf_of", _K.TOWN, N_("Signed for"),
                N_("Which of the towns: its name, as in the sheet of partnerships.")),
        SheetColumn("basis", _K.CONCEPT, N_("In what capacity"),
                N_("Only if the page says it: choose from the list."), "signature-basis"),
        _EVIDENCE,
        SheetColumn("key", _K.KEY),
    ),
    N_("Signatures"),
    N_("Signature"),
)  # fmt: skip

PROJECTS: Final = SheetTable(
    "projects",
    (
        _PARTNERSHIP,
        SheetColumn("title", _K.TEXT, N_("Title"), N_("As it is announced."), is_needed=True),
        SheetColumn("programme", _K.PROGRAMME, N_("Programme"),
                N_("Who paid for it: Interreg V-A …")),
        SheetColumn("number", _K.WORDS, N_("Project number"), N_("As the programme has it.")),
        SheetColumn("partners", _K.TOWNS, N_("Partners"),
                N_("The towns that took part, the lead included, with semicolons between them.")),
        SheetColumn("lead", _K.TOWN, N_("Lead partner"), N_("One of these towns.")),
        SheetColumn("start", _K.DATE, N_("Start"), _A_DATE),
        SheetColumn("end", _K.DATE, N_("End"), _A_DATE),
        SheetColumn("total_budget", _K.MONEY, N_("Total budget"), _A_SUM),
        SheetColumn("grant", _K.MONEY, N_("Grant"), _A_SUM),
        SheetColumn("currency", _K.CURRENCY, N_("Currency"), N_("Its three letters: EUR, PLN …")),
        _EVIDENCE,
        _SOURCE,
        SheetColumn("key", _K.KEY),
    ),
    N_("Projects"),
    N_("Project"),
)  # fmt: skip

_PLAIN: Final[Mapping[str, CellKind]] = {
    "title": _K.TEXT, "label": _K.TEXTS, "alt_label": _K.TEXT_LISTS, "description": _K.TEXTS,
    "involves_unnamed": _K.TEXT, "evidence": _K.EVIDENCE,
    "since": _K.DATE, "first_contact": _K.DATE, "changed_on": _K.DATE, "signed_on": _K.DATE,
    "valid_until": _K.DATE, "formed_on": _K.DATE, "dissolved_on": _K.DATE, "start": _K.DATE,
    "end": _K.DATE, "date": _K.DATE, "wikidata_on": _K.DATE,
    "fields": _K.CONCEPTS, "methods": _K.CONCEPTS, "purposes": _K.CONCEPTS,
    "status": _K.CONCEPT, "new_status": _K.CONCEPT, "level": _K.CONCEPT, "kind": _K.CONCEPT,
    "wikidata_status": _K.CONCEPT,
    "projects": _K.PROJECTS, "involves": _K.ORGANIZATIONS,
    "concerns": _K.TOWN, "decided_by": _K.TOWN,
    "key": _K.KEY, "agreement": _K.KEY, "country": _K.COUNTRY, "language": _K.LANGUAGE,
}  # fmt: skip
_OF_REGISTERS: Final[Mapping[str, CellKind]] = {
    "country": _K.COUNTRY, "level": _K.CONCEPT, "wikidata_status": _K.CONCEPT,
    "language": _K.LANGUAGE, "wikidata_on": _K.DATE, "start": _K.DATE, "end": _K.DATE,
}  # fmt: skip
_SCHEMES: Final[Mapping[str, str]] = {
    "fields": "field", "methods": "method", "purposes": "purpose", "status": "partnership-status",
    "new_status": "partnership-status", "level": "authority-level", "kind": "agreement-kind",
    "wikidata_status": "wikidata-status",
}  # fmt: skip


def _named(
    name: str, names: Iterable[str], kinds: Mapping[str, CellKind], *first: SheetColumn
) -> SheetTable:
    """A table of the format's own names: what each holds, where it is not words."""
    columns = (
        SheetColumn(one, kinds.get(one, _K.WORDS), scheme=_SCHEMES.get(one, "")) for one in names
    )
    return SheetTable(name, (*first, *columns))


STATUS_CHANGES: Final = _named(
    "status_changes",
    field_names(f.StatusChangeBlock),
    _PLAIN,
    SheetColumn("partnership", _K.REFERENCE),
)
AUTHORITIES: Final = _named(
    "authorities", field_names(f.AuthorityBlock),
    {**_PLAIN, "key": _K.TOWN, "replaces": _K.TOWNS, "memberships": _K.EVIDENCE},
)  # fmt: skip
MENTIONS: Final = _named(
    "mentions", [name for name in field_names(f.Mention) if name != "about"], _PLAIN,
    SheetColumn("about", _K.WORDS), SheetColumn("about_key", _K.WORDS),
)  # fmt: skip
EACH: Final = (
    _named("each_partnership", field_names(f.PartnershipStatement), _PLAIN),
    _named("each_agreement", field_names(f.AgreementStatement), _PLAIN),
)
"""What holds for all partnerships, and for all documents, of the source."""

REGISTERS: Final = tuple(
    _named(register.file, field_names(register.model), _OF_REGISTERS) for register in FILES.values()
)
"""A table for each register, by the name of its file."""

FOR_ALL: Final = (SOURCE, PARTNERSHIPS, DOCUMENTS, SIGNATURES, PROJECTS)
"""The tables that a template has."""

TABLES: Final[Mapping[str, SheetTable]] = {
    table.name: table
    for table in (
        *FOR_ALL, STATUS_CHANGES, AUTHORITIES, MENTIONS, *EACH, *REGISTERS,
    )
}  # fmt: skip
"""All tables by their names."""


def at(place: Sequence[str | int]) -> SheetColumn | None:
    """The column that holds what stands in a place of a contribution."""
    names = [step for step in place if isinstance(step, str)]
    table = TABLES.get(names[-2]) if len(names) > 1 else None
    return next((one for one in table.columns if one.name == names[-1]), None) if table else None


def heading(column: SheetColumn, language: str) -> str:
    """What a column is called in a language."""
    return _said(column.heading, language) or column.name


def title(table: SheetTable, language: str) -> str:
    """What a table is called in a language."""
    return _said(table.title, language) or table.name


def note(column: SheetColumn, language: str) -> str:
    """What is to be written into a column, in a language; "" where nothing is said of it."""
    note = _said(column.note, language) if column.note else ""
    return f"{note} {_said(N_('This is needed.'), language)}" if column.is_needed else note


def side_by_side(table: SheetTable, column: SheetColumn, language: str) -> str:
    """What a column is called where all tables stand side by side: "Document: Signed on"."""
    return f"{_said(table.one, language) or table.name}: {heading(column, language)}"


def _said(message: str, language: str) -> str:
    return translated(message, language) or message


@cache
def titles() -> Mapping[str, str]:
    """The names of tables by all that they are called, in small letters."""
    return {
        called.casefold(): table.name
        for table in TABLES.values()
        for called in (table.name, *(title(table, language) for language in LANGUAGES))
    }


@cache
def headings(table: str) -> Mapping[str, tuple[str, frozenset[str]]]:
    """The columns of a table by all that they are called, in small letters: the column's name, and
    the languages in which it is called so."""
    return _by_heading(TABLES[table], heading)


@cache
def flat_headings() -> Mapping[str, tuple[str, str, frozenset[str]]]:
    """Table, column and languages by what a column is called side by side, in small letters."""
    return {
        called: (table.name, *found)
        for table in TABLES.values()
        for called, found in _by_heading(table, partial(side_by_side, table)).items()
    }


def _by_heading(
    table: SheetTable, called: Callable[[SheetColumn, str], str]
) -> Mapping[str, tuple[str, frozenset[str]]]:
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for column in table.columns:
        for language in LANGUAGES:
            name = called(column, language).casefold()
            _, before = found.get(name, (column.name, frozenset()))
            found[name] = (column.name, before | {language})
    return found
