"""What somebody named is: known, new, or to be chosen."""

from __future__ import annotations

from collections.abc import Mapping

from tests.contributions.form.conftest import PAGE, typed
from twingraph.contributions.form.composed import Named
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.found import found_in
from twingraph.contributions.form.view import FoundView
from twingraph.model.records import Person

S = "partnerships.0.agreements.0.signatures.0"


def found(desk: Desk, page: Mapping[str, str]) -> Mapping[str, FoundView]:
    of_page = typed(desk, page)
    return found_in(of_page.root, of_page.made, desk)


def test_people_are_known_or_new(desk: Desk) -> None:
    told = found(desk, PAGE)
    known = told[f"{S}.signatory"]
    assert known.key == "adam-wos" and not known.options
    assert known.text == ("already known: Adam Woś: mayor, Miasto i Gmina Sieniawa, Poland")
    new = told["partnerships.0.agreements.0.signatures.1.signatory"]
    assert (new.key, new.text) == ("", "new here: will be added to the people")


def test_a_new_town_is_told_with_its_country(desk: Desk) -> None:
    town = "partnerships.0.partners.1"
    told = found(desk, {**PAGE, f"{town}.country": "Slovenská republika"})[town]
    assert told.text == "new here: it will be added to the towns (Slovakia)"
    known = found(desk, {**PAGE, f"{town}.name": "Sieniawa", f"{town}.country": "SK"})[town]
    assert known.text == "new here: Slovakia. Known elsewhere: Poland. Is that meant?"


def test_projects_and_programmes_too(desk: Desk) -> None:
    told = found(desk, PAGE)
    project = "partnerships.1.projects.0"
    assert told[f"{project}.title"].text == "new here: will be added to the projects"
    assert told[f"{project}.programme"].text == "new here: will be added to the programmes"
    known = {**PAGE, f"{project}.title": "Dedičstvo starých mám bez hraníc"}
    assert found(desk, known)[f"{project}.title"].text.startswith("already known: Dedičstvo")


def test_who_is_meant_can_be_chosen(desk: Desk) -> None:
    """The name is known, and signed for another town: that is a question until somebody says."""
    page = {**PAGE, f"{S}.on_behalf_of": "1"}
    told = found(desk, page)[f"{S}.signatory"]
    assert [(one.value, one.chosen) for one in told.options] == [
        ("adam-wos", False),
        ("new/adam-wos", False),
    ]
    assert f"{S}.signatory" in [fault.input for fault in typed(desk, page).checked.faults]
    for chosen, key in (("adam-wos", "adam-wos"), ("new/adam-wos", "adam-wos-abda")):
        of_page = typed(desk, {**page, f"{S}.person": chosen})
        (signature, _) = of_page.made.content["source"]["partnerships"][0]["agreements"][0][
            "signatures"
        ]
        assert signature["signatory"] == key
        assert of_page.checked.is_good
    # Asked anew where another town stands there: who signed for that before is the same one.
    asked = dict(typed(desk, {**page, f"{S}.person": "new/adam-wos"}).hidden())
    mended = typed(desk, {**asked, f"{S}.on_behalf_of": "0"})
    assert mended.made.named[f"{S}.signatory"] == Named(Person, "adam-wos")
    # Who was chosen under another name is not meant any more.
    other = typed(desk, {**page, f"{S}.person": "adam-wos", f"{S}.signatory": "Jan Nowak"})
    assert "jan-nowak" in [row["key"] for row in other.made.content["registers"]["people"]]


def test_the_choice_is_asked_on_the_page(desk: Desk) -> None:
    page = {**PAGE, f"{S}.on_behalf_of": "1", f"{S}.person": "adam-wos"}
    signature = typed(desk, page).values()["parts"][1].rows[0].parts[1].rows[0].parts[0].rows[0]
    (shown,) = (one.found for one in signature.fields if one.found)
    assert shown.input == f"{S}.person" and [one.chosen for one in shown.options] == [True, False]
    assert f"{S}.person" not in [name for name, _ in signature.hidden]
