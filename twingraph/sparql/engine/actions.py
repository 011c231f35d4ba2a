"""What the scheduler wants done. Workers and requests are numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Reason(Enum):
    """Why a request gets no answer."""

    BUSY = auto()
    """All places to wait are taken, and nobody has more of them than others."""
    SHARE = auto()
    """Its client has more at once than those who wait."""
    BUDGET = auto()
    """Its client has used up its seconds of processing, and others wait."""
    TIMEOUT = auto()
    LEFT = auto()
    NESTED = auto()
    MEMORY = auto()
    FAILED = auto()
    UNAVAILABLE = auto()


@dataclass(frozen=True, slots=True)
class Fork:
    """Start a worker."""

    worker: int


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request to a worker."""

    worker: int
    request: int


@dataclass(frozen=True, slots=True)
class Lower:
    """Let a worker run only when nothing else wants to, from now on."""

    worker: int


@dataclass(frozen=True, slots=True)
class Kill:
    """End a worker in whatever it does; no event of it may follow."""

    worker: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """Let what there is of an answer leave. `complete`: that is all."""

    request: int
    lane: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Refuse:
    """There is no answer, or no more of it. `wait`: the seconds until its client may use more."""

    request: int
    reason: Reason
    lane: str
    wait: float = 0.0


Action = Fork | Send | Lower | Kill | Deliver | Refuse
