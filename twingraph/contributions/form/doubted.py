"""A form filled in with one fact of the graph and the words that it rests on, for a reader who says
that it is wrong: she changes what is, and adds where she knows it from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from twingraph import identifiers as ids
from twingraph.contributions.form.fields import CHOICES, HIDDEN, MEMBER, MEMBERS, PERSON
from twingraph.contributions.form.typed import TypedRow
from twingraph.dates import Date
from twingraph.identifiers import Ref
from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    Agreement,
    Authority,
    NetworkMembership,
    Partnership,
    Project,
    Record,
    Signature,
    Source,
    StatusChange,
    Text,
)

_INPUTS: Final[Mapping[str, str]] = {
    "titles": "title",
    "roles": "role",
    "places": "place",
    "descriptions": "description",
    "unnamed": "involves_unnamed",
    "total_budget_about": "total_budget",
    "grant_about": "grant",
}
"""What the fields of records are called in the form, where the two differ."""

REMARK: Final = "remark"
"""The input for whatever the form has no field for."""


class Filler:
    """Fills a blank form in with what a look-up has. `countries` has ISO's two letters of each of
    the EU's codes."""

    def __init__(self, root: TypedRow, lookup: Lookup, countries: Mapping[str, str]) -> None:
        self._root, self._lookup, self._countries = root, lookup, countries
        self._labels = Labels(lookup)

    def fill(
        self, ref: Ref, name: str, source: Source | None, words: str, stated: Record | None = None
    ) -> str:
        """Fill in a field of a thing, what it belongs to, the source that states it and its words;
        what else that source states of the thing is `stated`. Returns the input to begin with: the
        field's, or that of a remark."""
        if source is not None:
            self._source(source)
        row, record = self._row(ref), self._lookup.get(ref)
        if row is None or not isinstance(record, Record):
            return REMARK
        if stated is not None:
            self._all_of(row, stated)
        return self._value(row, _INPUTS.get(name, name), _held(record, name), words)

    def town(self, key: str) -> None:
        """Begin a partnership of a town."""
        if authority := self._lookup.authorities.get(key):
            self._town(self._root.of("partnerships")[0].of("partners")[0], authority.key)

    def _source(self, source: Source) -> None:
        row = self._root.of("source")[0]
        title = source.titles[0].value if source.titles else ""
        language = source.languages[0] if source.languages else ""
        values = {
            "key": source.key, "title": title, "url": source.url, "publisher": source.publisher,
            "language": language, "kind": source.kind,
        }  # fmt: skip
        row.values.update({name: value for name, value in values.items() if value})
        if source.publisher_authority:
            self._town(row.of("publisher_authority")[0], source.publisher_authority)

    def _town(self, row: TypedRow, key: str) -> None:
        record = self._lookup.authorities.get(key)
        country = self._countries.get(record.country or "", "") if record else ""
        row.values.update(name=self._labels.town(key), country=country, key=key)

    def _all_of(self, row: TypedRow, stated: Record) -> None:
        for name in (one.name for one in fields(stated)):
            value, field = _held(stated, name), row.part.field(_INPUTS.get(name, name))
            if value and field is not None and field.entry != HIDDEN:
                self._value(row, field.name, value, "")

    # --- what holds the field -------------------------------------------------------------------

    def _row(self, ref: Ref) -> TypedRow | None:
        match self._lookup.get(ref):
            case Partnership() as partnership:
                return self._partnership(partnership)
            case Agreement() as agreement:
                return self._agreement(agreement)
            case Signature() as signature:
                return self._signature(signature)
            case StatusChange() as change:
                return self._change(change)
            case Project() as project:
                return self._project(project)
            case Authority() as authority:
                row = self._root.add("authorities")
                if row is not None:
                    self._town(row.of("town")[0], authority.key)
                return row
            case NetworkMembership(authority=town):
                return self._row(Ref(ids.MUNICIPALITY, town))
        return None

    def _partnership(self, partnership: Partnership) -> TypedRow:
        row = self._root.of("partnerships")[0]
        row.values["key"] = partnership.key
        self._towns(row, partnership.partners)
        return row

    def _towns(self, row: TypedRow, keys: Iterable[str]) -> None:
        for number, key in enumerate(keys):
            towns = row.of("partners")
            town = towns[number] if number < len(towns) else row.add("partners")
            if town is not None:
                self._town(town, key)

    def _within(self, partnership: str, part: str) -> TypedRow | None:
        record = self._lookup.partnerships.get(partnership)
        return self._partnership(record).add(part) if record else None

    def _agreement(self, agreement: Agreement) -> TypedRow | None:
        row = self._within(agreement.partnership, "agreements")
        if row is not None:
            row.values["key"] = agreement.key.rpartition("_")[2]
            row.values["kind"] = agreement.kind or ""
            row.values["signed_on"] = agreement.signed_on.edtf if agreement.signed_on else ""
        return row

    def _signature(self, signature: Signature) -> TypedRow | None:
        agreement = self._lookup.agreements.get(signature.agreement)
        above = self._agreement(agreement) if agreement else None
        row = above.add("signatures") if above else None
        if row is None:
            return None
        if signature.signatory:
            name = self._labels.label(Ref(ids.PERSON, signature.signatory)).value
            row.values.update({"signatory": name, PERSON: signature.signatory})
        else:
            row.values["key"] = signature.key.rpartition("_")[2]
        row.values["office"] = signature.office or ""
        self._value(row, "on_behalf_of", signature.on_behalf_of, "")
        return row

    def _change(self, change: StatusChange) -> TypedRow | None:
        row = self._within(change.partnership, "status_changes")
        if row is not None:
            status = change.new_status or ""
            row.values.update(key=change.key.rpartition("_")[2], new_status=status)
        return row

    def _project(self, project: Project) -> TypedRow | None:
        partnership = next(iter(self._lookup.with_project[project.key]), None)
        above = self._partnership(partnership) if partnership else self._root.of("partnerships")[0]
        if partnership is None:
            self._towns(above, project.partners)
        row = above.add("projects")
        if row is not None:
            title = project.titles[0].value if project.titles else ""
            row.values.update(key=project.key, title=title)
        return row

    # --- the field ------------------------------------------------------------------------------

    def _value(self, row: TypedRow, name: str, value: Any, words: str) -> str:
        field = row.part.field(name)
        if field is None:
            row.values["evidence"] = words
            return REMARK
        if field.entry == CHOICES:
            row.chosen[name] = tuple(value or ())
        elif field.entry == MEMBERS:
            row.chosen[name] = tuple(filter(None, map(self._member, value or ())))
        elif field.entry == MEMBER:
            row.values[name] = self._member(value)
        elif name not in ("signatory", "programme"):
            row.values[name] = _text(value)
        if name == "programme" and value:
            row.values[name] = self._labels.label(Ref(ids.PROGRAMME, value)).value
        if words and field.quoted:
            row.words[name] = words
        return row.input(name)

    def _member(self, key: str | None) -> str:
        towns = self._root.of("partnerships")[0].of("partners")
        return next((str(n) for n, town in enumerate(towns) if key and town.get("key") == key), "")


def _held(record: Record, name: str) -> Any:
    """The value of a record's field; of a sum that is about so much with the sign that says so."""
    value = getattr(record, name, None)
    return f"{value}~" if value and name.endswith("_about") else value


def _text(value: Any) -> str:
    """The value of a record's field as the form has it."""
    if isinstance(value, Date):
        return value.edtf
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple) and not isinstance(value, Text):
        return _text(value[0]) if value else ""
    return str(getattr(value, "value", value) or "")
