"""Kohesio, the EU's register of projects of the Structural Funds: its CSV files, and the EU
Knowledge Graph behind it by SPARQL.

The files are latest_<country>.csv of projects, one beneficiary a row, and of beneficiaries, with
the Wikidata item of one in ten. A beneficiary is named by its IRI in the one and in the other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from twingraph.errors import UsageError
from twingraph.model.records import Source, Text
from twingraph.sources.interreg import values
from twingraph.sources.interreg.plain import period_of
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ListedPartner, ListedProgramme, ListedProject
from twingraph.sources.interreg.tables import csv_rows

ENDPOINT: Final = "https://query.linkedopendata.eu/sparql"
ENTITY: Final = "https://linkedopendata.eu/entity/"
SOURCE: Final = Source(
    key="kohesio",
    titles=(Text("Kohesio: projects of the EU's Structural Funds", "en"),),
    kind="register",
    rank=56,
    url="https://kohesio.ec.europa.eu/",
    publisher="European Commission",
    complete=False,
    rights="European Commission, CC BY 4.0",
    rank_reason="one beneficiary a project; texts partly translated by machine",
    note="Changed: columns were chosen, beneficiaries linked to bodies.",
)
_NEEDED: Final = (
    *("Operation_Unique_Identifier", "Operation_Name_Programme_Language", "Country"),
    "Beneficiary_Unique_Identifier",
)
_READ: Final = (
    *_NEEDED,
    *("Operation_Local_Identifier", "Operation_Name_English", "Postal_Code", "Cofinancing_Rate"),
    *("Operation_Start_Date", "Operation_End_Date", "Total_Eligible_Expenditure_amount"),
    *("Total_Eligible_Expenditure_Currency", "Project_EU_Budget", "Programme_Code"),
    *("Location_Indicator_latitude_longitude", "Programme_Name", "NUTS3_Code"),
    *("Programming_Period", "InfoRegio_URL"),
)
_LEFT: Final = (
    *("Category_Of_Intervention", "Category_Label", "Thematic_Objective_ID", "Region"),
    *("Thematic_Objective_Label", "Policy_Objective_ID", "Policy_Objective_Label", "Fund_Code"),
    *("Fund_Name", "Operation_Summary_English", "Operation_Summary_Programme_Language"),
    *("ManagingAuthority", "Image_URL", "InfoRegio_ID"),
)
"""Columns that are known, and not read."""
_BENEFICIARY: Final = frozenset({"Beneficiary", "BeneficiaryLabel"})
"""The columns by which a file of beneficiaries is told."""
_ITEM: Final = re.compile(r"Q[1-9][0-9]*")
_POINT: Final = re.compile(r"(-?\d+(?:\.\d+)?)[,;\s]+(-?\d+(?:\.\d+)?)")
_WKT: Final = re.compile(r"Point\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)", re.IGNORECASE)

Cells = Mapping[str, str]


class Beneficiary(NamedTuple):
    """A body by its name and its Wikidata item, if Kohesio has one."""

    name: str
    wikidata: str | None


def beneficiaries(paths: Iterable[Path]) -> dict[str, Beneficiary]:
    """Beneficiaries by their IRI. Raises UsageError."""
    found: dict[str, Beneficiary] = {}
    for path in paths:
        for _, cells in _rows(path, sorted(_BENEFICIARY)):
            item = _ITEM.search(cells.get("WikidataID", ""))
            known = Beneficiary(cells["BeneficiaryLabel"], item[0] if item else None)
            found[_local(cells["Beneficiary"])] = known
    return found


def read(paths: Iterable[Path], report: Report) -> Iterator[ListedProject]:
    """The projects of some files, row by row; files of beneficiaries, told by their columns, name
    the bodies. Raises UsageError.
    """
    projects: list[Path] = []
    named: list[Path] = []
    for path in paths:
        header, _ = _opened(path)
        (named if _BENEFICIARY.issubset(header) else projects).append(path)
    if not projects:
        raise UsageError(f"{named[0]} lists beneficiaries: name a file of projects beside it")
    bodies = beneficiaries(named)
    for path in projects:
        for where, cells in _rows(path, _NEEDED, (*_READ, *_LEFT), report):
            yield _project(where, cells, bodies, report)


def _project(
    where: str, cells: Cells, bodies: Mapping[str, Beneficiary], report: Report
) -> ListedProject:
    start, end = values.period(
        cells.get("Operation_Start_Date"), cells.get("Operation_End_Date"), where, report
    )
    titles = (
        Text(cells["Operation_Name_Programme_Language"], "und"),
        Text(cells.get("Operation_Name_English", ""), "en"),
    )
    identifier = _local(cells["Operation_Unique_Identifier"])
    return ListedProject(
        where,
        tuple(title for title in titles if title.value),
        cells.get("Operation_Local_Identifier") or None,
        None,
        identifier if _ITEM.fullmatch(identifier) else None,
        _programme(cells, where, report),
        start,
        end,
        values.money(
            cells.get("Total_Eligible_Expenditure_amount"), cells.get("Project_EU_Budget"),
            cells.get("Cofinancing_Rate"), cells.get("Total_Eligible_Expenditure_Currency") or None,
            where, report,
        ),
        tuple(_partners(where, cells, bodies, report)),
        values.pages(cells.get("InfoRegio_URL"), where, report),
    )  # fmt: skip


def _programme(cells: Cells, where: str, report: Report) -> ListedProgramme | None:
    title, cci = cells.get("Programme_Name", ""), cells.get("Programme_Code", "")
    if not title and not cci:
        return None
    start, end = period_of(cells.get("Programming_Period", ""), where, report)
    return ListedProgramme((Text(title, "en"),) if title else (), cci or None, start, end)


def _partners(
    where: str, cells: Cells, bodies: Mapping[str, Beneficiary], report: Report
) -> Iterator[ListedPartner]:
    """The beneficiary. The project's place is not its seat: it only helps to tell namesakes."""
    identifier = cells["Beneficiary_Unique_Identifier"]
    known = bodies.get(_local(identifier))
    name = known.name if known else "" if identifier.startswith("http") else identifier
    if not name:
        return
    place = _POINT.search(cells.get("Location_Indicator_latitude_longitude", ""))
    yield ListedPartner(
        (Text(name, "und"),),
        cells["Country"],
        "",
        cells.get("Postal_Code", ""),
        cells.get("NUTS3_Code", ""),
        values.point(place[1], place[2], where, report) if place else None,
        "beneficiary",
        wikidata=known.wikidata if known else None,
    )


def _local(iri: str) -> str:
    """The last part of an IRI."""
    return iri.rstrip("/").rpartition("/")[2]


def _opened(path: Path) -> tuple[list[str], Iterator[list[str]]]:
    """The header of a file, and the rows below it. Raises UsageError."""
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    rows = csv_rows(path)
    return [cell.strip() for cell in next(rows, [])], rows


def _rows(
    path: Path,
    needed: Sequence[str],
    known: Sequence[str] = (),
    report: Report | None = None,
) -> Iterator[tuple[str, Cells]]:
    header, rows = _opened(path)
    if missing := [name for name in needed if name not in header]:
        raise UsageError(f"{path} is no such file of Kohesio: the column {missing[0]!r} is missing")
    for column in header:
        if report is not None and column and column not in known:
            report.add("unmapped-column", f"{path.name}: {column}")
    for number, row in enumerate(rows, 2):
        where = f"{path.name}:{number}"
        if len(row) == len(header) and any(row):
            yield where, {n: values.text(c) for n, c in zip(header, row, strict=True)}
        elif report is not None:
            report.add("empty-row" if not any(row) else "bad-row", where)


# --- the EU Knowledge Graph ----------------------------------------------------------------------

QUERY: Final = """PREFIX wdt: <https://linkedopendata.eu/prop/direct/>
PREFIX wd: <https://linkedopendata.eu/entity/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?project ?title ?start ?end ?total ?grant ?rate ?keep ?point ?cci ?programme ?name ?item
  ?country {
  ?project wdt:P35 wd:Q9934 ; wdt:P1368 ?in ; rdfs:label ?title .
  ?in wdt:P1367 ?cci .
  %s
  OPTIONAL { ?in rdfs:label ?programme . FILTER(LANG(?programme) = "en") }
  OPTIONAL { ?project wdt:P20 ?start } OPTIONAL { ?project wdt:P33 ?end }
  OPTIONAL { ?project wdt:P474 ?total } OPTIONAL { ?project wdt:P835 ?grant }
  OPTIONAL { ?project wdt:P837 ?rate } OPTIONAL { ?project wdt:P562941 ?keep }
  OPTIONAL { ?project wdt:P127 ?point }
  OPTIONAL {
    ?project wdt:P889 ?body . ?body rdfs:label ?label .
    OPTIONAL { ?body wdt:P1 ?item } OPTIONAL { ?body wdt:P32/wdt:P173 ?country }
  }
  OPTIONAL { ?project wdt:P841 ?written }
  BIND(COALESCE(STR(?label), STR(?written)) AS ?name)
}
ORDER BY ?project ?name
"""
"""Projects of a programme with their beneficiaries; the properties are those that Kohesio's own
service asks for."""


def query(cci: str) -> str:
    """The query for the projects of a programme. Raises UsageError for what is no CCI."""
    if not re.fullmatch(r"[0-9A-Za-z]{10,20}", cci):
        raise UsageError(f"{cci!r} is no CCI such as 2014TC16RFCB012: name one with --programme")
    return QUERY % f'FILTER(STR(?cci) = "{cci.upper()}")'


def of_bindings(bindings: Iterable[Mapping[str, Any]], report: Report) -> Iterator[ListedProject]:
    """The projects of a query's answer (SPARQL 1.1 Query Results JSON Format)."""
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for binding in bindings:
        grouped[binding["project"]["value"]].append(binding)
    for iri in sorted(grouped):
        yield _of_graph(iri, grouped[iri], report)


def _of_graph(iri: str, rows: Sequence[Mapping[str, Any]], report: Report) -> ListedProject:
    first = {name: term["value"] for name, term in rows[0].items()}
    where = _local(iri)
    start, end = values.period(first.get("start"), first.get("end"), where, report)
    titles = {
        Text(row["title"]["value"], row["title"].get("xml:lang", "und").lower()) for row in rows
    }
    place = _WKT.search(first.get("point", ""))
    point = values.point(place[2], place[1], where, report) if place else None
    names = dict.fromkeys(
        (row["name"]["value"], row.get("country", {}).get("value", ""), _item(row))
        for row in rows
        if row.get("name", {}).get("value")
    )
    return ListedProject(
        where,
        tuple(sorted(titles, key=lambda t: (t.language, t.value))),
        None,
        first.get("keep"),
        where if _ITEM.fullmatch(where) else None,
        ListedProgramme(
            (Text(first["programme"], "en"),) if "programme" in first else (), first.get("cci")
        ),
        start,
        end,
        values.money(
            first.get("total"), first.get("grant"), first.get("rate"), "EUR", where, report
        ),
        tuple(
            ListedPartner(
                (Text(name, "und"),), country, point=point, role="beneficiary", wikidata=item
            )
            for name, country, item in names
        ),
    )


def _item(row: Mapping[str, Any]) -> str | None:
    found = _ITEM.search(row.get("item", {}).get("value", ""))
    return found[0] if found else None
