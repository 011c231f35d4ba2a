"""The pages of `twingraph edit`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.contributions.conftest import TODAY
from tests.contributions.form.conftest import PAGE
from tests.editor.conftest import OWN
from tests.serve.pages.conftest import tree_of
from twingraph.build import check_data, read_view
from twingraph.contributions.form.typed import MOST_BYTES, MOST_FIELDS
from twingraph.editor.application import application
from twingraph.editor.desk import Folder
from twingraph.editor.preview import stated_towns
from twingraph.model.records import Authority, Claims, Source, Text
from twingraph.sources.harvested import write_claims
from twingraph.web.assets import asset
from twingraph.web.languages import LANGUAGES


def all_of(data: Path) -> Mapping[str, bytes]:
    files = (path for path in data.rglob("*") if path.is_file())
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in files}


def press(client: TestClient, button: str, page: Mapping[str, str] = PAGE) -> str:
    answer = client.post("/form", data={**page, "do": button})
    assert answer.status_code == 200, answer.text
    return answer.text


def faults(text: str) -> dict[str, str]:
    """What is wrong, by the field where it is told."""
    tree = tree_of(text)
    return {
        place.get("data-faults"): " ".join(place.text_content().split())
        for place in tree.xpath("//*[@data-faults]")
        if place.text_content().strip()
    }


def test_a_page_is_checked_shown_and_written(client: TestClient, data: Path) -> None:
    before = all_of(data)
    assert "Nothing is wrong with it so far." in press(client, "check-all")
    preview = press(client, "preview")
    assert "Preview: nothing is written yet." in preview
    assert "Zsolt Szabó" in preview and "Abda" in preview and "/contribute?" not in preview
    assert all_of(data) == before
    written = press(client, "write")
    assert "pl-sieniawa-miasta-partnerskie.yaml" in written
    assert check_data(data, TODAY).report.conforms
    view = read_view(data, harvested=False)
    assert stated_towns(view, "pl-sieniawa-miasta-partnerskie") == [
        "be-tremelo", "pl-sieniawa", "hu-abda",
    ]  # fmt: skip
    after = all_of(data)
    assert "Nothing new: it is all there already" in press(client, "write")
    assert all_of(data) == after


def test_what_was_entered_before_is_not_written_over_unasked(
    client: TestClient, data: Path
) -> None:
    press(client, "write")
    before = all_of(data)
    less = {name: value for name, value in PAGE.items() if not name.startswith("partnerships.1")}
    for button in ("check-all", "write"):
        text = press(client, button, less)
        assert "This source was entered before, in pl-sieniawa-miasta-partnerskie.yaml" in text
        assert tree_of(text).xpath("//button[@value='replace']")
        assert not tree_of(text).xpath("//button[@value='write']")
    assert all_of(data) == before
    written = press(client, "replace", less)
    assert "pl-sieniawa-miasta-partnerskie.yaml" in written
    # What only it had named goes with it, and that is told.
    (taken_out,) = tree_of(written).xpath("//h2[contains(., 'Taken out')]/following-sibling::ul[1]")
    assert "Joint project: Szlak dwóch rzek" in " ".join(taken_out.text_content().split())
    assert all_of(data) != before


def test_without_the_built_scripts_it_says_so_and_works(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "The scripts of the pages were not built"
    assert (said in client.get("/form").text) is not bool(asset("contribute.js"))
    monkeypatch.setattr("twingraph.editor.application.asset", lambda name: "")
    for address in ("/", "/form"):
        assert said in client.get(address).text
    assert said in press(client, "check")


def test_what_was_written_is_led_to(client: TestClient, data: Path) -> None:
    tree = tree_of(press(client, "write"))
    key = "pl-sieniawa-miasta-partnerskie"
    for href in (f"/file/sources/{key}.yaml", "/file/people.csv", "/town/hu-abda",
                 "/form", f"/form?source={key}", "/"):  # fmt: skip
        assert tree.xpath(f"//main//a[@href='{href}']"), href
    assert "zsolt-szabo" in client.get("/file/people.csv").text
    abda = tree_of(client.get("/town/hu-abda").text)
    assert abda.xpath("string(//h1)") == "Abda"
    # What its page leads to is there too: whatever the folder has.
    partnership = "/partnership/hu-abda--pl-sieniawa"
    assert abda.xpath(f"//main//a[@href='{partnership}']")
    for page in (partnership, "/person/zsolt-szabo.html", "/agreement/hu-abda--pl-sieniawa_1.html",
                 "/project/szlak-dwoch-rzek.html"):  # fmt: skip
        answer = client.get(page)
        assert answer.status_code == 200 and tree_of(answer.text).xpath("string(//h1)"), page
    nothing = client.get("/partnership/none")
    assert nothing.status_code == 404 and "There is no such page" in nothing.text
    for name in ("../../etc/passwd", "%2e%2e/x.csv", "dataset.yaml.txt", "nothing.csv", "sources"):
        assert client.get(f"/file/{name}").status_code == 404
    assert client.get("/town/nowhere").status_code == 404


def test_a_source_is_found_opened_and_changed(client: TestClient, data: Path) -> None:
    listed = tree_of(client.get("/?q=partner+SIENIAWA").text)
    (href,) = listed.xpath("//main//li/a/@href")
    assert href == "/form?source=sieniawa-partner-towns"
    assert not tree_of(client.get("/?q=nothing+like+it").text).xpath("//main//li")
    form = tree_of(client.get(href).text)
    (sent,) = form.xpath("//form[@data-check]")
    assert sent.get("action") == href
    assert form.xpath("//main//a[@href='/file/sources/sieniawa-partner-towns.yaml']")
    assert "each_partnership" in form.xpath("string(//details[@class='kept'])")
    page = {name: value for name, value in sent.form_values() if name != "do"}
    changed = {**page, "partnerships.0.agreements.0.signed_on": "2010-07-04"}
    before = (data / "sources" / "sieniawa-partner-towns.yaml").read_text("utf-8").splitlines()
    answer = client.post(href, data={**changed, "do": "write"})
    assert "Written" in answer.text, faults(answer.text)
    after = (data / "sources" / "sieniawa-partner-towns.yaml").read_text("utf-8").splitlines()
    assert len(after) == len(before) + 1 and set(before) <= set(after)
    assert client.get("/form?source=nobody").status_code == 409


def test_a_page_that_the_data_has_leads_there(client: TestClient) -> None:
    press(client, "write")
    text = press(client, "check", {**PAGE, "source.0.title": "Other"})
    assert "The data has this page already, as pl-sieniawa-miasta-partnerskie." in text
    assert tree_of(text).xpath(
        "//*[@id='summary']//a[@href='/form?source=pl-sieniawa-miasta-partnerskie']"
    )


def test_the_preview_of_another_town(client: TestClient) -> None:
    answer = client.post("/form", data={**PAGE, "do": "preview", "town": "be-tremelo"})
    assert tree_of(answer.text).xpath("string(//h1)") == "Tremelo"
    assert "Miasta partnerskie" in tree_of(answer.text).xpath("string(//main)")
    # Its values are called as on a released page.
    answer = client.post("/form?lang=sk", data={**PAGE, "do": "preview"})
    text = tree_of(answer.text).xpath("string(//main)")
    assert "starosta" in text and "MUNICIPALITY" not in text
    assert text.count("mayor") == text.count("was mayor")  # In English words of a source alone.


def test_what_is_doubtful_is_seen_before_it_is_written(client: TestClient, data: Path) -> None:
    before, doubt = all_of(data), "No known town has exactly this name; one"
    signatory = "partnerships.1.agreements.0.signatures.0.signatory"
    page = {**PAGE, "partnerships.1.partners.1.name": "Tremello", signatory: "Bert Ceulemans"}
    assert doubt in press(client, "preview", page)
    assert doubt in press(client, "write", page) and all_of(data) == before
    assert "be-tremello" in press(client, "write-all", page) and all_of(data) != before


def test_what_needs_the_other_files_is_told_at_its_field(client: TestClient, data: Path) -> None:
    before = all_of(data)
    page = {**PAGE, "partnerships.1.projects.0.key": "nobody-has-this"}
    for button in ("check-all", "preview", "write"):
        assert list(faults(press(client, button, page))) == ["partnerships.1.projects.0"]
    assert all_of(data) == before


def test_what_a_rule_of_the_graph_says_stands_at_its_field(client: TestClient) -> None:
    page = {**PAGE, "partnerships.1.projects.0.total_budget": "10000"}
    assert faults(press(client, "check-all", page)) == {
        "partnerships.1.projects.0.grant": "The grant is more than the total budget: 20000. "
        "→ Check both amounts: the page may call the budget a grant."
    }


def test_faults_stand_at_their_fields(client: TestClient, data: Path) -> None:
    before = all_of(data)
    page = {**PAGE, "partnerships.0.agreements.0.signed_on": "12 maja 19", "source.0.title": ""}
    text = press(client, "write", page)
    assert faults(text) == {
        "source.0.title": "This is needed.",
        "partnerships.0.agreements.0.signed_on": "12 maja 19 is no date in the form "
        "year-month-day. → Write the year with its four digits, and the month as a number.",
    }
    tree = tree_of(text)
    for input in faults(text):
        (field,) = tree.xpath(f"//*[@id='{input}']")
        assert field.get("aria-invalid") == "true"
        assert f"{input}-faults" in field.get("aria-describedby")
        assert tree.xpath(f"//*[@id='summary']//a[@href='#{input}']")
    assert all_of(data) == before


def test_rows_are_added_and_taken_away(client: TestClient) -> None:
    added = client.post(
        "/form", data={**PAGE, "add": "partnerships.0.agreements.0.signatures"}
    ).text
    tree = tree_of(added)
    (new,) = tree.xpath("//*[@id='partnerships.0.agreements.0.signatures.2.signatory']")
    assert new.get("value") == "" and not faults(added)
    assert tree.xpath("//form/@data-focus") == [new.get("id")]
    # Without scripts the button itself leads to the row that it adds.
    before = tree_of(client.get("/form").text)
    (button,) = before.xpath("//button[@name='add'][@value='partnerships']")
    assert button.get("formaction") == "#partnerships.1"
    one_more = client.post("/form", data={"add": "partnerships"}).text
    assert tree_of(one_more).xpath("//fieldset[@id='partnerships.1']")
    left = client.post("/form", data={**PAGE, "remove": "partnerships.0"}).text
    assert "Abda" not in left and "Tremelo" in left


def test_towns_are_suggested_those_of_harvests_too(client: TestClient, data: Path) -> None:
    found = client.get("/suggest?q=pecovska").json()
    assert found[0]["href"] == "/municipality/sk-pecovska-nova-ves"
    assert found[0]["country"] == "Slovakia"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language(client: TestClient, language: str) -> None:
    text = client.get(f"/form?lang={language}").text
    tree = tree_of(text)
    assert tree.get("lang") == language
    for label in tree.xpath("//label[@for]"):
        assert tree.xpath(f"//*[@id='{label.get('for')}']"), label.get("for")
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    # Nothing inline: the policy forbids it.
    assert not tree.xpath("//@style | //@onclick | //style | //script[not(@src)]")


def test_a_faulty_folder_is_told(client: TestClient, data: Path) -> None:
    (data / "people.csv").write_text("key,name,source\nx,Y,nowhere\n")
    answer = client.get("/form")
    assert answer.status_code == 409
    assert "The data folder has faults of its own" in answer.text and "people.csv" in answer.text
    assert client.post("/form", data={**PAGE, "do": "write"}).status_code == 409
    assert client.get("/suggest?q=sien").json() == []


def test_what_was_changed_meanwhile_is_seen(client: TestClient, data: Path) -> None:
    press(client, "check")
    with (data / "municipalities.csv").open("a") as register:
        register.write(
            "hu-abda,Abda,hu,,HU,municipality,,,,,,unresolved,,,,,,,,,founding-verification\n"
        )
    assert "found: Abda, Hungary" in press(client, "check")


def test_the_towns_of_harvests_are_proposed(client: TestClient, data: Path) -> None:
    """One of them that is chosen is entered with its item, and by whom."""
    town = Authority("Q1234", labels=(Text("Győrújfalu", "hu"),), country="HUN", wikidata="Q1234")
    source = Source("brought", (Text("Brought", "en"),), "register", 50)
    write_claims(Claims(source, (town,), ()), data / "harvest" / "brought.jsonl")
    folder = Folder(data)
    folder.read_harvests()
    app = application(folder, "Anna", frozenset({OWN}))
    reading = TestClient(app, base_url=f"http://{OWN}", headers=dict(client.headers))
    (found,) = reading.get("/suggest?q=gyorujf").json()
    assert (found["href"], found["country"]) == ("/municipality/Q1234", "Hungary")
    assert "municipality" not in reading.get("/suggest?q=tremelo&lang=sk").json()[0]["note"]
    name = "partnerships.0.partners.1"
    chosen = {f"{name}.name": found["name"], f"{name}.country": "Hungary", f"{name}.key": "Q1234"}
    press(reading, "write", {**PAGE, **chosen})
    rows = (data / "municipalities.csv").read_text("utf-8").splitlines()
    (row,) = (row for row in rows if "Q1234" in row)
    assert row.startswith("hu-gyorujfalu,Győrújfalu,hu,") and ",verified,Anna," in row


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"a=1", "text/plain", 415),
        (b"a=%FF", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * (MOST_FIELDS + 1), "application/x-www-form-urlencoded", 400),
        (b"a=" + b"x" * MOST_BYTES, "application/x-www-form-urlencoded", 413),
        (b"", "application/x-www-form-urlencoded", 200),
        (b"&&==&%00=%00", "application/x-www-form-urlencoded", 200),
        (b"{", "application/json", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
    ],
)
def test_odd_bodies(client: TestClient, body: bytes, content_type: str, status: int) -> None:
    answer = client.post("/form", content=body, headers={"content-type": content_type})
    assert answer.status_code == status
    assert "Traceback" not in answer.text


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from([*PAGE, "do", "add", "remove", "town"]), st.text(max_size=30)),
    st.sampled_from(["check", "preview", "check-all"]),
)
def test_whatever_is_sent_is_answered(
    client: TestClient, changes: dict[str, str], button: str
) -> None:
    answer = client.post("/form", data={**PAGE, "do": button, **changes})
    assert answer.status_code == 200
    assert re.search("<h1", answer.text)
