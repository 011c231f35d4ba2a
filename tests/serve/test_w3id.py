"""The redirects of the permanent IRIs, by the web server that w3id.org runs: Apache."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import requests
from rdflib import Graph, URIRef

from tests.conftest import ROOT
from tests.service import BASE, Server
from twingraph.build import Built

PATH = f"{os.environ['PATH']}:/usr/sbin"
APACHE = shutil.which("apache2", path=PATH)
MODULES = Path("/usr/lib/apache2/modules")
HOST = "https://twingraph.example.org"
TOWN = "municipality/pl-sieniawa"

pytestmark = pytest.mark.skipif(
    APACHE is None, reason="the Debian package apache2-bin is not installed (make test installs it)"
)

CONFIGURATION = """
ServerRoot {root}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {root}/pid
ErrorLog {root}/error.log
User www-data
Group www-data
{modules}
DocumentRoot {root}/site
<Directory {root}/site>
    AllowOverride All
    Require all granted
</Directory>
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def site(built: Built) -> Iterator[Server]:
    running = Server(built.out)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def permanent(site: Server) -> Iterator[str]:
    """The address of an Apache that stands for https://w3id.org/twingraph/."""
    # Readable by the user that Apache becomes, which pytest's own folders are not.
    root = Path(tempfile.mkdtemp(prefix="w3id-"))
    try:
        root.chmod(0o755)
        folder = root / "site" / "twingraph"
        folder.mkdir(parents=True)
        text = (ROOT / "deploy" / "w3id" / ".htaccess").read_text()
        assert text.count(HOST) == 1
        (folder / ".htaccess").write_text(text.replace(HOST, site.url.rstrip("/")))
        port = free_port()
        wanted = ("mpm_event", "authz_core", "rewrite", "headers", "negotiation")
        modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in wanted)
        configuration = root / "apache.conf"
        configuration.write_text(CONFIGURATION.format(root=root, port=port, modules=modules))
        with (root / "out").open("wb") as out:
            command = [str(APACHE), "-X", "-f", str(configuration)]
            process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            wait_for(port, process, root)
            yield f"http://127.0.0.1:{port}/twingraph/"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    finally:
        shutil.rmtree(root)


def wait_for(port: int, process: subprocess.Popen[bytes], root: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            said = (root / "out").read_text()
            assert process.poll() is None and time.monotonic() < deadline, said
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        (TOWN, TOWN),
        ("partnership/pl-sieniawa--sk-lutina", "partnership/pl-sieniawa--sk-lutina"),
        ("ns", "ns#twinnedWith"),
        ("concept/office/mayor", "concept/office/mayor"),
        ("shapes", "shapes#Agreement"),
        ("graph/sieniawa-partner-towns", "graph/sieniawa-partner-towns"),
        ("catalog", "catalog#dataset"),
    ],
)
def test_a_permanent_iri_leads_to_what_is_known(permanent: str, path: str, subject: str) -> None:
    answer = requests.get(permanent + path, headers={"Accept": "text/turtle"}, timeout=30)
    assert [step.status_code for step in answer.history] == [302, 303]
    assert (URIRef(BASE + subject), None, None) in Graph().parse(data=answer.text, format="turtle")


@pytest.mark.parametrize(
    "path",
    [
        f"{TOWN}.jsonld",
        "twingraph.ttl",
        "ontology/context.jsonld",
        ".well-known/void",
        f"{TOWN}.nt?page=1",
        f"{TOWN}.html?lang=pl",
        "search?q=Pe%C4%8Dovsk%C3%A1%20Nov%C3%A1&lang=sk",
        "municipality/a%20b%2Bc%25d",
        "municipality/%C5%BC%C3%B3%C5%82w",
        "municipality/x'(y)!*;=:@&$,~",
    ],
)
def test_path_and_query_arrive_as_they_were_sent(permanent: str, site: Server, path: str) -> None:
    moved = requests.get(permanent + path, timeout=30, allow_redirects=False)
    assert moved.status_code == 302
    assert moved.headers["Access-Control-Allow-Origin"] == "*"
    there = moved.headers["Location"]
    assert there.startswith(site.url)
    assert unquote(there) == unquote(site.url + path)
    assert "%25" in there or "%25" not in path
    answer, direct = (requests.get(address, timeout=30) for address in (there, site.url + path))
    assert (answer.status_code, answer.content) == (direct.status_code, direct.content)


def test_a_query_arrives_by_get_and_by_post(permanent: str) -> None:
    query = {"query": f"ASK {{ <{BASE}{TOWN}> ?p ?o }}"}
    for answer in (
        requests.get(f"{permanent}sparql", params=query, timeout=30),
        requests.post(f"{permanent}sparql", data=query, timeout=30),
    ):
        assert answer.json()["boolean"] is True
    posted = requests.post(f"{permanent}sparql", data=query, timeout=30)
    assert [step.status_code for step in posted.history] == [307]
