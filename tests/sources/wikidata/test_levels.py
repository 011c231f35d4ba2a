"""The level of an authority by the words in its names."""

from __future__ import annotations

import pytest

from twingraph.model.records import Text
from twingraph.rdf import concepts
from twingraph.sources.wikidata import levels


@pytest.mark.parametrize(
    ("label", "language", "level"),
    [
        ("Landkreis Göttingen", "de", "county"),
        ("Lahn-Dill-Kreis", "und", "county"),
        ("Powiat Hajnowski", "und", "county"),
        ("powiat hajnowski", "pl", "county"),
        ("Kent County, New Brunswick", "en", "county"),
        ("County Donegal", "en", "county"),
        ("Gmina Maszewo, West Pomeranian Voivodeship", "en", "municipality"),
        ("Gladsaxe Kommune", "und", "municipality"),
        ("Jõgeva Rural Municipality", "en", "municipality"),
        ("Provinz Asti", "und", "region"),
        ("Santiago del Estero (Provinz)", "und", "region"),
        ("Lviv Oblast", "en", "region"),
        ("Bratislavský kraj", "sk", "region"),
        ("Budapest XVII. kerülete", "und", "city-district"),
        ("Prague 15", "en", "city-district"),
        ("London Borough of Camden", "en", "city-district"),
        ("Verbandsgemeinde Nieder-Olm", "und", "association-of-municipalities"),
        ("Metropolitan City of Genoa", "en", "metropolitan"),
        # One level here, another there.
        ("Chaoyang District", "en", None),
        ("Bezirk Tukums", "und", None),
        ("Krasnoselski rajon", "und", None),
        ("Kanton Yvetot", "und", None),
        ("Municipio VIII", "und", None),
        ("Vilnius District Municipality", "en", None),
        # Words that are a part of the name, or of what tells homonyms apart.
        ("Sovetsky, Leningrad Oblast", "en", None),
        ("Mexico City", "en", None),
        ("Kreisau", "de", None),
        ("Prague", "en", None),
        ("Provincia di Modena", "ceb", None),
        ("Sieniawa", "pl", None),
    ],
)
def test_a_word_names_the_level_or_leaves_it_open(
    label: str, language: str, level: str | None
) -> None:
    assert levels.of((Text(label, language),)) == level


def test_names_that_differ_leave_it_open() -> None:
    one, other = Text("Kreis Tartu", "de"), Text("Tartu Region", "en")
    assert levels.of((one, Text("Tartu", "et"))) == "county"
    assert levels.of((one, other)) is None


def test_every_level_is_a_concept() -> None:
    named = {level for level, *_ in levels.WORDS} - {levels.OPEN}
    assert named <= set(concepts.schemes()["authority-level"])
