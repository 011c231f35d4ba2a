"""The house and its maps: what says which modules and folders there are is held against them."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from tests.conftest import ROOT, WHOLE

HOUSE = ROOT / "twingraph"
MODULES_OF_SERVE, LINES_OF_SERVE = 50, 8_500
ELSEWHERE = "to web/, sparql/ or release/"
"""Where stands what is not about HTTP."""
BUNDLED = {"static"}
"""Made at set-up: Git does not keep it."""

TESTED_IN = {
    "cli.build": "test_cli.py",
    "cli.check": "test_cli.py",
    "cli.edit": "editor/test_browser.py",
    "editor.sources": "editor/test_application.py",
    "cli.forget": "release/test_takedown.py",
    "cli.enter": "contributions/test_import.py",
    "cli.harvest": "sources/wikidata/test_harvest_command.py",
    "cli.spark": "spark/test_build.py",
    "cli.interreg": "sources/interreg/test_command.py",
    "cli.new": "contributions/test_new.py",
    "cli.options": "test_cli.py",
    "cli.merge": "sources/curated/test_row_merge.py",
    "cli.push": "sparql/remote/test_client.py",
    "cli.query": "test_cli.py",
    "cli.reconcile": "reconcile/test_command.py",
    "cli.releases": "release/test_changes.py",
    "cli.wikibase": "sources/wikidata/test_harvest_command.py",
    "contributions.already": "contributions/test_entry.py",
    "contributions.date_formats": "contributions/test_entry.py",
    "contributions.naming": "contributions/test_entry.py",
    "contributions.numbering": "contributions/test_entry.py",
    "rdf.jsonld": "rdf/test_jsonld.py",
    "rdf.rdfxml": "serve/test_resources.py",
    "rdf.tombstones": "release/test_identity.py",
    "rdf.triples": "sparql/test_readback.py",
    "reconcile.ours": "reconcile/test_command.py",
    "reconcile.places": "reconcile/test_decide.py",
    "reconcile.towns": "reconcile/test_service.py",
    "release.csv_zip": "release/test_tables.py",
    "release.dcat": "release/test_catalogue.py",
    "release.outline": "release/test_catalogue.py",
    "release.pages.changes_page": "release/test_changes.py",
    "release.signing": "verify/test_verify.py",
    "release.version_naming": "release/test_history.py",
    "serve": "serve/test_server.py",
    "serve.ontology": "serve/test_resources.py",
    "serve.pages": "serve/pages/test_things.py",
    "serve.pages.front": "serve/pages/test_lists.py",
    "serve.pages.list_queries": "serve/pages/test_lists.py",
    "serve.representations": "serve/test_resources.py",
    "serve.things": "serve/test_resources.py",
    "serve.vocabulary": "serve/test_resources.py",
    "shacl.constraint_queries": "shacl/test_listing_queries.py",
    "shacl.excerpt": "shacl/test_evaluator.py",
    "shacl.kinds": "shacl/test_compiler.py",
    "shacl.links": "shacl/test_compiler.py",
    "shacl.rules": "shacl/test_compiler.py",
    "shacl.term_tests": "shacl/test_compiler.py",
    "sources.curated": "sources/curated/test_faults.py",
    "sources.interreg.list_source": "sources/interreg/test_plain.py",
    "sources.interreg.report": "sources/interreg/test_claims.py",
    "sources.report": "sources/wikidata/test_twinning.py",
    "sources.wikidata.authorities": "sources/wikidata/test_twinning.py",
    "sources.wikidata.properties": "sources/wikidata/test_entities.py",
    "sources.wikidata.transport": "sources/wikidata/test_client.py",
    "spark.output": "spark/test_build.py",
    "sparql.bounded_results": "sparql/engine/test_pool.py",
    "sparql.engine": "sparql/engine/test_pool.py",
    "sparql.query_engine": "serve/test_protocol.py",
    "sparql.query_results": "test_cli.py",
    "sparql.remote.async_client": "sparql/remote/test_serve.py",
    "sparql.remote.results": "sparql/remote/test_serve.py",
    "sparql.remote.workspace": "sparql/remote/test_push.py",
    "sparql.remote_engine": "sparql/remote/test_serve.py",
    "verify": "verify/test_verify.py",
}
"""Which file tests a module, or all of a package's, that no test has the name of or imports: what
it does is seen through others."""

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
    lines = sum(len(file.read_text("utf-8").splitlines()) for file in _in_serve())
    assert lines <= LINES_OF_SERVE, f"move what is not about HTTP out of serve/, {ELSEWHERE}"


def test_serve_has_few_modules() -> None:
    modules = len(_in_serve())
    assert modules <= MODULES_OF_SERVE, f"put two together that belong so, or move one {ELSEWHERE}"


def _imported_by_tests() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.update({f"{node.module}", *(f"{node.module}.{a.name}" for a in node.names)})
    return found


def _untested() -> set[str]:
    """The modules that no test has the name of, and none imports."""
    imported = _imported_by_tests()
    found = set()
    for path in HOUSE.rglob("*.py"):
        inside = path.relative_to(HOUSE)
        module = ".".join(inside.with_suffix("").parts)
        mirrored = ROOT / "tests" / inside.parent / f"test_{path.name}"
        if path.stem != "__init__" and not mirrored.exists():
            found |= {module} - {name.removeprefix("twingraph.") for name in imported}
    return found


def test_every_module_is_tested_somewhere() -> None:
    untested = _untested()
    covered = {m: {t for t in TESTED_IN if m == t or m.startswith(f"{t}.")} for m in untested}
    bare = [module for module, by in covered.items() if not by]
    assert bare == [], "give them a test of their name, or say in TESTED_IN which test has them"
    for name, file in TESTED_IN.items():
        inside = name.replace(".", "/")
        assert (HOUSE / inside).is_dir() or (HOUSE / f"{inside}.py").is_file(), name
        assert (ROOT / "tests" / file).is_file(), file


def test_what_is_left_out_of_the_check_is_there() -> None:
    tests = ROOT / "tests"
    for name in WHOLE:
        file, _, test = name.partition("::")
        assert (tests / file).exists(), name
        assert not test or f"def {test}" in (tests / file).read_text("utf-8"), name


def test_each_class_has_a_name_of_its_own() -> None:
    """So that a name in a message, a search or an import means one thing."""
    places = defaultdict(list)
    for path in HOUSE.rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(HOUSE)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
