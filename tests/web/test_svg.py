"""Pictures: places where they belong, lines the short way round."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

import pytest

from twingraph.web.environment import STYLE
from twingraph.web.geography import Window, great_circle, land, path, project, unwrapped
from twingraph.web.svg import GROUPS, Dot, Line, Picture, years


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


def test_half_the_world_has_outlines_of_fewer_points() -> None:
    near, wide = (Window(-1000, -7000, 69 * 100, 3000), Window(-1000, -7000, 71 * 100, 3000))
    if not land(near):
        pytest.skip("the front end was not built: there are no outlines")
    assert len(land(wide)) < len(land(near)) / 2


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


def test_of_many_towns_the_weightiest_are_named_and_larger() -> None:
    """Not those that happen to come first."""
    dots = [Dot(n % 50 * 30.0, n // 50 * 20.0, f"Town {n}", f"/t/{n}", n) for n in range(2000)]
    tree = ElementTree.fromstring(
        str(Picture(Window(0, 0, 1500, 800), "Test", dots).svg(alone=True))
    )
    names = [text.text for text in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert names[0] == "Town 1999" and 20 < len(names) <= 150
    assert all(int((name or "").split()[1]) >= 1850 for name in names)
    drawn = tree.findall(".//{http://www.w3.org/2000/svg}path[@class='dot']")
    widths = [float(path.get("stroke-width") or 0) for path in drawn]
    # The greatest last, so that they are above the others.
    assert widths == sorted(widths) and len(set(widths)) == 3
    assert sum((path.get("d") or "").count("M") for path in drawn) == 2000


def test_a_picture_alone_has_the_colours_of_the_style_sheet() -> None:
    """In the light as attributes, in the dark as its own style: the sheet has the same."""
    sheet = (STYLE).read_text("utf-8")
    light, dark = sheet.split("@media (prefers-color-scheme: dark)")[:2]
    alone = str(Picture(Window(0, 0, 10, 10), "Test", [Dot(1, 1, "A", "/a", 1)]).svg(alone=True))
    for number, colour in enumerate(GROUPS):
        assert f"--group-{number}: {colour};" in light
    for part, name in (("dot", "dot"), ("arc", "arc"), ("sea", "sea"), ("land", "land")):
        value = re.findall(rf"--{name}: (#\w+);", dark)[0]
        assert re.search(rf"\.{part} {{[^}}]*{value}", alone), part
    for number in range(len(GROUPS)):
        assert (
            f".group-{number} {{ stroke: {re.findall(rf'--group-{number}: (#.{{6}})', dark)[0]} }}"
            in alone
        )


def test_groups_have_colours_of_their_own() -> None:
    dots = [Dot(n * 10.0, 0, f"Town {n}", f"/t/{n}", 1, group=n) for n in range(len(GROUPS) + 1)]
    svg = str(Picture(Window(-10, -10, 200, 100), "Test", dots, outlines=False).svg())
    for number, colour in enumerate(GROUPS):
        assert svg.count(f'class="group-{number}" stroke="{colour}"') == (2 if number == 0 else 1)


def test_no_name_runs_under_the_buttons() -> None:
    """A script puts them into the upper right corner."""
    dots = [Dot(1150, 20, "Near the corner", "/t/1", 1)]
    picture = Picture(Window(0, 0, 1200, 675), "Test", dots, [])
    wide = str(picture.svg(alone=True))
    assert "<text" not in wide or 'text-anchor="end"' in wide


def test_a_country_across_the_edge_is_on_both_sides() -> None:
    ring = unwrapped([(170, 60), (179, 65), (-170, 66), (-172, 61), (170, 60)])
    assert [east for east, _ in ring] == [170, 179, 190, 188, 170]
    whole = Window.around([project(-179, -60), project(179, 80)], 16 / 9)
    data = land(whole, 20)
    if not data:
        pytest.skip("the front end was not built: there are no outlines")
    # No coast runs from one edge of the map to the other: Russia's did, and Fiji's.
    steps = [int(dx) for dx, _ in re.findall(r"(-?\d+) (-?\d+) ", data)]
    assert max(map(abs, steps)) < 360 * 100 / 20 / 2


def test_years_have_a_bar_for_each() -> None:
    svg = str(years(Counter({1991: 3, 1994: 12, 2010: 1}), "Years", "/p?from={year}"))
    assert "1994: 12" in svg and svg.count("<rect") == 3
    assert str(years(Counter(), "Years", "")) == ""
