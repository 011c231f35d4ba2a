"""Staging → one move: a release appears whole, or not at all.

    releases/{version}-{hash}/    every release, never changed once it stands here
    public -> releases/…          the current one, a symbolic link
    .staging-…/                   a release being written; what a killed run left is swept away

The link is replaced by one rename(2), so a reader sees the old release or the new one, and a run
that is killed, or finds the disk full, leaves the old one as it was.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twingraph.errors import UsageError

CHECKSUMS = "SHA256SUMS"
_STAGING = ".staging-"
_CHUNK = 1 << 20


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A folder to write a release into, beside `out`. It is swept away when the block ends.

    Raises UsageError where `out` is something else than a release link, where nothing can be
    written beside it, and where another run is publishing there.
    """
    if out.exists() and not out.is_symlink():
        raise UsageError(f"{out} is no release of ours (not a link): name another --out")
    place = out.absolute().parent
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _locked(place):
            for left in place.glob(f"{_STAGING}*"):
                shutil.rmtree(left, ignore_errors=True)
            folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=place))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        at = error.filename or place
        raise UsageError(f"{at} cannot be written: {error.strerror}; {out} is as it was") from error


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    folder = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise UsageError(f"another run is publishing in {place}: wait for it") from error
    finally:
        os.close(folder)


def publish(folder: Path, out: Path, version: str) -> Path:
    """Seal a staged folder with its checksums, keep it under releases/, and point `out` to it.

    Returns the folder it is kept in. The same content is the same release: nothing is moved.
    """
    sums = seal(folder)
    kept = out.absolute().parent / "releases" / f"{version}-{hashlib.sha256(sums).hexdigest()[:12]}"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        folder.chmod(0o755)
        _sync(folder)
        folder.rename(kept)
        _sync(kept.parent)
    if not (out.is_symlink() and out.resolve() == kept):
        _point(out, kept)
    return kept


def seal(folder: Path) -> bytes:
    """Write SHA256SUMS (as `sha256sum -c` reads it) over every file of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    sums = "".join(lines).encode()
    (folder / CHECKSUMS).write_bytes(sums)
    return sums


def sha256(path: Path) -> str:
    """A file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _point(out: Path, kept: Path) -> None:
    link = out.absolute().parent / f"{_STAGING}link-{os.getpid()}"
    link.symlink_to(os.path.relpath(kept, link.parent))
    link.replace(out)
    _sync(out.absolute().parent)


def _sync(path: Path) -> None:
    """Bring a folder, and the files in it, to the disk before anything points to them."""
    for item in (*path.iterdir(), path) if path.is_dir() else (path,):
        if item.is_dir() and item != path:
            continue
        descriptor = os.open(item, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
