"""The house and its maps: what says which modules and folders there are is held against them."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

HOUSE = ROOT / "twingraph"
MODULES_OF_SERVE, LINES_OF_SERVE = 50, 8_500
"""What is not about HTTP stands elsewhere: web/, sparql/, release/."""
BUNDLED = {"static"}
"""Made at set-up: Git does not keep it."""

_DRAWN = "│├└ "
_PACKAGES = sorted(path.parent for path in HOUSE.rglob("__init__.py"))


def _parts(package: Path) -> set[str]:
    """The modules and packages of a package."""
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    return modules | {path.parent.name for path in package.glob("*/__init__.py")}


def _map(package: Path) -> list[str]:
    """The names that the map of a package stands them for: of each of its lines what is before
    two spaces."""
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8"))) or ""
    lines = (re.split(r"\s{2,}", line.strip(_DRAWN)) for line in text.splitlines())
    named = (line[0] for line in lines if len(line) > 1)
    return [name.rstrip("/") for names in named for name in names.split(", ")]


@pytest.mark.parametrize(
    "package", [p for p in _PACKAGES if _parts(p)], ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_map_names_what_is_there(package: Path) -> None:
    named = _map(package)
    folders = {path.name for path in package.iterdir() if path.is_dir()}
    assert _parts(package) - set(named) == set(), "add them to the map in __init__"
    assert set(named) - _parts(package) - folders - BUNDLED == set(), "they are not there"
    assert len(named) == len(set(named)), "some are named twice"


def _top_level() -> set[str]:
    """The files and folders at the top, as Git has them; hidden ones are no part of the tour."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a checkout of Git: what stands beside the sources is not known")
    paths = [line.split("/") for line in listed.stdout.splitlines()]
    names = {path[0] + "/" * (len(path) > 1) for path in paths}
    return {name for name in names if not name.startswith((".", '"'))}


def test_the_readme_names_the_parts_at_the_top() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (section,) = re.findall(r"^## Where a line lives\n(.*?)^## ", text, re.M | re.S)
    lines = re.findall(r"^    (\S.*)$", section, re.M)
    named = [name for line in lines for name in re.split(r"\s{2,}", line)[0].split()]
    assert set(named) == _top_level()


def _in_serve() -> list[Path]:
    return list((HOUSE / "serve").rglob("*.py"))


def test_serve_is_small() -> None:
    assert sum(len(file.read_text("utf-8").splitlines()) for file in _in_serve()) <= LINES_OF_SERVE


@pytest.mark.xfail(strict=True, reason="it still speaks HTTP by itself, in modules of its own")
def test_serve_has_few_modules() -> None:
    assert len(_in_serve()) <= MODULES_OF_SERVE
