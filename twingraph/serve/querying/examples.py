"""The competency questions as examples: by theme for people, and as RDF for other editors.

Editors that read examples from an endpoint look for sh:SPARQLExecutable with an rdfs:comment that
is the question and the query in sh:select, sh:ask or sh:construct (SHACL Advanced Features,
section 5; the convention of sparql-examples of the Swiss Institute of Bioinformatics, which adds
schema:target and schema:keywords, and spex:describe).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final
from urllib.parse import urljoin

from pyoxigraph import Literal, NamedNode, Triple, serialize

from twingraph.namespaces import DCT, RDF, RDF_TYPE, RDFS, SCHEMA, SH
from twingraph.serve.description import EXAMPLES
from twingraph.sparql.competency_questions import Question, questions
from twingraph.sparql.query_syntax import form, readable_tokens
from twingraph.sparql.result_formats import GRAPHS

SPEX: Final = "https://purl.expasy.org/sparql-examples/ontology#"

# A question stands under the theme of its first keyword that is in one.
_THEMES: Final[Mapping[str, frozenset[str]]] = {
    "Partners and partnerships": frozenset({"partners", "twinning", "partnership", "schools"}),
    "Documents and signatories": frozenset({"agreements", "signatories"}),
    "Dates and status": frozenset({"dates", "start", "history", "status"}),
    "Projects and money": frozenset({"projects", "programmes"}),
    "Networks and places": frozenset({"network", "geography", "countries"}),
    "Sources and evidence": frozenset({"sources", "evidence", "freshness"}),
}
REST: Final = "Names and identifiers"

_FORMS: Final = {
    "SELECT": (f"{SH}select", f"{SH}SPARQLSelectExecutable"),
    "ASK": (f"{SH}ask", f"{SH}SPARQLAskExecutable"),
    "CONSTRUCT": (f"{SH}construct", f"{SH}SPARQLConstructExecutable"),
    "DESCRIBE": (f"{SPEX}describe", f"{SPEX}SPARQLDescribeExecutable"),
}


@cache
def by_name() -> Mapping[str, Question]:
    """The questions of this installation."""
    return {question.name: question for question in questions()}


def theme(question: Question) -> str:
    """The theme that a question stands under."""
    for word in question.keywords:
        for name, words in _THEMES.items():
            if word in words:
                return name
    return REST


def themes() -> list[tuple[str, list[Question]]]:
    """The questions by theme, themes in a fixed order, those without any left out."""
    by_theme: dict[str, list[Question]] = {name: [] for name in (*_THEMES, REST)}
    for question in by_name().values():
        by_theme[theme(question)].append(question)
    return [
        (name, sorted(found, key=lambda question: question.title))
        for name, found in by_theme.items()
        if found
    ]


@cache
def editor_text(question: Question) -> str:
    """What is put into an editor: the question as a comment, then its query. The rest of what the
    file says of it stands beside the editor."""
    lines = question.text.splitlines(keepends=True)
    head = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    return f"# {question.title}\n{''.join(lines[head:])}"


def executables(endpoint: str, found: Mapping[str, Question] | None = None) -> Iterator[Triple]:
    """The questions as sh:SPARQLExecutable, to be asked of an endpoint."""
    for name, question in (by_name() if found is None else found).items():
        subject = NamedNode(f"{urljoin(endpoint, EXAMPLES)}#{name}")
        says, kind = _FORMS[form(readable_tokens(question.text))]
        yield Triple(subject, NamedNode(RDF_TYPE), NamedNode(f"{SH}SPARQLExecutable"))
        yield Triple(subject, NamedNode(RDF_TYPE), NamedNode(kind))
        english = {
            f"{RDFS}label": question.title,
            f"{RDFS}comment": question.title,
            f"{DCT}description": question.description,
        }
        for predicate, text in english.items():
            yield Triple(subject, NamedNode(predicate), Literal(text, language="en"))
        yield Triple(subject, NamedNode(says), Literal(editor_text(question)))
        yield Triple(subject, NamedNode(f"{SCHEMA}target"), NamedNode(endpoint))
        for word in question.keywords:
            yield Triple(subject, NamedNode(f"{SCHEMA}keywords"), Literal(word))


@lru_cache(maxsize=16)  # A client may call the service by any name.
def serialized(media_type: str, endpoint: str) -> bytes:
    """The examples in one of the graph formats; written once for each, then remembered."""
    prefixes = {"sh": SH, "rdf": RDF, "rdfs": RDFS, "dct": DCT, "schema": SCHEMA, "spex": SPEX}
    data = serialize(executables(endpoint), format=GRAPHS[media_type], prefixes=prefixes)
    assert data is not None, "without an output the engine returns bytes"
    return data
