"""The SHACL check by us and by others: the same graph, and our own shapes.

Ours is given descriptions, as a build gives them; the others a graph of rdflib's, Jena N-Triples.
"""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Final

import pyshacl
from rdflib import Graph

from bench import synthetic
from bench.measuring import Side, Taken, children, peak, settled, timed
from twingraph import resources
from twingraph.rdf.chunks import some_at_a_time
from twingraph.rdf.ntriples import write_ntriples
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.release.content import Content
from twingraph.release.parallel import without_collector
from twingraph.shacl.check import Check
from twingraph.shacl.shapes import load


def _by_us(size: int, _: Path) -> Taken:
    content = Content(synthetic.view(size))
    shapes = load(resources.folder("shapes"))
    spent, before = 0.0, settled()
    checking = Check(shapes)
    with without_collector():
        for descriptions in some_at_a_time(content.default()):
            begun = time.process_time()
            checking.add(descriptions)
            spent += time.process_time() - begun
        begun = time.process_time()
        number = len(checking.report(content.default).results)
        spent += time.process_time() - begun
    return Taken(spent, spent, peak() - before, number)


def _by_pyshacl(size: int, _: Path) -> Taken:
    data, shapes = _graphs(size)
    return timed(lambda: _results(pyshacl.validate(data, shacl_graph=shapes, inplace=True)))


def _by_turbo(size: int, _: Path) -> Taken:
    turbo = import_module("pyshacl_turbo")
    data, shapes = _graphs(size)
    return timed(lambda: _results(turbo.validate(data, shacl_graph=shapes)))


def _by_jena(size: int, folder: Path) -> Taken:
    """The start of Java, and the reading of N-Triples, are part of it."""
    with (folder / "data.nt").open("wb") as out:
        write_ntriples(Content(synthetic.view(size)).default(), out)
    load(resources.folder("shapes")).graph.serialize(folder / "shapes.ttl", format="turtle")
    command = ["shacl", "validate", "--shapes", "shapes.ttl", "--data", "data.nt"]
    begun = children()
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)
    seconds = children() - begun
    number = run.stdout.count(b"sourceConstraintComponent")
    return Taken(seconds, seconds, getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024, number)


def _graphs(size: int) -> tuple[Graph, Graph]:
    """The data and the shapes as rdflib graphs."""
    logging.disable(logging.CRITICAL)
    data = graph_of(Content(synthetic.view(size)).default())
    return data, load(resources.folder("shapes")).graph


def _results(said: tuple[bool, Graph, str]) -> int:
    _, report, _ = said
    return sum(1 for p in report.predicates() if str(p).endswith("#sourceConstraintComponent"))


SIDES: Final[Mapping[str, Side]] = {
    "ours": _by_us,
    "pyshacl-turbo": _by_turbo,
    "pySHACL": _by_pyshacl,
    "Jena shacl": _by_jena,
}
"""Who checks: ours first."""
