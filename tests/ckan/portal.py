"""A portal of CKAN that harvests a catalogue, night after night: run in .venv-ckan with a folder.

    .venv-ckan/bin/python tests/ckan/portal.py FOLDER < addresses

CKAN stands over a PostgreSQL and a Redis of its own, which begin with it and keep their data in the
folder. Solr is a stub that has nothing: CKAN then reads datasets from its database, which is what
is to be looked at. For each address on a line of standard input the harvester runs through its own
stages (gather, fetch, import), up to `package_create` or `package_update`, and a line of JSON tells
how the harvest ended, its errors, and the datasets as `package_show` has them.

Ends with status 3, and says why, where PostgreSQL or Redis cannot be begun.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATH = f"{os.environ['PATH']}:/usr/sbin"
PLUGINS = "harvest dcat dcat_rdf_harvester scheming_datasets"
SCHEMA = "ckanext.dcat.schemas:dcat_ap_full.yaml"
PRESETS = "ckanext.scheming:presets.json ckanext.dcat.schemas:presets.yaml"
PROFILES = "euro_dcat_ap_3"


class Unavailable(Exception):
    """What the portal stands on cannot be had here: the message says what."""


# --- what CKAN stands on -------------------------------------------------------------------------


def _program(name: str, *places: str) -> str:
    path = os.pathsep.join([PATH, *places])
    found = shutil.which(name, path=path)
    if found is None:
        raise Unavailable(f"{name} is not installed: make ckan installs it")
    return found


def _as_postgres() -> list[str]:
    """PostgreSQL does not run as root: it has a user of its own."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] * (not os.getuid())


@contextmanager
def _running(name: str, command: list[str], address: Path | int, log: Path) -> Iterator[None]:
    """A program, from when it listens at its socket or port until the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        for _ in range(300):
            family = socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET
            with socket.socket(family) as attempt:
                to: Any = str(address) if isinstance(address, Path) else ("127.0.0.1", address)
                if attempt.connect_ex(to) == 0:
                    break
            if process.poll() is not None:
                raise Unavailable(f"{name} does not begin: {log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        # PostgreSQL would wait for whoever is connected, were it asked to terminate.
        process.send_signal(signal.SIGINT)
        process.wait(30)


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL at a socket in a folder; gives CKAN's address of it."""
    versions = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))
    initdb, postgres, as_user = _program("initdb", *versions), "", _as_postgres()
    postgres = str(Path(initdb).with_name("postgres"))
    folder.mkdir()
    if as_user:
        os.chown(folder, *pwd.getpwnam("postgres")[2:4])
    data = folder / "data"
    begin = [initdb, "-D", str(data), "-U", "ckan", "-A", "trust", "-E", "UTF8", "--no-sync"]
    done = subprocess.run([*as_user, *begin], capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise Unavailable(f"initdb fails: {done.stderr}")
    command = [*as_user, postgres, "-D", str(data), "-k", str(folder), "-c", "listen_addresses="]
    command += ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]
    with _running("PostgreSQL", command, folder / ".s.PGSQL.5432", folder.parent / "postgres.log"):
        yield f"postgresql://ckan@/postgres?host={folder}"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis on loopback; gives its address."""
    port = _free_port()
    command = [_program("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--save", "", "--dir", str(folder)]
    with _running("Redis", command, port, folder / "redis.log"):
        yield f"redis://127.0.0.1:{port}/0"


class _Solr(BaseHTTPRequestHandler):
    """Takes every document, and has none."""

    def do_GET(self) -> None:
        if "schema" in self.path:
            self._answer('<schema name="ckan-2.12" version="1.6"/>')
        else:
            nothing = {"numFound": 0, "start": 0, "docs": []}
            self._answer(json.dumps({"responseHeader": {"status": 0}, "response": nothing}))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def _answer(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def solr() -> Iterator[str]:
    """The stub of Solr; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Solr)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/solr/ckan"
    finally:
        server.shutdown()
        server.server_close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# --- CKAN ----------------------------------------------------------------------------------------


def settings(folder: Path, database: str, queue: str, search: str) -> dict[str, str]:
    """What a ckan.ini would say."""
    return {
        "ckan.site_url": "http://portal.test",
        "ckan.site_id": "portal",
        "ckan.plugins": PLUGINS,
        "ckan.storage_path": str(folder / "storage"),
        "sqlalchemy.url": database,
        "ckan.redis.url": queue,
        "solr_url": search,
        "SECRET_KEY": secrets.token_hex(32),
        "scheming.dataset_schemas": SCHEMA,
        "scheming.presets": PRESETS,
        "ckanext.dcat.rdf.profiles": PROFILES,
        "ckan.auth.create_unowned_dataset": "true",
        "__file__": str(folder / "ckan.ini"),
    }


class Portal:
    """A CKAN with a harvest source."""

    def __init__(self, address: str) -> None:
        from ckan import model
        from ckan.plugins.toolkit import get_action

        self._get_action = get_action
        user = get_action("get_site_user")({"ignore_auth": True, "model": model}, {})
        self._user = {"user": user["name"], "ignore_auth": True}
        about = {"name": "towns", "title": "Towns", "url": address, "source_type": "dcat_rdf"}
        self._source = self._ask("harvest_source_create", {**about, "frequency": "MANUAL"})

    def _ask(self, action: str, what: dict[str, Any]) -> Any:
        return self._get_action(action)(dict(self._user), what)

    def harvest(self) -> dict[str, Any]:
        """Harvest once; how it ended, and what there is afterwards."""
        from ckan import model
        from ckanext.harvest import queue
        from ckanext.harvest.model import HarvestJob, HarvestObject

        what = {"source_id": self._source["id"], "run": False}
        job = HarvestJob.get(self._ask("harvest_job_create", what)["id"])
        job.status = "Running"
        harvester = queue.get_harvester("dcat_rdf")
        objects = [HarvestObject.get(one) for one in queue.gather_stage(harvester, job)]
        for one in objects:
            queue.fetch_and_import_stages(harvester, one)
        job.status = "Finished"
        job.save()
        errors = [error.message for error in job.gather_errors]
        errors += [error.message for one in objects for error in one.errors]
        packages = model.Session.query(model.Package.id).filter_by(type="dataset", state="active")
        return {
            "ended": [one.report_status for one in objects],
            "errors": errors,
            "datasets": [self._ask("package_show", {"id": id_}) for (id_,) in packages],
        }


def main(folder: Path) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(postgresql(folder / "postgresql"))
        queue = stack.enter_context(redis(folder))
        search = stack.enter_context(solr())
        from ckan.config.middleware import make_app

        app = make_app(settings(folder, database, queue, search))
        stack.enter_context(app._wsgi_app.test_request_context())
        from ckan.cli.db import _migrate_plugins, _run_migrations

        _run_migrations("")
        _migrate_plugins(apply=True)
        portal: Portal | None = None
        for line in sys.stdin:
            portal = portal or Portal(line.strip())
            sys.stdout.write(f"{json.dumps(portal.harvest())}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except Unavailable as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(3)
