"""Small lists to look in: a gazetteer of a few towns, and a Wikibase of a few items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twingraph.reconcile.exonyms import GeoNames
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.index import Index
from twingraph.sources.wikidata.cache import Fetched

HEADER = [
    *("wof_id", "placetype", "name", "name_native", "qid", "geonames_id", "lat", "lon"),
    *("country", "population", "lau_or_nuts", "is_current"),
]

ROWS = """
1 locality   Sieniawa          Sieniawa           Q377994 759302 50.1750 22.5979 PL 2182 - 1
2 localadmin Gmina~Sieniawa    Gmina~Sieniawa     -       759301 50.1852 22.6614 PL 7041 PL_1006181341407 1
3 locality   Ozorków           Ozorków            Q628460 -      51.9577 19.2911 PL 20608 - 1
4 localadmin Gmina~Ozorków     Gmina~Ozorków      -       -      51.9577 19.2911 PL 19311 PL_1005101152002 1
5 localadmin Gmina~Ozorków     Gmina~Ozorków      -       -      51.9908 19.3034 PL 7021 PL_1005101152006 1
6 locality   Stare~Mesto       Staré~Město        Q1009003 -     49.0762 17.4337 CZ 6000 - 1
7 locality   Staré~Město       Staré~Město        Q1444566 -     50.1629 16.9463 CZ 1600 - 1
8 locality   Trenčín           Trenčín            Q145002 3057140 48.8945 18.0444 SK 55000 - 1
9 locality   Soblahov          Soblahov           Q577509 -      48.8626 18.0758 SK 2000 - 1
10 locality  Smilno            Smilno             -       723568 49.3857 21.3525 SK - - -1
11 locality  Корюківка         Корюківка          Q149181 -      51.7671 32.2500 UA 14000 - 1
12 locality  Liège             Luik               Q3992   2792413 50.6451 5.5734 BE 182597 - -1
13 locality  Tremelo           Tremelo            Q926110 2785294 50.9983 4.7211 BE 14000 - 1
14 localadmin Tremelo          Tremelo            -       -      50.9920 4.7010 BE 14500 BE_24109 1
15 locality  Poznań            Poznań             Q268    3088171 52.4069 16.9299 PL 536151 - 1
16 locality  Poznań            Poznań             -       -      51.6520 22.4790 PL 150 - -1
17 locality  Ostrów~Mazowiecka Ostrów~Mazowiecka  Q841352 -      52.8025 21.8856 PL 22000 - 1
18 locality  Město~Albrechtice Město~Albrechtice  Q1019339 -     50.1630 17.5750 CZ 3500 - 1
19 locality  Тростянець        Тростянець         Q606706 -      50.4857 34.9660 UA 20000 - 1
20 locality  Тростянець        Trostyanets’       Q606706 -      49.0443 24.0237 UA 900 - -1
21 locality  Füssen            Füssen             Q4066   -      47.5714 10.7009 DE 15000 - 1
22 locality  Benešov           Benešov            Q470394 3079508 49.7792 14.6798 CZ 16520 - -1
23 locality  Kolbuszowa~Obszar~Wiejski -          Q6427133 -     50.2157 21.8038 PL - - 1
24 locality  Mużdzyn           Mużdzyn            Q999    -      50.0000 20.0000 PL 300 - 1
25 locality  Bruntál           Bruntál            Q994280 3078837 49.9884 17.4647 CZ 17000 - 1
26 locality  Mol               Mol                Q465710 2791067 51.1926 5.1218 BE 32659 - 1
27 localadmin Mol              Mol                -       -      51.2337 5.1528 BE 37082 BE_13025 1
28 locality  Mol               Mol                -       -      50.9200 3.1881 BE - - 1
""".strip()  # fmt: skip  # noqa: E501


def _city(name: str, lat: float, lon: float, country: str, people: int, *names: str) -> Any:
    return {
        "name": name,
        "latitude": lat,
        "longitude": lon,
        "countrycode": country,
        "population": people,
        "alternatenames": list(names),
    }


CITIES = {
    "2792413": _city("Liège", 50.6337, 5.5675, "BE", 182597, "Lüttich", "Luik", "Lieja"),
    "3088171": _city("Poznań", 52.4069, 16.9299, "PL", 536151, "Posen", "Познань", "Poznan"),
    "3078837": _city("Bruntál", 49.9884, 17.4647, "CZ", 17000, "Freudenthal"),
    "3057140": _city("Trenčín", 48.8945, 18.0444, "HU", 55000, "Trentschin"),
}


def write_gazetteer(path: Path, *more: Sequence[str]) -> Path:
    """The gazetteer as a file, with further rows as they are given."""
    rows = [[_cell(c) for c in line.split()] for line in ROWS.splitlines()]
    text = "".join("\t".join(row) + "\n" for row in [HEADER, *rows, *more])
    path.write_text(text, encoding="utf-8")
    return path


def _cell(text: str) -> str:
    return "" if text == "-" else text.replace("~", " ")


def index(folder: Path) -> Index:
    """The gazetteer by name, with a few names from GeoNames."""
    return read_gazetteer(write_gazetteer(folder / "places.tsv")).index(GeoNames(CITIES))


@dataclass
class Wikibase:
    """A client of a Wikibase that holds what it is given."""

    documents: Mapping[str, Mapping[str, Any]]
    redirects: Mapping[str, str] = field(default_factory=dict)
    searches: list[tuple[str, str]] = field(default_factory=list)

    def search(self, text: str, language: str, limit: int = 7) -> list[Mapping[str, Any]]:
        """Items with that label or alias in the language, as wbsearchentities gives them."""
        self.searches.append((text, language))
        found = [i for i, d in self.documents.items() if text in _texts(d, language)]
        return [{"id": item} for item in found[:limit]]

    def items(self, ids: Iterable[str]) -> Iterable[Fetched]:
        """The items, redirects followed."""
        for asked in ids:
            item = self.redirects.get(asked, asked)
            yield Fetched(asked, item, self.documents.get(item), 1, "2026-11-23T12:00:00+00:00")


def _texts(document: Mapping[str, Any], language: str) -> list[str]:
    labels = [document.get("labels", {}).get(language, {}).get("value", "")]
    return labels + [a["value"] for a in document.get("aliases", {}).get(language, [])]


def item(id: str, labels: Mapping[str, str], **claims: Any) -> Mapping[str, Any]:
    """An item's JSON: its labels by language, its claims by property."""
    return {
        "id": id,
        "labels": {k: {"language": k, "value": v} for k, v in labels.items()},
        "claims": {p: [_statement(v) for v in _many(values)] for p, values in claims.items()},
    }


def _many(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _statement(value: Any) -> Mapping[str, Any]:
    kind = "string"
    if isinstance(value, tuple):
        value = {"latitude": value[0], "longitude": value[1], "globe": "/entity/Q2"}
        kind = "globecoordinate"
    elif isinstance(value, str) and value.startswith("Q"):
        value = {"entity-type": "item", "id": value}
        kind = "wikibase-entityid"
    data = {"value": value, "type": kind}
    return {"mainsnak": {"snaktype": "value", "datavalue": data}, "rank": "normal"}


WIKIBASE = {
    "Q36": item("Q36", {"en": "Poland"}, P297="PL"),
    "Q214": item("Q214", {"en": "Slovakia"}, P297="SK"),
    "Q1": item("Q1", {"en": "urban-rural gmina of Poland"}),
    "Q2": item("Q2", {"en": "city or town"}),
    "Q3": item("Q3", {"en": "river"}),
    "Q4": item("Q4", {"en": "powiat of Poland"}),
    "Q3809": item(
        "Q3809", {"pl": "gmina Sieniawa", "en": "Gmina Sieniawa"},
        P31="Q1", P17="Q36", P625=(50.1781, 22.6106), P1653="1814073",
    ),
    "Q377994": item(
        "Q377994", {"pl": "Sieniawa", "en": "Sieniawa"},
        P31="Q2", P17="Q36", P625=(50.175, 22.598), P131="Q3809", P1653="1814074",
    ),
    "Q145002": item(
        "Q145002", {"sk": "Trenčín", "en": "Trenčín", "de": "Trentschin"},
        P31="Q2", P17="Q214", P625=(48.8945, 18.0444),
    ),
    "Q99": item("Q99", {"sk": "Trenčín"}, P31="Q3", P17="Q214"),
    "Q77": item("Q77", {"pl": "powiat lubaczowski"}, P31="Q4", P17="Q36"),
}  # fmt: skip
