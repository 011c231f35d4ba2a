"""The W3C's protocol tests for queries (SPARQL 1.1 Protocol test suite), as cases of our own."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from tests.service import client_of
from twingraph.serve.protocol import FORM, QUERY, UPDATE, pairs_of
from twingraph.serve.release_service import ReleaseService
from twingraph.sparql.query_engine import Answer, Gone, SparqlRequest

ASK = "ASK {}"
G1, G2, G3 = (f"http://example.org/g{n}" for n in (1, 2, 3))


class Recorder:
    """A pool that answers with nothing and remembers what it was asked."""

    def __init__(self) -> None:
        self.jobs: list[SparqlRequest] = []

    async def run(self, job: SparqlRequest, gone: Gone | None = None) -> Answer:
        self.jobs.append(job)
        return Answer(200, {}, b"")


class Recording(ReleaseService):
    """A service whose queries go to a recorder."""

    def __init__(self) -> None:
        super().__init__(Path("none"))
        self._engine = self.recorder = Recorder()


def ask(
    method: str = "GET",
    query: str | bytes = b"",
    body: bytes = b"",
    media_type: str | None = None,
    accept: str | None = None,
) -> tuple[Response, list[SparqlRequest]]:
    service = Recording()
    headers = {"content-type": media_type, "accept": accept or ""}
    answer = client_of(service).request(
        method,
        "/sparql?" + (query if isinstance(query, str) else query.decode()),
        content=body,
        headers={name: value for name, value in headers.items() if value is not None},
    )
    return answer, service.recorder.jobs


DATASET = [("default-graph-uri", G1), ("default-graph-uri", G2), ("named-graph-uri", G3)]
GOOD = {
    "query_get": dict(query=urlencode({"query": ASK})),
    "query_head": dict(method="HEAD", query=urlencode({"query": ASK})),
    "query_post_form": dict(
        method="POST", body=urlencode({"query": ASK}).encode(), media_type=FORM
    ),
    "query_post_form_charset": dict(
        method="POST",
        body=urlencode({"query": ASK}).encode(),
        media_type=f"{FORM}; charset=UTF-8",
    ),
    "query_post_direct": dict(method="POST", body=ASK.encode(), media_type=QUERY),
    "unknown_parameters": dict(query=urlencode({"query": ASK, "timeout": "0"})),
}


@pytest.mark.parametrize("name", GOOD)
def test_query_operations(name: str) -> None:
    response, jobs = ask(**GOOD[name])  # type: ignore[arg-type]
    assert (response.status_code, [job.query for job in jobs]) == (200, [ASK])
    assert jobs[0].default_graphs is None and jobs[0].named_graphs is None


@pytest.mark.parametrize(
    "arguments",
    [
        dict(query=urlencode([("query", ASK), *DATASET])),
        dict(method="POST", body=urlencode([("query", ASK), *DATASET]).encode(), media_type=FORM),
        dict(method="POST", query=urlencode(DATASET), body=ASK.encode(), media_type=QUERY),
    ],
    ids=["query_dataset_get", "query_dataset_post_form", "query_dataset_post_direct"],
)
def test_dataset(arguments: dict[str, object]) -> None:
    _, jobs = ask(**arguments)  # type: ignore[arg-type]
    assert (jobs[0].default_graphs, jobs[0].named_graphs) == ((G1, G2), (G3,))


BAD = {
    "bad_query_method": (405, dict(method="PUT", query=urlencode({"query": ASK}))),
    "bad_multiple_queries": (400, dict(query=urlencode([("query", ASK), ("query", ASK)]))),
    "bad_multiple_queries_post": (
        400,
        dict(method="POST", query="query=ASK%7B%7D", body=b"ASK {}", media_type=QUERY),
    ),
    "bad_query_wrong_media_type": (
        415,
        dict(method="POST", body=ASK.encode(), media_type="text/plain"),
    ),
    "bad_query_missing_form_type": (
        415,
        dict(method="POST", body=urlencode({"query": ASK}).encode()),
    ),
    "bad_query_missing_direct_type": (415, dict(method="POST", body=ASK.encode())),
    "bad_query_non_utf8": (
        400,
        dict(method="POST", body="ASK { ?s ?p 'é' }".encode("latin-1"), media_type=QUERY),
    ),
    "bad_query_non_utf8_form": (400, dict(query="query=ASK%7B%FF%7D")),
    "bad_query_charset": (
        415,
        dict(method="POST", body=ASK.encode(), media_type=f"{QUERY}; charset=utf-16"),
    ),
    "bad_media_type_digits": (
        400,
        dict(method="POST", body=ASK.encode(), media_type=f"{QUERY}; charset*{'1' * 5000}"),
    ),
    "bad_media_type_digits_of_a_form": (
        400,
        dict(method="POST", body=b"query=ASK", media_type=f"{FORM}; charset*{'1' * 5000}=x"),
    ),
    "bad_no_query_posted": (400, dict(method="POST", body=b"x=1", media_type=FORM)),
    "bad_too_large": (413, dict(method="POST", body=b"x" * (2 << 20), media_type=QUERY)),
    "bad_graph_name": (400, dict(query=urlencode({"query": ASK, "default-graph-uri": "a b"}))),
    "bad_many_parameters": (400, dict(query="x&" * 2000 + "query=ASK%7B%7D")),
    "update_get": (403, dict(query=urlencode({"update": "CLEAR ALL"}))),
    "update_post_form": (
        403,
        dict(method="POST", body=b"update=CLEAR+ALL", media_type=FORM),
    ),
    "update_post_direct": (403, dict(method="POST", body=b"CLEAR ALL", media_type=UPDATE)),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused(name: str) -> None:
    status, arguments = BAD[name]
    response, _ = ask(**arguments)  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.content.strip()


def test_a_get_without_a_query_is_described() -> None:
    response, jobs = ask(query="format=json")
    assert "sparql-service-description#" in response.text
    assert jobs == []


def test_405_says_what_is_allowed() -> None:
    response, _ = ask(method="DELETE")
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("accept", "solutions", "graph"),
    [
        (None, "application/sparql-results+json", "text/turtle"),
        ("text/csv", "text/csv", None),
        ("application/rdf+xml", None, "application/rdf+xml"),
        ("application/json", "application/json", "application/json"),
        ("text/tab-separated-values;q=0.5, text/csv;q=0.4", "text/tab-separated-values", None),
        ("image/png", None, None),
    ],
)  # fmt: skip
def test_formats_for_each_kind_of_query(
    accept: str | None, solutions: str | None, graph: str | None
) -> None:
    _, jobs = ask(query=urlencode({"query": ASK}), accept=accept)
    assert (jobs[0].solutions, jobs[0].graph) == (solutions, graph)


@pytest.mark.parametrize(
    ("name", "solutions", "graph"),
    [
        ("json", "application/sparql-results+json", "application/ld+json"),
        ("XML", "application/sparql-results+xml", "application/rdf+xml"),
        ("csv", "text/csv", None),
        ("ttl", None, "text/turtle"),
        ("text/turtle", None, "text/turtle"),
        ("application/sparql-results+json", "application/sparql-results+json", None),
        ("", "text/csv", None),
    ],
)
def test_a_format_may_be_named_in_the_address(
    name: str, solutions: str | None, graph: str | None
) -> None:
    """As other endpoints take it; it decides before the header."""
    _, jobs = ask(query=urlencode({"query": ASK, "format": name}), accept="text/csv")
    assert (jobs[0].solutions, jobs[0].graph) == (solutions, graph)


def test_a_format_that_is_not_known_is_refused() -> None:
    response, jobs = ask(query=urlencode({"query": ASK, "format": "exe"}))
    assert response.status_code == 400 and not jobs
    assert "turtle" in response.text


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_parameters_as_the_standard_library_reads_them(parameters: dict[str, str]) -> None:
    assert pairs_of(urlencode(parameters).encode(), 1000) == list(parameters.items())


@given(st.text(alphabet="%=+4a\n&Gé", max_size=20))
def test_odd_escapes_as_the_standard_library_reads_them(encoded: str) -> None:
    try:
        expected = parse_qsl(encoded, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(HTTPException):
            pairs_of(encoded.encode(), 1000)
    else:
        assert pairs_of(encoded.encode(), 1000) == expected
