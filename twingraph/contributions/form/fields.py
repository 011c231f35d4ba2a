"""What the form asks for: its parts and their fields, taken from the curators' format.

Which fields there are, which have to be filled, which values one may hold and how long it may be is
what the classes say (`twingraph.sources.curated.format`). Stated here is what they do not say: what
a field is called on paper, what the form leaves out, and where it asks for a name instead of a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from twingraph.model.records import Person, Programme, Project, Record
from twingraph.rdf import concepts
from twingraph.sources.curated import format as f
from twingraph.web.messages import N_

TEXT, LONG, DATE, DAY, ADDRESS = "text", "long", "date", "day", "address"
CHOICE, CHOICES, LANGUAGE = "choice", "choices", "language"
COUNTRY, CURRENCY, HIDDEN = "country", "currency", "hidden"
MEMBER, MEMBERS = "member", "members"
"""How a field is entered. MEMBER is one of the towns of the partnership that the field stands in,
MEMBERS some of them; HIDDEN carries a key that was found, or chosen among several."""

SEVERAL: Final = (CHOICES, MEMBERS)
"""Of such a field several values may be chosen."""

LONGEST: Final = 2_000
"""Letters of a field where the format sets no bound."""

PERSON: Final = "person"
"""The hidden field of a signature: which person of the name was chosen."""

AMOUNTS: Final = ("total_budget", "grant")
"""Fields of sums of money."""

ASKED: Final = "asked"
"""The hidden field of a town and of a signature: on what grounds it was asked which is meant."""

OPENED: Final = "opened"
"""The hidden field of a source that was opened: the sum of its file's text, as it was then."""

EVIDENCE: Final = "evidence"
"""The field of a block for the words of the page that support all of it."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. `label` and `help` are messages; `scheme` is that of the concepts it chooses from;
    `folded` fields are shown on demand; `quoted` ones may have words of the page of their own;
    what is typed into one that `names` something is looked up in its register."""

    name: str
    label: str = ""
    help: str = ""
    entry: str = TEXT
    scheme: str = ""
    required: bool = False
    longest: int = LONGEST
    folded: bool = False
    quoted: bool = False
    names: type[Record] | None = None


@dataclass(frozen=True, slots=True)
class FormPart:
    """A block of the form: once, or in rows of which there are `least` to `most`. `title` and `add`
    are messages: what one is called, and what the button says that adds one. `model` is what the
    format calls such a block."""

    name: str
    model: type[f.Strict]
    title: str
    fields: tuple[FormField, ...] = ()
    parts: tuple[FormPart, ...] = ()
    add: str = ""
    least: int = 0
    most: int = 1

    def field(self, name: str) -> FormField | None:
        """The field of a name, or None."""
        return next((one for one in self.fields if one.name == name), None)

    def part(self, name: str) -> FormPart | None:
        """The part of a name, or None."""
        return next((one for one in self.parts if one.name == name), None)


def _field(model: type[f.Strict], name: str, label: str, help: str = "", **more: Any) -> FormField:
    """A field of the format: `more` is what the form has otherwise."""
    return FormField(name, label, help, **{**_of_format(model, name), **more})


def _hidden(name: str) -> FormField:
    return FormField(name, entry=HIDDEN)


def _of_format(model: type[f.Strict], name: str) -> dict[str, Any]:
    """What the format says of a field: how it is entered, whether it has to be, how long it is."""
    said = model.model_fields[name]
    schema = _properties(model)[said.alias or name]
    several = schema.get("type") == "array"
    one = schema["items"] if several else schema
    found = {"required": said.is_required(), "longest": one.get("maxLength", LONGEST)}
    values = frozenset(one.get("enum", ()))
    scheme = next((s for s, names in concepts.schemes().items() if names == values), "")
    if scheme:
        return found | {"entry": CHOICES if several else CHOICE, "scheme": scheme}
    return found | {"entry": _entry(one)}


def _entry(schema: Mapping[str, Any]) -> str:
    if schema.get("minimum") == 1000:
        return DATE
    if str(schema.get("pattern", "")).startswith("^https?"):
        return ADDRESS
    example = str(next(iter(schema.get("examples", ())), ""))
    return {"2026-11-23": DAY, "PL": COUNTRY, "EUR": CURRENCY}.get(example, TEXT)


@cache
def _properties(model: type[f.Strict]) -> Mapping[str, Mapping[str, Any]]:
    """The schema of each field, as it is where something stands in it, in one language."""
    schema = model.model_json_schema()
    return {name: _plain(one, schema) for name, one in schema["properties"].items()}


def _plain(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if choice.get("type") != "null":
            return _plain(choice, whole)
    if "$ref" in schema:
        return _plain(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    return schema


# --- the parts ------------------------------------------------------------------------------------

_QUOTED: Final[dict[str, Any]] = {"quoted": True}
_FOLDED: Final[dict[str, Any]] = {"quoted": True, "folded": True}

_AS_WRITTEN: Final = N_("as the page writes it")
_DATE: Final = N_("as much as the page says, in words too: 2018, April 2018, 29 April 2018")
_AMOUNT: Final = N_("such as: 30 296,38 €, or 30296.38")
WORDS_LABEL: Final = N_("Words of the page")
_WORDS: Final = N_("Words of the page for all of this")
_FEW_WORDS: Final = N_("the few words that say it, copied; at most 300 letters")


@cache
def form() -> FormPart:
    """The whole form."""
    return FormPart("", f.SourceFile, "", parts=(_source(), _partnership(), _authority()))


def _evidence() -> FormField:
    return FormField(EVIDENCE, _WORDS, _FEW_WORDS, LONG, longest=longest_quote())


def longest_quote() -> int:
    """Letters that a quote may have."""
    longest: int = _properties(f.Quote)["quote"]["maxLength"]
    return longest


def _town(
    name: str, title: str, least: int, most: int, needed: bool = True, **more: Any
) -> FormPart:
    """A town by its name and country; where these leave it open, by the key that was chosen."""
    of = f.AuthorityRow
    fields = (
        _field(of, "name", N_("Name"), N_("as the town writes it"), required=needed),
        _field(
            of, "country", N_("Country"), N_("its name, or its two letters: PL"), required=needed
        ),
        _field(of, "level", N_("What it is"), N_("left out: a municipality"), required=False),
        _hidden("key"),
        _hidden(ASKED),
    )
    return FormPart(name, of, title, fields, least=least, most=most, **more)


def _source() -> FormPart:
    of = f.SourceFile
    fields = (
        _field(of, "url", N_("Address"), N_("copied from the browser; none for a paper")),
        _field(of, "title", N_("Title"), _AS_WRITTEN),
        _field(of, "publisher", N_("Publisher"), N_("whose page or paper it is")),
        _field(of, "language", N_("Language of the page"), entry=LANGUAGE),
        _field(of, "retrieved", N_("Day it was read")),
        _field(of, "kind", N_("Kind of source")),
        _field(of, "rights", N_("Rights"), N_("what the page says of its use"), folded=True),
        _field(of, "note", N_("Note"), N_("what a reader should know of the page"), folded=True,
               entry=LONG),
        _hidden("key"),
        _hidden(OPENED),
    )  # fmt: skip
    whose = _town("publisher_authority", N_("Town whose own page it is"), 1, 1, False)
    return FormPart("source", of, N_("The page"), fields, (whose,), least=1)


def _partnership() -> FormPart:
    of = f.PartnershipBlock
    fields = (
        _field(of, "since", N_("Partners since"), N_("when the co-operation began, if the page "
               "says so; the day of a signing stands with the document"), **_QUOTED),
        _field(of, "first_contact", N_("First contact"), _DATE, **_FOLDED),
        _field(of, "status", N_("Status"), N_("where the page says it"), **_QUOTED),
        _field(of, "fields", N_("Fields of co-operation"), **_FOLDED),
        _field(of, "methods", N_("Methods"), **_FOLDED),
        _field(of, "purposes", N_("Purposes"), **_FOLDED),
        _field(of, "involves_unnamed", N_("Who takes part and is not named"),
               N_("such as: three schools"), **_FOLDED),
        _field(of, "description", N_("Description"), N_("in the page's language"), entry=LONG,
               **_FOLDED),
        _evidence(),
        _hidden("key"),
    )  # fmt: skip
    parts = (
        _town("partners", N_("Town"), 2, 20, add=N_("Add a town")),
        _agreement(),
        _status_change(),
        _project(),
    )
    return FormPart("partnerships", of, N_("Partnership"), fields, parts, N_("Add a partnership"),
                least=1, most=40)  # fmt: skip


def _agreement() -> FormPart:
    of = f.AgreementBlock
    fields = (
        _field(of, "kind", N_("Kind of document"), **_QUOTED),
        _field(of, "signed_on", N_("Day signed"), _DATE, **_QUOTED),
        _field(of, "title", N_("Title"), _AS_WRITTEN, **_QUOTED),
        _field(of, "place", N_("Place of signing"), N_("the name of the place alone"), **_FOLDED),
        _field(of, "signed_again_on", N_("Signed again on"),
               N_("a second ceremony of the same document"), **_FOLDED),
        _field(of, "planned_for", N_("To be signed on"),
               N_("a signing that is announced; no day signed then"), **_FOLDED),
        _field(of, "valid_until", N_("In force until"), _DATE, **_FOLDED),
        _field(of, "decided_by", N_("Decided by one town alone"),
               N_("a council's resolution, a notice"), entry=MEMBER, **_FOLDED),
        _field(of, "description", N_("Description"), N_("in the page's language"), entry=LONG,
               **_FOLDED),
        _evidence(),
        _hidden("key"),
    )  # fmt: skip
    return FormPart("agreements", of, N_("Document"), fields, (_signature(),), N_("Add a document"),
                most=20)  # fmt: skip


def _signature() -> FormPart:
    of = f.SignatureBlock
    fields = (
        _field(of, "signatory", N_("Signatory or person present"),
               N_("name and surname, without titles"), names=Person),
        _field(of, "office", N_("Office"), N_("held on that day"), quoted=True),
        _field(of, "role", N_("Office in the page's words"), N_("such as: starosta obce"),
               quoted=True),
        _field(of, "on_behalf_of", N_("Signed for"), entry=MEMBER, quoted=True),
        _field(of, "basis", N_("In what capacity"), N_("where the page says it"), **_FOLDED),
        _evidence(),
        _hidden("key"),
        _hidden(PERSON),
        _hidden(ASKED),
    )  # fmt: skip
    return FormPart("signatures", of, N_("Signatory or person present"), fields,
                    add=N_("Add a signatory"), most=40)  # fmt: skip


def _status_change() -> FormPart:
    of = f.StatusChangeBlock
    fields = (
        _field(of, "new_status", N_("New status"), quoted=True),
        _field(of, "changed_on", N_("Day of the change"), _DATE, quoted=True),
        _field(of, "concerns", N_("Only this town joined or left"), entry=MEMBER, quoted=True,
               folded=True),
        _field(of, "decided_by", N_("Decided by one town alone"), entry=MEMBER, quoted=True,
               folded=True),
        _evidence(),
        _hidden("key"),
    )  # fmt: skip
    return FormPart("status_changes", of, N_("Change of status"), fields,
                add=N_("Add a change of status"), most=10)  # fmt: skip


def _project() -> FormPart:
    of = f.ProjectBlock
    fields = (
        _field(of, "title", N_("Title"), _AS_WRITTEN, required=True, names=Project, **_QUOTED),
        _field(of, "programme", N_("Funding programme"), N_("its name"), names=Programme,
               **_QUOTED),
        _field(of, "number", N_("Number of the project"), **_QUOTED),
        _field(of, "start", N_("Start"), _DATE, **_QUOTED),
        _field(of, "end", N_("End"), _DATE, **_QUOTED),
        _field(of, "partners", N_("Partners"), entry=MEMBERS),
        _field(of, "lead", N_("Lead partner"), entry=MEMBER, **_QUOTED),
        _field(of, "total_budget", N_("Total budget"), _AMOUNT, **_QUOTED),
        _field(of, "grant", N_("Grant"), _AMOUNT, **_QUOTED),
        _field(of, "currency", N_("Currency"), N_("its three letters: EUR"), **_FOLDED),
        _evidence(),
        _hidden("key"),
    )  # fmt: skip
    return FormPart(
        "projects", of, N_("Joint project"), fields, add=N_("Add a joint project"), most=20
    )


def _authority() -> FormPart:
    """What the page says of a town itself."""
    of = f.AuthorityBlock
    fields = (
        _field(of, "level", N_("What it is"), **_QUOTED),
        _field(of, "formed_on", N_("Formed"), _DATE, **_QUOTED),
        _field(of, "dissolved_on", N_("Dissolved"), _DATE, **_QUOTED),
        _evidence(),
    )
    towns = (_town("town", N_("Town"), 1, 1),)
    add = N_("Add what the page says of a town itself")
    return FormPart("authorities", of, N_("About a town"), fields, towns, add, most=10)
