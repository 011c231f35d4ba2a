"""Files: those of the release that is served (dumps, catalogue, ontology, shapes, schema), and
what pages load.

A file of the release is known by its name in SHA256SUMS and by nothing else, so no request leaves
the folder. A dump that is compressed answers under its name without `.gz` too, as what it holds:
that it is compressed is then the coding of the answer (RFC 9110, section 8.4). A release before it,
at releases/NAME/, is known by release.json, its files likewise. Its checksum is its entity tag. A
download reads the one file it began with, whatever release is published in the meantime; where that
very file is changed the download is broken off.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import stat
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from twingraph.rdf.triples import open_dump
from twingraph.release.publish import RELEASES, SIGNATURE
from twingraph.release.stream_pages import PAGES
from twingraph.serve.compression import gzipped
from twingraph.serve.negotiation import accepted_codings, header
from twingraph.serve.release_folder import CHECKSUMS, ReleaseFolder
from twingraph.serve.representations import CACHE, links_of_release, not_modified
from twingraph.serve.service import Service
from twingraph.sparql.limits import MIB
from twingraph.sparql.query_engine import Broken
from twingraph.web.assets import CODINGS, FOREVER, PREFIX, Assets, assets

MEDIA_TYPES: Final = {
    ".ttl": "text/turtle; charset=utf-8",
    ".jsonld": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".rq": "application/sparql-query",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".csv": "text/csv; charset=utf-8",
    ".tsv": "text/tab-separated-values; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    # IANA has registered nothing finer for GraphML and GEXF.
    ".graphml": "application/xml",
    ".gexf": "application/xml",
    ".xml": "application/xml",
    ".atom": "application/atom+xml",
    ".parquet": "application/vnd.apache.parquet",
    ".gz": "application/gzip",
    ".zip": "application/zip",
}
"""Registered media types, by the end of a file's name."""

_PACKED: Final = frozenset({".gz", ".zip", ".parquet"})
_OTHER: Final = "text/plain; charset=utf-8"
LANDING: Final = "index.html"
_FOLDERS: Final = 32
"""So many earlier releases' checksums are remembered."""
_COMPRESSED_UP_TO: Final = 16 * MIB
_KEPT: Final = 64 * MIB
_END: Final = re.compile(r"\.(?:nt|nq|trig)\Z")
"""The ends of the names of dumps that are compressed."""
_RANGE: Final = re.compile(r"([0-9]{1,18})-([0-9]{0,18})|-[0-9]{1,18}")


class FileRoute(Route):
    """Matches the names of the files that a service's release has now, and those of the releases
    before it that are kept beside it; and answers with them."""

    def __init__(self, service: Service) -> None:
        super().__init__("/{name:path}", self._respond, name="file")
        self._service = service
        self._compressed: OrderedDict[str, bytes] = OrderedDict()
        self._past = PastFolders()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        found = self._found(scope["path"][1:])
        if found is None:
            return Match.NONE, {}
        match, scope = super().matches(scope)
        return match, {**scope, "release_file": found}

    def _found(self, name: str) -> tuple[ReleaseFolder, str, str] | None:
        """The folder that has a file, the file's name in it, and the name that it is asked by."""
        folder: ReleaseFolder | None = self._service.folder
        if folder is not None and name.startswith(f"{RELEASES}/"):
            _, release, name = [*name.split("/", 2), ""][:3]
            folder, name = self._past.of(folder, release), name or LANDING
        if folder is None:
            return None
        if name in folder.sums or name in (CHECKSUMS, SIGNATURE):
            return folder, name, name
        packed = f"{name}.gz"
        return (folder, packed, name) if _END.search(name) and packed in folder.sums else None

    async def _respond(self, request: Request) -> Response:
        folder, name, asked = request.scope["release_file"]
        try:
            file = ReleaseFile(folder, name)
        except OSError as error:
            raise HTTPException(404, "this file is no longer there") from error
        file.headers["Link"] = ", ".join(links_of_release(self._service, request))
        if asked != name:
            return _decoded(request, file, folder, name)
        compressed = await self._gzipped(request, file)
        if compressed is not None:
            file.headers["ETag"] = f'{file.tag[:-1]}-gzip"'
            file.headers["Content-Encoding"] = "gzip"
            file.headers["Content-Length"] = str(len(compressed))
            del file.headers["Repr-Digest"]
        unchanged = not_modified(request, file.headers)
        if unchanged is not None:
            return unchanged
        return file if compressed is None else Response(compressed, headers=file.headers)

    async def _gzipped(self, request: Request, file: ReleaseFile) -> bytes | None:
        """A text file compressed, where the client takes that; made once, then remembered."""
        if file.path.suffix in _PACKED or file.size > _COMPRESSED_UP_TO:
            return None
        if "range" in request.headers:
            return None
        if "gzip" not in accepted_codings(header(request, "accept-encoding") or ""):
            return None
        made = self._compressed.get(file.tag)
        if made is None:
            content = await asyncio.to_thread(file.path.read_bytes)
            file.check()
            made = await gzipped(content)
            self._compressed[file.tag] = made
        self._compressed.move_to_end(file.tag)
        while sum(map(len, self._compressed.values())) > _KEPT:
            self._compressed.popitem(last=False)
        return made


def _decoded(request: Request, file: ReleaseFile, folder: ReleaseFolder, name: str) -> Response:
    """A compressed dump as what it holds; unpacked on the way for a client that takes no gzip."""
    file.headers["Content-Type"] = MEDIA_TYPES[Path(name.removesuffix(".gz")).suffix]
    packed = "gzip" in accepted_codings(header(request, "accept-encoding") or "")
    if packed:
        file.headers["Content-Encoding"] = "gzip"
    else:
        file.headers["ETag"] = f'{file.tag[:-1]}-identity"'
        for absolute in ("Repr-Digest", "Content-Length", "Accept-Ranges"):
            del file.headers[absolute]
    unchanged = not_modified(request, file.headers)
    if unchanged is not None:
        return unchanged
    return file if packed else StreamingResponse(_unpacked(folder, name), headers=file.headers)


def _unpacked(folder: ReleaseFolder, name: str) -> Iterator[bytes]:
    with open_dump(folder.path, name) as unpacked:
        while piece := unpacked.read(ReleaseFile.chunk_size):
            yield piece


class PastFolders:
    """The releases before the one that is served, as far as they are kept beside it."""

    def __init__(self) -> None:
        self._folders: OrderedDict[Path, ReleaseFolder] = OrderedDict()

    def of(self, folder: ReleaseFolder, name: str) -> ReleaseFolder | None:
        """The release of a name that the one served remembers; that one itself by its own name."""
        if name == folder.path.name:
            return folder
        path = folder.path.parent / name
        if not (folder.past and folder.past.follows(name) and path.is_dir()):
            return None
        if path not in self._folders:
            try:
                self._folders[path] = folder.sibling(path)
            except (OSError, ValueError):
                return None
            while len(self._folders) > _FOLDERS:
                self._folders.popitem(last=False)
        return self._folders[path]


class ReleaseFile(FileResponse):
    """A file of a release, whole or one range of it. Raises OSError where there is none; sending
    it raises Broken where it was changed meanwhile."""

    chunk_size = 1 << 18
    max_ranges = 1  # Of several, a client gets the whole.

    def __init__(self, folder: ReleaseFolder, name: str) -> None:
        self.path: Path = folder.path / name
        self._found = os.stat(self.path, follow_symlinks=False)
        if not stat.S_ISREG(self._found.st_mode):
            raise FileNotFoundError(self.path)
        self.size, modified = self._found.st_size, self._found.st_mtime_ns
        # The checksums tell of a file that is as old as they are, not of one changed since.
        sha256 = folder.sums.get(name) if modified <= folder.sealed else None
        self.tag = f'"{sha256 or f"{self.size:x}-{modified:x}"}"'
        headers = {
            "Content-Type": MEDIA_TYPES.get(self.path.suffix, _OTHER),
            "ETag": self.tag,
            "Cache-Control": FOREVER if name.startswith(f"{PAGES}/") else CACHE,
            "Vary": "Accept-Encoding",
        }
        if sha256:
            digest = base64.b64encode(bytes.fromhex(sha256)).decode()
            headers["Repr-Digest"] = f"sha-256=:{digest}:"
        super().__init__(self.path, headers=headers, stat_result=self._found)

    def check(self) -> None:
        """Raise Broken where the file is no longer the one that was found. Of one that is gone,
        what was opened is still there."""
        try:
            now = os.stat(self.path, follow_symlinks=False)
        except OSError:
            return
        if _version(now) != _version(self._found):
            raise Broken("the file was changed while it was read")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def checked(message: Message) -> None:
            if message.get("body"):
                self.check()
            await send(message)

        if not _wants_a_range(scope):
            headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
            scope = {**scope, "headers": headers}
        await super().__call__(scope, receive, checked)


def _version(found: os.stat_result) -> tuple[int, ...]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _wants_a_range(scope: Scope) -> bool:
    """Whether a request is for one range of bytes. What is malformed or in another unit is passed
    over (RFC 9110, section 14.2), where Starlette would refuse it."""
    unit, _, spec = Headers(scope=scope).get("range", "").partition("=")
    first, _, last = (part.strip() for part in spec.partition("-"))
    found = _RANGE.fullmatch(f"{first}-{last}")
    ordered = found and (not found[1] or not found[2] or int(found[1]) <= int(found[2]))
    return scope["method"] == "GET" and unit.strip().lower() == "bytes" and bool(ordered)


def asset_routes(installed: Assets | None = None) -> list[Route]:
    """Styles, scripts and outlines at /static/{name}, of this installation or another."""
    files = installed or assets()

    async def respond(request: Request) -> Response:
        asset = files.served.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404, "there is no such file")
        headers = {
            "Content-Type": asset.media_type,
            "Cache-Control": asset.caching,
            "Vary": "Accept-Encoding",
        }
        taken = accepted_codings(header(request, "accept-encoding") or "")
        coding = next((c for c in CODINGS if c in asset.coded and c in taken), None)
        if coding is None:
            return Response(asset.body, headers=headers)
        return Response(asset.coded[coding], headers=headers | {"Content-Encoding": coding})

    return [Route(f"{PREFIX}{{name}}", respond, name="static")]
