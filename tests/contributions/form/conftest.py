"""The form over the founding data, and a page as somebody types it in."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.conftest import FOUNDING
from tests.contributions.conftest import TODAY
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.finders import Registered
from twingraph.contributions.form.page import Typed
from twingraph.contributions.known import Known
from twingraph.web.locale import locale_of

PAGE: Mapping[str, str] = {
    "source.0.url": "https://www.example.org/partnerzy",
    "source.0.title": "Miasta partnerskie",
    "source.0.publisher": "Miasto i Gmina Sieniawa",
    "source.0.language": "pl",
    "source.0.retrieved": "2026-11-28",
    "source.0.kind": "municipal",
    "source.0.publisher_authority.0.name": "Sieniawa",
    "source.0.publisher_authority.0.country": "Polska",
    "partnerships.0.partners.0.name": "Sieniawa",
    "partnerships.0.partners.0.country": "PL",
    "partnerships.0.partners.1.name": "Abda",
    "partnerships.0.partners.1.country": "Węgry",
    "partnerships.0.since": "2019",
    "partnerships.0.words.since": "współpraca od 2019 roku",
    "partnerships.0.agreements.0.kind": "agreement",
    "partnerships.0.agreements.0.signed_on": "2019-05-12",
    "partnerships.0.agreements.0.evidence": "12 maja 2019 r. podpisano umowę",
    "partnerships.0.agreements.0.signatures.0.signatory": "Adam Woś",
    "partnerships.0.agreements.0.signatures.0.office": "mayor",
    "partnerships.0.agreements.0.signatures.0.on_behalf_of": "0",
    "partnerships.0.agreements.0.signatures.1.signatory": "Zsolt Szabó",
    "partnerships.0.agreements.0.signatures.1.role": "wójt gminy Abda",
    "partnerships.0.agreements.0.signatures.1.on_behalf_of": "1",
    "partnerships.1.partners.0.name": "Sieniawa",
    "partnerships.1.partners.0.country": "PL",
    "partnerships.1.partners.1.name": "Tremelo",
    "partnerships.1.partners.1.country": "BE",
    "partnerships.1.agreements.0.kind": "agreement",
    "partnerships.1.agreements.0.signed_on": "2010-07",
    "partnerships.1.agreements.0.signatures.0.signatory": "Vital Van Dessel",
    "partnerships.1.agreements.0.signatures.0.on_behalf_of": "1",
    "partnerships.1.projects.0.title": "Szlak dwóch rzek",
    "partnerships.1.projects.0.programme": "Europa dla obywateli",
    "partnerships.1.projects.0.start": "2011",
    "partnerships.1.projects.0.grant": "20000",
    "partnerships.1.projects.0.currency": "EUR",
}
"""Two partnerships, three signatories and a project."""


@pytest.fixture(scope="session")
def founding() -> Known:
    """What the founding data has."""
    return Known.of(FOUNDING)


@pytest.fixture(scope="session")
def desk(founding: Known) -> Desk:
    """The form over it, in English."""
    return Desk(founding, Registered(founding, TODAY), locale_of("en"), "somebody")


def typed(desk: Desk, page: Mapping[str, str] = PAGE, **changes: str) -> Typed:
    """A posted form; in the names of `changes` two underscores stand for a point."""
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    return Typed.of([*{**page, **changed}.items()], desk)
