"""The dumps of a release: what each is called, what it holds and how it is written.

`twingraph.ttl`, `.jsonld` and `.nt.gz` hold the default graph: the merged view, the descriptions
of sources and graphs, the evidence, what is gone, and the concepts used. `.trig.gz` and `.nq.gz`
hold that and every source's graph.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from isal import igzip

from twingraph import concepts, graph, provenance, resources, tombstones
from twingraph.namespaces import prefixes
from twingraph.records import View
from twingraph.release.jsonld import write_jsonld
from twingraph.release.ntriples import write_nquads, write_ntriples
from twingraph.release.turtle import write_trig, write_turtle
from twingraph.terms import Description, Term

_LEVEL: Final = 2
"""ISA-L's own choice: a tenth of the time of zlib's level 6, for files a third larger."""


@dataclass(frozen=True)
class Content:
    """What a release says, as descriptions. Each call walks the records anew, in flat memory."""

    view: View

    @property
    def base(self) -> str:
        """The base of the dataset's own IRIs."""
        return self.view.dataset.base

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the dumps are written with."""
        return prefixes(self.base, concepts.schemes())

    def default(self) -> Iterator[Description]:
        """The default graph."""
        used = graph.concepts_used(self.view, self.base) | provenance.concepts_used(self.view)
        return chain(
            graph.describe_view(self.view),
            provenance.describe_provenance(self.view),
            tombstones.described(self.view.gone),
            concepts.described(used, self.base),
        )

    def graphs(self) -> Iterator[tuple[Term, Iterator[Description]]]:
        """Every source's graph: its name and what it holds."""
        for claims in self.view.claims:
            name = provenance.graph_term(claims.source.key, self.base)
            yield name, graph.describe_claims(claims, self.base)


@dataclass(frozen=True)
class Dump:
    """A file of the release that holds the graph."""

    name: str
    title: str
    media_type: str
    write: Callable[[Content, BinaryIO], None]

    def write_to(self, folder: Path, content: Content) -> Path:
        """Write the dump into a folder. A name that ends in .gz is compressed, the same way each
        time: no file name and no time of writing stand in it."""
        path = folder / self.name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as out:
            if path.suffix == ".gz":
                with igzip.IGzipFile("", "wb", _LEVEL, out, mtime=0) as packed:  # type: ignore[no-untyped-call]
                    self.write(content, cast(BinaryIO, packed))
            else:
                self.write(content, out)
        return path


def context() -> dict[str, Any]:
    """The JSON-LD context of the ontology."""
    path = resources.folder("ontology") / "context.jsonld"
    return cast(dict[str, Any], json.loads(path.read_text("utf-8")))


def _turtle(content: Content, out: BinaryIO) -> None:
    write_turtle(content.default(), content.prefixes, out)


def _jsonld(content: Content, out: BinaryIO) -> None:
    write_jsonld(content.default(), context(), out)


def _ntriples(content: Content, out: BinaryIO) -> None:
    write_ntriples(content.default(), out)


def _nquads(content: Content, out: BinaryIO) -> None:
    write_nquads(content.default(), None, out)
    for name, descriptions in content.graphs():
        write_nquads(descriptions, name, out)


def _trig(content: Content, out: BinaryIO) -> None:
    write_trig(content.default(), content.graphs(), content.prefixes, out)


DUMPS: tuple[Dump, ...] = (
    Dump("twingraph.ttl", "Turtle, to read", "text/turtle", _turtle),
    Dump("twingraph.jsonld", "JSON-LD, for web developers", "application/ld+json", _jsonld),
    Dump("twingraph.nt.gz", "N-Triples, line by line", "application/n-triples", _ntriples),
    Dump("twingraph.nq.gz", "N-Quads, with every source", "application/n-quads", _nquads),
    Dump("twingraph.trig.gz", "TriG, with every source", "application/trig", _trig),
)
"""Every dump, in the order a reader meets them."""
