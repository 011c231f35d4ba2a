"""The workflow for contributions: its own commands, in a real repository, telling a forge's API."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import FOUNDING, ROOT

WORKFLOW: dict[str, Any] = yaml.safe_load(
    (ROOT / ".github" / "workflows" / "contribution.yml").read_text("utf-8")
)
STEPS = WORKFLOW["jobs"]["changes"]["steps"]
NEW = "cz-ostrava,Ostrava,cs,,CZ,municipality,,,,,,unresolved,,,nobody looked yet,,,,,,ostrava-page"
PAGE = """\
title: {en: "Partner towns of Ostrava"}
kind: municipal
language: [cs]
partnerships:
  - key: cz-ostrava--pl-sieniawa
    partners: [cz-ostrava, pl-sieniawa]
    evidence: Sieniawa
"""


class Forge:
    """What a forge is of this: comments that are posted to it."""

    def __init__(self) -> None:
        told: list[tuple[str, str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                token = self.headers["Authorization"]
                told.append((self.path, token, json.loads(body)["body"]))
                self.send_response(201)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.told = told
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def forge() -> Iterator[Forge]:
    started = Forge()
    thread = threading.Thread(target=started.server.serve_forever)
    thread.start()
    yield started
    started.server.shutdown()
    thread.join()
    started.server.server_close()


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A project's repository: the founding data, on its branch main."""
    folder = tmp_path / "origin"
    shutil.copytree(FOUNDING, folder / "data")
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=The founding data")
    return folder


def contributed(origin: Path) -> None:
    """Where a forge keeps the head of a contribution; the project's own branch goes on."""
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message=A contribution")
    git(origin, "update-ref", "refs/pull/7/head", "HEAD")
    git(origin, "reset", "--quiet", "--hard", "HEAD~")


def carried_out(origin: Path, forge: Forge) -> bool:
    """Run the commands of each step in turn, as a runner does; whether all went well."""
    work = origin.parent / "runner" / "work"
    git(origin.parent, "clone", "--quiet", str(origin), str(work))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "NUMBER": "7", "NO_PROXY": "*", "no_proxy": "*"}
    values = {
        "${{ github.token }}": "secret",
        "${{ github.api_url }}/repos/${{ github.repository }}": f"{forge.url}/repos/it",
    }
    good = True
    for step in STEPS:
        if "run" not in step or step["name"] == "set up" or not (good or "if" in step):
            continue
        more = {name: values[value] for name, value in step.get("env", {}).items()}
        command = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, cwd=work, env={**environment, **more}, capture_output=True, text=True
        )
        good = good and done.returncode == 0
        assert good or step["name"] == "tell it", done.stderr
    return good


def the_comment(forge: Forge) -> str:
    ((path, token, text),) = forge.told
    assert (path, token) == ("/repos/it/issues/7/comments", "token secret")
    return text


def add_town(origin: Path) -> None:
    register = origin / "data" / "municipalities.csv"
    lines = register.read_text("utf-8").splitlines()
    register.write_text("\n".join([*lines[:2], NEW, *lines[2:], ""]), "utf-8")
    (origin / "data" / "sources" / "ostrava-page.yaml").write_text(PAGE, "utf-8")


def test_what_it_would_change_is_told(origin: Path, forge: Forge) -> None:
    add_town(origin)
    contributed(origin)
    assert carried_out(origin, forge)
    text = the_comment(forge)
    assert text.startswith("**Ready to be read by a person.**")
    assert "municipality/cz-ostrava" in text and "partnership/cz-ostrava--pl-sieniawa" in text


def test_a_fault_is_told_with_its_cure(origin: Path, forge: Forge) -> None:
    add_town(origin)
    page = origin / "data" / "sources" / "ostrava-page.yaml"
    page.write_text(PAGE.replace("kind: municipal", "kind: municipall"), "utf-8")
    contributed(origin)
    assert not carried_out(origin, forge)
    text = the_comment(forge)
    assert text.startswith("**Not yet ready to be merged.**")
    assert "ostrava-page.yaml:2:" in text and "did you mean 'municipal'" in text


def test_two_who_add_towns_side_by_side_are_in_nobodys_way(origin: Path, forge: Forge) -> None:
    add_town(origin)
    contributed(origin)
    register = origin / "data" / "municipalities.csv"
    lines = register.read_text("utf-8").splitlines()
    other = NEW.replace("cz-ostrava,Ostrava", "cz-opava,Opava").replace("ostrava-page", "opava")
    register.write_text("\n".join([*lines[:2], other, *lines[2:], ""]), "utf-8")
    page = PAGE.replace("cz-ostrava", "cz-opava").replace("Ostrava", "Opava")
    (origin / "data" / "sources" / "opava.yaml").write_text(page, "utf-8")
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message=Another")
    assert carried_out(origin, forge)
    assert "cz-opava" not in the_comment(forge), "that is on the branch already"


@pytest.mark.parametrize("target", ["/etc/hostname", "dataset.yaml"])
def test_a_link_is_not_followed(origin: Path, forge: Forge, target: str) -> None:
    (origin / "data" / "people.csv").unlink()
    (origin / "data" / "people.csv").symlink_to(target)
    contributed(origin)
    assert not carried_out(origin, forge)
    assert "a link in data/ is not read here" in the_comment(forge)


def test_what_runs_with_a_right_is_the_projects_own() -> None:
    """The contribution's code is never checked out where commands run, nor installed."""
    checkout = next(step for step in STEPS if "uses" in step)
    assert "ref" not in checkout["with"]
    assert WORKFLOW["permissions"] == {"contents": "read", "pull-requests": "write"}
    for step in STEPS:
        for line in step.get("run", "").splitlines():
            if "../proposed" in line:
                assert line.split()[0] in {"git", "if", "twingraph"}, line
            # What somebody wrote (a title, a branch) is never part of a command.
            assert "${{" not in line
