"""Imports point one way, leaves first, the command line last."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

LEAVES = ("errors", "identifiers", "namespaces", "written_dates", "dates", "characters")
"""No input or output, and nothing of ours but other leaves."""
FLOORS = (
    *LEAVES,
    *("resources", "retries", "authority", "model", "rdf", "shacl", "sources", "reconcile"),
    *("web", "quality", "release", "verify", "build", "contributions"),
    *("sparql", "serve", "editor", "api", "spark", "cli"),
)
"""The parts of the house from the ground up: a part imports from those before it alone."""
WITHOUT_RDF = {"errors", "identifiers", "written_dates", "dates", "characters", "model"}
"""They know nothing of RDF, nor of those who do."""


def _modules() -> dict[str, Path]:
    paths = (ROOT / "twingraph").rglob("*.py")
    names = {path: path.relative_to(ROOT).with_suffix("").as_posix() for path in paths}
    return {name.removesuffix("/__init__").replace("/", "."): path for path, name in names.items()}


def _imports() -> dict[str, set[str]]:
    """What each module imports: modules of ours by full name, others by their first part."""
    modules = _modules()
    found: dict[str, set[str]] = {}
    for name, path in modules.items():
        imported = found.setdefault(name, set())
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.module and not node.level, f"{path}: import by the full name"
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                ours = whole & set(modules)
                imported.update(ours, {node.module} if whole - ours else set())
    return found


IMPORTS = _imports()


def _part(module: str) -> str:
    """The module or package right below twingraph that a module belongs to."""
    return module.split(".")[1] if "." in module else module


def _parts_used(module: str) -> set[str]:
    ours = (name for name in IMPORTS[module] if name.split(".")[0] == "twingraph")
    return {_part(name) for name in ours} - {_part(module)}


def test_no_module_is_imported_by_what_it_imports() -> None:
    ours = {name: used & set(IMPORTS) for name, used in IMPORTS.items()}
    assert list(TopologicalSorter(ours).static_order())


def test_nothing_imports_the_command_line() -> None:
    users = [name for name in IMPORTS if "cli" in _parts_used(name)]
    assert users == []


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_leaf_stands_alone(leaf: str) -> None:
    assert _parts_used(f"twingraph.{leaf}") <= set(LEAVES)


def test_every_part_has_its_floor() -> None:
    assert {_part(name) for name in IMPORTS} - {"twingraph"} == set(FLOORS)


def test_imports_point_down() -> None:
    floor = {part: number for number, part in enumerate(FLOORS)}
    upward = {
        (name.removeprefix("twingraph."), used.removeprefix("twingraph."))
        for name in IMPORTS
        for used in IMPORTS[name] & set(IMPORTS)
        if "." in name and "." in used and floor[_part(used)] > floor[_part(name)]
    }
    assert upward == set()


@pytest.mark.parametrize("part", sorted(WITHOUT_RDF))
def test_who_knows_no_rdf(part: str) -> None:
    for module in IMPORTS:
        if _part(module) == part:
            others = {name.split(".")[0] for name in IMPORTS[module]}
            assert not others & {"rdflib", "pyoxigraph", "pyshacl"}, module
            assert _parts_used(module) <= WITHOUT_RDF | set(LEAVES), module


def test_pyshacl_has_one_user() -> None:
    assert [n for n, used in IMPORTS.items() if any(u.startswith("pyshacl") for u in used)] == [
        "twingraph.shacl.check"
    ]
