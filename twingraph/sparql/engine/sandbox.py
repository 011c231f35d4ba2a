"""A process with no way out: no file, no network, bounded memory, gone when its parent is."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from typing import Final, NoReturn

_PR_SET_PDEATHSIG: Final = 1
_STACK: Final = 8 << 20
CONNECTION: Final = 3
"""The only descriptor of a confined process beside the three standard ones."""


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies (Linux, prctl(2))."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def confine(descriptor: int, memory: int) -> None:
    """Shut this process in, with one open socket, moved to descriptor 3.

    Descriptors 0 to 3 are taken and RLIMIT_NOFILE is 4, so that nothing can be opened any more,
    neither a file nor a socket: the engine's SERVICE and LOAD fail whatever they ask for. `memory`
    is what may be mapped beyond what is now (RLIMIT_AS); an allocation past it fails.
    """
    die_with_parent()
    mapped = _mapped()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
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


def in_arena_of_its_own(work: Callable[[], NoReturn]) -> NoReturn:
    """Do the work of a process that was just forked, in a thread.

    glibc gives a new thread an arena of its own. In the main one, each allocation would go through
    what loading the store left behind, and copy the pages that it writes to.
    """
    threading.stack_size(_STACK)
    threading.Thread(target=work).start()
    while True:
        signal.pause()


def lower_priority(pid: int, idle: bool) -> None:
    """Let a process run after others: nice 10, or only when nothing else wants to (SCHED_IDLE).

    Linux keeps both by thread.
    """
    for thread in map(int, os.listdir(f"/proc/{pid}/task")):
        if idle:
            os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
        else:
            os.setpriority(os.PRIO_PROCESS, thread, 10)


def processor_time(pid: int) -> float:
    """Seconds of processor time a process has used. Raises OSError where it is gone.

    The clock id is the kernel's for a process (clock_getcpuclockid(3)): the complement of its id,
    shifted, with the bit for "all its threads"."""
    return time.clock_gettime((~pid << 3) | 2)


def copied_memory() -> int:
    """Bytes of memory this process has made its own since it was forked, at most: each page that
    stops being shared, or is new, is one minor fault."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * resource.getpagesize()
