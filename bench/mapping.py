"""Records to N-Triples by us and by others."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Final

import pyoxigraph as ox
from rdflib import Graph

from bench import synthetic
from bench.measuring import ROOT, Side, Taken, children, timed
from twingraph.rdf.chunks import some_at_a_time
from twingraph.rdf.ntriples import NTriplesWriter, write_ntriples
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.release.content import Content
from twingraph.release.exporter import export
from twingraph.release.exports import exports
from twingraph.release.parallel import without_collector

MORPH_KGC: Final = ROOT / ".venv-bench" / "bin" / "python"
"""Morph-KGC has an environment of its own: it needs older versions of what we use."""


def _by_us(size: int, folder: Path) -> Taken:
    content = Content(synthetic.view(size))

    def write() -> int:
        with (folder / "out.nt").open("wb") as out:
            writer = NTriplesWriter(out)
            for descriptions in some_at_a_time(content.default()):
                writer.add(descriptions)
        return (folder / "out.nt").stat().st_size

    with without_collector():
        return timed(write)


def _by_rdflib(size: int, folder: Path) -> Taken:
    """Each statement added to a graph, and the graph written."""
    statements = list(graph_of(Content(synthetic.view(size)).default()))

    def write() -> int:
        graph = Graph(bind_namespaces="none")
        for triple in statements:
            graph.add(triple)
        graph.serialize(folder / "out.nt", format="nt", encoding="utf-8")
        return (folder / "out.nt").stat().st_size

    return timed(write)


def _by_pyoxigraph(size: int, folder: Path) -> Taken:
    """N-Triples read into a store in memory, and written from it: no records, no rules."""
    with (folder / "in.nt").open("wb") as out:
        write_ntriples(Content(synthetic.view(size)).default(), out)

    def write() -> int:
        store = ox.Store()
        store.bulk_load(path=folder / "in.nt", format=ox.RdfFormat.N_TRIPLES)
        graph = ox.DefaultGraph()
        store.dump(folder / "out.nt", ox.RdfFormat.N_TRIPLES, from_graph=graph)
        return (folder / "out.nt").stat().st_size

    return timed(write)


def _by_morph(size: int, folder: Path) -> Taken:
    """The columns of three tables that bench/rml.ttl maps; its start is part of it."""
    return _morph(size, folder, [str(MORPH_KGC), "-m", "morph_kgc", "config.ini"])


def _some_columns(size: int, folder: Path) -> Taken:
    """The same columns by ours: what the graph says of them, picked from the whole of it."""
    content = Content(synthetic.view(size))
    wanted = frozenset(_mapped())

    def write() -> int:
        with (folder / "out.nt").open("wb") as out:
            for some in some_at_a_time(content.default()):
                kept = [(s, [st for st in said if st[0] in wanted]) for s, said in some]
                write_ntriples(kept, out)
        return (folder / "out.nt").stat().st_size

    return timed(write)


def _mapped() -> list[str]:
    """The properties that the mapping writes."""
    graph = Graph().parse(ROOT / "bench" / "rml.ttl")
    named = "http://www.w3.org/ns/r2rml#predicate"
    return [o.n3() for _, p, o in graph if str(p) == named]


def _morph(size: int, folder: Path, command: list[str]) -> Taken:
    archive = [one for one in exports() if one.name == "twingraph.csv.zip"]
    export(folder, Content(synthetic.view(size)), archive)
    shutil.unpack_archive(folder / "twingraph.csv.zip", folder)
    shutil.copyfile(ROOT / "bench" / "rml.ttl", folder / "rml.ttl")
    config = "[CONFIGURATION]\noutput_file=out.nt\nnumber_of_processes=1\n[A]\nmappings=rml.ttl\n"
    (folder / "config.ini").write_text(config)
    begun = children()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    seconds = children() - begun
    most = getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024
    return Taken(seconds, seconds, most, (folder / "out.nt").stat().st_size)


SIDES: Final[Mapping[str, Side]] = {
    "ours": _by_us,
    "pyoxigraph": _by_pyoxigraph,
    "rdflib": _by_rdflib,
    "ours, some columns": _some_columns,
    "Morph-KGC": _by_morph,
}
"""Who maps: ours first."""
