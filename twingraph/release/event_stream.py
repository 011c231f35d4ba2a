"""The event stream: every change of every thing, release after release, for whoever keeps a copy
(Linked Data Event Streams 1.0 of SEMIC, on W3C's TREE hypermedia).

    stream.ttl    the root: what the stream is, and where its pages are
    stream/       the pages, each of the members of one release (see `stream_pages`)

The first release has a member for each thing; a later one adds pages for what is new, different or
gone since the release before, and has the pages before as they are: a page never changes. Whoever
takes, member after member, what is said of each thing has the default graph of the release: a later
member takes the place of all that the earlier one said, whatever its kind. What is gone is an
as:Delete, which says what the graph still says: that it is deprecated, and what replaced it.

All members of a release have its moment (`feed.moment`): a release of no known day has no stream,
as it is in no feed; nor has one without a Turtle dump.

After a takedown the stream begins anew, with everything as it is now: no page from before stays,
so nothing is left of the source in one (release.json remembers their names). The root then has a
retention policy, `ldes:startingFrom`: whoever took members from before drops the copy first.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.errors import UsageError
from twingraph.model.records import Dataset
from twingraph.release.changes import Changes
from twingraph.release.dcat import (
    LDES,
    STREAM,
    TREE,
    dataset_iri,
    stream_iri,
    stream_service_iri,
)
from twingraph.release.history import PastRelease
from twingraph.release.stream_pages import (
    AS,
    CREATE,
    DELETE,
    PAGES,
    UPDATE,
    Member,
    Said,
    StreamSettings,
    TurtleDump,
    write_pages,
)

_DUMP: Final = "twingraph.ttl"
_POLLING: Final = 3600
"""A release may come at any time: whoever follows asks once an hour."""
PLACE: Final = "https://release.invalid/"
"""Links within a stream are relative: where it lies does not matter."""

Wanted = Callable[[str], bool]
"""Whether a thing is of interest, by its IRI."""


@dataclass(frozen=True)
class EventStream:
    """The root of a stream: each page with the moment of its members, in their order, and the
    moment from which members are kept, where some are not."""

    pages: tuple[tuple[str, str], ...]
    starting: str | None = None

    @classmethod
    def read(cls, release: Path) -> EventStream | None:
        """The stream of a release folder; None where it has none. Raises UsageError for a root
        that is not as a build writes it."""
        path = release / STREAM
        if not path.is_file():
            return None
        said: dict[str, dict[str, str]] = {}
        try:
            for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE, base_iri=PLACE + STREAM):
                subject = said.setdefault(str(getattr(quad.subject, "value", "")), {})
                subject[quad.predicate.value] = str(getattr(quad.object, "value", ""))
        except SyntaxError as error:
            raise UsageError(f"{path} is not as a build writes it: {error}") from error
        pages = {
            of[f"{TREE}node"].removeprefix(f"{PLACE}{PAGES}/"): of.get(f"{TREE}value", "")
            for of in said.values()
            if f"{TREE}node" in of
        }
        starts = (of[f"{LDES}startingFrom"] for of in said.values() if f"{LDES}startingFrom" in of)
        return cls(tuple(pages.items()), next(starts, None))


def keep_stream(folder: Path, before: Path) -> bool:
    """Give a release's folder the stream of a release that says the same. Returns whether that one
    has any."""
    old = EventStream.read(before)
    if old is not None:
        _link_pages(before, folder, old)
        shutil.copyfile(before / STREAM, folder / STREAM)
    return old is not None


def begin_stream(folder: Path, about: Dataset, created: str | None) -> None:
    """Write the stream of a release that no other goes before: everything is new.

    `about` is the dataset with the release's version, `created` the release's moment; the Turtle
    dump is in the folder already.
    """
    if release := _release(folder, about, created):
        _write(folder, about, release, EventStream(()), _everything, frozenset())


def continue_stream(
    folder: Path, about: Dataset, created: str | None, before: Path, changes: Changes
) -> None:
    """Write the stream of a release that follows the one in the folder `before`: its pages, and
    those of the `changes` since. It begins where that one has none."""
    old, release = EventStream.read(before), _release(folder, about, created)
    if release is None or old is None:
        begin_stream(folder, about, created)
        return
    _link_pages(before, folder, old)
    changed = _changed(changes)
    had = _there(before, changed.__contains__)
    _write(folder, about, release, old, changed.__contains__, had, had)


def begin_again(
    folder: Path, about: Dataset, created: str | None, before: Path, changes: Changes
) -> None:
    """Write the stream of a release without what was in that of the release `before`: everything as
    it is now, and of what is gone that alone which the `changes` tell of."""
    release = _release(folder, about, created)
    if release is None or EventStream.read(before) is None:
        begin_stream(folder, about, created)
        return
    had = _there(before, _everything)
    gone = had & _changed(changes)
    _write(folder, about, release, EventStream((), release.created), _everything, had, gone)


def withdrawn(folder: Path, before: PastRelease | None) -> tuple[str, ...]:
    """The pages that some release before had and the one in a folder has not, by their names."""
    if before is None:
        return ()
    there, had = (
        {path.relative_to(one).as_posix() for path in one.glob(f"{PAGES}/*")}
        for one in (folder, before.folder)
    )
    return tuple(sorted({*before.withdrawn, *had} - there))


def _release(folder: Path, about: Dataset, created: str | None) -> StreamSettings | None:
    if created is None or not (folder / _DUMP).is_file():
        return None
    pages = f"{about.download_base}{PAGES}/"
    return StreamSettings(stream_iri(about.base), about.base, pages, created, about.version or "0")


def _everything(_: str) -> bool:
    return True


def _changed(changes: Changes) -> set[str]:
    """The things that some changed statements are of."""
    lines = (*changes.added, *changes.removed)
    return {line[1 : line.index(b">")].partition(b"#")[0].decode() for line in lines}


def _there(release: Path, wanted: Wanted) -> frozenset[str]:
    """Which of some things a release describes."""
    with (release / _DUMP).open("rb") as file:
        return frozenset(said.iri for said in TurtleDump(file).things() if wanted(said.iri))


def _write(
    folder: Path,
    about: Dataset,
    release: StreamSettings,
    old: EventStream,
    wanted: Wanted,
    had: Collection[str],
    may_be_gone: Collection[str] = (),
) -> None:
    """Write the pages of a release after those of a stream, and the root of all."""
    (folder / PAGES).mkdir(exist_ok=True)
    with (folder / _DUMP).open("rb") as file:
        dump = TurtleDump(file)
        members = _members(dump.things(), wanted, had, may_be_gone)
        first = len(old.pages) + 1
        names = list(write_pages(folder / PAGES, members, dump.prefixes, release, first))
    made = ((name, release.created) for name in names)
    stream = EventStream((*old.pages, *made), old.starting)
    (folder / STREAM).write_text("".join(_root(stream, about)), "utf-8")


def _members(
    things: Iterable[Said], wanted: Wanted, had: Collection[str], may_be_gone: Collection[str]
) -> Iterator[Member]:
    left = set(may_be_gone)
    for said in things:
        left.discard(said.iri)
        if wanted(said.iri):
            kind = DELETE if said.is_gone else UPDATE if said.iri in had else CREATE
            yield Member(kind, said)
    for iri in sorted(left):
        yield Member(DELETE, Said(iri, b""))


def _link_pages(before: Path, folder: Path, stream: EventStream) -> None:
    """Have the pages of another release in a folder: as the same files, where that can be. They
    never change, and a release that is cleared away takes none with it."""
    (folder / PAGES).mkdir()
    for name, _ in stream.pages:
        page, there = folder / PAGES / name, before / PAGES / name
        try:
            os.link(there, page)
        except OSError:
            shutil.copyfile(there, page)


def _root(stream: EventStream, about: Dataset) -> Iterator[str]:
    for prefix, namespace in _PREFIXES.items():
        yield f"@prefix {prefix}: <{namespace}> .\n"
    yield (
        f"\n<{stream_iri(about.base)}> a ldes:EventStream ;\n    tree:view <> ;\n"
        "    ldes:timestampPath dct:created ;\n    ldes:versionOfPath dct:isVersionOf ;\n"
        "    ldes:versionCreateObject as:Create ;\n    ldes:versionUpdateObject as:Update ;\n"
        f"    ldes:versionDeleteObject as:Delete ;\n    ldes:pollingInterval {_POLLING} .\n"
        f"\n<{stream_service_iri(about.base)}> a dcat:DataService, ldes:EventSource ;\n"
        f"    dcat:endpointURL <> ;\n    dcat:servesDataset <{dataset_iri(about.base)}> .\n"
        f"\n<> a tree:Node ;\n    tree:viewDescription <{stream_service_iri(about.base)}> .\n"
    )
    if stream.starting:
        yield (
            "\n<> ldes:retentionPolicy <#kept> .\n<#kept> a ldes:RetentionPolicy ;\n"
            f'    ldes:startingFrom "{stream.starting}"^^xsd:dateTime .\n'
        )
    for number, (name, moment) in enumerate(stream.pages, 1):
        for end, compared in (("from", "Greater"), ("to", "Less")):
            yield (
                f"\n<> tree:relation <#{number}-{end}> .\n"
                f"<#{number}-{end}> a tree:{compared}ThanOrEqualToRelation ;\n"
                f"    tree:node <{PAGES}/{name}> ;\n    tree:path dct:created ;\n"
                f'    tree:value "{moment}"^^xsd:dateTime .\n'
            )


_PREFIXES: Final = {
    "as": AS,
    "dcat": ns.DCAT,
    "dct": ns.DCT,
    "ldes": LDES,
    "tree": TREE,
    "xsd": ns.XSD,
}
