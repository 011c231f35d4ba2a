"""Jobs in processes of their own: all done, errors as they were, and none left behind."""

from __future__ import annotations

import errno
import gzip
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
from twingraph.errors import UsageError
from twingraph.rdf import chunks as stream
from twingraph.release import exports
from twingraph.release.dumps import DUMPS, Content, Dump
from twingraph.release.export_run import write_dumps
from twingraph.release.parallel import Job, cores, run
from twingraph.release.publish import staging
from twingraph.release.void import statistics

LONG = 120.0


def touching(folder: Path, count: int) -> list[Job]:
    return [
        Job(str(n), partial((folder / str(n)).write_text, str(os.getpid()))) for n in range(count)
    ]


@pytest.fixture(autouse=True)
def _nothing_is_left() -> object:
    yield
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_job_is_done_and_told(workers: int, tmp_path: Path) -> None:
    begun: list[str] = []
    came_to = run(touching(tmp_path, 7), workers, begun.append)
    assert came_to == dict.fromkeys("0123456", len(str(os.getpid())))
    assert begun == sorted(path.name for path in tmp_path.iterdir()) == list("0123456")


def test_one_worker_is_this_process_and_more_are_others(tmp_path: Path) -> None:
    def tell(name: str) -> None:
        (tmp_path / name).write_text(str(os.getpid()))

    run([Job("here", partial(tell, "here"))], 1)
    run([Job("there", partial(tell, "there"))], 2)
    assert (tmp_path / "here").read_text() == str(os.getpid()) != (tmp_path / "there").read_text()


def _full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/twingraph.ttl")


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_is_raised_as_it_was_and_the_others_are_ended(workers: int) -> None:
    began = time.monotonic()
    jobs = [Job("full", _full), *[Job("long", partial(time.sleep, LONG))] * 3]
    with pytest.raises(OSError) as caught:
        run(jobs, workers)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, "/somewhere/twingraph.ttl")
    assert time.monotonic() - began < LONG
    if workers > 1:
        assert "in _full" in "".join(caught.value.__notes__)


def test_an_error_that_cannot_be_sent_is_told_in_words() -> None:
    class Local(Exception):
        pass

    def fail() -> None:
        raise Local("only known here")

    with pytest.raises(RuntimeError, match="only known here"):
        run([Job("local", fail)], 2)


def test_a_killed_job_is_an_error_that_names_it() -> None:
    def killed() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(OSError, match="ended with -9.*'twingraph.nq.gz'"):
        run([Job("twingraph.nq.gz", killed)], 2)


ORPHANS = """
import os, sys, time
from functools import partial
from pathlib import Path
from twingraph.release.parallel import Job, run
def work(path):
    Path(path).write_text(str(os.getpid()))
    time.sleep(120)
run([Job(p, partial(work, p)) for p in sys.argv[1:]], 2)
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
def test_jobs_end_with_the_process_that_began_them(tmp_path: Path) -> None:
    told = [tmp_path / "one", tmp_path / "other"]
    with subprocess.Popen([sys.executable, "-c", ORPHANS, *map(str, told)], cwd=ROOT) as parent:
        assert _soon(lambda: all(path.exists() and path.read_text() for path in told))
        parent.kill()
    jobs = [int(path.read_text()) for path in told]
    assert _soon(lambda: not any(map(_alive, jobs)))


def test_a_large_view_is_written_side_by_side_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = Content(synthetic.view(300))
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    exports.write_exports(one, content)
    monkeypatch.setattr(exports, "_SMALL", 1)
    monkeypatch.setattr(exports, "cores", lambda: 3)
    exports.write_exports(other, content)
    for export in exports.exports():
        assert (one / export.name).read_bytes() == (other / export.name).read_bytes(), export.name


def test_one_walk_writes_what_each_dump_is_on_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = Content(synthetic.view(100))
    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    for dump in DUMPS:
        dump.write_to(alone, content)
    # So few at a time that documents and the signatures nested in them come apart.
    monkeypatch.setattr(stream, "_PIECES_AT_ONCE", 3)
    counted = write_dumps(together, content, DUMPS)
    for dump in DUMPS:
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
    monkeypatch.setattr(exports, "DUMPS", ())
    broken = Dump("broken.ttl", "", "text/turtle", lambda *_: _full())
    monkeypatch.setattr(exports, "TABLES", (*exports.TABLES, broken))
    out = tmp_path / "public"
    with (
        pytest.raises(UsageError, match="cannot be written: No space left"),
        staging(out) as folder,
    ):
        exports.write_exports(folder, Content(synthetic.view(10)))
    assert list(tmp_path.iterdir()) == []


def test_there_is_at_least_one_core() -> None:
    assert cores() >= 1
