"""Each recipe of the landing page, carried out as the page has it, on files over HTTP."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZipFile

import networkx
import pytest

from tests.static_host import served
from twingraph.model.records import Authority, Partnership, View
from twingraph.release.exports import exports
from twingraph.release.files import File
from twingraph.release.pages.editions import LANDING, editions
from twingraph.release.pages.landing import write_landing

PATIENCE = 120
"""Seconds to wait for a program on a loaded machine."""


@dataclass
class Section:
    """What a recipe says: its code (each piece of it), its menus, the files that it links to."""

    code: list[str] = field(default_factory=list)
    menus: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class _Sections(HTMLParser):
    """The sections of a page by their id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, Section] = {}
        self._inside: Section | None = None
        self._collects: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "section":
            self._inside = self.found.setdefault(str(attributes["id"]), Section())
        elif self._inside and tag in {"code", "samp"}:
            self._collects = self._inside.code if tag == "code" else self._inside.menus
            self._collects.append("")
        elif self._inside and tag == "a":
            self._inside.links.append(str(attributes["href"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._inside = None
        elif tag in {"code", "samp"}:
            self._collects = None

    def handle_data(self, data: str) -> None:
        if self._collects is not None:
            self._collects[-1] += data


@pytest.fixture(scope="module")
def shown(view: View, release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the landing pages of the release, for a host whose files can be fetched."""
    folder = tmp_path_factory.mktemp("landing")
    files = [File.of(release, export) for export in exports()]
    with served(release) as address:
        write_landing(
            folder, replace(view, dataset=replace(view.dataset, downloads=address)), files
        )
        yield folder


@pytest.fixture(scope="module")
def recipes(shown: Path) -> dict[str, Section]:
    return _Sections((shown / "index.html").read_text("utf-8")).found


def run(*command: str, folder: Path | None = None) -> str:
    """What a program prints. No proxy stands before this machine's own files."""
    environment = {**os.environ, "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_one_for_each_tool_the_same_in_every_language(view: View, shown: Path) -> None:
    texts = [
        (shown / edition.name(LANDING)).read_text("utf-8") for edition in editions(view.dataset)
    ]
    assert len(texts) == len(view.dataset.languages)
    first, *others = [_Sections(text).found for text in texts]
    assert list(first) == ["python", "r", "gephi", "qgis"]
    # The order of words differs, what is to be entered does not.
    for other in others:
        for tool, section in first.items():
            for part in ("code", "menus", "links"):
                assert sorted(getattr(other[tool], part)) == sorted(getattr(section, part))


def test_what_is_not_offered_has_no_recipe(view: View, tmp_path: Path) -> None:
    write_landing(tmp_path, view, [])
    text = (tmp_path / "index.html").read_text("utf-8")
    assert not _Sections(text).found and 'id="load"' not in text


def test_python(recipes: dict[str, Section], release: Path) -> None:
    lines, install = recipes["python"].code
    assert len(lines.splitlines()) == 3 and install == "pip install rdflib"
    (count,) = re.findall(r"void:triples (\d+)", (release / "void.ttl").read_text("utf-8"))[:1]
    assert run(sys.executable, "-c", lines).strip() == count


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="Debian's r-base-core is not installed")
def test_r(recipes: dict[str, Section], view: View, release: Path, tmp_path: Path) -> None:
    lines, explained = recipes["r"].code
    assert len(lines.splitlines()) == 3
    script = tmp_path / "recipe.R"
    # What R made of the table, after the recipe as it stands.
    more = (
        'cat(partnerships$key, partnerships$label, sep = "\\n")\ncat(is.na(partnerships$since))\n'
    )
    script.write_text(f"{lines}\n{more}", "utf-8")
    printed = run("Rscript", "--vanilla", "--encoding=UTF-8", str(script), folder=tmp_path)
    partnerships = view.all(Partnership).values()
    active = sum(partnership.status == "active" for partnership in partnerships)
    assert active and re.search(rf"active *\n *{active} *\n", printed)
    for partnership in partnerships:
        assert f"\n{partnership.key}\n" in printed
    unknown = [str(partnership.since is None).upper() for partnership in partnerships]
    assert printed.splitlines()[-1].endswith(" ".join(unknown))
    with ZipFile(tmp_path / "twingraph.csv.zip") as archive:
        assert explained in archive.namelist()


def test_gephi(recipes: dict[str, Section], view: View, release: Path) -> None:
    section = recipes["gephi"]
    file, country, partnerships, weight = section.code
    assert section.links == [file]
    assert [menu.split(" → ")[0] for menu in section.menus] == [
        "File",
        "Appearance",
        "Appearance",
        "Layout",
    ]
    graph = networkx.read_graphml(release / file, force_multigraph=True)
    assert not graph.is_directed()
    towns = graph.nodes(data=True)
    assert set(graph) == set(view.all(Authority))
    assert {town[country] for _, town in towns} == {"BEL", "POL", "SVK"}
    # Gephi ranks by numbers alone, and knows the weight by its name.
    assert all(isinstance(town[partnerships], int) for _, town in towns)
    assert weight == "weight"
    assert dict(graph.degree(weight=weight)) == {name: town[partnerships] for name, town in towns}


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="Debian's gdal-bin is not installed")
def test_qgis(recipes: dict[str, Section], view: View) -> None:
    section = recipes["qgis"]
    address, only_active = section.code
    assert "GeoJSON" in section.menus
    # QGIS hands the URI and the filter to GDAL, and makes a layer of each kind of geometry.
    printed = run("ogrinfo", "-q", "-al", address)
    assert printed.count("\n  POINT (") == len(view.all(Authority))
    assert printed.count("\n  LINESTRING (") == len(view.all(Partnership))
    filtered = run("ogrinfo", "-q", "-al", "-where", only_active, address)
    active = [one for one in view.all(Partnership).values() if one.status == "active"]
    assert active and filtered.count("\n  LINESTRING (") == len(active)
    assert "POINT (" not in filtered
