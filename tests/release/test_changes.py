"""What changed between two releases: as statements, in words, on a page and in a feed."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import FOUNDING
from tests.release.towns import BASE, agreement, partnership, town, view, written
from tests.test_cli import edit, run
from twingraph.errors import UsageError
from twingraph.model.records import Record, View
from twingraph.release.changes import compare
from twingraph.release.feed import write_feed
from twingraph.release.history import PastRelease, ReleaseEntry
from twingraph.release.identity import follow
from twingraph.release.publish import checksums
from twingraph.release.summary import ChangeSummary, summarize

OLD: list[Record] = [
    town("a"),
    town("b"),
    town("Q1", "Former name", wikidata="Q1"),
    partnership("a", "b", "2001"),
    partnership("Q1", "a"),
    agreement("a--b", "2001-05"),
]
NEW: list[Record] = [
    town("a", "Renamed"),
    town("b"),
    town("c", "Former name", wikidata="Q1"),
    town("d"),
    partnership("a", "b", "2001-05"),
    partnership("a", "c"),
    partnership("b", "d", "1995~"),
]


def lines_of(release: Path) -> set[bytes]:
    with gzip.open(release / "twingraph.nt.gz") as file:
        return set(file)


def quads_of(release: Path) -> set[bytes]:
    with gzip.open(release / "twingraph.nq.gz") as file:
        return set(file)


def summary(tmp_path: Path, old: View, new: View) -> ChangeSummary:
    was = written(tmp_path / "old", old)
    now = written(tmp_path / "new", follow(new, was).view)
    return summarize(compare(was, now), was, now, ({"version": "1"}, {"version": "2"}))


GRAPHS = ("", " <x:graph/a>", " <x:graph/b>")
OBJECTS = ("<x:o>", '"o"', '"a \\"b\\" <x:graph/a>"@en', '"1"^^<x:d>')
QUADS = st.sets(st.tuples(st.integers(0, 9), st.sampled_from(OBJECTS), st.sampled_from(GRAPHS)))


@settings(max_examples=50)
@given(QUADS, QUADS)
def test_the_difference_is_that_of_the_sets(
    tmp_path_factory: pytest.TempPathFactory, old: set[Any], new: set[Any]
) -> None:
    place = tmp_path_factory.mktemp("pair")
    for name, said in (("old", old), ("new", new)):
        (place / name).mkdir()
        text = "".join(f"<x:{number}> <x:p> {o}{graph} .\n" for number, o, graph in said)
        (place / name / "twingraph.nq.gz").write_bytes(gzip.compress(text.encode()))
    found = compare(place / "old", place / "new")
    default = [{f"<x:{n}> <x:p> {o} .\n".encode() for n, o, g in of if not g} for of in (old, new)]
    assert found.added == tuple(sorted(default[1] - default[0]))
    assert found.removed == tuple(sorted(default[0] - default[1]))
    expected = {
        graph[2:-1]: tuple(sum(g == graph for *_, g in of) for of in (new - old, old - new))
        for graph in GRAPHS[1:]
    }
    assert found.graphs == {graph: of for graph, of in expected.items() if any(of)}


def test_the_summary_names_what_is_new_and_what_is_gone(tmp_path: Path) -> None:
    said = summary(tmp_path, view(OLD), view(NEW))
    added = {path: [t["label"] for t in of] for path, of in said.json()["added"].items()}
    assert added == {"partnership": ["Synthetic B – Synthetic D"], "municipality": ["Synthetic D"]}
    removed = said.json()["removed"]
    assert removed["municipality"] == [
        {
            "iri": f"{BASE}municipality/Q1",
            "label": "Former name",
            "replaced_by": f"{BASE}municipality/c",
        }
    ]
    assert removed["partnership"][0]["replaced_by"] == f"{BASE}partnership/a--c"
    assert removed["agreement"] == [
        {
            "iri": f"{BASE}agreement/a--b_1",
            "label": "Agreement of 2001-05, Synthetic A – Synthetic B",
        }
    ]


def test_a_date_is_told_once_and_what_is_mirrored_is_not_told_again(tmp_path: Path) -> None:
    said = summary(tmp_path, view(OLD), view(NEW))
    (date,) = said.dates
    assert (date.thing.label, date.property) == ("Renamed – Synthetic B", "since")
    assert (date.old, date.new) == (("2001",), ("2001-05",))
    (other,) = said.changed
    assert (other.property, other.old, other.new) == (
        "skos:prefLabel", ("Synthetic A",), ("Renamed",),
    )  # fmt: skip


def test_bounds_alone_are_told_as_an_interval(tmp_path: Path) -> None:
    old, new = (view([town("a"), town("b"), partnership("a", "b", d)]) for d in ("199X", "2001"))
    (date,) = summary(tmp_path, old, new).dates
    assert (date.old, date.new) == (("1990-01-01/1999-12-31",), ("2001",))


def test_the_headlines_count(tmp_path: Path) -> None:
    assert summary(tmp_path, view(OLD), view(NEW)).headlines()[:-1] == (
        "1 partnership added",
        "1 town added",
        "1 partnership under a new IRI",
        "1 town under a new IRI",
        "1 agreement removed",
        "1 date changed",
        "1 thing changed otherwise",
    )


def test_a_source_whose_claims_alone_change_is_named(tmp_path: Path) -> None:
    """What a source of the worse rank says otherwise is not in the merged view."""
    records = [town("a"), town("b"), partnership("a", "b", "2001")]
    old, new = (
        view(records, {"yy": [partnership("a", "b", since)], "zz": [town("a")]})
        for since in ("1999", "1998-02")
    )
    said = summary(tmp_path, old, new)
    (changed,) = said.json()["sources"]
    assert changed == {
        "iri": f"{BASE}source/yy",
        "label": "Synthetic source yy",
        "added": 3,
        "removed": 3,
    }
    assert said.json()["statements"] == {"added": 0, "removed": 0}
    assert said.headlines() == (
        "no statement changed; claims of 1 source changed: Synthetic source yy",
    )
    assert f"Synthetic source yy  <{BASE}source/yy>: 3 added, 3 removed" in said.text()


def test_a_source_that_is_new_or_gone_is_named_with_all_it_states(tmp_path: Path) -> None:
    records = [town("a"), town("b")]
    old, new = (view(records, {key: [partnership("a", "b")]}) for key in ("old", "new"))
    said = summary(tmp_path, old, new)
    (made, lost) = said.sources
    assert (made.source.label, lost.source.label) == (
        "Synthetic source new",
        "Synthetic source old",
    )
    assert made.statements[0] == lost.statements[1] > 0
    assert made.statements[1] == lost.statements[0] == 0


def test_many_sources_are_counted_in_a_line_and_named_below(tmp_path: Path) -> None:
    keys = "mnop"
    old, new = (
        view([town("a"), town("b")], {key: [town("a", f"{name} {key}")] for key in keys})
        for name in ("Old", "New")
    )
    said = summary(tmp_path, old, new)
    assert said.headlines()[-1].endswith("; claims of 4 sources changed")
    assert [source.source.iri for source in said.sources] == [f"{BASE}source/{k}" for k in keys]


def test_two_equal_releases(tmp_path: Path) -> None:
    said = summary(tmp_path, view(OLD), view(OLD))
    assert said.headlines() == ("no statement changed",)
    assert said.text().count("\n") == 1


def test_a_release_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no release"):
        compare(tmp_path, tmp_path)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases: in the second a date is more precise, and a page is named anew."""
    place = tmp_path_factory.mktemp("project")
    shutil.copytree(FOUNDING, place / "data")
    assert run("build", "--quiet", cwd=place).returncode == 0
    edit(place / "data/sources/sieniawa-partner-towns.yaml", "since: 2008-07", "since: 2008-07-02")
    edit(place / "data/dataset.yaml", "version: 0.1.0", "version: 0.2.0")
    edit(place / "data/dataset.yaml", "modified: 2026-11-23", "modified: 2026-12-01")
    assert run("build", "--quiet", cwd=place).returncode == 0
    return place


def test_a_release_holds_its_changes(project: Path) -> None:
    public = project / "public"
    release = PastRelease.read(public)
    old = project / "releases" / release.earlier[0].name
    assert not (old / "changes").exists()
    added = (public / "changes/added.nt").read_bytes().splitlines(keepends=True)
    removed = (public / "changes/removed.nt").read_bytes().splitlines(keepends=True)
    assert set(added) == lines_of(public) - lines_of(old) and added == sorted(added)
    assert set(removed) == lines_of(old) - lines_of(public) and removed
    said = json.loads((public / "changes/summary.json").read_text("utf-8"))
    assert said["old"]["name"] == release.earlier[0].name
    assert said["new"] == {"version": "0.2.0", "date": "2026-12-01"}
    (date,) = said["dates"]
    assert (date["property"], date["old"], date["new"]) == ("since", ["2008-07"], ["2008-07-02"])
    assert release.entry.changes[0] == "1 date changed"
    (source,) = said["sources"]
    assert source["iri"] == f"{BASE}source/sieniawa-partner-towns"
    in_graph = (b" <%sgraph/sieniawa-partner-towns> .\n" % BASE.encode(),)
    stated = [{line for line in quads_of(of) if line.endswith(in_graph)} for of in (public, old)]
    assert source["added"] == len(stated[0] - stated[1]) > 0
    assert source["removed"] == len(stated[1] - stated[0]) > 0
    assert source["label"] in release.entry.changes[-1]
    page = (public / "changes/index.html").read_text("utf-8")
    assert "What is new in version 0.2.0" in page and "2008-07-02" in page
    assert f"Sources whose claims changed: {source['label']}" in page
    landing = (public / "index.html").read_text("utf-8")
    assert 'href="changes/index.html"' in landing and 'href="feed.atom"' in landing
    assert not list(checksums(public))


def test_diff_says_the_same(project: Path) -> None:
    old = PastRelease.read(project / "public").earlier[0].name
    text = run("diff", f"releases/{old}", "public", cwd=project)
    assert text.returncode == 0, text.stderr
    assert "from 0.1.0 (2026-11-23) to 0.2.0 (2026-12-01): 1 date changed" in text.stdout
    assert "since 2008-07 → 2008-07-02" in text.stdout
    said = json.loads(
        run("diff", f"releases/{old}", "public", "--format", "json", cwd=project).stdout
    )
    kept = json.loads((project / "public/changes/summary.json").read_text("utf-8"))
    assert {k: v for k, v in said.items() if k != "new"} == {
        k: v for k, v in kept.items() if k != "new"
    }
    wrong = run("diff", "data", "public", cwd=project)
    assert wrong.returncode == 2 and "holds no release" in wrong.stderr


def test_unchanged_data_keeps_release_and_changes(project: Path) -> None:
    before = (project / "public").resolve()
    again = run("build", cwd=project)
    assert again.returncode == 0 and "nothing has changed" in again.stderr
    assert (project / "public").resolve() == before
    assert len(list((project / "releases").iterdir())) == 2


def test_the_feed_has_an_entry_for_each_release(project: Path) -> None:
    read = feedparser.parse((project / "public/feed.atom").read_bytes())
    assert not read.bozo and read.version == "atom10"
    assert read.feed.id == f"{BASE}catalog#releases"
    assert read.feed.updated == "2026-12-01T00:00:00Z"
    assert [link.href for link in read.feed.links if link.rel == "self"] == [f"{BASE}feed.atom"]
    assert [entry.title for entry in read.entries] == ["Version 0.2.0", "Version 0.1.0"]
    assert "1 date changed." in read.entries[0].content[0].value
    assert read.entries[1].updated_parsed[:3] == (2026, 11, 23)
    release = PastRelease.read(project / "public")
    assert [entry.id for entry in read.entries] == [
        f"{BASE}catalog#release-{entry.name}" for entry in reversed(release.line)
    ]
    earlier = project / "releases" / release.earlier[0].name / "feed.atom"
    assert feedparser.parse(earlier.read_bytes()).entries[0].id == read.entries[1].id


def test_a_feed_escapes_and_leaves_out_what_has_no_day(tmp_path: Path, view: View) -> None:
    about = replace(view.dataset, publisher_url="https://example.org/?a=1&b=<")
    line = [
        ReleaseEntry("1-a", "1", None),
        ReleaseEntry("2-b", "2 <&>", "2026-01-01", {}, ("5 < 6 & 7",)),
    ]
    write_feed(tmp_path, about, line)
    read = feedparser.parse((tmp_path / "feed.atom").read_bytes())
    assert not read.bozo
    assert [entry.title for entry in read.entries] == ["Version 2 <&>"]
    assert read.entries[0].content[0].value == "5 < 6 & 7."
    (tmp_path / "feed.atom").unlink()
    write_feed(tmp_path, about, line[:1])
    assert not (tmp_path / "feed.atom").exists()
