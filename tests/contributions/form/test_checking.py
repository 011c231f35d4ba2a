"""What is wrong, at the field that it concerns, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.contributions.form.conftest import PAGE, typed
from twingraph.contributions import superseded, writing
from twingraph.contributions.contribution import Fault
from twingraph.contributions.form.checking import at_inputs
from twingraph.contributions.form.composed import InputFault
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.fields import LONGEST
from twingraph.contributions.form.page import Typed
from twingraph.contributions.form.told import told
from twingraph.contributions.register_rows import Standing
from twingraph.contributions.told import rules
from twingraph.errors import BadValue, Problem
from twingraph.identifiers import Ref
from twingraph.model.records import Origin
from twingraph.sources.curated import folder, references, statements
from twingraph.sources.curated.codes import check_language
from twingraph.sources.curated.yaml_reader import Document
from twingraph.web.locale import locale_of

DOUBTS = ROOT / "tests" / "data" / "doubts.yaml"
P, A = "partnerships.0", "partnerships.0.agreements.0"
S = f"{A}.signatures.0"
J = "partnerships.1.projects.0"
FAULTY = [
    ("source.0.title", "", "This is needed.", ""),
    ("source.0.language", "", "This is needed.", ""),
    ("source.0.url", "www.example.org", "www.example.org is not an address.", "Begin it with"),
    ("source.0.url", "https://a b", "https://a b is not an address.", "Write https://a%20b"),
    ("source.0.retrieved", "2026-11", "2026-11 is not a full day.", "Write year, month, day"),
    (f"{A}.signed_on", "5/4/2019", "5/4/2019 is no date", "Did you mean 2019-04-05 / 2019-05-04?"),
    (f"{A}.valid_until", "bezterminowo", "bezterminowo is no date", "Leave it empty where no end"),
    (f"{A}.signed_on", "12 maja 19", "12 maja 19 is no date", "Write the year with its four"),
    (f"{A}.signed_on", "soon", "soon is no date", "Write 2018-04-29, 2018-04"),
    (f"{A}.signed_on", "30 lutego 2019", "There is no such day: 2019-02-30 (February 2019 has 28",
     "Check it"),
    (f"{A}.signed_on", "2019-13-40", "There is no such day: 2019-13-40.", "Check it"),
    (f"{A}.signed_on", "99999", "There is no such day: 99999.", "Check it"),
    (f"{A}.signed_on", "2919", "2919 lies centuries ahead.", ""),
    (f"{P}.since", "2012/2010", "2012/2010 ends before it starts.", "Write the earlier"),
    (f"{A}.valid_until", "2001", "2001 lies before 2019-05-12.", "Check the two dates."),
    (f"{A}.planned_for", "2030", "What was signed is planned no more.", "Keep the day signed"),
    (f"{A}.evidence", "x" * 301, "301 letters are quoted; at most 300", "Quote the few words"),
    (f"{P}.words.since", "x" * 400, "400 letters are quoted; at most 300", "Quote the few words"),
    (f"{P}.words.status", "aktywne", "These are the words for a field in which", "Fill the field"),
    (f"{P}.partners.1.country", "Atlantis", "Atlantis is no country.", "Write the country"),
    (f"{P}.partners.1.country", "SR", "SR may be Slovakia or Suriname.", "Write the name of the"),
    (f"{P}.partners.1.country", "", "A town without its country.", "Write the country"),
    (f"{P}.partners.1.name", "", "A town without a name.", "Write its name"),
    ("source.0.title", "a\x07b", "It holds a character that no text may hold.", "Type it"),
    ("partnerships.1.projects.0.title", "", "This is needed.", ""),
    ("partnerships.1.projects.0.grant", "20 tys.", "20 tys. is not an amount", "Write digits"),
    ("partnerships.1.projects.0.grant", "1.234", "1.234 is not an amount", "Did you mean 1234?"),
    ("partnerships.1.projects.0.grant", "5 zł", "This is in PLN, another field says EUR.", "Write"),
    ("partnerships.1.projects.0.currency", "SKK", "SKK is no currency.", "Write the currency"),
    ("partnerships.1.projects.0.end", "2001", "2001 lies before 2011.", "Check the two dates."),
    ("source.0.note", "x" * (LONGEST + 1), "2,001 letters, where 2,000 are taken.", "Say it in"),
]  # fmt: skip


def shown(desk: Desk, page: Mapping[str, str]) -> list[InputFault]:
    """What is wrong, as the page tells it."""
    of_page = typed(desk, page)
    faults: list[InputFault] = of_page.values(of_page.checked.faults)["faults"]
    return faults


@pytest.mark.parametrize(("input", "value", "message", "cure"), FAULTY)
def test_a_fault_is_told_at_its_field(
    desk: Desk, input: str, value: str, message: str, cure: str
) -> None:
    faults = shown(desk, {**PAGE, input: value})
    assert [fault.input for fault in faults] == [input], faults
    assert faults[0].message.startswith(message) and faults[0].cure.startswith(cure), faults
    assert faults[0].own


@pytest.mark.parametrize("day", ["12. 5. 2019", "dňa 12. mája 2019", "12 maja 2019 r."])
def test_a_day_as_people_write_it_is_taken(desk: Desk, day: str) -> None:
    found = typed(desk, {**PAGE, f"{A}.signed_on": day})
    assert found.checked.is_good
    assert found.made.content["source"]["partnerships"][0]["agreements"][0]["signed_on"] == (
        "2019-05-12"
    )


@pytest.mark.parametrize(
    ("written", "sum"),
    [
        ("124 350,50 €", "124350.50"),
        ("124350,50 eur", "124350.50"),
        ("12 500 euro", "12500"),
        ("12 500,- EUR", "12500"),
        ("12.500,\u2014 €", "12500"),
    ],
)
def test_money_as_people_write_it_is_taken(desk: Desk, written: str, sum: str) -> None:
    page = {**PAGE, f"{J}.grant": written, f"{J}.currency": ""}
    (project,) = typed(desk, page).made.content["source"]["projects"]
    assert (project["grant"], project["currency"]) == (sum, "EUR")


def test_faults_are_told_in_the_order_of_the_page(desk: Desk) -> None:
    wrong = {
        "source.0.title": "", "source.0.publisher_authority.0.country": "Atlantis",
        f"{P}.partners.1.country": "Atlantis", f"{P}.first_contact": "soon",
        f"{A}.signed_on": "soon",
    }  # fmt: skip
    assert [fault.input for fault in shown(desk, {**PAGE, **wrong})] == [
        "source.0.title", "source.0.publisher_authority.0.country", f"{P}.partners.1.country",
        f"{P}.first_contact", f"{A}.signed_on",
    ]  # fmt: skip


def test_a_title_is_doubted_as_soon_as_it_is_typed(desk: Desk) -> None:
    of_page = typed(desk, {**PAGE, f"{S}.signatory": "Mgr. Adam Woś"})
    (doubt,) = of_page.values(of_page.made.doubts)["doubts"]
    assert doubt.input == f"{S}.signatory" and doubt.own
    assert doubt.cure == "Write the name alone: Adam Woś"


def test_a_joint_project_is_of_the_towns_that_are_chosen(desk: Desk) -> None:
    pairs = [*PAGE.items(), (f"{J}.partners", "0"), (f"{J}.partners", "1"), (f"{J}.partners", "x")]
    (project,) = Typed.of(pairs, desk).made.content["source"]["projects"]
    assert project["partners"] == ["pl-sieniawa", "be-tremelo"]
    # All of them are, until somebody says otherwise; that alone makes no project.
    added = Typed.of([*PAGE.items(), ("add", "partnerships.0.projects")], desk)
    row = added.root.of("partnerships")[0].of("projects")[0]
    assert row.chosen == {"partners": ("0", "1")} and row.is_blank


def test_somebody_without_a_name_is_doubted(desk: Desk) -> None:
    found = typed(desk, {**PAGE, f"{S}.signatory": ""})
    assert found.checked.is_good
    (doubt,) = found.made.doubts
    assert (doubt.input, doubt.message) == (
        f"{S}.signatory", "Somebody who signed, without a name.",
    )  # fmt: skip


def test_a_page_without_faults(desk: Desk) -> None:
    found = typed(desk).checked
    assert found.is_good and not found.faults


def test_a_town_and_its_country_exchanged(desk: Desk) -> None:
    page = {**PAGE, f"{P}.partners.1.name": "Węgry", f"{P}.partners.1.country": "Abda"}
    (fault,) = typed(desk, page).checked.faults
    assert fault.message == "Węgry is a country, and Abda is none." and "Exchange" in fault.cure


def test_money_without_its_currency(desk: Desk) -> None:
    page = {**PAGE, "partnerships.1.projects.0.currency": ""}
    (fault,) = shown(desk, page)
    assert fault.input == "partnerships.1.projects.0.grant"
    assert fault.message == "An amount of money without its currency."


def test_a_partnership_of_one_town(desk: Desk) -> None:
    page = {n: v for n, v in PAGE.items() if not n.startswith("partnerships.0.partners.1")}
    faults = shown(desk, page)
    assert faults[0].input == f"{P}.partners.0.name"
    assert faults[0].message == "A partnership has two towns or more."


def test_the_same_town_twice(desk: Desk) -> None:
    page = {**PAGE, f"{P}.partners.1.name": "Sieniawa", f"{P}.partners.1.country": "PL"}
    faults = shown(desk, page)
    told_at = {fault.input: fault.message for fault in faults}
    assert told_at[f"{P}.partners.1.name"] == "The same town stands here twice."


def test_the_same_document_signed_twice_by_one(desk: Desk) -> None:
    page = {
        **PAGE,
        f"{A}.signatures.1.signatory": "Adam Woś",
        f"{A}.signatures.1.on_behalf_of": "0",
    }
    faults = shown(desk, page)
    assert "The same stands here twice." in {fault.message for fault in faults}


def test_doubts_are_told_at_their_fields_in_the_readers_language(desk: Desk) -> None:
    """As the check of the folder words them: the names of its places are keys of the format."""
    of_page = typed(replace(desk, locale=locale_of("pl")), {**PAGE, f"{S}.signatory": "ADAM WOŚ"})
    places = [
        Fault(("registers", "people", 0, "name"), "name: 'ADAM WOŚ' is in capitals",
              "write it as people write names: 'Adam Woś'"),
        Fault(("source", "partnerships", 0, "since"), "since: 1200 is before 1900",
              "check the year"),
    ]  # fmt: skip
    of_page.made.inputs["registers", "people", 0] = f"{S}.signatory"
    found = at_inputs(of_page.root, of_page.made, places)
    shown = of_page.values(replace(fault, doubt=True) for fault in found)
    assert shown["faults"] == []
    assert [(one.input, one.message) for one in shown["doubts"]] == [
        (f"{P}.since", "1200 jest przed rokiem 1900."),
        (f"{S}.signatory", "ADAM WOŚ jest pisane wielkimi literami."),
    ]
    since = next(one for one in shown["parts"][1].rows[0].fields if one.input == f"{P}.since")
    assert since.faults and not since.is_wrong


def test_a_fault_is_named_by_all_that_it_stands_in(desk: Desk) -> None:
    labels = typed(desk).values()["labels"]
    assert labels[f"{P}.partners.1.name"] == "Partnership 1, Town 2: Name"
    signatory = "Partnership 1, Document 1, Signatory or person present 1"
    assert labels[f"{S}.office"] == f"{signatory}: Office"
    assert labels[f"{P}.words.since"] == "Partnership 1: Partners since, Words of the page"


@pytest.mark.parametrize("language", ["pl", "sk", "nl", "de", "fr"])
def test_in_the_readers_language(desk: Desk, language: str) -> None:
    fault = InputFault("x.signed_on", "signed_on: '12 maja 2019' is no date in the form "
                       "year-month-day", "did you mean '2019-05-12'?")  # fmt: skip
    said = told(fault, locale_of(language))
    assert said.own and "12 maja 2019" in said.message and "2019-05-12" in said.cure
    assert "is no date" not in said.message


def test_what_has_no_words_of_the_form_is_told_as_it_is(desk: Desk) -> None:
    fault = InputFault("x.since", "since: something new", "do this")
    said = told(fault, locale_of("pl"))
    assert (said.message, said.cure, said.own) == ("something new", "do this", False)


def test_each_saying_is_one_that_checks_say(desk: Desk) -> None:
    """A message of a check that was worded anew would be told in English, at the field."""
    said: list[str] = []
    pages = [{**PAGE, input: value} for input, value, _, _ in FAULTY]
    pages += [
        {**PAGE, "partnerships.1.projects.0.currency": ""},
        {**PAGE, f"{P}.partners.1.name": "Sieniawa", f"{P}.partners.1.country": "PL"},
        {n: v for n, v in PAGE.items() if not n.startswith("partnerships.0.partners.1")},
        {**PAGE, f"{A}.signatures.1.signatory": "Adam Woś", f"{A}.signatures.1.on_behalf_of": "0"},
    ]
    for page in pages:
        for fault in typed(desk, page).checked.faults:
            said += [re.sub(r"^\w+: ", "", fault.message), fault.cure]
    told_elsewhere = yaml.safe_load(DOUBTS.read_text("utf-8"))
    for line in (line for one in told_elsewhere for line in one["told"]):
        message, _, cure = re.sub(r"^\S+ (\w+: )?", "", line).partition(" → ")
        said += [message, cure]
    document = Document("x.yaml", {}, {})
    for problem in (
        *writing._differences(document, {"since": "2018"}, {"since": "2019"}, ()),
        superseded._kept(Path(), ("people", "a"), Standing({}, 1), ""),
        folder._two_values("pl", "A", "„A”", Origin("x", 1)),
        *writing._otherwise(Path("x.csv"), 1, {"name": "A"}, {"key": "a", "name": "B"}),
        references._dangling(
            Ref("agreement", "a_1"), Origin("x", 1), [Ref("agreement", "a_2")], True
        ),
    ):
        said += [re.sub(r"^\w+: ", "", problem.message), problem.cure]
    said += [f"x.yaml {writing.NO_PLACE}"]
    with pytest.raises(BadValue) as error:
        check_language("qqqqqq")
    said += [error.value.message, error.value.cure]
    agreement = {"key": "1", "kind": "agreement", "replaces": ["1"], "signatures": [{"role": "x"}]}
    of = {"key": "be-a--pl-b", "partners": ["be-a", "pl-b"], "agreements": [agreement]}
    source = {"title": "T", "kind": "news", "language": ["sk", "pl"], "partnerships": [of]}
    problems: list[Problem] = []
    statements.read_document("x", Document("x.yaml", source, {}), problems)
    said += [one for problem in problems for one in (problem.message, problem.cure)]
    # A rule of the graph: tests/editor/test_application.py has it from the check itself.
    (rule,) = re.findall(r'"(A grant is no more.*?)"', (ROOT / "shapes/Project.ttl").read_text())
    message, _, cure = rule.partition(": ")
    said += [f"project x: {message} (found: 3) [rule]", cure.removesuffix(".")]
    unsaid = [
        p for p, _ in rules() if p and not any(re.fullmatch(p, one, re.DOTALL) for one in said)
    ]
    assert unsaid == []
