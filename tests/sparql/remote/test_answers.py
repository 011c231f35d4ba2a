"""The competency questions: the same answers from a release in memory and from every store.

What a store does in another way is listed here, with the reason, and tested to be so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final, cast

import pyoxigraph as ox
import pytest

from tests.sparql.remote import servers
from tests.sparql.remote.conftest import client_of
from tests.sparql.remote.servers import Server
from tests.sparql.remote.service import ask, before
from twingraph.namespaces import XSD
from twingraph.serve.store_service import StoreService
from twingraph.sparql.competency_questions import Question, questions
from twingraph.sparql.remote.push import push
from twingraph.sparql.store import Store

WKT: Final = "http://www.opengis.net/ont/geosparql#wktLiteral"
GEOMETRY: Final = "http://www.openlinksw.com/schemas/virtrdf#Geometry"
Answer = tuple[int, bytes]
Rows = Counter[str]


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def filled(request: pytest.FixtureRequest, release: Path) -> Iterator[Server]:
    """A store that holds the release of the founding data."""
    if request.param == "oxigraph":
        with servers.oxigraph() as server, client_of(server) as client:
            push(release, client)
            yield server
        return
    server = request.getfixturevalue("virtuoso")
    with client_of(server) as client:
        push(release, client)
        yield server


@pytest.fixture(scope="module")
def embedded(release: Path) -> Store:
    return Store.of_release(release)


@pytest.fixture(scope="module")
def answers(filled: Server) -> dict[str, Answer]:
    """The answers of the service before that store, by the question's name."""

    async def work(service: StoreService) -> dict[str, Answer]:
        found = {}
        for question in questions():
            answer = await ask(service, question.text)
            assert isinstance(answer.body, bytes)
            found[question.name] = (answer.status, answer.body)
        return found

    return before(filled.url, work)


def _more(ours: Rows, theirs: Rows) -> bool:
    """All of ours, and more of the same kind."""
    return theirs != ours and not ours - theirs


def _rounded(ours: Rows, theirs: Rows) -> bool:
    """The same to the fifth decimal place, a metre."""
    return theirs != ours and _each(_to_five_places, ours) == _each(_to_five_places, theirs)


def _integers(ours: Rows, theirs: Rows) -> bool:
    """Numbers in place of booleans."""
    return theirs != ours and _each(_as_integers, ours) == theirs


DIFFERENT: Final[dict[str, dict[str, tuple[str, Callable[[Rows, Rows], bool]]]]] = {
    "oxigraph": {},
    "virtuoso": {
        "a-partnership-in-full": (
            "VALUES does not bind the start of a path with *: it starts everywhere", _more
        ),
        "evidence-of-a-partnership": (
            "VALUES does not bind the start of a path with *: it starts everywhere", _more
        ),
        "towns-in-a-bounding-box": ("the coordinates of a geometry are single floats", _rounded),
        "what-sources-say": ("BIND(EXISTS {…}) is an integer, not a boolean", _integers),
    },
}  # fmt: skip
"""What is no matter of values: the reason, and what is true of ours and theirs instead."""

REFUSED: Final[dict[str, dict[str, str]]] = {
    "oxigraph": {},
    "virtuoso": {"projects-of-two-towns": "SPARQL compiler: Internal error"},
}
"""Questions that a store does not answer, and what the service says then."""


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_the_same_answer(
    question: Question, filled: Server, answers: dict[str, Answer], embedded: Store
) -> None:
    status, body = answers[question.name]
    if expected := REFUSED[filled.name].get(question.name):
        assert status != 200
        assert expected in body.decode()
        return
    assert status == 200, body
    ours, theirs = _compared(embedded.query(question.text)), _compared(_read(body))
    if question.name in DIFFERENT[filled.name]:
        reason, expected_of = DIFFERENT[filled.name][question.name]
        assert expected_of(ours, theirs), f"no longer so: {reason}"
    else:
        assert theirs == ours


def test_what_is_listed_is_a_question() -> None:
    names = {question.name for question in questions()}
    assert {
        name for listed in (DIFFERENT, REFUSED) for one in listed.values() for name in one
    } < names


def _read(body: bytes) -> object:
    if body[:1] == b"{":
        return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    return (quad.triple for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES))


def _compared(answer: object) -> Rows:
    """An answer as what it says: rows as they are counted, triples as a set."""
    if isinstance(answer, ox.QueryBoolean):
        return Counter([str(bool(answer))])
    if isinstance(answer, ox.QuerySolutions):
        names = [variable.value for variable in answer.variables]
        return Counter(
            str(sorted((name, _value(term)) for name, term in zip(names, row, strict=True)))
            for row in answer
        )
    triples = cast(Iterator[ox.Triple], answer)
    return Counter({str([_value(term) for term in triple]) for triple in triples})


def _value(term: object) -> str:
    """A term as the value it stands for: numbers and booleans may be written in several ways."""
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.removeprefix(XSD)
        if kind in ("decimal", "integer"):
            return f"{kind} {Decimal(term.value).normalize():f}"
        if kind == "boolean":
            return f"boolean {term.value in ('true', '1')}"
    return str(term)


def _each(change: Callable[[str], str], rows: Rows) -> Rows:
    return Counter(change(row) for row in rows.elements())


def _to_five_places(row: str) -> str:
    return re.sub(r"decimal ([0-9.-]+)", lambda m: f"decimal {float(m[1]):.5f}", row)


def _as_integers(row: str) -> str:
    return row.replace("boolean True", "integer 1").replace("boolean False", "integer 0")


@pytest.mark.parametrize(
    ("written", "oxigraph", "virtuoso"),
    [
        (f'"true"^^<{XSD}boolean>', "", f'"1"^^<{XSD}boolean>'),
        (f'"1.50"^^<{XSD}decimal>', f'"1.5"^^<{XSD}decimal>', f'"1.5"^^<{XSD}decimal>'),
        (f'"POINT(22.6117 50.1777)"^^<{WKT}>', "", GEOMETRY),
        (f'"2018"^^<{XSD}gYear>', "", ""),
        (f'"2018-04"^^<{XSD}gYearMonth>', "", ""),
        (f'"2018-04-29"^^<{XSD}date>', "", ""),
        (f'"7"^^<{XSD}integer>', "", ""),
        ('"Pečovská Nová Ves"@sk', "", ""),
        ('"a \\"word\\" \\\\ 𝄞"', "", ""),
    ],
)
def test_what_a_store_makes_of_values(
    written: str, oxigraph: str, virtuoso: str, filled: Server
) -> None:
    """What comes back where it is not what was written. A geometry comes back from Virtuoso with
    other coordinates, by less than a metre, under a datatype of its own."""
    graph = "https://example.org/values"
    with client_of(filled) as client:
        client.update(
            f"DROP SILENT GRAPH <{graph}>",
            f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:s> <urn:p> {written} }} }}",
        )
        (row,) = client.select(f"SELECT ?o WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    kept = row["o"]
    expected = {"oxigraph": oxigraph, "virtuoso": virtuoso}[filled.name]
    if expected == GEOMETRY:
        assert kept["datatype"] == GEOMETRY
        numbers = [float(n) for n in re.findall(r"[0-9.]+", kept["value"])]
        assert numbers == pytest.approx([22.6117, 50.1777], abs=1e-5)
        return
    tag, kind = kept.get("xml:lang"), kept.get("datatype")
    literal = ox.Literal(
        kept["value"], language=tag, datatype=ox.NamedNode(kind) if kind and not tag else None
    )
    assert str(literal) == (expected or written)
