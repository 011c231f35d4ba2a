"""`twingraph serve` as an operator meets it: a process, its words, its exit status."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.conftest import ROOT
from twingraph.build import Built

COMMAND = (sys.executable, "-c", "from twingraph.cli import main; main()", "serve")


@pytest.fixture(scope="module")
def release(built: Built) -> Path:
    """A release as `twingraph build` writes it."""
    return built.out


def refused(*arguments: str | Path) -> str:
    """What the command says that will not serve; its exit status is checked."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


@contextmanager
def serving(*arguments: str | Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command at work: the address it prints, and its process."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip().rpartition(" at ")[2], process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_help_has_examples() -> None:
    done = subprocess.run(
        [*COMMAND, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "twingraph serve --release public --host 0.0.0.0 --port 8080" in done.stdout
    headings = [line for line in done.stdout.splitlines() if line.endswith(":") and line[0] != " "]
    assert len(headings) == 6 and headings[0] == "What is served:"


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_a_built_release_and_ends_in_good_order(release: Path, end: int) -> None:
    with serving("--release", release, "--port", "0", "--rows", "2") as (url, process):
        answer = requests.get(
            f"{url}sparql",
            params={"query": "SELECT ?p { ?p a <https://w3id.org/twingraph/ns#Partnership> }"},
            headers={"Accept": "text/csv"},
            timeout=30,
        )
        assert answer.headers["Twingraph-Result-Cut"] == "first 2 of more"
        os.kill(process.pid, end)
        _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert '"path": "/sparql", "status": 200' in log
    assert "Partnership" not in log


def test_quiet_writes_no_log(release: Path) -> None:
    with serving("--release", release, "--port", "0", "--quiet") as (url, process):
        assert requests.get(f"{url}health", timeout=30).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=60)[1] == ""


def test_a_busy_port(release: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused("--release", release, "--port", port)
    assert f"cannot listen on 127.0.0.1:{port}" in said
    assert "choose another --port" in said


def test_no_address_of_this_machine(release: Path) -> None:
    assert "cannot listen on 192.0.2.1:0" in refused(
        "--release", release, "--host", "192.0.2.1", "--port", "0"
    )


def test_metrics_have_an_address_of_their_own(release: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused("--release", release, "--port", "0", "--metrics", f"127.0.0.1:{port}")
    assert f"cannot show metrics at 127.0.0.1:{port}: Address already in use" in said
    with serving("--release", release, "--port", "0", "--metrics", f"127.0.0.1:{port}") as (url, _):
        assert requests.get(f"{url}metrics", timeout=30).status_code == 404
        shown = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
        assert "twingraph_quads" in shown


def test_no_release(tmp_path: Path) -> None:
    said = refused("--release", tmp_path / "nothing", "--port", "0")
    assert "holds no release (twingraph.nq.gz is missing): run `twingraph build`" in said


@pytest.mark.parametrize("damage", ["cut off", "no gzip", "no N-Quads", "a folder"])
def test_a_damaged_release(tmp_path: Path, release: Path, damage: str) -> None:
    file = tmp_path / "twingraph.nq.gz"
    whole = (release / "twingraph.nq.gz").read_bytes()
    if damage == "a folder":
        file.mkdir()
    else:
        packed = gzip.compress(b"<a:a> <a:b> .\n")
        file.write_bytes({"cut off": whole[:5000], "no gzip": b"hello\n"}.get(damage, packed))
    said = refused("--release", tmp_path, "--port", "0")
    assert str(tmp_path) in said


@pytest.mark.parametrize(("name", "text"), [("SHA256SUMS", "nonsense"), ("void.ttl", "<a> b")])
def test_a_release_whose_description_is_damaged(
    tmp_path: Path, release: Path, name: str, text: str
) -> None:
    (tmp_path / "twingraph.nq.gz").write_bytes((release / "twingraph.nq.gz").read_bytes())
    (tmp_path / name).write_text(text)
    assert "cannot be read" in refused("--release", tmp_path, "--port", "0")


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            ("--port", "70000"),
            ("--public-url", "example.org"),
            ("--seconds", "0"),
            ("--nonsense",),
        ),
        *(("--trusted-proxy", "proxy"), ("--metrics", "9100"), ("--security-contact", "me")),
        ("--budget", "0"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert arguments[0] in refused(*arguments)
