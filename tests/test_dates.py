"""Dates: what may be written, what it means, and what is said of the rest."""

from __future__ import annotations

import contextlib
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from edtf import parse_edtf
from hypothesis import assume, given
from hypothesis import strategies as st

from twingraph import dates
from twingraph.dates import DAY, MONTH, MONTH_DAY, YEAR, YEAR_MONTH, Date, parse
from twingraph.errors import BadValue

LEVEL = {None: None, "year": YEAR, "month": YEAR_MONTH, "day": DAY}


@pytest.mark.parametrize(
    ("written", "value", "precision", "earliest", "latest"),
    [
        ("2018-04-29", "2018-04-29", "day", "2018-04-29", "2018-04-29"),
        ("2016-02-29", "2016-02-29", "day", "2016-02-29", "2016-02-29"),
        ("2018-04", "2018-04", "month", "2018-04-01", "2018-04-30"),
        ("2016-02", "2016-02", "month", "2016-02-01", "2016-02-29"),
        ("2018-04-XX", "2018-04", "month", "2018-04-01", "2018-04-30"),
        ("2018", "2018", "year", "2018-01-01", "2018-12-31"),
        ("2018-XX", "2018", "year", "2018-01-01", "2018-12-31"),
        ("2018-XX-XX", "2018", "year", "2018-01-01", "2018-12-31"),
        ("0001", "0001", "year", "0001-01-01", "0001-12-31"),
        ("9999-12-31", "9999-12-31", "day", "9999-12-31", "9999-12-31"),
    ],
)
def test_a_plain_date_has_a_value_in_its_own_precision(
    written: str, value: str, precision: str, earliest: str, latest: str
) -> None:
    assert parse(written) == Date(written, value, LEVEL[precision], earliest, latest)


@pytest.mark.parametrize(
    ("written", "earliest", "latest"),
    [
        # Digits that are not known.
        ("197X", "1970-01-01", "1979-12-31"),
        ("19XX", "1900-01-01", "1999-12-31"),
        ("0XXX", "0001-01-01", "0999-12-31"),
        ("197X-07", "1970-07-01", "1979-07-31"),
        ("2018-1X", "2018-10-01", "2018-12-31"),
        ("2018-04-1X", "2018-04-10", "2018-04-19"),
        ("2018-XX-04", "2018-01-04", "2018-12-04"),
        ("2018-XX-31", "2018-01-31", "2018-12-31"),
        ("20XX-02-29", "2000-02-29", "2096-02-29"),
        # Intervals; an end that is open or unknown has no bound.
        ("2010/2012", "2010-01-01", "2012-12-31"),
        ("2010-05-03/2010-06", "2010-05-03", "2010-06-30"),
        ("2010-05/2010", "2010-05-01", "2010-12-31"),
        ("2010/..", "2010-01-01", None),
        ("../2012", None, "2012-12-31"),
        ("2010/", "2010-01-01", None),
        ("/2012", None, "2012-12-31"),
        ("2010~/2012", "2009-01-01", "2012-12-31"),
        ("201X/202X", "2010-01-01", "2029-12-31"),
        ("XXXX-07-04/2018", None, "2018-12-31"),
        # One of a set, all of a set.
        ("[2010,2011]", "2010-01-01", "2011-12-31"),
        ("[2011, 2010-05]", "2010-05-01", "2011-12-31"),
        ("{2015,2018-06}", "2015-01-01", "2018-06-30"),
        ("[2008,2010..2012]", "2008-01-01", "2012-12-31"),
        ("[..2010]", None, "2010-12-31"),
        ("{2010..}", "2010-01-01", None),
        # Uncertain, approximate, or both: wider by the unit of the part that is marked.
        ("2004~", "2003-01-01", "2005-12-31"),
        ("2004?", "2003-01-01", "2005-12-31"),
        ("2004%", "2003-01-01", "2005-12-31"),
        ("2004-XX~", "2003-01-01", "2005-12-31"),
        ("2004-06~", "2004-05-01", "2004-07-31"),
        ("2004-02~", "2004-01-01", "2004-03-31"),
        ("2004-01~", "2003-12-01", "2004-02-29"),
        ("2004-06-11~", "2004-06-10", "2004-06-12"),
        ("2004-~06", "2004-05-01", "2004-07-31"),
        ("~2004-06-11", "2003-06-11", "2005-06-11"),
        ("?2004-06-~11", "2003-06-11", "2005-06-11"),
        ("2004-06~-11", "2004-05-11", "2004-07-11"),
        ("197X~", "1960-01-01", "1989-12-31"),
        # Seasons, quarters, thirds, halves.
        ("2010-21", "2010-03-01", "2010-06-30"),
        ("2010-22", "2010-06-01", "2010-09-30"),
        ("2010-23", "2010-09-01", "2010-12-31"),
        ("2010-24", "2010-01-01", "2011-03-31"),
        ("2010-33", "2010-01-01", "2010-03-31"),
        ("2010-36", "2010-10-01", "2010-12-31"),
        ("2010-38", "2010-05-01", "2010-08-31"),
        ("2010-41", "2010-07-01", "2010-12-31"),
        ("2010-21~", "2010-02-01", "2010-07-31"),
        ("2010-21/2011", "2010-03-01", "2011-12-31"),
    ],
)
def test_anything_else_has_bounds_alone(
    written: str, earliest: str | None, latest: str | None
) -> None:
    assert parse(written) == Date(written, None, None, earliest, latest)


@pytest.mark.parametrize(
    "written", ["XXXX", "XXXX-XX-XX", "XXXX-07-04~", "XXXX-0X", "XXXX-07-XX",
                "XXXX-07-04/XXXX-07-06", "{XXXX-07-04,XXXX-08-01}", "[2018,XXXX-04]"]
)  # fmt: skip
def test_a_date_without_a_year_is_evidence_only(written: str) -> None:
    assert parse(written) == Date(written)
    assert parse(written).is_evidence_only


@pytest.mark.parametrize(
    ("written", "value", "datatype"),
    [
        ("XXXX-07-04", "--07-04", MONTH_DAY),
        ("XXXX-02-29", "--02-29", MONTH_DAY),
        ("XXXX-07", "--07", MONTH),
    ],
)
def test_a_day_or_month_without_a_year_lies_in_none(
    written: str, value: str, datatype: str
) -> None:
    read = parse(written)
    assert read == Date(written, value, datatype)
    assert read.is_without_year and not read.is_evidence_only


def test_a_day_fits_the_same_day_of_no_known_year() -> None:
    day, month = parse("XXXX-07-04"), parse("XXXX-07")
    assert parse("2018-07-04").within(day) and not parse("2018-07-05").within(day)
    assert parse("2018-07").within(month) and not parse("2018").within(day)
    assert not day.within(parse("2018")) and not day.within(month) and day.within(day)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("2018-13", "'2018-13' is no date: there is no month 13"),
        ("2018-00", "'2018-00' is no date: there is no month 00"),
        ("2018-02-30", "'2018-02-30' is no date: February 2018 has 28 days"),
        ("2016-02-30", "'2016-02-30' is no date: February 2016 has 29 days"),
        ("2018-02-3X", "'2018-02-3X' is no date: February 2018 has 28 days"),
        ("2018-04-00", "'2018-04-00' is no date: April 2018 has 30 days"),
        ("XXXX-02-30", "'XXXX-02-30' is no date: no month has it"),
        ("2018-13~", "'2018-13~' is no date: there is no month 13"),
        ("2018-02-30/2019", "'2018-02-30' is no date: February 2018 has 28 days"),
        ("2010-25", "'2010-25' is no date: there is no month 25"),
        ("0000", "'0000' lies before the year 1"),
        ("0000-01-01", "'0000-01-01' lies before the year 1"),
        ("0001~", "'0001~' reaches outside the years 1 to 9999"),
        ("9999~", "'9999~' reaches outside the years 1 to 9999"),
        ("9999-24", "'9999-24' reaches outside the years 1 to 9999"),
        ("-0044", "'-0044' is no date of the years 1 to 9999"),
        ("Y12000", "'Y12000' is no date of the years 1 to 9999"),
        ("2012/2010", "'2012/2010' ends before it starts"),
        ("[2012..2010]", "'2012..2010' ends before it starts"),
        ("../..", "'../..' is open at both ends and says nothing"),
        ("/", "'/' is open at both ends and says nothing"),
        ("[..]", "'..' is open at both ends and says nothing"),
        ("2010-W05", "'2010-W05' is no date"),
        ("1950S2", "'1950S2' is no date"),
        ("[2010}", "'[2010}' is no date"),
        ("[]", "'[]' is no date"),
        ("2010/2011/2012", "'2010/2011/2012' is no date"),
        ("", "'' is no date"),
        ("spring", "'spring' is no date"),
        ("２０１８", "'２０１８' is no date"),
    ],
)
def test_what_is_no_date_is_refused_with_a_reason(written: str, message: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse(written)
    assert caught.value.message.startswith(message)
    assert caught.value.cure


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20.04.2018", "2018-04-20"),
        ("20. 4. 2018", "2018-04-20"),
        ("20/04/2018", "2018-04-20"),
        ("2018/04/29", "2018-04-29"),
        ("2018-4-5", "2018-04-05"),
        ("20180429", "2018-04-29"),
        ("201804", "2018-04"),
        ("2018-04-29T10:00:00Z", "2018-04-29"),
        ("04/2018", "2018-04"),
        ("2018/04", "2018-04"),
        ("2018-4", "2018-04"),
        ("2010-2012", "2010/2012"),
        ("2010–2012", "2010/2012"),
        ("1970s", "197X"),
        ("c. 2004", "2004~"),
        ("about 2004", "2004~"),
        ("2004?~", "2004%"),
        ("before 2012", "../2012"),
        ("since 2010-05", "2010-05"),
        (" 2018 ", "2018"),
        ("197x", None),
        ("20.14.2018", None),
    ],
)
def test_other_ways_to_write_a_date_get_a_suggestion(written: str, meant: str | None) -> None:
    with pytest.raises(BadValue) as caught:
        parse(written)
    assert caught.value.cure == f"did you mean {meant!r}?" or meant is None
    if meant:
        parse(meant)


def test_reading_a_date_says_nothing_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    for written in ("2018-1X", "2018-XX/2019-XX", "nothing"):
        with contextlib.suppress(BadValue):
            parse(written)
    assert capsys.readouterr() == ("", "")


# --- for all dates ----------------------------------------------------------------------------

days = st.dates()
marks = st.sampled_from(["", "~", "?", "%"])


@st.composite
def points(draw: st.DrawFn) -> str:
    """A date of any precision, digits from the right unknown, perhaps marked."""
    day = draw(st.dates(min_value=date(20, 1, 1), max_value=date(9900, 1, 1)))
    text = day.isoformat()[: draw(st.sampled_from([4, 7, 10]))]
    if draw(st.booleans()):
        unknown = draw(st.integers(1, 3))
        text = text[:-unknown] + "".join("-" if c == "-" else "X" for c in text[-unknown:])
    return text + draw(marks)


@st.composite
def written_dates(draw: st.DrawFn) -> str:
    """A valid date of any form."""
    kind = draw(st.sampled_from(["point", "interval", "set"]))
    if kind == "point":
        return draw(points())
    if kind == "interval":
        ends = st.one_of(st.sampled_from(["", ".."]), points())
        return f"{draw(ends)}/{draw(ends)}"
    inner = ",".join(draw(st.lists(points(), min_size=1, max_size=4)))
    return draw(st.sampled_from(["[{}]", "{{{}}}"])).format(inner)


def parsed(written: str) -> Date:
    """The date, where there is such a one (2018-02-3X is in no calendar)."""
    try:
        return parse(written)
    except BadValue:
        assume(False)
        raise


@given(written_dates())
def test_bounds_are_days_in_order(written: str) -> None:
    read = parsed(written)
    for bound in (read.earliest, read.latest):
        assert bound is None or date.fromisoformat(bound).isoformat() == bound
    assert not (read.earliest and read.latest) or read.earliest <= read.latest
    assert read.edtf == written


@given(written_dates())
def test_a_value_never_says_more_than_was_written(written: str) -> None:
    read = parsed(written)
    assert (read.value is None) == (read.datatype is None)
    if read.value is not None:
        assert written.startswith(read.value)
        assert set(written[len(read.value) :]) <= set("-X")
        assert len(read.value) == {YEAR: 4, YEAR_MONTH: 7, DAY: 10}[str(read.datatype)]
        assert (read.earliest or "").startswith(read.value)
        assert (read.latest or "").startswith(read.value)


@given(days)
def test_every_day_lies_within_what_is_said_of_it(day: date) -> None:
    text = day.isoformat()
    own = parse(text)
    for written in (text[:7], text[:4], f"{text[:9]}X", f"{text[:3]}X", f"../{text}", f"{text}/.."):
        assert own.within(parse(written)), written


@given(st.dates(min_value=date(2, 2, 1), max_value=date(9998, 11, 30)), st.sampled_from("~?%"))
def test_a_mark_widens_by_one_unit_to_either_side(day: date, mark: str) -> None:
    text = day.isoformat()
    near = {
        4: (f"{day.year - 1:04}", f"{day.year + 1:04}"),
        7: (
            (day.replace(day=1) - timedelta(1)).isoformat()[:7],
            (day.replace(day=1) + timedelta(32)).isoformat()[:7],
        ),
        10: ((day - timedelta(1)).isoformat(), (day + timedelta(1)).isoformat()),
    }
    for length, (before, after) in near.items():
        marked = parse(text[:length] + mark)
        assert marked.earliest == parse(before).earliest
        assert marked.latest == parse(after).latest
        assert marked.value is None


@given(written_dates(), written_dates(), written_dates())
def test_within_is_an_order_and_after_a_strict_one(a: str, b: str, c: str) -> None:
    x, y, z = map(parsed, (a, b, c))
    assert x.within(x) and not x.after(x)
    if x.within(y) and y.within(z):
        assert x.within(z)
    if x.within(y) and y.within(x):
        assert (x.earliest, x.latest) == (y.earliest, y.latest)
    if x.after(y):
        assert not y.after(x)
        assert x.is_evidence_only or not x.within(y)
        if y.after(z):
            assert x.after(z)


@given(st.text(alphabet="0123456789X-/.,[]{}~?% YTsc", max_size=14))
def test_any_text_is_a_date_or_a_bad_value(text: str) -> None:
    with contextlib.suppress(BadValue):
        parse(text)


@given(st.text(max_size=40))
def test_any_other_text_too(text: str) -> None:
    with contextlib.suppress(BadValue):
        parse(text)


def strict_bounds(written: str) -> tuple[Any, Any]:
    """The bounds by the edtf library; what it prints is let go."""
    with contextlib.redirect_stdout(io.StringIO()):
        other = parse_edtf(written)
        return other.lower_strict(), other.upper_strict()


@pytest.mark.parametrize(
    "written",
    ["2018", "2018-02", "2016-02", "2018-04-29", "197X", "19XX", "2018-XX", "2018-04-XX",
     "2010/2012", "2010-05/2010-06-03", "156X-12-25", "[2010,2011]", "{2015,2018-06}",
     "[2008,2010..2012]", "2018-XX-XX"],
)  # fmt: skip
def test_another_reader_of_edtf_finds_the_same_bounds(written: str) -> None:
    bounds = tuple("{:04}-{:02}-{:02}".format(*end[:3]) for end in strict_bounds(written))
    read = parse(written)
    assert bounds == (read.earliest, read.latest)


@given(written_dates())
def test_the_pattern_for_editors_holds_all_that_is_read(written: str) -> None:
    parsed(written)
    assert re.fullmatch(dates.PATTERN, written)
