"""An answer as a table in the page, for readers without scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast

import orjson
import pyoxigraph as ox

from twingraph.serve.messages import Response
from twingraph.sparql.query_engine import CUT_HEADER
from twingraph.sparql.result_formats import JSON, N_TRIPLES

MOST: Final = 500
"""Rows in a page; a download has them all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value: its text, the address it leads to ("" for none), its language ("" for none)."""

    text: str
    href: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` is empty and `yes` set for an ASK. `more` says that there are further rows, `cut`
    that the service itself cut the result."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    more: bool = False
    cut: bool = False
    yes: bool | None = None


async def body_of(answer: Response) -> bytes:
    """The whole body of an answer."""
    if isinstance(answer.body, bytes):
        return answer.body
    stream: AsyncIterator[bytes] = answer.body
    return b"".join([chunk async for chunk in stream])


def table_of(body: bytes, media_type: str, cut: bool, base: str) -> Table:
    """The table of an answer in SPARQL results JSON or N-Triples (one column a position).

    IRIs under `base` lead to this service. Raises ValueError for a body that is neither.
    """
    if media_type.startswith(N_TRIPLES):
        triples = islice(ox.parse(body, format=ox.RdfFormat.N_TRIPLES), MOST + 1)
        rows = [tuple(_cell(term, base) for term in quad.triple) for quad in triples]
        names: tuple[str, ...] = ("subject", "predicate", "object")
        return Table(names, tuple(rows[:MOST]), len(rows) > MOST, cut)
    if not media_type.startswith(JSON):
        raise ValueError(f"an answer as {media_type} cannot be shown")
    found = orjson.loads(body)
    if "boolean" in found:
        return Table(yes=found["boolean"])
    names = tuple(found["head"]["vars"])
    bindings = found["results"]["bindings"]
    cells = tuple(
        tuple(_bound(row.get(name), base) for name in names) for row in bindings[:MOST]
    )  # fmt: skip
    return Table(names, cells, len(bindings) > MOST, cut or "cut" in found)


def is_cut(answer: Response) -> bool:
    """Whether the head of an answer says that it is cut."""
    return CUT_HEADER in answer.headers


def _bound(term: dict[str, Any] | None, base: str) -> Cell:
    if term is None:
        return Cell("")
    value = term["value"]
    if term["type"] == "uri":
        return Cell(value, _address(value, base))
    # A triple term holds three terms.
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return Cell(text, "", term.get("xml:lang", ""))


def _cell(term: object, base: str) -> Cell:
    if isinstance(term, ox.NamedNode):
        return Cell(term.value, _address(term.value, base))
    if isinstance(term, ox.Literal):
        return Cell(term.value, "", term.language or "")
    return Cell(str(cast(Any, term)))


def _address(iri: str, base: str) -> str:
    if iri.startswith(base):
        return "/" + iri.removeprefix(base)
    # No other scheme is followed from a page: an IRI in the data could be javascript:.
    return iri if iri.startswith(("http://", "https://")) else ""
