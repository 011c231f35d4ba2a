"""The process that holds the store and forks the workers, which share its memory.

Started as `python -m twingraph.sparql.engine.store_process` with DESCRIPTOR FILE MERGED BASE
LIMITS.
It has a single thread, so that it may fork, and does nothing else, so that it forks at once.
Messages on the control socket (SOCK_SEQPACKET) are JSON objects, one a packet:

    in   {"fork": number} with the worker's end of a socket pair   {"kill": pid}   {"slow": pid,
         "idle": bool}
    out  {"merged": quads} where the merged view is there before the rest; {"graph": iri} for each
         source's graph, then {"loaded": quads}; or {"failed": message};
         {"born": number, "pid": pid}   {"died": pid, "signal": number}

Workers born between {"merged"} and {"loaded"} have the merged view and nothing certain beside it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NoReturn

from pyoxigraph import NamedNode, Quad, Store

from twingraph.serve.querying.examples import executables
from twingraph.sparql.datasets import Datasets
from twingraph.sparql.engine import query_process as worker
from twingraph.sparql.engine.loading import load
from twingraph.sparql.engine.sandbox import (
    confine,
    die_with_parent,
    in_arena_of_its_own,
    lower_priority,
)
from twingraph.sparql.limits import Limits

PACKET = 1 << 16


class Keeper:
    """The loop: commands in, deaths out; while there is more to load, a piece in between."""

    def __init__(self, control: socket.socket, limits: Limits) -> None:
        self._control = control
        self._limits = limits
        self._children: set[int] = set()
        self._datasets: Datasets

    def run(self, path: Path, base: str, merged: int) -> None:
        """Load a file and serve commands until the control socket is closed, then end all workers.

        `merged` is how many quads the merged view has, where it is to answer before the rest is
        there; otherwise 0.
        """
        wake, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(wake, select.POLLIN)
        loading = self._load(path, base, merged)
        loaded = False
        while True:
            try:
                loaded = loaded or next(loading, True)
            except (OSError, ValueError, MemoryError) as error:
                self._tell({"failed": str(error)})
                break
            ready = {descriptor for descriptor, _ in poll.poll(None if loaded else 0)}
            if wake in ready:
                os.read(wake, 4096)
                self._reap()
            if self._control.fileno() in ready and not self._command():
                break
        for child in self._children:
            os.kill(child, signal.SIGKILL)

    def _load(self, path: Path, base: str, merged: int) -> Iterator[Literal[False]]:
        """Load, giving control back after each piece."""
        store, examples = Store(), Store()
        examples.extend(Quad(*triple) for triple in executables(f"{base}sparql"))
        for lines in load(path, store, merged):
            if 0 < merged == lines == len(store) and not any(store.named_graphs()):
                self._answer_from(Datasets(store, base, examples))
                self._tell({"merged": merged})
            yield False
        for graph in self._answer_from(Datasets(store, base, examples)):
            self._tell({"graph": graph.value})
        self._tell({"loaded": len(store)})

    def _answer_from(self, datasets: Datasets) -> list[NamedNode]:
        """Let workers have this from now on; gives its sources' graphs."""
        self._datasets = datasets
        # What the collector never looks at again stays shared.
        gc.collect()
        gc.freeze()
        return datasets.sources

    def _command(self) -> bool:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, PACKET, 1)
        except ConnectionError:
            return False
        if not packet:
            return False
        match json.loads(packet):
            case {"fork": number}:
                self._fork(number, descriptors[0])
            case {"kill": int(pid)} if pid in self._children:
                os.kill(pid, signal.SIGKILL)
            case {"slow": int(pid), "idle": bool(idle)} if pid in self._children:
                with contextlib.suppress(OSError):
                    lower_priority(pid, idle)
        return True

    def _fork(self, number: int, descriptor: int) -> None:
        child = os.fork()
        if child == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            in_arena_of_its_own(lambda: self._become_worker(descriptor))
        os.close(descriptor)
        self._children.add(child)
        self._tell({"born": number, "pid": child})

    def _become_worker(self, descriptor: int) -> NoReturn:
        status = 1
        try:
            confine(descriptor, self._limits.memory)
            with socket.socket(fileno=3) as connection:
                worker.work(connection, self._datasets, self._limits)
            status = 0
        except ConnectionError:
            pass
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def _reap(self) -> None:
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            self._children.discard(child)
            killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            self._tell({"died": child, "signal": killed})

    def _tell(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(ConnectionError):  # The service is ending, and knows.
            self._control.send(json.dumps(message).encode())


def main(descriptor: int, path: Path, merged: int, base: str, limits: Limits) -> None:
    """Load the store, say so, and keep forking workers until told to stop."""
    die_with_parent()
    Keeper(socket.socket(fileno=descriptor), limits).run(path, base, merged)


if __name__ == "__main__":
    from twingraph.sparql.limits import Lane

    given = json.loads(sys.argv[5])
    lanes = tuple(Lane(**lane) for lane in given.pop("lanes"))
    main(
        int(sys.argv[1]),
        Path(sys.argv[2]),
        int(sys.argv[3]),
        sys.argv[4],
        Limits(**given, lanes=lanes),
    )
