"""The pictures of the benchmarks are drawn true to the figures."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from benchmarks.pictures.bars import Bar, bars
from benchmarks.pictures.canvas import LogScale
from benchmarks.pictures.growth import growth
from benchmarks.pictures.shares import Whole, shares
from benchmarks.wording import digits, duration, share, size, times

SVG = "{http://www.w3.org/2000/svg}"


def widths(svg: str, kind: str) -> list[float]:
    tree = ElementTree.fromstring(svg)
    return [
        float(each.get("width", ""))
        for each in tree.iter(f"{SVG}rect")
        if each.get("class") == kind
    ]


def lines(svg: str) -> list[list[tuple[float, float]]]:
    tree = ElementTree.fromstring(svg)
    return [
        [tuple(map(float, point.split(","))) for point in each.get("points", "").split()]  # type: ignore[misc]
        for each in tree.iter(f"{SVG}polyline")
        if "line" in each.get("class", "").split()
    ]


def test_ten_times_as_much_is_one_step_longer() -> None:
    svg = bars("title", [Bar(str(number), number, "") for number in (20.0, 200.0, 2000.0)], digits)
    one, two, three = widths(svg, "other")
    assert pytest.approx(three - two, abs=0.3) == two - one > 0


def test_a_scale_begins_at_a_power_of_ten_and_holds_all_values() -> None:
    scale = LogScale([3.0, 250.0], 0.0, 300.0)
    assert [1.0, 10.0, 100.0, 1000.0] == scale.steps()
    assert [0.0, 100.0, 300.0] == [pytest.approx(scale(each)) for each in (1.0, 10.0, 1000.0)]


def test_what_is_proportional_is_a_straight_line_up() -> None:
    points = [(10.0, 1.0), (100.0, 10.0), (1000.0, 100.0)]
    ((a, b, c),) = lines(growth("t", {"one": points}, ("x", "y"), across=digits, upwards=digits))
    assert pytest.approx((c[1] - b[1]) / (c[0] - b[0]), rel=0.01) == (b[1] - a[1]) / (b[0] - a[0])


def test_shares_fill_the_whole_bar() -> None:
    svg = shares("t", [Whole("SQLite", "4 ms", {"disk": 3.0, "rules": 1.0})])
    (disk, *_), (rules, *_) = widths(svg, "p0"), widths(svg, "p1")
    assert pytest.approx(3.0, rel=0.02) == (disk + 1) / (rules + 1)
    assert "75.0 %" in svg


def test_a_hostile_name_stays_text() -> None:
    svg = bars("<script>", [Bar('"><script>alert(1)</script>', 1.0, "&")], digits)
    assert [] == list(ElementTree.fromstring(svg).iter(f"{SVG}script"))


def test_the_same_figures_give_the_same_picture_with_colours_for_dark_pages() -> None:
    one, other = (shares("t", [Whole("a", "", {"b": 1.0, "c": 2.0})]) for _ in range(2))
    assert one == other
    assert re.search(r"prefers-color-scheme: dark", one)


def test_figures_are_said_with_three_digits_in_a_unit_that_reads_well() -> None:
    assert ["1.53 µs", "15.3 ms", "1.50 s", "2.50 min"] == [
        duration(each) for each in (1.53e-6, 0.0153, 1.5, 150.0)
    ]
    assert ["0", "0.153", "1,530", "26,100"] == [digits(each) for each in (0, 0.1534, 1530, 26_090)]
    assert ("67.1×", "3.42 GB", "512 MB", "2.1 %") == (
        times(67.09),
        size(3421),
        size(512),
        share(0.021),
    )
