"""redirects.csv: read strictly, and checked against what there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import FOUNDING
from tests.sources.conftest import Folder
from twingraph.build import build, read_view
from twingraph.cli.forget import gone as gone_command
from twingraph.errors import DataError
from twingraph.model.records import Gone
from twingraph.release.identity import past

HEADER = "path,old,new,note\n"
BASE = "https://example.org/"


def test_what_was_renamed(folder: Folder) -> None:
    folder.write(
        "redirects.csv",
        f"{HEADER}municipality,Q3809,pl-sieniawa,curated now\n"
        "partnership,Q3809--sk-lutina,pl-sieniawa--sk-lutina,\n"
        "agreement,Q3809--sk-lutina_1,pl-sieniawa--sk-lutina_1,\n"
        "source,old-page,page,\n",
    )
    assert read_view(folder.path).gone == (
        Gone(
            f"{BASE}agreement/Q3809--sk-lutina_1",
            f"{BASE}agreement/pl-sieniawa--sk-lutina_1",
        ),
        Gone(f"{BASE}municipality/Q3809", f"{BASE}municipality/pl-sieniawa"),
        Gone(f"{BASE}partnership/Q3809--sk-lutina", f"{BASE}partnership/pl-sieniawa--sk-lutina"),
        Gone(f"{BASE}source/old-page", f"{BASE}source/page"),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("path,old,new,nots\n", "unknown column 'nots' → did you mean 'note'"),
        ("path,new\n", "the column 'old' is missing"),
        (f"{HEADER}town,a,b,\n", "path: 'town' is no path of an IRI"),
        (f"{HEADER}person,Adam Wos,adam-wos,\n", "'Adam Wos' is not a key → did you mean"),
        (f"{HEADER}person,a,adam-wos\n", "has 3 cells, the header 4"),
        (f"{HEADER}person,a,adam-wos,\nperson,a,adam-wos,\n", "'a' stands here twice (first in"),
    ],
)
def test_a_faulty_row(folder: Folder, text: str, fault: str) -> None:
    folder.write("redirects.csv", text)
    (told, *_) = folder.told()
    assert told.startswith("redirects.csv:") and fault in told


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("municipality,pl-sieniawa,sk-lutina,", "old: 'pl-sieniawa' is still in use"),
        ("municipality,old,pl-sieniaw,", "there is no municipality 'pl-sieniaw'"),
        ("municipality,older,old,\nmunicipality,old,pl-sieniawa,", "was changed itself, to"),
    ],
)
def test_a_redirect_that_leads_nowhere(folder: Folder, row: str, fault: str) -> None:
    folder.write("redirects.csv", f"{HEADER}{row}\n")
    with pytest.raises(DataError) as caught:
        read_view(folder.path)
    (problem,) = caught.value.problems
    assert fault in problem.message and problem.line == 2 and problem.cure


def test_a_misspelt_register_is_found(folder: Folder) -> None:
    folder.write("redirect.csv", HEADER)
    (told,) = folder.told()
    assert told.startswith("redirect.csv: is no register → did you mean 'redirects.csv'")


def test_what_is_gone_has_no_new_key(folder: Folder) -> None:
    folder.write("redirects.csv", f"{HEADER}person,jan-kowal,,\nsource,old-page,,off the web\n")
    gone = read_view(folder.path).gone
    assert gone == (Gone(f"{BASE}person/jan-kowal"), Gone(f"{BASE}source/old-page"))


def test_nothing_leads_to_what_is_gone(folder: Folder) -> None:
    folder.write("redirects.csv", f"{HEADER}source,old,older,\nsource,older,,\n")
    with pytest.raises(DataError, match="new: 'older' is gone itself\n    → leave `new` empty"):
        read_view(folder.path)


def test_a_clone_knows_what_was_written_down(tmp_path: Path) -> None:
    data, out = shutil.copytree(FOUNDING, tmp_path / "data"), tmp_path / "public"
    (data / "redirects.csv").write_text("note,path,old,new\nmoved,source,x,sieniawa-partner-towns")
    people = data / "people.csv"
    whole = people.read_text("utf-8")
    people.write_text(whole + "made-up,Made-up Person,,sieniawa-partner-towns\n", "utf-8")
    told: list[str] = []
    build(data, out, told.append)
    assert "it follows no release: what is gone is known from redirects.csv alone (1)" in told
    people.write_text(whole, "utf-8")
    build(data, out, told.append)
    assert told[-2].startswith(
        f"1 things are gone that {data}/redirects.csv does not name: a build"
    )
    arguments = ["--data", str(data), "--release", str(out), "--quiet"]
    assert CliRunner().invoke(gone_command, arguments).output == "person/made-up\n"
    CliRunner().invoke(gone_command, [*arguments, "--write"])
    assert (data / "redirects.csv").read_text("utf-8").splitlines()[2:] == [",person,made-up,"]
    clone = tmp_path / "clone"
    build(data, clone)
    assert past(clone).gone.keys() == past(out).gone.keys()
