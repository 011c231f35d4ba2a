"""README, CONTRIBUTING and docs/: what they show runs, and what they name is there."""

from __future__ import annotations

import contextlib
import re
import shlex
from fnmatch import fnmatch
from pathlib import Path

import click
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from tests.conftest import FOUNDING, ROOT
from twingraph.cli import cli

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
STANDING = {"edit", "harvest", "import", "new", "push", "reconcile", "release", "serve"}
"""Commands that ask others, stay running, write into the data, or need what Spark wrote: that they
are understood is all that is tested here. tests/spark/ runs what needs Spark,
tests/contributions/test_clerk.py what writes into the data."""
CARRIED_OUT = {"cookbook.md", "maintainer.md"}
"""Pages whose blocks a test of their own runs: tests/serve/test_cookbook.py, test_maintainer.py."""
DOCS = [page for page in PAGES[1:] if page.name not in CARRIED_OUT]
MADE = {"public", "releases", ".venv", "elsewhere", "build", "bench.json"}
"""What commands make: it is not in the repository."""
OPTIONAL = {"data/redirects.csv"}
"""What is there only where it is needed."""


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of code of a page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)


def lines(page: Path) -> list[str]:
    """The commands of a page: those of its blocks for a shell, and what it indents."""
    shown = "".join(blocks(page, "sh")).splitlines()
    indented = re.findall(r"^    (\S.*)$", re.sub(r"(?ms)^```.*?^```", "", page.read_text()), re.M)
    found = [re.sub(r"\s+# .*", "", line) for line in (*shown, *indented)]
    return [line for line in found if line.strip()]


def commands(page: Path, program: str) -> list[list[str]]:
    """The arguments of the commands of a page that call a program."""
    called = [line.removeprefix(".venv/bin/") for line in lines(page)]
    return [shlex.split(line)[1:] for line in called if line.split()[0] == program]


@pytest.fixture
def checkout(release: Path, tmp_path: Path) -> Path:
    """A folder like a checkout with the founding data, after a build."""
    (tmp_path / "public").symlink_to(release.resolve())
    (tmp_path / "data").symlink_to(FOUNDING)
    (tmp_path / "ontology").symlink_to(ROOT / "ontology")
    return tmp_path


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_python_runs(page: Path, checkout: Path) -> None:
    names: dict[str, object] = {"print": lambda *_: None}
    with contextlib.chdir(checkout):
        for block in blocks(page, "python"):
            exec(compile(block, page.name, "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_understood(page: Path) -> None:
    for arguments in commands(page, "twingraph"):
        _parse(cli, list(arguments))
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
    for arguments in commands(page, "make"):
        assert set(arguments) <= set(targets), arguments


def _parse(command: click.Command, arguments: list[str]) -> None:
    """Raises UsageError for a command or an option that there is not."""
    with contextlib.suppress(click.exceptions.Exit):  # --help is carried out when it is parsed
        context = command.make_context(None, arguments)
        if isinstance(command, click.Group):
            rest = [*context._protected_args, *context.args]
            name, inner, rest = command.resolve_command(context, rest)
            assert inner is not None, name
            _parse(inner, rest)


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_commands_run(page: Path, checkout: Path) -> None:
    with contextlib.chdir(checkout):
        for arguments in commands(page, "twingraph"):
            if arguments[0] not in STANDING and "spark" not in arguments:
                done = CliRunner().invoke(cli, arguments)
                assert done.exit_code == 0, (arguments, done.output)


def test_the_worked_record_is_the_one_that_ships(release: Path) -> None:
    page = ROOT / "docs" / "model.md"
    (written,) = blocks(page, "yaml")
    assert written in (FOUNDING / "sources" / "sieniawa-partner-towns.yaml").read_text("utf-8")
    (turtle,) = blocks(page, "turtle")
    whole = (release / "twingraph.ttl").read_text("utf-8")
    names = "".join(re.findall(r"^@prefix .*\n", whole, re.M))
    shown = set(ox.parse(names + turtle, format=ox.RdfFormat.TURTLE))
    assert len(shown) > 10
    assert shown <= set(ox.parse(whole, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_named_is_there(page: Path) -> None:
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text("utf-8"))
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", text)
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []
    top = "|".join(re.escape(path.name) for path in ROOT.iterdir() if path.is_dir())
    paths = re.findall(rf"`((?:{top})/[^`\s]*)`", text)
    assert [path for path in paths if not _is_there(path)] == []


def _is_there(path: str) -> bool:
    """A path of the repository. What follows a word in capitals or dots stands for any name."""
    known = re.split(r"[^/]*(?:[A-Z]{4,}|…|\*)", path)[0]
    return path.split("/")[0] in MADE or path in OPTIONAL or (ROOT / known).exists()


def test_every_page_can_be_found() -> None:
    text = "".join(page.read_text("utf-8") for page in PAGES[:2])
    for page in PAGES[2:]:
        assert f"docs/{page.name}" in text


def test_the_table_of_the_readme_has_every_file_of_a_release(release: Path) -> None:
    """Each by its name or its folder; of a page in several languages the English one."""
    rows = re.findall(r"^\| (`.*?`) \| ", PAGES[0].read_text("utf-8"), re.M)
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    files = [path.relative_to(release) for path in release.rglob("*") if path.is_file()]
    wanted = {re.sub(r"\.[a-z]{2}\.html$", ".html", file.as_posix()) for file in files}
    missing = {
        file
        for file in wanted
        if not any(fnmatch(file, f"{name}*" if name.endswith("/") else name) for name in named)
    }
    assert missing == set(), "add them to README, “For the harvester”"


def test_what_is_only_understood_is_a_command() -> None:
    assert set(cli.list_commands(click.Context(cli))) >= STANDING
