"""The rows of a filled-in sheet as a contribution: names become keys, and every place of the
contribution knows the cell that it was entered in.

A fault is told once, of the cell that has it: what only follows from it is not told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain, count
from typing import Any, Final, NamedTuple

from twingraph.contributions import cells, columns
from twingraph.contributions.already import Already, described
from twingraph.contributions.columns import CellKind, SheetColumn
from twingraph.contributions.contribution import (
    REGISTERS,
    SOURCE,
    Contribution,
    Fault,
    format_faults,
    tidy,
)
from twingraph.contributions.known import alike
from twingraph.contributions.minting import corrected, source_key
from twingraph.contributions.naming import Names, Told, beside, plain, towns_in
from twingraph.contributions.numbering import NOT_SAID, NUMBER, Numbers
from twingraph.contributions.sayings import ONE_OF, Saying
from twingraph.contributions.sheet import Cell, Filled, TableRow, called, row_of
from twingraph.contributions.struck import Rest, without
from twingraph.contributions.told import NO_CURRENCY, SEVERAL_LANGUAGES
from twingraph.contributions.towns import Found, Towns, apart, likely
from twingraph.errors import BadValue, DataError, Problem, proposed
from twingraph.model.names import own_languages
from twingraph.reconcile.countries import country_meant
from twingraph.sources.curated.codes import check_language, countries, currencies
from twingraph.sources.curated.doubts import folded
from twingraph.sources.curated.yaml_reader import Place
from twingraph.sources.interreg import values as amounts
from twingraph.web.languages import ENGLISH
from twingraph.web.messages import N_


@dataclass(frozen=True)
class Entry:
    """A contribution as it was entered: `cells` has where each place of it stands, `found` what is
    known of the towns that the registers lack, by their keys, `doubts` what hardly can be,
    `language` that of the headings, and `called` the names that were written, by their keys."""

    contribution: Contribution
    cells: Mapping[Place, Cell]
    found: Mapping[str, Found] = field(default_factory=dict)
    doubts: Sequence[Problem] = ()
    language: str = ENGLISH
    called: Mapping[str, str] = field(default_factory=dict)

    def problem(self, fault: Fault) -> Problem:
        """A fault as a problem of the cell that it was entered in."""
        return problem_at(self.cells, self.language, self.called, fault)


class Faulty(DataError):
    """A sheet with faults. `rest` is what of it is sound enough to be checked further, `problem`
    makes of a fault of the whole a problem of its cell, `is_told` says of one whether it but
    follows from what is told, `doubts` are told beside the faults."""

    def __init__(
        self,
        problems: Iterable[Problem],
        rest: Rest | None,
        problem: Callable[[Fault], Problem],
        is_told: Callable[[Fault], bool],
        doubts: Sequence[Problem],
    ) -> None:
        super().__init__(problems)
        self.rest, self.problem, self.is_told, self.doubts = rest, problem, is_told, doubts


def cell_of(cells: Mapping[Place, Cell], fault: Fault) -> Cell:
    """The nearest cell that a fault was entered in; of what is missing the one that is empty."""
    place = fault.place
    if fault.missing and (*place, fault.missing) in cells:
        return cells[*place, fault.missing]
    known = (cells.get(place[:end]) for end in range(len(place), -1, -1))
    return next(filter(None, known), Cell("sheet", "", 1))


def problem_at(
    cells: Mapping[Place, Cell], language: str, called: Mapping[str, str], fault: Fault
) -> Problem:
    """A fault as a problem of the cell that it was entered in, in the words of a sheet of a
    language: what has a heading is named by that, what was named is called so, not by its key."""
    cell, message = cell_of(cells, fault), fault.message
    name = next((step for step in reversed(fault.place) if isinstance(step, str)), "")
    if cell.heading and message.startswith(prefix := f"{name}: "):
        message = message.removeprefix(prefix)

    column = columns.at(fault.place)
    if column and _is_no_number(fault, column):
        value = message.removesuffix(_NO_KEY)
        message = Saying(N_("%(value)s is no number of a document"), value=value)

    def in_words(text: str) -> str:
        if isinstance(text, Saying):
            return text
        headed = _FIELD.sub(
            lambda found: _headed(found[1] or found[2], fault.place, language), text
        )
        return _KEY.sub(lambda found: called.get(found[0], found[0]), headed)

    return cell.problem(in_words(message), in_words(_cure(fault, language)))


_FIELD: Final = re.compile("`([a-z_]+)`|(?<=lies before )([a-z_]+)(?=,)")
_NO_PARTNER: Final = N_("%(value)s is no partner of %(partnership)s")
_KEY: Final = re.compile(r"(?<![-\w./])[a-z0-9]+(?:-[a-z0-9]+)+(?![-\w/])")


def _headed(name: str, place: Place, language: str) -> str:
    """What a field is called in the sheet that a place belongs to."""
    column = columns.at((*place, name)) or columns.at((*place[:-1], name))
    if column is None:
        table = next((t for step in reversed(place) if (t := columns.TABLES.get(str(step)))), None)
        column = next((c for c in table.columns if c.name == name), None) if table else None
    return f"“{columns.heading(column, language)}”" if column else f"`{name}`"


_FOR_BOTH: Final = re.compile("write '([^']+)' for both")
"""What is to be done in the registers about two that may be one: a sheet has but a cell."""
_NO_KEY: Final = " is not a key"


def _is_no_number(fault: Fault, column: SheetColumn) -> bool:
    """Whether what a clerk knows as a number is none: for curators it is a key like any other."""
    return column.is_number and fault.message.endswith(_NO_KEY)


_WITH_LANGUAGE: Final = Saying(
    N_('write its language with it, {"pl": "the text"}, or one language alone for the page')
)


def _cure(fault: Fault, language: str) -> str:
    """What is to be written into the cell that a fault is of."""
    column = columns.at((*fault.place, fault.missing) if fault.missing else fault.place)
    if column and _is_no_number(fault, column):
        return Saying(N_("write a number alone: 1, 2, 3 …"))
    if fault.place[:1] == (REGISTERS,) and (known := _FOR_BOTH.match(fault.cure)):
        same = N_("if it is the same, write %(key)s here; if it is another, leave it as it is")
        return Saying(same, key=known[1])
    if column and column.scheme and fault.missing:
        words = "; ".join(cells.offered(column.scheme, language))
        return Saying(N_("fill in its cell, with one of: %(words)s"), words=words)
    if column and "may be in any of the source's languages" in fault.message:
        return _WITH_LANGUAGE
    if column and column.kind is CellKind.MONEY and "amount of money" in fault.message:
        cure = N_("write digits, and the currency behind them or in its column: 12 500 EUR")
        return Saying(cure)
    return fault.cure


def enter(filled: Filled, towns: Towns) -> Entry:
    """The contribution that a filled-in sheet is. Raises Faulty, with every fault's cell."""
    return _Entry(filled, towns).made()


def day_doubts(cell: Any, column: SheetColumn, filled: Filled, at: Cell) -> Iterator[Problem]:
    """Doubt the first day of a month, where a file does not tell whether the cell shows the day."""
    is_day = column.kind is CellKind.DATE and isinstance(cell, date) and not cells.is_year(cell)
    if is_day and cell.day == 1 and not filled.shows_days:
        message = Saying(
            N_("is read as %(day)s: does the cell show the day?"), day=f"{cell:%Y-%m-%d}"
        )
        cure = N_(
            "if it shows the month alone, format it as text, and write %(month)s; if the year "
            "alone, %(year)s"
        )
        yield at.problem(message, Saying(cure, month=f"{cell:%Y-%m}", year=f"{cell:%Y}"))


class _Entry:
    """Walks the tables in the order in which one names what another defines."""

    def __init__(self, filled: Filled, towns: Towns) -> None:
        self._filled, self._known = filled, towns.known
        self._names = Names(filled, towns)
        self._problems: list[Problem] = list(filled.faults)
        self._doubts: list[Problem] = []
        self._faulty: set[tuple[str, int]] = set()
        self._faulty_cells: set[Cell] = set()
        self._unsure: list[Place] = []
        self._unsure_rows: set[tuple[str, int]] = set()
        self._numbers = Numbers(filled)
        self._lost: list[TableRow] = []
        self._astray: dict[str, list[dict[str, Any]]] = {}
        self._cells: dict[Place, Cell] = {}
        self._languages = filled.languages
        self._language = next(iter(filled.languages), ENGLISH)
        self._page: Sequence[str] = ()
        self._partnerships: list[_Partnership] = []
        self._row_of: dict[int, Cell] = {}

    def made(self) -> Entry:
        """The contribution with its cells."""
        source = self._source()
        self._problems += self._numbers.twice()
        for number, row in enumerate(self._filled.of(columns.PARTNERSHIPS)):
            self._partnership(number, row)
        source["projects"] = self._projects()
        for table in (columns.DOCUMENTS, columns.STATUS_CHANGES):
            for row in self._filled.of(table):
                self._nested(row, table)
        for row in self._filled.of(columns.SIGNATURES):
            self._signature(row)
        source["partnerships"] = [one.block for one in self._partnerships]
        if self._astray:
            source["partnerships"].append({**_NONE, **self._astray})
        self._is_another(source, (one.block.get("key", "") for one in self._partnerships))
        source["authorities"] = self._blocks(columns.AUTHORITIES)
        source["mentions"] = [_mention(one) for one in self._blocks(columns.MENTIONS)]
        for table in columns.EACH:
            self._each(table, source)
        self._problems += self._numbers.unknown()
        return self._checked({REGISTERS: self._registers(), SOURCE: source})

    def _checked(self, content: dict[str, Any]) -> Entry:
        content = tidy(content)
        faults = list(format_faults(content, "row"))
        problem = partial(problem_at, self._cells, self._language, self._names.called)
        for fault in faults:
            # What is missing in a row may be what has just been told of it.
            if self._is_told(fault) or self._follows(fault):
                continue
            self._problems.append(problem(fault))
        doubts = sorted([*self._doubts, *self._names.doubts], key=lambda doubt: doubt.order)
        if self._problems:
            unsure = (Fault(place, "") for place in self._unsure)
            rest = without(content, [*faults, *unsure])
            raise Faulty(self._problems, rest, problem, self._is_told, doubts)
        found = self._names.found
        called = self._names.called
        return Entry(Contribution.of(content), self._cells, found, doubts, self._language, called)

    def _is_told(self, fault: Fault) -> bool:
        """Whether a fault's cell is told already; of what a whole row lacks, any cell of it."""
        cell = cell_of(self._cells, fault)
        if cell in self._faulty_cells:
            return True
        whole = {"partners", "key"}.intersection((fault.missing, *fault.place[-1:]))
        is_whole = bool(whole) or not cell.heading
        return is_whole and cell.line in self._faulty

    def _follows(self, fault: Fault) -> bool:
        """Whether a fault may but come of a column that nobody knows."""
        lacks = fault.missing or fault.place[-1:] == ("partners",) or fault.place == (SOURCE,)
        return bool(lacks) and cell_of(self._cells, fault).sheet in self._filled.incomplete

    # --- cells --------------------------------------------------------------------------------

    def _value(self, row: TableRow, column: SheetColumn) -> Any:
        """What a cell holds, its names resolved to keys; "" where it is empty or faulty."""
        if column.name not in row.cells:
            return ""
        at = row.at(column.name)
        try:
            value = cells.read(row.cells[column.name], column, self._languages)
            self._doubts += day_doubts(row.cells[column.name], column, self._filled, at)
            return self._resolved(value, column, row, at) if value else ""
        except Told:
            self._unsure_rows.add(row.row.line)
            return self._note_faulty(at)
        except BadValue as error:
            if column.kind in (CellKind.TOWN, CellKind.TOWNS):
                self._unsure_rows.add(row.row.line)
                if row.row.sheet in self._filled.incomplete:
                    # Its country may be in the column that nobody knows.
                    return self._note_faulty(at)
            return self._fault(at, error.message, error.cure)

    def _resolved(self, value: Any, column: SheetColumn, row: TableRow, at: Cell) -> Any:
        match column.kind:
            case CellKind.TOWN:
                return self._town(value, column, row, at)
            case CellKind.TOWNS:
                return self._names.towns(value, at)
            case CellKind.ORGANIZATIONS:
                return [self._names.thing(one, "organizations", at) for one in value]
            case CellKind.PROJECTS:
                return [self._names.thing(one, "projects", at) for one in value]
            case CellKind.PROGRAMME:
                return self._names.thing(value, "programmes", at)
            case CellKind.TEXTS if isinstance(value, str):
                return {self._language_of_page(): value}
            case CellKind.TEXT_LISTS if isinstance(value, str):
                return {self._language_of_page(): cells.parts(value)}
        return value

    def _language_of_page(self) -> str:
        """The language of a text of which nothing is said. Raises BadValue where it may be in one
        of several."""
        if len(self._page) > 1:
            several = ", ".join(self._page)
            raise BadValue(Saying(SEVERAL_LANGUAGES, languages=several), _WITH_LANGUAGE)
        return self._names.page

    def _town(self, value: str, column: SheetColumn, row: TableRow, at: Cell) -> str:
        self._names.is_one(value)
        place = beside(column.name)
        paired = place != column.name
        country = plain(row.cells.get(place, "")) if paired else ""
        try:
            is_known = country_meant(country, self._languages) is not None
            if not is_known and country and not cells.is_country(value):
                otherwise = Saying(N_("write its name, or its two letters: PL, SK, BE …"))
                near = alike(country, cells.country_names(self._languages))
                message = Saying(N_("%(value)s is no country"), value=repr(country))
                raise BadValue(message, proposed(near, otherwise))
        except BadValue as error:
            self._names.failed(value)
            self._unsure_rows.add(row.row.line)
            return self._fault(row.at(place), error.message, error.cure)
        if not is_known and cells.is_country(value):
            raise self._swapped(value, country, row, place)
        key = self._names.town(value, country, at, paired)
        if cells.is_country(value) and not self._known.has("municipalities", key):
            message = Saying(N_("%(value)s is the name of a country"), value=repr(value))
            cure = Saying(N_("if it is no town, write the name of the town"))
            self._doubts.append(at.problem(message, cure))
        return key

    def _swapped(self, value: str, country: str, row: TableRow, place: str) -> BadValue:
        """What is to be said of a country where a town should be."""
        self._names.failed(value)
        if not country:
            cure = Saying(N_("write the town here, its country behind it: Abda (HU)"))
            if heading := row.headings.get(place):
                cure = Saying(
                    N_("write the town here, its country in “%(heading)s”"), heading=heading
                )
            return BadValue(Saying(N_("%(value)s is a country"), value=repr(value)), cure)
        self._names.failed(country)
        message = Saying(
            N_("%(value)s is a country, and %(country)s in “%(heading)s” is none"),
            value=repr(value), country=repr(country), heading=row.headings[place],
        )  # fmt: skip
        return BadValue(message, Saying(N_("exchange the two cells")))

    def _block(
        self, row: TableRow, table: columns.SheetTable, at: Place, *but: str
    ) -> dict[str, Any]:
        """A row as a block of the format, each value with its cell."""
        self._cells[at] = row.row
        block: dict[str, Any] = {}
        for column in table.columns:
            if column.name in but:
                continue
            if value := self._value(row, column):
                block[column.name] = value
            if column.name in row.headings:
                self._cells[*at, column.name] = row.at(column.name)
        return block

    def _blocks(self, table: columns.SheetTable) -> list[dict[str, Any]]:
        rows = enumerate(self._filled.of(table))
        return [self._block(row, table, (SOURCE, table.name, number)) for number, row in rows]

    def _fault(self, cell: Cell, message: str, cure: str = "") -> str:
        self._problems.append(cell.problem(message, cure))
        return self._note_faulty(cell)

    def _note_faulty(self, cell: Cell) -> str:
        """Note a cell that is told, here or elsewhere: what only follows from it is not."""
        self._faulty.add(cell.line)
        self._faulty_cells.add(cell)
        return ""

    # --- the tables ---------------------------------------------------------------------------

    def _source(self) -> dict[str, Any]:
        rows = self._filled.of(columns.SOURCE)
        if not rows:
            cure = Saying(N_("say in the table of the source which page or paper this is"))
            message = Saying(N_("names no source"))
            self._problems.append(Problem(self._filled.file, None, message, cure))
            self._faulty.add(("", 1))
            return {}
        row = rows[0]
        languages = self._page = self._languages_of_page(row)
        self._names.page = next(iter(languages), "und")
        self._languages = tuple(dict.fromkeys((*self._filled.languages, *languages)))
        source = self._block(row, columns.SOURCE, (SOURCE,), "number")
        self._cells[SOURCE, "key"] = row.at("key", "title")
        source["key"] = source.get("key") or self._source_key(source)
        self._names.minter.source = source["key"]
        return source

    def _languages_of_page(self, row: TableRow) -> Sequence[str]:
        """What the page is written in."""
        languages: Sequence[str] = self._value(row, columns.SOURCE.column("language")) or ()
        return [check_language(one) for one in languages]

    def _source_key(self, source: Mapping[str, Any]) -> str:
        title = source.get("title", "")
        said = next(iter(title.values()), "") if isinstance(title, dict) else title
        of = source.get("publisher_authority", "")
        return source_key(self._known, str(said), source.get("url", ""), of)

    def _is_another(self, source: Mapping[str, Any], partnerships: Iterable[str]) -> None:
        """Ask whether a source is the one that is there with another title or address."""
        row = next(iter(self._filled.of(columns.SOURCE)), None)
        if row is None or "key" in row.cells or source["key"] in self._known.sources:
            return
        there = corrected(self._known, source, frozenset(partnerships))
        if there is None:
            return
        heading = self._heading(columns.SOURCE, "key")
        at = row.at("url" if there.url and source.get("url") else "title")
        known = ", ".join(filter(None, (repr(there.titles[0].value), there.url)))
        message = Saying(
            N_("is this page the one that is there as %(key)s, entered before as %(known)s?"),
            key=repr(there.key), known=known,
        )  # fmt: skip
        cure = Saying(
            N_("add a column “%(heading)s” with %(key)s in it; if it is another page, with "
               "%(other)s"),
            heading=heading, key=there.key, other=source["key"],
        )  # fmt: skip
        self._fault(at, message, cure)

    def _heading(self, table: columns.SheetTable, name: str) -> str:
        """What a column is to be called in this sheet."""
        return called((table.name, name), self._filled.side_by_side, self._language)

    def _partnership(self, number: int, row: TableRow) -> None:
        table = columns.PARTNERSHIPS
        at: Place = (SOURCE, table.name, number)
        block = self._block(row, table, at, "number", "country_1", "country_2", "source")
        towns = [block.pop("town_1", ""), block.pop("town_2", ""), *block.pop("towns", ())]
        partners = [town for town in towns if town]
        if row.row.line in self._unsure_rows:
            self._unsure.append(at)
        self._cells[*at, "partners"] = row.at("town_1", "towns")
        self._cells[*at, "key"] = row.at("key", "town_1")
        for place, _ in enumerate(partners):
            self._cells[*at, "partners", place] = row.at(
                ("town_1", "town_2", "towns")[min(place, 2)]
            )
        if partners:
            block["partners"] = partners
            block.setdefault("key", self._names.minter.partnership(partners))
            self._doubt_since(row, block)
        own = self._numbers.of(number, row)
        self._partnerships.append(_Partnership(number, own, row, block, frozenset(partners)))

    def _doubt_since(self, row: TableRow, block: Mapping[str, Any]) -> None:
        """Doubt a beginning of which another source says otherwise."""
        if other := self._already.began(block["key"], block.get("since", "")):
            there, title = other
            message = Saying(
                N_("%(value)s is here, %(other)s in another source: %(title)s"),
                value=repr(block["since"]), other=repr(there), title=repr(title),
            )  # fmt: skip
            cure = Saying(N_("if this page says so, leave it"))
            self._doubts.append(row.at("since").problem(message, cure))

    def _of(self, row: TableRow) -> _Partnership | None:
        """Which partnership a row of another table belongs to; None where that is not said."""
        said = plain(row.cells.get("partnership", ""))
        found = self._called(said) if said else self._near(row)
        if len(found) == 1:
            self._numbers.used(found[0].number)
            return found[0]
        self._lost.append(row)
        self._faulty.add(row.row.line)
        if said and not found:
            self._numbers.unknown_is(said, row.at("partnership"))
        else:
            several = N_("several partnerships are called %(value)s")
            message = Saying(several, value=repr(said)) if said else NOT_SAID
            self._fault(row.at("partnership"), message, NUMBER)
        return None

    def _called(self, said: str) -> Sequence[_Partnership]:
        """The partnerships of a number, of a key, or with a town of a name."""
        known = self._partnerships
        for one in known:
            if said in (one.number, one.block.get("key")):
                return [one]
        wanted = folded(apart(said)[0])
        return [one for one in known if wanted in {folded(apart(t)[0]) for t in towns_in(one.row)}]

    def _near(self, row: TableRow) -> Sequence[_Partnership]:
        """All partnerships; where all tables stand side by side, the one above."""
        if not self._filled.side_by_side:
            return self._partnerships
        return [one for one in self._partnerships if one.row.row.row <= row.row.row][-1:]

    def _nested(self, row: TableRow, table: columns.SheetTable) -> None:
        """Put a row into its partnership, under its key or the next number."""
        of = self._of(row)
        if of is None:
            self._stray(row, table)
            return
        blocks = of.block.setdefault(table.name, [])
        at: Place = (*of.place, table.name, len(blocks))
        block = self._block(row, table, at, "partnership", "source")
        same = [one for one in blocks if one["key"] == block.get("key")]
        if same and table is columns.DOCUMENTS:
            there = self._row_of[id(same[0])]
            message = Saying(
                N_("%(value)s is the number of another document of %(partnership)s: row %(row)s"),
                value=repr(block["key"]), partnership=of.said, row=there.row,
            )  # fmt: skip
            cure = Saying(N_("give each document of a partnership its own number"))
            self._fault(row.at("key"), message, cure)
            return
        if table is columns.DOCUMENTS and block.get("key"):
            self._doubt_document(row, block, of)
        if not block.get("key"):
            taken = {one["key"] for one in blocks}
            block["key"] = self._free_number(block, of, table, taken, row.number)
        self._row_of[id(block)] = row.row
        blocks.append(block)

    @property
    def _already(self) -> Already:
        return Already(self._known, self._names.minter.source)

    def _doubt_document(self, row: TableRow, block: Mapping[str, Any], of: _Partnership) -> None:
        """Doubt a number that the data has another document under."""
        number = block["key"]
        there = self._already.document(of.block.get("key", ""), number, block)
        if there is None:
            return
        known = described(there, self._language)
        message = Saying(
            N_("%(value)s is another document in the data, of the same partnership: %(known)s"),
            value=repr(number), known=known,
        )  # fmt: skip
        rows = self._filled.of(columns.DOCUMENTS)
        given = {plain(one.cells.get("key", "")) for one in rows}
        free = self._free_number(block, of, columns.DOCUMENTS, given)
        cure = Saying(
            N_("if it is not this one, give this the number %(free)s, here and in the other "
               "sheets"),
            free=free,
        )  # fmt: skip
        self._doubts.append(row.at("key").problem(message, cure))

    def _free_number(
        self,
        block: Mapping[str, Any],
        of: _Partnership,
        table: columns.SheetTable,
        taken: Set[str],
        first: str = "",
    ) -> str:
        """The first number that is not taken, nor that of another document of the data."""
        already, key = self._already, of.block.get("key", "")
        is_document = table is columns.DOCUMENTS
        return next(
            number
            for number in chain(filter(None, [first]), map(str, count(1)))
            if number not in taken and not (is_document and already.document(key, number, block))
        )

    def _stray(self, row: TableRow, table: columns.SheetTable) -> None:
        """Read a row of which nobody knows what it belongs to: what else is wrong with it is told,
        as if it were of a partnership that there is not."""
        place: Place = (SOURCE, columns.PARTNERSHIPS.name, len(self._partnerships))
        is_signature = table is columns.SIGNATURES
        name = (columns.DOCUMENTS if is_signature else table).name
        blocks = self._astray.setdefault(name, [])
        at: Place = (*place, name, len(blocks))
        self._unsure.append(place)
        if is_signature:
            block = self._block(row, table, (*at, "signatures", 0), "partnership", "document")
            if "signatory" in block:
                block["signatory"] = "somebody"
            blocks.append({"key": str(len(blocks) + 1), "signatures": [block]})
        else:
            block = self._block(row, table, at, "partnership", "source", "key")
            blocks.append({"key": str(len(blocks) + 1), **block})

    def _signature(self, row: TableRow) -> None:
        found = self._document(row)
        if found is None:
            self._stray(row, columns.SIGNATURES)
            return
        of, place, document = found
        blocks = document.setdefault("signatures", [])
        at: Place = (*place, "signatures", len(blocks))
        block = self._block(row, columns.SIGNATURES, at, "partnership", "document", "on_behalf_of")
        self._cells[*at, "on_behalf_of"] = row.at("on_behalf_of")
        if signed_for := self._signed_for(row, of):
            block["on_behalf_of"] = signed_for
        self._doubt_office(row, block)
        if name := block.get("signatory"):
            town = block.get("on_behalf_of", "")
            try:
                block["signatory"] = self._names.person(name, town, row.at("signatory"))
            except BadValue as error:
                self._fault(row.at("signatory"), error.message, error.cure)
        blocks.append(block)

    def _doubt_office(self, row: TableRow, block: Mapping[str, Any]) -> None:
        """Doubt an office that is another in the country of the town: a Slovak starosta is no head
        of a county, as a Polish one is."""
        office, role, town = (block.get(one, "") for one in ("office", "role", "on_behalf_of"))
        if not (office and isinstance(role, str) and town):
            return
        languages = own_languages(countries().get(town.partition("-")[0].upper()))
        meant = cells.concepts_begun(role, "office", languages)
        if meant and office not in meant:
            called = sorted(cells.label(one, "office", self._language) for one in meant)
            message = Saying(N_("%(role)s is another office there: %(ones)s"),
                             role=repr(role), ones=called)  # fmt: skip
            cure = Saying(N_("if so, choose it; if not, leave it"))
            self._doubts.append(row.at("office").problem(message, cure))

    def _signed_for(self, row: TableRow, of: _Partnership) -> str:
        """The town that a row signs for, by its key; "" where it is told that it is no partner."""
        column = columns.SIGNATURES.column("on_behalf_of")
        said, at = plain(row.cells.get(column.name, "")), row.at(column.name)
        # Where both have their columns, one that nobody knows hardly has a partner.
        has_both = of.row.headings.keys() >= {"town_1", "town_2"}
        is_whole = has_both or of.row.row.sheet not in self._filled.incomplete
        is_sure = of.place not in self._unsure and is_whole
        message = Saying(_NO_PARTNER, value=repr(said), partnership=of.said)
        if said and is_whole and not self._names.is_placed(said):
            return self._fault(at, message, self._guest(row, said, of))
        town = str(self._value(row, column))
        if self._is_of_another(row, of, town):
            return ""
        if town and is_sure and town not in of.partners:
            return self._fault(at, message, self._guest(row, said, of))
        return town

    def _guest(self, row: TableRow, said: str, of: _Partnership) -> str:
        """What to do about one who signs for somebody who is no partner."""
        towns = [apart(one)[0] for one in towns_in(of.row)]
        if near := likely(said, towns):
            values = {"value": repr(said), "partnership": of.said, "ones": list(map(repr, near))}
            if self._names.is_registered(said):
                here = N_("if %(value)s is right, correct it in %(partnership)s; if not, here")
                return Saying(here, **values)
            return Saying(
                N_("did you mean %(ones)s? if %(value)s is right, correct it in %(partnership)s"),
                **values,
            )
        role = self._heading(columns.SIGNATURES, "role")
        heading = self._heading(columns.SIGNATURES, "on_behalf_of")
        return Saying(
            N_("the partners are %(towns)s; of a guest or witness of another body leave "
               "“%(heading)s” empty, and write the body in “%(role)s”"),
            towns=", ".join(towns), heading=heading, role=role,
        )  # fmt: skip

    def _is_of_another(self, row: TableRow, of: _Partnership, town: str) -> bool:
        """Tell where a row names a partnership and a town of another one alone."""
        others = [one for one in self._partnerships if town and town in one.partners]
        is_sure = "partnership" in row.cells and of.place not in self._unsure
        if not is_sure or not others or town in of.partners:
            return False
        said, name = plain(row.cells["partnership"]), plain(row.cells["on_behalf_of"])
        message = Saying(
            N_("%(value)s is %(partnership)s, of which %(town)s is no partner; it is one of "
               "%(other)s"),
            value=repr(said), partnership=of.said, town=repr(name), other=others[0].said,
        )  # fmt: skip
        cure = Saying(N_("write %(number)s here, or correct “%(heading)s”"),
                      number=others[0].number, heading=row.headings["on_behalf_of"])  # fmt: skip
        self._fault(row.at("partnership"), message, cure)
        return True

    def _document(self, row: TableRow) -> tuple[_Partnership, Place, dict[str, Any]] | None:
        """Which document a signature stands under, and of which partnership that is."""
        of = self._of(row)
        if of is None:
            return None
        documents = list(enumerate(of.block.get(columns.DOCUMENTS.name, [])))
        said = plain(row.cells.get("document", ""))
        if said:
            documents = [one for one in documents if one[1]["key"] == said]
        elif self._filled.side_by_side:
            row_of = self._row_of
            documents = [d for d in documents if row_of[id(d[1])].row <= row.row.row][-1:]
        if len(documents) == 1:
            number, document = documents[0]
            return of, (*of.place, columns.DOCUMENTS.name, number), document
        if any(self._may_be(said, one) for one in self._lost):
            return None  # Its document is told already: nobody knows whose that is.
        message = Saying(N_("does not say which document it is"))
        if said:
            message = Saying(N_("%(partnership)s has no document %(value)s"),
                             partnership=of.said, value=repr(said))  # fmt: skip
        cure = Saying(N_("write its number in the table of documents; the document itself stands "
                         "there first"))  # fmt: skip
        if keys := [one["key"] for one in of.block.get(columns.DOCUMENTS.name, [])]:
            which = Saying(N_("write its number in the table of documents"))
            cure = Saying(ONE_OF, cure=which, ones=keys)
        self._fault(row.at("document"), message, cure)
        return None

    def _may_be(self, said: str, row: TableRow) -> bool:
        """Whether a row that belongs nobody knows where is the document of a number."""
        number = plain(row.cells.get("key", ""))
        return row.table == columns.DOCUMENTS.name and (not said or not number or said == number)

    def _projects(self) -> list[dict[str, Any]]:
        table, made = columns.PROJECTS, list[dict[str, Any]]()
        for number, row in enumerate(self._filled.of(table)):
            at: Place = (SOURCE, table.name, number)
            block = self._block(row, table, at, "partnership", "source")
            self._cells[*at, "key"] = row.at("key", "title")
            self._with_currency(row, block)
            if not block.get("key") and (title := block.get("title")):
                texts = title if isinstance(title, dict) else {self._names.page: title}
                language, said = next(iter(texts.items()))
                at_title = row.at("title")
                block["key"] = self._names.titled(str(said), "projects", language, at_title)
            made.append(block)
            self._doubt_lead(row, block)
            self._join(row, block)
        return made

    def _with_currency(self, row: TableRow, block: dict[str, Any]) -> None:
        """The currency of amounts, which may stand behind them."""
        for name in ("total_budget", "grant"):
            behind = amounts.currency(plain(row.cells.get(name, "")))
            if behind and behind not in currencies():
                message = Saying(N_("%(value)s is no currency in use"), value=repr(behind))
                cure = Saying(NO_CURRENCY)
                block.pop(name, None)
                self._fault(row.at(name), message, cure)
            elif behind and block.setdefault("currency", behind) != behind:
                heading = self._heading(columns.PROJECTS, "currency")
                message = Saying(
                    N_("is in %(currency)s, but “%(heading)s” says %(other)s"),
                    currency=behind, heading=heading, other=block["currency"],
                )  # fmt: skip
                cure = Saying(N_("write the currency of the page in both"))
                self._fault(row.at(name), message, cure)

    def _join(self, row: TableRow, project: Mapping[str, Any]) -> None:
        """Add a project to the partnership that its row names."""
        if "partnership" not in row.cells and columns.PARTNERSHIPS.name not in row.beside:
            return
        of = self._of(row)
        if of and of.place not in self._unsure:
            self._doubt_partners(row, project, of)
        if of and project.get("key"):
            keys = of.block.setdefault("projects", [])
            if project["key"] not in keys:
                keys.append(project["key"])
                self._cells[*of.place, "projects"] = row.at("partnership")

    def _doubt_partners(self, row: TableRow, project: Mapping[str, Any], of: _Partnership) -> None:
        """Doubt towns of a project that are no partners of the partnership that its row names."""
        partners = project.get("partners", ())
        lead = [project["lead"]] if "lead" in project and not partners else []
        for name, keys in (("partners", partners), ("lead", lead)):
            for key in keys:
                if key not in of.partners:
                    called = repr(self._names.called.get(key, key))
                    message = Saying(_NO_PARTNER, value=called, partnership=of.said)
                    cure = Saying(N_("if it took part in the project, leave it; else correct it, "
                                     "or the number"))  # fmt: skip
                    self._doubts.append(row.at(name).problem(message, cure))

    def _doubt_lead(self, row: TableRow, project: Mapping[str, Any]) -> None:
        """Doubt a lead that is not among the partners of its project."""
        lead, partners = project.get("lead"), project.get("partners")
        if lead and partners and lead not in partners:
            heading = self._heading(columns.PROJECTS, "partners")
            message = Saying(N_("%(value)s is not among “%(heading)s”"),
                             value=repr(self._names.called.get(lead, lead)),
                             heading=heading)  # fmt: skip
            cure = Saying(N_("add it there, or correct it"))
            self._doubts.append(row.at("lead").problem(message, cure))

    def _each(self, table: columns.SheetTable, source: dict[str, Any]) -> None:
        rows = self._filled.of(table)
        for row in rows[1:]:
            message = Saying(N_("is a second row of %(table)s"), table=table.name)
            self._fault(row.row, message, Saying(N_("keep one")))
        if rows:
            source[table.name] = self._block(rows[0], table, (SOURCE, table.name))

    def _registers(self) -> dict[str, list[Any]]:
        made: dict[str, list[Any]] = {}
        for table in columns.REGISTERS:
            name = table.name.removesuffix(".csv")
            rows = made[name] = [
                self._block(row, table, (REGISTERS, name, number))
                for number, row in enumerate(self._filled.of(table))
            ]
            for row in self._names.minter.rows[name]:
                self._cells[REGISTERS, name, len(rows)] = self._names.cells[name, row["key"]]
                rows.append(dict(row))
        return made


_NONE: Final = {"key": "xx-none--xx-nobody", "partners": ["xx-none", "xx-nobody"]}
"""A partnership that there is not: it is never checked with the others, let alone written."""


class _Partnership(NamedTuple):
    """A partnership of the sheet: its place among them, what it is numbered, its row, its block."""

    at: int
    number: str
    row: TableRow
    block: dict[str, Any]
    partners: frozenset[str]

    @property
    def said(self) -> Saying:
        """It in the words of the sheet: “Sieniawa – Abda” (Partnerships, row 2)."""
        where = row_of(self.row.row.sheet, self.row.row.row)
        return Saying("“%(towns)s” (%(where)s)", towns=" – ".join(towns_in(self.row)), where=where)

    @property
    def place(self) -> Place:
        """Its place in the contribution."""
        return (SOURCE, columns.PARTNERSHIPS.name, self.at)


def _mention(block: dict[str, Any]) -> dict[str, Any]:
    about, key = block.pop("about", ""), block.pop("about_key", "")
    return {**({"about": {about: key}} if about else {}), **block}
