"""Odd but lawful graphs: texts, IRIs and language tags that writers may trip over."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from twingraph.namespaces import RDF, RDFS, SKOS, TG, XSD
from twingraph.rdf import terms
from twingraph.rdf.terms import Description, Statement, Term

BASE = "https://towns.example/"
PREFIXES = {
    "": BASE,
    "tg": TG,
    "rdfs": RDFS,
    "skos": SKOS,
    "xsd": XSD,
    "town": f"{BASE}town/",
    "town-a": f"{BASE}town/a",
    "urn": "urn:x:",
    "place.s": "https://places.example/é#",
}

texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        "",
        '"',
        "\\",
        "\\u0041",
        "\x00\x1f\x7f",
        "\r\n\t\b\f",
        "\u2028",
        "שלום עולם",
        "🏳️‍🌈",
        "\ufffe\ufeff",
        "%s {}",
    ]
)
tags = st.sampled_from(["pl", "sk", "en-gb", "zh-hant-tw", "sl-rozaj-biske-1994", "x-odd"])

_locals = st.text("ab9._-:~/#?%()'!*,;=@&+$éżлא中\u00b7\u0300\u203f", max_size=12)
_starts = st.sampled_from(
    [*PREFIXES.values(), "http://e/", "urn:", "tg:", "town:", "mailto:", "geo:", "a:"]
)


# RFC 3986, section 5.2.4: a parser may take such parts of a path away. And after two slashes comes
# a host and its port.
_DOTS = re.compile(r"(?:^|[:/])\.\.?(?:$|[/?#])|^[a-z]+://[^/?#]*[:@%]")


def _iri(text: str) -> Term:
    start, _, fragment = text.replace("%", "%C3").partition("#")
    return terms.iri(f"{start}#{fragment.replace('#', '')}" if fragment else start)


iris = (
    st.builds("{}{}".format, _starts, _locals).filter(lambda text: not _DOTS.search(text)).map(_iri)
)
predicates = iris | st.sampled_from(
    [
        terms.iri(f"{RDFS}label"),
        terms.iri(f"{RDFS}comment"),
        terms.iri(f"{TG}partner"),
        terms.iri(f"{TG}status"),
        terms.iri(f"{TG}since"),
        terms.iri(f"{TG}grant"),
        terms.iri(f"{TG}signature"),
        terms.iri(f"{TG}motto"),
    ]
)
_type = terms.iri(f"{RDF}type")
classes = iris | st.just(terms.iri(f"{TG}Partnership"))
_typed = st.sampled_from(
    [
        terms.typed(lexical, f"{XSD}{name}")
        for name, lexicals in {
            "integer": "0 1 01 +1 -12 -0 999999999999999 9007199254740993",
            "decimal": "1 1. .5 1.50 01.5 -0.0 +2.5",
            "boolean": "true false 1 0",
            "gYear": "2010",
            "date": "2010-01-01",
            "string": "2010",
        }.items()
        for lexical in lexicals.split()
    ]
)
literals = (
    st.builds(terms.text, texts)
    | st.builds(terms.text, texts, tags)
    | _typed
    | st.builds(lambda text, datatype: terms.typed(text, datatype[1:-1]), texts, iris)
)
objects = iris | literals
statements: st.SearchStrategy[Statement] = st.tuples(predicates, objects) | st.tuples(
    st.just(_type), classes
)
descriptions: st.SearchStrategy[list[Description]] = st.lists(
    st.tuples(iris, st.lists(statements, max_size=8)), max_size=5
)
