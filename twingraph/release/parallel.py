"""Jobs done side by side, in processes that share what is in memory already."""

from __future__ import annotations

import errno
import gc
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, NamedTuple

Begun = Callable[[str], object]
"""Told the name of a job as it begins."""


class Job(NamedTuple):
    """What is to be done, and the name it is told by."""

    name: str
    work: Callable[[], Any]


def cores() -> int:
    """How many processes can run at a time; 1 where there is no fork."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(jobs: Sequence[Job], workers: int, begun: Begun = lambda _: None) -> dict[str, Any]:
    """Do jobs in forked processes, at most so many at a time; with one worker, do them here.

    Returns what each came to, by its name.

    `begun` is told the name of each job as it begins. The first error that a job ends with is
    raised here, with the job's own traceback as a note; the other jobs are ended. A job that was
    killed is an OSError. However this process ends, its jobs end with it.
    """
    if workers < 2:
        return {job.name: _done(job, begun) for job in jobs}
    came_to: dict[str, Any] = {}
    running: dict[Connection, ForkProcess] = {}
    names: dict[Connection, str] = {}
    waiting = list(reversed(jobs))
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                job = waiting.pop()
                begun(job.name)
                told, process = _begin(job)
                running[told], names[told] = process, job.name
            ready = wait(list(running))
            for told in [told for told in running if told in ready]:
                came_to[names[told]] = _end(told, running.pop(told), names[told])
    finally:
        for process in running.values():
            process.kill()
        for told, process in running.items():
            process.join()
            told.close()
    return came_to


def _done(job: Job, begun: Begun) -> Any:
    begun(job.name)
    return job.work()


def _begin(job: Job) -> tuple[Connection, ForkProcess]:
    context = multiprocessing.get_context("fork")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(job, tell), daemon=True)
    process.start()
    tell.close()
    return told, process


def _end(told: Connection, process: ForkProcess, name: str) -> Any:
    """What a job came to. Raises its error."""
    result: Any = None
    error: BaseException | None
    try:
        result, error = told.recv()
    except EOFError:
        process.join()
        why = f"its process ended with {process.exitcode} (is there enough memory?)"
        error = OSError(errno.EIO, why, name)
    finally:
        told.close()
    process.join()
    if error is not None:
        raise error
    return result


def _child(job: Job, tell: Connection) -> None:
    """Do a job, and say how it ended: with a result, or with an error."""
    # An interrupt is for the process that began this one, which then ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_with_parent, daemon=True).start()
    # What is shared stays shared: the collector need not touch it.
    gc.freeze()
    # Nor what a job makes: next to nothing of it is in circles, so it goes when it is used no more.
    gc.disable()
    try:
        tell.send((job.work(), None))
    except BaseException as error:
        error.add_note("".join(traceback.format_exception(error)))
        try:
            tell.send((None, error))
        except Exception:
            tell.send((None, RuntimeError("".join(traceback.format_exception(error)))))


def _with_parent() -> None:
    """End this process as soon as the one that began it has ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
