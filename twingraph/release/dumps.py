"""The dumps of a release: what each is called, what it holds and how it is written.

`twingraph.ttl`, `.jsonld` and `.nt.gz` hold the default graph: the merged view, the descriptions
of sources and graphs, the evidence, what is gone, and the concepts used. `.trig.gz` and `.nq.gz`
hold that and every source's graph.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from isal import igzip

from twingraph import resources
from twingraph.model.lookup import Labels, Lookup
from twingraph.model.records import View
from twingraph.namespaces import prefixes
from twingraph.rdf import concepts, provenance, tombstones
from twingraph.rdf import mapping as graph
from twingraph.rdf.chunks import Writer
from twingraph.rdf.jsonld.writer import JsonldWriter
from twingraph.rdf.ntriples import NTriplesWriter, write_nquads
from twingraph.rdf.terms import Description, Term
from twingraph.rdf.turtle import TurtleWriter, write_graphs

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
    def labels(self) -> Labels:
        """The view as tables ask it: what is joined is joined once for all of them."""
        return Labels(Lookup.of_view(self.view), self.view.dataset.languages)

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
    """A file of the release.

    Where it `extends` another, that one's content stands first in it, and `own` adds the rest.
    What holds the default graph alone is begun with `writer`.
    """

    name: str
    title: str
    media_type: str
    own: Callable[[Content, BinaryIO], None]
    extends: Dump | None = None
    writer: Callable[[Content, BinaryIO], Writer] | None = None

    def write(self, content: Content, out: BinaryIO) -> None:
        """Write what is in the file, uncompressed."""
        if self.extends:
            self.extends.write(content, out)
        self.own(content, out)

    def write_to(self, folder: Path, content: Content) -> Path:
        """Write the file into a folder."""
        with self.opened(folder) as out:
            self.write(content, out)
        return folder / self.name

    @contextmanager
    def opened(self, folder: Path) -> Iterator[BinaryIO]:
        """The file, to be written. A name that ends in .gz is compressed, the same way each time:
        no file name and no time of writing stand in it."""
        path = folder / self.name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as out:
            if path.suffix == ".gz":
                with igzip.IGzipFile("", "wb", _LEVEL, out, mtime=0) as packed:  # type: ignore[no-untyped-call]
                    yield cast(BinaryIO, packed)
            else:
                yield out


def context() -> dict[str, Any]:
    """The JSON-LD context of the ontology."""
    path = resources.folder("ontology") / "context.jsonld"
    return cast(dict[str, Any], json.loads(path.read_text("utf-8")))


def _default(
    name: str, title: str, media_type: str, writer: Callable[[Content, BinaryIO], Writer]
) -> Dump:
    """A dump that holds the default graph alone."""

    def own(content: Content, out: BinaryIO) -> None:
        begun = writer(content, out)
        begun.add(content.default())
        begun.end()

    return Dump(name, title, media_type, own, writer=writer)


def _source_quads(content: Content, out: BinaryIO) -> None:
    for name, descriptions in content.graphs():
        write_nquads(descriptions, name, out)


def _source_graphs(content: Content, out: BinaryIO) -> None:
    write_graphs(content.graphs(), content.prefixes, out)


_TURTLE = _default(
    "twingraph.ttl",
    "Turtle, to read",
    "text/turtle",
    lambda content, out: TurtleWriter(content.prefixes, out),
)
_NTRIPLES = _default(
    "twingraph.nt.gz",
    "N-Triples, line by line",
    "application/n-triples",
    lambda _, out: NTriplesWriter(out),
)

DUMPS: tuple[Dump, ...] = (
    _TURTLE,
    _default(
        "twingraph.jsonld",
        "JSON-LD, for web developers",
        "application/ld+json",
        lambda _, out: JsonldWriter(context(), out),
    ),
    _NTRIPLES,
    Dump(
        "twingraph.nq.gz",
        "N-Quads, with every source",
        "application/n-quads",
        _source_quads,
        _NTRIPLES,
    ),
    Dump(
        "twingraph.trig.gz",
        "TriG, with every source",
        "application/trig",
        _source_graphs,
        _TURTLE,
    ),
)
"""Every dump, in the order a reader meets them."""
