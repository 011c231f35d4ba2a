"""A contribution into a data folder: whole or not at all, and never over what was edited."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.contributions.conftest import TODAY
from twingraph.build import check_data
from twingraph.contributions import writing
from twingraph.contributions.contribution import Contribution, Refused
from twingraph.contributions.writing import plan, write
from twingraph.errors import DataError, UsageError
from twingraph.reconcile.batch import replace_text

FILE = "sources/sieniawa-abda.yaml"


def all_of(data: Path) -> Mapping[str, bytes]:
    files = (path for path in data.rglob("*") if path.is_file())
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in files}


def refused(data: Path, content: Any) -> Refused:
    before = all_of(data)
    with pytest.raises(Refused) as error:
        write(data, Contribution.of(content), TODAY)
    assert all_of(data) == before
    return error.value


def test_it_is_written_and_passes_the_check(data: Path, content: dict[str, Any]) -> None:
    before = all_of(data)
    made = write(data, Contribution.of(content), TODAY)
    changed = {name for name, text in all_of(data).items() if before.get(name) != text}
    assert changed == {FILE, "municipalities.csv", "people.csv"}
    assert [(name, row["key"]) for name, row in made.rows] == [
        ("municipalities", "hu-abda"),
        ("people", "zsolt-szabo"),
    ]
    assert check_data(data, TODAY).report.conforms
    assert (data / FILE).read_text("utf-8").startswith("# yaml-language-server: $schema=https://")


def test_twice_changes_nothing(data: Path, content: dict[str, Any]) -> None:
    write(data, Contribution.of(content), TODAY)
    before = all_of(data)
    again = write(data, Contribution.of(content), TODAY)
    assert not again.texts and not again.rows and not again.kept
    assert all_of(data) == before


def test_a_plan_writes_nothing(data: Path, content: dict[str, Any]) -> None:
    before = all_of(data)
    assert set(plan(data, Contribution.of(content), TODAY).texts)
    assert all_of(data) == before


def test_what_was_corrected_in_the_sheet_is_written_anew(
    data: Path, content: dict[str, Any]
) -> None:
    write(data, Contribution.of(content), TODAY)
    content["source"]["partnerships"][0]["since"] = "2018"
    assert set(write(data, Contribution.of(content), TODAY).texts) == {data / FILE}
    assert "since: 2018\n" in (data / FILE).read_text("utf-8")


def test_a_row_that_nothing_names_any_more_goes(data: Path, content: dict[str, Any]) -> None:
    before = (data / "people.csv").read_bytes()
    write(data, Contribution.of(content), TODAY)
    del content["source"]["partnerships"][0]["agreements"], content["registers"]
    made = write(data, Contribution.of(content), TODAY)
    assert [(name, row["key"]) for name, row in made.removed] == [("people", "zsolt-szabo")]
    assert not made.rows and (data / "people.csv").read_bytes() == before


def test_what_was_edited_by_hand_stays(data: Path, content: dict[str, Any]) -> None:
    write(data, Contribution.of(content), TODAY)
    path = data / FILE
    path.write_text(path.read_text("utf-8").replace("since: 2019\n", "since: 2018\n"), "utf-8")
    before = all_of(data)
    made = write(data, Contribution.of(content), TODAY)
    (kept,) = made.kept
    assert str(kept).startswith(
        f"{path}:{_line(path, 'since: 2018')}: since: this file was edited by hand"
    )
    assert "'2018' stands here, and '2019' in what was entered" in kept.message
    assert not made.texts and all_of(data) == before


def test_what_was_edited_by_hand_and_in_the_sheet_is_told(
    data: Path, content: dict[str, Any]
) -> None:
    write(data, Contribution.of(content), TODAY)
    path = data / FILE
    path.write_text(path.read_text("utf-8").replace("since: 2019\n", "since: 2018\n"), "utf-8")
    before = all_of(data)
    content["source"]["partnerships"][0]["evidence"] = "umowa"
    with pytest.raises(DataError) as error:
        write(data, Contribution.of(content), TODAY)
    assert [problem.line for problem in error.value.problems] == [
        _line(path, "since: 2018"),
        _line(path, "evidence"),
    ]
    assert all_of(data) == before


def test_an_edit_that_says_the_same_is_none(data: Path, content: dict[str, Any]) -> None:
    write(data, Contribution.of(content), TODAY)
    path = data / FILE
    text = path.read_text("utf-8").partition("title:")
    path.write_text(f"# By hand.\n{text[1]}{text[2]}", "utf-8")
    assert not write(data, Contribution.of(content), TODAY).kept
    assert path.read_text("utf-8").startswith("# By hand.\n")


def test_a_row_that_is_there_stays(data: Path, content: dict[str, Any]) -> None:
    content["registers"]["people"].append({"key": "adam-wos", "name": "Adam Wos"})
    made = write(data, Contribution.of(content), TODAY)
    (kept,) = made.kept
    assert str(kept).startswith(f"{data / 'people.csv'}:2: name: 'adam-wos' stays as it is")
    assert "adam-wos,Adam Woś," in (data / "people.csv").read_text("utf-8")


def test_a_key_that_nobody_has_is_told_where_it_was_entered(
    data: Path, content: dict[str, Any]
) -> None:
    signature = content["source"]["partnerships"][0]["agreements"][0]["signatures"][1]
    signature["signatory"] = "adam-woss"
    (fault,) = refused(data, content).faults
    at = ("source", "partnerships", 0, "agreements", 0, "signatures", 1, "signatory")
    assert (fault.place, fault.cure) == (at, "did you mean 'adam-wos'?")


def test_a_fault_of_a_row_is_told_where_it_was_entered(data: Path, content: dict[str, Any]) -> None:
    town = content["registers"]["municipalities"][0]
    town |= {"wikidata": "Q1017114", "nuts3": "PL822"}
    places = {fault.place for fault in refused(data, content).faults}
    row = ("registers", "municipalities", 0)
    assert places == {(*row, "wikidata"), (*row, "nuts3")}


def test_a_fault_of_two_fields_is_told_of_the_block(data: Path, content: dict[str, Any]) -> None:
    content["source"]["projects"] = [
        {"key": "tematicky-polsko-slovensky-park-oddychu", "grant": "100.50"}
    ]
    (fault,) = refused(data, content).faults
    assert fault.place == ("source", "projects", 0, "grant")
    assert fault.cure == "add `currency: EUR`, or the currency that the source writes"


def test_what_breaks_a_shape_is_told(data: Path, content: dict[str, Any]) -> None:
    budget = {"total_budget": "50", "grant": "100", "currency": "EUR"}
    content["source"]["projects"] = [{"key": "tematicky-polsko-slovensky-park-oddychu", **budget}]
    (fault,) = refused(data, content).faults
    assert fault.place == ("source", "projects", 0)
    assert "A grant is no more than the total budget (found: 100)" in fault.message


def test_what_is_doubtful_is_told_of_its_place(data: Path, content: dict[str, Any]) -> None:
    content["source"]["retrieved"] = "2999-01-01"
    (doubt,) = plan(data, Contribution.of(content), TODAY).doubts
    assert doubt == (
        ("source", "retrieved"),
        "retrieved: 2999-01-01 lies in the future",
        "write the day on which you read it",
    )


def test_faults_that_the_folder_had_before_are_told_as_such(
    data: Path, content: dict[str, Any]
) -> None:
    people = data / "people.csv"
    people.write_text(people.read_text("utf-8") + "zz-top,,,sieniawa-partner-towns\n", "utf-8")
    with pytest.raises(DataError) as error:
        plan(data, Contribution.of(content), TODAY)
    assert not isinstance(error.value, Refused)
    assert str(error.value).startswith(f"{people}:") and "'name' is missing" in str(error.value)


def test_a_column_that_a_register_lacks_is_told(data: Path, content: dict[str, Any]) -> None:
    people = data / "people.csv"
    people.write_text(people.read_text("utf-8").replace("key,name,wikidata", "key,name,item"))
    content["registers"]["people"][0]["wikidata"] = "Q42"
    (fault,) = refused(data, content).faults
    assert fault.place == ("registers", "people", 0, "wikidata")
    assert fault.cure == "add wikidata to its first line"


def test_all_files_or_none(
    data: Path, content: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = all_of(data)
    real = replace_text

    def full(path: Path, text: str) -> None:
        if path.name == "people.csv":
            monkeypatch.setattr(writing, "replace_text", real)
            raise UsageError(f"{path} cannot be written: no space left")
        real(path, text)

    monkeypatch.setattr(writing, "replace_text", full)
    with pytest.raises(UsageError, match="no space left"):
        write(data, Contribution.of(content), TODAY)
    assert all_of(data) == before


def test_what_somebody_else_has_just_changed_is_not_lost(
    data: Path, content: dict[str, Any]
) -> None:
    made = plan(data, Contribution.of(content), TODAY)
    people = data / "people.csv"
    people.write_text(people.read_text("utf-8") + "zz-top,Zz Top,,sieniawa-partner-towns\n")
    before = all_of(data)
    with pytest.raises(UsageError, match="has just been changed"):
        made.write()
    assert all_of(data) == before


def test_there_is_a_folder(tmp_path: Path, content: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        plan(tmp_path / "none", Contribution.of(content), TODAY)


def _line(path: Path, words: str) -> int:
    return path.read_text("utf-8").partition(words)[0].count("\n") + 1
