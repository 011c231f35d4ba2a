"""`twingraph new`: what it makes passes the check; nothing waits where there is no terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.contributions.test_import import run
from tests.contributions.test_towns import HARVEST
from tests.contributions.test_writing import all_of
from twingraph.cli import cli
from twingraph.errors import UsageError

SOURCE = ("--source", "sieniawa-partner-towns")
TITLE = ("--title", "Umowa z Abdą", "--kind", "municipal", "--language", "pl")


def missing(*arguments: str) -> str:
    return str(run("new", *arguments, fails=UsageError).exception)


def test_a_town(data: Path) -> None:
    told = run("new", "town", "Abda", "--country", "Hungary", *SOURCE, "--data", data).output
    assert told == f"{data}/municipalities.csv + hu-abda: Abda, hu, HU, municipality\n"
    assert "\nhu-abda,Abda,hu,,HU,municipality," in (data / "municipalities.csv").read_text()
    run("check", "--data", data, "--quiet")
    again = run("new", "town", "Abda", "--country", "HU", *SOURCE, "--data", data).output
    assert again.endswith("has it already: hu-abda\n")


def test_a_town_with_its_item(data: Path) -> None:
    decided = ("--item", "Q1017114", "--by", "A. Nowak")
    run("new", "town", "Abda", "--country", "HU", *decided, *SOURCE, "--data", data)
    row = next(
        line for line in (data / "municipalities.csv").read_text().splitlines() if "hu-abda" in line
    )
    assert "Q1017114,,verified,A. Nowak," in row


def test_what_the_harvests_have_is_proposed(data: Path) -> None:
    (data / "harvest").mkdir()
    (data / "harvest" / "list.jsonl").write_text(HARVEST)
    told = run("new", "town", "Abda", "--country", "HU", *SOURCE, "--data", data).output
    assert "may be Q1017114 Abda, HU" in told
    assert "twingraph reconcile choose hu-abda Q1017114" in told


def test_a_town_in_another_script(data: Path) -> None:
    told = run("new", "town", "Тячів", "--country", "UA", *SOURCE, "--data", data).output
    assert "+ ua-tyachiv: Тячів, uk, UA" in told


def test_a_source(data: Path) -> None:
    run("new", "source", "Partnerzy", "--kind", "municipal", "--language", "pl", "--data", data)
    path = data / "sources" / "partnerzy.yaml"
    text = path.read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=https://")
    assert "title:\n  pl: Partnerzy\n" in text and "#     since: 2008-07 " in text
    run("check", "--data", data, "--quiet")
    told = run("new", "source", "Partnerzy", "--kind", "news", "--language", "pl", "--data", data)
    assert told.output == f"{path} is there already\n"


def test_a_partnership_with_its_source(data: Path) -> None:
    towns = ("pl-sieniawa", "Abda (HU)")
    told = run("new", "partnership", *towns, *TITLE, "--since", "2019", "--data", data).output
    path = data / "sources" / "umowa-z-abda.yaml"
    assert f"{path}: fill in what it says" in told
    assert "key: hu-abda--pl-sieniawa\n" in path.read_text("utf-8")
    run("check", "--data", data, "--quiet")


def test_a_partnership_of_a_source_that_is_there(data: Path) -> None:
    towns = ("Sieniawa (PL)", "Abda (HU)")
    told = run("new", "partnership", *towns, *SOURCE, "--data", data).output
    assert "+ hu-abda" in told
    assert "  - key: hu-abda--pl-sieniawa\n    partners: [pl-sieniawa, hu-abda]\n" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("town",), "missing: NAME (the town's name, as people write it); --country (its country)"),
        (("town", "Abda", "--country", "HU"), "missing: --source"),
        (("town", "A", "--country", "HU", "--item", "Q1", *SOURCE), "missing: --by"),
        (("town", "Abda", "--country", "Atlantis", *SOURCE), "'Atlantis' is not known"),
        (("town", "Abda", "--country", "HU", "--source", "x"), "there is no source 'x'"),
        (("source", "Partnerzy"), "missing: --kind (whose it is: association, "),
        (("source", "x", "--kind", "munizipal", "--language", "pl"), "did you mean 'municipal'?"),
        (("partnership", "Abda (HU)", *SOURCE), "wants two towns"),
        (("partnership", "Abda", "Sieniawa (PL)", *SOURCE), "missing: the country of Abda"),
        (("partnership", "hu-abda", "pl-sieniawa", *SOURCE), "municipalities.csv has no 'hu-abda'"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    data: Path, arguments: tuple[str, ...], told: str
) -> None:
    before = all_of(data)
    assert told in missing(*arguments, "--data", str(data))
    assert all_of(data) == before


def test_at_a_terminal_it_asks(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "harvest").mkdir()
    (data / "harvest" / "list.jsonl").write_text(HARVEST)
    monkeypatch.setattr("twingraph.cli.new._is_terminal", lambda: True)
    answers = "Hungary\nsieniawa-partner-towns\n1\nA. Nowak\nits page links to it\n"
    done = CliRunner().invoke(cli, ["new", "town", "Abda", "--data", str(data)], input=answers)
    assert done.exit_code == 0, (done.output, done.exception)
    row = next(
        line for line in (data / "municipalities.csv").read_text().splitlines() if "hu-abda" in line
    )
    assert "Q1017114,,verified,A. Nowak," in row and "its page links to it" in row
