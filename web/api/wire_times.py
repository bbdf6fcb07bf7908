"""Instants, days and identifiers as text on the wire.

In: text of a request; instants and days of the registry. Out: the other of the two.
Does not know: which field a text stands in. Instants are `datetime` in UTC inside and RFC 3339 with
the offset of Europe/Copenhagen outside; days are calendar days in Europe/Copenhagen.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from engine.dated import SINCE_EVER
from registry.days import DENMARK

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years outside are a slip of the pen, and near the ends of the calendar UTC cannot say them."""
LAST_YEAR_OF_DAY = 9999
"""Many registers write an open end as 9999-12-31."""

_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)"
    # some programs write seven decimals or nine: zeros lose nothing, other digits would
    r"(?:(?<=\.[0-9]{6})0{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-5][0-9])"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def read_instant(text: str) -> datetime | None:
    """Read RFC 3339 with an offset into UTC; None when it is anything else or out of range."""
    parts = _INSTANT.fullmatch(text)
    if parts is None:
        return None
    try:
        # newer Pythons read `24:00` as midnight; RFC 3339 does not
        moment = (
            datetime.fromisoformat("".join(parts.groups()).upper()) if text[11:13] < "24" else None
        )
    except ValueError:
        return None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment.astimezone(UTC)


def read_day(text: str) -> date | None:
    """Read `2024-01-31`; None when it is anything else or out of range."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR_OF_DAY else None


def read_uuid(text: str) -> str | None:
    """Read an identifier into lower case; None when it is none."""
    return text.lower() if _UUID.fullmatch(text) else None


def start_of(day: date) -> datetime:
    """Return the instant at which `day` begins in Denmark, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=DENMARK).astimezone(UTC)


def show_instant(moment: datetime) -> str:
    """Write an instant with Denmark's offset on that day; decimals only when there are some."""
    return moment.astimezone(DENMARK).isoformat()


def show_first_day(day: date | None) -> str | None:
    """Write the first day of a dated entry; None for an entry that was there since ever."""
    return None if day is None or day == SINCE_EVER else day.isoformat()
