"""A document for each thing, so that a plain web server dereferences its IRI: an option of a build.

    documents/municipality/pl-sieniawa.ttl, .jsonld, .nt, .html

Each holds what the merged view says of the thing: its own statements, and those of its parts that
are named by a fragment (`#point`). deploy/ has configurations of servers that lead to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from twingraph import namespaces as ns
from twingraph.identifiers import CONCEPT, THING_PATHS, Ref
from twingraph.rdf.jsonld.writer import write_jsonld
from twingraph.rdf.ntriples import write_ntriples
from twingraph.rdf.shown_names import shown_name
from twingraph.rdf.terms import Description, Statement, Term
from twingraph.rdf.triples import statement, value
from twingraph.rdf.turtle import write_turtle
from twingraph.release.content import Content
from twingraph.release.dumps import context

DOCUMENTS: Final = "documents"
FORMATS: Final = ("ttl", "jsonld", "nt", "html")
_PATHS: Final = (*THING_PATHS, CONCEPT)
_AT_ONCE: Final = 2_000


def write_documents(folder: Path, content: Content) -> int:
    """Write a document of each thing in each format into a release's folder. Returns how many
    things there are. Memory holds some thousand things at a time, whatever their number."""
    root = folder / DOCUMENTS
    _write_statements(root, content)
    paths = sorted(root.rglob("*.nt"))
    for path in paths:
        described = list(_read(path))
        with path.with_suffix(".ttl").open("wb") as out:
            write_turtle(described, content.prefixes, out)
        with path.with_suffix(".jsonld").open("wb") as out:
            write_jsonld(described, context(), out)
        path.with_suffix(".html").write_text(_page(path.stem, described), "utf-8")
    return len(paths)


def _write_statements(root: Path, content: Content) -> None:
    """Write each thing's N-Triples. A thing and its parts need not stand together in the graph."""
    waiting: dict[Path, list[Description]] = defaultdict(list)
    made: set[Path] = set()
    for subject, statements in content.default():
        ref = Ref.of(subject[1:-1].partition("#")[0], content.base)
        if ref is None or ref.path not in _PATHS or ".." in ref.key or not statements:
            continue
        waiting[root / ref.path / f"{ref.key}.nt"].append((subject, statements))
        if len(waiting) >= _AT_ONCE:
            _append(waiting, made)
    _append(waiting, made)


def _append(waiting: dict[Path, list[Description]], made: set[Path]) -> None:
    for path, descriptions in waiting.items():
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        with path.open("ab") as out:
            write_ntriples(descriptions, out)
    waiting.clear()


def _read(path: Path) -> Iterator[Description]:
    """The descriptions of a file, the thing's own first."""
    said: dict[Term, list[Statement]] = defaultdict(list)
    for line in path.read_text("utf-8").split("\n")[:-1]:
        subject, predicate, object_ = statement(line)
        said[subject].append((predicate, object_))
    yield from sorted(said.items(), key=lambda one: "#" in one[0])


def _page(stem: str, described: Sequence[Description]) -> str:
    """What is said of a thing, as a page without words of its own."""
    subject, statements = described[0]
    iri, name = subject[1:-1], shown_name(statements) or stem
    links = [
        Markup('<link rel="alternate" type="{}" href="{}.{}">').format(kind, stem, ending)
        for ending, kind in _TYPES
    ]
    also = [Markup('<a href="{0}.{1}">{1}</a>').format(stem, ending) for ending, _ in _TYPES]
    tables = [Markup("").join(_rows(one, said)) for one, said in described]
    return (
        Markup(
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width">\n<title>{}</title>\n'
            '<link rel="canonical" href="{}">\n{}\n<h1>{}</h1>\n'
            '<p><a href="{}">{}</a> · {}</p>\n<dl>\n{}</dl>\n</html>\n'
        ).format(
            name, iri, Markup("\n").join(links), name, iri, iri, Markup(" · ").join(also),
            Markup("").join(tables),
        )
    )  # fmt: skip


_TYPES: Final = (
    ("ttl", "text/turtle"),
    ("jsonld", "application/ld+json"),
    ("nt", "application/n-triples"),
)


def _rows(subject: Term, statements: Iterable[Statement]) -> Iterator[Markup]:
    values: dict[Term, list[Term]] = defaultdict(list)
    for predicate, object_ in statements:
        values[predicate].append(object_)
    part = subject[1:-1].partition("#")[1:]
    for predicate, objects in values.items():
        title = f"{''.join(part)} {_short(predicate)}".strip()
        yield Markup('<dt><a href="{}">{}</a></dt>\n').format(predicate[1:-1], title)
        for one in objects:
            yield Markup("<dd>{}</dd>\n").format(_value(one))


def _value(term: Term) -> Markup:
    if term[0] == "<":
        return Markup('<a href="{0}">{0}</a>').format(term[1:-1])
    kind = term[term.rindex('"') + 1 :]
    if kind.startswith("@"):
        return Markup('<span lang="{}">{}</span>').format(kind[1:], value(term))
    return escape(value(term))


def _short(predicate: Term) -> str:
    iri = predicate[1:-1]
    for prefix, namespace in ns.VOCABULARIES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
