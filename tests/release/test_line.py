"""A line of releases as a portal meets it: what moves with the data, where the old ones are, how
the changes follow each other, and that no other dataset takes the place of this one."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
import rdflib
from rdflib.namespace import DCTERMS, OWL

from tests import command as command_line
from tests.conftest import FOUNDING
from tests.serve.pages.conftest import Site
from twingraph.build import build
from twingraph.errors import UsageError
from twingraph.model.records import View
from twingraph.release.dataset_guard import RENAMED
from twingraph.release.history import PastRelease, ReleaseEntry, date, version
from twingraph.release.loss_guard import Allowed
from twingraph.serve.release_service import ReleaseService
from twingraph.verify import verify

BASE = "https://w3id.org/twingraph/"
DATASET = rdflib.URIRef(f"{BASE}catalog#dataset")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
NAMES = ("Tremelo", "Tremeloo", "Tremelooo", "Tremeloooo")


def _copy(folder: Path) -> Path:
    data = folder / "data"
    shutil.copytree(FOUNDING, data)
    return data


def _edit(data: Path, file: str, old: str, new: str) -> None:
    path = data / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four releases, each after a change of one name, and no other date or version written."""
    folder = tmp_path_factory.mktemp("line")
    data = _copy(folder)
    for old, new in zip((None, *NAMES), NAMES, strict=False):
        if old:
            _edit(data, "municipalities.csv", f",{old},", f",{new},")
        build(data, folder / "public")
    return folder / "public"


def _catalogue(folder: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(folder / "catalog.ttl")


def _said(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "releases.json").read_text("utf-8"))
    return found


def test_what_portals_compare_moves_with_the_data(line: Path) -> None:
    made = PastRelease.read(line)
    assert [entry.version for entry in made.line] == ["0.1.0", "0.1.0+2", "0.1.0+3", "0.1.0+4"]
    for entry in made.line:
        graph = _catalogue(line.parent / "releases" / entry.name)
        assert str(graph.value(DATASET, DCAT.version)) == entry.version
        assert str(graph.value(DATASET, OWL.versionInfo)) == entry.version
        assert str(graph.value(DATASET, DCTERMS.modified)) == entry.date
    assert verify(line) == []


def test_the_feed_has_one_entry_and_one_link_a_release(line: Path) -> None:
    read = feedparser.parse((line / "feed.atom").read_bytes())
    assert not read.bozo
    names = [entry.name for entry in reversed(PastRelease.read(line).line)]
    assert [entry.link for entry in read.entries] == [f"{BASE}releases/{name}/" for name in names]
    assert all(len(entry.links) == 1 for entry in read.entries)
    times = [entry.updated for entry in read.entries]
    assert len(set(times)) == 4 and times == sorted(times, reverse=True)
    assert read.feed.updated == times[0] == "2026-11-23T00:00:03Z"


def test_the_day_of_the_build_may_be_named_and_time_does_not_go_back(tmp_path: Path) -> None:
    data, out = _copy(tmp_path), tmp_path / "public"
    command = ("build", "--data", data, "--out", out, "--quiet")
    days = []
    for old, new, epoch in (
        ("Tremelo", "Tremeloo", "1767225600"),  # 2026-01-01, before the newest source
        ("Tremeloo", "Tremelo", "1798761600"),  # 2027-01-01
        ("Tremelo", "Tremelo", "1830297600"),  # 2028-01-01, and nothing has changed
        ("Tremelo", "Tremelooo", "1767225600"),
    ):
        _edit(data, "municipalities.csv", f",{old},", f",{new},")
        done = command_line.run(tmp_path, *command, SOURCE_DATE_EPOCH=epoch)
        assert done.returncode == 0, done.stderr
        days.append(PastRelease.read(out).entry.date)
    assert days == ["2026-11-23", "2027-01-01", "2027-01-01", "2027-01-01"]
    assert len(PastRelease.read(out).line) == 3
    assert command_line.run(tmp_path, *command, SOURCE_DATE_EPOCH="soon").returncode == 2
    assert "2027-01-01" in (out / "index.html").read_text("utf-8")


def test_the_rules_of_day_and_version(view: View) -> None:
    assert date(view, "2020-01-01") == "2026-11-23"
    assert date(view, "2030-01-01") == "2030-01-01"
    assert date(view, None, ReleaseEntry("x", "1", "2031-01-01")) == "2031-01-01"
    line = [ReleaseEntry(v, v, None) for v in ("1.0", "1.0+2", "1.0.1", "1.0+9", "1.0+x")]
    assert version("1.0", line) == "1.0+10"
    assert version("1.0.1", line) == "1.0.1+2"
    assert version("1", line) == "1"


def test_changes_follow_each_other(line: Path) -> None:
    """Who missed three nights applies three sets of changes, in the order of releases.json."""
    releases = line.parent / "releases"
    told = _said(line)["releases"]
    first, *later = told

    def local(address: str) -> bytes:
        assert address.startswith(f"{BASE}releases/")
        return (releases / address.removeprefix(f"{BASE}releases/")).read_bytes()

    assert first["changes"] is None and len(later) == 3
    dump = gzip.decompress((releases / first["name"] / "twingraph.nt.gz").read_bytes())
    have, at = set(dump.splitlines(True)), first["name"]
    for release in later:
        changes = release["changes"]
        assert changes["after"] == at
        removed = set(local(changes["removed"]).splitlines(True))
        assert removed <= have
        have = (have - removed) | set(local(changes["added"]).splitlines(True))
        assert json.loads(local(changes["summary"]))["statements"]["removed"] == len(removed)
        at = release["name"]
    assert at == _said(line)["current"] == line.resolve().name
    assert have == set(gzip.decompress((line / "twingraph.nt.gz").read_bytes()).splitlines(True))


def test_earlier_versions_have_an_address(line: Path) -> None:
    graph, node, found = _catalogue(line), DATASET, []
    while (node := graph.value(node, DCAT.previousVersion)) is not None:  # type: ignore[assignment]
        found.append(str(graph.value(node, DCAT.landingPage)))
    names = [entry.name for entry in reversed(PastRelease.read(line).earlier)]
    assert found == [f"{BASE}releases/{name}/" for name in names]


def test_so_many_releases_are_kept_as_the_dataset_says(tmp_path: Path) -> None:
    data, out = _copy(tmp_path), tmp_path / "public"
    (data / "dataset.yaml").write_text(
        (data / "dataset.yaml").read_text("utf-8") + "keep: 2\n", "utf-8"
    )
    (tmp_path / "releases" / "somebody-elses").mkdir(parents=True)
    for old, new in (("Tremelo", "Tremelo"), *zip(NAMES, NAMES[1:], strict=False)):
        _edit(data, "municipalities.csv", f",{old},", f",{new},")
        build(data, out)
    names = [entry.name for entry in PastRelease.read(out).line]
    assert len(names) == 4
    there = {path.name for path in (tmp_path / "releases").iterdir()}
    assert there == {"somebody-elses", *names[-2:]}
    assert [one["name"] for one in _said(out)["releases"]] == names[-2:]
    assert _said(out)["releases"][0]["changes"]["after"] == names[1]
    graph = _catalogue(out)
    addresses = {str(page) for page in graph.objects(None, DCAT.landingPage)}
    assert {a for a in addresses if "/releases/" in a} == {f"{BASE}releases/{names[-2]}/"}
    assert verify(out) == []
    _edit(data, "dataset.yaml", "keep: 2", "keep: 0")
    with pytest.raises(Exception, match="keep: '0' is not a whole number"):
        build(data, out)


@pytest.fixture(scope="module")
def served(line: Path) -> Iterator[Site]:
    running = Site(ReleaseService(line))
    yield running
    running.close()


def test_old_releases_are_served(served: Site, line: Path) -> None:
    (line.parent / "releases" / "not-of-the-line").mkdir(exist_ok=True)
    (line.parent / "releases" / "not-of-the-line" / "x.txt").write_text("x")
    for release in _said(line)["releases"]:
        at = f"/releases/{release['name']}"
        folder = line.parent / "releases" / release["name"]
        page = served.get(f"{at}/")
        assert page.status == 200 and page.body == (folder / "index.html").read_bytes()
        assert page.headers["content-type"].startswith("text/html")
        catalogue = served.get(f"{at}/catalog.ttl")
        assert catalogue.body == (folder / "catalog.ttl").read_bytes()
        assert catalogue.headers["content-type"].startswith("text/turtle")
        assert served.get(f"{at}/SHA256SUMS").status == 200
        if release["changes"]:
            added = served.get(f"{at}/changes/added.nt")
            assert added.body == (folder / "changes/added.nt").read_bytes()
        assert served.get(f"{at}/nothing.ttl").status == 404
    for wrong in ("not-of-the-line/x.txt", "../public/void.ttl", "", "%2e%2e/public/void.ttl"):
        assert served.get(f"/releases/{wrong}").status == 404
    assert served.get("/releases.json").body == (line / "releases.json").read_bytes()


def test_a_release_that_is_kept_no_longer_is_gone(served: Site, line: Path, tmp_path: Path) -> None:
    name = _said(line)["first"]
    assert served.get(f"/releases/{name}/catalog.ttl").status == 200
    shutil.move(line.parent / "releases" / name, tmp_path / name)
    for file in ("", "/", "/catalog.ttl", "/never-there.ttl"):
        assert served.get(f"/releases/{name}{file}").status == 410
    page = served.get(f"/releases/{name}/")
    assert page.status == 410 and b"has been removed." in page.body
    shutil.move(tmp_path / name, line.parent / "releases" / name)
    assert served.get(f"/releases/{name}/catalog.ttl").status == 200


Change = Callable[[Path], None]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda data: _edit(data, "dataset.yaml", BASE, "https://example.org/towns/"),
            "is a release of another dataset",
        ),
        (
            lambda data: _titled(data, "title", "Twinning of Atlantis"),
            "has the title 'Twinning of Atlantis': give a dataset of its own a `base`",
        ),
        (
            lambda data: _titled(data, "  name", "The Atlanteans"),
            "has the publisher 'The Atlanteans'",
        ),
    ],
)
def test_another_dataset_is_not_published_in_the_place_of_this_one(
    change: Change, told: str, tmp_path: Path
) -> None:
    data, out = _copy(tmp_path), tmp_path / "public"
    build(data, out)
    before = out.resolve()
    change(data)
    with pytest.raises(UsageError) as refused:
        build(data, out)
    assert told in str(refused.value)
    assert out.resolve() == before
    if BASE in (data / "dataset.yaml").read_text("utf-8").partition("base:")[2]:
        assert build(data, out, allowed=Allowed(accepted=(RENAMED,))).out == out


def _titled(data: Path, field: str, value: str) -> None:
    """Another text under a field of dataset.yaml, in English alone."""
    lines = (data / "dataset.yaml").read_text("utf-8").split("\n")
    at = next(i for i, text in enumerate(lines) if text.startswith(f"{field}:"))
    deeper = len(field) - len(field.lstrip())
    end = next(
        i for i, text in enumerate(lines[at + 1 :], at + 1)
        if len(text) - len(text.lstrip()) <= deeper
    )  # fmt: skip
    lines[at:end] = [f"{field}: {{en: {value}}}"]
    (data / "dataset.yaml").write_text("\n".join(lines), "utf-8")
