"""A row of a benchmark: ours beside theirs, measured in the same run."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import NamedTuple


class Row(NamedTuple):
    """One comparison. `ours` and `theirs` are in `unit`; `ratio` is how the target counts."""

    name: str
    ours: float
    theirs: float | None
    ratio: float | None
    target: str
    met: bool
    unit: str = "s"


def seconds(work: Callable[[], object]) -> float:
    """The wall-clock seconds of one run. What was there before is not collected meanwhile: the
    other side's data would be walked at our expense."""
    gc.collect()
    gc.freeze()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def times_as_fast(name: str, ours: float, theirs: float, least: float) -> Row:
    """A row whose target is to be at least so many times as fast."""
    ratio = theirs / ours
    return Row(name, ours, theirs, ratio, f"≥ {least:g} ×", ratio >= least)


def at_most(name: str, ours: float, most: float, unit: str = "s") -> Row:
    """A row whose target is a bound of its own."""
    return Row(name, ours, None, None, f"≤ {most:g} {unit}", ours <= most, unit)
