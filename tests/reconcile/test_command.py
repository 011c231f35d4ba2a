"""`twingraph reconcile` as its user meets it: files, exit status, words."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from tests import command
from tests.conftest import FOUNDING
from tests.reconcile import lists
from tests.reconcile.lists import write_gazetteer
from tests.sources.wikidata.service import FastClock, Watch, Wikibase, running

CONTACT = "operator@example.org"


def run(cwd: Path, *args: str | Path, typed: str = "") -> command.Done:
    return command.run(cwd, "reconcile", *args, typed=typed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a gazetteer, and a copy of the founding data to write into."""
    write_gazetteer(tmp_path / "places.tsv")
    shutil.copytree(FOUNDING, tmp_path / "data")
    return tmp_path


def register(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / "data" / "municipalities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def test_one_town(folder: Path) -> None:
    done = run(folder, "Trencin", "--country", "Slovensko", "--gazetteer", "places.tsv")
    assert done.returncode == 0
    assert done.stdout.startswith("Trencin, SK: Q145002 Trenčín (98)\n  because: ")


def test_towns_at_a_prompt(folder: Path) -> None:
    typed = "Trenčín, SK\nStaré Město, CZ\nx, Narnia\n\nnever asked\n"
    done = run(folder, "--gazetteer", "places.tsv", typed=typed)
    assert done.returncode == 0
    assert "Q145002" in done.stdout and "Q1444566" in done.stdout
    assert "'Narnia' is not known" in done.stderr
    ended = run(folder, "--gazetteer", "places.tsv", typed="Trenčín, SK")
    assert ended.returncode == 0 and "Q145002" in ended.stdout


def test_a_list(folder: Path) -> None:
    (folder / "names.csv").write_text(
        "name,country,lat,lon\nTrenčín,SK,,\nStaré Město,CZ,,\nStaré Město,CZ,49.08,17.43\n"
        "Atlantis,SK,,\n",
        encoding="utf-8",
    )
    done = run(
        folder, "--input", "names.csv", "--gazetteer", "places.tsv", "--output", "out.csv"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "out.csv: 4 rows: 2 matched, 1 candidates, 1 none\n"
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[4:] == ["outcome", "qid", "score", "reason", "candidates"]
    assert [row["qid"] for row in rows] == ["Q145002", "", "Q1009003", ""]
    assert rows[1]["candidates"].split() == ["Q1009003", "Q1444566"]


def test_broken_rows_of_a_gazetteer_are_told_and_left_out(folder: Path) -> None:
    path = folder / "places.tsv"
    with path.open("a", encoding="utf-8") as file:
        row = "{}\tlocality\tNew\tNew\t{}\t\t{}\t18\tSK\t\t\t1\n"
        file.writelines([row.format(90, "Q90", 95), row.format(91, "x91", 48)])
    done = run(folder, "New", "--country", "SK", "--gazetteer", path.name)
    assert done.returncode == 0 and "nothing found" in done.stdout
    assert "broken coordinates: lat '95'" in done.stderr
    assert "qid is not a Wikidata item: 'x91'" in done.stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("missing", "Trenčín"), "unexpected extra argument"),
        (("Trenčín",), "name its operator"),
        (("Trenčín", "--country", "Narnia", "--gazetteer", "places.tsv"), "'Narnia' is not known"),
        (("Trenčín", "--lat", "x", "--lon", "1", "--gazetteer", "places.tsv"), "not coordinates"),
        (("Trenčín", "--gazetteer", "nowhere.tsv"), "cannot be read"),
        (("--input", "names.csv", "--gazetteer", "places.tsv"), "wants --output"),
        (("--input", "nowhere", "--output", "o", "--gazetteer", "places.tsv"), "cannot be read"),
        (("--input", "latin.csv", "--output", "o", "--gazetteer", "places.tsv"), "is not UTF-8"),
        (("--input", "lacks.csv", "--output", "o", "--gazetteer", "places.tsv"), "column country"),
        (("--gazetteer", "lacks.csv", "Trenčín"), "lacks qid"),
        (("choose", "sk-lutina"), "Missing argument 'ITEM'"),
        (("choose", "sk-lutina", "Berlin"), "'Berlin' is no item id"),
        (("choose", "sk-lutina", "Q1"), "wants --by"),
        (("Trenčín", "--wikibase", "sparkle=x"), "is none of api=…"),
        (("Trenčín", "--wikibase", "at-once=many"), "a whole number is wanted"),
        (("missing", "--data", "nowhere", "--gazetteer", "places.tsv"), "no folder nowhere"),
    ],
)
def test_wrong_usage_is_told(folder: Path, args: tuple[str, ...], told: str) -> None:
    (folder / "latin.csv").write_bytes("name,country\nČadca,SK\n".encode("iso-8859-2"))
    (folder / "lacks.csv").write_text("name,town\nx,y\n", encoding="utf-8")
    done = run(folder, *args)
    assert done.returncode == 2, done.stdout
    assert told in done.stderr and "Traceback" not in done.stderr
    assert not (folder / "o").exists()


def test_a_decision_of_a_persons_is_written_with_who_and_why(folder: Path) -> None:
    choose = ("choose", "sk-lutina", "Q26", "--why", "its code", "--by", "A. Nowak")
    kept = run(folder, *choose)
    assert "kept: twingraph contributors decided" in kept.stdout
    done = run(folder, *choose, "--unresolved")
    assert done.returncode == 0 and "sk-lutina: written: Q26" in done.stdout
    row = register(folder)["sk-lutina"]
    assert (row["wikidata"], row["wikidata_by"]) == ("Q26", "A. Nowak")
    assert row["wikidata_note"] == "its code" and row["wikidata_on"]
    other = run(folder, *choose[:2], "Q27", *choose[3:], "--unresolved")
    assert "kept: A. Nowak decided: Q26; found: Q27" in other.stdout


def test_towns_of_the_register_without_an_item(folder: Path) -> None:
    with (folder / "places.tsv").open("a", encoding="utf-8") as file:
        file.write("99\tlocality\tĽutina\tĽutina\tQ99\t724241\t49.167\t21.050\tSK\t\t\t1\n")
    args = ("missing", "--gazetteer", "places.tsv")
    looked = run(folder, *args)
    assert looked.returncode == 0, looked.stderr
    assert "2 towns without an item: 1 matched" in looked.stdout
    assert register(folder)["sk-lutina"]["wikidata"] == ""
    run(folder, *args, "--write")
    assert register(folder)["sk-lutina"]["wikidata"] == "", "a person noted that none was found"
    run(folder, *args, "--write", "--unresolved")
    row = register(folder)["sk-lutina"]
    assert (row["wikidata"], row["wikidata_by"]) == ("Q99", "twingraph reconcile")


def test_a_town_of_the_register_is_looked_for_under_its_own_name(folder: Path) -> None:
    # A source that comes before the register's in the order of keys, and calls the town otherwise.
    (folder / "data/sources/a-page.yaml").write_text(
        "title: A page\nkind: other\nlanguage: [hu]\n"
        "authorities:\n  - key: sk-lutina\n    alt_label: {hu: [Litinye]}\n",
        encoding="utf-8",
    )
    done = run(folder, "missing", "--gazetteer", "places.tsv")
    assert "sk-lutina: Ľutina, SK" in done.stdout
    assert "Litinye" not in done.stdout


def test_what_has_drifted_is_told(folder: Path) -> None:
    done = run(folder, "verify", "--gazetteer", "places.tsv")
    assert done.returncode == 1
    assert "pl-sieniawa: Q3809: the list does not have the item" in done.stdout
    assert "4 items checked, 2 findings" in done.stdout


# Live


def at(server: Wikibase) -> list[str]:
    return [
        *("--wikibase", f"api={server.address}/w/api.php", "--contact", CONTACT),
        *("--wikibase", f"sparql={server.address}/sparql"),
        *("--wikibase", f"entity-data={server.address}/wiki/Special:EntityData/"),
    ]


def test_wikidata_is_asked_where_no_gazetteer_is_given(folder: Path) -> None:
    watch = Watch(FastClock())
    with running(Wikibase(lists.WIKIBASE, watch)) as server:
        done = run(folder, "Gmina Sieniawa", "--country", "PL", *at(server))
        asked = len(watch.seen)
        again = run(folder, "Gmina Sieniawa", "--country", "PL", *at(server))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Gmina Sieniawa, PL: Q3809")
    assert again.stdout == done.stdout and len(watch.seen) == asked, "it is kept"
    assert not watch.violations


def test_a_service_that_fails_sets_the_exit_status(folder: Path) -> None:
    watch = Watch(FastClock())
    with running(Wikibase(lists.WIKIBASE, watch, script=("ban",))) as server:
        done = run(folder, "Sieniawa", "--country", "PL", *at(server))
    assert done.returncode == 3 and "banned until" in done.stderr
