"""What people write for a date, and the EDTF that the error then offers."""

from __future__ import annotations

import pytest

from twingraph.dates import parse
from twingraph.errors import BadValue


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("12 maja 2019", "did you mean '2019-05-12'?"),
        ("12 травня 2019 року", "did you mean '2019-05-12'?"),
        ("2019. május 12.", "did you mean '2019-05-12'?"),
        ("2019 m. gegužės 12 d.", "did you mean '2019-05-12'?"),
        ("1 de mayo de 2004", "did you mean '2004-05-01'?"),
        ("den 3. juni 1999", "did you mean '1999-06-03'?"),
        ("May 12, 2019", "did you mean '2019-05-12'?"),
        ("Sept. 2009", "did you mean '2009-09'?"),
        ("listopad 2010", "did you mean '2010-10' or '2010-11'?"),  # Croatian, Polish
        ("2008 r.", "did you mean '2008'?"),
        ("ok. 2008 r.", "did you mean '2008~'?"),
        ("około 2008", "did you mean '2008~'?"),
        ("um 1990", "did you mean '1990~'?"),
        ("environ 1990", "did you mean '1990~'?"),
        ("2008\N{EN DASH}07", "did you mean '2008-07'?"),
        ("2008\N{NON-BREAKING HYPHEN}07", "did you mean '2008-07'?"),
        ("2008\N{EN DASH}2012", "did you mean '2008/2012'?"),
        ("27.11.2026", "did you mean '2026-11-27'?"),
        ("27/11/2026", "did you mean '2026-11-27'?"),
        (
            "5/4/2018",
            "did you mean '2018-04-05' or '2018-05-04'?",
        ),  # In America the month is first.
        ("1970er", "did you mean '197X'?"),
        ("70er Jahre", "did you mean '197X'?"),
        ("lata 70.", "did you mean '197X'?"),
        ("années 1970", "did you mean '197X'?"),
        ("'80s", "did you mean '198X'?"),
        ("70-te lata", "did you mean '197X'?"),
        ("16.VIII.2016", "did you mean '2016-08-16'?"),
        ("V 2004", "did you mean '2004-05'?"),
        ("1990\N{EN DASH}95", "did you mean '1990/1995'?"),
        ("1990-95", "did you mean '1990/1995'?"),
        ("2016-31-08", "did you mean '2016-08-31'?"),
        ("2016-13", "months are 01 to 12"),
        ("42598", "did you mean '2016-08-16'?"),
        ("42598.0", "did you mean '2016-08-16'?"),
        ("20016", "check the year"),
        ("2016.", "did you mean '2016'?"),
        ("przed 2004", "did you mean '../2004'?"),
        ("nach 2004", "did you mean '2004/..'?"),
        ("seit 2004", "did you mean '2004'?"),
        ("16.08.16", "write the year with its four digits, and the month as a number"),
        ("31 kwietnia 2006", "check the day, or leave it out"),
        ("na dobu neurčitú", "leave it empty where no end is set"),
        ("bezterminowo", "leave it empty where no end is set"),
        ("Jul-08", "write the year with its four digits, and the month as a number"),
    ],
)
def test_the_cure_is_the_date_that_was_meant(written: str, offered: str) -> None:
    with pytest.raises(BadValue) as raised:
        parse(written)
    assert raised.value.cure == offered


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("31 kwietnia 2006", "April 2006 has 30 days"),
        ("31. 2. 2006", "February 2006 has 28 days"),
        ("32. júla 2008", "July 2008 has 31 days"),
    ],
)
def test_a_day_that_its_month_has_not(written: str, why: str) -> None:
    with pytest.raises(BadValue) as raised:
        parse(written)
    assert raised.value.message == f"{written!r} is no date: {why}"


@pytest.mark.parametrize(
    "written",
    [
        "31 lutego 2019",
        "12 maja",
        "maj 2019 i czerwiec 2020",
        "1 2 maja 2019",
        "about noon",
        "XX 2004",
        "2016-W05",
    ],
)
def test_nothing_is_offered_where_it_would_be_a_guess(written: str) -> None:
    with pytest.raises(BadValue) as raised:
        parse(written)
    assert "did you mean" not in raised.value.cure
