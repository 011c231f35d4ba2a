"""The query page without a browser: what its routes answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from httpx2 import Response
from pyoxigraph import Quad, QuerySolutions, RdfFormat, Store, parse
from starlette.exceptions import HTTPException

from tests.conftest import ROOT
from tests.service import client_of, request_of
from twingraph.namespaces import BASE, RDFS, SH, TG
from twingraph.serve.description import EXAMPLES, describe
from twingraph.serve.querying import examples
from twingraph.serve.querying.page import query_page, query_routes, words
from twingraph.serve.querying.table import MOST, table_of
from twingraph.serve.querying.terms import misspelt, terms
from twingraph.serve.release_service import ReleaseService
from twingraph.serve.term_display import Value
from twingraph.sparql.competency_questions import Question
from twingraph.sparql.lexer import QUERY_FORMS, tokens
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import CUT_HEADER, Answer, SparqlRequest
from twingraph.sparql.query_syntax import form
from twingraph.sparql.result_formats import JSON, N_TRIPLES
from twingraph.web.languages import LANGUAGES
from twingraph.web.locale import locale_of


class Answering(ReleaseService):
    """A service whose queries are all answered the same."""

    def __init__(self, answer: Answer | None) -> None:
        super().__init__(ROOT / "none")
        self.jobs: list[SparqlRequest] = []
        self.answer = answer
        self._engine = self if answer else None

    async def run(self, job: SparqlRequest, gone: object = None) -> Answer:
        self.jobs.append(job)
        assert self.answer is not None
        return self.answer


def answer(body: str, kind: str = JSON, status: int = 200, cut: str = "") -> Answer:
    headers = {"Content-Type": kind} | ({CUT_HEADER: cut} if cut else {})
    return Answer(status, headers, body.encode())


ROWS = json.dumps(
    {
        "head": {"vars": ["town", "name", "none"]},
        "results": {
            "bindings": [
                {
                    "town": {"type": "uri", "value": f"{BASE}municipality/sk-lutina"},
                    "name": {"type": "literal", "value": "Ľutina <b>", "xml:lang": "sk"},
                }
            ]
        },
    }
)


def respond(service: ReleaseService, path: str, query: str = "", **more: str) -> Response:
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    return client_of(service, query_routes(service)).get(f"{path}?{query}", headers=headers)


def text(response: Response) -> str:
    return response.text


# --- the page ------------------------------------------------------------------------------------


def test_the_page_shows_an_example_to_begin_with() -> None:
    shown = text(respond(Answering(answer(ROWS)), "/query"))
    assert "# Who are the partners of a town" in shown
    assert shown.count("data-example=") == len(examples.by_name())


def test_a_query_is_shown_and_not_run_until_asked() -> None:
    service = Answering(answer(ROWS))
    shown = text(respond(service, "/query", "query=ASK+%7B%7D+%23+%3C%2Ftextarea%3E"))
    assert "ASK {} # &lt;/textarea&gt;" in shown
    assert service.jobs == []


def test_a_table_without_scripts() -> None:
    service = Answering(answer(ROWS))
    shown = text(respond(service, "/query", "query=SELECT%0D%0A*&view=table"))
    assert service.jobs == [SparqlRequest("SELECT\n*", JSON, N_TRIPLES)]
    assert '<a href="/municipality/sk-lutina">' in shown
    assert '<td lang="sk">Ľutina &lt;b&gt;</td>' in shown


def test_an_error_without_scripts() -> None:
    service = Answering(answer("error at 1:2: expected <this>", "text/plain", 400))
    shown = text(respond(service, "/query", "query=x&view=table"))
    assert "error at 1:2: expected &lt;this&gt;" in shown


def test_a_cut_table_says_so() -> None:
    cut = ROWS[:-1] + ', "cut": "first 1 of more"}'
    shown = text(respond(Answering(answer(cut)), "/query", "query=x&view=table"))
    assert "First 1 of more" in shown


@pytest.mark.parametrize(
    ("query", "view", "name"),
    [
        ("SELECT * {}", "csv", "twingraph.csv"),
        ("# a\nPREFIX a: <b>\nCONSTRUCT WHERE {}", "csv", "twingraph.ttl"),
        ("ASK {}", "json", "twingraph.json"),
        ("DESCRIBE <a>", "json", "twingraph.jsonld"),
        ("SELECT * {}", "tsv", "twingraph.tsv"),
    ],
)
def test_a_download_is_named_by_what_it_holds(query: str, view: str, name: str) -> None:
    service = Answering(answer("a,b", "text/csv", cut="first 1 of more"))
    response = respond(service, "/query", urlencode({"query": query, "view": view}))
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers[CUT_HEADER] == "first 1 of more"
    assert response.content == b"a,b"


def test_a_download_that_fails_is_no_file() -> None:
    response = respond(Answering(answer("no", "text/plain", 400)), "/query", "query=x&view=csv")
    assert response.status_code == 400 and "Content-Disposition" not in response.headers


def test_a_form_may_be_posted() -> None:
    service = Answering(answer("a"))
    client = client_of(service, query_routes(service))
    client.post("/query", data={"query": "ASK {}", "view": "csv"})
    assert service.jobs[0].query == "ASK {}"
    refused = client.post("/query", content=b"query=ASK", headers={"content-type": "text/x"})
    assert refused.status_code == 415


@pytest.mark.parametrize(
    ("query", "status"),
    [("query=%FF", 400), ("example=none", 404), ("a=1&" * 200, 400), ("query=\xe9", 400)],
)
def test_bad_parameters_are_refused(query: str, status: int) -> None:
    page = query_page(Answering(answer(ROWS)))
    with pytest.raises(HTTPException) as raised:
        asyncio.run(_awaited(page(request_of(query.encode("latin-1")))))
    assert raised.value.status_code == status


async def _awaited(handled: Awaitable[object]) -> object:
    return await handled


def test_while_nothing_is_loaded() -> None:
    assert respond(Answering(None), "/query").status_code == 200
    assert respond(Answering(None), "/query", "query=x&view=table").status_code == 503


def test_the_editor_needs_no_exception_from_the_policy() -> None:
    policy = respond(Answering(answer(ROWS)), "/query").headers["Content-Security-Policy"]
    assert "script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy and "nonce" not in policy


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_of_the_scripts_is_empty(language: str) -> None:
    spoken, english = words(locale_of(language)), words(locale_of("en"))
    assert all(spoken.values())
    for name, phrase in english.items():
        marks = re.compile(r"%\(\w+\)s|_[A-Z]+_")
        assert sorted(marks.findall(spoken[name])) == sorted(marks.findall(phrase)), name


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_everything_on_the_page_is_translated(language: str) -> None:
    shown = text(respond(Answering(answer(ROWS)), "/query", f"lang={language}"))
    assert f'<html lang="{language}">' in shown and "Choose a question" not in shown
    for question in examples.by_name().values():
        assert question.title not in shown.partition("<main")[2].partition("<textarea")[0]


def test_the_scripts_say_only_what_they_are_told() -> None:
    sources = (ROOT / "frontend" / "src").rglob("*.ts")
    source = "\n".join(path.read_text("utf-8") for path in sources if "query" in str(path))
    said = set(re.findall(r'say\(\s*"([a-z-]+)"', source))
    mending = (ROOT / "frontend" / "src" / "query" / "mending.ts").read_text("utf-8")
    said |= set(re.findall(r'": "([a-z-]+)",', mending))
    assert said == set(words(locale_of("en")))


# --- tables --------------------------------------------------------------------------------------


def test_a_graph_is_a_table_of_three_columns() -> None:
    triple = f'<{BASE}a> <http://b> "c"@nl .\n'
    found = table_of(triple.encode(), N_TRIPLES, False, BASE)
    assert found.columns == ("subject", "predicate", "object")
    assert found.rows == (
        (Value(f"{BASE}a", "/a"), Value("http://b", "http://b"), Value("c", "", "nl")),
    )


def test_yes_or_no() -> None:
    assert table_of(b'{"head":{},"boolean":false}', JSON, False, BASE).yes is False


def test_more_rows_than_a_page_shows() -> None:
    rows = "".join(f'<http://a> <http://b> "{n}" .\n' for n in range(MOST + 1))
    found = table_of(rows.encode(), N_TRIPLES, False, BASE)
    assert len(found.rows) == MOST and found.more


def test_an_iri_that_is_no_address_is_not_followed() -> None:
    body = {
        "head": {"vars": ["x"]},
        "results": {"bindings": [{"x": {"type": "uri", "value": "javascript:alert(1)"}}]},
    }
    found = table_of(json.dumps(body).encode(), JSON, False, BASE)
    assert found.rows[0][0] == Value("javascript:alert(1)")


def test_what_is_no_result_is_no_table() -> None:
    with pytest.raises(ValueError, match="text/html"):
        table_of(b"<p>", "text/html", False, BASE)


# --- examples ------------------------------------------------------------------------------------

ENDPOINT = "http://localhost/sparql"


def test_every_question_stands_under_one_theme() -> None:
    found = [question.name for _, group in examples.themes() for question in group]
    assert sorted(found) == sorted(examples.by_name())
    assert all(len(group) > 1 for _, group in examples.themes())


def test_every_question_has_a_form_and_starts_with_its_title() -> None:
    for question in examples.by_name().values():
        assert form(tokens(question.text)) in QUERY_FORMS, question.name
        shown = examples.editor_text(question)
        assert shown.startswith(f"# {question.title}\n\n")
        assert "# keywords" not in shown and shown.endswith(question.text[-40:])


def test_the_description_of_the_service_leads_to_the_examples() -> None:
    said = {(p.value, o.value) for _, p, o in describe(ENDPOINT, BASE, (), 0, Limits())}
    assert (f"{RDFS}seeAlso", f"http://localhost{EXAMPLES}") in said


def test_other_editors_find_the_examples() -> None:
    """By the query with which they look for them."""
    store = Store()
    store.extend(examples_as_quads())
    rows = store.query(f"""PREFIX sh: <{SH}> SELECT ?comment ?query {{
        ?one a sh:SPARQLExecutable ; <{RDFS}comment> ?comment ;
          sh:select|sh:ask|sh:construct|<{examples.SPEX}describe> ?query }}""")
    assert isinstance(rows, QuerySolutions)
    found = {row["comment"].value: row["query"].value for row in rows}
    known = examples.by_name().values()
    assert found == {question.title: examples.editor_text(question) for question in known}


def examples_as_quads() -> list[Quad]:
    return [Quad(*triple) for triple in examples.executables(ENDPOINT)]


def test_an_example_in_full() -> None:
    question = Question("who", "Who?", "Somebody.", ("a", "b"), "# title: Who?\nASK {}")
    said = {(p.value, o.value) for _, p, o in examples.executables(ENDPOINT, {"who": question})}
    subject = {s.value for s, _, _ in examples.executables(ENDPOINT, {"who": question})}
    assert subject == {"http://localhost/.well-known/sparql-examples#who"}
    assert (f"{SH}ask", "# Who?\nASK {}") in said
    assert ("http://schema.org/target", ENDPOINT) in said
    assert {("http://schema.org/keywords", "a"), ("http://schema.org/keywords", "b")} <= said


@pytest.mark.parametrize(
    ("path", "accept", "form"),
    [
        ("/.well-known/sparql-examples", "text/turtle", RdfFormat.TURTLE),
        ("/.well-known/sparql-examples.ttl", "application/ld+json", RdfFormat.TURTLE),
        ("/.well-known/sparql-examples.jsonld", "", RdfFormat.JSON_LD),
        ("/.well-known/sparql-examples.nt", "", RdfFormat.N_TRIPLES),
        ("/.well-known/sparql-examples.rdf", "", RdfFormat.RDF_XML),
    ],
)
def test_the_document_of_examples(path: str, accept: str, form: RdfFormat) -> None:
    response = respond(Answering(answer("")), path, accept=accept)
    assert response.headers["Content-Type"].startswith(form.media_type)
    assert len(list(parse(response.content, format=form))) > 6 * len(examples.by_name())


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/.well-known/sparql-examples.exe", "", 404),
        ("/.well-known/sparql-examples", "image/png", 406),
        ("/query/examples/none.rq", "", 404),
    ],
)
def test_examples_that_are_not_there(path: str, accept: str, status: int) -> None:
    assert respond(Answering(answer("")), path, accept=accept).status_code == status


def test_an_example_alone() -> None:
    response = respond(Answering(answer("")), "/query/examples/edge-list.rq")
    assert response.headers["Content-Type"] == "application/sparql-query"
    assert text(response) == examples.editor_text(examples.by_name()["edge-list"])


# --- terms ---------------------------------------------------------------------------------------


def test_terms_of_the_ontology_are_labelled_in_the_readers_language() -> None:
    found = terms(ROOT / "none", "pl")
    labels = {term["iri"]: term["label"] for term in found["classes"]}
    assert labels[f"{BASE}ns#Municipality"] == "gmina"
    assert f"{BASE}ns#signedOn" in {term["iri"] for term in found["properties"]}


def test_terms_that_a_release_uses_follow(tmp_path: Path) -> None:
    void = "<x:y> <http://rdfs.org/ns/void#property> <http://example.org/p> ."
    (tmp_path / "void.ttl").write_text(void)
    assert terms(tmp_path, "en")["properties"][-1] == {"iri": "http://example.org/p", "label": ""}
    (tmp_path / "void.ttl").write_text("no turtle")
    assert terms(tmp_path, "en") == terms(tmp_path / "none", "en")


def test_terms_are_served() -> None:
    response = respond(Answering(answer("")), "/query/terms.json", accept_language="nl")
    assert {"classes", "properties"} == json.loads(text(response)).keys()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("PREFIX tg: <%s> ASK { ?a tg:twinedWith ?b }", {"tg:twinedWith": ["twinnedWith"]}),
        ("PREFIX x: <%s> ASK { ?a a x:Partnership ; x:twinnedWith ?b }", {}),
        ("ASK { ?a <%szzz> 'tg:twinedWith' } # tg:twinedWith", {"<%szzz>": []}),
        ("PREFIX tg: <https://other.org/> ASK { ?a tg:twinedWith ?b }", {}),
        ("ASK { ?a tg:twinedWith", {}),
    ],
)
def test_names_that_are_no_terms_of_ours(query: str, found: dict[str, list[str]]) -> None:
    expected = {term.replace("%s", TG): near for term, near in found.items()}
    assert misspelt(query.replace("%s", TG)) == expected


def test_the_page_says_which_name_is_none_where_there_are_no_rows() -> None:
    query = urlencode({"query": f"PREFIX tg: <{TG}> ASK {{ ?a tg:partnr ?b }}", "view": "table"})
    nothing = '{"head":{},"boolean":false}'
    shown = text(respond(Answering(answer(nothing)), "/query", query))
    assert "tg:partnr is no term of the vocabulary. Is partner meant?" in shown
