"""`twingraph import`: a page is entered in the template and imported, `twingraph check` passes, and
its facts stand in the graph."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from tests.contributions.filled import PAGE, changed, in_language, workbook
from tests.contributions.test_writing import all_of
from twingraph.build import read_view
from twingraph.cli import cli
from twingraph.errors import DataError, UsageError
from twingraph.release.content import Content


def run(*arguments: str | Path, fails: type[Exception] | None = None) -> Result:
    done = CliRunner().invoke(cli, [str(one) for one in arguments])
    if fails is None:
        assert done.exit_code == 0, (done.output, done.exception)
    else:
        assert isinstance(done.exception, fails), done.output
    return done


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return workbook(tmp_path / "page.xlsx", PAGE)


def test_a_page_is_imported_and_stands_in_the_graph(data: Path, page: Path) -> None:
    told = run("import", page, "--data", data, "--quiet").output
    assert f"{data}/sources/pl-moszczenica-miasta-i-gminy-partnerskie.yaml: written" in told
    assert f"{data}/people.csv + zsolt-szabo: Zsolt Szabó" in told
    run("check", "--data", data, "--quiet")
    assert _answers(data) == {
        ("Anna Nowak", "pl-moszczenica", "2019-05-12"),
        ("Zsolt Szabó", "hu-abda", "2019-05-12"),
        ("Іван Ковач", "ua-tyachiv", "2018-05-12"),
    }


def _answers(data: Path) -> set[tuple[str, str, str]]:
    """Who signed for which of the new towns and when, by the graph."""
    store = ox.Store()
    lines = "".join(
        f"{subject} {p} {o} .\n"
        for subject, statements in Content(read_view(data)).default()
        for p, o in statements
    )
    store.load(lines.encode(), format=ox.RdfFormat.N_TRIPLES)
    base = "https://w3id.org/twingraph/"
    found = store.query(
        f"""
        PREFIX tg: <{base}ns#>
        SELECT ?name ?town ?day {{
            ?partnership a tg:Partnership ; tg:agreement ?document ;
                tg:partner <{base}municipality/pl-moszczenica> .
            ?document tg:signature ?signature ; tg:signedOn ?day .
            ?signature tg:signatory/<http://xmlns.com/foaf/0.1/name> ?name ; tg:onBehalfOf ?town .
        }}"""
    )
    assert isinstance(found, ox.QuerySolutions)
    return {
        (name.value, town.value.rpartition("/")[2], day.value)
        for name, town, day in found
        if isinstance(name, ox.Literal)
        and isinstance(town, ox.NamedNode)
        and isinstance(day, ox.Literal)
    }


def test_twice_changes_nothing(data: Path, page: Path) -> None:
    run("import", page, "--data", data)
    before = all_of(data)
    assert "nothing is new" in run("import", page, "--data", data).output
    assert all_of(data) == before


def test_a_review_writes_nothing(data: Path, page: Path) -> None:
    before = all_of(data)
    told = run("import", "--review", page, "--data", data).output
    assert "would be written" in told and "+ hu-abda: Abda, hu, HU, municipality" in told
    assert all_of(data) == before


def test_a_fault_is_told_of_its_cell_and_nothing_is_written(data: Path, tmp_path: Path) -> None:
    before = all_of(data)
    bad = workbook(tmp_path / "page.xlsx", changed("Projects", 0, Currency="", End="2019"))
    error = run("import", bad, "--data", data, fails=DataError).exception
    assert isinstance(error, DataError) and error.consequence == "nothing was written"
    assert str(error).splitlines()[0] == (
        "page.xlsx, Projects, row 2, “End”: 2019 lies before “Start”, 2020"
    )
    assert all_of(data) == before


def test_a_correction_is_told_as_what_stood_there_and_what_stands_there_now(
    data: Path, page: Path, tmp_path: Path
) -> None:
    run("import", page, "--data", data)
    page = workbook(page, changed("Documents", 0, Signed_on="13 maja 2019", Place=""))
    told = run("import", page, "--review", "--data", data).output.splitlines()[1:]
    assert [line for line in told if "page.xlsx" in line] == [
        "  page.xlsx, Documents, row 2, “Signed on”: '2019-05-12' → '2019-05-13'",
        "  page.xlsx, Documents, row 2, “Place”: 'Abda' → nothing",
        "DOUBT: page.xlsx, Documents, row 2, “Signed on”: 2019-05-13 stands here, 2019-05-12 in "
        "the words quoted",
    ]


def test_what_was_edited_by_hand_stays(data: Path, page: Path) -> None:
    run("import", page, "--data", data)
    (source,) = (data / "sources").glob("pl-moszczenica*.yaml")
    source.write_text(source.read_text("utf-8").replace("2019-05-12", "2019-05-11"), "utf-8")
    before = all_of(data)
    told = run("import", page, "--data", data).output
    assert "this file was edited by hand, and stays as it is: '2019-05-11' stands here" in told
    german = workbook(data.parent / "german.xlsx", in_language(PAGE, "de"))
    assert "Diese Datei wurde von Hand geändert" in run("import", german, "--data", data).output
    assert all_of(data) == before


def test_a_contribution_and_a_source_as_a_sheet(data: Path, page: Path, tmp_path: Path) -> None:
    run("import", page, "--data", data)
    (source,) = (data / "sources").glob("pl-moszczenica*.yaml")
    again = tmp_path / "again.csv"
    run("import", source, "--sheet", again, "--data", data, "--language", "sk")
    assert "všetko tam už je, nič nové" in run("import", again, "--data", data).output


def test_a_contribution_is_imported(data: Path, tmp_path: Path, content: dict[str, object]) -> None:
    from twingraph.contributions.contribution import Contribution

    path = tmp_path / "page.yaml"
    path.write_text(Contribution.of(content).dump(), "utf-8")
    assert "sieniawa-abda.yaml: written" in run("import", path, "--data", data).output
    path.write_text(path.read_text("utf-8").replace("adam-wos", "adam-woss"), "utf-8")
    told = str(run("import", path, "--data", data, fails=DataError).exception)
    line = path.read_text("utf-8").partition("signatory: adam")[0].count("\n") + 1
    assert f"{path}:{line}: people.csv has no 'adam-woss'" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name the sheet to import"),
        (("none.xlsx",), "there is no file"),
        (("--template", "sheet.doc"), "a sheet ends in"),
    ],
)
def test_wrong_usage(
    arguments: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert told in str(run("import", *arguments, fails=UsageError).exception)


def test_a_sheet_that_somebody_filled_in_is_not_written_over(data: Path, page: Path) -> None:
    before = page.read_bytes()
    source = data / "sources" / "sieniawa-partner-towns.yaml"
    for arguments in (("--template", page), (source, "--sheet", page, "--data", data)):
        told = run("import", *arguments, fails=UsageError).exception
        assert "is there already" in str(told)
    assert page.read_bytes() == before


def test_the_template_says_what_to_do_next(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    told = run("import", "--template", path, "--language", "pl").output
    assert told == f"{path}: fill it in, then: twingraph import {path}\n"
    assert path.read_text("utf-8-sig").startswith("Źródło: Nr,Źródło: Tytuł,")
