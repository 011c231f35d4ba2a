"""What may stand in the graph twice, told apart from homonyms."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.quality.test_figures import source, stated, view
from twingraph import dates
from twingraph.build import check_view
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    Authority,
    Participation,
    Partnership,
    Person,
    Point,
    Programme,
    Project,
    Record,
    Text,
    View,
)
from twingraph.quality.doubles import Double, doubles
from twingraph.quality.report import assess

CITY = Authority(
    "Q1", (Text("Örebro", "en"),), country="SWE", point=Point(Decimal("15.2"), Decimal("59.3"))
)
COMMUNE = Authority(
    "Q2",
    (Text("Örebro Municipality", "en"),),
    alt_labels=(Text("orebro", "sv"),),
    country="SWE",
    point=Point(Decimal("15.1"), Decimal("59.2")),
)
LINKS = (
    Partnership("Q1--Q7", partners=("Q1", "Q7")),
    Partnership("Q2--Q7", partners=("Q2", "Q7")),
    Partnership("Q1--Q8", partners=("Q1", "Q8")),
    Partnership("Q2--Q8", partners=("Q2", "Q8")),
    Partnership("Q1--Q9", partners=("Q1", "Q9")),
)


BOTH = Ref(Authority.path, "Q1"), Ref(Authority.path, "Q2")


def seen(*records: Record) -> View:
    return view(stated(source("s"), *records))


def found(*records: Record) -> tuple[Double, ...]:
    return doubles(Lookup.of_view(seen(*records)))


def test_a_city_and_its_commune_of_one_name_with_partners_in_common() -> None:
    assert found(CITY, COMMUNE, *LINKS) == (Double(*BOTH, ("Q7", "Q8")),)


@pytest.mark.parametrize(
    "commune",
    [
        replace(COMMUNE, country="FIN"),
        replace(COMMUNE, point=Point(Decimal("15.2"), Decimal("58.8"))),
        replace(COMMUNE, alt_labels=()),
        replace(COMMUNE, labels=(Text("?", "en"),), alt_labels=()),
    ],
    ids=["another country", "far away", "another name", "a name without letters"],
)
def test_homonyms_are_no_doubles(commune: Authority) -> None:
    assert not found(CITY, commune, *LINKS)
    assert not found(replace(CITY, labels=()), replace(commune, labels=()), *LINKS)


def test_without_a_partner_in_common_one_place_is_wanted() -> None:
    assert not found(CITY, COMMUNE, LINKS[0], LINKS[3])
    here = replace(COMMUNE, point=CITY.point)
    assert found(CITY, here, LINKS[0], LINKS[3]) == (Double(*BOTH),)
    assert not found(CITY, replace(here, country=None), LINKS[0], LINKS[3])


def test_one_person_in_two_spellings() -> None:
    people = Person("adam-wos", "Adam Woś"), Person("wos", "ADAM  WOS"), Person("x"), Person("y")
    assert found(*people) == (Double(Ref(Person.path, "adam-wos"), Ref(Person.path, "wos")),)


def programme(key: str, end: str = "2013", cci: str | None = None) -> Programme:
    return Programme(key, (Text(key, "en"),), cci, dates.parse("2007"), dates.parse(end))


@pytest.mark.parametrize(
    ("one", "other", "countries", "are_one"),
    [
        (programme("a"), programme("b"), ("POL", "SVK"), True),
        (programme("a", cci="1"), programme("b"), ("POL", "SVK"), True),
        (programme("a", cci="1"), programme("b", cci="2"), ("POL", "SVK"), False),
        (programme("a"), programme("b", "2012"), ("POL", "SVK"), False),
        (programme("a"), programme("b"), ("POL", "CZE"), False),
    ],
)
def test_one_programme_by_two_names(
    one: Programme, other: Programme, countries: tuple[str, ...], are_one: bool
) -> None:
    parts = [
        Participation(f"{of}_{n}", project=of, names=(Text(f"{of} {n}", "en"),), country=code)
        for of, codes in (("one", ("POL", "SVK")), ("other", countries))
        for n, code in enumerate(codes)
    ]
    projects = Project("one", programme=one.key), Project("other", programme=other.key)
    assert bool(found(one, other, *projects, *parts)) == are_one


def test_an_unknown_country_or_place_rules_nothing_out() -> None:
    assert found(CITY, replace(COMMUNE, country=None, point=None), *LINKS)


def test_the_report_counts_and_names_them() -> None:
    made = seen(CITY, COMMUNE, *LINKS)
    report = assess(made, check_view(made)).json()
    assert report["summary"]["possibly_the_same"] == 1
    assert report["possibly_the_same"] == [
        {"things": ["municipality/Q1", "municipality/Q2"], "partners": 2}
    ]
