"""The tables: pandas, frictionless and pyarrow find in them what the records say."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import geopandas
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from bench import synthetic
from tests.release.conftest import Write
from twingraph.dates import parse
from twingraph.model.records import (
    Agreement,
    Authority,
    Partnership,
    Person,
    Point,
    Project,
    Signature,
    StatusChange,
    Text,
    View,
)
from twingraph.release import exports
from twingraph.release.columns import ColumnType
from twingraph.release.content import Content
from twingraph.release.csv_zip import as_it_was, no_formula
from twingraph.release.datapackage import schema
from twingraph.release.tables import Table, tables

CSV = "twingraph.csv.zip"
ALL = tables(("en", "pl", "sk", "nl", "de", "fr"))
NAMES = [table.name for table in tables(())]


@pytest.fixture(scope="module", params=["ships", "odd"])
def written(
    request: pytest.FixtureRequest, view: View, odd: View, write: Write
) -> tuple[View, Path]:
    shown = {"ships": view, "odd": odd}[request.param]
    return shown, write(shown, CSV)


def frames(path: Path) -> Mapping[str, pd.DataFrame]:
    """Every table of an archive, each cell as the text it is."""
    with zipfile.ZipFile(path) as archive:
        return {
            name: pd.read_csv(
                io.BytesIO(archive.read(f"{name}.csv")), dtype=str, keep_default_na=False
            )
            for name in NAMES
        }


def by_key(frame: pd.DataFrame) -> Mapping[str, Mapping[str, str]]:
    return {row["key"]: row for row in frame.to_dict("records")}  # type: ignore[misc]


def descriptor(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        found: dict[str, Any] = json.loads(archive.read("datapackage.json"))
    return found


def listed(cell: str) -> list[str]:
    return cell.split("; ") if cell else []


def test_frictionless_finds_no_fault(written: tuple[View, Path]) -> None:
    report = frictionless.validate(str(written[1]))
    assert report.flatten(["type", "message"]) == []
    assert [task.stats.get("rows", 0) for task in report.tasks] == [
        len(frame) for frame in frames(written[1]).values()
    ]


@pytest.mark.parametrize(
    ("table", "of", "to"),
    [
        ("partners", "be-tremelo", "be-nowhere"),  # a foreign key that leads nowhere
        ("municipalities", "50.9983", "north"),  # no number
        ("partnerships", "active", "lively"),  # no concept
    ],
)
def test_frictionless_finds_a_fault(
    table: str, of: str, to: str, view: View, write: Write, tmp_path: Path
) -> None:
    """The schemas say enough that a broken table is noticed."""
    path = tmp_path / "broken.zip"
    with zipfile.ZipFile(write(view, CSV)) as whole, zipfile.ZipFile(path, "w") as broken:
        for name in whole.namelist():
            data = whole.read(name)
            if name == f"{table}.csv":
                assert of.encode() in data
                data = data.replace(of.encode(), to.encode())
            broken.writestr(name, data)
    package = descriptor(path)
    for resource in package["resources"]:
        del resource["bytes"], resource["hash"]
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name != "datapackage.json":
                archive.extract(name, tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert {task.name for task in report.tasks if not task.valid} == {table}


def test_every_column_is_explained(written: tuple[View, Path]) -> None:
    described = {r["name"]: r for r in descriptor(written[1])["resources"]}
    found = frames(written[1])
    assert list(described) == list(found) == NAMES
    for name, frame in found.items():
        fields = described[name]["schema"]["fields"]
        assert [field["name"] for field in fields] == list(frame.columns)
        assert all(len(field["description"]) > 5 and field["type"] for field in fields)
        assert described[name]["schema"]["missingValues"] == [""]


def test_size_and_checksum_of_each_table(written: tuple[View, Path]) -> None:
    import hashlib

    with zipfile.ZipFile(written[1]) as archive:
        assert archive.testzip() is None
        for resource in descriptor(written[1])["resources"]:
            data = archive.read(resource["path"])
            assert resource["bytes"] == len(data)
            assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_partnerships_as_the_records_have_them(written: tuple[View, Path]) -> None:
    view, path = written
    rows, records = by_key(frames(path)["partnerships"]), view.all(Partnership)
    assert list(rows) == list(records)
    for key, record in records.items():
        row, since = rows[key], record.since
        assert row["iri"] == f"https://w3id.org/twingraph/partnership/{key}"
        assert listed(row["partners"]) == list(record.partners)
        assert listed(row["stated_by"]) == list(record.stated_by)
        assert listed(row["not_stated_by"]) == list(record.not_stated_by)
        assert row["since"] == (since.edtf if since else "")
        assert row["since_earliest"] == ((since.earliest if since else None) or "")
        assert row["since_latest"] == ((since.latest if since else None) or "")
        assert row["status"] == (record.status or "")
        assert listed(row["fields"]) == list(record.fields)
        assert listed(row["projects"]) == list(record.projects)
        assert listed(row["sources"]) == sorted(
            claims.source.key for claims in view.claims if record.ref in
            {stated.ref for stated in claims.records}
        )  # fmt: skip


def test_a_partnership_says_where_its_partners_are(written: tuple[View, Path]) -> None:
    view, path = written
    towns = view.all(Authority)
    for row in by_key(frames(path)["partnerships"]).values():
        columns = (listed(row[name]) for name in ("partners", "countries", "coordinates"))
        for key, country, coordinates in zip(*columns, strict=True):
            town, point = towns[key], towns[key].point
            assert country == (town.country or "?")
            placed = f"POINT({point.longitude} {point.latitude})" if point else "POINT EMPTY"
            assert coordinates == placed


def test_one_sided_partnerships_are_marked(view: View, write: Write) -> None:
    silent = replace(view.all(Partnership)["pl-sieniawa--sk-lutina"], not_stated_by=("sk-lutina",))
    unknown = Partnership("a--b", ("be-tremelo", "sk-lutina"))
    changed = {**view.all(Partnership), silent.key: silent, unknown.key: unknown}
    shown = replace(view, things={**view.things, Partnership: changed})
    found = frames(write(shown, CSV))
    rows = by_key(found["partnerships"])
    assert {key: row["one_sided"] for key, row in rows.items()} == {
        "a--b": "",
        "be-tremelo--pl-sieniawa": "true",
        "pl-sieniawa--sk-cervena-voda": "false",
        "pl-sieniawa--sk-lutina": "true",
        "pl-sieniawa--sk-pecovska-nova-ves": "false",
    }
    partners = found["partners"]
    states = {
        (row["partnership"], row["municipality"]): row["states"] for _, row in partners.iterrows()
    }
    assert states["pl-sieniawa--sk-lutina", "pl-sieniawa"] == "true"
    assert states["pl-sieniawa--sk-lutina", "sk-lutina"] == "false"
    assert states["be-tremelo--pl-sieniawa", "be-tremelo"] == ""


def test_a_member_has_its_own_dates(odd: View, write: Write) -> None:
    circle = next(p for p in odd.all(Partnership).values() if len(p.partners) > 3)
    joined, left, *_ = circle.partners
    changes = (
        StatusChange("j", circle.key, "active", parse("1959"), joined),
        StatusChange("l", circle.key, "ended", parse("1989-11"), left),
    )
    things = {**odd.all(StatusChange), **{change.key: change for change in changes}}
    shown = replace(odd, things={**odd.things, StatusChange: things})
    partners = frames(write(shown, CSV))["partners"]
    of_circle = partners[partners["partnership"] == circle.key].set_index("municipality")
    assert of_circle.loc[joined, "since"] == "1959"
    assert tuple(of_circle.loc[left, ["until", "former"]]) == ("1989-11", "true")


def test_documents_are_called_by_kind_and_date(view: View, write: Write) -> None:
    row = by_key(frames(write(view, CSV))["agreements"])["pl-sieniawa--sk-lutina_1"]
    assert row["label"] == "Agreement of 2016-08, Miasto i Gmina Sieniawa – Ľutina"


def test_partners_join_towns_and_partnerships(written: tuple[View, Path]) -> None:
    view, path = written
    expected = [(p.key, town) for p in view.all(Partnership).values() for town in p.partners]
    frame = frames(path)["partners"]
    assert list(zip(frame["partnership"], frame["municipality"], strict=True)) == expected
    towns = by_key(frames(path)["municipalities"])
    for name, key in zip(frame["municipality_name"], frame["municipality"], strict=True):
        assert name == towns[key]["name"]


def test_towns_as_the_records_have_them(written: tuple[View, Path]) -> None:
    view, path = written
    rows, records = by_key(frames(path)["municipalities"]), view.all(Authority)
    assert list(rows) == list(records)
    languages = view.dataset.languages
    for key, record in records.items():
        row = rows[key]
        assert Text(row["name"], row["name_language"]) in record.labels
        for language in languages:
            expected = [label.value for label in record.labels if label.language == language]
            assert row[f"name_{language}"] == "".join(expected)
        names = {row["name"], *(row[f"name_{code}"] for code in languages)} - {""}
        names |= set(listed(row["other_names"]))
        assert names == {text.value for text in (*record.labels, *record.alt_labels)}
        for name in ("country", "level", "wikidata", "wikidata_close", "geonames", "lau", "nuts3"):
            assert row[name] == (getattr(record, name) or "")
        point = record.point
        assert (row["longitude"], row["latitude"]) == (
            tuple(map(str, point)) if point else ("",) * 2
        )


def test_signatures_name_people_and_offices(written: tuple[View, Path]) -> None:
    view, path = written
    rows, people = by_key(frames(path)["signatures"]), view.all(Person)
    assert list(rows) == list(view.all(Signature))
    for key, record in view.all(Signature).items():
        row = rows[key]
        name = people[record.signatory].name if record.signatory else None
        assert row["signatory_name"] == (name or "")
        assert row["office"] == (record.office or "")
        assert row["partnership"] == view.all(Agreement)[record.agreement].partnership
        assert (Text(row["role"], row["role_language"]) in record.roles) == bool(record.roles)


def test_projects_with_their_money(view: View, write: Write) -> None:
    row = by_key(frames(write(view, CSV))["projects"])["dedicstvo-starych-mam-bez-hranic"]
    assert (row["grant"], row["total_budget"], row["currency"]) == ("28781.55", "30296.38", "EUR")
    assert row["programme_cci"] == "2014TC16RFCB012"
    assert (row["start"], row["start_earliest"], row["start_latest"]) == (
        "2018-07", "2018-07-01", "2018-07-31",
    )  # fmt: skip
    # In the first of the dataset's languages (en, pl, sk, nl) that there is a title in.
    assert (row["title"], row["title_language"]) == ("Dziedzictwo naszych babek bez granic", "pl")
    assert row["title_sk"] == "Dedičstvo starých mám bez hraníc"


def test_a_former_partner_and_a_decade(odd: View, write: Write) -> None:
    found = frames(write(odd, CSV))
    joined = by_key(found["partnerships"])["lt-visaginas--lv-dagda"]
    assert listed(joined["former_partners"]) == ["lv-dagda"]
    former = found["partners"][found["partners"]["former"] == "true"]
    assert list(former["municipality"]) == ["lv-dagda"]
    decades = found["partnerships"][found["partnerships"]["since"] == "196X"]
    assert list(decades["since_earliest"]) == ["1960-01-01"]
    assert list(decades["since_latest"]) == ["1969-12-31"]
    changes = by_key(found["status_changes"])
    assert {key: row["new_status"] for key, row in changes.items()} == {
        key: change.new_status or "" for key, change in odd.all(StatusChange).items()
    }


def test_evidence_quotes_what_the_sources_say(written: tuple[View, Path]) -> None:
    view, path = written
    frame = frames(path)["evidence"]
    expected = [
        (claims.source.key, e.subject.key, e.quote.value if e.quote else "")
        for claims in view.claims
        for e in claims.evidence
    ]
    assert list(zip(frame["source"], frame["about_key"], frame["quote"], strict=True)) == expected


def test_odd_texts_come_back_as_they_were(view: View, write: Write) -> None:
    name = 'Line\none, "two"; Ünïcode \U0001f3d8, =1+1\r\nend'
    towns = dict(view.all(Authority))
    first = next(iter(towns))
    towns[first] = replace(towns[first], labels=(Text(name, "nl"),))
    changed = replace(view, things={**view.things, Authority: towns})
    with zipfile.ZipFile(write(changed, CSV)) as archive:
        data = archive.read("municipalities.csv").decode()
    import csv

    rows = list(csv.DictReader(io.StringIO(data, newline="")))
    assert rows[0]["name_nl"] == name


# Parquet


FORMULA = "=cmd|'/c calc'!A1"


def test_no_cell_begins_a_formula_and_none_is_lost(view: View, write: Write) -> None:
    authorities = {
        key: replace(town, labels=tuple(Text(FORMULA, text.language) for text in town.labels))
        for key, town in view.all(Authority).items()
    }
    people = {key: replace(p, name=f"@{p.name}") for key, p in view.all(Person).items()}
    shown = replace(view, things={**view.things, Authority: authorities, Person: people})
    guarded = 0
    for name, frame in frames(write(shown, CSV)).items():
        kinds = {
            column.name: column.kind for column in next(t for t in ALL if t.name == name).columns
        }
        for column, values in frame.items():
            for cell in values:
                if kinds[str(column)] not in (ColumnType.DEGREES, ColumnType.AMOUNT):
                    assert cell[:1] not in tuple("=+-@\t\r"), (name, column, cell)
                guarded += cell.startswith("'=") or cell.startswith("'@")
    assert guarded > 20
    towns = by_key(frames(write(shown, CSV))["municipalities"])
    assert {as_it_was(town["name"]) for town in towns.values()} == {FORMULA}
    described = descriptor(write(shown, CSV))
    assert all("apostrophe in front" in table["description"] for table in described["resources"])


@given(st.text(st.sampled_from("'=+-@\t\ra1"), max_size=5))
def test_a_guarded_text_comes_back(text: str) -> None:
    cell = no_formula(text)
    assert cell[:1] not in tuple("=+-@\t\r")
    assert as_it_was(cell) == text


def cells(table: Table, view: View) -> Iterator[list[Any]]:
    """What Parquet should hold: the table's cells, in Arrow's types."""
    for columns in table.cells(Content(view).labels, 1000):
        yield from map(
            list,
            zip(
                *(
                    [_expected(column.kind, value) for value in values]
                    for column, values in zip(table.columns, columns, strict=True)
                ),
                strict=True,
            ),
        )


def _expected(kind: ColumnType, value: Any) -> Any:
    if value is None:
        return None
    if kind is ColumnType.DEGREES:
        return float(value)
    if kind is ColumnType.AMOUNT:
        return value.quantize(Decimal("0.000001"))
    if kind is ColumnType.LIST:
        return list(value)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_parquet_holds_the_same(name: str, view: View, odd: View, write: Write) -> None:
    for shown in (view, odd):
        table = next(t for t in tables(shown.dataset.languages) if t.name == name)
        found = parquet.read_table(write(shown, f"tables/{name}.parquet"))
        columns = [column.name for column in table.columns]
        assert [c for c in found.column_names if c != "geometry"] == columns
        days = {c.name for c in table.columns if c.kind is ColumnType.DAY}
        rows = [
            [
                str(row[c]) if c in days and row[c] is not None else row[c]
                for c in columns
            ]
            for row in found.to_pylist()
        ]  # fmt: skip
        assert rows == list(cells(table, shown))
        for column in table.columns:
            told = found.schema.field(column.name).metadata
            assert told[b"description"].decode() == column.means


def test_towns_are_geoparquet(view: View, odd: View, write: Write) -> None:
    path = write(view, "tables/municipalities.parquet")
    frame = geopandas.read_parquet(path)
    assert frame.crs.equals("OGC:CRS84")
    for row in frame.itertuples():
        point = view.all(Authority)[row.key].point
        assert point and (row.geometry.x, row.geometry.y) == (
            float(point.longitude), float(point.latitude),
        )  # fmt: skip
    told = json.loads(parquet.read_schema(path).metadata[b"geo"])
    assert told["version"] == "1.1.0"
    assert told["columns"]["geometry"]["geometry_types"] == ["Point"]
    assert told["columns"]["geometry"]["bbox"] == list(map(float, frame.total_bounds))
    # A town without coordinates has no point, and is there all the same.
    nowhere = geopandas.read_parquet(write(odd, "tables/municipalities.parquet"))
    assert len(nowhere) == len(odd.all(Authority)) and nowhere.geometry.isna().all()


def test_pandas_reads_a_table_by_its_name(view: View, write: Write) -> None:
    frame = pd.read_parquet(write(view, "tables/partnerships.parquet"))
    assert frame.set_index("key")["since"]["be-tremelo--pl-sieniawa"] == "2008-07"
    assert frame["current"].dtype == bool


def test_several_row_groups_and_amounts_of_many_digits(write: Write) -> None:
    shown = synthetic.view(2000)
    projects = dict(shown.all(Project))
    first = next(iter(projects))
    projects[first] = replace(projects[first], grant=Decimal("123456789012345678.1234"))
    shown = replace(shown, things={**shown.things, Project: projects})
    found = parquet.read_table(write(shown, "tables/projects.parquet")).to_pylist()
    assert found[0]["grant"] == Decimal("123456789012345678.1234")
    import twingraph.release.parquet as ours

    monkey = pytest.MonkeyPatch()
    with monkey.context() as patched:
        patched.setattr(ours, "_ROWS_AT_ONCE", 300)
        path = write(shown, "tables/partnerships.parquet")
    assert parquet.ParquetFile(path).num_row_groups == 7
    assert parquet.read_table(path)["key"].to_pylist() == list(shown.all(Partnership))


def test_an_empty_dataset_has_its_tables(view: View, write: Write) -> None:
    empty = replace(view, things={}, claims=())
    assert all(frame.empty for frame in frames(write(empty, CSV)).values())
    assert frictionless.validate(str(write(empty, CSV))).valid
    assert geopandas.read_parquet(write(empty, "tables/municipalities.parquet")).empty


WITHOUT = """
import sys
sys.modules["pyarrow"] = None
from pathlib import Path
from twingraph.build import build
said = []
built = build(Path("tests/data/founding"), Path(sys.argv[1]) / "public", said.append)
assert any("twingraph[parquet]" in line for line in said), said
assert not (built.out / "tables").exists()
assert "parquet" not in (built.out / "catalog.ttl").read_text().lower()
assert (built.out / "twingraph.csv.zip").exists()
"""


def test_without_pyarrow_the_rest_is_built_and_what_is_missing_is_said(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert exports.left_out() is None


def test_schemas_name_concepts_and_properties() -> None:
    partnerships = next(t for t in tables(("en",)) if t.name == "partnerships")
    fields = {field["name"]: field for field in schema(partnerships)["fields"]}
    assert "dormant" in fields["status"]["constraints"]["enum"]
    assert fields["since_latest"]["type"] == "date"
    assert fields["since_latest"]["rdfType"] == "https://w3id.org/twingraph/ns#sinceLatest"


def test_negative_coordinates_and_small_fractions_are_plain_numbers(
    view: View, write: Write
) -> None:
    towns = dict(view.all(Authority))
    first = next(iter(towns))
    towns[first] = replace(towns[first], point=Point(Decimal("-1E-7"), Decimal("5E+1")))
    changed = replace(view, things={**view.things, Authority: towns})
    row = by_key(frames(write(changed, CSV))["municipalities"])[first]
    assert (row["longitude"], row["latitude"]) == ("-0.0000001", "50")
