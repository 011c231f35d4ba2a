"""Faults by the hundred thousand, told in a few words and in linear time; links out of the data."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import command
from tests.conftest import FOUNDING
from twingraph.errors import MOST_SHOWN, DataError
from twingraph.sources.curated import folder

HEAD = 'title: {en: "X"}\nkind: municipal\nlanguage: [pl]\n'
ROW = "be-t{i},Tremelo,nl,,{country},municipality,,,,,,unresolved,,,,,,,,,{source}\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    copied = tmp_path / "data"
    shutil.copytree(FOUNDING, copied)
    return copied


def _source(text: str) -> Callable[[Path], None]:
    def write(data: Path) -> None:
        (data / "sources" / "big.yaml").write_text(HEAD + text, "utf-8")

    return write


def _rows(rows: list[str]) -> Callable[[Path], None]:
    def write(data: Path) -> None:
        register = FOUNDING / "municipalities.csv"
        text = register.read_text("utf-8") + "".join(rows)
        (data / "municipalities.csv").write_text(text, "utf-8")

    return write


def _partners(n: int) -> Callable[[Path], None]:
    one = "  - key: pl-sieniawa--xx-u{0}\n    partners: [pl-sieniawa, xx-u{0}]\n"
    return _source("partnerships:\n" + "".join(one.format(i) for i in range(n)))


def _repeated(n: int) -> Callable[[Path], None]:
    return _rows([ROW.format(i=0, country="BE", source="founding-verification")] * n)


def _unknown(n: int) -> Callable[[Path], None]:
    return _rows([ROW.format(i=i, country="ZQ", source=f"no-source-{i}") for i in range(n)])


def _names_twice(n: int) -> Callable[[Path], None]:
    return _source("kind: municipal\n" * n)


FAULTS = {
    "unknown partners": _partners,
    "repeated keys": _repeated,
    "unknown countries and sources": _unknown,
    "a name again and again": _names_twice,
}


def _seconds(data: Path) -> tuple[float, DataError]:
    begun = time.process_time()
    with pytest.raises(DataError) as refused:
        folder.read(data)
    return time.process_time() - begun, refused.value


@pytest.mark.parametrize("fault", FAULTS)
def test_many_faults_are_told_in_linear_time_and_few_words(fault: str, data: Path) -> None:
    taken = []
    for n in (6_000, 24_000):
        FAULTS[fault](n)(data)
        seconds, error = min((_seconds(data) for _ in range(2)), key=lambda found: found[0])
        taken.append(seconds)
        lines = str(error).splitlines()
        assert len(error.problems) >= n - 1
        assert lines[-1] == f"… and {len(error.problems) - MOST_SHOWN:,} problems more"
        assert len(str(error)) < 400_000
    # Four times as much: sixteen times as long would be quadratic.
    assert taken[1] < 8 * taken[0]


def test_a_file_of_nothing_but_unknown_names_is_not_read_to_its_end(data: Path) -> None:
    _source("".join(f"unknown-{i}: x\n" for i in range(200_000)))(data)
    seconds, error = _seconds(data)
    (problem,) = (p for p in error.problems if p.file.endswith("big.yaml"))
    assert problem.line == 1001 and "after 1000 others" in problem.message
    assert seconds < 10


@pytest.mark.parametrize("linked", ["sources/big.yaml", "sources/more", "people.csv", "harvest"])
def test_a_link_out_of_the_data_is_refused_unread(linked: str, data: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    if linked in ("sources/more", "harvest"):
        secret.mkdir()
        (secret / "x.yaml").write_text("password: hunter2\n", "utf-8")
    else:
        secret.write_text("password: hunter2\n", "utf-8")
    (data / linked).unlink(missing_ok=True)
    (data / linked).symlink_to(secret)
    done = command.run(tmp_path, "check", "--data", data)
    assert done.returncode == 2
    assert f"{linked}: is a link that leads out of the data folder" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout and "password" not in done.stderr


def test_a_link_within_the_data_is_followed(data: Path) -> None:
    (data / "sources" / "pages").mkdir()
    moved = (data / "sources" / "sieniawa-partner-towns.yaml").rename(data / "kept.txt")
    (data / "sources" / "pages" / "sieniawa-partner-towns.yaml").symlink_to(moved)
    assert len(folder.read(data).claims) == 6
