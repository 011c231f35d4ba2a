"""How much memory processes have."""

from __future__ import annotations

import os
import re
import threading
import time
from pathlib import Path
from typing import Final

_EVERY_SECONDS: Final = 0.2


class Peak:
    """The most MiB that this process and those it began have at a time, looked at some times a
    second; what they share is counted once (PSS)."""

    def __init__(self) -> None:
        self.mebibytes = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        pause = _EVERY_SECONDS
        while not self._over.wait(pause):
            begun = time.thread_time()
            self.mebibytes = max(self.mebibytes, _shared_once(os.getpid()) / 1024)
            # To look at much memory takes its time: no more than a hundredth of all.
            pause = max(_EVERY_SECONDS, 100 * (time.thread_time() - begun))


def resident(which: str) -> float:
    """MiB of this process: VmRSS, or the peak VmHWM."""
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"{which}:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def _shared_once(process: int) -> int:
    """KiB of a process and all below it; of one that has just ended, nothing."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return 0
    own = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return own + sum(_shared_once(int(child)) for child in below)
