"""From what was typed to a contribution: names become keys, and every value keeps the field that it
was typed into, so that what is wrong with it is told there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, Final, Protocol

from twingraph import dates
from twingraph.contributions.cells import amount, is_country
from twingraph.contributions.contribution import REGISTERS, SOURCE
from twingraph.contributions.form.fields import (
    AMOUNTS,
    CHOICES,
    CURRENCY,
    DATE,
    DAY,
    EVIDENCE,
    HIDDEN,
    MEMBER,
    MEMBERS,
    PERSON,
    FormField,
)
from twingraph.contributions.form.finders import CHOSEN
from twingraph.contributions.form.typed import TypedRow, words_input
from twingraph.contributions.known import Known, is_nobody
from twingraph.contributions.minting import Minter, slug, source_key
from twingraph.contributions.towns import Found, Town
from twingraph.errors import BadValue
from twingraph.model.records import Authority, Person, Project, Record
from twingraph.reconcile.countries import country_meant
from twingraph.sources.curated.codes import check_country, countries
from twingraph.sources.curated.doubts import name_alone
from twingraph.sources.curated.yaml_reader import Place
from twingraph.sources.interreg.values import currency
from twingraph.web.languages import LANGUAGES
from twingraph.web.locale import Locale, locale_of, plain

_UNKNOWN_TOWN: Final = "zz-{slug}-{number}"
"""What stands for a town that is not found: the rest is checked all the same, nothing written."""

_UNKNOWN_PARTNERSHIP: Final = "zz-town--zz-town"
"""What stands for the key of one that lacks a town: that is told of its towns."""

_COMPOSED_OTHERWISE: Final = frozenset({EVIDENCE, "signatory", "programme"})


class TownFinder(Protocol):
    """Finds towns: those that the data has, by their keys, and rows for others."""

    @property
    def by_key(self) -> Mapping[str, Authority]:
        """The towns that the data has."""

    def find(self, town: Town) -> Found:
        """What is known of a town."""

    def elsewhere(self, name: str, country: str) -> list[str]:
        """The other countries in which a town of a name is known."""

    def chosen(self, key: str, name: str) -> Found | None:
        """The town of a key, as long as it is called so."""


@dataclass(frozen=True, slots=True)
class InputFault:
    """What is wrong in a field of the form, by the name of its input; "" concerns all of it. `own`
    says that it is told in the reader's language already, `doubt` that it may be right."""

    input: str
    message: str
    cure: str = ""
    own: bool = False
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """What somebody or something that was named is: a row of the registers, by its key, or, with
    none, a new one. `others` are the rows of that name that it may be instead; `is_open` says that
    nobody has chosen yet, and nothing tells."""

    of: type[Record]
    key: str = ""
    others: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(slots=True)
class Composed:
    """A contribution's content, where each of its values was typed (by the name of the input), what
    is wrong already, what each town was found to be, by the name of its row, and all else that was
    named, by the input; `unknown` are the rows of towns that were not found, `doubts` what may be
    right, `rekeyed` has the new key of each partnership that is one of other towns now."""

    content: dict[str, Any] = field(default_factory=dict)
    inputs: dict[Place, str] = field(default_factory=dict)
    faults: list[InputFault] = field(default_factory=list)
    towns: dict[str, Found] = field(default_factory=dict)
    named: dict[str, Named] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    doubts: list[InputFault] = field(default_factory=list)
    rekeyed: dict[str, str] = field(default_factory=dict)

    def input_of(self, place: Place) -> str:
        """The input that a place was typed into, or that of the nearest thing that holds it."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.inputs:
                return self.inputs[place[:end]]
        return ""


def anew(name: str) -> str:
    """What is chosen for a person who is none of those of the name that are known."""
    return f"new/{slug(name)}"


def composed(root: TypedRow, known: Known, towns: TownFinder, locale: Locale, by: str) -> Composed:
    """What was typed as a contribution's content. `by` is who chose among several towns."""
    return _Composer(known, towns, locale, by).compose(root)


@cache
def _country_codes() -> Mapping[str, str]:
    """ISO's two letters of a country by its name in the languages of pages."""
    return {
        plain(name): code
        for language in LANGUAGES
        for code, name in locale_of(language).babel.territories.items()
        if code in countries()
    }


def country_code(written: str, languages: Iterable[str] = ()) -> str:
    """ISO's two letters of a country by its name or code, or its abbreviation in a language of the
    page. Raises BadValue for what is neither."""
    # The second is how pages name countries (CLDR), and so what the form proposes.
    code = country_meant(written, languages) or _country_codes().get(plain(written), written)
    check_country(code)
    return code


class _Composer:
    def __init__(self, known: Known, towns: TownFinder, locale: Locale, by: str) -> None:
        self._known, self._towns, self._locale, self._by = known, towns, locale, by
        self._minter = Minter(known, "")
        self._made = Composed()
        self._language = ""

    def compose(self, root: TypedRow) -> Composed:
        self._check_sizes(root)
        self._source(root.of("source")[0])
        source = self._made.content[SOURCE]
        partnerships = [row for row in root.of("partnerships") if not row.is_blank]
        source["partnerships"] = [
            self._partnership(row, (SOURCE, "partnerships", n))
            for n, row in enumerate(partnerships)
        ]
        source["authorities"] = [
            self._authority(row, (SOURCE, "authorities", n))
            for n, row in enumerate(row for row in root.of("authorities") if not row.is_blank)
        ]
        self._made.content[REGISTERS] = {
            name: list(rows) for name, rows in self._minter.rows.items()
        }
        return self._made

    def _check_sizes(self, root: TypedRow) -> None:
        _ = self._locale.gettext
        for row in root.walk():
            if row.left_out:
                self._fault(row.name, _("There are more rows than a form may have."),
                            _("Enter the rest in another form."))  # fmt: skip
            for one in row.part.fields:
                length = len(row.get(one.name))
                # A quotation that is too long the format refuses itself.
                if length > one.longest and one.name != EVIDENCE:
                    message = _(
                        "%(length)s letters, where %(most)s are taken.",
                        length=self._locale.number(length), most=self._locale.number(one.longest),
                    )  # fmt: skip
                    self._fault(row.input(one.name), message, _("Say it in fewer words."))

    def _fault(self, input: str, message: str, cure: str = "", own: bool = True) -> None:
        self._made.faults.append(InputFault(input, message, cure, own))

    # --- the source ---------------------------------------------------------------------------

    def _source(self, row: TypedRow) -> None:
        at: Place = (SOURCE,)
        self._language = row.get("language")
        block = self._block(row, at)
        block["language"] = [self._language] if self._language else []
        self._made.inputs[(*at, "language")] = row.input("language")
        town = self._town(row.of("publisher_authority")[0])
        if town:
            block["publisher_authority"] = town
            self._made.inputs[*at, "publisher_authority"] = row.input("publisher_authority.0.name")
        title, url = row.get("title"), row.get("url")
        block["key"] = row.get("key") or source_key(self._known, title, url, town)
        # A source that is known may be titled in another language than its own.
        known = self._known.sources.get(block["key"])
        same = next((text for text in known.titles if text.value == title), None) if known else None
        if same and same.language not in ("", self._language):
            block["title"] = {same.language: same.value}
        self._made.content[SOURCE] = block
        self._rekey(block["key"])

    def _rekey(self, key: str) -> None:
        """The source's key is known once its town is: the rows so far are of that source."""
        rows = self._minter.rows
        self._minter = Minter(self._known, key)
        for register, some in rows.items():
            self._minter.rows[register] = [{**row, "source": key} for row in some]

    # --- towns --------------------------------------------------------------------------------

    def _town(self, row: TypedRow) -> str:
        """The key of a town; "" where none was typed."""
        if row.is_blank:
            return ""
        try:
            found = self._found(row)
        except BadValue as error:
            input = row.input("country" if row.get("name") else "name")
            self._fault(input, error.message, error.cure, own=isinstance(error, _Told))
            return self._unknown(row)
        # A town that this page alone has named is no other, and may be misspelt.
        others = (
            one for one in found.registered if self._brought_by.get(one) != self._minter.source
        )
        found = replace(found, registered=tuple(others))
        self._made.towns[row.name] = found
        if found.several:
            _ = self._locale.gettext
            self._fault(row.input("key"), _("Several towns are called so."),
                        _("Choose which one is meant."))  # fmt: skip
            return self._unknown(row)
        if row.get("key") in found.registered:  # One that the registers call otherwise.
            return row.get("key")
        if found.registered and not row.get("key"):
            _ = self._locale.gettext
            message = _("No known town has exactly this name; one that is like it may be meant.")
            cure = _("If it is one of those below, choose it.")
            self._made.doubts.append(InputFault(row.input("name"), message, cure, True, True))
        return found.key or self._minted(
            "municipalities", row, lambda: self._minter.town(found.row)
        )

    @cached_property
    def _brought_by(self) -> Mapping[str, str]:
        """The source that each town of the registers came by."""
        return {record.key: source for record, source in self._known.rows(Authority)}

    def _found(self, row: TypedRow) -> Found:
        """Raises BadValue where the country is missing, or none."""
        _ = self._locale.gettext
        if not row.get("name"):
            raise _Told(_("A town without a name."), _("Write its name, or leave the country out."))
        chosen = row.get("key")
        code = self._country(row.get("name"), row.get("country"))
        town = self._towns.by_key.get(chosen)
        if town and code and countries().get(code) != town.country:
            chosen = ""
        if chosen and (found := self._towns.chosen(chosen, row.get("name"))):
            return found
        if not code:
            raise _Told(_("A town without its country."), _("Write the country: PL, SK, BE …"))
        item = chosen if chosen[:1] == "Q" else ""
        return self._towns.find(
            Town(
                row.get("name"),
                code,
                level=row.get("level"),
                item=item,
                by=self._by if item else "",
                why=CHOSEN if item else "",
            )
        )

    def _country(self, name: str, country: str) -> str:
        try:
            languages = (self._locale.language, self._language)
            return country_code(country, languages) if country else ""
        except BadValue:
            if not is_country(name):
                raise
            _ = self._locale.gettext
            message = _("%(name)s is a country, and %(country)s is none.",
                        name=name, country=country)  # fmt: skip
            raise _Told(message, _("Exchange the two.")) from None

    def _unknown(self, row: TypedRow) -> str:
        self._made.unknown.add(row.name)
        number = len(self._made.unknown)
        return _UNKNOWN_TOWN.format(slug=slug(row.get("name")) or "town", number=number)

    def _minted(self, register: str, row: TypedRow, mint: Any, name: str = "name") -> str:
        """A key that is minted; the row of a register that it makes was typed into `row`."""
        before = len(self._minter.rows[register])
        key: str = mint()
        for number in range(before, len(self._minter.rows[register])):
            self._made.inputs[REGISTERS, register, number] = row.input(name)
        if asked := row.part.field(name):
            self._note(row.input(name), asked.names, register, key)
        return key

    def _note(self, input: str, of: type[Record] | None, register: str, key: str) -> None:
        """Note what a name turned out to be."""
        if of is not None:
            self._made.named[input] = Named(of, key if self._known.has(register, key) else "")

    def _person(self, row: TypedRow, name: str, town: str) -> str:
        """The key of a signatory: of one of the name that is known, or a new one.

        Where the registers have the name and nothing tells who is meant, a person may choose.
        """
        alone = name_alone(name)
        if is_nobody(name):
            _ = self._locale.gettext
            self._fault(row.input("signatory"), _("This is nobody’s name."),
                        _("Leave it empty where the page names nobody."))  # fmt: skip
        if alone != name:
            message = f"{name!r} holds a title or an office"
            cure = f"write the name alone: {alone!r}"
            self._made.doubts.append(InputFault(row.input("signatory"), message, cure, doubt=True))
        called = self._known.called(Person, name) or self._known.called(Person, alone)
        chosen, keys = row.get(PERSON), tuple(record.key for record, _ in called)
        key = chosen if chosen in keys else self._minted(
            "people", row,
            lambda: self._minter.person(name, [town] if town else [], chosen == anew(name)),
            "signatory",
        )  # fmt: skip
        own = any(source == self._minter.source for _, source in called)
        sure = own or (keys == (key,) and not chosen)
        known = key if key in keys else ""
        is_open = bool(keys) and not known and chosen != anew(name)
        if is_open and not town.startswith(_UNKNOWN_TOWN[:3]):  # Which may be the town meant.
            _ = self._locale.gettext
            self._fault(row.input("signatory"), _("This name is known already."),
                        _("Choose who it is."))  # fmt: skip
        others = () if sure else keys
        self._made.named[row.input("signatory")] = Named(Person, known, others, is_open)
        return key

    # --- blocks -------------------------------------------------------------------------------

    def _block(self, row: TypedRow, at: Place, members: Sequence[str] = ()) -> dict[str, Any]:
        """The plain fields of a block, and its evidence."""
        self._made.inputs[at] = row.name
        block: dict[str, Any] = {}
        for one in row.part.fields:
            if one.name in _COMPOSED_OTHERWISE or one.entry == HIDDEN:
                continue
            value = self._value(row, one, members)
            if value:
                block[one.name] = value
                self._made.inputs[(*at, one.name)] = row.input(one.name)
        if row.part.field(EVIDENCE):
            self._evidence(row, block, at)
        return block

    def _value(self, row: TypedRow, one: FormField, members: Sequence[str]) -> Any:
        text = row.get(one.name)
        if one.entry == CHOICES:
            return list(row.chosen.get(one.name, ()))
        if one.entry == MEMBER:
            return _member(text, members)
        if one.entry == MEMBERS:
            return [key for n in row.chosen.get(one.name, ()) if (key := _member(n, members))]
        if one.entry in (DATE, DAY):
            # The page's language first: a "listopad" is November in Polish, October in Croatian.
            return dates.understood(text, (self._language, self._locale.language)) if text else ""
        if one.entry == CURRENCY:
            return currency(text) or text
        if one.name in AMOUNTS:
            return _amount(text)
        if one.name == "description" and text:
            return {self._language or "und": text}
        return text

    def _evidence(self, row: TypedRow, block: dict[str, Any], at: Place) -> None:
        by_quote: dict[str, list[str]] = {}
        for name, words in row.words.items():
            by_quote.setdefault(words, []).append(name)
        quotes: list[dict[str, Any]] = [{"quote": t, "for": n} for t, n in by_quote.items()]
        inputs = [words_input(row, names[0]) for names in by_quote.values()]
        if row.get(EVIDENCE):
            quotes.insert(0, {"quote": row.get(EVIDENCE)})
            inputs.insert(0, row.input(EVIDENCE))
        if quotes:
            block[EVIDENCE] = quotes
            for number, input in enumerate(inputs):
                self._made.inputs[(*at, EVIDENCE, number)] = input

    def _partnership(self, row: TypedRow, at: Place) -> dict[str, Any]:
        members = [self._town(town) for town in row.of("partners")]
        keys = self._partners(row, at, members)
        several = len(set(keys)) > 1
        minted = self._minter.partnership(keys) if several else _UNKNOWN_PARTNERSHIP
        key = row.get("key") or minted
        if several and self._is_another(row, keys) and minted != key:
            self._rekeyed(row, keys, key, minted)
            key = minted
        own = {"key": key, "partners": keys}
        return {**own, **self._block(row, at, members), **self._parts(row, at, members)}

    def _is_another(self, row: TypedRow, keys: Sequence[str]) -> bool:
        """Whether the towns of a known partnership are others now. Who joins it or leaves it, as a
        change of status says, leaves it the same one."""
        partners = self._known.partners.get(row.get("key"))
        joins = any(one.get("concerns") for one in row.of("status_changes"))
        return partners is not None and partners != frozenset(keys) and not joins

    def _rekeyed(self, row: TypedRow, keys: Sequence[str], old: str, new: str) -> None:
        """Note that a partnership gets another key, and who else has the one that it had."""
        _, own = self._locale.gettext, self._made.content[SOURCE].get("key")
        self._made.rekeyed[old] = new
        partners = self._known.partners[old]
        others = (town for town in row.of("partners") if self._made.towns.get(town.name))
        town = next((t for t in others if self._made.towns[t.name].key not in partners), row)
        input = town.input("name") if town is not row else row.input("partners.0.name")
        if referred := self._known.referred.get(old, frozenset()) - {own}:
            message = _("Other pages refer to the partnership with the town that stood here: "
                        "%(pages)s.", pages=self._titles(referred))  # fmt: skip
            self._fault(input, message, _("Ask whoever maintains the data to correct it."))
            return
        stating = {key for key, stated in self._known.stated_by.items() if old in stated} - {own}
        if stating:
            message = _("Other pages state the partnership with the town that stood here, and go "
                        "on to do so: %(pages)s.", pages=self._titles(stating))  # fmt: skip
            cure = _("If it is wrong there too, open that page and correct the town there as well.")
            self._made.doubts.append(InputFault(input, message, cure, own=True, doubt=True))

    def _titles(self, sources: Iterable[str]) -> str:
        known = ((key, self._known.sources.get(key)) for key in sorted(sources))
        return "; ".join(s.titles[0].value if s and s.titles else key for key, s in known)

    def _partners(self, row: TypedRow, at: Place, members: Sequence[str]) -> list[str]:
        """The keys of the towns that were typed; `members` has "" for those that were not."""
        self._made.inputs[(*at, "partners")] = row.input("partners.0.name")
        named = [(key, town) for key, town in zip(members, row.of("partners"), strict=True) if key]
        for number, (_, town) in enumerate(named):
            self._made.inputs[(*at, "partners", number)] = town.input("name")
        return [key for key, _ in named]

    def _parts(self, row: TypedRow, at: Place, members: Sequence[str]) -> dict[str, Any]:
        """A partnership's documents, changes of status and projects."""
        block: dict[str, Any] = {}
        block["agreements"] = [
            self._agreement(one, (*at, "agreements", n), members, str(n + 1))
            for n, one in enumerate(_filled(row, "agreements"))
        ]
        block["status_changes"] = [
            {"key": one.get("key") or str(n + 1),
             **self._block(one, (*at, "status_changes", n), members)}
            for n, one in enumerate(_filled(row, "status_changes"))
        ]  # fmt: skip
        projects = list(_filled(row, "projects"))
        block["projects"] = [self._project(one, members) for one in projects]
        for number, one in enumerate(projects):
            self._made.inputs[(*at, "projects", number)] = one.name
        return block

    def _agreement(
        self, row: TypedRow, at: Place, members: Sequence[str], local: str
    ) -> dict[str, Any]:
        block = {"key": row.get("key") or local, **self._block(row, at, members)}
        block["signatures"] = [
            self._signature(one, (*at, "signatures", n), members, str(n + 1))
            for n, one in enumerate(_filled(row, "signatures"))
        ]
        return block

    def _signature(
        self, row: TypedRow, at: Place, members: Sequence[str], local: str
    ) -> dict[str, Any]:
        block = self._block(row, at, members)
        name, town = row.get("signatory"), block.get("on_behalf_of", "")
        if name:
            key = self._person(row, name, town)
            self._made.inputs[(*at, "signatory")] = row.input("signatory")
            return {"signatory": key, **block}
        if not row.get("key"):
            _ = self._locale.gettext
            cure = _("If the page names who it was, write the name.")
            message = _("Somebody who signed, without a name.")
            self._made.doubts.append(InputFault(row.input("signatory"), message, cure, True, True))
        # Several of one town that are not named are told apart by their number.
        return {"key": row.get("key") or local, **block}

    def _project(self, row: TypedRow, members: Sequence[str]) -> str:
        """The key of a project, which gets a block of its own, or more in the one it has."""
        source = self._made.content[SOURCE]
        projects: list[dict[str, Any]] = source.setdefault("projects", [])
        language = self._language or "und"
        title = row.get("title")
        key = row.get("key") or self._minted(
            "projects", row, lambda: self._minter.project(title, language), "title"
        )
        self._note(row.input("title"), Project, "projects", key)
        known = next((n for n, one in enumerate(projects) if one["key"] == key), len(projects))
        at: Place = (SOURCE, "projects", known)
        block = {"key": key, **self._block(row, at, members)}
        self._with_currency(row, block)
        if programme := row.get("programme"):
            block["programme"] = self._minted(
                "programmes", row, lambda: self._minter.programme(programme, language), "programme"
            )
            self._made.inputs[(*at, "programme")] = row.input("programme")
        before = projects[known] if known < len(projects) else {}
        if partners := list(dict.fromkeys(before.get("partners", []) + block.get("partners", []))):
            block["partners"] = partners
        projects[known:] = [{**before, **block}]
        return key

    def _with_currency(self, row: TypedRow, block: dict[str, Any]) -> None:
        """The currency of amounts, which may stand behind them."""
        _ = self._locale.gettext
        for name in AMOUNTS:
            behind = currency(row.get(name))
            if behind and (other := block.setdefault("currency", behind)) != behind:
                message = _("This is in %(one)s, another field says %(other)s.",
                            one=behind, other=other)  # fmt: skip
                self._fault(row.input(name), message, _("Write the currency of the page in both."))

    def _authority(self, row: TypedRow, at: Place) -> dict[str, Any]:
        block = {"key": self._town(row.of("town")[0]), **self._block(row, at)}
        self._made.inputs[(*at, "key")] = row.input("town.0.name")
        return block


def _filled(row: TypedRow, part: str) -> Iterator[TypedRow]:
    return (one for one in row.of(part) if not one.is_blank)


def _member(number: str, members: Sequence[str]) -> str:
    """The town of a number; "" where there is none."""
    at = int(number) if number.isdecimal() and len(number) < 4 else -1
    return members[at] if 0 <= at < len(members) else ""


def _amount(text: str) -> str:
    try:
        return amount(text)
    except BadValue:
        return text  # The format refuses it, with the sum that is likely meant.


class _Told(BadValue):
    """Told in the reader's language."""
