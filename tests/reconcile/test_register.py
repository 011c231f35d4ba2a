"""Decisions in a register: written with who, when and why, and never over a person's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from twingraph.errors import UsageError
from twingraph.reconcile.decide import Candidate, Outcome, TownDecision
from twingraph.reconcile.register import MACHINE, Done, enter

REGISTER = (
    "\ufeffkey,name,wikidata,wikidata_status,wikidata_by,wikidata_on,wikidata_note,source\r\n"
    'pl-a,"A, town",,unresolved,,,,s\r\n'
    'pl-b, B ,Q2,verified,Anna Nowak,2026-01-02,"seen, ""really""",s\r\n'
    f"pl-c,C,Q3,verified,{MACHINE},2026-01-02,old,s\r\n"
    "pl-d,D,Q4,verified,,,,s\r\n"
    "pl-e,E,,unresolved,Anna Nowak,2026-01-02,there is none,s\r\n"
    '"pl-f","two\nlines","",unresolved,,,,s'
)
TODAY = date(2026, 11, 24)


def _match(item: str, why: str = 'the only one, "really"') -> TownDecision:
    found = Candidate(item, "X", "PL", 100.0, "the same name")
    return TownDecision(Outcome.MATCHED, why, (found,), found)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "municipalities.csv"
    path.write_bytes(REGISTER.encode())
    return path


def test_a_match_is_written_with_who_when_and_why(register: Path) -> None:
    entered = enter(register, {"pl-a": _match("Q1")}, TODAY)
    assert [(e.key, e.done) for e in entered] == [("pl-a", Done.WRITTEN)]
    changed = register.read_bytes().decode()
    row = f'pl-a,"A, town",Q1,verified,{MACHINE},2026-11-24,"the only one, ""really""",s\r\n'
    assert changed == REGISTER.replace('pl-a,"A, town",,unresolved,,,,s\r\n', row)


@pytest.mark.parametrize("key", ["pl-b", "pl-d", "pl-e"])
def test_a_persons_decision_is_kept(register: Path, key: str) -> None:
    (entered,) = enter(register, {key: _match("Q1000")}, TODAY)
    assert entered.done is Done.KEPT and "Q1000" in entered.detail
    assert register.read_bytes().decode() == REGISTER


def test_a_person_does_not_overwrite_another_either(register: Path) -> None:
    (entered,) = enter(register, {"pl-b": _match("Q1000")}, TODAY, by="Jan Kowalski")
    assert entered.done is Done.KEPT


def test_what_a_person_left_open_may_be_filled_when_asked_for(register: Path) -> None:
    decisions = {key: _match("Q1000") for key in ("pl-b", "pl-d", "pl-e")}
    done = {e.key: e.done for e in enter(register, decisions, TODAY, unresolved=True)}
    assert done == {"pl-b": Done.KEPT, "pl-d": Done.KEPT, "pl-e": Done.WRITTEN}


def test_the_machines_own_decision_may_be_replaced(register: Path) -> None:
    (entered,) = enter(register, {"pl-c": _match("Q33", "better")}, TODAY, by="Anna Nowak")
    assert entered.done is Done.WRITTEN
    assert (
        "pl-c,C,Q33,verified,Anna Nowak,2026-11-24,better,s\r\n" in register.read_bytes().decode()
    )


def test_what_does_not_change_leaves_the_file_alone(register: Path) -> None:
    before = register.stat().st_mtime_ns
    decisions = {
        "pl-c": _match("Q3"),
        "pl-a": TownDecision(Outcome.CANDIDATES, "2 places"),
        "pl-z": _match("Q26"),
    }
    done = {e.key: e.done for e in enter(register, decisions, TODAY)}
    assert done == {"pl-c": Done.UNCHANGED, "pl-a": Done.NO_MATCH, "pl-z": Done.NO_ROW}
    assert register.stat().st_mtime_ns == before


def test_a_cell_of_two_lines_is_one_cell(register: Path) -> None:
    enter(register, {"pl-f": _match("Q6", "why")}, TODAY)
    written = register.read_bytes().decode()
    assert written.endswith(f'"pl-f","two\nlines",Q6,verified,{MACHINE},2026-11-24,why,s')


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "is empty"), ("key,name\na,b\n", "lacks wikidata"), ('key\na"b\n', "not CSV")],
)
def test_a_file_that_is_no_register(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=why):
        enter(path, {}, TODAY)
