"""Languages: which one a reader gets, and that each is spoken rightly and in full."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from tests.conftest import ROOT
from tests.service import request_of
from twingraph.release.exports import exports
from twingraph.serve.negotiation import language_of
from twingraph.serve.querying import examples
from twingraph.web.languages import ENGLISH, LANGUAGES, best, fallback
from twingraph.web.locale import Locale, plain
from twingraph.web.messages import TRANSLATIONS, catalog, translations_of

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "count": (1, 2),
    "N_": None,
    "ngettext_noop": (1, 2),
}


def messages() -> Iterator[str]:
    """Every message of the pages, as code and templates write it, and what else is translated:
    the titles of files, and of questions by their themes."""
    jinja = {
        "extensions": "jinja2.ext.i18n",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "silent": "false",
    }
    found = extract_from_dir(
        ROOT / "twingraph",
        method_map=[("**.py", "python"), ("web/templates/**.html", "jinja2")],
        options_map={"web/templates/**.html": jinja},
        keywords=KEYWORDS,
    )
    for _, _, message, _, _ in found:
        yield message if isinstance(message, str) else message[0]
    yield from (export.title for export in exports())
    for theme, questions in examples.themes():
        yield from (theme, *(question.title for question in questions))


def _translated(catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not message.fuzzy and all(texts):
            yield message.id if isinstance(message.id, str) else message.id[0]


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_message_is_translated(language: str) -> None:
    file = TRANSLATIONS / language / "LC_MESSAGES" / "twingraph.po"
    wanted, known = set(messages()), set(_translated(catalog(language)))
    assert len(wanted) > 500
    assert wanted - known == set(), f"add to {file}"
    assert known - wanted == set(), f"nothing says this any more: take it out of {file}"
    # A decade is offered in several forms, of which a language takes the one it uses.
    wrong = [message.id for message in catalog(language) if list(message.check(catalog(language)))]
    assert [one for one in wrong if one != "the %(decade)ss"] == []


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_messages_stand_in_order(language: str) -> None:
    known = list(_translated(catalog(language)))
    for before, after in pairwise(known):
        file = TRANSLATIONS / language / "LC_MESSAGES" / "twingraph.po"
        assert before < after, f"{file} is sorted, capitals first: put {after!r} before {before!r}"


def test_there_are_messages_of_the_languages_of_pages_alone() -> None:
    assert {folder.name for folder in TRANSLATIONS.iterdir()} == set(LANGUAGES) - {ENGLISH}


def test_what_is_not_translated_is_said_in_english() -> None:
    assert translations_of("Nobody translated this", ["pl", "sk"]) == (
        ("Nobody translated this", "en"),
    )
    assert translations_of("Size", ["pl", "hu"]) == (("Rozmiar", "pl"),)


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        ("en", {1: "1 partnership", 2: "2 partnerships", 1234: "1,234 partnerships"}),
        ("pl", {1: "1 partnerstwo", 3: "3 partnerstwa", 5: "5 partnerstw", 22: "22 partnerstwa",
                12: "12 partnerstw"}),
        ("sk", {1: "1 partnerstvo", 4: "4 partnerstvá", 5: "5 partnerstiev",
                22: "22 partnerstiev"}),
        ("nl", {1: "1 partnerschap", 2: "2 partnerschappen", 1234: "1.234 partnerschappen"}),
        ("de", {0: "0 Partnerschaften", 1: "1 Partnerschaft", 1234: "1.234 Partnerschaften"}),
        ("fr", {0: "0 partenariat", 1: "1 partenariat", 2: "2 partenariats",
                1234: "1\u202f234 partenariats"}),
    ],
)  # fmt: skip
def test_plural_forms(language: str, numbers: dict[int, str]) -> None:
    locale = Locale(language)
    for number, text in numbers.items():
        assert locale.count("%(num)s partnership", "%(num)s partnerships", number) == text


@pytest.mark.parametrize(
    ("date", "texts"),
    [
        (("2010-07", "2010-07-01", "2010-07-31"),
         ["July 2010", "lipiec 2010", "júl 2010", "juli 2010", "Juli 2010", "juillet 2010"]),
        (("2018-04-29", "2018-04-29", "2018-04-29"),
         ["29 April 2018", "29 kwietnia 2018", "29. apríla 2018", "29 april 2018",
          "29. April 2018", "29 avril 2018"]),
        (("2010", "2010-01-01", "2010-12-31"), ["2010"] * 6),
        ((None, "1970-01-01", "1979-12-31"),
         ["the 1970s", "lata 70. XX wieku", "70. roky 20. storočia", "de jaren 1970",
          "die 1970er-Jahre", "les années 1970"]),
        ((None, "2000-01-01", "2009-12-31"),
         ["the years 2000–2009", "lata 2000–2009", "roky 2000 – 2009", "de jaren 2000–2009",
          "die Jahre 2000–2009", "les années 2000–2009"]),
        ((None, "2003-01-01", "2005-12-31"),
         ["about 2004", "około roku 2004", "okolo roku 2004", "omstreeks 2004",
          "um 2004", "vers 2004"]),
        ((None, "2010-01-01", "2012-12-31"), None),
        ((None, None, "2011-12-31"), ["before 2012", "przed 2012", "pred: 2012", "vóór 2012",
                                           "vor 2012", "avant 2012"]),
        ((None, "2012-01-01", None), ["after 2012", "po 2012", "po: 2012", "na 2012",
                                    "nach 2012", "après 2012"]),
        ((None, None, "2018-04-30"),
         ["before 30 April 2018", "przed 30 kwietnia 2018", "pred: 30. apríla 2018",
          "vóór 30 april 2018", "vor dem 30. April 2018", "avant le 30 avril 2018"]),
        ((None, "2018-05-01", "2018-05-31"),
         ["between 1 May 2018 and 31 May 2018", "między 1 maja 2018 a 31 maja 2018",
          "medzi 1. mája 2018 a 31. mája 2018", "tussen 1 mei 2018 en 31 mei 2018",
          "zwischen dem 1. Mai 2018 und dem 31. Mai 2018",
          "entre le 1er mai 2018 et le 31 mai 2018"]),
        ((None, None, None), [None] * 6),
    ],
)  # fmt: skip
def test_dates_as_people_write_them(
    date: tuple[str | None, str | None, str | None], texts: list[str | None] | None
) -> None:
    said = [Locale(language).when(*date) for language in LANGUAGES]
    if texts is not None:
        assert said == texts


def test_names_and_quotes() -> None:
    assert [Locale(code).country("BEL") for code in LANGUAGES] == [
        "Belgium", "Belgia", "Belgicko", "België", "Belgien", "Belgique",
    ]  # fmt: skip
    assert Locale("en").quoted("umowę", "pl") == "„umowę”"
    assert Locale("pl").quoted("zmluvu", "sk") == "„zmluvu“"
    assert Locale("pl").quoted("accord", "fr") == "«\u202faccord\u202f»"
    assert Locale("de").quoted("Vertrag") == "„Vertrag“"
    assert Locale("en").country("ZZZ") == "ZZZ"
    assert Locale("pl").language_name("SLK") == "słowacki"


@pytest.mark.parametrize(
    ("query", "headers", "language"),
    [
        ("", {}, "en"),
        ("", {"accept-language": "sk-SK,sk;q=0.9,en;q=0.8"}, "sk"),
        ("", {"accept-language": "hu, nl;q=0.3, pl;q=0.4"}, "pl"),
        ("", {"accept-language": "pl;q=0, en"}, "en"),
        ("", {"accept-language": ";;q=,,x"}, "en"),
        ("", {"accept-language": "pl", "cookie": "a=b; lang=nl"}, "nl"),
        ("", {"cookie": "lang=xx"}, "en"),
        ("", {"cookie": "\x00;lang"}, "en"),
        ("lang=sk", {"accept-language": "pl", "cookie": "lang=nl"}, "sk"),
        ("lang=<b>", {"accept-language": "pl"}, "pl"),
    ],
)
def test_which_language(query: str, headers: dict[str, str], language: str) -> None:
    assert language_of(request_of(query.encode(), headers)) == language


def test_one_order_of_fallback() -> None:
    assert fallback("sk") == ("sk", "en", "pl", "nl", "de", "fr")
    texts = (("Wien", "de"), ("Vienna", "en"), ("Wenen", "nl"))
    assert best(texts, "nl") == ("Wenen", "nl")
    assert best(texts, "sk") == ("Vienna", "en")
    assert best((("Wien", "de"), ("Bécs", "hu")), "pl") == ("Wien", "de")
    assert best((("x", ""), ("Bécs", "hu")), "pl") == ("Bécs", "hu")
    assert best((("Olá", "pt-BR"),), "pl") == ("Olá", "pt-BR")
    assert best((), "pl") is None


def test_numbers_and_sizes() -> None:
    assert [Locale(code).size(1234) for code in LANGUAGES] == [
        "1.2\u00a0kB", "1,2\u00a0kB", "1,2\u00a0kB", "1,2\u00a0kB", "1,2\u00a0kB", "1,2\u00a0ko",
    ]  # fmt: skip
    assert [Locale(code).size(999) for code in ("en", "nl", "de")] == ["999\u00a0B"] * 3
    assert [Locale(code).percent(0.45678) for code in ("en", "nl", "de")] == [
        "45.7%", "45,7%", "45,7\u00a0%",
    ]  # fmt: skip


def test_a_round_sum_has_no_cents_but_those_that_are_stated() -> None:
    assert [Locale(code).round_sum(Decimal(40000), "EUR") for code in ("en", "nl", "de")] == [
        "€40,000", "€\u00a040.000", "40.000\u00a0€",
    ]  # fmt: skip
    assert Locale("en").round_sum(Decimal("40000.50"), "EUR") == "€40,000.50"
    assert Locale("en").money(Decimal(40000), "EUR") == "€40,000.00"


def test_letters_without_their_marks() -> None:
    assert plain("Pečovská Nová Ves") == "pecovska nova ves"
    assert plain("ŁÓDŹ") == "lodz"
    assert plain("Ľutina") == "lutina"
