"""Every fault a curator can make: its file and line, the value, and the likely cure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.sources.conftest import FILES, Break, Folder
from twingraph.errors import DataError, UsageError
from twingraph.sources.curated import folder as curated

PAGE, TOWNS, DATASET = "sources/page.yaml", "municipalities.csv", "dataset.yaml"
PEOPLE = "people.csv"
CASES = yaml.safe_load((ROOT / "tests/data/faults.yaml").read_text("utf-8"))


def test_the_good_folder_has_no_fault(folder: Folder) -> None:
    assert folder.told() == []


@pytest.mark.parametrize("case", CASES, ids=[case["fault"] for case in CASES])
def test_a_fault_in_a_file(folder: Folder, case: dict[str, Any]) -> None:
    folder.change(case["file"], case["right"], case["wrong"])
    assert folder.told() == case["told"]


def _without(name: str) -> Break:
    return lambda folder: (folder.path / name).unlink()


def _with(name: str, content: str | bytes) -> Break:
    return lambda folder: folder.write(name, content)


def _a_folder_for_a_file(folder: Folder) -> None:
    (folder.path / PAGE).unlink()
    (folder.path / PAGE).mkdir()


NOT_UTF_8 = "save the file as UTF-8 (in the editor: Save as, Encoding)"
UNREADABLE = "check that it is there, that it is a file and that you may read it"
FILE_FAULTS: dict[str, tuple[Break, list[str]]] = {
    "UTF-16": (
        _with(PAGE, FILES[PAGE].encode("utf-16")),
        [f"{PAGE}:1: is not UTF-8: byte 0xFF → {NOT_UTF_8}"],
    ),
    "Latin-2": (
        _with(PEOPLE, b"key,name,source\nadam-wos,Adam Wo\xb6,page\n"),
        [f"{PEOPLE}:2: is not UTF-8: byte 0xB6 → {NOT_UTF_8}"],
    ),
    "empty": (_with(PAGE, ""), [f"{PAGE}:1: is empty → see data/sources/ for an example"]),
    "a register that is gone": (
        _without(PEOPLE),
        [f"{PAGE}:{n}: people.csv has no 'adam-wos' → add a row to people.csv" for n in (23, 48)],
    ),
    "a misspelt register": (
        _with("peple.csv", "x"),
        ["peple.csv: is no register → did you mean 'people.csv'?"],
    ),
    "a stray file": (
        _with("sources/page.txt", "x"),
        [
            "sources/page.txt: is no source file → name a source file with the ending .yaml, and "
            "put others elsewhere"
        ],
    ),
    "a stray file in a subfolder": (
        _with("sources/pages/page.txt", "x"),
        [
            "sources/pages/page.txt: is no source file → name a source file with the ending "
            ".yaml, and put others elsewhere"
        ],
    ),
    "one source in two folders": (
        _with("sources/pages/page.yaml", FILES[PAGE]),
        ["sources/pages/page.yaml: is the same source as page.yaml → keep one of the two files"],
    ),
    "no dataset.yaml": (
        _without(DATASET),
        [f"{DATASET}: cannot be read: No such file or directory → {UNREADABLE}"],
    ),
    "a folder for a file": (
        _a_folder_for_a_file,
        [f"{PAGE}: cannot be read: it is no file → {UNREADABLE}"],
    ),
    "semicolons": (
        _with(PEOPLE, FILES[PEOPLE].replace(",", ";")),
        [
            f"{PEOPLE}:1: is separated by semicolons → save it with commas between the cells (CSV "
            "UTF-8, comma delimited)"
        ],
    ),
    "a name that is no key": (
        _with("sources/Page Two.yaml", FILES["sources/register.yaml"]),
        [
            "sources/Page Two.yaml: the file's name is the source's key, and 'Page Two' is none → "
            "rename it to page-two.yaml"
        ],
    ),
}


@pytest.mark.parametrize("name", FILE_FAULTS)
def test_a_fault_of_a_file(folder: Folder, name: str) -> None:
    fault, told = FILE_FAULTS[name]
    fault(folder)
    assert folder.told() == told


def test_a_partnership_under_two_keys(folder: Folder) -> None:
    key = "pl-sieniawa--sk-lutina"
    folder.write("sources/page2.yaml", FILES[PAGE].replace(f"key: {key}", f"key: {key}-2"))
    (problem,) = folder.problems()
    assert (problem.file, problem.line) == ("sources/page2.yaml", 8)
    assert problem.message.startswith(f"the partnership '{key}-2' has the same partners as '{key}'")
    assert problem.message.endswith("page.yaml:8)")
    assert (
        problem.cure
        == f"write one key in both: the one that was published, or {key!r} if neither was"
    )


@pytest.mark.parametrize("name", ["a-page", "z-page"])
def test_neither_of_two_keys_is_preferred_for_where_it_was_read(folder: Folder, name: str) -> None:
    minted = "pl-sieniawa--sk-lutina"
    page = FILES[PAGE].replace(f"key: {minted}", "key: pl-sieniawa--sk-newcomer")
    folder.write(f"sources/{name}.yaml", page)
    (problem,) = folder.problems()
    assert "pl-sieniawa--sk-newcomer" in problem.message and minted in problem.message
    assert problem.cure.endswith(f"published, or {minted!r} if neither was")


def test_a_source_that_was_removed_on_purpose_need_not_be_written_again(folder: Folder) -> None:
    folder.change(PEOPLE, "Adam Woś,page", "Adam Woś,gone-page")
    (told,) = folder.told()
    assert told == (
        "people.csv:2: there is no source 'gone-page' → write data/sources/gone-page.yaml; if it "
        "was removed on purpose, delete this row, or name a source that has the thing"
    )


def test_all_faults_of_a_run_are_told_together(folder: Folder) -> None:
    folder.change(PAGE, "since: 2016\n", "sinse: 2016\n")
    folder.change(TOWNS, "Q3809", "q3809")
    folder.change(PEOPLE, "Adam Woś", "")
    places = [(problem.file, problem.line) for problem in folder.problems()]
    assert places == [(TOWNS, 2), (PEOPLE, 2), (PAGE, 10)]


@pytest.mark.parametrize(
    "change",
    [lambda text: text.replace("\n", "\r\n"), lambda text: f"\ufeff{text}"],
    ids=["CRLF", "byte order mark"],
)
def test_what_a_spreadsheet_saves_is_taken(folder: Folder, change: Callable[[str], str]) -> None:
    before = curated.read(folder.path)
    folder.write(PEOPLE, change(FILES[PEOPLE]))
    assert curated.read(folder.path) == before


def test_a_file_that_cannot_be_read_is_wrong_usage(folder: Folder) -> None:
    folder.write(PAGE, b"\xff\xfe")
    with pytest.raises(DataError) as caught:
        curated.read(folder.path)
    assert caught.value.exit_status == UsageError.exit_status


def test_no_folder_at_all(folder: Folder) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        curated.read(folder.path / "nowhere")
