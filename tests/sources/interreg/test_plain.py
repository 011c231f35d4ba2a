"""The plain table: what may stand in it, and what is told of what may not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from twingraph.errors import UsageError
from twingraph.model.records import Text
from twingraph.sources.interreg import plain
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ListedPartner, ListedProject, Money

PROJECTS = (
    "id,title,title:sk,number,programme,cci,period,start,end,total_budget,currency,status,pages"
)
PARTNERS = "project,name,name:en,role,country,town,lat,lon,total_budget,currency,kind"


def table(folder: Path, projects: str, partners: str, source: str = "") -> Path:
    (folder / "projects.csv").write_text(f"{PROJECTS}\n{projects}", "utf-8")
    (folder / "partners.csv").write_text(f"{PARTNERS}\n{partners}", "utf-8")
    if source:
        (folder / "source.yaml").write_text(source, "utf-8")
    return folder


def read(folder: Path, report: Report | None = None) -> list[ListedProject]:
    return list(plain.read(folder, report or Report()))


def test_a_project_and_its_partners(tmp_path: Path) -> None:
    folder = table(
        tmp_path,
        "1,Mosty,Mosty,A/1,Interreg,2014TC16RFCB012,2014–2020,2018-07,2019-06,100.00,EUR,,https://e.org/\n",
        "1,Gmina Sieniawa,Commune of Sieniawa,lead,PL,Sieniawa,50.2,22.6,60.00,EUR,\n"
        "1,Klub,,partner,SK,,,,,,organization\n",
    )
    (row,) = read(folder)
    assert row.titles == (Text("Mosty", "und"), Text("Mosty", "sk"))
    assert row.programme and row.programme.cci == "2014TC16RFCB012"
    assert row.programme.start and row.programme.start.edtf == "2014"
    assert row.money == Money(Decimal("100.00"), currency="EUR")
    first, second = row.partners
    assert first.names == (Text("Gmina Sieniawa", "und"), Text("Commune of Sieniawa", "en"))
    assert first.role == "lead" and first.money.total == Decimal("60.00") and first.point
    assert second == ListedPartner((Text("Klub", "und"),), "SK", role="partner", is_authority=False)


def test_what_is_no_row_is_counted(tmp_path: Path) -> None:
    folder = table(
        tmp_path,
        "1,One,,,,,,,,,,,\n,,,,,,,,,,,,\n2,Two,,,,,,,,,,planned,\n3,short\n",
        "9,Gmina Nowhere,,partner,PL,,,,,,\n",
    )
    report = Report()
    assert [row.where for row in read(folder, report)] == ["projects.csv:2"]
    assert report.counts == {"empty-row": 1, "bad-row": 1, "planned": 1, "no-project": 1}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("projects.csv", "id,titel\n", "unknown column 'titel': did you mean 'title'"),
        ("projects.csv", "title\n", "the column 'id' is missing"),
        ("partners.csv", f"{PARTNERS}\n1,A,,boss,PL,,,,,,\n", "role 'boss'"),
        ("partners.csv", None, "a plain table is projects.csv and partners.csv"),
        ("source.yaml", "titel: X\n", "unknown field 'titel': did you mean 'title'"),
        ("source.yaml", "- a\n", "is no list of fields"),
        ("source.yaml", "rank: best\n", "is no whole number"),
        ("source.yaml", "retrieved: today\n", "is no day such as"),
        ("source.yaml", "a: [\n", "cannot be read"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, name: str, text: str | None, words: str) -> None:
    folder = table(tmp_path, "1,One,,,,,,,,,,,\n", "1,A,,lead,PL,,,,,,\n")
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text, "utf-8")
    with pytest.raises(UsageError) as raised:
        plain.source(folder)
        read(folder)
    assert words in str(raised.value)


def test_the_source_is_told_beside(tmp_path: Path) -> None:
    folder = table(
        tmp_path, "", "", "key: ours\ntitle: Ours\nrank: 40\nrights: CC BY\ngazetteer_rights: CC0\n"
    )
    source, gazetteer_rights = plain.source(folder)
    assert (source.key, source.rank, source.rights) == ("ours", 40, "CC BY")
    assert gazetteer_rights == "CC0"
    (folder / "source.yaml").unlink()
    assert plain.source(folder).source.key == folder.name
