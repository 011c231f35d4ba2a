"""Names made comparable, taken apart, and read in more than one way."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twingraph.reconcile import bodies, codes, countries, names
from twingraph.reconcile.bodies import Body, asked


@pytest.mark.parametrize("module", [bodies, codes, countries, names])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pečovská Nová Ves", "Pecovska Nova Ves"),
        ("Brașov", "Braşov"),
        ("Tornaľa", "Tornal̕a"),
        ("Łódź", "Lodz"),
        ("Savigny le Temple", "Savigny-le-Temple"),
        ("'s-Hertogenbosch", "’s Hertogenbosch"),
        ("St. Gallen", "Sankt Gallen"),
        ("Sint-Amands", "Saint-Amands"),
        ("Познань", "Poznan"),
        ("Πόζναν", "Poznan"),
    ],
)
def test_names_that_fold_alike(one: str, other: str) -> None:
    assert names.folded(one) == names.folded(other)


def test_german_and_nordic_letters_may_be_written_out() -> None:
    assert set(names.foldings("Füssen")) & set(names.foldings("Fuessen"))
    assert set(names.foldings("Ålesund")) & set(names.foldings("Aalesund"))


def test_marks_count_in_a_spelling() -> None:
    assert names.spelling("Mór") != names.spelling("Mor")
    assert names.spelling("NOVÁ VES") == names.spelling("Nová-Ves")


@pytest.mark.parametrize(
    ("local", "foreign"),
    [
        ("Корюківка", "Korjukiwka"),
        ("Івано-Франківськ", "Iwano-Frankiwsk"),
        ("Антрацит", "Antrazyt"),
        ("Умань", "Ouman"),
        ("Мелітополь", "Melitopol"),
    ],
)
def test_renderings_sound_alike(local: str, foreign: str) -> None:
    assert set(names.sounds(names.folded(local))) & set(names.sounds(names.folded(foreign)))


@given(st.text())
def test_any_text_has_a_folding_in_plain_letters(text: str) -> None:
    folded = names.folded(text)
    assert folded.isascii() and (not folded or folded.isalnum())


@pytest.mark.parametrize(
    ("name", "place", "body"),
    [
        ("Gmina Pisz", "Pisz", Body.COMMUNE),
        ("Gmina Miejska Górka", "Miejska Górka", Body.COMMUNE),
        ("Miasto i Gmina Sieniawa", "Sieniawa", Body.COMMUNE),
        ("mesto a gmina Sieniawa", "Sieniawa", Body.COMMUNE),
        ("Obec Soblahov", "Soblahov", Body.COMMUNE),
        ("mesto Svidník", "Svidník", Body.TOWN),
        ("Commune d'Assesse", "Assesse", Body.COMMUNE),
        ("Gällivare kommun", "Gällivare", Body.COMMUNE),
        ("Telšių rajonas", "Telšių", Body.COUNTY),
        ("Landkreis Peine", "Peine", Body.COUNTY),
        ("mestská časť Praha 5", "Praha 5", Body.DISTRICT),
        ("Pisz Obszar Wiejski", "Pisz", Body.RURAL_AREA),
        ("Nagykanizsa megyei jogú város", "Nagykanizsa", Body.TOWN),
        ("Gminax", "Gminax", None),
        ("Gmina", "Gmina", None),
    ],
)
def test_the_word_for_the_body_is_told_from_the_name(
    name: str, place: str, body: Body | None
) -> None:
    assert asked(name)[:2] == (place, body)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("Ostrów (Mazowiecka)", "Ostrów Mazowiecka"),
        ("La Charité(-sur-Loire)", "La Charité-sur-Loire"),
        ("Brecht (Belgia)", "Brecht"),
        ("Montereau – Fault – Yonne", "Montereau-Fault-Yonne"),
        ("Brețcu - Bereck", "Brețcu"),
        ("Biel/Bienne", "Bienne"),
    ],
)
def test_readings_of_a_name(name: str, reading: str) -> None:
    assert reading in [form.name for form in bodies.forms(name)]


def test_a_tight_hyphen_parts_nothing() -> None:
    assert [form.name for form in bodies.forms("Bratislava-Petržalka")] == ["Bratislava-Petržalka"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pl", "PL"),
        ("POL", "PL"),
        ("Polska", "PL"),
        ("UK", "GB"),
        ("Szlovákia", "SK"),
        ("", None),
        ("Rosja", "RU"),
        ("Großbritannien", "GB"),
        ("Kosowo", "XK"),
    ],
)
def test_countries_by_code_or_name(text: str, code: str | None) -> None:
    assert countries.country_code(text) == code
