"""The process that holds the store and forks the workers, which share its memory.

Started as `python -m twingraph.serve.keeper DESCRIPTOR FILE BASE`. It has a single thread, so that
it may fork, and does nothing else, so that it forks at once. Messages on the control socket
(SOCK_SEQPACKET) are JSON objects, one a packet:

    in   {"fork": number} with the worker's end of a socket pair   {"kill": pid}   {"slow": pid,
         "idle": bool}
    out  {"loaded": quads, "graphs": count}, then {"graph": iri} for each, or {"failed": message};
         {"born": number, "pid": pid}   {"died": pid, "signal": number}
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from pyoxigraph import RdfFormat, Store

from twingraph.serve import worker
from twingraph.serve.datasets import Datasets
from twingraph.serve.limits import Limits
from twingraph.serve.sandbox import (
    confine,
    die_with_parent,
    in_arena_of_its_own,
    lower_priority,
)

PACKET = 1 << 16


def load(path: Path) -> Store:
    """A store in memory with the quads of a gzipped N-Quads file.

    Raises OSError where the file cannot be read, ValueError where it is no N-Quads or is cut off.
    """
    with path.open("rb"):
        pass  # A clear error for a file that is not there, before another program says it.
    store = Store()
    # Another core unpacks. IRIs were checked when the release was written.
    with subprocess.Popen(["gzip", "-dc", "--", str(path)], stdout=subprocess.PIPE) as unpack:
        assert unpack.stdout is not None
        try:
            store.bulk_load(
                path=f"/proc/self/fd/{unpack.stdout.fileno()}",
                format=RdfFormat.N_QUADS,
                lenient=True,
            )
        except SyntaxError as error:
            raise ValueError(f"{path}: {error}") from error
        finally:
            unpack.stdout.close()
    if unpack.returncode:
        raise ValueError(f"{path}: damaged or cut off")
    return store


class Keeper:
    """The loop: commands in, deaths out."""

    def __init__(self, control: socket.socket, datasets: Datasets, limits: Limits) -> None:
        self._control = control
        self._datasets = datasets
        self._limits = limits
        self._children: set[int] = set()

    def run(self) -> None:
        """Serve commands until the control socket is closed, then end all workers."""
        wake, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(wake, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if wake in ready:
                os.read(wake, 4096)
                self._reap()
            if self._control.fileno() in ready and not self._command():
                break
        for child in self._children:
            os.kill(child, signal.SIGKILL)

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


def main(descriptor: int, path: Path, base: str, limits: Limits) -> None:
    """Load the store, say so, and keep forking workers until told to stop."""
    die_with_parent()
    control = socket.socket(fileno=descriptor)
    try:
        store = load(path)
        datasets = Datasets(store, base)
    except (OSError, ValueError, MemoryError) as error:
        control.send(json.dumps({"failed": str(error)}).encode())
        return
    loaded = {"loaded": len(store), "graphs": len(datasets.sources)}
    control.send(json.dumps(loaded).encode())
    for graph in datasets.sources:
        control.send(json.dumps({"graph": graph.value}).encode())
    # What the collector never looks at again stays shared.
    gc.collect()
    gc.freeze()
    Keeper(control, datasets, limits).run()


if __name__ == "__main__":
    from twingraph.serve.limits import Lane

    given = json.loads(sys.argv[4])
    lanes = tuple(Lane(**lane) for lane in given.pop("lanes"))
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Limits(**given, lanes=lanes))
