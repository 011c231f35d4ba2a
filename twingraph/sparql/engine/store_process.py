"""The process that holds the store and forks the query processes, which share its memory.

Started as `python -m twingraph.sparql.engine.store_process DESCRIPTOR`, with the arguments of
`main` pickled on standard input. It has a single thread, so that it may fork, and does nothing
else, so that it forks at once. Messages on the control socket (SOCK_SEQPACKET) are JSON objects,
one a packet:

    in   {"fork": worker} with its end of a socket pair   {"kill": worker}
         {"lower": worker}
    out  {"merged": quads} where the merged view is there before the rest; {"graph": iri} for each
         source's graph, then {"loaded": quads}; or {"failed": message};
         {"ended": worker, "signal": number}

Workers are numbered by the service. Those forked between {"merged"} and {"loaded"} have the merged
view and nothing certain beside it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NoReturn

from pyoxigraph import RdfFormat, Store

from twingraph.sparql.datasets import Datasets
from twingraph.sparql.engine import query_process
from twingraph.sparql.engine.loading import load
from twingraph.sparql.engine.sandbox import (
    confine,
    die_with_parent,
    gather_in_large_pages,
    lower_priority,
)
from twingraph.sparql.limits import Limits

PACKET = 1 << 16


class ForkServer:
    """The loop: commands in, deaths out; while there is more to load, a piece in between."""

    def __init__(self, control: socket.socket, limits: Limits) -> None:
        self._control = control
        self._limits = limits
        self._children: dict[int, int] = {}
        """Process ids by the number of the worker."""
        self._datasets: Datasets

    def run(self, loading: Iterator[Literal[False]]) -> None:
        """Load, and serve commands until the control socket is closed; then end all workers."""
        wake, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(wake, select.POLLIN)
        loaded = False
        while True:
            try:
                loaded = loaded or next(loading, True)
            except (OSError, ValueError, MemoryError) as error:
                self._report({"failed": str(error)})
                break
            ready = {descriptor for descriptor, _ in poll.poll(None if loaded else 0)}
            if wake in ready:
                os.read(wake, 4096)
                self._reap()
            if self._control.fileno() in ready and not self._command():
                break
        for pid in self._children.values():
            os.kill(pid, signal.SIGKILL)

    def load(self, path: Path, base: str, merged: int, examples: bytes) -> Iterator[Literal[False]]:
        """Load, giving control back after each piece. For the arguments, see `main`."""
        store, about = Store(), Store()
        about.load(examples, RdfFormat.N_TRIPLES)
        for lines in load(path, store, merged):
            if 0 < merged == lines == len(store) and not any(store.named_graphs()):
                self._datasets = Datasets(store, base, about)
                self._report({"merged": merged})
            yield False
        self._datasets = Datasets(store, base, about)
        gather_in_large_pages()
        for graph in self._datasets.sources:
            self._report({"graph": graph.value})
        self._report({"loaded": len(store)})

    def _command(self) -> bool:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, PACKET, 1)
        except ConnectionError:
            return False
        if not packet:
            return False
        match json.loads(packet):
            case {"fork": int(worker)}:
                self._fork(worker, descriptors[0])
            case {"kill": int(worker)} if worker in self._children:
                os.kill(self._children[worker], signal.SIGKILL)
            case {"lower": int(worker)} if worker in self._children:
                with contextlib.suppress(OSError):
                    lower_priority(self._children[worker])
        return True

    def _fork(self, worker: int, descriptor: int) -> None:
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._become_worker(descriptor)
        os.close(descriptor)
        self._children[worker] = pid

    def _become_worker(self, descriptor: int) -> NoReturn:
        status = 1
        try:
            confine(descriptor, self._limits.memory)
            with socket.socket(fileno=3) as connection:
                query_process.work(connection, self._datasets, self._limits)
            status = 0
        except ConnectionError:
            pass
        finally:
            os._exit(status)

    def _reap(self) -> None:
        for worker, pid in list(self._children.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self._children[worker]
                by_signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
                self._report({"ended": worker, "signal": by_signal})

    def _report(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(ConnectionError):  # The service is ending, and knows.
            self._control.send(json.dumps(message).encode())


def main(
    descriptor: int, path: Path, base: str, limits: Limits, merged: int, examples: bytes
) -> None:
    """Load a release's N-Quads file and keep forking workers until told to stop.

    `merged` is how many quads the merged view has, where that is to answer before the rest is
    there; otherwise 0. `examples` are N-Triples, see datasets.py.
    """
    die_with_parent()
    server = ForkServer(socket.socket(fileno=descriptor), limits)
    server.run(server.load(path, base, merged, examples))


if __name__ == "__main__":
    main(int(sys.argv[1]), *pickle.load(sys.stdin.buffer))
