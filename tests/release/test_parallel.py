"""A job in a process of its own: done, errors as they were, and nothing left behind."""

from __future__ import annotations

import errno
import gzip
import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bench import synthetic
from tests.conftest import ROOT
from tests.release.writing import write_one
from twingraph.errors import CheckFailed, UsageError
from twingraph.rdf import chunks as stream
from twingraph.release import exports
from twingraph.release.content import Content
from twingraph.release.dumps import dumps
from twingraph.release.exporter import RecordExporter, export
from twingraph.release.parallel import beside, cores
from twingraph.release.publish import staging
from twingraph.release.void import Statistics, statistics

LONG = 120.0


@pytest.fixture(autouse=True)
def _nothing_is_left() -> object:
    yield
    assert multiprocessing.active_children() == []


def test_the_job_is_done_in_another_process_before_the_block_is_over(tmp_path: Path) -> None:
    file = tmp_path / "done"
    with beside("job", lambda: file.write_text(str(os.getpid()))):
        pass
    assert file.read_text() not in ("", str(os.getpid()))


def _full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/twingraph.ttl")


def test_what_the_job_gives_back_is_its_result() -> None:
    with beside("job", lambda: {"pid": os.getpid()}) as job:
        pass
    assert job.result.keys() == {"pid"} and job.result["pid"] != os.getpid()


def test_an_error_is_raised_as_it_was() -> None:
    with pytest.raises(OSError) as caught, beside("full", _full):
        pass
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, "/somewhere/twingraph.ttl")
    assert "in _full" in "".join(caught.value.__notes__)


def test_an_error_here_ends_the_job() -> None:
    began = time.monotonic()
    with pytest.raises(OSError), beside("long", partial(time.sleep, LONG)):
        _full()
    assert time.monotonic() - began < LONG


def test_an_error_that_cannot_be_sent_is_told_in_words() -> None:
    class Local(Exception):
        pass

    def fail() -> None:
        raise Local("only known here")

    with pytest.raises(RuntimeError, match="only known here"), beside("local", fail):
        pass


def test_a_killed_job_is_an_error_that_names_it() -> None:
    def killed() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with (
        pytest.raises(OSError, match="ended with -9.*'twingraph.nq.gz'"),
        beside("twingraph.nq.gz", killed),
    ):
        pass


ORPHAN = """
import os, sys, time
from pathlib import Path
from twingraph.release.parallel import beside
def work():
    Path(sys.argv[1]).write_text(str(os.getpid()))
    time.sleep(120)
with beside("job", work):
    time.sleep(120)
"""


def _soon(what: Callable[[], bool]) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.05)
    return False


def _alive(process: int) -> bool:
    """A zombie, which whoever adopted it has not yet waited for, has ended too."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
def test_the_job_ends_with_the_process_that_began_it(tmp_path: Path) -> None:
    told = tmp_path / "job"
    with subprocess.Popen([sys.executable, "-c", ORPHAN, str(told)], cwd=ROOT) as parent:
        assert _soon(lambda: told.exists() and bool(told.read_text()))
        parent.kill()
    assert _soon(lambda: not _alive(int(told.read_text())))


def test_a_large_view_is_written_side_by_side_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = Content(synthetic.view(300))
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    counted, counted_apart = Statistics(), Statistics()
    with exports.written_exports(one, content, observer=counted.add_all) as files:
        assert counted.subjects
    monkeypatch.setattr(exports, "_SMALL", 1)
    monkeypatch.setattr(exports, "cores", lambda: 3)
    with exports.written_exports(other, content, observer=counted_apart.add_all) as files_apart:
        assert counted_apart.subjects == counted.subjects
        assert counted_apart.properties == counted.properties
    assert [file.name for file in files] == [one.name for one in exports.exports()]
    assert files_apart == files
    for file in files:
        data = (one / file.name).read_bytes()
        assert data == (other / file.name).read_bytes(), file.name
        assert file.size == len(data)
        assert file.sha256 == hashlib.sha256(data).hexdigest()
        assert file.sha512 == hashlib.sha512(data).hexdigest()


def test_an_error_while_files_are_written_beside_ends_their_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_SMALL", 1)
    monkeypatch.setattr(exports, "cores", lambda: 2)
    content = Content(synthetic.view(10))
    with pytest.raises(CheckFailed), exports.written_exports(tmp_path, content):
        raise CheckFailed([])


def test_one_walk_writes_what_each_dump_is_on_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = Content(synthetic.view(100))
    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    for dump in dumps():
        write_one(dump.name, alone, content)
    # So few at a time that documents and the signatures nested in them come apart.
    monkeypatch.setattr(stream, "_PIECES_AT_ONCE", 3)
    counted = Statistics()
    export(together, content, dumps(), counted.add_all)
    for dump in dumps():
        assert _unpacked(alone / dump.name) == _unpacked(together / dump.name), dump.name
    expected = statistics(content.default())
    assert counted.entities == expected.entities and counted.examples == expected.examples
    assert counted.properties == expected.properties and counted.subjects == expected.subjects


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_a_failure_beside_publishes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_SMALL", 1)
    monkeypatch.setattr(exports, "cores", lambda: 2)
    broken = RecordExporter("broken.csv", "", "text/csv", lambda *_: _full())
    monkeypatch.setattr(exports, "dumps", lambda: (broken,))
    out = tmp_path / "public"
    with (
        pytest.raises(UsageError, match="cannot be written: No space left"),
        staging(out) as folder,
        exports.written_exports(folder, Content(synthetic.view(10))),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_there_is_at_least_one_core() -> None:
    assert cores() >= 1
