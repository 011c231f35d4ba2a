"""Styles, scripts and outlines: /static/{name}, under names that change with the content.

Two folders. `static` is made from npm packages at set-up (frontend/build.mjs says what is in it)
and may be missing: a page must work without what is there. `style` holds files of our own that
need no building and are always there.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

PREFIX: Final = "/static/"
BUILT: Final = Path(__file__).parent / "static"
OWN: Final = Path(__file__).parent / "style"
_MANIFEST: Final = "manifest.json"
_LICENSES: Final = "LICENSES.txt"

CODINGS: Final = {"br": ".br", "gzip": ".gz"}
"""Best first: what was compressed beforehand, and the end of its name."""

_TEXT: Final = {"text/css", "text/plain", "text/javascript"}
FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served. `coded` has its compressed forms by content coding."""

    media_type: str
    body: bytes
    coded: Mapping[str, bytes] = field(default_factory=dict)
    caching: str = FOREVER


class Assets:
    """The files of the two folders, read once: `served` by served name, `names` from the name in
    the source to the served name."""

    def __init__(self, built: Path = BUILT, own: Path = OWN) -> None:
        self.names: dict[str, str] = {}
        self.served: dict[str, Asset] = {}
        for path in sorted(own.glob("*")):
            if path.suffix in (".css", ".js", ".svg"):
                self._add_own(path)
        if (built / _MANIFEST).is_file():
            self._add_built(built)

    def _add_own(self, path: Path) -> None:
        body = path.read_bytes()
        name = f"{path.stem}-{hashlib.sha256(body).hexdigest()[:8]}{path.suffix}"
        coded = {"gzip": gzip.compress(body, mtime=0)}
        self.names[path.name] = name
        self.served[name] = Asset(_media_type(path), body, coded)

    def _add_built(self, built: Path) -> None:
        manifest: dict[str, str] = json.loads((built / _MANIFEST).read_bytes())
        self.names |= manifest
        for path in sorted(built.iterdir()):
            if path.name == _LICENSES:
                self.served[path.name] = Asset(_media_type(path), path.read_bytes(), {}, "no-cache")
            elif path.name != _MANIFEST and path.suffix not in CODINGS.values():
                self.served[path.name] = Asset(
                    _media_type(path), path.read_bytes(), dict(_coded(path))
                )

    def url(self, name: str) -> str:
        """The path under which a file is served; "" where it was not built."""
        served = self.names.get(name)
        return PREFIX + served if served else ""

    def body(self, name: str) -> bytes | None:
        """The content of a file; None where it was not built."""
        served = self.names.get(name)
        return self.served[served].body if served else None


def _media_type(path: Path) -> str:
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type in _TEXT else media_type


def _coded(path: Path) -> Iterable[tuple[str, bytes]]:
    for coding, suffix in CODINGS.items():
        other = path.with_name(path.name + suffix)
        if other.is_file():
            yield coding, other.read_bytes()


@lru_cache(maxsize=1)
def assets() -> Assets:
    """The files of this installation."""
    return Assets()


def asset(name: str) -> str:
    """For templates: the path under which a file is served; "" where it was not built."""
    return assets().url(name)
