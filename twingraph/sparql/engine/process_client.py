"""The service's end of the process that holds the store, and of each query process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Protocol, cast

import twingraph
from twingraph.errors import UsageError
from twingraph.sparql.engine.frames import READY, Frames
from twingraph.sparql.engine.sandbox import processor_time

PROGRAM = ("-m", "twingraph.sparql.engine.store_process")
_PACKET = 1 << 16


class Listener(Protocol):
    """Who is told what becomes of the processes: the pool."""

    def loaded(self) -> None: ...
    def lost(self) -> None: ...
    def started(self, worker: WorkerConnection) -> None: ...
    def received(self, worker: WorkerConnection, kind: bytes, payload: bytes) -> None: ...
    def ended(self, worker: WorkerConnection, by_signal: int) -> None: ...


class WorkerConnection(asyncio.Protocol):
    """A query process, by its socket. Nothing is heard of it after `close`."""

    transport: asyncio.Transport
    copied = 0
    """Bytes of memory it had made its own when it last answered."""

    def __init__(self, number: int, listener: Listener) -> None:
        self.number = number
        self._listener = listener
        self._frames = Frames()
        self._pid = 0
        self._ends = self._signal = 0
        self._closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        for kind, payload in self._frames.feed(data):
            if kind == READY and not self._closed:
                self._pid = int(payload)
                self._listener.started(self)
            elif self._pid and not self._closed:
                self._listener.received(self, kind, payload)

    def send(self, frame: bytes) -> None:
        """Send it a request, unless its end has been seen and is about to be told."""
        if not self.transport.is_closing():
            self.transport.write(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()

    def ended(self, by_signal: int) -> None:
        """The process has ended; what it wrote before may still be on its way."""
        self._signal = by_signal
        self._end()

    def _end(self) -> None:
        self._ends += 1
        if self._ends == 2 and not self._closed:
            self._closed = True
            self._listener.ended(self, self._signal)

    def close(self) -> None:
        """Hang up: an idle process ends by itself."""
        self._closed = True
        self.transport.abort()

    @property
    def processor_time(self) -> float:
        """Seconds of processor time it has used; 0 where it is gone."""
        with contextlib.suppress(OSError):
            return processor_time(self._pid)
        return 0.0


class StoreProcess:
    """The process that holds the store and forks the others. It begins at once."""

    def __init__(self, listener: Listener, path: Path, *settings: Any) -> None:
        """`settings` are what `main` of store_process takes beside the path."""
        self.quads = 0
        self.graphs: list[str] = []
        self.whole = False
        """Whether all of the file is loaded."""
        self.alive = True
        self.deaths: Counter[str] = Counter()
        """How many workers have ended, by signal."""
        self._path = path
        self._listener = listener
        self._failure = ""
        self._begun, self._settled = asyncio.Event(), asyncio.Event()
        self._workers: dict[int, WorkerConnection] = {}
        self._connecting: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.get_running_loop()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        with theirs:
            self._process = _started(theirs, (path, *settings))
        self.pid = self._process.pid
        self._loop.add_reader(self._control.fileno(), self._read_control)

    async def begun(self) -> None:
        """Wait until it can answer: all of the file is loaded, or the merged view where that is to
        be answered from first. Raises UsageError if it cannot be."""
        await self._begun.wait()
        if self._failure:
            await self.loaded()

    async def loaded(self) -> None:
        """Wait until all of the file is loaded. Raises UsageError if it cannot be."""
        await self._settled.wait()
        if self._failure:
            raise UsageError(f"{self._path} cannot be loaded: {self._failure}")

    def fork(self, number: int) -> None:
        """Ask for a worker; the listener is told when it is there."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        worker = self._workers[number] = WorkerConnection(number, self._listener)
        connecting = self._loop.create_unix_connection(lambda: worker, sock=ours)
        task = self._loop.create_task(connecting)
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
        message = json.dumps({"fork": number}).encode()
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self._control, [message], [theirs.fileno()])

    def lower(self, worker: WorkerConnection) -> None:
        """Let a worker run only when nothing else wants to, from now on."""
        self._send({"lower": worker.number})

    def kill(self, worker: WorkerConnection) -> None:
        """End a worker, whatever it does."""
        worker.close()
        self._send({"kill": worker.number})

    def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._control.send(json.dumps(message).encode())

    def _read_control(self) -> None:
        while self.alive:
            try:
                packet = self._control.recv(_PACKET)
            except BlockingIOError:
                return
            except ConnectionResetError:
                continue  # It left without reading all; what it said before is still to be had.
            if packet:
                self._received(json.loads(packet))
            else:
                self._end("the process that loads it has ended")

    def _received(self, message: dict[str, Any]) -> None:
        match message:
            case {"merged": int(quads)}:
                self.quads = quads
                self._begun.set()
                self._listener.loaded()
            case {"graph": str(graph)}:
                self.graphs.append(graph)
            case {"loaded": int(quads)}:
                self.quads, self.whole = quads, True
                self._settle()
                self._listener.loaded()
            case {"failed": str(reason)}:
                self._settle(reason)
            case {"ended": int(worker), "signal": int(by_signal)}:
                self.deaths[str(by_signal)] += 1
                self._workers.pop(worker).ended(by_signal)

    def _settle(self, failure: str = "") -> None:
        if not self._settled.is_set():
            self._failure = failure
            self._settled.set()
            self._begun.set()

    def _end(self, failure: str) -> None:
        if self.alive:
            self.alive = False
            self._loop.remove_reader(self._control.fileno())
            self._settle(failure)
            self._listener.lost()

    async def close(self) -> None:
        """End it, which ends its workers."""
        self._end("the service is ending")
        # Cut short while it is being connected, a transport would never be closed.
        await asyncio.gather(*self._connecting)
        for worker in self._workers.values():
            worker.close()
        self._control.close()
        try:
            await asyncio.to_thread(self._process.wait, 5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _started(control: socket.socket, settings: tuple[Any, ...]) -> subprocess.Popen[bytes]:
    package = str(Path(twingraph.__file__).parent.parent)
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [package, environment.get("PYTHONPATH")])
    )
    # Large pages: there are fewer page tables to copy, so that a fork takes a tenth of the time.
    environment.setdefault("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")
    # A worker that is out of memory should say so and end, not look up the names of its frames.
    environment["RUST_BACKTRACE"] = "0"
    with tempfile.TemporaryFile() as pickled:
        pickle.dump(settings, pickled)
        pickled.seek(0)
        return subprocess.Popen(
            [sys.executable, *PROGRAM, str(control.fileno())],
            pass_fds=[control.fileno()],
            stdin=pickled,
            stdout=subprocess.DEVNULL,
            env=environment,
            # Ctrl-C in a terminal is for the service, which ends its workers in good order.
            start_new_session=True,
        )
