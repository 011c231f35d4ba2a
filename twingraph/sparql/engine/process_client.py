"""The service's end of the keeper and of each worker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol, cast

import twingraph
from twingraph.errors import UsageError
from twingraph.sparql.engine.answers import CUT_HEADER, Answer
from twingraph.sparql.engine.frames import Frames, whole_parts
from twingraph.sparql.engine.sandbox import processor_time
from twingraph.sparql.limits import Limits

_PACKET = 1 << 16
_LAST_WORDS = 1.0


class Listener(Protocol):
    """Who wants to know what becomes of workers: the pool."""

    def born(self, worker: Worker) -> None: ...
    def heard(self, worker: Worker, frames: list[tuple[bytes, bytes]]) -> None: ...
    def died(self, worker: Worker, by_signal: int) -> None: ...


class Worker(asyncio.Protocol):
    """One worker process, seen from here: a socket, a process id, and the task it has."""

    def __init__(self, number: int, listener: Listener) -> None:
        self.number = number
        self.pid = 0
        self.line = 0
        self.task: Any = None
        self.behind: deque[Any] = deque()
        """Tasks it has been sent and not begun."""
        self.overtaken = False
        """Whether it was sent tasks that were then given to others."""
        self.partial = False
        """Whether it was forked before the release was loaded whole."""
        self.dirtied = 0
        self.spent_before = 0.0
        self.dismissed = False
        self.closed = False
        self._listener = listener
        self._frames = Frames()
        self._outgoing: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self._signal: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._listener.heard(self, list(self._frames.feed(data)))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.dismissed:
            # The keeper knows how it ended, and says so in a moment.
            asyncio.get_running_loop().call_later(_LAST_WORDS, self._report)
            if self._signal is not None:
                self._report()

    def ended(self, by_signal: int) -> None:
        """The keeper says that the process has ended."""
        self._signal = by_signal
        if self.closed and not self.dismissed:
            self._report()

    def _report(self) -> None:
        if not self.dismissed:
            self.dismissed = True
            self._listener.died(self, self._signal or 0)

    def send(self, frame: bytes) -> None:
        """Give it a job. Those of one turn of the loop leave together: sending costs more than
        most of what else is done for a look-up here."""
        if not self._outgoing:
            asyncio.get_running_loop().call_soon(self._send)
        self._outgoing.append(frame)

    def _send(self) -> None:
        frames, self._outgoing = self._outgoing, []
        if self._transport is not None and not self.closed:
            self._transport.write(b"".join(frames))

    def pause(self) -> None:
        """Read no more from it for now; it will wait in its next write."""
        if not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._paused and self._transport is not None and not self.closed:
            self._paused = False
            self._transport.resume_reading()

    def close(self) -> None:
        """Hang up: an idle worker ends by itself."""
        self.dismissed = True
        if self._transport is not None:
            self._transport.abort()

    def processor_time(self) -> float:
        """Seconds of processor time the process has used; 0 where it is gone."""
        try:
            return processor_time(self.pid)
        except OSError:
            return 0.0

    def spent(self) -> float:
        """Seconds of processor time its task has used."""
        return self.processor_time() - self.spent_before

    def whole(self, payload: bytes) -> Answer:
        """The answer of a WHOLE frame."""
        status, self.dirtied, media_type, cut, body = whole_parts(payload)
        headers = {"Content-Type": media_type}
        if cut:
            headers[CUT_HEADER] = cut
        return Answer(status, headers, body)

    @staticmethod
    def head(payload: bytes) -> Answer:
        """The answer that a HEAD frame begins."""
        head = json.loads(payload)
        return Answer(head["status"], head["headers"], b"")

    def note_end(self, payload: bytes) -> str:
        """Take down what an END frame says of the worker; its statement of a cut, or ""."""
        end = json.loads(payload)
        self.dirtied = end["dirtied"]
        return str(end.get("cut", ""))


class KeeperLink:
    """The keeper process, seen from here."""

    def __init__(
        self, process: subprocess.Popen[bytes], control: socket.socket, path: Path
    ) -> None:
        self.quads = 0
        self.graphs: list[str] = []
        self.whole = False
        """Whether all of the file is loaded."""
        self.deaths: Counter[str] = Counter()
        self.on_lost: Callable[[], None] = lambda: None
        self.on_whole: Callable[[], None] = lambda: None
        self._path = path
        self._failure = ""
        self._begun, self._settled = asyncio.Event(), asyncio.Event()
        self._process = process
        self._control = control
        self._loop = asyncio.get_running_loop()
        self._numbers = 0
        self._unborn: dict[int, tuple[Worker, socket.socket, Listener]] = {}
        self._workers: dict[int, Worker] = {}
        self._connecting: set[asyncio.Task[None]] = set()
        self._lost = False

    @classmethod
    async def open(cls, path: Path, base: str, limits: Limits, merged: int = 0) -> KeeperLink:
        """Start a keeper and wait until it has loaded the file; or, where `merged` says how many
        quads the merged view has, no longer than until that is there. Raises UsageError if it
        cannot."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            process = _started(theirs, path, base, limits, merged)
        link = cls(process, ours, path)
        link._loop.add_reader(ours.fileno(), link._readable)
        try:
            await link._begun.wait()
            if link._failure:
                await link.loaded()
        except BaseException:
            await link.close()
            raise
        return link

    async def loaded(self) -> None:
        """Wait until all of the file is loaded. Raises UsageError if it cannot be."""
        await self._settled.wait()
        if self._failure:
            raise UsageError(f"{self._path} cannot be loaded: {self._failure}")

    @property
    def alive(self) -> bool:
        """Whether the keeper is there."""
        return not self._lost

    @property
    def expected(self) -> int:
        """Workers asked for and not yet born."""
        return len(self._unborn)

    def fork(self, listener: Listener) -> None:
        """Ask for a worker; `listener.born` is told when it is there."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._numbers += 1
        worker = Worker(self._numbers, listener)
        self._unborn[self._numbers] = (worker, ours, listener)
        message = json.dumps({"fork": self._numbers}).encode()
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self._control, [message], [theirs.fileno()])

    def slow(self, worker: Worker, idle: bool) -> None:
        """Let a worker run behind the others from now on."""
        self._say({"slow": worker.pid, "idle": idle})

    def kill(self, worker: Worker) -> None:
        """End a worker in whatever it does."""
        worker.close()
        self._say({"kill": worker.pid})

    def retire(self, worker: Worker) -> None:
        """Let an idle worker go."""
        worker.close()

    def _say(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._control.send(json.dumps(message).encode())

    def _readable(self) -> None:
        while True:
            try:
                packet = self._control.recv(_PACKET)
            except BlockingIOError:
                return
            except ConnectionResetError:
                continue  # It left without reading all; what it said before is still to be had.
            except OSError:
                packet = b""
            if not packet:
                self._keeper_lost()
                return
            self._heard(json.loads(packet))

    def _heard(self, message: dict[str, Any]) -> None:
        match message:
            case {"merged": int(quads)}:
                self.quads = quads
                self._begun.set()
            case {"graph": str(graph)}:
                self.graphs.append(graph)
            case {"loaded": int(quads)}:
                self.quads, self.whole = quads, True
                self._settle()
                self.on_whole()
            case {"failed": str(reason)}:
                self._settle(reason)
            case {"born": int(number), "pid": int(pid)}:
                self._unborn[number][0].partial = not self.whole
                task = self._loop.create_task(self._connect(number, pid))
                self._connecting.add(task)
                task.add_done_callback(self._connecting.discard)
            case {"died": int(pid), "signal": int(by_signal)}:
                self.deaths[str(by_signal)] += 1
                worker = self._workers.pop(pid, None)
                if worker is not None:
                    worker.ended(by_signal)

    def _settle(self, failure: str = "") -> None:
        if not self._settled.is_set():
            self._failure = failure
            self._settled.set()
            self._begun.set()

    async def _connect(self, number: int, pid: int) -> None:
        worker, ours, listener = self._unborn[number]
        worker.pid = pid
        self._workers[pid] = worker
        await self._loop.create_unix_connection(lambda: worker, sock=ours)
        del self._unborn[number]
        if self._lost:
            worker.close()
        else:
            listener.born(worker)

    def _keeper_lost(self) -> None:
        if not self._lost:
            self._lost = True
            self._settle("the process that loads it has ended")
            self._loop.remove_reader(self._control.fileno())
            for worker in self._workers.values():
                worker.close()
            self.on_lost()

    async def close(self) -> None:
        """End the keeper, which ends its workers."""
        self._settle("the service is ending")
        if not self._lost:
            self._lost = True
            self._loop.remove_reader(self._control.fileno())
        # A worker may be half connected: cut short, its transport would never be closed.
        await asyncio.gather(*self._connecting)
        for worker in self._workers.values():
            worker.close()
        for _, ours, _ in self._unborn.values():
            ours.close()
        self._control.close()
        try:
            await asyncio.to_thread(self._process.wait, 5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _started(
    control: socket.socket, path: Path, base: str, limits: Limits, merged: int
) -> subprocess.Popen[bytes]:
    package = str(Path(twingraph.__file__).parent.parent)
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [package, environment.get("PYTHONPATH")])
    )
    # Large pages: a fork then takes 2 to 6 ms instead of 20 for a store of 800 MB, as there are
    # fewer page tables to copy.
    environment.setdefault("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")
    # A worker that is out of memory should say so and end, not look up the names of its frames.
    environment["RUST_BACKTRACE"] = "0"
    numbers = [str(control.fileno()), str(path), str(merged)]
    arguments = [*numbers, base, json.dumps(asdict(limits))]
    return subprocess.Popen(
        [sys.executable, "-m", "twingraph.sparql.engine.store_process", *arguments],
        pass_fds=[control.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment,
        # Ctrl-C in a terminal is for the service, which ends its workers in good order.
        start_new_session=True,
    )
