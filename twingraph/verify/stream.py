"""Does the event stream lead to the graph? Its pages are those that its root names, none is another
than it was, and the last member of each thing says what the graph says of it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from twingraph import namespaces as ns
from twingraph.errors import UsageError
from twingraph.rdf import triples
from twingraph.release.dcat import LDES, STREAM, TREE
from twingraph.release.event_stream import PLACE, EventStream
from twingraph.release.stream_pages import AS, CREATE, DELETE, PAGES, UPDATE
from twingraph.verify.dumps import Digest
from twingraph.verify.syntax import Unreadable, quads

_KINDS: Final = {f"{AS}{kind}" for kind in (CREATE, UPDATE, DELETE)}
_HEAD: Final = f"<> <{LDES}immutable> true .\n@base <".encode()
_SHOWN: Final = 3


def stream_faults(release: Path) -> Iterator[str]:
    """What is wrong with the event stream of a release; nothing where it has none."""
    try:
        stream = EventStream.read(release)
    except UsageError as error:
        yield str(error)
        return
    if stream is None:
        if (release / PAGES).exists():
            yield f"{STREAM}: is missing"
        return
    listed = [name for name, _ in stream.pages]
    there = {path.name for path in (release / PAGES).glob("*")}
    yield from (f"{PAGES}/{name}: is missing" for name in listed if name not in there)
    yield from (f"{PAGES}/{name}: is not in {STREAM}" for name in sorted(there - set(listed)))
    moments = [moment for _, moment in stream.pages]
    if moments != sorted(moments):
        yield f"{STREAM}: the pages do not follow each other in time"
    said: dict[str, Digest] = {}
    for name, moment in stream.pages:
        if name in there:
            yield from (f"{PAGES}/{name}: {fault}" for fault in _page(release, name, moment, said))
    yield from (f"{STREAM}: {fault}" for fault in _against_graph(release, said))


def _page(release: Path, name: str, moment: str, said: dict[str, Digest]) -> Iterator[str]:
    """What is wrong with a page; `said` is what each thing is said to be, up to it."""
    path = release / PAGES / name
    head, _, body = path.read_bytes().partition(b"> .\n@prefix")
    digest = hashlib.sha256(b"@prefix" + body).hexdigest()
    if not head.startswith(_HEAD) or name.split("-")[1].partition(".")[0] != digest[:12]:
        yield "is not as it was written"
    members: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    graphs: dict[str, Digest] = defaultdict(Digest)
    try:
        for quad in quads(path, PLACE):
            graph: Any = quad.graph_name
            subject: Any = quad.subject
            object_: Any = quad.object
            if graph_name := getattr(graph, "value", None):
                graphs[graph_name] = graphs[graph_name].plus(str(quad.triple))
            elif quad.predicate.value == f"{TREE}member":
                members[object_.value]["of"].append(subject.value)
            else:
                members[subject.value][quad.predicate.value].append(object_.value)
    except Unreadable as error:
        yield error.why
        return
    members.pop(PLACE, None)
    for iri, of in members.items():
        (thing, *others) = of.get(f"{ns.DCT}isVersionOf") or [""]
        said[thing] = graphs.pop(iri, Digest())
        yield from (f"{iri} {fault}" for fault in _member_faults(of, moment))
        if others or not thing:
            yield f"{iri} is the version of {len(others) + bool(thing)} things"
    yield from (f"{iri} is no member" for iri in graphs)


def _member_faults(of: Mapping[str, list[str]], moment: str) -> Iterator[str]:
    if len(of.get("of", ())) != 1:
        yield "is no member, or twice"
    if len(kinds := of.get(ns.RDF_TYPE, [])) != 1 or not set(kinds) <= _KINDS:
        yield f"is {', '.join(kinds) or 'no change'}"
    if of.get(f"{ns.DCT}created") != [moment]:
        yield f"is not of {moment}"


def _against_graph(release: Path, said: Mapping[str, Digest]) -> Iterator[str]:
    graph: dict[str, Digest] = defaultdict(Digest)
    for quad in quads(release / triples.NTRIPLES):
        subject: Any = quad.subject
        thing = subject.value.partition("#")[0]
        graph[thing] = graph[thing].plus(str(quad.triple))
    differing = sorted(
        thing for thing in said.keys() | graph.keys()
        if said.get(thing, Digest()) != graph.get(thing, Digest())
    )  # fmt: skip
    if differing:
        shown = ", ".join(differing[:_SHOWN])
        yield f"{len(differing)} things are not as the graph has them: {shown}"
