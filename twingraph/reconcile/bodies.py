"""What a page writes as a name, taken apart: brackets, two names, the word for a kind of body.

"Gmina Sieniawa" is the commune, not the town in it.

In some countries the commune and its main settlement are two bodies with an entry each, in others
one. The words are those which towns' own pages put before or after a name.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache, lru_cache
from typing import Final, NamedTuple

from twingraph.reconcile.names import tidy


class Body(Enum):
    """A kind of body; the value says it in words."""

    TOWN = "a town"
    VILLAGE = "a village"
    COMMUNE = "a commune"
    RURAL_AREA = "the rural part of a commune"
    DISTRICT = "a city district"
    COUNTY = "a county"
    REGION = "a region"
    ASSOCIATION = "an association of communes"


SETTLEMENTS: Final = frozenset({Body.TOWN, Body.VILLAGE})
OTHER_LEVELS: Final = frozenset(
    {Body.DISTRICT, Body.COUNTY, Body.REGION, Body.ASSOCIATION, Body.RURAL_AREA}
)

APART: Final = frozenset(
    {
        *("AL", "BA", "BG", "BY", "DK", "EE", "GB", "GE", "GR", "LT", "LV", "MD", "ME", "MK"),
        *("NL", "NO", "PL", "PT", "RO", "RS", "RU", "SE", "SI", "TR", "UA", "XK"),
    }
)
"""Countries in which Wikidata keeps one item for the commune and one for its main settlement."""


class Asked(NamedTuple):
    """A name taken apart: without the word for the body, the body, where that word is used."""

    name: str
    body: Body | None = None
    countries: frozenset[str] = frozenset()
    word: str = ""


# Body, countries whose communes are called so in their own language ("" where a foreign page
# would use it of any country), the words. A Polish page writes "gmina" of every country's
# communes, a Slovak one "obec" of Slovak and Czech ones.
_BEFORE: Final = (
    (Body.COMMUNE, "", "gmina miejsko-wiejska|gmina i miasto|gmina"),
    (Body.COMMUNE, "", "miasto i gmina|mesto a gmina|město a gmina|town and commune"),
    (Body.COMMUNE, "", "municipality of|commune of|municipality|commune|municipio di"),
    (Body.COMMUNE, "", "municipalité de|commune de|commune d'|municipio de|municipi de"),
    (Body.COMMUNE, "SK CZ", "obec|obce|mestys|městys|městyse"),
    (Body.COMMUNE, "DE AT CH IT LU BE LI", "marktgemeinde|ortsgemeinde|einheitsgemeinde|gemeinde"),
    (Body.COMMUNE, "DE AT", "stadtgemeinde"),
    (Body.COMMUNE, "IT CH SM", "comune di|comune d'|comune del|comune della|comune"),
    (Body.COMMUNE, "NL BE", "gemeente"),
    (Body.COMMUNE, "RO MD", "comuna"),
    (Body.COMMUNE, "", "concello de|concelho de|ayuntamiento de|ajuntament de|câmara municipal de"),
    (Body.COMMUNE, "HR SI BA RS ME MK", "općina|opština|občina|mestna občina|општина"),
    (Body.COMMUNE, "BG", "община|obshtina"),
    (Body.COMMUNE, "GR CY", "δήμος|dimos"),
    (Body.TOWN, "", "miasto|town of|city of|ville de|ville d'|città di|citta di|ciudad de"),
    (Body.TOWN, "SK CZ", "mesto|město|statutární město|hlavní město|hlavné město|hlavné mesto"),
    (Body.TOWN, "DE AT CH", "landeshauptstadt|hansestadt|kreisstadt|universitätsstadt|stadt"),
    (Body.TOWN, "RO MD", "orașul|orasul|municipiul"),
    (Body.TOWN, "UA RU BY BG", "місто|город|м.|г.|горад|град"),
    (Body.TOWN, "HR SI RS BA", "grad"),
    (Body.TOWN, "BE NL", "stad"),
    (Body.VILLAGE, "", "wieś|village of|osada|sołectwo"),
    (Body.VILLAGE, "RO MD", "satul"),
    (Body.VILLAGE, "UA RU BY BG", "село|смт|с.|селище"),
    (Body.COUNTY, "", "powiat|landkreis|kreis|county of|county|okres|rajon|raion|raionul"),
    (Body.COUNTY, "", "район|județul|judetul|județ|comitatul|provincia di|province of|province de"),
    (Body.COUNTY, "", "provincia de|département de|département du|département des|starostwo"),
    (Body.REGION, "", "województwo|kraj|region|région|regione|regione amministrativa di|oblast"),
    (Body.REGION, "", "область|bundesland|freistaat|gebiet|apskritis|okręg"),
    (Body.DISTRICT, "", "mestská časť|městská část|městský obvod|dzielnica|district of|stadtteil"),
    (Body.DISTRICT, "", "stadtbezirk|bezirk|sectorul|arrondissement de"),
    (Body.ASSOCIATION, "", "amt|samtgemeinde|verbandsgemeinde|verwaltungsgemeinschaft|mikroregion"),
    (Body.ASSOCIATION, "", "communauté de communes|związek gmin|związek|unione dei comuni"),
)  # fmt: skip
_AFTER: Final = (
    (Body.COMMUNE, "", "municipality|commune|kommun|kommune|obec"),
    (Body.COMMUNE, "UA", "громада|міська громада|сільська громада|селищна громада|hromada"),
    (Body.COMMUNE, "LT", "rajono savivaldybė|miesto savivaldybė|savivaldybė|rajono savivaldybe"),
    (Body.COMMUNE, "LT", "savivaldybe|r. sav.|sav."),
    (Body.COMMUNE, "LV", "novads|novada pašvaldība"),
    (Body.COMMUNE, "EE", "vald"),
    (Body.COMMUNE, "FI", "kunta"),
    (Body.COMMUNE, "HU", "község|nagyközség|község önkormányzata|önkormányzata"),
    (Body.TOWN, "HU", "város|városa|megyei jogú város|város önkormányzata"),
    (Body.TOWN, "", "town|city|stad|stadt"),
    (Body.TOWN, "LT", "miestas"),
    (Body.TOWN, "EE", "linn"),
    (Body.TOWN, "FI", "kaupunki"),
    (Body.VILLAGE, "", "village"),
    (Body.RURAL_AREA, "PL", "obszar wiejski"),
    (Body.COUNTY, "", "county|district|megye|rajonas|rajono|raion|rajon|район|kreis|landkreis"),
    (Body.REGION, "", "region|oblast|область|apskritis|kraj|województwo"),
    (Body.DISTRICT, "HU", "kerület"),
    (Body.DISTRICT, "", "dzielnica budapesztu|dzielnica|rural area"),
)  # fmt: skip


class _Word(NamedTuple):
    body: Body
    countries: frozenset[str]


def _words(table: tuple[tuple[Body, str, str], ...]) -> dict[str, _Word]:
    return {
        word: _Word(body, frozenset(countries.split()))
        for body, countries, words in table
        for word in words.split("|")
    }


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, _Word], dict[str, _Word]]:
    before, after = _words(_BEFORE), _words(_AFTER)
    longest = [sorted(words, key=len, reverse=True) for words in (before, after)]
    heads, tails = ("|".join(map(re.escape, words)) for words in longest)
    return (
        re.compile(rf"({heads})(?:(?<=')|\s+)(?=\S)", re.IGNORECASE),
        re.compile(rf"(?<=\S)\s+({tails})$", re.IGNORECASE),
        before,
        after,
    )


def asked(name: str) -> Asked:
    """Take a name apart into what names the place and what names the body.

    >>> asked("Miasto i Gmina Sieniawa")[:2]
    ('Sieniawa', <Body.COMMUNE: 'a commune'>)
    """
    name = tidy(name)
    head, tail, before, after = _patterns()
    if found := head.match(name):
        word = before[found[1].lower()]
        return Asked(name[found.end() :], word.body, word.countries, found[1])
    if found := tail.search(name):
        word = after[found[1].lower()]
        return Asked(name[: found.start()], word.body, word.countries, found[1])
    return Asked(name)


_BRACKETS: Final = re.compile(r"^(.*?)\s*[(\[]([^)\]]*)[)\]]\s*(.*)$")
_LOOSE_HYPHEN: Final = re.compile(r"\s+-\s*|\s*-\s+")
_TWO_NAMES: Final = re.compile(r"\s*/\s*|\s+-\s+|\s*;\s*|\s+\|\s+")


class Form(NamedTuple):
    """A reading of a name. `others` are the other names of a whole: they must not contradict it."""

    name: str
    others: tuple[str, ...] = ()


def forms(name: str) -> tuple[Form, ...]:
    """The readings of a name, the most literal first.

    >>> [form.name for form in forms("Ostrów (Mazowiecka)")]
    ['Ostrów (Mazowiecka)', 'Ostrów Mazowiecka', 'Ostrów', 'Mazowiecka']
    """
    name = tidy(name)
    found = [Form(name)]
    if brackets := _BRACKETS.match(name):
        before, within, after = brackets.groups()
        joined = f"{before}{'' if within.startswith('-') else ' '}{within} {after}"
        found += [Form(tidy(joined)), Form(tidy(f"{before} {after}"))]
        found += [Form(tidy(within), (tidy(f"{before} {after}"),))]
    elif (parts := _TWO_NAMES.split(name)) and len(parts) > 1:
        found += [Form(part, (*parts[:i], *parts[i + 1 :])) for i, part in enumerate(parts)]
    if not brackets and _LOOSE_HYPHEN.search(name):
        found.insert(1, Form(_LOOSE_HYPHEN.sub("-", name)))
    return tuple(dict.fromkeys(form for form in found if form.name))


@lru_cache(maxsize=1 << 10)
def readings(name: str) -> tuple[tuple[Form, Asked], ...]:
    """The forms of a name without the word for the body, each also as it stands."""
    found = []
    for form in forms(name):
        stripped = asked(form.name)
        if stripped.body:
            found.append((form, stripped))
        found.append((form, Asked(form.name)))
    return tuple(found)
