"""A job in a forked child beside this process, which shares what is in memory already."""

from __future__ import annotations

import errno
import gc
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any


@contextmanager
def without_collector() -> Iterator[None]:
    """Next to nothing that a build makes is in circles: it goes when it is used no more. And what
    lives as long as the build is not looked through time and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def cores() -> int:
    """How many processes can run at a time; 1 where there is no fork."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Job:
    """A job: `result` is what it gave back, once it has ended."""

    result: Any = None


@contextmanager
def beside(name: str, work: Callable[[], object]) -> Iterator[Job]:
    """Do `work` in a forked child while the block runs; both have ended when this returns.

    What `work` returns, and can be pickled, is the job's result. An error of the child is raised
    here, with its traceback as a note; that it was killed is an OSError with the `name`. An error
    of the block ends the child, and however this process ends, the child ends with it.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(work, sender), daemon=True)
    child.start()
    sender.close()
    job = Job()
    try:
        yield job
        error, job.result = _ending(receiver)
        child.join()
        if error is None and child.exitcode:
            why = f"its process ended with {child.exitcode} (is there enough memory?)"
            error = OSError(errno.EIO, why, name)
        if error is not None:
            raise error
    finally:
        child.kill()
        child.join()
        receiver.close()


def _ending(receiver: Connection) -> tuple[BaseException | None, Any]:
    """The error that the child ended with, and its result; neither where it could send nothing."""
    try:
        ending: tuple[BaseException | None, Any] = receiver.recv()
    except EOFError:
        return None, None
    return ending


def _child(work: Callable[[], object], sender: Connection) -> None:
    # An interrupt is for the process that began this one, which then ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # What is shared stays shared: the collector need not touch it.
    gc.freeze()
    try:
        with without_collector():
            sender.send((None, work()))
    except BaseException as error:
        error.add_note("".join(traceback.format_exception(error)))
        try:
            sender.send((error, None))
        except Exception:
            sender.send((RuntimeError("".join(traceback.format_exception(error))), None))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
