"""Staging → one move: a release appears whole, or not at all.

    releases/{version}-{hash}/    every release, never changed once it stands here
    public -> releases/…          the current one, a symbolic link
    .staging-…/                   a release being written; what a killed run left is swept away

The link is replaced by one rename(2), so a reader sees the old release or the new one, and a run
that is killed, or finds the disk full, leaves the old one as it was. Whatever is pointed to is on
the disk before the link is moved, so a power cut leaves one of the two as well.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from twingraph.errors import UsageError

CHECKSUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"
"""A signature over the checksums, where there is one (`signing`): it is not summed itself."""
RELEASES = "releases"
_NOT_SUMMED = (CHECKSUMS, SIGNATURE)
_STAGING = ".staging-"
_FOLDER, _FILE = 0o755, 0o644
_PATIENCE = 20
"""So many tenths of a second."""
_AT_ONCE = 1 << 20
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


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
        _make(place)
        with _locked(place):
            for left in place.glob(f"{_STAGING}*"):
                _sweep(left)
            folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=place))
            try:
                yield folder
            finally:
                _sweep(folder)
    except OSError as error:
        at, why = error.filename or place, _reason(error)
        raise UsageError(f"{at} cannot be written: {why}; {out} is as it was") from error


def _reason(error: OSError) -> str:
    """Why it failed. A copy of a folder fails with a list of all the copies that did."""
    first = error.args[0][0][2] if isinstance(error, shutil.Error) else error
    return str(getattr(first, "strerror", None) or first)


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    folder = os.open(place, os.O_RDONLY)
    try:
        _lock(folder)
        yield
    except BlockingIOError as error:
        raise UsageError(f"another run is publishing in {place}: wait for it") from error
    finally:
        os.close(folder)


def _lock(folder: int) -> None:
    """Lock an open folder. Processes that a killed run began hold its lock until they are gone."""
    for _ in range(_PATIENCE):
        with suppress(BlockingIOError):
            return fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(0.1)
    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(left: Path) -> None:
    if left.is_symlink():
        left.unlink()
    else:
        shutil.rmtree(left, ignore_errors=True)


def publish(folder: Path, out: Path, name: str) -> Path:
    """Keep a staged and sealed folder under releases/ by its name, and point `out` to it.

    Returns the folder it is kept in. A release that is kept already is not written again; if a
    file of it was lost or changed meanwhile, the staged folder takes its place.
    """
    kept = out.absolute().parent / RELEASES / name
    if not _is_kept(folder, kept):
        _make(kept.parent)
        if kept.exists():
            kept.rename(kept.parent.parent / f"{_STAGING}broken-{os.getpid()}")
        _make_readable(folder)
        _sync(folder)
        folder.rename(kept)
        _sync_one(kept.parent)
    else:
        if (folder / SIGNATURE).exists():
            (folder / SIGNATURE).replace(kept / SIGNATURE)
        _make_readable(kept)
    if not (out.is_symlink() and out.resolve() == kept.resolve()):
        _point(out, kept)
    return kept


def _make_readable(folder: Path) -> None:
    """Everybody may read a release, and none but its owner write, whatever the umask was."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(_FOLDER if path.is_dir() else _FILE)


def _is_kept(folder: Path, kept: Path) -> bool:
    if not kept.exists():
        return False
    same = (kept / CHECKSUMS).is_file() and _sums(kept) == _sums(folder)
    return same and next(checksums(kept), None) is None


def _sums(folder: Path) -> bytes:
    return (folder / CHECKSUMS).read_bytes()


def sums(folder: Path, known: bytes = b"") -> bytes:
    """The lines of SHA256SUMS over every file that is now in a folder, in the files' order.

    `known` are lines of files that have not changed since: they are not read again.
    """
    matches = (_LINE.fullmatch(line) for line in known.decode().splitlines())
    by_name = {match[2]: match[1] for match in matches if match}
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in _NOT_SUMMED)
    names = [path.relative_to(folder).as_posix() for path in files]
    lines = [
        f"{by_name.get(name) or sha256(path)}  {name}\n"
        for path, name in zip(files, names, strict=True)
    ]
    return "".join(lines).encode()


def seal(folder: Path, known: bytes = b"") -> bytes:
    """Write SHA256SUMS (as `sha256sum -c` reads it) over every file of a folder; `known` as in
    `sums`."""
    lines = sums(folder, known)
    (folder / CHECKSUMS).write_bytes(lines)
    return lines


def checksums(folder: Path) -> Iterator[str]:
    """What is wrong with the files of a release, by its SHA256SUMS: nothing where it is whole."""
    try:
        lines = _sums(folder).decode().splitlines()
    except FileNotFoundError:
        yield f"{CHECKSUMS}: is missing"
        return
    except (OSError, UnicodeDecodeError) as error:
        yield f"{CHECKSUMS}: cannot be read ({getattr(error, 'strerror', None) or error})"
        return
    named: set[str] = set()
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match is None or not _is_inside(match[2]):
            yield f"{CHECKSUMS}:{number}: is no checksum and name of a file"
        elif match[2] in named:
            yield f"{CHECKSUMS}:{number}: names {match[2]} a second time"
        else:
            named.add(match[2])
            yield from _file_faults(folder, match[2], match[1])
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder).as_posix()
        if (path.is_symlink() or not path.is_dir()) and file not in {*named, *_NOT_SUMMED}:
            yield f"{file}: is not in {CHECKSUMS}"


def _is_inside(file: str) -> bool:
    return not file.startswith("/") and ".." not in file.split("/")


def _file_faults(folder: Path, file: str, expected: str) -> Iterator[str]:
    path = folder / file
    try:
        if path.is_symlink() or not path.is_file():
            yield f"{file}: is no file" if os.path.lexists(path) else f"{file}: is missing"
        elif (found := sha256(path)) != expected:
            yield f"{file}: has the checksum {found[:12]}…, not {expected[:12]}…"
    except OSError as error:
        yield f"{file}: cannot be read ({error.strerror})"


def sha256(path: Path) -> str:
    """A file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha512(path: Path) -> str:
    """A file's SHA-512, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def sha256_and_sha512(path: Path) -> tuple[str, str]:
    """A file's SHA-256 and SHA-512, in hexadecimal, of one reading."""
    sha256, sha512 = hashlib.sha256(), hashlib.sha512()
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            sha256.update(piece)
            sha512.update(piece)
    return sha256.hexdigest(), sha512.hexdigest()


def _point(out: Path, kept: Path) -> None:
    link = out.absolute().parent / f"{_STAGING}link-{os.getpid()}"
    link.symlink_to(os.path.relpath(kept, link.parent))
    link.replace(out)
    _sync_one(out.absolute().parent)


def _make(folder: Path) -> None:
    """Make a folder and those above it, each on the disk before the next."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(_FOLDER)
        _sync_one(folder.parent)


def _sync(folder: Path) -> None:
    """Bring all that a folder holds, and the folder, to the disk."""
    for item in (*folder.rglob("*"), folder):
        _sync_one(item)


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
