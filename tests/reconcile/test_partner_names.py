"""What a partner's name says: 24 languages, and no organisation for its town."""

from __future__ import annotations

import pytest

from twingraph.reconcile.bodies import Body
from twingraph.reconcile.partner_names import authority, is_organization

AUTHORITIES = [
    ("bg", "Община Русе / Obshtina Ruse", "Русе"),
    ("bg", "Общинска администрация Белоградчик, Р България", "Белоградчик"),
    ("cs", "Statutární město Ostrava", "Ostrava"), ("cs", "Městys Bílovice", "Bílovice"),
    ("da", "Tønder Kommune", "Tønder"), ("de", "Stadt Görlitz", "Görlitz"),
    ("de", "Marktgemeinde Lustenau", "Lustenau"), ("el", "Δήμος Κομοτηνής", "Κομοτηνής"),
    ("en", "Municipality of Vize", "Vize"), ("en", "Derry City Council", "Derry"),
    ("es", "Ayuntamiento de Irún", "Irún"), ("et", "Valga vallavalitsus", "Valga"),
    ("fi", "Tornion kaupunki", "Tornion"), ("fr", "Ville de Lille", "Lille"),
    ("fr", "Commune d'Arras", "Arras"), ("ga", "Comhairle Baile Trá Lí", "Trá Lí"),
    ("hr", "Grad Osijek", "Osijek"),
    ("hu", "Sátoraljaújhely Város Önkormányzata", "Sátoraljaújhely"),
    ("hu", "Hollóháza Község Önkormányzata", "Hollóháza"), ("it", "Comune di Gorizia", "Gorizia"),
    ("lt", "Lazdijų rajono savivaldybė", "Lazdijų"),
    ("lv", "Daugavpils pilsētas pašvaldība", "Daugavpils"),
    ("mt", "Kunsill Lokali Mdina", "Mdina"), ("nl", "Gemeente Venlo", "Venlo"),
    ("pl", "Miasto i Gmina Uzdrowiskowa Muszyna", "Muszyna"), ("pl", "Gmina Sękowa", "Sękowa"),
    ("pt", "Município de Chaves", "Chaves"), ("pt", "Câmara Municipal de Elvas", "Elvas"),
    ("ro", "Primăria Municipiului Giurgiu/ P.M.G.", "Giurgiu"), ("ro", "Comuna Malu", "Malu"),
    ("sk", "Mesto Svidník", "Svidník"), ("sk", "Obec Pečovská Nová Ves", "Pečovská Nová Ves"),
    ("sl", "Mestna občina Nova Gorica", "Nova Gorica"), ("sv", "Haparanda kommun", "Haparanda"),
    ("tr", "TC Vize Belediye Başkanlığı", "Vize"), ("uk", "Корецька міська рада", "Корецька"),
]  # fmt: skip
ORGANIZATIONS = [
    "Stowarzyszenie Samorządów Terytorialnych „Aglomeracja Rzeszowska”",
    "Regionálna rozvojová agentúra Svidník", "Spojená škola v Prešove",
    "Zespół Szkół Leśnych w Lesku", "Centrum Kultury w Korzennej",
    "Rímskokatolícka cirkev Biskupstvo Spišské Podhradie", "Mikroregion Nový Dvůr",
    "Správa a Údržba Ciest Prešovského Samosprávneho Kraja", "Starostwo Powiatowe w Lesku",
    "Parafia p.w. św. Józefa Oblubieńca NMP w Sękowej", "Gmina Sanok Sp. z o.o.",
    "АСОЦИАЦИЯ НА ДУНАВСКИТЕ ОБЩИНИ „ДУНАВ“", "Регионална библиотека Хасково",
    "Association of Municipalities of Teleorman", "Municipal Museum of Vize",
    "Stadtwerke Görlitz GmbH", "Mestská knižnica v Prešove", "Obec Smilno - Základná škola",
    "Landratsamt Görlitz", "Camera de Comert Constanta", "Trakya Üniversitesi",
]  # fmt: skip


@pytest.mark.parametrize(("language", "name", "place"), AUTHORITIES)
def test_an_authority_is_called_by_its_place(language: str, name: str, place: str) -> None:
    found = authority(name)
    assert found is not None and found.place == place, language
    assert found.body in (Body.COMMUNE, Body.TOWN)


@pytest.mark.parametrize("name", ORGANIZATIONS)
def test_an_organisation_is_no_authority(name: str) -> None:
    assert authority(name) is None
    assert is_organization(name)


@pytest.mark.parametrize("name", ["Sieniawa", "Klub", "Gmina", "", "Zrzeszenie", "Trudberta"])
def test_what_no_word_makes_an_authority_is_none(name: str) -> None:
    assert authority(name) is None


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Województwo Podkarpackie", Body.REGION),
        ("Prešovský samosprávny kraj", Body.REGION),
        ("Landkreis Görlitz", Body.COUNTY),
        ("Kilkenny County Council", Body.COUNTY),
    ],
)
def test_a_region_is_called_by_its_whole_name(name: str, body: Body) -> None:
    found = authority(name)
    assert found is not None and found.place == name and found.body is body
