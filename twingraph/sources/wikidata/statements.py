"""P190 statements by SPARQL: the same records that `entities` reads from JSON.

Wikidata's RDF form (mediawiki.org, "Wikibase/Indexing/RDF Dump Format"): `p:P190` leads to the
statement, `ps:` to its value, `pq:` and `pqv:` to qualifiers, `prov:wasDerivedFrom` to references
with `pr:` and `prv:`. An unknown value is a blank node (or an IRI under `.well-known/genid/`), no
value the class `wdno:P190`. Days of the Julian calendar are given in the Gregorian one; dates
coarser than a day are as they were written. Margins of dates are not in the RDF.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from twingraph.model.records import Text
from twingraph.sources.wikidata import times
from twingraph.sources.wikidata.entities import Moment, Reference, Snak, Statement, is_item
from twingraph.sources.wikidata.report import Report

Binding = Mapping[str, Mapping[str, str]]
Rows = Sequence[Binding]

PREFIXES: Final = """\
PREFIX wd: <{base}entity/>
PREFIX wds: <{base}entity/statement/>
PREFIX wdt: <{base}prop/direct/>
PREFIX wdno: <{base}prop/novalue/>
PREFIX p: <{base}prop/>
PREFIX ps: <{base}prop/statement/>
PREFIX pq: <{base}prop/qualifier/>
PREFIX pqv: <{base}prop/qualifier/value/>
PREFIX pr: <{base}prop/reference/>
PREFIX prv: <{base}prop/reference/value/>
PREFIX wikibase: <http://wikiba.se/ontology#>
PREFIX prov: <http://www.w3.org/ns/prov#>
"""

_QUERY = """\
SELECT ?item ?statement ?rank ?reference ?part ?value ?precision ?calendar WHERE {{
  VALUES ?item {{ {items} }}
  ?item p:P190 ?statement .
  ?statement wikibase:rank ?rank .
  {{ ?statement ps:P190 ?value . BIND("value" AS ?part) }}
  UNION {{ ?statement a wdno:P190 . BIND("novalue" AS ?part) }}
  UNION {{
    VALUES (?qualifier ?part) {{ (pq:P580 "P580") (pq:P582 "P582") (pq:P585 "P585") }}
    ?statement ?qualifier ?value .
    FILTER(!isLiteral(?value))
  }}
  UNION {{
    VALUES (?qualifier ?part) {{ (pqv:P580 "P580") (pqv:P582 "P582") (pqv:P585 "P585") }}
    ?statement ?qualifier ?time .
    ?time wikibase:timeValue ?value ; wikibase:timePrecision ?precision ;
      wikibase:timeCalendarModel ?calendar .
  }}
  UNION {{
    ?statement prov:wasDerivedFrom ?reference .
    VALUES (?property ?part) {{
      (pr:P854 "P854") (pr:P143 "P143") (pr:P248 "P248") (pr:P1476 "P1476")
    }}
    ?reference ?property ?value .
  }}
  UNION {{
    ?statement prov:wasDerivedFrom ?reference .
    ?reference prv:P813 ?time .
    ?time wikibase:timeValue ?value ; wikibase:timePrecision ?precision ;
      wikibase:timeCalendarModel ?calendar .
    BIND("P813" AS ?part)
  }}
}}
"""


def prefixes(entity_base: str) -> str:
    """The prefixes of a Wikibase whose items are under `entity_base`."""
    return PREFIXES.format(base=entity_base.removesuffix("entity/"))


def query(items: Iterable[str], entity_base: str) -> str:
    """The query for all P190 statements of the given items."""
    names = " ".join(f"wd:{item}" for item in items)
    return prefixes(entity_base) + _QUERY.format(items=names)


def read(rows: Rows, report: Report) -> tuple[Statement, ...]:
    """The statements in the answer to `query`, in the order of their ids.

    References are in the order of their hashes: RDF does not keep another.
    """
    groups: dict[str, list[Binding]] = defaultdict(list)
    for row in rows:
        groups[_statement_id(row["statement"]["value"])].append(row)
    return tuple(_statement(name, groups[name], report) for name in sorted(groups))


def _statement_id(iri: str) -> str:
    return _last(iri).replace("-", "$", 1)


def _last(iri: str) -> str:
    return iri.rpartition("/")[2]


def _statement(name: str, rows: Rows, report: Report) -> Statement:
    parts: dict[str, list[Binding]] = defaultdict(list)
    references: dict[str, list[Binding]] = defaultdict(list)
    for row in rows:
        if "reference" in row:
            references[row["reference"]["value"]].append(row)
        else:
            parts[row["part"]["value"]].append(row)
    target, snak = _target(name, parts, report)
    rank = _last(rows[0]["rank"]["value"]).partition("#")[2].removesuffix("Rank").lower()
    return Statement(
        id=name,
        subject=_last(rows[0]["item"]["value"]),
        target=target,
        snak=snak,
        rank=rank,
        start=_moment(name, parts["P580"], report),
        end=_moment(name, parts["P582"], report),
        point_in_time=_moment(name, parts["P585"], report),
        references=tuple(_reference(name, references[key], report) for key in sorted(references)),
    )


def _target(name: str, parts: Mapping[str, Rows], report: Report) -> tuple[str | None, Snak]:
    for row in parts.get("value", ()):
        item = _last(row["value"]["value"])
        if row["value"]["type"] == "uri" and is_item(item):
            return item, Snak.VALUE
        if row["value"]["type"] == "literal":
            report.add("odd-datatype", f"{name}: literal")
        return None, Snak.UNKNOWN
    return None, Snak.NONE


def _moment(name: str, rows: Rows, report: Report) -> Moment | None:
    if not rows:
        return None
    dated = sorted((row for row in rows if "precision" in row), key=lambda r: r["value"]["value"])
    return Moment(_date(name, dated[0], report) if dated else None)


def _date(name: str, row: Binding, report: Report) -> str | None:
    precision = int(row["precision"]["value"])
    written, calendar = row["value"]["value"], row["calendar"]["value"]
    value: dict[str, Any] = {
        "time": written if written.startswith("-") else f"+{written.lstrip('+')}",
        "precision": precision,
        # From a day on, Wikibase has converted it already.
        "calendarmodel": calendar if precision < times.DAY else times.GREGORIAN,
    }
    try:
        return times.edtf(value)
    except ValueError as error:
        report.add("bad-date", f"{name}: {error}")
        return None


def _reference(name: str, rows: Rows, report: Report) -> Reference:
    values: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        values[row["part"]["value"]].append(row["value"])
    retrieved = [row for row in rows if row["part"]["value"] == "P813"]
    return Reference(
        urls=tuple(sorted(v["value"] for v in values["P854"])),
        titles=tuple(
            sorted(Text(v["value"], v.get("xml:lang", "").lower()) for v in values["P1476"])
        ),
        retrieved=_date(name, retrieved[0], report) if retrieved else None,
        stated_in=_items(values["P248"]),
        imported_from=_items(values["P143"]),
    )


def _items(values: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(filter(is_item, (_last(value["value"]) for value in values))))
