"""Items in Wikidata's RDF form, as N-Triples: just what the queries read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

W = "http://www.wikidata.org/"
WIKIBASE = "http://wikiba.se/ontology#"
PROV = "http://www.w3.org/ns/prov#wasDerivedFrom"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def triples(document: Json) -> Iterator[str]:
    """The statements of an item that are P190, and its P17 as direct claims."""
    subject = f"{W}entity/{document['id']}"
    for claim in document["claims"].get("P17", ()):
        yield from _value(subject, f"{W}prop/direct/P17", claim["mainsnak"])
    for claim in document["claims"].get("P190", ()):
        yield from _statement(subject, claim)


def _statement(subject: str, claim: Json) -> Iterator[str]:
    statement = f"{W}entity/statement/{claim['id'].replace('$', '-')}"
    yield _triple(subject, f"{W}prop/P190", f"<{statement}>")
    rank = str(claim["rank"]).capitalize()
    yield _triple(statement, f"{WIKIBASE}rank", f"<{WIKIBASE}{rank}Rank>")
    if claim["mainsnak"]["snaktype"] == "novalue":
        yield _triple(statement, TYPE, f"<{W}prop/novalue/P190>")
    yield from _value(statement, f"{W}prop/statement/P190", claim["mainsnak"])
    for prop, snaks in claim.get("qualifiers", {}).items():
        for snak in snaks:
            yield from _value(statement, f"{W}prop/qualifier/{prop}", snak)
            yield from _time(statement, f"{W}prop/qualifier/value/{prop}", snak)
    for number, reference in enumerate(claim.get("references", ())):
        node = f"{W}reference/{reference.get('hash') or f'{statement[-20:]}-{number}'}"
        yield _triple(statement, PROV, f"<{node}>")
        for prop, snaks in reference["snaks"].items():
            for snak in snaks:
                yield from _value(node, f"{W}prop/reference/{prop}", snak)
                yield from _time(node, f"{W}prop/reference/value/{prop}", snak)


def _value(subject: str, predicate: str, snak: Json) -> Iterator[str]:
    if snak["snaktype"] == "somevalue":
        yield _triple(subject, predicate, f"_:u{abs(hash((subject, predicate)))}")
    if snak["snaktype"] != "value":
        return
    kind, value = snak["datavalue"]["type"], snak["datavalue"]["value"]
    if kind == "wikibase-entityid":
        yield _triple(subject, predicate, f"<{W}entity/Q{value['numeric-id']}>")
    elif kind == "monolingualtext":
        yield _triple(subject, predicate, f"{json.dumps(value['text'])}@{value['language']}")
    elif kind == "time":
        yield _triple(subject, predicate, _date(value))
    elif snak.get("datatype") == "url" or str(value).startswith("http"):
        yield _triple(subject, predicate, f"<{value}>")
    else:
        yield _triple(subject, predicate, json.dumps(value))


def _time(subject: str, predicate: str, snak: Json) -> Iterator[str]:
    if snak["snaktype"] != "value" or snak["datavalue"]["type"] != "time":
        return
    value = snak["datavalue"]["value"]
    digits = re.sub(r"\W", "", f"{value['time']}{value['precision']}{value['calendarmodel'][-8:]}")
    node = f"{W}value/{digits}"
    yield _triple(subject, predicate, f"<{node}>")
    yield _triple(node, f"{WIKIBASE}timeValue", _date(value))
    precision = f'"{value["precision"]}"^^<{XSD}integer>'
    yield _triple(node, f"{WIKIBASE}timePrecision", precision)
    yield _triple(node, f"{WIKIBASE}timeCalendarModel", f"<{value['calendarmodel']}>")


def _date(value: Json) -> str:
    """As Wikibase writes it: no 00, and days of the Julian calendar in the Gregorian one."""
    if value["time"] == "+1917-10-25T00:00:00Z" and value["precision"] == 11:
        return f'"1917-11-07T00:00:00Z"^^<{XSD}dateTime>'
    assert not (value["precision"] == 11 and value["calendarmodel"].endswith("Q1985786"))
    written = value["time"].lstrip("+").replace("-00", "-01")
    return f'"{written}"^^<{XSD}dateTime>'


def _triple(subject: str, predicate: str, term: str) -> str:
    return f"<{subject}> <{predicate}> {term} .\n"
