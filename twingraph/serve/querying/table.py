"""An answer as a table in the page, for readers without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast

import orjson
import pyoxigraph as ox

from twingraph.serve.term_display import Value, address_of
from twingraph.sparql.query_engine import CUT_HEADER, Answer
from twingraph.sparql.result_formats import JSON, N_TRIPLES

MOST: Final = 500
"""Rows in a page; a download has them all."""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """`columns` is empty and `yes` set for an ASK. `more` says that there are further rows, `cut`
    that the service itself cut the result."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Value, ...], ...] = ()
    more: bool = False
    cut: bool = False
    yes: bool | None = None


def table_of(body: bytes, media_type: str, cut: bool, base: str) -> ResultTable:
    """The table of an answer in SPARQL results JSON or N-Triples (one column a position).

    IRIs under `base` lead to this service. Raises ValueError for a body that is neither.
    """
    if media_type.startswith(N_TRIPLES):
        triples = islice(ox.parse(body, format=ox.RdfFormat.N_TRIPLES), MOST + 1)
        rows = [tuple(_cell(term, base) for term in quad.triple) for quad in triples]
        names: tuple[str, ...] = ("subject", "predicate", "object")
        return ResultTable(names, tuple(rows[:MOST]), len(rows) > MOST, cut)
    if not media_type.startswith(JSON):
        raise ValueError(f"an answer as {media_type} cannot be shown")
    found = orjson.loads(body)
    if "boolean" in found:
        return ResultTable(yes=found["boolean"])
    names = tuple(found["head"]["vars"])
    bindings = found["results"]["bindings"]
    cells = tuple(
        tuple(_bound(row.get(name), base) for name in names) for row in bindings[:MOST]
    )  # fmt: skip
    return ResultTable(names, cells, len(bindings) > MOST, cut or "cut" in found)


def is_cut(answer: Answer) -> bool:
    """Whether the head of an answer says that it is cut."""
    return CUT_HEADER in answer.headers


def _bound(term: dict[str, Any] | None, base: str) -> Value:
    if term is None:
        return Value("")
    value = term["value"]
    if term["type"] == "uri":
        return Value(value, address_of(value, base))
    # A triple term holds three terms.
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return Value(text, "", term.get("xml:lang", ""))


def _cell(term: object, base: str) -> Value:
    if isinstance(term, ox.NamedNode):
        return Value(term.value, address_of(term.value, base))
    if isinstance(term, ox.Literal):
        return Value(term.value, "", term.language or "")
    return Value(str(cast(Any, term)))
