"""What browsers load, and the headers of every page."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from httpx2 import Response

from tests.conftest import ROOT
from tests.service import client_of
from twingraph.serve.files import asset_routes
from twingraph.serve.negotiation import accepted_codings
from twingraph.serve.release_service import ReleaseService
from twingraph.serve.response_headers import missing, policy
from twingraph.web import outlines as outlines_module
from twingraph.web.assets import BUILT, Asset, Assets, asset

built = pytest.mark.skipif(
    not (BUILT / "manifest.json").is_file(), reason="the front end is not built: make build"
)
SCRIPT = b"export default 1;" * 50


@pytest.fixture
def folders(tmp_path: Path) -> Assets:
    static, style = tmp_path / "static", tmp_path / "style"
    static.mkdir()
    style.mkdir()
    (static / "query-ABC.js").write_bytes(SCRIPT)
    (static / "query-ABC.js.gz").write_bytes(gzip.compress(SCRIPT))
    (static / "LICENSES.txt").write_text("MIT")
    (static / "manifest.json").write_text('{"query.js": "query-ABC.js"}')
    (style / "site.css").write_text("body { margin: 0 }")
    (style / "notes.txt").write_text("not served")
    return Assets(static, style)


def get(files: Assets, path: str, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client_of(ReleaseService(ROOT), asset_routes(files)).get(path, headers=named)


def test_a_file_is_found_by_the_name_in_its_source(folders: Assets) -> None:
    assert folders.url("query.js") == "/static/query-ABC.js"
    assert folders.body("query.js") == SCRIPT
    assert folders.url("other.js") == "" and folders.body("other.js") is None


def test_a_file_of_our_own_is_named_by_its_content(folders: Assets, tmp_path: Path) -> None:
    before = folders.url("site.css")
    (tmp_path / "style" / "site.css").write_text("body { margin: 1em }")
    after = Assets(tmp_path / "static", tmp_path / "style").url("site.css")
    assert before != after and before.startswith("/static/site-") and after.endswith(".css")


def test_nothing_built_leaves_our_own(tmp_path: Path) -> None:
    (tmp_path / "site.css").write_text("a {}")
    assert list(Assets(tmp_path / "none", tmp_path).names) == ["site.css"]
    assert Assets(tmp_path / "none", tmp_path / "none").names == {}


def test_a_file_may_be_kept_for_ever(folders: Assets) -> None:
    response = get(folders, "/static/query-ABC.js")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert get(folders, "/static/LICENSES.txt").headers["Cache-Control"] == "no-cache"


def test_a_browser_gets_what_was_compressed(folders: Assets) -> None:
    response = get(folders, "/static/query-ABC.js", accept_encoding="br, gzip")
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.content == SCRIPT  # as the client unpacks it
    plain = get(folders, "/static/query-ABC.js", accept_encoding="gzip;q=0")
    assert "Content-Encoding" not in plain.headers and plain.content == SCRIPT


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", set()),
        ("gzip, br", {"gzip", "br"}),
        ("GZIP;q=0.5", {"gzip"}),
        ("br;q=0, gzip; q=1", {"gzip"}),
        ("br;q=0.000", set()),
        ("*", {"*"}),
    ],
)
def test_accept_encoding(header: str, accepted: set[str]) -> None:
    assert accepted_codings(header) == accepted


@pytest.mark.parametrize(
    "path",
    ["/static/none.js", "/static/manifest.json", "/static/notes.txt", "/static/../app.py"],
)
def test_other_files_are_not_served(folders: Assets, path: str) -> None:
    assert get(folders, path).status_code == 404


def test_the_route_takes_no_path_with_a_slash(folders: Assets) -> None:
    (route,) = asset_routes(folders)
    assert route.path_regex.match("/static/site-1.css")
    assert not route.path_regex.match("/static/../app.py")


# --- built -------------------------------------------------------------------------------------


@built
def test_what_is_built_is_complete() -> None:
    files = Assets()
    assert {"query.js", "query.css", "outlines.json"} <= set(files.names)
    for name in json.loads((BUILT / "manifest.json").read_bytes()).values():
        served = files.served[name]
        assert isinstance(served, Asset) and served.coded.keys() == {"br", "gzip"}
        assert gzip.decompress(served.coded["gzip"]) == served.body
    licences = (BUILT / "LICENSES.txt").read_text()
    for package in ("@zazuko/yasgui", "codemirror", "d3-geo", "world-atlas"):
        assert f"\n{package} " in licences


@built
def test_the_outlines_are_small_and_of_the_world() -> None:
    outlined = outlines_module.outlines()
    by_number = {outline.number: outline for outline in outlined}
    assert len(outlined) > 230
    assert {"703": "Slovakia", "616": "Poland"}.items() <= {
        number: outline.name for number, outline in by_number.items()
    }.items()
    ((ring,),) = by_number["703"].polygons
    assert ring[0] == ring[-1]
    corners = [min(x for x, _ in ring), min(y for _, y in ring), max(x for x, _ in ring)]
    assert corners == pytest.approx([16.8, 47.8, 22.5], abs=0.2)
    files = Assets()
    assert len(files.served[files.names["outlines.json"]].coded["gzip"]) < 300_000


def test_arcs_run_both_ways() -> None:
    """Two squares that share a side: TopoJSON keeps it once, the second goes it backwards."""
    topology = {
        "transform": {"scale": [1, 1], "translate": [10, 0]},
        "arcs": [
            [[1, 0], [0, 1]],
            [[1, 1], [-1, 0], [0, -1], [1, 0]],
            [[1, 0], [1, 0], [0, 1], [-1, 0]],
        ],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "id": "1", "properties": {"name": "A"}, "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "properties": {"name": "B"}, "arcs": [[[2, -1]]]},
                ]
            }
        },
    }
    first, second = outlines_module.read(topology)
    assert first.polygons == ((((11, 0), (11, 1), (10, 1), (10, 0), (11, 0)),),)
    assert second.polygons == ((((11, 0), (12, 0), (12, 1), (11, 1), (11, 0)),),)
    assert (first.number, second.number) == ("1", "")


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


@built
def test_the_scripts_are_well_typed() -> None:
    compiler = ROOT / "frontend" / "node_modules" / "typescript" / "bin" / "tsc"
    # Node is the system's, or stands beside Python.
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    node = shutil.which("node", path=beside)
    assert node is not None
    run = subprocess.run(
        [node, compiler], cwd=ROOT / "frontend", capture_output=True, text=True, timeout=300
    )
    assert run.stdout == "" and run.returncode == 0


@built
def test_a_wheel_has_what_was_built(tmp_path: Path) -> None:
    builder = WheelBuilder(str(ROOT))
    (wheel,) = builder.build(directory=str(tmp_path), versions=["standard"])
    names = zipfile.ZipFile(wheel).namelist()
    assert "twingraph/web/static/manifest.json" in names
    assert not [name for name in names if "node_modules" in name]


# --- headers -----------------------------------------------------------------------------------


def test_a_page_has_the_usual_headers() -> None:
    headers = dict(missing([(b"content-type", b"text/html; charset=utf-8")]))
    assert headers[b"content-security-policy"].decode() == policy()
    assert headers[b"referrer-policy"] and headers[b"permissions-policy"]


def test_data_has_no_policy() -> None:
    assert b"content-security-policy" not in dict(missing([(b"content-type", b"text/turtle")]))


def test_what_a_page_sets_itself_stays() -> None:
    own = policy(style_src="'nonce-x'", style_src_attr="'unsafe-inline'")
    sent = [(b"content-type", b"text/html"), (b"content-security-policy", own.encode())]
    assert b"content-security-policy" not in dict(missing(sent))
    assert "style-src 'self' 'nonce-x';" in own and "style-src-attr 'unsafe-inline'" in own


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy().split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert {source for sources in rules.values() for source in sources.split()} == {
        "'none'",
        "'self'",
        "data:",
        "blob:",
    }
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"


def test_the_editor_comes_without_its_own_table() -> None:
    """A quarter of the script that is never drawn: `frontend/build.mjs` cuts it out."""
    script = BUILT / Path(asset("query.js")).name
    if not script.is_file():
        pytest.skip("the front end was not built")
    text = script.read_text("utf-8")
    assert "CodeMirror" in text
    for word in ("dataTableSettings", "noConflict", "ColumnResizer"):
        assert word not in text
