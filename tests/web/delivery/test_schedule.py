"""When to send again, and when to stop: pure, time and chance are arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.messages import Tries
from web.delivery.outcome import Delivered, Failed, FailureKind, Gone, read_retry_after
from web.delivery.schedule import (
    GoOn,
    Patience,
    Stop,
    SwitchOff,
    TryAgain,
    after,
    pause,
)

NOW = datetime(2024, 6, 3, 10, 0, tzinfo=UTC)
PATIENCE = Patience(
    first_pause=timedelta(seconds=10),
    longest_pause=timedelta(minutes=10),
    refusals=3,
    refused_for=timedelta(hours=1),
)
MINUTE = timedelta(minutes=1)


def failed(status: int, retry_after: timedelta | None = None) -> Failed:
    return Failed(FailureKind.STATUS, status, retry_after)


def always(number: float):
    return lambda: number


def test_delivered_goes_on_and_gone_switches_off() -> None:
    tries = Tries(failures=5, refusals=2, refused_since=NOW)
    assert GoOn() == after(Delivered(200), tries, NOW, PATIENCE, always(0))
    assert SwitchOff() == after(Gone(), tries, NOW, PATIENCE, always(0))


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 10), (2, 20), (3, 40), (6, 320), (7, 600), (8, 600), (10**9, 600)]
)
def test_the_longest_pause_doubles_up_to_an_end(failures: int, seconds: int) -> None:
    assert timedelta(seconds=seconds) == pause(failures, None, PATIENCE, always(1))


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True), st.integers(0, 10**6))
def test_a_pause_is_drawn_from_the_whole_and_never_shorter_than_asked(
    failures: int, drawn: float, asked: int
) -> None:
    most = pause(failures, None, PATIENCE, always(1))
    assert timedelta() <= pause(failures, None, PATIENCE, always(drawn)) <= most
    asked_for = min(timedelta(seconds=asked), PATIENCE.longest_asked_pause)
    waited = pause(failures, timedelta(seconds=asked), PATIENCE, always(drawn))
    assert asked_for <= waited <= asked_for + most


@pytest.mark.parametrize(
    "outcome",
    [
        failed(500),
        failed(503),
        failed(408),
        failed(425),
        failed(429),
        Failed(FailureKind.REDIRECT, 301),
        *(Failed(kind) for kind in FailureKind if kind is not FailureKind.STATUS),
    ],
)
def test_a_passing_failure_never_stops_a_stream(outcome: Failed) -> None:
    tries, now = Tries(), NOW
    for _ in range(1_000):
        step = after(outcome, tries, now, PATIENCE, always(0.5))
        assert isinstance(step, TryAgain)
        tries, now = step.tries, max(step.at, now + MINUTE)
    assert Tries(failures=1_000) == tries


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415, 422, 451, 499])
def test_a_message_that_is_refused_often_and_long_stops_its_stream(status: int) -> None:
    first = after(failed(status), Tries(), NOW, PATIENCE, always(0.5))
    assert TryAgain(NOW + timedelta(seconds=5), Tries(1, 1, NOW)) == first
    much_later = NOW + timedelta(hours=2)
    # often enough, but not long enough
    assert isinstance(
        after(failed(status), Tries(9, 9, NOW), NOW + MINUTE, PATIENCE, always(0)), TryAgain
    )
    # long enough, but not often enough
    assert isinstance(
        after(failed(status), Tries(1, 1, NOW), much_later, PATIENCE, always(0)), TryAgain
    )
    expected = Stop(Tries(3, 3, NOW), status)
    assert expected == after(failed(status), Tries(2, 2, NOW), much_later, PATIENCE, always(0))


def test_a_time_out_between_two_refusals_counts_for_neither_side() -> None:
    timed_out = Failed(FailureKind.TIMEOUT)
    step = after(timed_out, Tries(2, 2, NOW), NOW + MINUTE, PATIENCE, always(0))
    assert TryAgain(NOW + MINUTE, Tries(3, 2, NOW)) == step


def test_retry_after_is_obeyed() -> None:
    step = after(failed(429, 5 * MINUTE), Tries(), NOW, PATIENCE, always(0))
    assert TryAgain(NOW + 5 * MINUTE, Tries(failures=1)) == step
    # the drawn pause comes on top, so that not all come at once
    step = after(failed(429, 5 * MINUTE), Tries(), NOW, PATIENCE, always(0.5))
    assert TryAgain(NOW + 5 * MINUTE + timedelta(seconds=5), Tries(failures=1)) == step


def test_a_receiver_that_is_back_after_a_week_waits_no_longer_than_the_longest_pause() -> None:
    tries, now, attempts = Tries(), NOW, 0
    usual = Patience()
    while now < NOW + timedelta(days=7):
        step = after(failed(503), tries, now, usual, always(0.99))
        assert isinstance(step, TryAgain)
        assert step.at - now <= usual.longest_pause
        tries, now, attempts = step.tries, step.at, attempts + 1
    assert attempts < 200


@given(st.text())
def test_any_retry_after_is_a_pause_of_at_most_a_day_or_nothing(text: str) -> None:
    found = read_retry_after(text, NOW)
    assert found is None or timedelta() <= found <= timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    ["Mon, 03 Jun 2024 10:00:30 GMT", "Monday, 03-Jun-24 10:00:30 GMT", "Mon Jun  3 10:00:30 2024"],
)
def test_all_three_forms_of_an_http_date_are_read(text: str) -> None:
    assert timedelta(seconds=30) == read_retry_after(text, NOW)
