"""Own names: the register's, else the country's language, never the first tag; and labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twingraph.dates import parse
from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.names import own_languages, town_name
from twingraph.model.records import Agreement, Authority, Partnership, Text, View

LUTINA = "pl-sieniawa--sk-lutina"


@pytest.mark.parametrize(
    ("labels", "language", "country", "name"),
    [
        (("de Warschau", "en Warsaw", "pl Warszawa"), None, "POL", "Warszawa"),
        (("de Lüttich", "fr Liège", "nl Luik"), "fr", "BEL", "Liège"),
        (("de Lüttich", "mul Liège", "nl Luik"), None, "BEL", "Liège"),
        (("bg Пекин", "en Beijing"), None, "CHN", "Beijing"),
        (("de-at Wien", "en Vienna"), None, "AUT", "Wien"),
        (("aa Somewhere", "und Anywhere"), None, None, "Anywhere"),
        (("zxx Q5",), None, "POL", "Q5"),
        ((), "pl", "POL", None),
    ],
)
def test_the_own_name(
    labels: tuple[str, ...], language: str | None, country: str | None, name: str | None
) -> None:
    texts = tuple(Text(*reversed(label.split(" ", 1))) for label in labels)
    found = town_name(Authority("x", labels=texts, own_language=language, country=country))
    assert (found and found.value) == name


def test_a_country_speaks_its_languages() -> None:
    assert own_languages("BEL") == ("nl", "fr", "de")
    assert own_languages("SRB") == ("sr",)
    assert own_languages("XKX") == own_languages(None) == ()


def test_a_partnership_is_called_by_the_own_names_of_its_partners(view: View) -> None:
    labels = Labels(Lookup.of_view(view))
    found = {key: labels.partners(p.partners) for key, p in view.all(Partnership).items()}
    assert found["be-tremelo--pl-sieniawa"] == "Miasto i Gmina Sieniawa – Tremelo"
    assert found[LUTINA] == "Miasto i Gmina Sieniawa – Ľutina"
    assert labels.partners(("sk-lutina", "nowhere", "be-tremelo")) == "nowhere – Tremelo – Ľutina"


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({}, "Agreement of 2016-08, "),
        ({"signed_on": None}, "Agreement, "),
        ({"signed_on": parse("197X"), "kind": "letter-of-intent"}, "Letter of intent of 197X, "),
        ({"kind": None, "signed_on": parse("2016")}, "Document of 2016, "),
    ],
)
def test_a_document_is_called_by_kind_and_date_and_partners(
    view: View, change: dict[str, object], label: str
) -> None:
    (deed,) = (a for a in view.all(Agreement).values() if a.partnership == LUTINA)
    found = Labels(Lookup.of_view(view)).agreement(replace(deed, **change))  # type: ignore[arg-type]
    assert found == f"{label}Miasto i Gmina Sieniawa – Ľutina"
