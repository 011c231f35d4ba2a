"""GeoJSON: GDAL and geopandas find every town and partnership where the records put them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.release.conftest import Write
from twingraph.model.records import Authority, Partnership, Point, Project, View
from twingraph.release.antimeridian import Position, line, lines_between

GEOJSON = "twingraph.geojson"


def features(path: Path) -> dict[str, dict[str, Any]]:
    document = json.loads(path.read_text("utf-8"))
    assert document["type"] == "FeatureCollection" and "crs" not in document
    return {feature["properties"]["key"]: feature for feature in document["features"]}


def degrees(point: Point) -> list[float]:
    return [float(point.longitude), float(point.latitude)]


def with_points(view: View, points: dict[str, tuple[str, str]]) -> View:
    """The same towns in other places."""
    towns = {
        key: replace(town, point=Point(*map(Decimal, points[key])) if key in points else None)
        for key, town in view.all(Authority).items()
    }
    return replace(view, things={**view.things, Authority: towns})


def test_towns_are_points_and_partnerships_lines(view: View, write: Write) -> None:
    found = features(write(view, GEOJSON))
    assert list(found) == [*view.all(Authority), *view.all(Partnership), *view.all(Project)]
    towns = view.all(Authority)
    for key, town in towns.items():
        assert town.point
        assert found[key]["geometry"] == {"type": "Point", "coordinates": degrees(town.point)}
        assert found[key]["id"] == f"https://w3id.org/twingraph/municipality/{key}"
    for key, partnership in view.all(Partnership).items():
        ends = [degrees(point) for t in partnership.partners if (point := towns[t].point)]
        assert found[key]["geometry"] == {"type": "LineString", "coordinates": ends}
        said, since = found[key]["properties"], partnership.since
        assert said["since"] == (since.edtf if since else None)
        assert (said["status"], said["partners"][0]) == (
            partnership.status,
            found[partnership.partners[0]]["properties"]["name"],
        )


def test_what_has_no_place_is_there_without_one(odd: View, write: Write) -> None:
    found = features(write(odd, GEOJSON))
    assert len(found) == sum(len(odd.all(kind)) for kind in (Authority, Partnership, Project))
    assert all(feature["geometry"] is None for feature in found.values())
    circle = found["cz-bystrice--hu-tata--pl-pinczow--sk-svodin"]["properties"]
    partners = circle["key"].split("--")
    assert circle["partners"] == [found[town]["properties"]["name"] for town in partners]
    decade = [f["properties"] for f in found.values() if f["properties"].get("since") == "196X"]
    assert [said["since_latest"] for said in decade] == ["1969-12-31"]


def test_a_circle_is_a_line_for_every_two_that_have_a_place(odd: View, write: Write) -> None:
    places = {"cz-bystrice": ("18", "49"), "hu-tata": ("18", "47"), "sk-svodin": ("18.5", "47.9")}
    found = features(write(with_points(odd, places), GEOJSON))
    circle = found["cz-bystrice--hu-tata--pl-pinczow--sk-svodin"]["geometry"]
    assert circle == {
        "type": "MultiLineString",
        "coordinates": [
            [[18.0, 49.0], [18.0, 47.0]],
            [[18.0, 49.0], [18.5, 47.9]],
            [[18.0, 47.0], [18.5, 47.9]],
        ],
    }


def ogrinfo(path: Path, *options: str) -> str:
    command = ["ogrinfo", "-q", "-al", *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("data", ["ships", "odd"])
def test_gdal_reads_it(data: str, view: View, odd: View, write: Write) -> None:
    shown = {"ships": view, "odd": odd}[data]
    path = write(shown, GEOJSON)
    said = subprocess.run(
        ["ogrinfo", "-al", "-so", str(path)], capture_output=True, text=True, check=True
    )
    count = sum(len(shown.all(kind)) for kind in (Authority, Partnership, Project))
    assert f"Feature Count: {count}\n" in said.stdout and not said.stderr
    for column in ("since_earliest: Date", "partners: StringList", "current: Integer(Boolean)"):
        assert column in said.stdout


def test_gdal_finds_a_partnership_by_its_properties(view: View, write: Write) -> None:
    said = ogrinfo(write(view, GEOJSON), "-where", "key = 'be-tremelo--pl-sieniawa'")
    assert "LINESTRING (4.7211 50.9983,22.6117 50.1777)" in said
    assert "since (String) = 2008-07\n" in said
    assert "since_latest (Date) = 2008/07/31" in said
    assert "partners (StringList) = (2:Tremelo,Miasto i Gmina Sieniawa)" in said


def test_geopandas_reads_it(view: View, write: Write) -> None:
    frame = geopandas.read_file(write(view, GEOJSON))
    assert frame.crs.equals("EPSG:4326")
    lines = frame[frame["kind"] == "partnership"].set_index("key")
    assert set(lines.geom_type) == {"LineString"}
    assert lines["status"]["be-tremelo--pl-sieniawa"] == "active"


def test_a_line_over_the_antimeridian_is_cut(view: View, write: Write) -> None:
    # RFC 7946, 3.1.9: from 170 east, 45 north to 170 west, 45 north.
    places = {"be-tremelo": ("170", "45"), "pl-sieniawa": ("-170", "45")}
    path = write(with_points(view, places), GEOJSON)
    assert features(path)["be-tremelo--pl-sieniawa"]["geometry"] == {
        "type": "MultiLineString",
        "coordinates": [[[170.0, 45.0], [180.0, 45.0]], [[-180.0, 45.0], [-170.0, 45.0]]],
    }
    said = ogrinfo(path, "-where", "key = 'be-tremelo--pl-sieniawa'")
    assert "MULTILINESTRING ((170 45,180 45),(-180 45,-170 45))" in said


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((10, 0), (20, 5), [((10, 0), (20, 5))]),
        ((-90, 1), (90, 2), [((-90, 1), (90, 2))]),  # half way round: either way is as short
        ((170, 10), (-170, 30), [((170, 10), (180, 20)), ((-180, 20), (-170, 30))]),
        ((-170, 30), (170, 10), [((-170, 30), (-180, 20)), ((180, 20), (170, 10))]),
        ((180, 7), (-179, 8), [((-180, 7), (-179, 8))]),
        ((-179, 8), (180, 7), [((-179, 8), (-180, 7))]),
        ((-180, 7), (179, 8), [((180, 7), (179, 8))]),
        ((180, 1), (-180, 2), [((-180, 1), (-180, 2))]),
    ],
)
def test_lines(one: Position, other: Position, expected: list[Any]) -> None:
    assert list(line(one, other)) == expected


place = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(place, place)
def test_no_part_of_a_line_crosses_and_all_of_it_is_there(one: Position, other: Position) -> None:
    parts = list(line(one, other))
    around = abs(one[0] - other[0])
    assert 1 <= len(parts) <= 2
    for part in parts:
        assert abs(part[0][0] - part[-1][0]) <= 180
        assert all(abs(x) <= 180 and abs(y) <= 90 for x, y in part)
    length = sum(abs(part[0][0] - part[-1][0]) for part in parts)
    assert length == pytest.approx(min(around, 360 - around), abs=1e-9)
    # The ends are where they were, the antimeridian being at 180 and at -180.
    for end, shown in ((one, parts[0][0]), (other, parts[-1][-1])):
        assert (shown[0] - end[0]) % 360 == 0 and shown[1] == end[1]


def test_lines_between_one_place_are_none() -> None:
    assert lines_between([Point(Decimal(1), Decimal(2))]) == []
