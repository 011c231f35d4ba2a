"""Registers merged row by row: real merges by git of two branches, and what it may never do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import command as command_line
from tests.conftest import FOUNDING, ROOT
from twingraph.sources.curated.row_merge import merge_rows

HEAD = "key,name,wikidata,source\n"
BASE = ("adam-wos", "jaroslav-banas", "vital-van-dessel")
DRIVER = f"{Path(sys.executable).parent / 'twingraph'} merge %O %A %B"


def row(key: str, wikidata: str = "") -> str:
    return f"{key},Somebody,{wikidata},sieniawa-partner-towns\n"


def register(*rows: str) -> str:
    return HEAD + "".join(rows)


COMMON = register(*map(row, BASE))


class Repository:
    """A repository with a register, to be merged as curators would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "data" / "people.csv"
        self.file.parent.mkdir()
        (folder / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit(COMMON)

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
        command = ["git", *who, *arguments]
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True
        )

    def commit(self, text: str) -> None:
        self.file.write_text(text, "utf-8")
        self.git("add", "--all")
        done = self.git("commit", "--quiet", "--message=Rows")
        assert done.returncode == 0, done.stderr

    def merge(self, ours: str, theirs: str) -> tuple[bool, str]:
        """Two branches from here, merged; whether git was content, and the file."""
        self.git("checkout", "--quiet", "-b", "theirs")
        self.commit(theirs)
        self.git("checkout", "--quiet", "main")
        self.commit(ours)
        done = self.git("merge", "--quiet", "--no-edit", "theirs")
        return done.returncode == 0, self.file.read_text("utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.git("config", "merge.twingraph.driver", DRIVER)
    return made


def test_two_branches_that_add_rows_side_by_side(repository: Repository) -> None:
    ours = register(row("adam-wos"), row("bert-de-wit"), *map(row, BASE[1:]))
    theirs = register(row("adam-wos"), row("benedikt-x"), row("carl-y"), *map(row, BASE[1:]))
    good, text = repository.merge(ours, theirs)
    assert good
    assert text == register(
        *map(row, ("adam-wos", "benedikt-x", "bert-de-wit", "carl-y", *BASE[1:]))
    )


def test_one_deletes_and_the_other_adds_beside_it(repository: Repository) -> None:
    """What `merge=union` would bring back."""
    good, text = repository.merge(
        register(row("adam-wos"), row("vital-van-dessel")),
        register(*map(row, ("adam-wos", "jaroslav-banas", "karel-novak", "vital-van-dessel"))),
    )
    assert good
    assert text == register(*map(row, ("adam-wos", "karel-novak", "vital-van-dessel")))


def test_one_row_changed_on_both_sides_is_for_a_person(repository: Repository) -> None:
    good, text = repository.merge(
        register(row("adam-wos", "Q1"), row("bert-de-wit"), *map(row, BASE[1:])),
        register(row("adam-wos", "Q2"), *map(row, BASE[1:]), row("zdenek-z")),
    )
    assert not good
    conflict = (
        f"<<<<<<< ours\n{row('adam-wos', 'Q1')}=======\n{row('adam-wos', 'Q2')}>>>>>>> theirs\n"
    )
    assert text == register(conflict, *map(row, ("bert-de-wit", *BASE[1:], "zdenek-z")))
    assert repository.git("diff", "--name-only", "--diff-filter=U").stdout == "data/people.csv\n"


def test_a_row_deleted_on_one_side_and_changed_on_the_other(repository: Repository) -> None:
    good, text = repository.merge(
        register(*map(row, BASE[1:])), register(row("adam-wos", "Q2"), *map(row, BASE[1:]))
    )
    assert not good and f"=======\n{row('adam-wos', 'Q2')}>>>>>>>" in text


def test_the_same_change_on_both_sides_is_one(repository: Repository) -> None:
    both = register(row("adam-wos", "Q1"), *map(row, BASE[1:]))
    assert repository.merge(both + row("y"), both + row("z")) == (True, both + row("y") + row("z"))


def test_without_the_driver_git_merges_line_by_line(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    good, text = repository.merge(COMMON + row("y"), COMMON + row("z"))
    assert not good and "<<<<<<<" in text


def test_another_header_is_left_to_git(repository: Repository) -> None:
    wider = COMMON.replace("source\n", "source,note\n").replace("towns\n", "towns,\n")
    good, text = repository.merge(wider, COMMON + row("z"))
    assert not good and "<<<<<<<" in text and row("z") in text


@pytest.mark.parametrize("file", ["redirects.csv", "people.csv"])
def test_rows_are_told_apart_by_the_columns_of_their_register(tmp_path: Path, file: str) -> None:
    if file == "redirects.csv":
        head, rows = "path,old,new,note\n", ("person,a,,\n", "project,a,b,\n", "person,b,,\n")
    else:
        head, rows = "name,key\n", ('"two\nlines",a\n', "X,b\n", "Y,c")
    texts = (head + rows[0], head + rows[0] + rows[1], head + rows[0] + rows[2])
    for name, text in zip(("base", "ours", "theirs"), texts, strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    done = command_line.run(tmp_path, "merge", "base", "ours", "theirs")
    assert done.returncode == 0, done.stderr
    found = (tmp_path / "ours").read_text("utf-8")
    assert sorted(found) == sorted(head + "".join(rows) + "\n" * (file == "people.csv"))


def test_what_cannot_be_told_by_rows_is_no_merge() -> None:
    twice = register(row("a"), row("a"))
    for text in (twice, "", "no,such\n1,2\n", register('a,"x,,b\n'), register("a,b\n")):
        assert merge_rows(COMMON, text, COMMON) is None


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    done = command_line.run(tmp_path, "merge", "base", "ours", "theirs")
    assert done.returncode == 2 and "base cannot be read" in done.stderr


_CELLS = st.sampled_from((None, "", "Q1", "Q2"))
_SIDES = st.tuples(_CELLS, _CELLS, _CELLS, _CELLS, _CELLS).map(
    lambda cells: {key: cell for key, cell in zip("abcde", cells, strict=True) if cell is not None}
)


def _written(side: dict[str, str]) -> str:
    return register(*(row(key, value) for key, value in sorted(side.items())))


@given(_SIDES, _SIDES, _SIDES)
def test_each_row_is_what_three_versions_of_it_come_to(
    base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]
) -> None:
    merged = merge_rows(*map(_written, (base, ours, theirs)))
    turned = merge_rows(*map(_written, (base, theirs, ours)))
    assert merged and turned and merged.conflicts == turned.conflicts
    wanted: dict[str, str] = {}
    for key in {*ours, *theirs} - set(merged.conflicts):
        one, two, before = ours.get(key), theirs.get(key), base.get(key)
        value = two if one == before else one
        assert one == two or before in (one, two)
        wanted |= {key: value} if value is not None else {}
    if not merged.conflicts:
        assert merged.text == turned.text == _written(wanted)


def test_the_registers_that_ship_merge_with_themselves() -> None:
    for path in [*sorted((ROOT / "data").glob("*.csv")), *sorted(FOUNDING.glob("*.csv"))]:
        text = path.read_bytes().decode()
        merged = merge_rows(text, text, text)
        assert merged and merged.text == text
