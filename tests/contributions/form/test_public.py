"""The form of a public service: whatever is sent, it answers with a page or a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command import run
from tests.contributions.conftest import TODAY
from tests.contributions.form.conftest import PAGE
from twingraph.build import Built
from twingraph.contributions.contribution import load
from twingraph.contributions.form.doubted import Filler
from twingraph.contributions.form.fields import ASKED, form
from twingraph.contributions.form.public import Doubted, PublicForm, contact_of
from twingraph.contributions.form.typed import blank, pairs
from twingraph.contributions.writing import write
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import Text, View
from twingraph.sources.curated.codes import countries
from twingraph.web.locale import locale_of

ENGLISH = locale_of("en")
SHORT = {long: code for code, long in countries().items()}


@pytest.fixture(scope="module")
def lookup(view: View) -> Lookup:
    return Lookup.of_view(view)


@pytest.fixture(scope="module")
def public(lookup: Lookup) -> PublicForm:
    return PublicForm(lookup, None, TODAY)


def test_it_ends_in_a_file_that_a_curator_can_import(
    public: PublicForm, data: Path, tmp_path: Path
) -> None:
    page = public.press(
        [*PAGE.items(), ("remark", "seen\u2028x: 1\r\ny: 2"), ("do", "file")], ENGLISH
    )
    assert page.file_name == "pl-sieniawa-miasta-partnerskie.yaml"
    assert page.text.startswith("# seen\n# x: 1\n# y: 2\n")
    content = yaml.safe_load(page.text)
    assert set(content) == {"registers", "source"}
    (town,) = content["registers"]["municipalities"]
    assert town["wikidata_note"] == "not looked for yet" and "wikidata_by" not in town
    file = tmp_path / page.file_name
    file.write_text(page.text, "utf-8")
    reviewed = run(tmp_path, "import", "--review", file, "--data", data)
    assert reviewed.returncode == 0 and "zsolt-szabo" in reviewed.stdout, reviewed
    made = write(data, load(file), TODAY)
    assert made.source.is_file() and ("people", "zsolt-szabo") in {
        (n, r["key"]) for n, r in made.rows
    }


def test_the_page_before_it_carries_all_that_was_typed(public: PublicForm) -> None:
    page = public.press([*PAGE.items(), ("do", "finish")], ENGLISH)
    assert page.template == "contribute/file.html"
    hidden = dict(page.values["hidden"])
    assert {name: hidden.pop(name) for name in PAGE} == PAGE
    assert {name.rpartition(".")[2] for name in hidden} == {ASKED}
    assert not page.values["mail"]


def test_nothing_faulty_ends_in_a_file(public: PublicForm) -> None:
    for button in ("file", "finish"):
        changed = {**PAGE, "source.0.title": ""}
        page = public.press([*changed.items(), ("do", button)], ENGLISH)
        assert page.template == "contribute/form.html"
        assert [fault.input for fault in page.values["faults"]] == ["source.0.title"]


def test_a_contact_gets_it_by_mail(lookup: Lookup, tmp_path: Path) -> None:
    (tmp_path / "catalog.ttl").write_text(
        "[] <http://www.w3.org/2006/vcard/ns#hasEmail> <mailto:us@example.org> ."
    )
    assert contact_of(tmp_path) == ("us@example.org", "")
    public = PublicForm(lookup, tmp_path, TODAY)
    short = {n: v for n, v in PAGE.items() if "publisher" not in n and n.count(".") < 3
             or "partnerships.0.partners" in n or n.endswith("0.evidence")}  # fmt: skip
    page = public.press([*short.items(), ("do", "finish")], ENGLISH)
    assert page.values["mail"].startswith("mailto:us%40example.org?subject=twingraph%3A%20miasta")
    assert page.values["mail_is_whole"] and "12%20maja" in page.values["mail"]
    longer = {**PAGE, "source.0.note": "long " * 300}
    page = public.press([*longer.items(), ("do", "finish")], ENGLISH)
    assert not page.values["mail_is_whole"] and page.values["mail"].endswith("body=")


def test_the_contact_is_that_of_the_release(built: Built) -> None:
    about = built.view.dataset
    assert contact_of(built.out) == (about.contact_email or "", about.contact_url or "")
    assert contact_of(None) == ("", "")


def test_a_catalogue_that_is_broken_names_nobody(tmp_path: Path) -> None:
    (tmp_path / "catalog.ttl").write_text("this is no Turtle")
    assert contact_of(tmp_path) == ("", "")


def test_a_fact_that_is_wrong_is_filled_in(public: PublicForm, lookup: Lookup) -> None:
    """Each field of each thing: what has a field in the form begins there, the rest in a remark."""
    source = lookup.sources["sieniawa-partner-towns"]
    for ref, name, input, value in [
        (Ref("partnership", "be-tremelo--pl-sieniawa"), "status", "partnerships.0.status", None),
        (Ref("agreement", "pl-sieniawa--sk-lutina_1"), "signed_on",
         "partnerships.0.agreements.0.signed_on", "2016-08"),
        (Ref("municipality", "pl-sieniawa"), "level", "authorities.0.level", "municipality"),
        (Ref("municipality", "pl-sieniawa"), "wikidata", "remark", None),
        (Ref("project", "dedicstvo-starych-mam-bez-hranic"), "grant",
         "partnerships.0.projects.0.grant", None),
        (Ref("person", "adam-wos"), "name", "remark", None),
    ]:  # fmt: skip
        root = blank(form())
        begun = Filler(root, lookup, SHORT).fill(ref, name, source, "some words")
        typed = dict(pairs(root))
        assert begun == input, (ref, name)
        assert (
            typed["source.0.publisher"] == source.publisher and typed["source.0.key"] == source.key
        )
        if input != "remark":
            assert "some words" in typed.values()
        if value:
            assert typed[input] == value


def test_what_else_the_source_states_of_the_thing_is_filled_in(lookup: Lookup) -> None:
    ref = Ref("agreement", "pl-sieniawa--sk-lutina_1")
    stated = replace(
        lookup.agreements[ref.key],
        titles=(Text("Umowa partnerska", "pl"),), places=(Text("Ľutina", "sk"),),
    )  # fmt: skip
    root = blank(form())
    source = lookup.sources["sieniawa-partner-towns"]
    begun = Filler(root, lookup, SHORT).fill(ref, "signed_on", source, "some words", stated)
    (row,) = root.of("partnerships")[0].of("agreements")
    assert begun == row.input("signed_on") and row.words == {"signed_on": "some words"}
    assert (row.get("title"), row.get("place")) == ("Umowa partnerska", "Ľutina")
    assert (row.get("kind"), row.get("key")) == (stated.kind, "1")


def test_every_signature_can_be_doubted(lookup: Lookup) -> None:
    for signature in lookup.signatures.values():
        for one in signature:
            root = blank(form())
            input = Filler(root, lookup, SHORT).fill(one.ref, "office", None, "")
            assert input.endswith("signatures.0.office")
            typed = dict(pairs(root))
            assert typed.get("partnerships.0.agreements.0.key")
            assert typed["partnerships.0.partners.0.key"] in one.key


def test_a_doubted_fact_that_is_sent_as_it_stands_has_no_fault(
    public: PublicForm, lookup: Lookup
) -> None:
    source = lookup.sources["sieniawa-partner-towns"]
    doubted = Doubted(Ref("agreement", "pl-sieniawa--sk-lutina_1"), "signed_on", source, "2010",
                      {"what": "date", "thing": None, "fact": None})  # fmt: skip
    page = public.begin(ENGLISH, date(2026, 11, 28), doubted)
    assert page.values["focus"] == "partnerships.0.agreements.0.signed_on"
    root = blank(form())
    Filler(root, lookup, SHORT).fill(doubted.ref, doubted.name, source, "2010")
    sent = public.press([*pairs(root), ("do", "file")], ENGLISH)
    assert sent.file_name == "sieniawa-partner-towns.yaml"
    content = yaml.safe_load(sent.text)
    assert content["source"]["title"] == {source.titles[0].language: source.titles[0].value}
    assert content["source"]["partnerships"][0]["key"] == "pl-sieniawa--sk-lutina"
    assert "municipalities" not in content.get("registers", {})


_VALUES = st.one_of(
    st.text(max_size=40), st.sampled_from(["0", "1", "PL", "Q1", "-", "2018", "\x00"])
)
_INPUTS = st.sampled_from([*PAGE, "add", "remove", "do", "remark", "partnerships.0.key",
                           "partnerships.0.partners.0.key", "source.0.key", "partnerships.0.fields",
                           "partnerships.0.agreements.0.decided_by", "authorities.0.level",
                           "partnerships.0.status_changes.0.changed_on"])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(_INPUTS, _VALUES, max_size=12),
    st.sampled_from(["check", "finish", "file", "back", "", "other"]),
)
def test_whatever_is_sent_is_answered(
    public: PublicForm, changes: dict[str, str], button: str
) -> None:
    page = public.press([*{**PAGE, **changes}.items(), ("do", button)], ENGLISH)
    assert page.template.startswith("contribute/") or page.file_name
