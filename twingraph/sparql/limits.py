"""What a stranger's query may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MIB: Final = 1 << 20

Priority = Literal["normal", "idle"]
"""Idle: uses only processor time that nobody else wants."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A class of queries by cost, with a number of workers to itself.

    A query enters the first lane. One that has used `slice` seconds of processor time there is
    moved to the next; where no place is free its worker is killed and the query waits, to be
    started anew. So what is cheap never waits for what is costly.
    """

    name: str
    places: int
    queue: int
    slice: float | None
    priority: Priority


LANES: Final = (
    Lane("quick", places=2, queue=256, slice=0.01, priority="normal"),
    Lane("steady", places=1, queue=128, slice=2.0, priority="idle"),
    Lane("slow", places=2, queue=128, slice=None, priority="idle"),
)
"""For two cores. What is beyond the first lane is idle, not merely behind: beside two processes of
nice 10 one look-up in a hundred took 50 to 300 ms on Linux 6.18, beside two idle ones 11 to 14."""


@dataclass(frozen=True, slots=True)
class Limits:
    """All bounds on queries; sizes are bytes.

    The memory of the service stays under the store's own, once, and for each of `processes` at
    most the store's once more (pages stop being shared when they are read) and `memory`.
    """

    seconds: float = 30.0
    """From a query's arrival to the end of its answer, all waiting included."""
    budget: float = 30.0
    """Seconds of processing beyond the first lane that one client may use in a minute, while others
    wait."""
    memory: int = 512 * MIB
    """What a worker may allocate beyond the store it shares."""
    rows: int = 100_000
    """Solutions or triples in one answer; what is more is cut, and the answer says so."""
    size: int = 32 * MIB
    """Bytes of one answer; cut at the row that goes over. Until it is whole its worker holds it,
    within its `memory`."""
    hold: int = MIB
    """An answer from this size on leaves its worker in pieces, as its client reads it."""
    retire: int = 256 * MIB
    """A worker that has dirtied so much memory of its own, beyond as much as the store has, is
    replaced. Not before: what all look-ups copy of the store makes the next ones quick."""
    spares: int = 2
    """Workers forked ahead, so that a killed one leaves no gap."""
    lanes: tuple[Lane, ...] = LANES

    @property
    def processes(self) -> int:
        """The most workers alive at once."""
        return self.spares + sum(lane.places for lane in self.lanes)


def too_much_memory(bound: int) -> str:
    """What a client is told whose query ran out of memory."""
    return f"the query was stopped: it needs more than the {bound // MIB} MiB it may use"
