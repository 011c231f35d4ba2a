"""Where the real samples lie, and a skip that says so where they do not; a small world by hand."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from . import rdf, samples
from .samples import item, twin


@pytest.fixture(scope="session")
def real(shared: Path) -> dict[str, Any]:
    """The real items of 2016 and 2023, by id."""
    folder = shared / "wikidata-json"
    lines = (folder / "entities.json").read_text(encoding="utf-8").splitlines()[1:]
    items = [json.loads(line.rstrip(",")) for line in lines]
    answer = json.loads((folder / "wbgetentities-Q32063953.json").read_text(encoding="utf-8"))
    return {item["id"]: item for item in [*items, *answer["entities"].values()]}


JULIAN = "Q1985786"
OCTOBER = "+1917-10-25T00:00:00Z"
REDIRECTS = {"Q500": "Q5"}


def by_hand() -> dict[str, Any]:
    """What the real samples do not show."""
    reference = {
        "P854": [{"type": "string", "value": "https://example.org/partner"}],
        "P813": [samples.day("2020-01-02")],
        "P1476": [{"type": "monolingualtext", "value": {"text": "Partner", "language": "pl"}}],
        "P143": [samples.entity("Q206855")],
    }
    documents = [
        item("Q5", twinned=(
            twin("Q5", "Q6", 1, qualifiers={"P580": samples.day("2010-07"), "P582": "somevalue"},
                 references=(reference,)),
            twin("Q5", "Q7", 2, qualifiers={"P580": samples.time(OCTOBER, 11, JULIAN)}),
            twin("Q5", None, 3, kind="novalue"),
            twin("Q5", None, 4, kind="somevalue"),
            twin("Q5", "Q8", 5, rank="deprecated"),
            twin("Q5", "Q999", 6),
        )),
        item("Q6", twinned=(
            twin("Q6", "Q500", 1, rank="preferred", qualifiers={"P585": samples.day("2011")}),
            twin("Q6", "Q7", 2, qualifiers={"P580": samples.time("+1964-00-00T00:00:00Z", 8)}),
        )),
        item("Q7", country="Q31"),
        item("Q8", country="Q31", twinned=(
            twin("Q8", "Q6", 1, qualifiers={
                "P580": samples.time("+1900-00-00T00:00:00Z", 7),
                "P582": samples.time("+1901-05-00T00:00:00Z", 10, JULIAN),
            }),
        )),
        item("Q36", country=None, P298="POL"),
        item("Q31", country=None, P298="BEL"),
    ]  # fmt: skip
    # Many small towns, so that there are many requests to go wrong.
    for number in range(7000000, 7000400, 2):
        one, two = f"Q{number}", f"Q{number + 1}"
        documents.append(item(one, twinned=(twin(one, two), twin(one, "Q5", 2))))
        documents.append(item(two, country="Q31", twinned=(twin(two, one),)))
    return {document["id"]: document for document in documents}


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The items by hand, and the real ones where they are."""
    try:
        real: dict[str, Any] = request.getfixturevalue("real")
    except pytest.skip.Exception:
        real = {}
    return {**real, **by_hand()}


@pytest.fixture(scope="session")
def sparql(world: dict[str, Any]) -> Iterator[str]:
    """An Oxigraph server with the items' RDF; ended by its own handle."""
    binary = Path(sys.executable).with_name("oxigraph")
    found = str(binary) if binary.exists() else shutil.which("oxigraph")
    if not found:
        pytest.skip("no oxigraph: pip install oxigraph")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [found, "serve", "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ),
    )
    try:
        address = f"http://127.0.0.1:{port}"
        text = "".join(line for document in world.values() for line in rdf.triples(document))
        load = Request(
            f"{address}/store?default",
            data=text.encode(),
            headers={"Content-Type": "application/n-triples"},
        )
        for attempt in range(100):
            try:
                urlopen(load, timeout=20).close()
                break
            except URLError:
                assert attempt < 99 and process.poll() is None, "oxigraph does not answer"
                time.sleep(0.05)
        yield f"{address}/query"
    finally:
        process.terminate()
        process.wait(10)
