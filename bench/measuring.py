"""What a side took, in the process that measures it: seconds of the processor, and memory."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Final, NamedTuple

from bench.memory import resident

ROOT: Final = Path(__file__).parent.parent
"""The checkout."""


class Taken(NamedTuple):
    """What a side took: seconds of the processor, those of the busiest process, MiB, and how much
    there was: results of a check, statements, bytes."""

    seconds: float
    longest: float
    mebibytes: float
    number: int


Side = Callable[[int, Path], Taken]
"""Measures so many partnerships; what it writes goes into the folder."""


def timed(work: Callable[[], int]) -> Taken:
    """What some work took, which says how much it made."""
    before, begun = settled(), time.process_time()
    number = work()
    seconds = time.process_time() - begun
    return Taken(seconds, seconds, peak() - before, number)


def settled() -> float:
    """What was made before is not collected meanwhile; the MiB that it takes."""
    gc.collect()
    gc.freeze()
    # From here on the peak is that of what is measured; before Linux 4.0 it is not.
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return resident("VmRSS")


def peak() -> float:
    """The most MiB that this process had."""
    return resident("VmHWM")


def children() -> float:
    """Seconds of the processor in processes that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
