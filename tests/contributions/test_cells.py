"""What a cell means, where that leaves no doubt; and what is told where it does."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contributions.strategies import odd_cells
from twingraph.contributions import columns
from twingraph.contributions.cells import concept, label, plain, read, written
from twingraph.contributions.columns import CellKind, SheetColumn
from twingraph.errors import BadValue
from twingraph.rdf import concepts
from twingraph.web.languages import LANGUAGES

ALL = [column for table in columns.TABLES.values() for column in table.columns]


def of(kind: CellKind, cell: Any, scheme: str = "", languages: tuple[str, ...] = ("pl",)) -> Any:
    return read(cell, SheetColumn("x", kind, scheme=scheme), languages)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (123.0, "123"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (30296.38, "30296.38"),
        (True, "true"),
        (datetime(2019, 5, 12), "2019-05-12"),
        (" Łódź\u0301 ", "Łódź\u0301"),
        ("'=1+1", "=1+1"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("a\r\nb", "a\nb"),
    ],
)
def test_a_cell_as_a_text(cell: Any, text: str) -> None:
    assert plain(cell) == text


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "a\x01b", time(9, 30), timedelta(hours=3)])
def test_what_is_no_text(cell: Any) -> None:
    with pytest.raises(BadValue):
        plain(cell)


@pytest.mark.parametrize(
    ("cell", "edtf"),
    [
        (2008.0, "2008"),
        (43232.0, "2018-05-12"),
        ("43232", "2018-05-12"),
        (date(2018, 5, 12), "2018-05-12"),
        (datetime(1905, 7, 2), "2010"),
        ("2008 r.", "2008"),
        ("12 maja 2019", "2019-05-12"),
        ("12.05.2019", "2019-05-12"),
        ("13/05/2019", "2019-05-13"),
        ("5/5/2019", "2019-05-05"),
        ("2018–04–29", "2018-04-29"),
        ("lipiec 2010", "2010-07"),
        ("28 listopada 2026 r.", "2026-11-28"),
        ("listopad 2010", "2010-11"),
        ("lata 70.", "197X"),
        ("2004~", "2004~"),
        ("2010/2012", "2010/2012"),
    ],
)
def test_dates(cell: Any, edtf: str) -> None:
    assert of(CellKind.DATE, cell) == edtf


@pytest.mark.parametrize(
    ("language", "cell", "edtf"),
    [
        ("pl", "w maju 2004 r.", "2004-05"),
        ("nl", "zaterdag 14 mei 1994", "1994-05-14"),
        ("sk", "z júla 2014", "2014-07"),
        ("pl", "sobota, 14.05.1994 r.", "1994-05-14"),
        ("pl", "od maja 2004", "2004-05"),
        ("pl", "w październiku 2003", "2003-10"),
        ("pl", "w listopadzie 2026", "2026-11"),
        ("pl", "w dniu 28.11.2026 r.", "2026-11-28"),
        ("pl", "do maja 2004", "do maja 2004"),
        ("sk", "dňa 12. júla 2008", "2008-07-12"),
        ("sk", "v máji 2010", "2010-05"),
        ("sk", "v roku 2006", "2006"),
        ("sk", "asi 2006", "2006~"),
        ("cs", "v červenci 2004", "2004-07"),
        ("uk", "у травні 2004 року", "2004-05"),
        ("de", "am 12. Juli 2008", "2008-07-12"),
        ("de", "seit Mai 2004", "2004-05"),
        ("fr", "le 1er août 2001", "2001-08-01"),
        ("nl", "op 12 juli 2008", "2008-07-12"),
        ("nl", "in het jaar 2006", "2006"),
        ("en", "in May 2004", "2004-05"),
        ("nl", "op zaterdag 12 juli 2008", "2008-07-12"),
        ("de", "Sonnabend, den 4. Oktober 1980", "1980-10-04"),
        ("pl", "w środę 9 lipca 2008 r.", "2008-07-09"),
        ("sk", "v nedeľu 1. júna 2008", "2008-06-01"),
        ("de", "4. Jänner 1980", "1980-01-04"),
        ("fr", "depuis l’an 1998", "1998"),
        ("de", "Samstag, 13.07.1985", "1985-07-13"),
        ("sk", "VII/2018", "2018-07"),
        ("fr", "les années 80", "198X"),
        ("nl", "de jaren '80", "198X"),
        ("de", "in den 80er-Jahren", "198X"),
        ("sk", "v 90. rokoch", "199X"),
        ("pl", "w latach 90.", "199X"),
        # Another language is asked only where none of these knows the word.
        ("sk", "28 listopada 2026", "28 listopada 2026"),
        ("fr", "12 maja 2019", "2019-05-12"),
        # A day that its month has not is one of that month, for the format to refuse.
        ("pl", "31 listopada 2026 r.", "2026-11-31"),
        ("sk", "31. 2. 2006", "2006-02-31"),
        ("sk", "32. júla 2008", "2008-07-32"),
    ],
)
def test_dates_in_the_prose_of_a_language(language: str, cell: str, edtf: str) -> None:
    assert of(CellKind.DATE, cell, languages=(language,)) == edtf


@pytest.mark.parametrize("cell", ["listopad 2010", "2010–2012", "summer 2010", "12 maja"])
def test_dates_that_may_be_several_are_left_as_they_are(cell: str) -> None:
    assert of(CellKind.DATE, cell, languages=("pl", "hr")) == cell


def test_a_day_that_may_be_a_month() -> None:
    with pytest.raises(BadValue, match="may be 2018-04-05 or 2018-05-04"):
        of(CellKind.DATE, "05/04/2018")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (30296.38, "30296.38"),
        (1234.0, "1234"),
        ("30 296,38 zł", "30296.38"),
        ("30.296,38", "30296.38"),
        ("1\u202f234\u202f567 €", "1234567"),
        ("40000~", "40000~"),
        ("1 234,567", "1 234,567"),
        ("much", "much"),
    ],
)
def test_money(cell: Any, amount: str) -> None:
    assert of(CellKind.MONEY, cell) == amount


def test_money_that_may_be_a_thousand_times_as_much() -> None:
    with pytest.raises(BadValue, match="may be 15000 or"):
        of(CellKind.MONEY, "15.000 €")
    with pytest.raises(BadValue, match=r"may be 1234 or 1\.234"):
        of(CellKind.MONEY, "1.234")


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (CellKind.COUNTRY, "Słowacja", "SK"),
        (CellKind.COUNTRY, "be", "BE"),
        (CellKind.COUNTRY, "Slovenská republika", "SK"),
        (CellKind.COUNTRY, "Rzeczpospolita Polska", "PL"),
        (CellKind.COUNTRY, "Bundesrepublik Deutschland", "DE"),
        (CellKind.COUNTRY, "République française", "FR"),
        (CellKind.COUNTRY, "ČR", "CZ"),
        (CellKind.COUNTRY, "RP", "PL"),
        (CellKind.COUNTRY, "BRD", "DE"),
        (CellKind.COUNTRY, "Atlantis", "Atlantis"),
        (CellKind.CURRENCY, "zł", "PLN"),
        (CellKind.CURRENCY, "EUR", "EUR"),
        (CellKind.LANGUAGES, "polski, słowacki; en", ["pl", "sk", "en"]),
        (CellKind.LANGUAGE, "Deutsch", "de"),
        (CellKind.KEYS, "1; renewal\n2", ["1", "renewal", "2"]),
        (CellKind.TEXT, "umowa", "umowa"),
        (CellKind.TEXT, '{"pl": "umowa"}', {"pl": "umowa"}),
        (CellKind.EVIDENCE, '[{"quote": "a", "derived": true, "n": 1.50}]',
         [{"quote": "a", "derived": "true", "n": "1.50"}]),
        (CellKind.EVIDENCE, "'[sic] umowa", "[sic] umowa"),
    ],
)  # fmt: skip
def test_codes_lists_and_texts(kind: CellKind, cell: str, value: Any) -> None:
    assert of(kind, cell) == value


def test_an_abbreviation_that_is_the_code_of_another_country() -> None:
    assert of(CellKind.COUNTRY, "SR", languages=("sk",)) == "SK"
    with pytest.raises(BadValue, match="'SR' may be Słowacja or Surinam"):
        of(CellKind.COUNTRY, "SR")
    column = SheetColumn("x", CellKind.COUNTRY)
    assert read(written("SR", column, "sk"), column, ("sk",)) == "SR"


def test_what_is_no_json_has_a_cure() -> None:
    with pytest.raises(BadValue) as error:
        of(CellKind.EVIDENCE, "[sic] umowa")
    assert error.value.cure == "put an apostrophe before it: '[sic] umowa"
    with pytest.raises(BadValue):
        of(CellKind.EVIDENCE, "[" * 100_000)


@pytest.mark.parametrize(
    ("word", "languages", "name"),
    [
        ("mayor", ("pl",), "mayor"),
        ("burmistrz", ("pl",), "mayor"),
        ("Starosta obce", ("sk",), "mayor"),
        ("BÜRGERMEISTER", ("de",), "mayor"),
        ("deputy mayor", ("pl",), "deputy-mayor"),
    ],
)
def test_concepts_by_name_and_label(word: str, languages: tuple[str, ...], name: str) -> None:
    assert concept(word, "office", languages) == name


def test_a_word_of_another_language_is_not_taken_for_this_ones() -> None:
    with pytest.raises(BadValue) as error:
        concept("burmistrz", "office", ("sk",))
    meant = "starosta alebo primátor"
    assert error.value.cure == f"in another language it is {meant}: write which is meant"
    assert concept(meant, "office", ("sk",)) == "mayor"


def test_a_misspelt_concept_has_a_cure() -> None:
    with pytest.raises(BadValue) as error:
        concept("burmistsz", "office", ("pl",))
    assert error.value.cure == "did you mean 'burmistrz'?"


def test_a_word_of_a_concept_has_it_for_a_cure() -> None:
    with pytest.raises(BadValue) as error:
        concept("umowa", "agreement-kind", ("pl",))
    assert error.value.cure == "did you mean 'umowa partnerska'?"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_offered_is_read_in_the_sheets_language(language: str) -> None:
    for scheme, names in concepts.schemes().items():
        with pytest.raises(BadValue) as error:
            concept("xyzxyzxyz", scheme, (language,))
        words = error.value.cure.removeprefix("one of: ").split("; ")
        assert {concept(word, scheme, (language,)) for word in words} == names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_concept_leads_back(language: str) -> None:
    for scheme, names in concepts.schemes().items():
        for name in names:
            assert concept(label(name, scheme, language), scheme, (language,)) == name
    column = SheetColumn("fields", CellKind.CONCEPTS, scheme="field")
    every = sorted(concepts.schemes()["field"])
    assert read(written(every, column, language), column, (language,)) == every


def test_most_concepts_are_called_by_their_labels() -> None:
    assert label("mayor", "office", "nl") == "burgemeester"
    assert label("sport", "field", "pl") == "sport"


@given(odd_cells, st.sampled_from(ALL))
def test_any_cell_is_read_or_told(cell: Any, column: SheetColumn) -> None:
    try:
        value = read(cell, column, ("pl", "sk"))
    except BadValue as error:
        assert error.message
    else:
        assert isinstance(value, (str, list, dict))


@pytest.mark.parametrize(
    ("language", "cell", "cure"),
    [("pl", "j. polski", "did you mean 'polski'?"), ("sk", "cz", "did you mean 'cs'?"),
     ("nl", "vlaams", "write its name, or its two letters: pl, sk, nl …")],
)  # fmt: skip
def test_what_is_no_language(language: str, cell: str, cure: str) -> None:
    with pytest.raises(BadValue, match="is no language") as error:
        of(CellKind.LANGUAGES, cell, languages=(language,))
    assert error.value.cure == cure


@pytest.mark.parametrize(
    ("language", "said", "office"),
    [("de", "Oberbürgermeisterin", "mayor"), ("fr", "bourgmestre", "mayor"),
     ("fr", "adjointe au maire", "deputy-mayor"), ("de", "Landrätin", "county-head"),
     ("sk", "predsedníčka zastupiteľstva", "council-chair")],
)  # fmt: skip
def test_an_office_as_women_hold_it(language: str, said: str, office: str) -> None:
    assert of(CellKind.CONCEPT, said, "office", (language,)) == office
