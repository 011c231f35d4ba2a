"""Spark for tests: one process of .venv-spark in which commands run one after another."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.command import Done
from tests.conftest import ROOT

PYTHON = ROOT / ".venv-spark" / "bin" / "python"
DRIVER = ROOT / "tests" / "spark" / "driver.py"
LESS = "-XX:TieredStopAtLevel=1"
"""Jobs of tests are short: what Java's second compiler would make faster is over before."""
COMPILE_LESS = ("--conf", f"spark.driver.extraJavaOptions={LESS}")
SPLIT = 400_000
"""Bytes of a file that a task reads: so that the files of tests are read by several."""


def missing() -> str:
    """What Spark lacks here; nothing where it has all."""
    if not PYTHON.exists():
        return "Spark's environment is not set up: run `make spark`"
    if not shutil.which("java"):
        return "Java 17 is missing: apt-get install openjdk-17-jre-headless"
    return ""


class Driver:
    """A process with a session of Spark."""

    def __init__(self, scratch: Path) -> None:
        settings = {
            "spark.driver.extraJavaOptions": LESS,
            "spark.sql.files.maxPartitionBytes": str(SPLIT),
            "spark.local.dir": str(scratch),
        }
        submitted = " ".join(f"--conf {name}={value}" for name, value in settings.items())
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "PYSPARK_SUBMIT_ARGS": f"{submitted} pyspark-shell",
            "SPARK_MASTER": "local[2,4]",
        }
        self.log = scratch / "log"
        log = self.log.open("wb")
        self.process = subprocess.Popen(
            [str(PYTHON), str(DRIVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment,
            text=True,
            start_new_session=True,
        )
        log.close()

    def begin(self, cwd: Path, *args: str | Path) -> None:
        """Give a command."""
        said = {"argv": list(map(str, args)), "cwd": str(cwd)}
        self._stdin.write(json.dumps(said) + "\n")
        self._stdin.flush()

    def ended(self) -> Done:
        """How the command that was given ended."""
        line = self._stdout.readline()
        assert line, self.log.read_text("utf-8", "replace")[-4000:]
        said = json.loads(line)
        return Done(said["status"], said["stdout"], said["stderr"])

    def run(self, cwd: Path, *args: str | Path) -> Done:
        """Give a command, and wait for its end."""
        self.begin(cwd, *args)
        return self.ended()

    def workers(self) -> list[int]:
        """Python's workers in which tasks run now."""
        found = []
        for java in _children(self.process.pid):
            for daemon in _children(java):
                found += _children(daemon)
        return found

    def kill(self) -> None:
        """End it, with all that it began, at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        self._stdin.close()
        self._stdout.close()

    @property
    def _stdin(self) -> IO[str]:
        assert self.process.stdin
        return self.process.stdin

    @property
    def _stdout(self) -> IO[str]:
        assert self.process.stdout
        return self.process.stdout


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:
            continue
    return found


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """One session for all tests."""
    if lacks := missing():
        pytest.skip(lacks)
    driver = Driver(tmp_path_factory.mktemp("spark"))
    yield driver
    driver.kill()
