"""Members and pages of the event stream, as TriG (see `event_stream`).

A member is a thing as a release has it. Its name and what kind of change it is stand in the default
graph, what is said of the thing in a graph that has the member's name (LDES 1.0, "Versions and
transactions"). The text of that graph is the thing's own blocks of the Turtle dump, under the same
prefixes: nothing is written a second time.

    <> ldes:immutable true .
    @base <…/stream/0001-3f2a9c01d5e7.tree.trig> .
    <…catalog#stream> tree:member <#municipality/pl-sieniawa> .
    <#municipality/pl-sieniawa> a as:Update ;
        dct:isVersionOf <…/municipality/pl-sieniawa> ; dct:created "…" ; dcat:version "0.1.0+2" .
    <#municipality/pl-sieniawa> { municipality:pl-sieniawa a tg:LocalAuthority … }

The page's own name stands in the names of its members, so that they are the same wherever the page
lies; and it holds a digest of all else, so that no page is ever taken for another. What comes first
is in the order of the TREE profile: each member follows the statement that names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from twingraph import namespaces as ns
from twingraph.rdf import terms
from twingraph.release.dcat import LDES, TREE

AS: Final = "https://www.w3.org/ns/activitystreams#"
CREATE, UPDATE, DELETE = "Create", "Update", "Delete"
"""The kinds of change, of Activity Streams 2.0."""

PAGES: Final = "stream"
ENDING: Final = ".tree.trig"
"""Tells that a page is in the order of the TREE profile ("Discovering the profile")."""

_FULL: Final = 1 << 20
"""A page takes no further member when it has so many bytes: some 100 kB compressed."""
_PREFIXES: Final = f"@prefix as: <{AS}> .\n@prefix dcat: <{ns.DCAT}> .\n@prefix tree: <{TREE}> .\n"
_IS_GONE: Final = b"owl:deprecated true"


class Said(NamedTuple):
    """A thing by its IRI, and what a Turtle dump says of it and of its parts (`#point`): its blocks
    of text, of which each begins with a line's end."""

    iri: str
    text: bytes

    @property
    def is_gone(self) -> bool:
        """Whether it is said to be gone, before all else (`rdf.tombstones`)."""
        return self.text.partition(b" ")[2].startswith(_IS_GONE)


class Member(NamedTuple):
    """What a thing came to be: the kind of change, and what is said of it now."""

    kind: str
    said: Said


@dataclass(frozen=True)
class StreamSettings:
    """What all members of a release have in common: the IRI of the stream, the base of things, the
    address of the pages, the moment and the version of the release."""

    stream: str
    base: str
    pages: str
    created: str
    version: str


class TurtleDump:
    """A Turtle dump as `rdf.turtle` writes it, read in flat memory: the lines of its prefixes, then
    things. A thing and its parts stand together there."""

    def __init__(self, file: BinaryIO) -> None:
        self._lines = iter(file)
        self.prefixes = b"".join(iter(self._prefix, b""))
        self._names = dict(map(_prefix, self.prefixes.decode().splitlines()))

    def _prefix(self) -> bytes:
        line = next(self._lines, b"")
        return line if line.startswith(b"@prefix ") else b""

    def things(self) -> Iterator[Said]:
        """Everything that is described, in the order of the dump."""
        blocks = (
            b"\n" + b"".join(lines)
            for blank, lines in groupby(self._lines, key=b"\n".__eq__)
            if not blank
        )
        for iri, some in groupby(blocks, key=self._thing):
            yield Said(iri, b"".join(some))

    def _thing(self, block: bytes) -> str:
        subject = block[1 : block.index(b" ")].decode()
        if subject[0] == "<":
            return subject[1:-1].partition("#")[0]
        prefix, _, local = subject.partition(":")
        return (self._names[prefix] + local).partition("#")[0]


def _prefix(line: str) -> tuple[str, str]:
    _, prefix, namespace, _ = line.split(" ")
    return prefix[:-1], namespace[1:-1]


def write_pages(
    folder: Path, members: Iterable[Member], prefixes: bytes, release: StreamSettings, first: int
) -> Iterator[str]:
    """Write pages of members into a folder, numbered from `first` on. Gives their names."""
    head = prefixes + _PREFIXES.encode()
    for number, texts in enumerate(_full(_text(one, release) for one in members), first):
        body = head + b"".join(texts)
        name = f"{number:04}-{hashlib.sha256(body).hexdigest()[:12]}{ENDING}"
        own = f"<> <{LDES}immutable> true .\n@base <{release.pages}{name}> .\n"
        (folder / name).write_bytes(own.encode() + body)
        yield name


def _full(texts: Iterable[bytes]) -> Iterator[list[bytes]]:
    page: list[bytes] = []
    size = 0
    for text in texts:
        page.append(text)
        size += len(text)
        if size >= _FULL:
            yield page
            page, size = [], 0
    if page:
        yield page


def _text(member: Member, release: StreamSettings) -> bytes:
    kind, (iri, said) = member
    name = f"<#{iri.removeprefix(release.base)}>"
    return (
        f"\n<{release.stream}> tree:member {name} .\n{name} a as:{kind} ;\n"
        f"    dct:isVersionOf <{iri}> ;\n"
        f'    dct:created "{release.created}"^^xsd:dateTime ;\n'
        f"    dcat:version {terms.text(release.version)} .\n{name} {{"
    ).encode() + b"%b}\n" % (said or b" ")
