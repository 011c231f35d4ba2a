"""What pages state beside dates and names: a signing without a year, again, or to come; who was no
more than there; first contacts, schools without names, towns that were merged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.pages.conftest import Site, tree_of
from tests.serve.pages.test_things import valid, words
from tests.sources.conftest import DATASET, MUNICIPALITIES, ORGANIZATIONS, PEOPLE, PROJECTS
from twingraph.build import build
from twingraph.serve.release_service import ReleaseService
from twingraph.web.languages import LANGUAGES

PAGE = """\
title: {sk: Stránka}
kind: municipal
language: [sk]
partnerships:
  - key: pl-sieniawa--sk-lutina
    partners: [pl-sieniawa, sk-lutina]
    agreements:
      - key: 1
        kind: agreement
        signed_on: XXXX-07-04
        signed_again_on: XXXX-09
        place: Ľutina
        signatures:
          - {role: starosta, on_behalf_of: sk-lutina}
      - key: 2
        kind: renewal
        planned_for: 2027-05-03
        signatures:
          - signatory: adam-wos
            on_behalf_of: pl-sieniawa
            basis: planned
      - key: 3
        kind: letter-of-intent
        signed_on: 2015
        concluded_by: [school]
        signatures:
          - {signatory: jan-vzor, role: autor myšlienky, basis: present}
    first_contact: 1994
    involves_unnamed: tri školy
    projects: [park]
    status: dormant-in-force
  - key: at-town--sk-lutina
    partners: [sk-lutina]
    partner_unnamed: mesto v Rakúsku
  - key: be-tremelo--sk-lutina
    partners: [be-tremelo, sk-lutina]
projects:
  - key: park
    partners: [pl-sieniawa, sk-lutina]
    total_budget: 40000~
    grant: 34000.50
    currency: EUR
authorities:
  - key: sk-lutina
    memberships:
      - network: euroregion
        since: 1993-02
        until: 201X
        evidence: od februára 1993 bola členom Euroregiónu
  - key: pl-sieniawa
    replaces: [be-tremelo]
    formed_on: 2010-01-01
    alt_label: {sk: [Stará Sieniawa]}
  - key: be-tremelo
    dissolved_on: 2009-12-31
mentions:
  - about: {authority: pl-sieniawa}
    date: 1950-01
    note: Renamed.
"""
DOCUMENT = "/agreement/pl-sieniawa--sk-lutina_"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = tmp_path_factory.mktemp("documents")
    data = place / "data"
    (data / "sources").mkdir(parents=True)
    for name, content in {
        "dataset.yaml": DATASET,
        "municipalities.csv": MUNICIPALITIES.replace("register", "page"),
        "organizations.csv": f"{ORGANIZATIONS}euroregion,Euroregion,en,page\n",
        "projects.csv": PROJECTS,
        "people.csv": f"{PEOPLE}jan-vzor,Ján Vzor,page\n",
        "sources/page.yaml": PAGE,
    }.items():
        Path(data / name).write_text(content, "utf-8")
    site = Site(ReleaseService(build(data, place / "public").out))
    yield site
    site.close()


def test_a_day_without_a_year_is_shown_and_a_second_ceremony_and_the_place(documents: Site) -> None:
    text = words(documents.get(f"{DOCUMENT}1.html?lang=en").text)
    assert "Agreement: July 4, year not given" in text or "4 July, year not given" in text
    assert "signed a second time: September, year not given" in text
    assert "place of signing: Ľutina" in text
    assert "no date in the sources" not in text
    german = words(documents.get(f"{DOCUMENT}1.html?lang=de").text)
    assert "4. Juli, ohne Jahresangabe" in german and "September, ohne Jahresangabe" in german


def test_a_planned_signing_is_told_from_one_that_was(documents: Site) -> None:
    text = words(documents.get(f"{DOCUMENT}2.html?lang=en").text)
    assert "to be signed on 3 May 2027, as announced" in text
    assert "Adam Woś" in text and "was to sign" in text
    assert "no signatory named in the sources" in text


def test_who_was_there_is_no_signatory(documents: Site) -> None:
    text = words(documents.get("/person/jan-vzor.html?lang=en").text)
    assert text.count("present, did not sign") == 1
    assert "Named in a document" in text and "Signatory" not in text
    assert "1 signature" not in text


def test_the_table_has_them_as_written(documents: Site) -> None:
    rows = documents.select(
        "PREFIX tg: <https://w3id.org/twingraph/ns#> SELECT ?p ?v { ?a ?p ?v "
        "FILTER(?p IN (tg:signedOn, tg:signedAgainOn, tg:plannedFor, tg:place)) }"
    )
    found = sorted((row["p"].value.rpartition("#")[2], row["v"].value) for row in rows)
    assert found == [
        ("place", "Ľutina"),
        ("plannedFor", "2027-05-03"),
        ("signedAgainOn", "--09"),
        ("signedOn", "--07-04"),
        ("signedOn", "2015"),
    ]


def test_they_are_shown_in_every_language(documents: Site) -> None:
    for number in (1, 2, 3):
        for language in LANGUAGES:
            answer = documents.get(f"{DOCUMENT}{number}.html?lang={language}")
            assert answer.status == 200 and "None" not in answer.text
            valid(answer.text)


def test_a_first_contact_and_schools_without_names_are_shown(documents: Site) -> None:
    text = words(documents.get("/partnership/pl-sieniawa--sk-lutina.html?lang=en").text)
    assert "1994 First contact of the towns" in text
    assert "Taking part, not namedtri školy" in text
    assert "dormant, formally in force" in text
    assert "agreement of A school" in text


def test_a_town_that_was_merged_is_twinned_with_nobody_and_leads_to_its_successor(
    documents: Site,
) -> None:
    old = documents.get("/municipality/be-tremelo.html?lang=en").text
    assert "Its place was taken bySieniawa" in words(old)
    assert "Dissolved31 December 2009" in words(old)
    new = words(documents.get("/municipality/pl-sieniawa.html?lang=en").text)
    assert "Took the place ofTremelo" in new and "Formed1 January 2010" in new
    twins = documents.select(
        "PREFIX tg: <https://w3id.org/twingraph/ns#> SELECT ?a ?b { ?a tg:twinnedWith ?b }"
    )
    pairs = {tuple(row[v].value.rpartition("/")[2] for v in "ab") for row in twins}
    # Nobody says that Sieniawa inherits the other partnership of Ľutina.
    assert pairs == {("pl-sieniawa", "sk-lutina"), ("sk-lutina", "pl-sieniawa")}


def test_a_town_and_its_network_lead_to_each_other(documents: Site) -> None:
    page = tree_of(documents.get("/municipality/sk-lutina.html?lang=en").text)
    (member,) = page.xpath("//h2[text()='Member of']/following-sibling::ul[1]/li")
    text = " ".join(member.text_content().split())
    assert "Euroregion" in text and "February 1993 – the years 2010–2019" in text
    assert "„od februára 1993 bola členom Euroregiónu“" in text and "Stránka" in text
    network = words(documents.get("/organization/euroregion.html?lang=en").text)
    assert re.search("Members ?Ľutina, February 1993 – the years 2010–2019", network), network
    assert "no partnership is known" not in network
    rows = documents.select(
        "PREFIX org: <http://www.w3.org/ns/org#> PREFIX tg: <https://w3id.org/twingraph/ns#> "
        "SELECT ?of ?joined ?left { ?town org:hasMembership ?m . ?m a org:Membership ; "
        "org:member ?town ; org:organization ?of ; tg:start ?joined ; tg:endLatest ?left }"
    )
    (found,) = rows
    names = [found[name].value.rpartition("/")[2] for name in ("of", "joined", "left")]
    assert names == ["euroregion", "1993-02", "2019-12-31"]


def test_a_round_sum_is_told_from_an_exact_one(documents: Site) -> None:
    text = words(documents.get("/project/park.html?lang=en").text)
    assert "Total budgetabout €40,000 " in text and "Grant€34,000.50" in text
    assert "etwa 40.000\N{NO-BREAK SPACE}€" in documents.get("/project/park.html?lang=de").text
    rows = documents.select(
        "PREFIX tg: <https://w3id.org/twingraph/ns#> SELECT ?about ?exact { ?p tg:grant ?grant ; "
        "tg:totalBudgetAbout ?about OPTIONAL { ?p tg:totalBudget ?exact } }"
    )
    assert [(row["about"].value, row.get("exact")) for row in rows] == [("40000", None)]


def test_what_is_wrong_with_them_is_said_in_the_form(documents: Site) -> None:
    wrong = "/contribute?about=project/park&field=total_budget_about&lang=en"
    assert 'value="40000~"' in documents.get(wrong).text
    wrong = "/contribute?about=membership/sk-lutina_euroregion&field=network&lang=en"
    answer = documents.get(wrong)
    assert answer.status == 200 and 'value="Ľutina"' in answer.text
    assert "od februára 1993 bola členom Euroregiónu" in answer.text


def test_a_town_that_was_renamed_has_its_former_name_and_the_day(documents: Site) -> None:
    text = words(documents.get("/municipality/pl-sieniawa.html?lang=en").text)
    assert "Stará Sieniawa" in text and re.search("January 1950 ?Renamed", text)
    source = words(documents.get("/source/page.html?lang=de").text)
    assert re.search("Januar 1950 ?Renamed", source)


def test_every_page_is_shown_in_every_language(documents: Site) -> None:
    of_network = ("organization/euroregion", "membership/sk-lutina_euroregion", "project/park")
    for key in ("partnership/pl-sieniawa--sk-lutina", "municipality/be-tremelo", *of_network):
        for language in LANGUAGES:
            valid(documents.get(f"/{key}.html?lang={language}").text)


def test_a_partner_that_is_not_named_is_shown_as_the_source_says_it(documents: Site) -> None:
    text = words(documents.get("/partnership/at-town--sk-lutina.html?lang=en").text)
    assert text.startswith("Ľutina – mesto v Rakúsku")
    town = words(documents.get("/municipality/sk-lutina.html?lang=en").text)
    assert "mesto v Rakúsku" in town
    for language in LANGUAGES:
        valid(documents.get(f"/partnership/at-town--sk-lutina.html?lang={language}").text)


def test_a_part_without_a_name_is_stated_by_its_source_and_not_derived(documents: Site) -> None:
    text = words(documents.get(f"{DOCUMENT}1.html?lang=en").text)
    assert "somebody the sources do not name" in text
    assert "in so many words: it is derived" not in text
    (mark,) = tree_of(documents.get(f"{DOCUMENT}1.html?lang=en").text).xpath(
        "//li[span[@class='missing']]//details[contains(@class, 'mark')]"
    )
    assert "Stránka" in mark.text_content() and "starosta" in mark.text_content()
    # Nobody says that it was signed in person.
    assert "signed in person" not in text
