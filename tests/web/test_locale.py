"""Languages: which one a reader gets, and that each is spoken rightly and in full."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.conftest import ROOT
from twingraph.serve.messages import Request
from twingraph.web.languages import LANGUAGES, best, fallback, language_of
from twingraph.web.locale import TRANSLATIONS, Locale, plain

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "count": (1, 2),
    "N_": None,
}


def messages() -> Iterator[str | tuple[str, ...]]:
    """Every message of the pages, as code and templates write it."""
    jinja = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true"}
    found = extract_from_dir(
        ROOT / "twingraph",
        method_map=[("**.py", "python"), ("web/templates/**.html", "jinja2")],
        options_map={"web/templates/**.html": jinja},
        keywords=KEYWORDS,
    )
    for _, _, message, _, _ in found:
        yield message


def _translated(catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not message.fuzzy and all(texts):
            yield message.id if isinstance(message.id, str) else message.id[0]


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_message_is_translated(language: str) -> None:
    folder = TRANSLATIONS / language / "LC_MESSAGES"
    read = {
        path.name: read_po(io.BytesIO(path.read_bytes()), locale=language)
        for path in folder.glob("*.po")
    }
    wanted = {m if isinstance(m, str) else m[0] for m in messages()}
    assert len(wanted) > 150
    known = {name: set(_translated(messages)) for name, messages in read.items()}
    assert wanted - set().union(*known.values()) == set(), f"add to {folder}/twingraph.po"
    assert known["twingraph.po"] - wanted == set(), "no page says this any more"
    catalogue = read["twingraph.po"]
    # A decade is offered in several forms, of which a language takes the one it uses.
    wrong = [m.id for m in catalogue if list(m.check(catalogue))]
    assert [one for one in wrong if one != "the %(decade)ss"] == []


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        ("en", {1: "1 partnership", 2: "2 partnerships", 1234: "1,234 partnerships"}),
        ("pl", {1: "1 partnerstwo", 3: "3 partnerstwa", 5: "5 partnerstw", 22: "22 partnerstwa",
                12: "12 partnerstw"}),
        ("sk", {1: "1 partnerstvo", 4: "4 partnerstvá", 5: "5 partnerstiev",
                22: "22 partnerstiev"}),
        ("nl", {1: "1 partnerschap", 2: "2 partnerschappen", 1234: "1.234 partnerschappen"}),
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
         ["July 2010", "lipiec 2010", "júl 2010", "juli 2010"]),
        (("2018-04-29", "2018-04-29", "2018-04-29"),
         ["29 April 2018", "29 kwietnia 2018", "29. apríla 2018", "29 april 2018"]),
        (("2010", "2010-01-01", "2010-12-31"), ["2010"] * 4),
        ((None, "1970-01-01", "1979-12-31"),
         ["the 1970s", "lata 70. XX wieku", "70. roky 20. storočia", "de jaren 1970"]),
        ((None, "2000-01-01", "2009-12-31"),
         ["the years 2000–2009", "lata 2000–2009", "roky 2000 – 2009", "de jaren 2000–2009"]),
        ((None, "2003-01-01", "2005-12-31"),
         ["about 2004", "około roku 2004", "okolo roku 2004", "omstreeks 2004"]),
        ((None, "2010-01-01", "2012-12-31"), None),
        ((None, None, "2011-12-31"), ["before 2012", "przed 2012", "pred: 2012", "vóór 2012"]),
        ((None, "2012-01-01", None), ["after 2012", "po 2012", "po: 2012", "na 2012"]),
        ((None, None, None), [None] * 4),
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
        "Belgium", "Belgia", "Belgicko", "België",
    ]  # fmt: skip
    assert Locale("en").quoted("umowę", "pl") == "„umowę”"
    assert Locale("pl").quoted("zmluvu", "sk") == "„zmluvu“"
    assert Locale("en").country("ZZZ") == "ZZZ"
    assert Locale("pl").language_name("SLK") == "słowacki"


@pytest.mark.parametrize(
    ("query", "headers", "language"),
    [
        ("", {}, "en"),
        ("", {"accept-language": "sk-SK,sk;q=0.9,en;q=0.8"}, "sk"),
        ("", {"accept-language": "de, nl;q=0.3, pl;q=0.4"}, "pl"),
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
    assert language_of(Request(query=query.encode(), headers=headers)) == language


def test_one_order_of_fallback() -> None:
    assert fallback("sk") == ("sk", "en", "pl", "nl")
    texts = (("Wien", "de"), ("Vienna", "en"), ("Wenen", "nl"))
    assert best(texts, "nl") == ("Wenen", "nl")
    assert best(texts, "sk") == ("Vienna", "en")
    assert best((("Wien", "de"), ("Bécs", "hu")), "pl") == ("Wien", "de")
    assert best((("x", ""), ("Bécs", "hu")), "pl") == ("Bécs", "hu")
    assert best((("Olá", "pt-BR"),), "pl") == ("Olá", "pt-BR")
    assert best((), "pl") is None


def test_letters_without_their_marks() -> None:
    assert plain("Pečovská Nová Ves") == "pecovska nova ves"
    assert plain("ŁÓDŹ") == "lodz"
    assert plain("Ľutina") == "lutina"
