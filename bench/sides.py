"""One side of a comparison, in a process of its own: `python -m bench.sides check ours 10000`.

Each side has what it starts from made before the clock begins, in the form that it takes. Counted
is the processor's time of the process and of those it began, which says the same beside other work;
`longest` is that of the busiest of them: what a machine with a core for each would wait for. Memory
is what the side needs at its most beyond what it started from; of a whole build, all of it, with
what several processes share counted once (PSS).
"""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any, Final, NamedTuple

import pyoxigraph as ox
import pyshacl
from rdflib import Graph
from rdflib.plugins.serializers.jsonld import JsonLDSerializer

from bench import synthetic
from bench.memory import Peak, resident
from twingraph import resources
from twingraph.build import build, read_view
from twingraph.rdf.chunks import some_at_a_time
from twingraph.rdf.ntriples import NTriplesWriter, write_ntriples
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.release.content import Content
from twingraph.release.dumps import context
from twingraph.release.exporter import export
from twingraph.release.exports import exports
from twingraph.release.parallel import without_collector
from twingraph.shacl.check import Check
from twingraph.shacl.shapes import load
from twingraph.sources.harvested import write_claims

ROOT: Final = Path(__file__).parent.parent
MORPH_KGC: Final = ROOT / ".venv-bench" / "bin" / "python"
"""Morph-KGC has an environment of its own: it needs older versions of what we use."""


class Taken(NamedTuple):
    """What a side took: seconds of the processor, those of the busiest process, MiB, and how much
    there was: results of a check, statements, bytes."""

    seconds: float
    longest: float
    mebibytes: float
    number: int


Side = Callable[[int, Path], Taken]
"""Measures so many partnerships; what it writes goes into the folder."""


def run(operation: str, side: str, size: int) -> Taken:
    """Measure a side in a process of its own. Raises CalledProcessError."""
    command = [sys.executable, "-m", "bench.sides", operation, side, str(size)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    seconds, longest, mebibytes, number = json.loads(said)
    return Taken(seconds, longest, mebibytes, int(number))


def available(side: str) -> bool:
    """Whether a side can be measured here."""
    match side:
        case "pyshacl-turbo":
            return find_spec("pyshacl_turbo") is not None
        case "Jena shacl":
            return shutil.which("shacl") is not None
        case "Morph-KGC":
            return MORPH_KGC.exists()
    return True


# --- the check -----------------------------------------------------------------------------------


def _check_ours(size: int, _: Path) -> Taken:
    content = Content(synthetic.view(size))
    shapes = load(resources.folder("shapes"))
    spent, before = 0.0, _settled()
    checking = Check(shapes)
    with without_collector():
        for descriptions in some_at_a_time(content.default()):
            begun = time.process_time()
            checking.add(descriptions)
            spent += time.process_time() - begun
        begun = time.process_time()
        number = len(checking.report(content.default).results)
        spent += time.process_time() - begun
    return Taken(spent, spent, _peak() - before, number)


def _check_pyshacl(size: int, _: Path) -> Taken:
    data, shapes = _graphs(size)
    return _timed(lambda: _results(pyshacl.validate(data, shacl_graph=shapes, inplace=True)))


def _check_turbo(size: int, _: Path) -> Taken:
    turbo = import_module("pyshacl_turbo")
    data, shapes = _graphs(size)
    return _timed(lambda: _results(turbo.validate(data, shacl_graph=shapes)))


def _check_jena(size: int, folder: Path) -> Taken:
    """The start of Java, and the reading of N-Triples, are part of it."""
    with (folder / "data.nt").open("wb") as out:
        write_ntriples(Content(synthetic.view(size)).default(), out)
    load(resources.folder("shapes")).graph.serialize(folder / "shapes.ttl", format="turtle")
    command = ["shacl", "validate", "--shapes", "shapes.ttl", "--data", "data.nt"]
    begun = _children()
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)
    seconds = _children() - begun
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


# --- records to N-Triples ------------------------------------------------------------------------


def _map_ours(size: int, folder: Path) -> Taken:
    content = Content(synthetic.view(size))

    def write() -> int:
        with (folder / "out.nt").open("wb") as out:
            writer = NTriplesWriter(out)
            for descriptions in some_at_a_time(content.default()):
                writer.add(descriptions)
        return (folder / "out.nt").stat().st_size

    with without_collector():
        return _timed(write)


def _map_rdflib(size: int, folder: Path) -> Taken:
    """Each statement added to a graph, and the graph written."""
    statements = list(graph_of(Content(synthetic.view(size)).default()))

    def write() -> int:
        graph = Graph(bind_namespaces="none")
        for triple in statements:
            graph.add(triple)
        graph.serialize(folder / "out.nt", format="nt", encoding="utf-8")
        return (folder / "out.nt").stat().st_size

    return _timed(write)


def _map_pyoxigraph(size: int, folder: Path) -> Taken:
    """N-Triples read into a store in memory, and written from it: no records, no rules."""
    with (folder / "in.nt").open("wb") as out:
        write_ntriples(Content(synthetic.view(size)).default(), out)

    def write() -> int:
        store = ox.Store()
        store.bulk_load(path=folder / "in.nt", format=ox.RdfFormat.N_TRIPLES)
        graph = ox.DefaultGraph()
        store.dump(folder / "out.nt", ox.RdfFormat.N_TRIPLES, from_graph=graph)
        return (folder / "out.nt").stat().st_size

    return _timed(write)


def _map_morph(size: int, folder: Path) -> Taken:
    """The columns of three tables that bench/rml.ttl maps; its start is part of it."""
    return _morph(size, folder, [str(MORPH_KGC), "-m", "morph_kgc", "config.ini"])


def _map_columns(size: int, folder: Path) -> Taken:
    """The same columns by ours: what the graph says of them, picked from the whole of it."""
    content = Content(synthetic.view(size))
    wanted = frozenset(_mapped())

    def write() -> int:
        with (folder / "out.nt").open("wb") as out:
            for some in some_at_a_time(content.default()):
                kept = [(s, [st for st in said if st[0] in wanted]) for s, said in some]
                write_ntriples(kept, out)
        return (folder / "out.nt").stat().st_size

    return _timed(write)


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
    begun = _children()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    seconds = _children() - begun
    most = getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024
    return Taken(seconds, seconds, most, (folder / "out.nt").stat().st_size)


# --- the whole build -----------------------------------------------------------------------------


def _build_ours(size: int, folder: Path) -> Taken:
    """Read, merged, checked, written and published: every file of a release."""
    data(size, folder / "data")
    begun, below = time.process_time(), _children()
    with Peak() as peak:
        built = build(folder / "data", folder / "public")
    own, others = time.process_time() - begun, _children() - below
    number = sum(f.stat().st_size for f in built.out.rglob("*") if f.is_file())
    return Taken(own + others, max(own, others), peak.mebibytes, number)


def _build_rdflib(size: int, folder: Path) -> Taken:
    """Read and merged by us; the graph filled, checked by pySHACL, and written in three formats."""
    data(size, folder / "data")
    logging.disable(logging.CRITICAL)

    def write() -> int:
        content = Content(read_view(folder / "data"))
        graph = Graph(bind_namespaces="none")
        for triple in graph_of(content.default()):
            graph.add(triple)
        pyshacl.validate(graph, shacl_graph=load(resources.folder("shapes")).graph, inplace=True)
        for prefix, namespace in content.prefixes.items():
            graph.bind(prefix, namespace)
        graph.serialize(folder / "out.ttl", format="turtle", encoding="utf-8")
        graph.serialize(folder / "out.nt", format="nt", encoding="utf-8")
        with (folder / "out.jsonld").open("wb") as out:
            own = context()["@context"]
            JsonLDSerializer(graph).serialize(out, context=own, auto_compact=False)
        return sum((folder / f"out.{form}").stat().st_size for form in ("ttl", "nt", "jsonld"))

    return _timed(write)


def _build_disk(size: int, folder: Path) -> Taken:
    """As many bytes as the release of 10,000 has, for each 10,000, written and on the disk: time on
    the wall, since the processor hardly has to do with it."""
    piece, number = os.urandom(1 << 20), 0
    begun = time.perf_counter()
    with (folder / "out").open("wb") as out:
        for _ in range(max(1, size * _MIB_OF_RELEASE // 10_000)):
            number += out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    seconds = time.perf_counter() - begun
    return Taken(seconds, seconds, 1, number)


_MIB_OF_RELEASE: Final = 56
"""Of a release of 10,000 partnerships."""


def data(size: int, folder: Path) -> None:
    """A data folder of so many partnerships: its description, and a harvest of each source."""
    for claims in synthetic.claims(size):
        write_claims(claims, folder / "harvest" / f"{claims.source.key}.jsonl")
    about = synthetic.dataset()
    said: dict[str, Any] = {
        "title": {t.language: t.value for t in about.titles},
        "description": {t.language: t.value for t in about.descriptions},
        "publisher": {
            "name": {t.language: t.value for t in about.publisher_name},
            "url": about.publisher_url,
        },
        "contact": {"name": about.contact_name, "email": about.contact_email},
        "licence": about.licence,
        "base": about.base,
        "languages": list(about.languages),
    }
    (folder / "dataset.yaml").write_text(json.dumps(said))  # JSON is YAML


# --- measuring -----------------------------------------------------------------------------------


def _timed(work: Callable[[], int]) -> Taken:
    before, begun = _settled(), time.process_time()
    number = work()
    seconds = time.process_time() - begun
    return Taken(seconds, seconds, _peak() - before, number)


def _settled() -> float:
    """What was made before is not collected meanwhile; the MiB that it takes."""
    gc.collect()
    gc.freeze()
    # From here on the peak is that of what is measured; before Linux 4.0 it is not.
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return resident("VmRSS")


def _peak() -> float:
    return resident("VmHWM")


def _children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


SIDES: Final[Mapping[str, Mapping[str, Side]]] = {
    "check": {
        "ours": _check_ours,
        "pyshacl-turbo": _check_turbo,
        "pySHACL": _check_pyshacl,
        "Jena shacl": _check_jena,
    },
    "mapping": {
        "ours": _map_ours,
        "pyoxigraph": _map_pyoxigraph,
        "rdflib": _map_rdflib,
        "ours, some columns": _map_columns,
        "Morph-KGC": _map_morph,
    },
    "whole": {"ours": _build_ours, "rdflib + pySHACL": _build_rdflib, "the disk": _build_disk},
}
"""Who does what: ours first."""


def main() -> None:
    """Measure one side and print what it took as JSON."""
    operation, side, size = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(SIDES[operation][side](int(size), Path(folder))))


if __name__ == "__main__":
    main()
