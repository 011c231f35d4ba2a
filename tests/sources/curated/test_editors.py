"""What a row of a register adds is credited to the editors, and to no page."""

from __future__ import annotations

from tests.sources.conftest import Folder
from twingraph.identifiers import Ref
from twingraph.model import records as r
from twingraph.model.records import Claims
from twingraph.sources.curated import folder as curated

ROW = "be-tremelo,Tremelo,nl,BE,municipality,,unresolved,,,,"
TREMELO = Ref("municipality", "be-tremelo")


def read(folder: Folder) -> dict[str, Claims]:
    return {claims.source.key: claims for claims in curated.read(folder.path).claims}


def of(claims: Claims, ref: Ref) -> r.Record | None:
    return next((record for record in claims.records if record.ref == ref), None)


def test_a_page_states_the_name_and_the_editors_the_rest(folder: Folder) -> None:
    folder.change(
        "municipalities.csv",
        f"{ROW}register",
        "be-tremelo,Tremelo,nl,BE,municipality,Q926110,verified,50.9983,4.7211,,page",
    )
    claims = read(folder)
    named, looked_up = of(claims["page"], TREMELO), of(claims["editors"], TREMELO)
    assert named == r.Authority("be-tremelo", labels=(r.Text("Tremelo", "nl"),))
    assert isinstance(looked_up, r.Authority) and looked_up.labels == ()
    assert (looked_up.country, looked_up.level) == ("BEL", "municipality")
    assert (looked_up.wikidata, looked_up.wikidata_status) == ("Q926110", "verified")
    assert looked_up.point is not None


def test_how_an_entry_was_found_is_said_by_the_editors(folder: Folder) -> None:
    head = "key,name,language,country,level,wikidata,wikidata_status,latitude,longitude,replaces,"
    folder.write(
        "municipalities.csv",
        f"{head}source,wikidata_by\n"
        "pl-sieniawa,Sieniawa,pl,PL,municipality,Q3809,verified,,,,page,twingraph contributors\n"
        "sk-lutina,Ľutina,sk,SK,municipality,,unresolved,,,,register,\n",
    )
    claims = read(folder)
    (evidence,) = claims["editors"].evidence
    assert (evidence.subject.key, evidence.property) == ("pl-sieniawa", "wikidata")
    assert not any(e.property == "wikidata" for e in claims["page"].evidence)


def test_of_a_person_and_a_body_the_entry_is_the_editors(folder: Folder) -> None:
    folder.write("people.csv", "key,name,wikidata,source\nadam-wos,Adam Woś,Q1,page\n")
    claims = read(folder)
    person = Ref("person", "adam-wos")
    assert of(claims["page"], person) == r.Person("adam-wos", "Adam Woś")
    assert of(claims["editors"], person) == r.Person("adam-wos", None, "Q1")


def test_a_register_keeps_its_rows_whole_and_needs_no_editors(folder: Folder) -> None:
    claims = read(folder)
    town = of(claims["register"], TREMELO)
    assert isinstance(town, r.Authority) and town.country == "BEL" and town.labels
    assert "editors" not in claims


def test_a_file_may_describe_the_editors(folder: Folder) -> None:
    folder.write("people.csv", "key,name,wikidata,source\nadam-wos,Adam Woś,Q1,page\n")
    folder.write("sources/editors.yaml", "title: {en: We}\nkind: register\nlanguage: [en]\n")
    assert read(folder)["editors"].source.titles == (r.Text("We", "en"),)
