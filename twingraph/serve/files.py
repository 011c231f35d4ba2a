"""The files of the release that is served: dumps, catalogue, ontology, shapes, schema.

A file is known by its name in SHA256SUMS and by nothing else, so no request leaves the folder. Its
checksum is its entity tag. A download reads the one file it began with, whatever release is
published in the meantime; where that very file is changed the download is broken off.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Final

from isal import igzip

from twingraph.serve.app import Route
from twingraph.serve.assets import accepted_codings
from twingraph.serve.conditional import http_date, is_fresh, unchanged_since
from twingraph.serve.folder import CHECKSUMS, ReleaseFolder
from twingraph.serve.messages import Refused, Request, Response, require_method
from twingraph.serve.ranges import Unsatisfiable, wanted_range
from twingraph.serve.representations import CACHE, METHODS
from twingraph.serve.security import policy
from twingraph.serve.service import Service
from twingraph.sparql.limits import MIB
from twingraph.sparql.query_engine import Broken
from twingraph.web.languages import language_of

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
_CHUNK: Final = 1 << 18
_COMPRESSED_UP_TO: Final = 16 * MIB
_KEPT: Final = 64 * MIB
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Files:
    """The files of a service's release."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._compressed: OrderedDict[str, bytes] = OrderedDict()

    def routes(self) -> list[Route]:
        """A route for what the release has; all else is for the routes after it."""
        return [Route("file", "/.+", self.respond, self._has)]

    def landing(self) -> list[Route]:
        """The landing page of the release, for where there is no other."""
        return [Route("landing", "/data", self._landing), Route("landing", "/", self._landing)]

    def _has(self, path: str) -> bool:
        folder = self._service.folder
        return folder is not None and (path[1:] in folder.sums or path[1:] == CHECKSUMS)

    async def respond(self, request: Request) -> Response:
        """The response to a request for a file."""
        return await self._file(request, request.path[1:])

    async def _landing(self, request: Request) -> Response:
        language = language_of(request)
        for name in (f"index.{language}.html", "index.html"):
            if self._has(f"/{name}"):
                response = await self._file(request, name)
                response.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
                return response
        raise Refused(404, "the release that is served has no landing page")

    async def _file(self, request: Request, name: str) -> Response:
        require_method(request, METHODS)
        folder = self._service.folder
        if folder is None:
            raise Refused(404, "there are no files here")
        try:
            file = _Open(folder, name)
        except OSError as error:
            raise Refused(404, "this file is no longer there") from error
        try:
            return await self._answer(request, file, self._headers(request, file))
        finally:
            file.close_unless_sent()

    def _headers(self, request: Request, file: _Open) -> dict[str, str]:
        headers = {
            "Content-Type": MEDIA_TYPES.get(file.suffix, _OTHER),
            "ETag": file.tag,
            "Last-Modified": http_date(file.modified),
            "Accept-Ranges": "bytes",
            "Cache-Control": CACHE,
            "Vary": "Accept-Encoding",
            "Link": ", ".join(self._links(request)),
        }
        if file.sha256:
            digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
            headers["Repr-Digest"] = f"sha-256=:{digest}:"
        return headers

    def _links(self, request: Request) -> list[str]:
        links = [f'<{request.origin}/.well-known/void>; rel="describedby"; type="text/turtle"']
        if self._service.folder and self._service.folder.licence:
            links.append(f'<{self._service.folder.licence}>; rel="license"')
        return links

    async def _answer(self, request: Request, file: _Open, headers: dict[str, str]) -> Response:
        part = None
        condition = request.headers.get("if-range")
        if request.method == "GET" and (
            condition is None or unchanged_since(condition, file.tag, file.modified)
        ):
            try:
                part = wanted_range(request.headers.get("range"), file.size)
            except Unsatisfiable as error:
                unknown = {"Content-Range": f"bytes */{file.size}"}
                raise Refused(416, f"the file has {file.size} bytes", unknown) from error
        compressed = None if part else await self._gzipped(request, file)
        if compressed is not None:
            headers["ETag"] = f'{file.tag[:-1]}-gzip"'
            headers["Content-Encoding"] = "gzip"
            headers.pop("Repr-Digest", None)
        if is_fresh(request.headers, headers["ETag"], file.modified):
            kept = ("ETag", "Last-Modified", "Cache-Control", "Vary", "Link")
            return Response(304, {name: headers[name] for name in kept}, b"")
        if file.suffix == ".html":
            styles = _STYLE.findall((await file.read()).decode("utf-8", "replace"))
            headers["Content-Security-Policy"] = policy(styles)
        if compressed is not None:
            return Response(200, headers, compressed)
        status = 200
        if part:
            status = 206
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{file.size}"
        part = part or range(file.size)
        headers["Content-Length"] = str(len(part))
        if request.method == "HEAD":
            return Response(status, headers, b"")
        return Response(status, headers, file.sent(part))

    async def _gzipped(self, request: Request, file: _Open) -> bytes | None:
        """A text file compressed, where the client takes that; made once, then remembered."""
        if file.suffix in _PACKED or file.size > _COMPRESSED_UP_TO or "range" in request.headers:
            return None
        if "gzip" not in accepted_codings(request.headers.get("accept-encoding", "")):
            return None
        made = self._compressed.get(file.tag)
        if made is None:
            made = await asyncio.to_thread(igzip.compress, await file.read(), 2, mtime=0)
            self._compressed[file.tag] = made
        self._compressed.move_to_end(file.tag)
        while sum(map(len, self._compressed.values())) > _KEPT:
            self._compressed.popitem(last=False)
        return made


class _Open:
    """A file, open: what is read of it is of one version. Raises OSError."""

    def __init__(self, folder: ReleaseFolder, name: str) -> None:
        self.suffix = PurePosixPath(name).suffix
        self._descriptor = os.open(folder.path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._sent = False
        self._version = self._stat()
        found = os.fstat(self._descriptor)
        self.size = found.st_size
        self.modified = datetime.fromtimestamp(found.st_mtime, UTC)
        # The checksums tell of a file that is as old as they are, not of one changed since.
        sealed = found.st_mtime_ns <= folder.sealed
        self.sha256 = folder.sums.get(name) if sealed else None
        self.tag = f'"{self.sha256 or f"{found.st_size:x}-{found.st_mtime_ns:x}"}"'

    def _stat(self) -> tuple[int, int]:
        found = os.fstat(self._descriptor)
        return found.st_size, found.st_mtime_ns

    async def read(self) -> bytes:
        """The whole file. Raises Broken where it is being changed."""
        return b"".join([chunk async for chunk in _chunks(self, range(self.size))])

    async def chunk(self, start: int, size: int) -> bytes:
        """Some bytes. Raises Broken where the file was changed."""
        found = await asyncio.to_thread(os.pread, self._descriptor, size, start)
        if not found or self._stat() != self._version:
            raise Broken("the file was changed while it was read")
        return found

    def sent(self, part: range) -> Sending:
        """A part of it as the body of a response, which closes the file at its end."""
        self._sent = True
        return Sending(self, part)

    def close_unless_sent(self) -> None:
        """Close the file, unless a response is made of it."""
        if not self._sent:
            self.close()

    def close(self) -> None:
        """Close the file; more than once does no harm."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


async def _chunks(file: _Open, part: range) -> AsyncGenerator[bytes, None]:
    start = part.start
    while start < part.stop:
        chunk = await file.chunk(start, min(_CHUNK, part.stop - start))
        start += len(chunk)
        yield chunk


class Sending:
    """The body of a response, read from a file that is closed with it, read or not."""

    def __init__(self, file: _Open, part: range) -> None:
        self._file = file
        self._chunks = _chunks(file, part)

    def __aiter__(self) -> Sending:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._chunks)

    async def aclose(self) -> None:
        """Close the file."""
        await self._chunks.aclose()
        self._file.close()
