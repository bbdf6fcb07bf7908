"""The operators mean what the language page says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts import FactType
from engine.model import Operator
from engine.operators import OPERATORS, OperandKind, pattern_fault

MARCH_5 = date(2024, 3, 5)
TEN = datetime(2024, 3, 5, 10, tzinfo=UTC)

MEANING: list[tuple[bool, Operator, Any, Any]] = [
    (True, Operator.IS, 18, 18),
    (False, Operator.IS, 18, 17),
    (True, Operator.IS, "job_centre", "job_centre"),
    (True, Operator.IS, "\u00e5", "a\u030a"),
    (False, Operator.IS, "a", "A"),
    (True, Operator.IS, True, True),
    (True, Operator.IS, TEN, TEN.astimezone(timezone(timedelta(hours=1)))),
    (False, Operator.IS_NOT, 18, 18),
    (True, Operator.IS_NOT, 18, 17),
    (False, Operator.IS_NOT, "\u00e5", "a\u030a"),
    (True, Operator.IN, 5, (5, 6)),
    (False, Operator.IN, 4, (5, 6)),
    (True, Operator.IN, "a\u030a", ("\u00e5",)),
    (True, Operator.NOT_IN, 4, (5, 6)),
    (False, Operator.NOT_IN, 6, (5, 6)),
    (True, Operator.BEFORE, MARCH_5, date(2024, 3, 6)),
    (False, Operator.BEFORE, MARCH_5, MARCH_5),
    (True, Operator.ON_OR_BEFORE, MARCH_5, MARCH_5),
    (False, Operator.ON_OR_BEFORE, date(2024, 3, 6), MARCH_5),
    (True, Operator.AFTER, TEN + timedelta(microseconds=1), TEN),
    (False, Operator.AFTER, TEN, TEN),
    (True, Operator.ON_OR_AFTER, TEN, TEN),
    (False, Operator.ON_OR_AFTER, TEN - timedelta(microseconds=1), TEN),
    (True, Operator.LESS_THAN, 1, 2),
    (False, Operator.LESS_THAN, 2, 2),
    (True, Operator.AT_MOST, 2, 2),
    (False, Operator.AT_MOST, 3, 2),
    (True, Operator.MORE_THAN, 3, 2),
    (False, Operator.MORE_THAN, 2, 2),
    (True, Operator.AT_LEAST, 2, 2),
    (False, Operator.AT_LEAST, 1, 2),
    (True, Operator.INCLUDES, (7, 8), 8),
    (False, Operator.INCLUDES, (7, 8), 9),
    (False, Operator.INCLUDES, (), 9),
    (False, Operator.EXCLUDES, (7, 8), 8),
    (True, Operator.EXCLUDES, (7, 8), 9),
    (True, Operator.IN_FORCE_ON, 18, object()),
    (False, Operator.IN_FORCE_ON, 18, None),
    (True, Operator.MATCHES, "AB-12", r"[A-Z]{2}-\d+"),
    (False, Operator.MATCHES, "xAB-12", r"[A-Z]{2}-\d+"),
    (False, Operator.MATCHES, "AB-12\n", r"[A-Z]{2}-\d+"),
    (True, Operator.MATCHES, "a\u030a", "[\u00e6\u00f8\u00e5]"),
    (False, Operator.MATCHES, "\ud800", r"(?s).*"),
    (True, Operator.LENGTH_AT_LEAST, "\U0001f600a\u030a", 2),
    (False, Operator.LENGTH_AT_LEAST, "\U0001f600a\u030a", 3),
    (True, Operator.LENGTH_AT_MOST, "\U0001f600a\u030a", 2),
    (False, Operator.LENGTH_AT_MOST, "\U0001f600a\u030a", 1),
]


@pytest.mark.parametrize(("expected", "operator", "subject", "operand"), MEANING)
def test_an_operator_holds_as_the_table_says(
    expected: bool, operator: Operator, subject: Any, operand: Any
) -> None:
    assert expected is OPERATORS[operator].holds(subject, operand)


def test_every_operator_has_a_meaning_and_both_answers_are_tested() -> None:
    assert set(Operator) == set(OPERATORS)
    assert {(operator, answer) for operator in Operator for answer in (True, False)} == {
        (operator, answer) for answer, operator, _, _ in MEANING
    }


def test_opposites_are_mutual() -> None:
    for name, meaning in OPERATORS.items():
        if meaning.opposite is not None:
            assert name == OPERATORS[meaning.opposite].opposite
            assert meaning.subjects == OPERATORS[meaning.opposite].subjects


def _pairs(name: Operator) -> st.SearchStrategy[tuple[Any, Any]]:
    kind = OPERATORS[name].operand
    if kind is OperandKind.INTEGER:
        return st.tuples(st.integers(-3, 3), st.integers(-3, 3))
    if kind is OperandKind.LIST_OF_SAME_TYPE:
        return st.tuples(st.integers(0, 4), st.lists(st.integers(0, 4)).map(tuple))
    if kind is OperandKind.CODE_OF_LIST:
        return st.tuples(st.lists(st.integers(0, 4)).map(tuple), st.integers(0, 4))
    days = st.dates(date(2024, 1, 1), date(2024, 1, 5))
    moments = st.integers(0, 4).map(lambda microseconds: TEN + timedelta(microseconds=microseconds))
    if FactType.TEXT in OPERATORS[name].subjects:
        words = st.text("a\u030a\u00e5b", max_size=3)
        return st.tuples(words, words) | st.tuples(st.integers(0, 2), st.integers(0, 2))
    return st.tuples(days, days) | st.tuples(moments, moments)


OPPOSED = [name for name, meaning in OPERATORS.items() if meaning.opposite is not None]


@pytest.mark.parametrize("name", OPPOSED)
@given(data=st.data())
def test_of_an_operator_and_its_opposite_exactly_one_holds(
    name: Operator, data: st.DataObject
) -> None:
    subject, operand = data.draw(_pairs(name))
    opposite = OPERATORS[name].opposite
    assert opposite is not None
    assert OPERATORS[name].holds(subject, operand) is not OPERATORS[opposite].holds(
        subject, operand
    )


def test_a_pattern_that_re2_refuses_is_told_with_its_reason() -> None:
    assert pattern_fault("[A-Z]+") is None
    assert pattern_fault("(") == "missing ): ("
    assert pattern_fault(r"(a)\1") is not None
    assert pattern_fault("\ud800") == "not Unicode text"


def test_a_pattern_takes_linear_time() -> None:
    assert OPERATORS[Operator.MATCHES].holds("a" * 20_000 + "!", "(a+)+") is False


@pytest.mark.parametrize("name", Operator)
def test_every_wording_speaks_of_its_operand_in_both_languages(name: Operator) -> None:
    wording = OPERATORS[name].wording
    for phrase in (wording.states, wording.denies, wording.to_state, wording.to_deny):
        assert 1 == phrase.da.count("{operand}")
        assert 1 == phrase.en.count("{operand}")
    assert wording.states != wording.denies
    assert wording.to_state != wording.to_deny
