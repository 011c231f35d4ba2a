"""A whole build by us, and the same done with rdflib and pySHACL."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyshacl
from rdflib import Graph
from rdflib.plugins.serializers.jsonld import JsonLDSerializer

from bench import synthetic
from bench.measuring import Side, Taken, children, timed
from bench.memory import Peak
from twingraph import resources
from twingraph.build import build, read_view
from twingraph.rdf.chunks import GraphWriter, some_at_a_time
from twingraph.rdf.jsonld.writer import JsonldWriter
from twingraph.rdf.ntriples import NTriplesWriter
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.rdf.turtle import TurtleWriter
from twingraph.release.content import Content
from twingraph.release.dumps import context
from twingraph.release.parallel import without_collector
from twingraph.shacl.check import Check
from twingraph.shacl.shapes import load
from twingraph.sources.harvested import write_claims


def _by_us(size: int, folder: Path) -> Taken:
    """Read, merged, checked, written and published: every file of a release."""
    data(size, folder / "data")
    begun, below = time.process_time(), children()
    with Peak() as peak:
        built = build(folder / "data", folder / "public")
    own, others = time.process_time() - begun, children() - below
    number = sum(f.stat().st_size for f in built.out.rglob("*") if f.is_file())
    return Taken(own + others, max(own, others), peak.mebibytes, number)


def _same_by_us(size: int, folder: Path) -> Taken:
    """What rdflib and pySHACL are given to do: read, merged, checked, and three formats; in one
    process, by one walk."""
    data(size, folder / "data")

    def write() -> int:
        content = Content(read_view(folder / "data"))
        checking = Check(load(resources.folder("shapes")))
        with (
            (folder / "out.ttl").open("wb") as turtle,
            (folder / "out.nt").open("wb") as ntriples,
            (folder / "out.jsonld").open("wb") as jsonld,
        ):
            writers: list[GraphWriter] = [
                TurtleWriter(content.prefixes, turtle),
                NTriplesWriter(ntriples),
                JsonldWriter(context(), jsonld),
            ]
            for descriptions in some_at_a_time(content.default()):
                checking.add(descriptions)
                for writer in writers:
                    writer.add(descriptions)
            for writer in writers:
                writer.end()
        checking.report(content.default)
        return _size(folder)

    with without_collector():
        return timed(write)


def _by_rdflib(size: int, folder: Path) -> Taken:
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
        return _size(folder)

    return timed(write)


def _size(folder: Path) -> int:
    return sum((folder / f"out.{form}").stat().st_size for form in ("ttl", "nt", "jsonld"))


def _to_disk(size: int, folder: Path) -> Taken:
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


_MIB_OF_RELEASE: Final = 115
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


SIDES: Final[Mapping[str, Side]] = {
    "ours": _by_us,
    "ours, three formats": _same_by_us,
    "rdflib + pySHACL": _by_rdflib,
    "the disk": _to_disk,
}
"""Who builds: ours first."""
