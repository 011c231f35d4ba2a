"""A process with no way out: no file, no network, bounded memory, gone when its parent is."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import time
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_MADV_COLLAPSE: Final = 25
_LARGE_PAGE: Final = 1 << 21
CONNECTION: Final = 3
"""The only descriptor of a confined process beside the three standard ones."""


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies (Linux, prctl(2))."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def confine(descriptor: int, memory: int) -> None:
    """Shut this process in, with one open socket, moved to descriptor 3.

    Descriptors 0 to 3 are taken and RLIMIT_NOFILE is 4, so that nothing can be opened any more,
    neither a file nor a socket: the engine's SERVICE and LOAD fail whatever they ask for. What it
    says on standard error goes nowhere: the last words of an engine may repeat the query, which is
    for nobody's log. `memory` is what may be mapped beyond what is now (RLIMIT_AS); an allocation
    past it fails.
    """
    die_with_parent()
    mapped = _mapped()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    # The target of a dup2 stays as it is where both are the same.
    os.dup2(descriptor, CONNECTION)
    os.closerange(CONNECTION + 1, 1 << 20)
    _bound(resource.RLIMIT_NOFILE, CONNECTION + 1)
    _bound(resource.RLIMIT_AS, mapped + memory)
    _bound(resource.RLIMIT_CORE, 0)


def _mapped() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def _bound(what: int, value: int) -> None:
    resource.setrlimit(what, (value, value))


def lower_priority(pid: int) -> None:
    """Let a process of one thread run only when nothing else wants to (SCHED_IDLE). Raises OSError
    where it is gone."""
    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


def processor_time(pid: int) -> float:
    """Seconds of processor time a process has used. Raises OSError where it is gone.

    The clock id is the kernel's for a process (clock_getcpuclockid(3)): the complement of its id,
    shifted, with the bit for "all its threads"."""
    return time.clock_gettime((~pid << 3) | 2)


def gather_in_large_pages() -> None:
    """Ask the kernel to put this process's memory into large pages where it has not
    (madvise(2), MADV_COLLAPSE of Linux 6.1; elsewhere nothing happens).

    What was written while others shared it lies in small ones, and a fork then takes ten times as
    long.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/maps", encoding="utf-8") as maps:
        found = [line.split() for line in maps]
    for area in found:
        start, end = (int(side, 16) for side in area[0].split("-"))
        if area[1] == "rw-p" and area[4] == "0" and end - start >= _LARGE_PAGE:
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE)


def resident_memory() -> int:
    """Bytes of memory of this process at its most, shared or not."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def copied_memory() -> int:
    """Bytes of memory this process has made its own since it was forked, at most: each page that
    stops being shared, or is new, is one minor fault."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * resource.getpagesize()
