"""The systemd unit and the container file say what is true of this service."""

from __future__ import annotations

import configparser
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from dockerfile_parse import DockerfileParser

from tests.conftest import ROOT
from twingraph.cli.serve import serve
from twingraph.serve.server import CONNECTIONS

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "twingraph.service"


def understood(arguments: list[str]) -> dict[str, object]:
    """The command's parameters, read from arguments as its own parser reads them."""
    context = click.Context(serve)
    serve.parse_args(context, list(arguments))
    return context.params


# --- systemd -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT)
    return parser


def test_the_unit_starts_the_command(unit: configparser.ConfigParser) -> None:
    program, command, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert (Path(program).name, command) == ("twingraph", "serve")
    parameters = understood(arguments)
    assert parameters["release"] == Path("/srv/twingraph/public")
    assert parameters["public_url"] == "https://twingraph.example.org"
    # A proxy stands before it: without this, all its clients would be one.
    assert parameters["trusted_proxy"] == ("127.0.0.1",)
    assert unit["Service"]["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert int(unit["Service"]["TimeoutStopSec"]) > 35
    assert int(unit["Service"]["LimitNOFILE"]) > CONNECTIONS


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed here"
)  # fmt: skip
def test_systemd_takes_the_unit(tmp_path: Path, unit: configparser.ConfigParser) -> None:
    program = shlex.split(unit["Service"]["ExecStart"])[0]
    # The program must be there to be verified: Python stands in for it.
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace(program, sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert UNIT.name not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr


# --- container ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """The instructions of the container file, in order."""
    folder = tmp_path_factory.mktemp("container")
    (folder / "Dockerfile").write_bytes((DEPLOY / "Containerfile").read_bytes())
    found = DockerfileParser(path=str(folder / "Dockerfile")).structure
    return [(s["instruction"], s["value"]) for s in found if s["instruction"] != "COMMENT"]


def values(steps: list[tuple[str, str]], instruction: str) -> list[str]:
    return [value for name, value in steps if name == instruction]


def test_the_container_runs_the_command(steps: list[tuple[str, str]]) -> None:
    entry, more = (json.loads(values(steps, name)[0]) for name in ("ENTRYPOINT", "CMD"))
    assert entry[:2] == ["twingraph", "serve"]
    parameters = understood(entry[2:] + more)
    assert parameters["host"] == "0.0.0.0"
    assert values(steps, "EXPOSE") == [str(parameters["port"])]
    assert str(parameters["release"]).startswith(values(steps, "VOLUME")[0])
    assert "/ready" in values(steps, "HEALTHCHECK")[0]


def test_the_container_is_made_of_what_is_here_and_not_of_root(
    steps: list[tuple[str, str]],
) -> None:
    for copied in values(steps, "COPY"):
        assert all((ROOT / name).exists() for name in copied.split()[:-1]), copied
    order = [name for name, _ in steps]
    assert order[0] == "FROM" and order.index("USER") < order.index("ENTRYPOINT")
    assert values(steps, "USER") == ["twingraph"]
