"""Afgørelser: which are found, what is shown of each, and what is never shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.decisions_found import DecisionFilter
from tests.ui.pages import NAME, registered
from tests.web.ui.bench import NOW, Bench, Visitor, bench
from web.app import close, create_app
from web.ui.charts import HEIGHT, WIDTH, share, time_chart
from web.ui.decision_choice import read_choice

_LINK = re.compile(r'<a href="(/afgoerelser/[0-9a-f-]{36})">')


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("decisions")) as made:
        for _ in range(3):
            registered(made)
        yield made


@pytest.fixture(scope="module")
def visitor(place: Bench) -> Visitor:
    return place.visitor()


def test_following_the_pages_finds_every_decision_once(visitor: Visitor) -> None:
    path: str | None = "/afgoerelser"
    seen: list[str] = []
    pages = 0
    while path is not None:
        text = visitor.get(path).text
        seen.extend(_LINK.findall(text))
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1].replace("&amp;", "&") if following else None
        pages += 1
    assert 60 == len(seen) == len(set(seen))
    assert 2 == pages


def test_figures_lead_to_the_decisions_they_count(visitor: Visitor) -> None:
    text = visitor.get("/afgoerelser").text
    rows = re.findall(
        r'<a href="/afgoerelser\?([^"]+)">.*?<td class="number">([\d.]+)</td>', text, re.DOTALL
    )
    assert 3 == len(rows)
    for query, many in rows:
        listed = visitor.get(f"/afgoerelser?{query.replace('&amp;', '&')}").text
        assert f"<dd>{many}</dd>" in listed, query


def test_a_filter_that_cannot_be_read_is_named_and_left_out(visitor: Visitor) -> None:
    text = visitor.get("/afgoerelser?since=yesterday&code=%3Cscript%3E&rule=S").text
    alert = re.search(r'role="alert">(.*?)</p>', text, re.DOTALL)
    assert alert is not None
    assert "Fra og med" in alert[1] and "Kode" in alert[1]
    assert "<script>" not in text.split("<main")[1]


def test_the_page_of_a_refused_decision_says_why_and_is_the_same_again(visitor: Visitor) -> None:
    link = _LINK.search(visitor.get("/afgoerelser?code=S-103").text)
    assert link is not None
    text = visitor.get(link[1]).text
    assert "Afvist: registrere en samtale" in text
    assert "Samtaletypen er ikke tilladt for borgerens kontaktgruppe" in text
    assert "samme svar" in text
    assert "<mark>" in text


def test_no_name_and_no_number_of_anybody_is_shown_logged_or_in_an_address(
    place: Bench, visitor: Visitor
) -> None:
    for link in _LINK.findall(visitor.get("/afgoerelser").text):
        text = visitor.get(link).text
        assert NAME not in text and "710190" not in text
        assert "(tekst, vises ikke)" in text
    assert NAME not in place.log.getvalue()


def test_english_says_the_same(visitor: Visitor) -> None:
    visitor.get("/visning?language=en")
    link = _LINK.search(visitor.get("/afgoerelser?code=S-103").text)
    assert link is not None
    text = visitor.get(link[1]).text
    assert "Refused: registering an interview" in text and "the same answer" in text
    visitor.get("/visning?language=da")


def test_a_decision_is_explained_with_the_rulebook_it_was_made_with(tmp_path: Path) -> None:
    """The rule it fell by has another name now; the old decision goes on saying the old one."""
    title = "Samtaletypen skal være tilladt for borgerens kontaktgruppe"
    with bench(tmp_path) as place:
        registered(place)
    rules = place.file("rules/registration.yaml")
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace(f"da: {title}", "da: Et andet navn"), encoding="utf-8")
    app = create_app(place.settings, clock=lambda: NOW, log_to=place.log)
    try:
        visitor = Bench(app, place.settings, tmp_path, place.log).visitor()
        listed = visitor.get("/afgoerelser?code=S-103").text
        assert "Et andet navn" in listed
        link = _LINK.search(listed)
        assert link is not None
        page = visitor.get(link[1]).text
        assert title in page and "Et andet navn" not in page
        assert "et tidligere" in page and "samme svar" in page
    finally:
        close(app)


def test_days_of_a_filter_are_whole_days_in_denmark() -> None:
    choice = read_choice({"since": "2024-06-01", "until": "2024-06-01"})
    assert datetime(2024, 5, 31, 22, tzinfo=UTC) == choice.filter().since
    assert datetime(2024, 6, 1, 22, tzinfo=UTC) == choice.filter().until


def test_a_choice_is_the_same_after_its_own_query() -> None:
    stated = {"rule": "a-b", "outcome": "refused", "since": "2024-06-01", "organisation": "101"}
    choice = read_choice(stated)
    assert choice == read_choice(dict(parse_qsl(choice.query())))


@given(st.dictionaries(st.sampled_from(["since", "until", "after", "rule", "code"]), st.text()))
def test_no_query_breaks_the_reading_of_it(query: dict[str, str]) -> None:
    assert isinstance(read_choice(query).filter(), DecisionFilter)


@pytest.mark.parametrize(
    "stated", [f"{'9' * 17}-7667387a-62cf-44e3-b963-1bc269ad1a0a", "-1-x", "1-", "1" * 400]
)
def test_a_place_to_go_on_from_that_is_none_is_no_fault(visitor: Visitor, stated: str) -> None:
    assert 200 == visitor.get(f"/afgoerelser?after={stated}").status_code


COUNTS = st.dictionaries(
    st.dates(date(2019, 1, 1), date(2026, 1, 1)),
    st.tuples(st.integers(0, 10_000), st.integers(1, 10_000)),
    min_size=1,
)


@given(COUNTS)
def test_columns_hold_every_decision_inside_the_drawing(
    counts: dict[date, tuple[int, int]],
) -> None:
    chart = time_chart(counts)
    assert sum(map(sum, counts.values())) == sum(
        each.accepted + each.refused for each in chart.columns
    )
    for each in chart.columns:
        assert -0.2 <= each.top and each.left + each.width <= WIDTH + 0.2
    assert HEIGHT == pytest.approx(
        max(each.accepted_height + each.refused_height for each in chart.columns), abs=0.2
    )


def test_days_without_decisions_have_room_too() -> None:
    first = date(2024, 6, 1)
    chart = time_chart({first: (1, 0), first + timedelta(days=3): (0, 1)})
    assert [1, 0, 0, 1] == [each.accepted + each.refused for each in chart.columns]
    assert 0 == share(0, 0) and 50 == share(1, 2)
