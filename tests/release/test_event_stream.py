"""The event stream: whoever follows it has the graph, a page never changes, and a client written by
others reads it."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest
import rdflib
import requests

from tests.conftest import FOUNDING
from tests.serve.test_clients import CLIENTS, NODE
from tests.service import Server
from twingraph.build import build, remade_faults
from twingraph.namespaces import BASE, DCAT, DCT
from twingraph.release import stream_pages
from twingraph.release.event_stream import EventStream
from twingraph.release.history import PastRelease
from twingraph.release.loss_guard import Allowed
from twingraph.verify import verify
from twingraph.web.assets import FOREVER

AS = "https://www.w3.org/ns/activitystreams#"
TREMELO = "municipality/be-tremelo"
EDITS = (("Tremelo", "Tremeloo"), ("Tremeloo", "Tremelooo"))


class Found(NamedTuple):
    """A member as a page has it: the page, the kind of change, the thing, the moment, what is said
    of the thing as lines of N-Triples."""

    page: str
    kind: str
    thing: str
    moment: str
    said: frozenset[str]


def _edit(data: Path, old: str, new: str) -> None:
    path = data / "municipalities.csv"
    text = path.read_text("utf-8")
    assert f",{old}," in text
    path.write_text(text.replace(f",{old},", f",{new},"), "utf-8")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four releases: the founding data, a name changed, changed again, and a source less."""
    place = tmp_path_factory.mktemp("stream")
    shutil.copytree(FOUNDING, place / "data")
    build(place / "data", place / "public")
    for old, new in EDITS:
        _edit(place / "data", old, new)
        build(place / "data", place / "public")
    (place / "data/sources/cervena-voda-project-sieniawa.yaml").unlink()
    build(place / "data", place / "public", allowed=Allowed(100))
    return place


def _releases(place: Path) -> list[Path]:
    line = PastRelease.read(place / "public").line
    return [place / "releases" / entry.name for entry in line]


def _members(release: Path) -> list[Found]:
    """The members of a release's stream, by a parser, in the order of its pages."""
    stream = EventStream.read(release)
    assert stream is not None
    found = []
    for page, _ in stream.pages:
        file = release / "stream" / page
        quads = list(ox.parse(path=file, format=ox.RdfFormat.TRIG, base_iri="https://x.invalid/"))
        of: dict[str, dict[str, str]] = {}
        for quad in quads:
            if quad.graph_name == ox.DefaultGraph():
                subject, object_ = str(quad.subject)[1:-1], getattr(quad.object, "value", "")
                of.setdefault(subject, {})[quad.predicate.value] = object_
        for iri, about in of.items():
            if f"{DCT}isVersionOf" in about:
                graph = (str(q.triple) for q in quads if str(q.graph_name) == f"<{iri}>")
                kind = about["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"].removeprefix(AS)
                thing, moment = about[f"{DCT}isVersionOf"], about[f"{DCT}created"]
                found.append(Found(page, kind, thing, moment, frozenset(graph)))
    return found


def _replayed(members: list[Found]) -> set[str]:
    last = {member.thing: member.said for member in members}
    return {statement for said in last.values() for statement in said}


def _graph(release: Path) -> set[str]:
    lines = gzip.decompress((release / "twingraph.nt.gz").read_bytes()).decode().splitlines()
    return {line.removesuffix(" .") for line in lines}


def test_each_release_of_a_line_is_replayed_from_its_stream(line: Path) -> None:
    for release in _releases(line):
        assert _replayed(_members(release)) == _graph(release)
        assert verify(release) == []


def test_a_page_never_changes_and_a_release_adds_what_changed(line: Path) -> None:
    first, second, third, fourth = _releases(line)
    streams = [EventStream.read(release) for release in (first, second, third, fourth)]
    pages = [[name for name, _ in stream.pages] for stream in streams if stream]
    assert [len(names) for names in pages] == [1, 2, 3, 4]
    for before, after, names in zip(
        (first, second, third), (second, third, fourth), pages, strict=False
    ):
        for name in names:
            assert (after / "stream" / name).read_bytes() == (before / "stream" / name).read_bytes()
    added = [member for member in _members(second) if member.page == pages[1][-1]]
    assert (added[0].kind, added[0].moment) == ("Update", "2026-11-23T00:00:01Z")
    told = json.loads((second / "changes/summary.json").read_text("utf-8"))
    assert len(added) < 10 and f"{BASE}{TREMELO}" in {member.thing for member in added}
    assert told["statements"]["added"] > 0
    moments = [moment for stream in streams if stream for _, moment in stream.pages]
    assert moments[-4:] == [f"2026-11-23T00:00:0{n}Z" for n in range(4)]


def test_what_is_gone_is_a_deletion_that_says_so(line: Path) -> None:
    release = _releases(line)[-1]
    (last, _), *_ = reversed(EventStream.read(release).pages)  # type: ignore[union-attr]
    gone = {m.thing: m for m in _members(release) if m.page == last and m.kind == "Delete"}
    source = gone[f"{BASE}source/cervena-voda-project-sieniawa"]
    assert {"deprecated" in statement for statement in source.said} == {True}
    evidence = [m for m in gone.values() if "/evidence/" in m.thing]
    assert evidence and all(m.said == frozenset() for m in evidence)
    assert {m.kind for m in _members(_releases(line)[0])} == {"Create"}


def test_it_is_made_again_of_the_data(line: Path) -> None:
    assert list(remade_faults((line / "public").resolve(), line / "data")) == []


def test_another_folder_begins_anew_with_the_same_page(line: Path, tmp_path: Path) -> None:
    build(FOUNDING, tmp_path / "public")
    first = _releases(line)[0]
    for name in ("stream.ttl", *(f"stream/{p.name}" for p in (first / "stream").iterdir())):
        assert (tmp_path / "public" / name).read_bytes() == (first / name).read_bytes()


def test_releases_that_are_cleared_away_take_no_page_with_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(FOUNDING, data)
    about = data / "dataset.yaml"
    about.write_text(about.read_text("utf-8") + "keep: 1\n", "utf-8")
    build(data, tmp_path / "public")
    for old, new in EDITS:
        _edit(data, old, new)
        build(data, tmp_path / "public")
    assert len(list((tmp_path / "releases").iterdir())) == 1
    assert len({member.page for member in _members(tmp_path / "public")}) == 3
    assert verify(tmp_path / "public") == []


def _withdrawn(release: Path) -> set[str]:
    made = PastRelease.read(release)
    assert all(map(made.lost, made.withdrawn)) and not made.lost(
        "stream/0001-000000000000.tree.trig"
    )
    return set(made.withdrawn)


def test_a_takedown_begins_it_anew(line: Path, tmp_path: Path) -> None:
    place = shutil.copytree(line, tmp_path / "place", symlinks=True)
    before = {member.page for member in _members(place / "public")}
    build(place / "data", place / "public", forget=["source/pecovska-heritage-project"])
    members = _members(place / "public")
    assert not before & {member.page for member in members}
    assert {member.kind for member in members} == {"Update", "Delete"}
    assert _replayed(members) == _graph(place / "public")
    stream = EventStream.read(place / "public")
    assert stream is not None and stream.starting == members[0].moment == "2026-11-23T00:00:04Z"
    assert _withdrawn(place / "public") == {f"stream/{page}" for page in before}
    text = "".join(path.read_text("utf-8") for path in (place / "public/stream").iterdir())
    assert f"dct:isVersionOf <{BASE}source/pecovska-heritage-project>" in text
    assert "evidence/pecovska-heritage-project_" not in text
    assert verify(place / "public") == []
    _edit(place / "data", "Tremelooo", "Tremelo")
    build(place / "data", place / "public")
    after = EventStream.read(place / "public")
    assert after is not None and (after.starting, len(after.pages)) == (stream.starting, 2)
    assert _withdrawn(place / "public") == {f"stream/{page}" for page in before}
    assert verify(place / "public") == []


def test_pages_are_full_of_whole_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: Path
) -> None:
    monkeypatch.setattr(stream_pages, "_FULL", 5_000)
    build(FOUNDING, tmp_path / "public")
    members = _members(tmp_path / "public")
    assert len({member.page for member in members}) > 10
    assert _replayed(members) == _replayed(_members(_releases(line)[0]))
    assert verify(tmp_path / "public") == []


def test_the_root_says_what_the_specification_asks_for(line: Path) -> None:
    """LDES Server Primer, "For the Root Node" and "Relations"."""
    ldes, tree = (rdflib.Namespace(f"https://w3id.org/{name}#") for name in ("ldes", "tree"))
    address = "https://x.invalid/stream.ttl"
    graph = rdflib.Graph().parse(line / "public/stream.ttl", publicID=address)
    root, stream = rdflib.URIRef(address), rdflib.URIRef(f"{BASE}catalog#stream")
    assert list(graph.subject_objects(tree.view)) == [(stream, root)]
    assert graph.value(stream, ldes.timestampPath) == rdflib.DCTERMS.created
    assert graph.value(stream, ldes.versionOfPath) == rdflib.DCTERMS.isVersionOf
    for kind in ("Create", "Update", "Delete"):
        assert graph.value(stream, ldes[f"version{kind}Object"]) == rdflib.URIRef(f"{AS}{kind}")
    relations = list(graph.objects(root, tree.relation))
    pages = [str(graph.value(relation, tree.node)) for relation in relations]
    names = {p.name for p in (line / "public/stream").iterdir()}
    assert sorted(pages) == sorted(f"https://x.invalid/stream/{n}" for n in [*names, *names])
    for relation in relations:
        assert graph.value(relation, tree.path) == rdflib.DCTERMS.created
        value = graph.value(relation, tree.value)
        assert isinstance(value, rdflib.Literal) and value.datatype == rdflib.XSD.dateTime
    catalogue = rdflib.Graph().parse(line / "public/catalog.ttl")
    service = rdflib.URIRef(f"{BASE}catalog#stream-service")
    assert catalogue.value(stream, tree.view) == rdflib.URIRef(f"{BASE}stream.ttl")
    assert catalogue.value(service, rdflib.URIRef(f"{DCAT}servesDataset")) == rdflib.URIRef(
        f"{BASE}catalog#dataset"
    )


# --- ldes-client -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(line: Path) -> Iterator[tuple[Path, Server]]:
    """The first release of the line, served; and where to build further ones."""
    if NODE is None or not (CLIENTS / "node_modules" / "ldes-client").is_dir():
        pytest.skip("ldes-client is not installed: make test does it, by tests/clients/install.py")
    place = line.parent / "site"
    shutil.copytree(FOUNDING, place / "data")
    build(place / "data", place / "public")
    running = Server(place / "public")
    yield place, running
    assert running.stop() == 0


def _follow(site: Server, state: Path) -> list[dict[str, Any]]:
    """The members that ldes-client has not given before, in their order."""
    done = subprocess.run(
        [str(NODE), "follow.mjs", f"{site.url}stream.ttl", str(state)],
        cwd=CLIENTS, capture_output=True, text=True, timeout=120, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_a_client_follows_from_the_first_release_to_the_last(
    site: tuple[Path, Server], tmp_path: Path
) -> None:
    place, server = site
    nights = [_follow(server, tmp_path / "state")]
    for old, new in EDITS:
        _edit(place / "data", old, new)
        build(place / "data", place / "public")
        server.wait_for(place / "public" / "stream.ttl")
        nights.append(_follow(server, tmp_path / "state"))
    (place / "data/sources/cervena-voda-project-sieniawa.yaml").unlink()
    build(place / "data", place / "public", allowed=Allowed(100))
    server.wait_for(place / "public" / "stream.ttl")
    nights.append(_follow(server, tmp_path / "state"))
    expected = [member.moment for member in _members(place / "public")]
    counts = [len(list(some)) for _, some in groupby(expected)]
    assert [len(night) for night in nights] == counts, "it goes on where it stopped"
    assert _follow(server, tmp_path / "state") == []
    dump = gzip.decompress((place / "public/twingraph.nt.gz").read_bytes())
    graph = set(rdflib.Graph().parse(data=dump, format="nt"))
    for members in ([m for night in nights for m in night], _follow(server, tmp_path / "new")):
        times = [member["timestamp"] for member in members]
        assert times == sorted(times)
        last = {member["isVersionOf"]: member["graph"] for member in members}
        assert set(rdflib.Graph().parse(data="".join(last.values()), format="nt")) == graph
    kinds = {member["kind"].removeprefix(AS) for night in nights for member in night}
    assert kinds == {"Create", "Update", "Delete"}


def test_pages_may_be_kept_for_ever_and_the_root_may_not(site: tuple[Path, Server]) -> None:
    place, server = site
    page = next((place / "public/stream").iterdir())
    answer = requests.get(f"{server.url}stream/{page.name}", timeout=10)
    assert (answer.content, answer.headers["Cache-Control"]) == (page.read_bytes(), FOREVER)
    assert answer.headers["Content-Type"] == "application/trig"
    root = requests.get(f"{server.url}stream.ttl", timeout=10)
    assert "immutable" not in root.headers["Cache-Control"]
