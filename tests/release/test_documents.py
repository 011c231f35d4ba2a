"""A document for each thing, and plain web servers that lead to it: nginx, Apache, by deploy/."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import requests

from tests.conftest import FOUNDING, ROOT
from twingraph.build import build, remade_faults
from twingraph.identifiers import CONCEPT, THING_PATHS
from twingraph.release.documents import DOCUMENTS, FORMATS
from twingraph.release.history import PastRelease
from twingraph.serve.files import MEDIA_TYPES
from twingraph.verify import verify

BASE = "https://w3id.org/twingraph/"
TOWN = "municipality/pl-sieniawa"
PATH = f"{os.environ['PATH']}:/usr/sbin"
NGINX, APACHE = (shutil.which(name, path=PATH) for name in ("nginx", "apache2"))
MODULES = Path("/usr/lib/apache2/modules")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Two releases with documents, where the users that web servers become can read them."""
    root = Path(tempfile.mkdtemp(prefix="documents-"))
    try:
        root.chmod(0o755)
        data = root / "data"
        shutil.copytree(FOUNDING, data)
        build(data, root / "public", documents=True)
        register = data / "municipalities.csv"
        register.write_text(register.read_text("utf-8").replace(",Tremelo,", ",Tremeloo,"), "utf-8")
        build(data, root / "public", documents=True)
        yield root
    finally:
        shutil.rmtree(root)


def _of_things(release: Path) -> dict[str, set[str]]:
    """What the merged view says of each thing and its parts, by the thing's path and key."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in gzip.decompress((release / "twingraph.nt.gz").read_bytes()).decode().splitlines():
        iri = line.partition(" ")[0][1:-1].partition("#")[0].removeprefix(BASE)
        if iri.partition("/")[0] in (*THING_PATHS, CONCEPT):
            found[iri].add(line.removesuffix(" ."))
    return found


def test_every_thing_has_its_document_in_every_format(place: Path) -> None:
    release = place / "public"
    root = release / DOCUMENTS
    expected = _of_things(release)
    assert TOWN in expected and "concept/partnership-status/active" in expected
    names = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert names == {f"{thing}.{ending}" for thing in expected for ending in FORMATS}
    for thing, statements in expected.items():
        for ending, form in (
            ("nt", ox.RdfFormat.N_TRIPLES), ("ttl", ox.RdfFormat.TURTLE),
            ("jsonld", ox.RdfFormat.JSON_LD),
        ):  # fmt: skip
            read = ox.parse(path=str(root / f"{thing}.{ending}"), format=form)
            assert {str(quad.triple) for quad in read} == statements, (thing, ending)
    page = (root / f"{TOWN}.html").read_text("utf-8")
    assert "<h1>Miasto i Gmina Sieniawa</h1>" in page
    assert f'<link rel="canonical" href="{BASE}{TOWN}">' in page


def test_a_release_with_documents_is_whole_and_the_same_again(place: Path) -> None:
    assert verify(place / "public") == []
    assert list(remade_faults((place / "public").resolve(), place / "data")) == []
    before = (place / "public").resolve()
    build(place / "data", place / "public", documents=True)
    assert (place / "public").resolve() == before


# --- web servers -----------------------------------------------------------------------------


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _changed(text: str, place: Path, port: int, listen: str) -> str:
    assert "# CHANGE" in text and listen in text
    return text.replace("/srv/twingraph", str(place)).replace(
        listen, listen.replace("80", str(port))
    )


def _nginx(place: Path, root: Path, port: int) -> list[str]:
    text = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    own = _changed(text, place, port, "listen 80;").replace("listen ", "listen 127.0.0.1:")
    (root / "site.conf").write_text(own)
    temporary = "".join(
        f"{name}_temp_path {root}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (root / "main.conf").write_text(
        f"daemon off; master_process off; pid {root}/pid; error_log {root}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}include {root}/site.conf;\n}}\n"
    )
    return [str(NGINX), "-c", str(root / "main.conf"), "-e", str(root / "error.log")]


def _apache(place: Path, root: Path, port: int) -> list[str]:
    text = (ROOT / "deploy/apache.conf").read_text("utf-8")
    site = _changed(text, place, port, "<VirtualHost *:80>")
    needed = ("mpm_event", "authz_core", "alias", "dir", "headers", "mime", "rewrite")
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in needed)
    (root / "main.conf").write_text(
        f"ServerRoot {root}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {root}/pid\n"
        f"ErrorLog {root}/error.log\nUser www-data\nGroup www-data\n"
        f"{modules}\nTypesConfig /dev/null\n{site}"
    )
    return [str(APACHE), "-X", "-f", str(root / "main.conf")]


Command = Callable[[Path, Path, int], list[str]]
SERVERS: dict[str, tuple[str | None, Command]] = {
    "nginx": (NGINX, _nginx), "apache": (APACHE, _apache),
}  # fmt: skip


@pytest.fixture(scope="module", params=SERVERS)
def host(request: pytest.FixtureRequest, place: Path) -> Iterator[str]:
    """The address of a web server over the releases."""
    program, command = SERVERS[request.param]
    if program is None:
        pytest.skip(f"{request.param} is not installed: make test installs it")
    root = place / request.param
    root.mkdir()
    port = _free_port()
    with (root / "out").open("wb") as out:
        process = subprocess.Popen(command(place, root, port), stdout=out, stderr=out)
    try:
        for _ in range(200):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            said = [
                path.read_text() for path in (root / "out", root / "error.log") if path.exists()
            ]
            assert process.poll() is None, said
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _get(address: str, accept: str = "*/*", redirects: bool = True) -> requests.Response:
    headers = {"Accept": accept, "Accept-Encoding": "identity"}
    return requests.get(address, headers=headers, allow_redirects=redirects, timeout=10)


def test_every_file_has_the_type_that_the_service_gives_it(host: str, place: Path) -> None:
    release = place / "public"
    for path in sorted(release.rglob("*")):
        name = path.relative_to(release).as_posix()
        if path.is_file() and not name.startswith(f"{DOCUMENTS}/"):
            answer = _get(f"{host}/{name}")
            assert answer.status_code == 200, name
            assert answer.content == path.read_bytes(), name
            expected = MEDIA_TYPES.get(path.suffix, "text/plain; charset=utf-8")
            told = answer.headers["Content-Type"].lower()
            assert told.partition(";")[0] == expected.partition(";")[0], (name, told)
            if "charset" in expected and path.suffix:
                assert "charset=utf-8" in told, (name, told)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("*/*", "ttl"),
        ("", "ttl"),
        ("text/turtle", "ttl"),
        ("text/turtle, text/html;q=0.5", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/ld+json;q=0.9, */*;q=0.1", "jsonld"),
        ("application/n-triples", "nt"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/xml, text/html", "html"),
        ("application/json, application/ld+json;q=0.5", "jsonld"),
    ],
)
def test_an_iri_leads_to_a_document(accept: str, ending: str, host: str, place: Path) -> None:
    first = _get(f"{host}/{TOWN}", accept, redirects=False)
    assert first.status_code == 303
    assert re.sub("^http://[^/]+", "", first.headers["Location"]) == f"/{TOWN}.{ending}"
    assert "accept" in first.headers["Vary"].lower()
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    found = _get(f"{host}/{TOWN}.{ending}")
    assert found.content == (place / "public" / DOCUMENTS / f"{TOWN}.{ending}").read_bytes()
    told = found.headers["Content-Type"].partition(";")[0]
    assert told == MEDIA_TYPES[f".{ending}"].partition(";")[0]


def test_what_is_not_there_and_what_lies_elsewhere(host: str, place: Path) -> None:
    for path in ("municipality/pl-atlantis", "municipality/pl-atlantis.ttl", "nothing",
                 "municipality/../../data/dataset.yaml", "releases/nothing/"):  # fmt: skip
        assert _get(f"{host}/{path}").status_code == 404, path
    assert _get(f"{host}/concept/partnership-status/active", "text/turtle").status_code == 200
    assert _get(f"{host}/ns").content == (ROOT / "ontology/twingraph.ttl").read_bytes()
    assert _get(f"{host}/").content == (place / "public" / "index.html").read_bytes()
    before = PastRelease.read(place / "public").earlier[-1].name
    old = _get(f"{host}/releases/{before}/catalog.ttl")
    assert old.content == (place / "releases" / before / "catalog.ttl").read_bytes()
    assert old.headers["Content-Type"].startswith("text/turtle")
    assert _get(f"{host}/releases/{before}/").content.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("name", ["twingraph.nt", "twingraph.nq", "twingraph.trig"])
def test_a_compressed_dump_is_there_as_what_it_holds(host: str, place: Path, name: str) -> None:
    packed = (place / "public" / f"{name}.gz").read_bytes()
    answer = requests.get(f"{host}/{name}", headers={"Accept-Encoding": "gzip"}, timeout=10)
    assert answer.content == gzip.decompress(packed)
    assert answer.headers["Content-Encoding"] == "gzip"
    told = answer.headers["Content-Type"].partition(";")[0]
    assert told == MEDIA_TYPES[f".{name.rpartition('.')[2]}"]
    assert "Accept-Encoding" in answer.headers["Vary"]
    plain = _get(f"{host}/{name}")  # nginx unpacks it on the way, Apache has nothing to do it with
    assert plain.status_code == 406 or plain.content == answer.content
    file = _get(f"{host}/{name}.gz")
    assert (file.content, "Content-Encoding" in file.headers) == (packed, False)


def test_pages_of_the_event_stream_may_be_kept(host: str, place: Path) -> None:
    for page in (place / "public/stream").iterdir():
        assert "immutable" in _get(f"{host}/stream/{page.name}").headers["Cache-Control"]
    assert "immutable" not in _get(f"{host}/stream.ttl").headers.get("Cache-Control", "")
