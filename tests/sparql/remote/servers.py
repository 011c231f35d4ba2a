"""Real SPARQL servers on loopback, each a process of its own, ended by its process id."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from twingraph.sparql.remote.endpoints import Credentials


@dataclass(frozen=True, slots=True)
class Server:
    """A running store: its URL, and who may write."""

    name: str
    url: str
    query_url: str
    credentials: Credentials

    def csv(self, query: str) -> list[str]:
        """The lines of a SELECT query's answer, without the first."""
        answer = requests.post(
            self.query_url, {"query": query}, headers={"Accept": "text/csv"}, timeout=60
        )
        assert answer.status_code == 200, answer.text
        return answer.text.replace('"', "").split()[1:]

    @property
    def environment(self) -> dict[str, str]:
        """What the command line needs."""
        if not self.credentials:
            return {}
        return {
            "TWINGRAPH_STORE_USER": self.credentials.user,
            "TWINGRAPH_STORE_PASSWORD": self.credentials.password,
        }


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def oxigraph() -> Iterator[Server]:
    """Oxigraph's own server, in memory."""
    binary = Path(sys.executable).with_name("oxigraph")
    url = f"http://127.0.0.1:{(port := free_port())}"
    process = subprocess.Popen(
        [binary, "serve", "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(f"{url}/query", process)
        yield Server("oxigraph", url, f"{url}/query", Credentials())
    finally:
        process.kill()
        process.wait()


_INI = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 20
NumberOfBuffers = 8000
MaxDirtyBuffers = 5000
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 10000
"""
_USER = "DB.DBA.USER_CREATE('pusher', 'a word'); GRANT SPARQL_UPDATE TO \"pusher\";"


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    """Virtuoso as Debian packages it, its files in a folder, with a user that may update."""
    assert shutil.which("virtuoso-t"), "install the Debian package virtuoso-opensource-7-bin"
    sql, http = free_port(), free_port()
    (folder / "v.ini").write_text(_INI.format(folder=folder, sql=sql, http=http))
    process = subprocess.Popen(
        ["virtuoso-t", "+configfile", str(folder / "v.ini"), "+foreground"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{http}"
    try:
        _await(f"{url}/sparql", process)
        subprocess.run(
            ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={_USER}"],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        yield Server("virtuoso", url, f"{url}/sparql", Credentials("pusher", "a word"))
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            requests.get(url, {"query": "SELECT (1 AS ?one) {}"}, timeout=10)
            return
        except requests.ConnectionError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)
