"""A release is verified; whatever is done to it is found, and named."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import FOUNDING
from tests.test_cli import run
from twingraph import build as building
from twingraph.build import build, remade_faults
from twingraph.errors import UsageError
from twingraph.model.records import View
from twingraph.release.exports import exports
from twingraph.release.history import PastRelease
from twingraph.release.publish import SIGNATURE, seal
from twingraph.verify import CHECKS, verify
from twingraph.verify.catalogue import MEDIA_TYPES

Spoil = Callable[[Path], object]


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, view: View) -> Path:
    """The second release of a line."""
    out = tmp_path_factory.mktemp("line") / "public"
    with pytest.MonkeyPatch.context() as patch:
        for version in ("1", "2"):
            about = replace(view.dataset, version=version)
            made = replace(view, dataset=about)
            patch.setattr(building, "read_view", lambda *_, made=made: made)
            build(FOUNDING, out)
    return out.resolve()


def test_what_is_built_is_as_it_should_be(release: Path, second: Path) -> None:
    assert verify(release) == []
    assert verify(second) == []


def test_the_media_type_of_every_download_is_verified() -> None:
    ends = {Path(one.name.removesuffix(".gz").removesuffix(".zip")).suffix for one in exports()}
    unknown = {end.removeprefix(".") for end in ends} - set(MEDIA_TYPES)
    assert unknown == set(), "add what IANA has for them to MEDIA_TYPES of verify/catalogue.py"


def swap(name: str, old: str, new: str) -> Spoil:
    """Put a text in the place of another in a file, compressed or not."""

    def spoil(folder: Path) -> None:
        path = folder / name
        packed = name.endswith(".gz")
        text = (gzip.decompress(path.read_bytes()) if packed else path.read_bytes()).decode()
        changed = re.sub(old, new, text, count=1)
        assert changed != text, (name, old)
        path.write_bytes(gzip.compress(changed.encode()) if packed else changed.encode())

    return spoil


def cut(name: str) -> Spoil:
    """Leave a half of a file."""

    def spoil(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])

    return spoil


def page_of(folder: Path) -> Path:
    """The one page of the event stream of a release."""
    (page,) = (folder / "stream").iterdir()
    return page


def in_page(old: str, new: str) -> Spoil:
    return lambda folder: swap(page_of(folder).relative_to(folder).as_posix(), old, new)(folder)


def without(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


SPOILT: list[tuple[str, Spoil, str]] = [
    ("syntax", cut("catalog.rdf"), "catalog.rdf: does not parse"),
    ("syntax", cut("schema/source.json"), "schema/source.json: does not parse"),
    ("syntax", swap("ontology/concepts.ttl", "@prefix", "@prefex"), "ontology/concepts.ttl: does"),
    ("syntax", cut("feed.atom"), "feed.atom: does not parse"),
    ("dumps", without("twingraph.ttl"), "twingraph.ttl: is missing"),
    ("dumps", cut("twingraph.ttl"), "twingraph.ttl: does not parse"),
    ("dumps", cut("twingraph.nq.gz"), "twingraph.nq.gz: does not parse"),
    ("dumps", cut("twingraph.jsonld"), "twingraph.jsonld: does not parse"),
    (
        "dumps",
        swap("twingraph.nt.gz", '"Tremelo"@nl', '"Tremolo"@nl'),
        "twingraph.nt.gz: 1 statements of its default graph are not in twingraph.ttl: "
        "<https://w3id.org/twingraph/municipality/be-tremelo>",
    ),
    (
        "dumps",
        swap("twingraph.jsonld", '"Tremelo"', '"Tremolo"'),
        "twingraph.jsonld: 1 statements of its default graph are not in twingraph.ttl",
    ),
    (
        "dumps",
        swap("twingraph.nq.gz", r"[^\n]* <https://w3id.org/twingraph/graph/[^\n]*\n", ""),
        "twingraph.trig.gz: 1 statements of its sources' graphs are not in twingraph.nq.gz",
    ),
    (
        "numbers",
        swap("void.ttl", "void:triples [0-9]+", "void:triples 7"),
        "void.ttl: triples: says 7, there are ",
    ),
    (
        "numbers",
        swap("void.ttl", "void:entities [0-9]+", "void:entities 77"),
        "says 77, there are",
    ),
    ("numbers", without("void.ttl"), "void.ttl: is missing"),
    (
        "numbers",
        swap("twingraph.nt.gz", r"[^\n]*exactMatch[^\n]*\n", ""),
        "void.ttl: links http://www.w3.org/2004/02/skos/core#exactMatch "
        "http://www.wikidata.org/entity/: says 3, there are 2",
    ),
    ("catalogue", without("catalog.rdf"), "catalog.rdf: is missing"),
    (
        "catalogue",
        swap("catalog.ttl", 'dcat:version "2"', 'dcat:version "3"'),
        "catalog.jsonld: 2 statements differ from catalog.ttl",
    ),
    (
        "catalogue",
        swap("catalog.ttl", r'byteSize "[0-9]+"', 'byteSize "12"'),
        "catalog.ttl: twingraph.ttl: says byteSize 12, it is ",
    ),
    (
        "catalogue",
        swap("catalog.ttl", r'checksumValue "[0-9a-f]+"', 'checksumValue "00"'),
        "says SHA-512 00, it is ",
    ),
    (
        "catalogue",
        swap("catalog.ttl", "media-types/text/turtle", "media-types/text/csv"),
        "catalog.ttl: twingraph.ttl: says mediaType text/csv, it is text/turtle",
    ),
    (
        "catalogue",
        without("twingraph.trig.gz"),
        "twingraph/twingraph.trig.gz: no such file is in the release",
    ),
    (
        "catalogue",
        lambda folder: (folder / "twingraph.csv").write_text("a"),
        "catalog.ttl: twingraph.csv: is not listed",
    ),
    (
        "catalogue",
        without("quality.html"),
        "catalog.ttl: https://w3id.org/twingraph/quality.html: no such page is in the release",
    ),
    ("reports", without("shacl-report.ttl"), "shacl-report.ttl: is missing"),
    ("reports", cut("shacl-report.ttl"), "shacl-report.ttl: does not parse"),
    ("reports", without("shacl-report-full.ttl.gz"), "shacl-report-full.ttl.gz: is missing"),
    ("reports", cut("shacl-report-full.ttl.gz"), "shacl-report-full.ttl.gz: does not parse"),
    (
        "reports",
        swap("shacl-report.ttl", "tg:resultCount 4", "tg:resultCount 5"),
        "says 5 results of https://w3id.org/twingraph/shapes#quality-source-rights, there are 4",
    ),
    (
        "reports",
        swap("shacl-report.ttl", "conforms true", "conforms false"),
        "shacl-report.ttl: says conforms false, shacl-report-full.ttl.gz true",
    ),
    (
        "reports",
        swap("shacl-report.ttl", "a tg:ResultGroup", "a tg:ResultHeap"),
        "shacl-report.ttl: says 0 results of ",
    ),
    (
        "reports",
        swap("shacl-report.ttl", "sh:focusNode source:[a-z-]+", "sh:focusNode source:another"),
        "is not so in shacl-report-full.ttl.gz: https://w3id.org/twingraph/shacl-report#r",
    ),
    (
        "reports",
        swap("shacl-report.ttl", "MINUS {", "FILTER NOT EXISTS { ?a ?b ?c } MINUS {"),
        "shacl-report.ttl: the query of https://w3id.org/twingraph/shacl-report#",
    ),
    (
        "reports",
        swap("shacl-report.ttl", "MINUS {", "SERVICE <http://127.0.0.1:9/> {"),
        "finds nothing: it is no SELECT of this graph alone",
    ),
    (
        "reports",
        swap("shacl-report-full.ttl.gz", r"sh:result [^,]*,", "sh:result"),
        "shacl-report-full.ttl.gz: lists 18 results, and describes 19 or others",
    ),
    (
        "reports",
        swap("shacl-report-full.ttl.gz", r" +sh:focusNode [^;]*;\n", ""),
        "shacl-report-full.ttl.gz: 19 results have 18 sh:focusNode",
    ),
    (
        "reports",
        swap("shacl-report-full.ttl.gz", "sh:Info", "sh:Violation"),
        "shacl-report-full.ttl.gz: says conforms true, it is false",
    ),
    (
        "pages",
        swap("index.html", 'href="void.ttl"', 'href="viod.ttl"'),
        "index.html: the link to viod.ttl leads nowhere",
    ),
    (
        "pages",
        swap("index.html", 'href="#main"', 'href="#up"'),
        "index.html: the link to #up leads to no place in index.html",
    ),
    (
        "pages",
        swap("changes/index.html", 'href="../index.html"', 'href="../../index.html"'),
        "changes/index.html: the link to ../../index.html leads out of the release",
    ),
    ("pages", without("index.html"), "index.html: is missing"),
    (
        "past",
        swap("release.json", '"towns": 5', '"towns": 6'),
        "release.json: says 6 towns, there are 5",
    ),
    (
        "past",
        swap("release.json", '"version": "2"', '"version": "3"'),
        "release.json: says version 3, the catalogue 2",
    ),
    (
        "past",
        lambda folder: (folder / "changes" / "added.nt").write_text("<x:a> <x:b> <x:c> .\n"),
        "changes/added.nt: is not in the release: <x:a> <x:b> <x:c> .",
    ),
    (
        "past",
        lambda folder: (folder / "changes" / "removed.nt").write_bytes(
            gzip.decompress((folder / "twingraph.nt.gz").read_bytes()).splitlines(True)[0]
        ),
        "changes/removed.nt: is in the release: <",
    ),
    ("past", without("feed.atom"), "feed.atom: is missing"),
    (
        "past",
        swap("feed.atom", "#release-2-", "#release-9-"),
        "feed.atom: its entries are not those",
    ),
    ("past", swap("feed.atom", 'type="text"', 'type="html"'), "feed.atom: holds html"),
    (
        "past",
        swap("feed.atom", "</entry>", '<h:script xmlns:h="x:h"/></entry>'),
        "feed.atom: holds the element {x:h}script",
    ),
    *(
        ("pages", swap(page, "</body>", f"{evil}</body>"), f"{page}: {told}")
        for page in ("index.html", "quality.html", "changes/index.pl.html")
        for evil, told in (
            ("<script>alert(1)</script>", "<script> would run"),
            ('<script type="application/ld+json" src="x"></script>', "<script> would run"),
            ('<img src="x" onerror="alert(1)">', "<img onerror> would run"),
            ('<a href="javascript:alert(1)">x</a>', "the link to javascript:alert(1) would run"),
            ("<iframe></iframe>", "<iframe> would run"),
        )
    ),
    (
        "installed",
        swap("ontology/twingraph.ttl", '"municipality"@en', '"pony"@en'),
        "ontology/twingraph.ttl: is not what this version of twingraph writes",
    ),
    ("installed", swap("schema/source.json", "Quote", "Quot"), "schema/source.json: is not what"),
    ("installed", swap("atlas.css", "}", "}/*"), "atlas.css: is not what this version"),
    ("stream", without("stream.ttl"), "stream.ttl: is missing"),
    ("stream", cut("stream.ttl"), "stream.ttl is not as a build writes it: "),
    ("stream", lambda folder: page_of(folder).unlink(), ".tree.trig: is missing"),
    (
        "stream",
        lambda folder: (folder / "stream" / "0002-00.tree.trig").write_text("# more"),
        "stream/0002-00.tree.trig: is not in stream.ttl",
    ),
    ("stream", in_page('"Tremelo"@nl', '"Tremolo"@nl'), ".tree.trig: is not as it was written"),
    ("stream", in_page("as:Create", "as:Make"), "is https://www.w3.org/ns/activitystreams#Make"),
    ("stream", in_page("T00:00:00Z", "T00:00:01Z"), "is not of 2026-11-23T00:00:00Z"),
    ("stream", in_page("tree:member", "tree:number"), "is no member, or twice"),
    ("stream", in_page("dct:isVersionOf", "dct:isPartOf"), "is the version of 0 things"),
    (
        "stream",
        swap("twingraph.nt.gz", '"Tremelo"@nl', '"Tremolo"@nl'),
        "stream.ttl: 1 things are not as the graph has them: "
        "https://w3id.org/twingraph/municipality/be-tremelo",
    ),
    (
        "stream",
        lambda folder: page_of(folder).write_text("<a"),
        "does not parse: ",
    ),
    ("installed", without("shapes/quality.ttl"), "shapes/quality.ttl: is missing"),
    (
        "installed",
        lambda folder: (folder / "shapes" / "more.ttl").write_text("# more"),
        "shapes/more.ttl: is nothing that this version",
    ),
]


@pytest.mark.parametrize(("name", "spoil", "fault"), SPOILT)
def test_what_is_spoilt_is_found(
    tmp_path: Path, second: Path, name: str, spoil: Spoil, fault: str
) -> None:
    folder = tmp_path / "release"
    shutil.copytree(second, folder)
    check = dict(CHECKS)[name]
    assert list(check(folder)) == []
    spoil(folder)
    found = list(check(folder))
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    "name", ["twingraph.nt.gz", "release.json", "changes/summary.json", "void.ttl", "SHA256SUMS"]
)
def test_a_file_that_is_lost_or_cut_short_is_told_and_nothing_breaks(
    tmp_path: Path, second: Path, name: str
) -> None:
    for spoil in (cut(name), without(name)):
        folder = tmp_path / "release"
        shutil.copytree(second, folder, dirs_exist_ok=True)
        spoil(folder)
        if name != "SHA256SUMS":
            seal(folder)
        faults = verify(folder)
        assert any(name.rpartition("/")[2] in fault for fault in faults), faults
        assert len(faults) == len(set(faults))


def test_the_command(tmp_path: Path, second: Path) -> None:
    done = run("verify", second)
    assert (done.returncode, done.stdout) == (0, f"{second} is as it should be\n")
    folder = tmp_path / "release"
    shutil.copytree(second, folder)
    (folder / "twingraph.ttl").unlink()
    (folder / "more.txt").write_text("more")
    wrong = run("verify", folder, "--quiet")
    assert wrong.returncode == 1
    assert "twingraph.ttl: is missing" in wrong.stdout.splitlines()
    assert "more.txt: is not in SHA256SUMS" in wrong.stdout.splitlines()
    assert "is not as it should be" in wrong.stderr
    assert run("verify", tmp_path / "nowhere").returncode == 2


CHANGED: list[tuple[str, str, str]] = [
    ("index.html", "<h1>", "<h1>Not "),
    ("quality.html", "</body>", "<p>All is well.</p></body>"),
    ("feed.atom", '<content type="text">', '<content type="text">Evil. '),
    ("quality.json", '"warnings"', '"warning"'),
    ("changes/summary.json", '"new"', '"nеw"'),
    ("twingraph.sssom.tsv", "#license", "#licence"),
    ("twingraph.graphml", "<data key=", "<data key ="),
]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two releases of a copy of the founding data, the second after a change of a name."""
    folder = tmp_path_factory.mktemp("data")
    data, out = folder / "data", folder / "public"
    shutil.copytree(FOUNDING, data)
    build(data, out)
    register = data / "municipalities.csv"
    register.write_text(register.read_text("utf-8").replace(",Tremelo,", ",Tremeloo,"), "utf-8")
    build(data, out)
    return data, out.resolve()


def test_what_the_data_gives_is_made_again(line: tuple[Path, Path], tmp_path: Path) -> None:
    data, made = line
    assert list(remade_faults(made, data)) == []
    first = made.parent / PastRelease.read(made).earlier[0].name
    assert any(
        fault.startswith("twingraph.ttl: is not what") for fault in remade_faults(first, data)
    )
    folder = made.parent / "spoilt"
    shutil.copytree(made, folder)
    for name, old, new in CHANGED:
        swap(name, old, new)(folder)
    seal(folder)
    faults = list(remade_faults(folder, data))
    shutil.rmtree(folder)
    told = {f"{name}: is not what the data gives" for name, _, _ in CHANGED}
    assert set(faults) == {*told, "SHA256SUMS: is not what the data gives"}
    done = run("verify", made, "--data", data, "--quiet")
    assert (done.returncode, done.stdout) == (0, f"{made} is as it should be\n")


def test_a_signature_is_by_its_key_and_over_the_checksums(tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is missing: install openssh-client")
    for name in ("release", "other"):
        key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(key, check=True)
    out = tmp_path / "public"
    build(FOUNDING, out)
    assert run("verify", out, "--public-key", tmp_path / "release.pub").returncode == 1
    for _ in range(2):
        made = run("build", "--data", FOUNDING, "--out", out, "--sign", tmp_path / "release")
        assert made.returncode == 0, made.stderr
        signature = (out / SIGNATURE).read_bytes()
    right = run("verify", out, "--public-key", tmp_path / "release.pub", "--quiet")
    assert (right.returncode, right.stdout) == (0, f"{out} is as it should be\n")
    assert len(list((tmp_path / "releases").iterdir())) == 1, "the same release, now signed"
    wrong = run("verify", out, "--public-key", tmp_path / "other.pub", "--quiet")
    assert wrong.returncode == 1 and "SHA256SUMS.sig: is not by other.pub" in wrong.stdout
    (out / "more.txt").write_text("more")
    seal(out.resolve())
    assert (out / SIGNATURE).read_bytes() == signature
    changed = run("verify", out, "--public-key", tmp_path / "release.pub", "--quiet")
    assert changed.returncode == 1 and "SHA256SUMS.sig: is not by release.pub" in changed.stdout
    done = run("build", "--data", FOUNDING, "--out", tmp_path / "x", "--sign", tmp_path / "none")
    assert done.returncode == 2 and "there is no key" in done.stderr
    assert not (tmp_path / "x").exists()


def test_no_folder() -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        verify(Path("nowhere"))
