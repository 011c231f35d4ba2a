"""A stranger's query, written anew: the same query, and nothing else in it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from twingraph.sparql.competency_questions import Question, questions
from twingraph.sparql.query_rewriting import UnclearQuery, UnsafeQuery, rewrite

BASE = "https://w3id.org/twingraph/"
EVIL = "<http://127.0.0.1:1/evil>"


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_our_questions_mean_the_same(question: Question, store: ox.Store) -> None:
    assert _answer(store, rewrite(question.text, BASE).text) == _answer(store, question.text)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?a { ?a <p> ?b FILTER(?b < 3 && ?b > -1) }",
        "SELECT (1-1 AS ?a) (-2 AS ?b) (+.5e3 AS ?c) {}",
        "PREFIX e: <http://e/#> SELECT * { VALUES (?a ?b) "
        '{ (e:x\\-y "a\\"b\\\\\\n\'"@en-GB) (-1 1.50) } }',
        'SELECT * { VALUES ?a { \'\'\'it\'s "so"\n\'\'\' """"quoted\\"""" \'\' "" } }',
        "PREFIX : <x#> BASE <http://other/> PREFIX b: <y#> SELECT * { VALUES ?a { : b: :z <w> } }",
        "ASK { ?a (<p>|^<q>)*/<r>? (1 [ <s> () ]) ; a <t> . _:b.c !(^<p>|a) true }",
        "CONSTRUCT { ?a <p> 'x'^^<t> } WHERE { BIND(IRI('rel') AS ?a) }",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c # a comment > with <marks> \" '\n} GROUP BY (STR(?a))",
        "SELECT (<http://www.w3.org/2001/XMLSchema#integer>('7') AS ?a) {}",
        "SELECT * { BIND('\\u0041\\u010Dx' AS ?a) }",
        "SELECT * { ?s <p> ?service . ?s <service#x> 'SERVICE' }",
        "SELECT(COALESCE(?a,NOW ( ) , 1)AS?b){?a<r>( ),(1),[\n]}LIMIT5",
    ],
)
def test_any_query_means_the_same(query: str, store: ox.Store) -> None:
    assert _answer(store, rewrite(query, BASE).text) == _answer(store, query)


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ SERVICE {EVIL} {{ ?a ?b ?c }} }}",
        f"SELECT * {{ sErViCe SILENT {EVIL} {{ }} }}",
        f"SELECT * {{ \\u0053ERVICE {EVIL} {{ }} }}",
        f"ASK {{ FILTER EXISTS {{ {{ SERVICE{EVIL} {{}} }} }} }}",
        # In the string of one parser, behind the string of another.
        f'SELECT * {{ ?a ?b "\\u0022 . SERVICE {EVIL} {{ }} #" }}',
        f'SELECT * {{ ?a ?b "\\\\u0022 . SERVICE {EVIL} {{ }} #" }}',
        "SELECT (<http://www.openlinksw.com/schemas/bif#http_get>('http://evil/') AS ?a) {}",
        "PREFIX bif: <bif:> SELECT * { FILTER bif:sleep(1) }",
        "PREFIX bif: <bif:> SELECT * { FILTER(1 = bif:sleep(1)) }",
        "PREFIX bif: <bif:> SELECT * { BIND(bif:x(1) AS ?a) }",
        "PREFIX bif: <bif:> SELECT * {} ORDER BY ?a bif:x(1)",
        "PREFIX bif: <bif:> SELECT * { { SELECT * {} GROUP BY ?a bif:x(1) } }",
        "PREFIX bif: <bif:> SELECT * { FILTER(bif:now( )) }",
        "SELECT * { ?a <p> 1 HAVING <bif:now>() }",
        'define get:soft "soft" SELECT * {`x`}',
        "define x SELECT * {}",
        "SELECT * { ?a <bif:x\\u0079> '\\u0027' }",
        "SELECT * { ?a bif:p ?b }",
        "SELECT * { << ?a ?b ?c >> ?d 'x' }",
        "SELECT * { ?a ?b 'x'@en--ltr }",
    ],
)
def test_what_may_do_more_than_ask_is_not_sent(query: str) -> None:
    with pytest.raises((UnsafeQuery, UnclearQuery)):
        rewrite(query, BASE)


@pytest.mark.parametrize(
    "query",
    [
        # To us an IRI; to others "less than", and a SERVICE behind it.
        f"SELECT * {{ ?a ?p ?b FILTER(?a<?b)SERVICE#>\n{EVIL}{{}} }}",
        "PREFIX bif: <bif:> SELECT * { FILTER(?a<bif:sleep(?b)&&?c>?d) }",
    ],
)
def test_what_is_read_in_two_ways_no_longer_parses(query: str, store: ox.Store) -> None:
    with pytest.raises(SyntaxError):
        store.query(rewrite(query, BASE).text)


def test_the_dataset_is_told_apart() -> None:
    query = "PREFIX g: <graph/> SELECT * FROM g:a FROM NAMED <graph/b> FROM <x> { GRAPH ?g {} }"
    rewritten = rewrite(query, BASE)
    assert rewritten.dataset == ([f"{BASE}graph/a", f"{BASE}x"], [f"{BASE}graph/b"])
    assert rewritten.asks_for_graphs
    assert "FROM" not in rewritten.text


@pytest.mark.parametrize("form", ["SELECT *", "ASK", "CONSTRUCT {}", "DESCRIBE ?a"])
def test_the_form_is_known(form: str) -> None:
    rewritten = rewrite(f"# SELECT\nPREFIX ASK: <x> {form} WHERE {{}}", BASE)
    assert rewritten.form == form.split()[0]
    assert not rewritten.asks_for_graphs


@pytest.fixture(scope="module")
def store() -> ox.Store:
    data = f"""
      BASE <{BASE}>
      <a> <p> 2 ; <q> 'SERVICE', 'x'@en ; <r> (1 [ <s> () ]) . <service> <service#x> 'SERVICE' .
      GRAPH <graph/one> {{ <a> <p> 2 }}
    """
    store = ox.Store()
    store.load(data.encode(), ox.RdfFormat.TRIG)
    return store


def _answer(store: ox.Store, query: str) -> object:
    answer = store.query(query, base_iri=BASE)
    if isinstance(answer, ox.QueryBoolean):
        return bool(answer)
    if isinstance(answer, ox.QueryTriples):
        return sorted(map(str, answer))
    return [v.value for v in answer.variables], sorted([str(t) for t in row] for row in answer)
