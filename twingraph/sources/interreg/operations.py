"""Lists of operations (Regulation (EU) 2021/1060, Article 49(3), and its forerunners), as workbooks
or CSV, in any language and order of columns: a mapping says which column is which.

One row a project, with its beneficiary or with several partners in a cell; one row a partner, with
the project repeated; or a second sheet of partners. Headers may stand below a title, take two rows,
and have merged cells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

from twingraph.errors import UsageError
from twingraph.model.records import Text
from twingraph.sources.interreg import mapping as forms
from twingraph.sources.interreg import values
from twingraph.sources.interreg.plain import period_of
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import NO_MONEY, ListedPartner, ListedProgramme, ListedProject
from twingraph.sources.interreg.tables import Row, Sheet, sheets

HEADER_WITHIN: Final = 30
"""Rows from the top in which the header is looked for."""
FEWEST: Final = 2
"""Columns that a row must name to be a header."""

_JOINED_BY: Final = ("id", "keep_id", "number", "title")
_ROLES: Final = {
    "lead": ("lead", "lp", "leadpartner", "leadbeneficiary", "1", "yes", "true", "y", "x", "tak",
             "ano", "oui", "ja", "hlavnypartner", "veducipartner", "partnerwiodacy", "chefdefile"),
    "associated": ("associated", "ap", "associatedpartner"),
    "beneficiary": ("beneficiary", "beneficjent", "prijimatel", "beneficiaire"),
}  # fmt: skip
_AUTHORITIES: Final = frozenset({"localpublicauthority"})

Cells = Mapping[str, Any]


class _Table(NamedTuple):
    """The rows below a header, with the fields of their columns."""

    fields: Mapping[int, str]
    currencies: Mapping[str, str]
    rows: Iterator[tuple[int, Row]]


def read(path: Path, mapping: forms.Mapping, report: Report) -> Iterator[ListedProject]:
    """The projects of a list, in its order. Raises UsageError for what is no such list."""
    found = list(sheets(path))
    operations = _sheet(path, found, mapping.operations)
    partners: Mapping[str, list[ListedPartner]] = {}
    if mapping.partners:
        beside = [sheet for sheet in found if sheet is not operations]
        listed = _sheet(path, beside, mapping.partners)
        partners = _partners(path, listed, mapping, report)
    made = _Maker(path, mapping, report, _table(path, operations, mapping.operations, report))
    yield from made.projects(partners)
    for key in sorted(partners.keys() - made.joined):
        report.add("no-project", f"{path.name}: {key}")


def _sheet(path: Path, found: Sequence[Sheet], columns: forms.Columns) -> Sheet:
    for sheet in found:
        if re.search(columns.sheet, sheet.name, re.IGNORECASE):
            return sheet
    names = ", ".join(repr(sheet.name) for sheet in found) or "none"
    raise UsageError(f"{path}: has no sheet {columns.sheet!r}: there are {names}")


# --- headers -------------------------------------------------------------------------------------


def _table(path: Path, sheet: Sheet, columns: forms.Columns, report: Report) -> _Table:
    """Find the header, one row or two, and say which columns are which."""
    rows = enumerate(sheet.rows, 1)
    head: list[tuple[int, Row]] = []
    for number, row in rows:
        head.append((number, row))
        if len(head) > HEADER_WITHIN:
            break
    best, at, size = 0, 0, 1
    for i in range(len(head)):
        for height in (1, 2):
            if i + height <= len(head):
                count = len(set(_fields(_headers(head, i, height, sheet), columns, {}).values()))
                if count > best or (count == best and height == 2 and _explains(head[i + 1][1])):
                    best, at, size = count, i, height
    if best < FEWEST:
        first = next((row for _, row in head if any(map(values.text, row))), ())
        shown = " | ".join(filter(None, map(values.text, first)))[:200]
        raise UsageError(f"{path}, sheet {sheet.name!r}: no header that the mapping knows: {shown}")
    headers = _headers(head, at, size, sheet)
    fields = _fields(headers, columns, columns.numbers)
    for number, names in enumerate(headers):
        if any(names) and number not in fields and not columns.is_known(*names):
            report.add("unmapped-column", f"{sheet.name}: {' / '.join(filter(None, names))}")
    money = {f: c for n, f in fields.items() if (c := _currency(headers, n))}
    below = [pair for pair in head[at + size :]]
    return _Table(fields, money, _chained(below, rows))


def _explains(row: Row) -> bool:
    """Whether a row below a header only explains it: "(EUR)", "(legal name)"."""
    said = [values.text(cell) for cell in row if values.text(cell)]
    return bool(said) and all(cell.startswith(("(", "[")) for cell in said)


def _chained(
    first: Iterable[tuple[int, Row]], rest: Iterator[tuple[int, Row]]
) -> Iterator[tuple[int, Row]]:
    yield from first
    yield from rest


def _headers(
    head: Sequence[tuple[int, Row]], at: int, size: int, sheet: Sheet
) -> list[tuple[str, ...]]:
    """The names of each column: in the last row of the header, and with the row above."""
    rows = [list(head[i][1]) for i in range(at, at + size)]
    for i, row in zip(range(at, at + size), rows, strict=True):
        _fill(row, i, sheet)
    width = max(map(len, rows))
    cells = [[values.text(row[c]) if c < len(row) else "" for row in rows] for c in range(width)]
    return [
        tuple(dict.fromkeys((" ".join(filter(None, column)), column[-1], column[0])))
        for column in cells
    ]


def _fill(row: list[Any], number: int, sheet: Sheet) -> None:
    """Give every cell of a merged one its text."""
    for first, left, last, right in sheet.merged:
        if first <= number <= last and left < len(row):
            for column in range(left + 1, min(right + 1, len(row))):
                row[column] = row[column] if values.text(row[column]) else row[left]


def _fields(
    headers: Sequence[Sequence[str]], columns: forms.Columns, numbers: Mapping[int, str]
) -> dict[int, str]:
    """The fields by column, each once: the first that is called so."""
    found: dict[int, str] = {}
    for number, names in enumerate(headers):
        field = columns.field(number, *names) if any(names) else None
        if field and field not in found.values():
            found[number] = field
    for number, field in numbers.items():
        if field not in found.values() and number < len(headers) and number not in found:
            found[number] = field
    return found


def _currency(headers: Sequence[Sequence[str]], number: int) -> str | None:
    return next(filter(None, map(values.currency, headers[number])), None)


# --- rows ----------------------------------------------------------------------------------------


class _Maker:
    def __init__(self, path: Path, mapping: forms.Mapping, report: Report, table: _Table) -> None:
        self._path, self._mapping, self._report, self._table = path, mapping, report, table
        self.joined: set[str] = set()

    def projects(self, partners: Mapping[str, list[ListedPartner]]) -> Iterator[ListedProject]:
        """The projects: following rows of one project are its partners."""
        for _, group in groupby(self._rows(), key=lambda pair: _key(pair[1])):
            rows = list(group)
            where, cells = rows[0]
            listed = [p for at, row in rows for p in _in_row(at, row, self._mapping, self._report)]
            for key in _keys(cells):
                if key in partners:
                    self.joined.add(key)
                    listed += partners[key]
                    break
            yield self._project(where, cells, tuple(listed))

    def _rows(self) -> Iterator[tuple[str, Cells]]:
        for where, cells in _cells(self._path, self._table, self._mapping, self._report):
            if _key(cells):
                yield where, cells
            else:
                self._report.add("other-rows", where)

    def _project(
        self, where: str, cells: Cells, partners: tuple[ListedPartner, ...]
    ) -> ListedProject:
        report, mapping = self._report, self._mapping
        start, end = values.period(cells.get("start"), cells.get("end"), where, report)
        language = mapping.language
        titles = [Text(values.text(cells.get("title")), language)]
        titles += [Text(values.text(cells.get("title_en")), "en")]
        return ListedProject(
            where,
            tuple(title for title in titles if title.value),
            values.text(cells.get("number")) or None,
            values.text(cells.get("keep_id")) or None,
            None,
            _programme(cells, mapping, where, report),
            start,
            end,
            values.money(
                cells.get("total"), cells.get("grant"), cells.get("rate"),
                _unit(cells, mapping), where, report,
            ),
            partners,
            values.pages(cells.get("page"), where, report),
        )  # fmt: skip


def _cells(
    path: Path, table: _Table, mapping: forms.Mapping, report: Report
) -> Iterator[tuple[str, Cells]]:
    for number, row in table.rows:
        where = f"{path.name}:{number}"
        if not any(map(values.text, row)):
            report.add("empty-row", where)
            continue
        cells: dict[str, Any] = {f: row[c] for c, f in table.fields.items() if c < len(row)}
        for field in ("total", "grant", "partner_total", "partner_grant"):
            if "currency" not in cells and field in table.currencies:
                cells["currency"] = table.currencies[field]
        yield where, cells


def _keys(cells: Cells) -> Iterator[str]:
    """What a project is known by in the list, the surest first."""
    for field in _JOINED_BY:
        if said := values.text(cells.get(field)):
            yield f"{field} {said}"


def _key(cells: Cells) -> str:
    return next(_keys(cells), "")


def _unit(cells: Cells, mapping: forms.Mapping) -> str | None:
    return values.currency(cells.get("currency")) or mapping.currency


def _programme(
    cells: Cells, mapping: forms.Mapping, where: str, report: Report
) -> ListedProgramme | None:
    known = mapping.programme or {}
    title, cci, period = (
        values.text(cells.get(field)) or known.get(name, "")
        for field, name in (("programme", "title"), ("cci", "cci"), ("period", "period"))
    )
    if not title and not cci:
        return None
    start, end = period_of(period, where, report)
    texts = (Text(title, mapping.language if "programme" in cells else "en"),) if title else ()
    return ListedProgramme(texts, cci or None, start, end)


def _partners(
    path: Path, sheet: Sheet, mapping: forms.Mapping, report: Report
) -> dict[str, list[ListedPartner]]:
    """The partners of a sheet of their own, by what they name the project by."""
    assert mapping.partners is not None
    found: dict[str, list[ListedPartner]] = defaultdict(list)
    table = _table(path, sheet, mapping.partners, report)
    for where, cells in _cells(path, table, mapping, report):
        key = _key(cells)
        rows = list(_in_row(where, cells, mapping, report))
        if key:
            found[key] += rows
        elif rows:
            report.add("no-project", where)
    return found


def _in_row(
    where: str, cells: Cells, mapping: forms.Mapping, report: Report
) -> Iterator[ListedPartner]:
    """The partners that a row names: one, or several in a cell, each with its town and country."""
    names = _split(cells.get("partner"), mapping)
    if not names and not values.text(cells.get("partner_en")):
        return
    names = names or [""]
    english, towns, countries, codes = (
        _beside(cells.get(field), len(names), mapping)
        for field in ("partner_en", "town", "country", "postcode")
    )
    money = NO_MONEY
    if len(names) == 1:
        money = values.money(
            cells.get("partner_total"), cells.get("partner_grant"), cells.get("partner_rate"),
            _unit(cells, mapping), where, report,
        )  # fmt: skip
    for number, name in enumerate(names):
        texts = (Text(name, "und"), Text(english[number], "en"))
        yield ListedPartner(
            tuple(text for text in texts if text.value),
            countries[number] or mapping.country,
            towns[number],
            codes[number],
            values.text(cells.get("nuts3")),
            values.point(cells.get("lat"), cells.get("lon"), where, report),
            _role(cells),
            money,
            _is_authority(cells.get("kind")),
        )


def _split(cell: Any, mapping: forms.Mapping) -> list[str]:
    written = str(cell) if isinstance(cell, str) else values.text(cell)
    if not mapping.separators:
        return [said] if (said := values.text(written)) else []
    return [said for part in re.split(mapping.separators, written) if (said := values.text(part))]


def _beside(cell: Any, count: int, mapping: forms.Mapping) -> list[str]:
    """What stands beside several names: as many, or one for all."""
    parts = _split(cell, mapping)
    if len(parts) == count:
        return parts
    return [parts[0]] * count if len(parts) == 1 else [""] * count


def _role(cells: Cells) -> str | None:
    if "role" not in cells:
        return "beneficiary"
    said = next(iter(forms.keys(values.text(cells["role"]))), "")
    return next((role for role, words in _ROLES.items() if said in words), "partner")


def _is_authority(cell: Any) -> bool | None:
    """What the column for the kind of body says; None where it is no kind that says it."""
    said = next(iter(forms.keys(values.text(cell))), "")
    return True if said in _AUTHORITIES else None
