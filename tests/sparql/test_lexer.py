"""The lexer: what the W3C's syntax tests show, what the engine takes, and how long it all takes."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from twingraph.sparql import query_syntax
from twingraph.sparql.lexer import (
    QUERY_FORMS,
    UPDATE_FORMS,
    LexicalError,
    Token,
    iri_reference,
    mentions,
    string_value,
    tokens,
)

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "data/sparql-syntax/cases.yaml").read_text("utf-8")
)
LEXED = [case for case in CASES if "error" not in case]
BASE = "http://example.org/base/"
KINDS = dict(
    k="KEYWORD", v="VAR", i="IRIREF", p="PNAME", b="BLANK", s="STRING", l="LANGTAG", n="INTEGER",
    d="DECIMAL", e="DOUBLE", o="NIL", a="ANON",
)  # fmt: skip
ENGINE_DIFFERS = {
    # A parser without a lexer: it takes the shorter token where that fits.
    "syntax-sparql3/syn-bad-26",
    # A label of one operation is another node than in the next; it refuses to tell them apart.
    "syntax-update-1/syntax-update-54",
    # Known in SPARQL 1.1, gone in the drafts for 1.2.
    "codepoint-escapes/codepoint-esc-02-bad",
}


def name(case: dict[str, Any]) -> str:
    return str(case["covers"][0]) if case["covers"] else str(case["query"][:20])


cases = pytest.mark.parametrize("case", LEXED, ids=name)


def test_every_case_of_the_suites_is_covered() -> None:
    covered = [covered for case in CASES for covered in case["covers"]]
    assert len(set(covered)) == len(covered)
    # As many as there were files in August 2026, but for the one that is large and nothing else.
    assert Counter(one.partition("/")[0] for one in covered) == {
        "syntax-sparql1": 81,
        "syntax-sparql2": 53,
        "syntax-sparql3": 51,
        "syntax-sparql4": 12,
        "syntax-sparql5": 2,
        "syntax-query": 94,
        "syntax-fed": 3,
        "syntax-update-1": 54,
        "codepoint-escapes": 14,
    }


@cases
def test_tokens(case: dict[str, Any]) -> None:
    found = list(tokens(case["query"]))
    assert " · ".join(token.text for token in found) == case.get("tokens", "")
    assert [token.kind for token in found] == [
        KINDS.get(kind, "MARK") for kind in case.get("kinds", "")
    ]
    between_are_space_and_comments(case["query"], found)


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=name)
def test_what_is_no_token_is_told_with_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(LexicalError) as error:
        list(tokens(case["query"]))
    assert str(error.value).startswith(f"{case['error']}: ")
    assert f"{error.value.line}:{error.value.column}" == case["error"]


@cases
def test_what_a_query_says_of_itself(case: dict[str, Any]) -> None:
    found = list(tokens(case["query"]))
    dataset = [case.get("default", []), case.get("named", [])]
    assert query_syntax.form(found) == case.get("form", "")
    assert [*query_syntax.dataset_clauses(found, BASE)] == dataset
    assert query_syntax.outer_limit(found) == case.get("limit")
    assert query_syntax.needs_service(found) == case.get("service", False)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_engine_agrees(case: dict[str, Any]) -> None:
    legal = case.get("legal", "error" not in case)
    is_update = case.get("form") in UPDATE_FORMS or "syntax-update" in name(case)
    run = ox.Store().update if is_update else ox.Store().query
    try:
        run(case["query"].removeprefix("\ufeff"), base_iri=BASE)
        accepted = True
    except SyntaxError:
        accepted = False
    except (RuntimeError, OSError):
        accepted = True  # It is read, and cannot be run: no such function, no such service.
    assert accepted == (legal != bool(ENGINE_DIFFERS & set(case["covers"])))


def between_are_space_and_comments(query: str, found: list[Token]) -> None:
    ends = [0, *(token.end for token in found)]
    starts = [*(token.offset for token in found), len(query)]
    for end, start in zip(ends, starts, strict=True):
        assert re.fullmatch(r"\ufeff?([ \t\r\n]|#[^\r\n]*)*", query[end:start])


def test_values() -> None:
    texts = [r"""'a"\n\\u0041'""", r'"\u0022\\\U00000041\t"', r"'''it''s\''''", '""']
    values = ['a"\n\\u0041', '"\\A\t', "it''s'", ""]
    assert [string_value(token) for text in texts for token in tokens(text)] == values
    assert iri_reference(next(tokens(r"<a\u003Fb>"))) == "a?b"


def test_escapes_keep_the_places_of_what_follows() -> None:
    query = r"ASK { ?\u0061\U00000062 \u0061 '\u0063' , 'd' }"
    found = {token.text: query[token.offset : token.end] for token in tokens(query)}
    assert found["?ab"] == r"?\u0061\U00000062"
    assert (found["a"], found["'c'"], found["'d'"]) == (r"\u0061", r"'\u0063'", "'d'")


def test_a_glance_misses_nothing() -> None:
    assert mentions("ask { serVice <a> {} }", "SERVICE")
    assert mentions(r"ask { \u0053ervice <a> {} }", "SERVICE")
    assert not mentions("ASK { ?a ?b ?c }", "SERVICE", "FROM")


# --- against the engine, on queries that nobody has thought of -----------------------------------

IRIS = st.sampled_from(["<a>", "<http://e.test/#x>", "<?a=1&b>", "p:", "p:a.b", "p:%41\\-", ":1a:"])
VARIABLES = st.sampled_from(["?a", "$b", "?ab", "?é", "?1"])
LITERALS = st.sampled_from(
    ["1", "-2", "+.5", "3.0e-1", "''", '"}\\""', "'''a'\n''b'''", '"""#\\u0022"""', "true", "false",
     "'x' @en-GB", "'x' ^^ <t>", "'\\\\' ^^ p:"]
)  # fmt: skip
BLANKS = st.sampled_from(["[]", "[ ]", "_:a", "( ?a 1 )", "[ <p> () ]"])
PATHS = st.sampled_from(["a", "^ <p>", "( <p> | ! ( <q> | ^ a ) ) *", "<p> / p: +", "?v", "<p> ?"])
TRIPLES = st.builds(" ".join, st.tuples(st.one_of(IRIS, VARIABLES), PATHS, st.one_of(
    IRIS, VARIABLES, LITERALS, BLANKS)))  # fmt: skip
EXPRESSIONS = st.sampled_from(
    ["?a > 1 && ! ( ?b = <x> )", "str ( ?a ) IN ( 1 , 'b' )", "NOT EXISTS { }", "?a - 1 * 2 || 3"]
)
PATTERNS = st.recursive(
    st.one_of(
        TRIPLES.map(lambda one: f"{one} ."), EXPRESSIONS.map(lambda one: f"FILTER ( {one} )")
    ),
    lambda inner: st.tuples(
        st.sampled_from(["OPTIONAL", "MINUS", "{ } UNION", "GRAPH ?g", "GRAPH <g>", ""]),
        st.lists(inner, max_size=2),
    ).map(lambda pair: f"{pair[0]} {{ {' '.join(pair[1])} }}"),
    max_leaves=4,
)
FROM = st.lists(st.sampled_from(["FROM <g>", "from named p:g", "FROM :"]), max_size=2).map(" ".join)
WHERE = st.lists(PATTERNS, max_size=3).map(lambda found: f"{{ {' '.join(found)} }}")
ENDS = st.sampled_from(["", "LIMIT 5", "ORDER BY ?a OFFSET 2 LIMIT 1", "VALUES ?x { UNDEF 1 }"])
HEADS = st.sampled_from(
    ["SELECT *", "SELECT DISTINCT ?a ?b", "SELECT ( 1 AS ?n ) ?a", "ask", "Describe <a>",
     "CONSTRUCT { ?a <p> [] }"]
)  # fmt: skip
PROLOGUE = st.just("BASE <http://e.test/> PREFIX : <a#> PREFIX p: <http://p.test/>")
QUERIES = st.tuples(PROLOGUE, HEADS, FROM, WHERE, ENDS).map(" ".join)
SEPARATORS = st.sampled_from([" ", "\n", "\t\r\n", "# SELECT 'x' <a>\n", ""])
_WORDY = re.compile(r"[^\s(){},;=*/|&!\[\]]")


@st.composite
def spaced(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A query in some spacing, and its tokens."""
    parts = re.findall(r"'''.*?'''|[(][ ]?[)]|\[ ?\]|\S+", draw(QUERIES), re.DOTALL)
    # A label stands for a node of one group alone.
    parts = [f"_:a.{n}" if part == "_:a" else part for n, part in enumerate(parts)]
    query = ""
    for part in parts:
        space = draw(SEPARATORS)
        if not space and query and _WORDY.match(query[-1]) and _WORDY.match(part):
            space = " "
        query += space + part
    return query, parts


def _engine_form(query: str) -> set[str]:
    """The forms that the engine takes a query for; none where it refuses it."""
    try:
        answer = ox.Store().query(query)
    except SyntaxError:
        return set()
    except (RuntimeError, OSError):
        return set(QUERY_FORMS)
    if isinstance(answer, ox.QuerySolutions):
        return {"SELECT"}
    return {"ASK"} if isinstance(answer, ox.QueryBoolean) else {"CONSTRUCT", "DESCRIBE"}


@given(spaced())
def test_spacing_changes_no_token(made: tuple[str, list[str]]) -> None:
    query, parts = made
    found = list(tokens(query))
    assert [token.text for token in found] == parts
    between_are_space_and_comments(query, found)
    assert query_syntax.form(found) in _engine_form(query)


@given(spaced(), st.data())
def test_what_the_engine_takes_is_read_to_its_end(
    made: tuple[str, list[str]], data: st.DataObject
) -> None:
    query, _ = made
    at = data.draw(st.integers(0, len(query)))
    gone = data.draw(st.integers(0, 3))
    new = data.draw(
        st.sampled_from(["", " ", "a", "1", ".", "'", "#\n", "?", ":", "{}", "()", "-"])
    )
    changed = query[:at] + new + query[at + gone :]
    forms = _engine_form(changed)
    if forms:
        assert query_syntax.form(tokens(changed)) in forms


@given(st.text(alphabet="<>\"'\\u0041{}()[]?$:_@#^|&!=.,;+-*/~aA1 \n\ufeffé%", max_size=40))
@example("<" * 50)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = list(tokens(text))
    except LexicalError as error:
        assert 0 <= error.offset < len(text)
    else:
        between_are_space_and_comments(text, found)


# --- time ----------------------------------------------------------------------------------------

REPEATED = ["a.", "AS", "AS5", "SELECT-.", "(", "[", "<", "<a", "<<", ".", "1.1", "'", '"""', "?x ",
            ":a" + "." * 500 + " ", "(" + " " * 500, "@a" + "-a" * 50 + " ", "\\u0041 ", "\\",
            "#\n", "_:a" + "." * 500 + " ", "'\\u0022'", "p:a "]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [*(unit * (200_000 // len(unit)) for unit in REPEATED),
     *(opening + "a" * 200_000 for opening in ("'", "<", '"""', "?", "_:", ":")),
     '"""' + 'a""' * 60_000, "a." * 100_000 + ":", "A" * 200_000],
    ids=lambda text: f"{text[:9]}…",
)  # fmt: skip
def test_the_time_is_linear(text: str) -> None:
    """Where it grew by the square, 200 kB would take minutes."""
    begun = time.process_time()
    try:
        for _ in tokens(text):
            pass
    except LexicalError:
        pass
    assert time.process_time() - begun < 10


def test_a_large_request_is_read_whole() -> None:
    """As syntax-update-2/large-request-01 wants it."""
    data = " ; ".join(f'<p> {n} , "{n:05}"' for n in range(10_000))
    found = list(tokens(f"INSERT DATA {{ GRAPH <g> {{ <s> {data} }} }}"))
    assert (len(found), query_syntax.form(found)) == (50_008, "INSERT")
