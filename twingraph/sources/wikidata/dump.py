"""A Wikidata JSON dump (.json, .gz, .bz2, .zst) as a stream of the few items that are wanted.

A dump is one JSON array, an entity a line (mediawiki.org, "Wikibase/DataModel/JSON"; wikidata.org,
"Wikidata:Database download"): of some 120 million lines one in a thousand is wanted. So blocks are
searched for the bytes `"P190"`, and only a line that holds them is cut out and parsed.
Memory is a block and the longest line, whatever the size of the file.

Others write the same items in other ways: without the array, with spaces, with other fields first,
or as one JSON document that is no item a line (an array, or the `entities` of an answer of the
API). Lines are read whatever their order; such a document is read whole, up to a size.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

import orjson

from twingraph.errors import UsageError
from twingraph.sources.wikidata import properties as p
from twingraph.sources.wikidata.compressed import DAMAGE, Compressed, opened
from twingraph.sources.wikidata.entities import is_item
from twingraph.sources.wikidata.report import Findings

BLOCK: Final = 1 << 20
LONGEST: Final = 1 << 25
"""Bytes of a line, at most (32 MiB): the largest item of Wikidata has a few."""

LARGEST: Final = 1 << 28
"""Bytes of a document that is not an item a line, at most (256 MiB): it is read at once."""

_TAIL = 64
_START = 1 << 12
# An item of many lines, the first item in the array's own line, an answer of the API.
_ONE_DOCUMENT: Final = re.compile(rb'\[?\s*\{[ \t\r]*\n|(?P<lines>\[[ \t]*\{)|\{\s*"entities"')
# So the lines of Wikimedia's own dumps begin; others say the id elsewhere before the claims.
_USUAL: Final = re.compile(rb'\[?\s*\{"type":"item","id":"(Q[0-9]+)"')
# A line may be an answer of the API, with several.
_SEVERAL: Final = re.compile(rb'[\s,\[]*\{\s*"entities"')
_ID: Final = re.compile(rb'"(?:(claims)|id)"\s*:(?:\s*"([^"]*)")?')

_AROUND: Final = b" \t\r,[]"
"""What stands around an item in a line: signs of the array."""

KEPT: Final = ("id", "type", "labels", "aliases", "lastrevid", "modified")
"""What is kept of an item beside the claims of properties.READ."""

Json = Mapping[str, Any]
Select = Callable[[bytes], Iterator[tuple[int, int]]]
"""Finds wanted lines in a block of whole lines: where each begins and ends."""


class Ending(Enum):
    """How a file ended."""

    FINISHED = "finished"
    CUT_OFF = "cut off"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading is. Sizes are in bytes on disk, times in seconds of this run."""

    done: int
    size: int
    found: int
    seconds: float
    begun: int = 0

    @property
    def remaining(self) -> float | None:
        """An estimate of the seconds still to go, or None before there is a rate."""
        rate = (self.done - self.begun) / self.seconds if self.seconds else 0.0
        return (self.size - self.done) / rate if rate else None


OnBlock = Callable[[Progress], None]
"""Told how far the reading is, after each block."""


def mentioning(needle: bytes = b'"P190"') -> Select:
    """Select the lines that hold the bytes."""

    def select(block: bytes) -> Iterator[tuple[int, int]]:
        at = block.find(needle)
        while at >= 0:
            end = block.find(b"\n", at)
            yield block.rfind(b"\n", 0, at) + 1, end
            at = block.find(needle, end)

    return select


def named(ids: Collection[str]) -> Select:
    """Select the lines of the given items, for a second pass: partners that state nothing."""
    wanted = frozenset(item.encode() for item in ids)

    def select(block: bytes) -> Iterator[tuple[int, int]]:
        at = 0
        while (end := block.find(b"\n", at)) >= 0:
            if _SEVERAL.match(block, at, end) or _id(block, at, end) in wanted:
                yield at, end
            at = end + 1

    return select


def _id(block: bytes, start: int, end: int) -> bytes:
    """The id of the entity in a line, b"" where it has none."""
    if usual := _USUAL.match(block, start, end):
        return usual[1]
    found = _ID.search(block, start, end)
    if found and found[2] and not found[1]:
        return found[2]
    if found is None:
        return b""
    # Claims come first, and they are full of ids.
    with suppress(orjson.JSONDecodeError):
        document = orjson.loads(block[start:end].strip(_AROUND))
        return str(document.get("id", "")).encode() if isinstance(document, dict) else b""
    return b""


class WikidataDump:
    """Reads one file once. Iterate over it; then `ending` says how it ended, and `why`.

    `position` is where to begin, in unpacked bytes: that of an earlier run. While it is iterated,
    `position` is where the lines end that were wholly dealt with. Lines and entities that cannot
    be read are counted in the report and skipped.
    """

    def __init__(
        self,
        path: Path,
        report: Findings,
        *,
        select: Select | None = None,
        position: int = 0,
        on_block: OnBlock = lambda _: None,
        block: int = BLOCK,
        longest: int = LONGEST,
    ) -> None:
        self.path = path
        self.report = report
        self.position = position
        self.found = 0
        self.ending: Ending | None = None
        self.why = ""
        self._select = select or mentioning()
        self._on_block = on_block
        self._block = block
        self._longest = longest
        self._rest = self._tail = b""

    def __iter__(self) -> Iterator[Json]:
        """The items, cut down to what is read of them. Raises UsageError for a file that is not
        there, or is no dump."""
        start = self._start()
        array = start[:1] == b"["
        if start and start[:1] not in b"[{":
            shown = ascii(start[:20].decode(errors="replace"))
            raise UsageError(f"{self.path} is no JSON of Wikidata's: it begins with {shown}")
        if form := _ONE_DOCUMENT.match(start):
            document = self._document()
            if document and not _is_first_of_several(document):
                yield from self._of_document(document)
                return
            if not (form["lines"] or document):
                cure = "write it with an item a line, as `jq -c '.[]'` does"
                raise UsageError(f"{self.path} is too large to be read as one document: {cure}")
        with opened(self.path) as file:
            started = time.monotonic()
            try:
                # The end of what was read before, in case nothing follows it.
                file.skip(max(self.position - _TAIL, 0))
                self._tail = file.exactly(min(self.position, _TAIL))
                begun = file.done
                for block in self._blocks(file):
                    yield from self._items(block)
                    self.position += len(block)
                    seconds = time.monotonic() - started
                    self._on_block(Progress(file.done, file.size, self.found, seconds, begun))
            except DAMAGE as error:
                self.ending, self.why = Ending.CUT_OFF, f"damaged or incomplete: {error}"
                return
        yield from self._end(array)

    def _start(self) -> bytes:
        # A file of its own: not every packing can be wound back.
        with opened(self.path) as file, suppress(*DAMAGE):
            return file.exactly(_START).lstrip()
        return b"["

    def _document(self) -> bytes:
        """The whole file, b"" where it is too large: then its lines may be items after all."""
        with opened(self.path) as file, suppress(*DAMAGE):
            document = file.exactly(LARGEST + 1)
            return document if len(document) <= LARGEST else b""
        return b""

    def _of_document(self, document: bytes) -> Iterator[Json]:
        """The items of a file that is one JSON document."""
        try:
            read = orjson.loads(document)
        except orjson.JSONDecodeError as error:
            self.ending, self.why = Ending.CUT_OFF, f"it is no JSON: {error}"
            return
        rows = read if isinstance(read, list) else [read]
        block = b"".join(orjson.dumps(one) + b"\n" for row in rows for one in _entities(row))
        if self.position < len(document):
            yield from self._items(block)
        self.position, self.ending = len(document), Ending.FINISHED

    def _blocks(self, file: Compressed) -> Iterator[bytes]:
        """Blocks of whole lines. What follows the last line end stays in `_rest`."""
        rest, dropped = b"", 0
        while block := file.read(self._block):
            cut = block.find(b"\n") + 1 if dropped else 0
            if cut:
                self.report.add("long-line", f"{self.path.name}: byte {self.position:,}")
                self.position += dropped + len(rest) + cut
                rest, block, dropped = b"", block[cut:], 0
            last = block.rfind(b"\n") + 1
            if last and not dropped:
                self._tail = block[max(last - _TAIL, 0) : last]
                yield rest + block[:last]
                rest = block[last:]
            else:
                rest += block
            if len(rest) > self._longest:
                dropped, rest = dropped + len(rest), b""
        self._rest = b"..." if dropped else rest

    def _items(self, block: bytes) -> Iterator[Json]:
        for start, end in self._select(block):
            where = f"{self.path.name}: byte {self.position + start:,}"
            try:
                read = orjson.loads(block[start:end].strip(_AROUND))
            except orjson.JSONDecodeError as error:
                self.report.add("broken-line", f"{where}: {error}")
                continue
            for one in _entities(read):
                try:
                    yield self._item(one, where)
                    self.found += 1
                except _Skipped as skipped:
                    self.report.add(skipped.kind, f"{where}: {skipped}")

    def _item(self, document: object, where: str) -> Json:
        if not isinstance(document, dict):
            raise _Skipped("broken-entity", "no object")
        if not is_item(document.get("id")):
            raise _Skipped("not-an-item", f"{document.get('id')!r}"[:100])
        return slim(document)

    def _end(self, array: bool) -> Iterator[Json]:
        """The last line, if it has no end, and what the end of the file says."""
        rest = self._rest.strip()
        if array:
            last = rest or self._tail.strip().rpartition(b"\n")[2]
            closed = last == b"]" or last.endswith(b"}]") and (not rest or _is_json(rest[:-1]))
            whole = closed
            self.why = "" if closed else "the array is not closed: no ] at the end"
        else:
            whole = _is_json(rest) if rest else bool(self._tail)
            self.why = "" if whole else "the last line has no end" if rest else "it is empty"
        self.ending = Ending.FINISHED if whole else Ending.CUT_OFF
        if rest != b"]" and _is_json(rest.strip(_AROUND)):
            yield from self._items(self._rest + b"\n")
            self.position += len(self._rest)


def _entities(read: object) -> list[Any]:
    """The entities of a line or a row: one, or those of an answer of the API."""
    several = read.get("entities") if isinstance(read, dict) else None
    return list(several.values()) if isinstance(several, dict) else [read]


class _Skipped(Exception):
    def __init__(self, kind: str, what: str) -> None:
        super().__init__(what)
        self.kind = kind


def _is_first_of_several(document: bytes) -> bool:
    """Whether the first line is JSON by itself, and more follows."""
    first, _, rest = document.partition(b"\n")
    return bool(rest) and not rest.isspace() and _is_json(first)


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def slim(document: Json) -> Json:
    """An item with only what is read of it."""
    claims = document.get("claims")
    kept = {name: document[name] for name in KEPT if name in document}
    if isinstance(claims, Mapping):
        kept["claims"] = {prop: claims[prop] for prop in claims if prop in p.READ}
    return kept
