"""Instants and days: which calendar day an instant is in Denmark, and how instants are stored.

In: aware datetimes. Out: days in Europe/Copenhagen, whole microseconds since 1970 in UTC.
Does not know: what happened then. Registry and web know the time zone from here alone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def day_of(instant: datetime) -> date:
    """Return the day in Denmark on which an aware instant lies."""
    try:
        return instant.astimezone(DENMARK).date()
    except OverflowError:  # the last hours of the year 9999 lie in a year Python cannot write
        return date.max


def beginning_of(day: date) -> datetime:
    """Return the first instant of a day in Denmark."""
    return datetime.combine(day, time(), DENMARK)


def to_microseconds(instant: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970-01-01T00:00Z, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the instant, in UTC, that `to_microseconds` gave."""
    return _EPOCH + timedelta(microseconds=count)
