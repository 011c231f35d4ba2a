"""Pictures: places where they belong, lines the short way round."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

import pytest

from twingraph.web.geography import Window, great_circle, land, path, project
from twingraph.web.svg import Dot, Line, Picture, network, years


def test_projection() -> None:
    assert project(0, 0) == pytest.approx((0, 0))
    # Mercator's ordinate of 45 degrees is ln(tan(67.5 degrees)) = 0.881374 radians.
    assert project(10, 45) == pytest.approx((1000, -5049.9), abs=0.1)
    assert project(0, 90) == project(0, 84)


def test_the_short_way_round() -> None:
    (line,) = great_circle((0, 0), (90, 0))
    assert line[0] == pytest.approx(project(0, 0)) and line[-1] == pytest.approx(project(90, 0))
    # From Tokyo to San Francisco the way crosses the edge of the map: two lines.
    assert len(great_circle((139.7, 35.7), (-122.4, 37.8))) == 2
    # Along a parallel the great circle bends towards the pole.
    (north,) = great_circle((0, 50), (60, 50))
    assert min(y for _, y in north) < project(0, 50)[1] - 100
    assert great_circle((5, 5), (5, 5)) != []


def test_a_window_holds_its_points() -> None:
    points = [project(4.7, 51), project(22.6, 50.2)]
    window = Window.around(points, 16 / 9)
    for x, y in points:
        assert window.left < x < window.left + window.width
        assert window.top < y < window.top + window.height
    assert Window.around([], 2).width > 0
    assert Window.around([project(20, 50)], 2).width == 900


def test_outlines_are_cut_to_the_window() -> None:
    near = Window.around([project(20, 49), project(22, 50)], 16 / 9)
    data = land(near)
    if not data:
        pytest.skip("the front end was not built: there are no outlines")
    numbers = [int(n) for n in re.findall(r"M(-?\d+)", data)]
    assert all(near.left - near.width < n < near.left + 2 * near.width for n in numbers)
    assert len(data) < 60_000


def test_a_line_as_a_path() -> None:
    assert path([(0.4, 0), (10, 5), (9, 7)]) == "M0 0l10 5 -1 2"


def test_a_name_that_xml_cannot_hold() -> None:
    odd = "a\x00b\x0bc\x1bd\ufffe <&>"
    dot, line = Dot(0, 0, odd, "/t/\x1b", 1), Line([[(0, 0), (9, 9)]], odd, "/l/\x00", ("\x0b",))
    picture = Picture(Window(-100, -100, 200, 200), odd, [dot], [line])
    tree = ElementTree.fromstring(str(picture.svg(alone=True)))
    titles = [title.text for title in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == ["a\ufffdb\ufffdc\ufffdd\ufffd <&>"] * 3
    assert ElementTree.fromstring(str(years(Counter({1990: 1}), odd, "/y/{year}"))) is not None


def test_names_do_not_lie_on_each_other() -> None:
    dots = [Dot(n * 30.0, 0, f"Town number {n}", f"/t/{n}", n) for n in range(30)]
    picture = Picture(Window(-100, -300, 1200, 600), "Test", dots, [])
    tree = ElementTree.fromstring(str(picture.svg(alone=True)))
    texts = tree.findall(".//{http://www.w3.org/2000/svg}text")
    assert 0 < len(texts) < 30
    assert "Town number 29" in {text.text for text in texts}


def test_many_lines_are_one() -> None:
    lines = [Line([[(0, 0), (n, n)]], f"<{n}>", f"/p/{n}") for n in range(1600)]
    svg = str(Picture(Window(0, 0, 100, 100), "A & B", [], lines).svg())
    assert svg.count("<a ") == 0 and svg.count('class="arc"') == 1
    ElementTree.fromstring(svg)


def test_network_is_the_same_each_time() -> None:
    degrees = {f"t{n}": 2 for n in range(12)}
    edges = [(f"t{n}", f"t{(n + 1) % 12}", f"p{n}") for n in range(12)]
    assert network(degrees, edges) == network(degrees, edges)
    places, kept = network(degrees, edges)
    assert len(places) == 12 and len(kept) == 12
    assert network({}, []) == ({}, [])


def test_years_have_a_bar_for_each() -> None:
    svg = str(years(Counter({1991: 3, 1994: 12, 2010: 1}), "Years", "/p?from={year}"))
    assert "1994: 12" in svg and svg.count("<rect") == 3
    assert str(years(Counter(), "Years", "")) == ""
