"""The writers beside rdflib's, from the same records, and how much memory they need.

For N-Triples both sides start from plain values: ours from records, which it describes and writes;
rdflib's from the values of the same statements, of which it makes its terms, adds each statement
(`Graph.add`) and serializes its graph. For
Turtle and JSON-LD both start from the finished graph in memory: descriptions here, rdflib's there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from rdflib import Graph, Literal, URIRef
from rdflib.plugins.serializers.jsonld import JsonLDSerializer

from bench import synthetic
from bench.rows import Row, at_most, seconds, times_as_fast
from twingraph.namespaces import prefixes
from twingraph.rdf import concepts
from twingraph.rdf.jsonld.writer import write_jsonld
from twingraph.rdf.mapping import describe_view
from twingraph.rdf.ntriples import write_ntriples
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.rdf.terms import Description
from twingraph.rdf.turtle import write_turtle
from twingraph.release.dumps import context

Write = Callable[[Iterable[Description], BinaryIO], None]

FORMATS: dict[str, Write] = {
    "nt": write_ntriples,
    "turtle": lambda descriptions, out: write_turtle(
        descriptions, prefixes(synthetic.dataset().base, concepts.schemes()), out
    ),
    "json-ld": lambda descriptions, out: write_jsonld(descriptions, context(), out),
}
MOST_GROWTH_MIB = 40.0
"""What the peak may grow by from 1k to 10k partnerships, beside the records themselves: nothing
but what the allocator keeps."""


def rows(size: int) -> list[Row]:
    """N-Triples, Turtle and JSON-LD of so many partnerships, and the growth of memory."""
    view = synthetic.view(size)
    graph = Graph(bind_namespaces="none")
    statements = [tuple(map(_plain, triple)) for triple in graph_of(describe_view(view))]
    adding = seconds(lambda: _add(statements, graph))
    ready = list(describe_view(view))
    name = f"{size:,} partnerships"
    nt = seconds(lambda: graph.serialize(format="nt", encoding="utf-8"))
    found = [
        times_as_fast(
            f"records → N-Triples, {name}",
            _ours("nt", lambda: describe_view(view)),
            adding + nt,
            20,
        ),
        times_as_fast(
            f"Turtle, {name}", _ours("turtle", lambda: ready), seconds(lambda: _turtle(graph)), 50
        ),
        times_as_fast(
            f"JSON-LD, {name}", _ours("json-ld", lambda: ready), seconds(lambda: _jsonld(graph)), 15
        ),
    ]
    for form in FORMATS:
        growth = _peak(form, 10_000) - _peak(form, 1_000)
        found.append(at_most(f"memory growth 1k → 10k, {form}", growth, MOST_GROWTH_MIB, "MiB"))
    return found


def _ours(form: str, described: Callable[[], Iterable[Description]]) -> float:
    def write() -> None:
        with tempfile.TemporaryFile() as out:
            FORMATS[form](described(), out)

    return min(seconds(write) for _ in range(3))


Plain = tuple[str, str | None, str | None] | str


def _plain(node: Any) -> Plain:
    if isinstance(node, Literal):
        return str(node), node.language, str(node.datatype) if node.datatype else None
    return str(node)


def _term(value: Plain) -> Any:
    if isinstance(value, str):
        return URIRef(value)
    text, language, datatype = value
    return Literal(text, lang=language, datatype=datatype)


def _add(statements: Iterable[Iterable[Plain]], graph: Graph) -> None:
    """Statement by statement, as a program of rdflib's users would."""
    for subject, predicate, value in statements:
        graph.add((_term(subject), _term(predicate), _term(value)))


def _turtle(graph: Graph) -> bytes:
    for prefix, namespace in prefixes(synthetic.dataset().base, concepts.schemes()).items():
        graph.bind(prefix, namespace)
    return graph.serialize(format="turtle", encoding="utf-8")


def _jsonld(graph: Graph) -> None:
    with tempfile.TemporaryFile() as out:
        JsonLDSerializer(graph).serialize(out, context=context()["@context"], auto_compact=False)


def _peak(form: str, size: int) -> float:
    """The peak memory (MiB) of a process that streams so many partnerships into nothing."""
    script = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from bench import synthetic, writers\n"
        "with open('/dev/null', 'wb') as out:\n"
        "    writers.FORMATS[sys.argv[1]](synthetic.descriptions(int(sys.argv[2])), out)\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', status)[1])\n"
    )
    command = [sys.executable, "-c", script, form, str(size)]
    root = Path(__file__).parent.parent
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return int(json.loads(run.stdout)) / 1024
