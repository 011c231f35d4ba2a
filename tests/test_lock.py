"""The lock files fit pyproject.toml, hold checksums, and name no address."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = {"requirements.txt": ["full"], "requirements-test.txt": ["full", "test"]}
"""Each lock file, and the extras it installs."""
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;]+)", re.M)


def name_of(project: str) -> str:
    """The normal form of a project's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", project).lower()


def wanted(extras: list[str]) -> Iterator[Requirement]:
    """What pyproject.toml asks for, the extras of the project's own extras included."""
    texts = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
    optional = PROJECT["project"]["optional-dependencies"]
    for extra in extras:
        texts += optional[extra]
    for text in texts:
        requirement = Requirement(text)
        if requirement.name == PROJECT["project"]["name"]:
            yield from map(Requirement, [t for e in requirement.extras for t in optional[e]])
        else:
            yield requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_to_a_version_it_allows(lock: str) -> None:
    pinned = {name_of(n): Version(v) for n, v in PINNED.findall((ROOT / lock).read_text("utf-8"))}
    for requirement in wanted(LOCKS[lock]):
        if requirement.name == PROJECT["project"]["name"]:
            continue
        version = pinned.get(name_of(requirement.name))
        assert version, f"{requirement} is not in {lock}: run `make lock`"
        assert requirement.specifier.contains(version), f"{requirement}, {lock}: run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_checksums(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_stands_in_it(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text("utf-8")


def test_both_locks_agree() -> None:
    run, test = (dict(PINNED.findall((ROOT / lock).read_text("utf-8"))) for lock in LOCKS)
    assert run.items() <= test.items()
