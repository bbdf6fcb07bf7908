"""Dated values: the entry in force is the latest that began on or before the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dated import SINCE_EVER, Dated

DAYS = st.dates(min_value=date(2018, 1, 1), max_value=date(2018, 3, 1))


def test_before_the_first_entry_nothing_is_in_force() -> None:
    assert Dated([(date(2020, 1, 1), "a")]).on(date(2019, 12, 31)) is None


def test_an_entry_is_in_force_from_its_first_day() -> None:
    history = Dated([(date(2020, 1, 1), "a"), (date(2021, 1, 1), "b")])
    assert [None, "a", "a", "b"] == [
        history.on(day)
        for day in (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1))
    ]


def test_an_entry_without_a_first_day_holds_since_ever() -> None:
    assert Dated([(SINCE_EVER, "a")]).on(date.min) == "a"


def test_two_entries_on_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match="2020-01-01"):
        Dated([(date(2020, 1, 1), "a"), (date(2020, 1, 1), "b")])


@given(st.dictionaries(DAYS, st.integers(), max_size=8), DAYS)
def test_the_answer_is_the_latest_start_that_is_not_after_the_day(
    entries: dict[date, int], day: date
) -> None:
    earlier = [start for start in entries if start <= day]
    expected = entries[max(earlier)] if earlier else None
    assert expected == Dated(entries.items()).on(day)


@given(st.dictionaries(DAYS, st.integers(), min_size=1, max_size=8))
def test_the_answer_changes_only_where_an_entry_begins(entries: dict[date, int]) -> None:
    history = Dated(entries.items())
    for day in (date(2018, 1, 1) + timedelta(days=n) for n in range(1, 60)):
        if day not in entries:
            assert history.on(day - timedelta(days=1)) == history.on(day)
