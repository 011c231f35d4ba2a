"""Kohesio's CSV files, and the answer of the EU Knowledge Graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twingraph.errors import UsageError
from twingraph.model.records import Text
from twingraph.sources.interreg import kohesio
from twingraph.sources.interreg.report import Report

HEADER = (
    "Operation_Unique_Identifier,Operation_Local_Identifier,Operation_Name_English,"
    "Operation_Name_Programme_Language,Country,Postal_Code,Operation_Start_Date,"
    "Operation_End_Date,Cofinancing_Rate,Total_Eligible_Expenditure_amount,"
    "Total_Eligible_Expenditure_Currency,Project_EU_Budget,Beneficiary_Unique_Identifier,"
    "Location_Indicator_latitude_longitude,Fund_Code,Programme_Code,Programme_Name,NUTS3_Code,"
    "Programming_Period"
)
ROW = (
    "https://linkedopendata.eu/entity/Q42,A/1,Bridges,Mosty,SK,08201,2018-07-01,2019-06-30,85,"
    '100.00,EUR,85.00,https://linkedopendata.eu/entity/Q7,"49.12,21.05",ERDF,2014SK16RFOP001,'
    "Programme,SK041,2014-2020"
)
BENEFICIARIES = (
    "Beneficiary,BeneficiaryLabel,Website,WikidataID\n"
    "https://linkedopendata.eu/entity/Q7,Obec Pečovská Nová Ves,,"
    "http://www.wikidata.org/entity/Q1068547\n"
)


def write(folder: Path, rows: str, header: str = HEADER) -> Path:
    path = folder / "latest_SK.csv"
    path.write_text(f"{header}\n{rows}\n", "utf-8")
    return path


def test_a_project_and_its_beneficiary(tmp_path: Path) -> None:
    bodies = tmp_path / "beneficiaries.csv"
    bodies.write_text(BENEFICIARIES, "utf-8")
    report = Report()
    (row,) = kohesio.read([bodies, write(tmp_path, ROW)], report)
    assert row.titles == (Text("Mosty", "und"), Text("Bridges", "en"))
    assert (row.number, row.kohesio) == ("A/1", "Q42")
    assert row.programme and row.programme.cci == "2014SK16RFOP001"
    assert str(row.money.rate) == "85" and row.money.currency == "EUR"
    (partner,) = row.partners
    assert partner.names == (Text("Obec Pečovská Nová Ves", "und"),)
    assert (partner.wikidata, partner.nuts3, partner.role) == ("Q1068547", "SK041", "beneficiary")
    assert partner.point and str(partner.point.latitude) == "49.12"
    assert not report.counts


def test_a_beneficiary_that_is_not_known_is_left_out(tmp_path: Path) -> None:
    (row,) = kohesio.read([write(tmp_path, ROW)], Report())
    assert row.partners == ()


def test_rows_and_columns_that_are_not_read_are_counted(tmp_path: Path) -> None:
    report = Report()
    path = write(tmp_path, f"{ROW},red\n,\nshort", f"{HEADER},Colour")
    assert len(list(kohesio.read([path], report))) == 1
    assert report.counts == {"unmapped-column": 1, "empty-row": 1, "bad-row": 1}


def test_another_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the column 'Operation_Unique_Identifier' is missing"):
        list(kohesio.read([write(tmp_path, "1", "a")], Report()))
    with pytest.raises(UsageError, match="there is no file"):
        list(kohesio.read([tmp_path / "none.csv"], Report()))
    bodies = tmp_path / "beneficiaries.csv"
    bodies.write_text(BENEFICIARIES, "utf-8")
    with pytest.raises(UsageError, match="name a file of projects beside it"):
        list(kohesio.read([bodies], Report()))


def binding(**values: str) -> dict[str, Any]:
    said = {name: {"type": "literal", "value": value} for name, value in values.items()}
    said["title"] = {"type": "literal", "value": values["title"], "xml:lang": "en"}
    return said


def test_an_answer_of_the_knowledge_graph() -> None:
    project = f"{kohesio.ENTITY}Q42"
    same = {"project": project, "title": "Bridges", "cci": "2014TC16RFCB012", "total": "100",
            "grant": "85", "keep": "17853", "point": "Point(21.05 49.12)"}  # fmt: skip
    rows = [
        binding(**same, name="Obec X", country="SK", item="http://www.wikidata.org/entity/Q5"),
        binding(**same, name="Gmina Y", country="PL"),
        binding(**same, name="Gmina Y", country="PL"),
    ]
    (row,) = kohesio.of_bindings(rows, Report())
    assert (row.kohesio, row.keep_id, str(row.money.total)) == ("Q42", "17853", "100")
    assert [(p.names[0].value, p.wikidata) for p in row.partners] == [
        ("Obec X", "Q5"), ("Gmina Y", None),
    ]  # fmt: skip
    assert row.partners[0].point is not None


def test_the_query_names_the_programme() -> None:
    assert 'FILTER(STR(?cci) = "2014TC16RFCB012")' in kohesio.query("2014tc16rfcb012")
    with pytest.raises(UsageError, match="is no CCI"):
        kohesio.query('x" } DROP ALL #')
