"""A contribution as a file and as plain content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.contributions.strategies import contributions
from tests.sources.curated.test_editor_schema import faults
from twingraph.contributions.contribution import Contribution, Refused, load, shown
from twingraph.errors import DataError


def test_what_is_written_is_read_the_same(content: dict[str, Any], tmp_path: Path) -> None:
    made = Contribution.of(content)
    path = tmp_path / "page.yaml"
    path.write_text(made.dump(), "utf-8")
    assert load(path) == made
    assert load(path).dump() == made.dump()
    assert made.registers["people"][0]["source"] == "sieniawa-abda"


def test_the_order_of_names_is_the_formats(content: dict[str, Any]) -> None:
    source = dict(reversed(content["source"].items()))
    turned = {"source": source, "registers": content["registers"]}
    assert Contribution.of(turned).dump() == Contribution.of(content).dump()


def test_what_is_empty_is_left_out(content: dict[str, Any]) -> None:
    plain = Contribution.of(content)
    content["source"] |= {"note": " ", "projects": [], "rights": None, "each_partnership": {}}
    assert Contribution.of(content) == plain


def test_what_browsers_copy_along_unseen_is_left_out(content: dict[str, Any]) -> None:
    plain = Contribution.of(content)
    person = content["registers"]["people"][0]
    person["name"] = "\ufeff" + person["name"].replace(" ", " \u00ad\u200b")
    assert Contribution.of(content) == plain


def test_a_fault_has_its_place(content: dict[str, Any]) -> None:
    content["source"]["partnerships"][0]["since"] = "12 maja 2019"
    content["source"]["sinse"] = "2019"
    content["registers"]["people"][0]["wikidata"] = "3809"
    with pytest.raises(Refused) as refused:
        Contribution.of(content)
    faults = {fault.place: fault for fault in refused.value.faults}
    assert set(faults) == {
        ("source", "partnerships", 0, "since"),
        ("source", "sinse"),
        ("registers", "people", 0, "wikidata"),
    }
    assert faults["source", "partnerships", 0, "since"].cure == "did you mean '2019-05-12'?"
    assert "source, partnerships 1, since: since: '12 maja 2019' is no date" in str(refused.value)


def test_what_is_missing_is_told_of_what_should_hold_it(content: dict[str, Any]) -> None:
    del content["source"]["kind"]
    with pytest.raises(Refused) as refused:
        Contribution.of(content)
    (fault,) = refused.value.faults
    assert (fault.place, fault.message) == (("source",), "'kind' is missing")


@pytest.mark.parametrize("content", [None, "page", [], {}, {"source": 3}, {"registers": []}])
def test_what_is_no_contribution_is_refused(content: Any) -> None:
    with pytest.raises(Refused):
        Contribution.of(content)


def test_a_file_tells_its_lines(content: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "page.yaml"
    text = Contribution.of(content).dump().replace("since: 2019", "since: 12.05.2019")
    path.write_text(text, "utf-8")
    with pytest.raises(DataError) as error:
        load(path)
    line = text.partition("since: 12")[0].count("\n") + 1
    assert str(error.value).startswith(f"{path}:{line}: since: '12.05.2019' is no date")
    assert error.value.problems[0].cure == "did you mean '2019-05-12'?"


def test_places_in_words() -> None:
    assert shown(("source", "partnerships", 0, "since")) == "source, partnerships 1, since"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(contributions)
def test_any_contribution_is_read_the_same_and_an_editor_takes_it(
    tmp_path: Path, made: Contribution
) -> None:
    path = tmp_path / "page.yaml"
    path.write_text(made.dump(), "utf-8")
    assert load(path) == made
    assert faults(made.source_text()) == []
