"""Regler: what is found, and what the page of a rule says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from tests.ui.pages import RULE, registered
from tests.web.ui.bench import Bench, Visitor, bench
from web.ui.version_line import WIDTH, version_line


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("rules")) as made:
        registered(made)
        yield made


@pytest.fixture(scope="module")
def visitor(place: Bench) -> Visitor:
    return place.visitor()


def found(visitor: Visitor, query: str) -> list[str]:
    return re.findall(r'<h3><a href="/regler/([\w-]+)">', visitor.get(f"/regler?{query}").text)


def test_rules_come_before_grants_and_notices(visitor: Visitor) -> None:
    listed = found(visitor, "")
    assert listed.index(RULE) < listed.index("fund-own-member")
    assert 32 == len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("q=S-103", RULE),
        ("q=s-103", RULE),
        ("q=kontaktgruppe+EventTime", RULE),
        ("q=interview+type+allowed", RULE),
    ],
)
def test_code_name_sentence_and_basis_are_searched_in_both_languages(
    visitor: Visitor, query: str, rule: str
) -> None:
    assert [rule] == found(visitor, query)


def test_choices_narrow_the_list(visitor: Visitor) -> None:
    assert ["fund-own-member"] == found(visitor, "kind=grant&q=fund-own-member")
    assert set() == set(found(visitor, "kind=rule")) & {"fund-own-member"}
    assert RULE not in found(visitor, "confidence=assumed")
    assert [] == found(visitor, "operation=read_citizen&kind=rule")
    assert "Ingen regel passer" in visitor.get("/regler?q=zzzz").text


def test_a_script_gets_the_list_alone(visitor: Visitor) -> None:
    answer = visitor.get("/regler?q=S-103", **{"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<p class="found"')
    assert "<html" not in answer.text


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999", "٣", "2"])
def test_a_page_that_is_not_there_is_no_fault(visitor: Visitor, number: str) -> None:
    assert 200 == visitor.get(f"/regler?page={number}").status_code


def test_the_page_of_a_rule_says_all_of_it(visitor: Visitor) -> None:
    text = visitor.get(f"/regler/{RULE}").text
    for expected in (
        "Blandt borgerens kontaktgrupper skal der være mindst én",
        "Specifikationen, generelle forretningsregler",
        "/interviewTypeIdentifier",
        "Opfyldt",
        "Brudt · S-103",
        "tests/cases/type-allowed-for-contact-group.yaml",
        "1. juni 2019",
        "Tilladte samtaletyper pr. kontaktgruppe",
        f'/afgoerelser?rule={RULE}"',
    ):
        assert expected in text, expected


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_rule_grant_and_notice_has_a_page_with_both_sides(
    visitor: Visitor, language: str
) -> None:
    visitor.get(f"/visning?language={language}")
    for rule in found(visitor, ""):
        text = visitor.get(f"/regler/{rule}").text
        assert "is-good" in text and "is-bad" in text, rule
    visitor.get("/visning?language=da")


def test_only_analysts_are_told_how_often_a_rule_fired(place: Bench) -> None:
    reader = place.visitor(place.token(scopes=["rules"]))
    assert "slog til i" in place.visitor().get("/regler").text
    assert "slog til" not in reader.get("/regler").text
    assert "I afgørelser" not in reader.get(f"/regler/{RULE}").text


def test_each_wording_stands_where_it_holds_on_the_line() -> None:
    line = version_line([None, date(2022, 1, 1), date(2030, 1, 1)], date(2024, 6, 3))
    past, now, future = line.stretches
    assert (False, True, False) == (past.now, now.now, future.now)
    assert 0 == past.left and past.width == now.left
    assert now.left < line.today < future.left
    assert WIDTH == future.left + future.width


@pytest.mark.parametrize("start", [None, date.min, date(1, 1, 2), date(9999, 12, 31)])
def test_the_line_has_room_for_any_day(start: date | None) -> None:
    line = version_line([start], date(2024, 6, 3))
    assert 0 <= line.stretches[0].left <= WIDTH
    assert 0 <= line.today <= WIDTH
    assert len(line.years) <= 9
