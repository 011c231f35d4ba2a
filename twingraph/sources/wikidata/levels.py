"""The level of an authority, by the word for it in its name: "Landkreis Göttingen" is a county.

Only words that mean one level wherever they are written, in a name of their own language:
"district", "Bezirk", "rajon", "canton", "department", "Municipio" are a commune here and a county
or a part of a city there, and leave the level open. (`reconcile.bodies` takes such words for a
guess that it holds against candidates.)
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from twingraph.model.records import Text, Texts

OPEN: Final = ""

# Level, language, patterns: * stands for the rest of the name, # for digits. The first that fits
# counts. What follows a comma tells homonyms apart ("Maszewo, West Pomeranian Voivodeship").
WORDS: Final = (
    (OPEN, "en", "* district municipality"),  # a commune in Lithuania, a county in South Africa
    ("city-district", "cs", "městská část *", "praha #"),
    ("city-district", "de", "stadtbezirk *", "stadtteil *", "#. bezirk budapest", "prag #"),
    ("city-district", "en", "london borough of *", "prague #"),
    ("city-district", "en", "budapest * district", "budapest district *", "* district of budapest"),
    ("city-district", "hu", "* kerület", "* kerülete"),
    ("city-district", "pl", "dzielnica *"),
    ("city-district", "sk", "mestská časť *"),
    ("municipality", "bg", "община *", "obshtina *"),
    ("municipality", "da nb sv", "* kommune", "* kommun", "kommune *"),
    ("municipality", "de", "gemeinde *", "marktgemeinde *", "stadtgemeinde *"),
    ("municipality", "en", "* municipality", "municipality of *", "* township", "* shire"),
    ("municipality", "en", "borough of *", "metropolitan borough of *"),
    ("municipality", "es", "municipio de *"),
    ("municipality", "et fi", "* vald", "* kunta"),
    ("municipality", "fr", "commune de *"),
    ("municipality", "it", "comune di *"),
    ("municipality", "lt lv", "* savivaldybė", "* novads"),
    ("municipality", "nl", "gemeente *"),
    ("municipality", "pl", "gmina *"),
    ("municipality", "ro", "comuna *"),
    ("municipality", "sr hr mk", "opština *", "općina *", "општина *"),
    ("county", "cs sk", "okres *"),
    ("county", "de", "landkreis *", "kreis *", "*-kreis", "* (kreis)", "komitat *"),
    ("county", "en", "* county", "county *"),
    ("county", "et", "* maakond"),
    ("county", "hr", "* županija"),
    ("county", "hu", "* megye", "* vármegye"),
    ("county", "pl", "powiat *"),
    ("county", "ro", "județul *"),
    ("association-of-municipalities", "de", "samtgemeinde *", "verbandsgemeinde *"),
    ("association-of-municipalities", "de", "verwaltungsgemeinschaft *"),
    ("association-of-municipalities", "fr", "communauté de communes *", "communauté urbaine *"),
    ("association-of-municipalities", "fr", "communauté d'agglomération *"),
    ("association-of-municipalities", "it", "unione dei comuni *"),
    ("association-of-municipalities", "pl", "związek gmin *"),
    ("association-of-municipalities", "sk", "mikroregión *"),
    ("metropolitan", "en", "metropolitan city of *"),
    ("metropolitan", "it", "città metropolitana di *"),
    ("region", "de", "provinz *", "* (provinz)", "präfektur *", "region *", "oblast *"),
    ("region", "de", "gouvernement *", "woiwodschaft *", "autonome gemeinschaft *"),
    ("region", "en", "* province", "* prefecture", "* region", "* oblast", "* voivodeship"),
    ("region", "en", "* governorate"),
    ("region", "es", "provincia de *", "región *"),
    ("region", "fr", "province de *", "région *"),
    ("region", "it", "provincia di *", "regione *"),
    ("region", "pl", "województwo *"),
    ("region", "ru uk", "* область"),
    ("region", "sk cs", "* kraj"),
)
"""The words, by level and language."""


_ANYWHERE: Final = frozenset({"en", "mul", "und"})
"""Names of these languages hold words of any: English ones keep "Gmina Kobiór" as it is."""


def of(labels: Texts) -> str | None:
    """The level that the labels name, or None where none does, or two name different ones."""
    found = {level for text in labels if (level := _level(text))}
    return found.pop() if len(found) == 1 else None


def _level(label: Text) -> str:
    name = label.value.partition(",")[0].casefold()
    for level, languages, pattern in _patterns():
        if label.language in languages and pattern.fullmatch(name):
            return level
    return OPEN


@cache
def _patterns() -> tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]:
    return tuple(
        (level, _ANYWHERE.union(languages.split()), _pattern(patterns))
        for level, languages, *patterns in WORDS
    )


def _pattern(patterns: list[str]) -> re.Pattern[str]:
    escaped = (re.escape(pattern.casefold()) for pattern in patterns)
    return re.compile("|".join(e.replace(r"\*", ".+").replace(r"\#", "[0-9]+") for e in escaped))
