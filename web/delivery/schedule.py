"""When a message is sent again, and when a stream is stopped or switched off.

In: an outcome, what happened to the message before, the time, chance. Out: what is next.
Does not know: how it is sent, stored or told to an operator. Times are instants (aware), given.

The pause doubles with every failure up to a longest one and is drawn from the whole of it ("full
jitter"), so that receivers that come back are not hit by everybody at once. Sending is never given
up for time-outs, 5xx and the like: a receiver that was away for a week gets everything.

A message that the receiver itself refuses (4xx) again and again would stop the stream for ever: the
stream is stopped so that an operator sees it and skips the message or has the receiver repaired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.messages import Tries
from web.delivery.outcome import Delivered, Failed, FailureKind, Gone, Outcome

Chance = Callable[[], float]
"""Draws a number from 0 up to but not including 1."""

PASSING_REFUSALS = frozenset({408, 425, 429})
"""4xx by which a receiver speaks of the moment and not of the message."""


MOST_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how much to bear."""

    first_pause: timedelta = timedelta(seconds=2)
    """The longest pause after the first failure."""
    longest_pause: timedelta = timedelta(hours=1)
    longest_asked_pause: timedelta = timedelta(days=1)
    """The most that a receiver can ask for with `Retry-After`."""
    refusals: int = 8
    """A stream stops when its message was refused this often …"""
    refused_for: timedelta = timedelta(minutes=30)
    """… and for this long, so that a receiver's mishap on deployment stops nothing."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """Delivered: mark it, and on to the next one."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Send the same message again, not before `at`; keep `tries` with the stream."""

    at: datetime
    tries: Tries


@dataclass(frozen=True, slots=True)
class Stop:
    """The message is poison: the stream waits for an operator, and the operator is told."""

    tries: Tries
    status: int


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """The receiver wants nothing any more (410)."""


Next = GoOn | TryAgain | Stop | SwitchOff


def after(
    outcome: Outcome, tries: Tries, now: datetime, patience: Patience, chance: Chance
) -> Next:
    """Return what is next after an attempt that ended at `now` with `outcome`."""
    if isinstance(outcome, Delivered):
        return GoOn()
    if isinstance(outcome, Gone):
        return SwitchOff()
    counted = _counted(outcome, tries, now)
    if is_refusal(outcome) and _is_poison(counted, now, patience):
        return Stop(counted, outcome.status or 0)
    return TryAgain(now + pause(counted.failures, outcome.retry_after, patience, chance), counted)


def pause(
    failures: int, retry_after: timedelta | None, patience: Patience, chance: Chance
) -> timedelta:
    """Return how long to wait after this many failures, at least 1.

    What the receiver asked for comes before the drawn pause, so that nobody is early and not all
    come at the moment it named.
    """
    doublings = min(failures - 1, MOST_DOUBLINGS)
    most: timedelta = min(patience.first_pause * (1 << doublings), patience.longest_pause)
    asked = min(retry_after or timedelta(), patience.longest_asked_pause)
    return asked + most * chance()


def is_refusal(outcome: Failed) -> bool:
    """Tell whether the receiver refused the message itself: 4xx, but not for a passing reason."""
    if outcome.kind is not FailureKind.STATUS or outcome.status is None:
        return False
    return 400 <= outcome.status < 500 and outcome.status not in PASSING_REFUSALS


def _counted(outcome: Failed, tries: Tries, now: datetime) -> Tries:
    if not is_refusal(outcome):
        return Tries(tries.failures + 1, tries.refusals, tries.refused_since)
    return Tries(tries.failures + 1, tries.refusals + 1, tries.refused_since or now)


def _is_poison(tries: Tries, now: datetime, patience: Patience) -> bool:
    enough = tries.refusals >= patience.refusals
    return enough and now - (tries.refused_since or now) >= patience.refused_for
