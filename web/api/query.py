"""Query parameters → values, every fault at once.

In: the parameters of the current request. Out: days, instants, numbers.
Does not know: what they select. That no unknown parameter is there, `admission` has seen to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from flask import request

from engine.facts import Text
from registry.commands import PagePosition
from registry.days import day_of
from web.api import faults
from web.api.faults import Fault, in_query
from web.api.request_body import refuse
from web.api.wire import read_cursor
from web.api.wire_times import read_day, read_instant, start_of

LARGEST = 2_147_483_647
Value = TypeVar("Value")

_NUMBER = re.compile(r"[0-9]{1,16}")


class Query:
    """Reads the parameters one by one and keeps the faults; `done` raises 400 if there are any."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def done(self) -> None:
        """Raise 400 with code 1014 when a parameter could not be read."""
        refuse(tuple(self._faults))

    def number(self, name: str, lowest: int, highest: int, otherwise: int) -> int:
        text = self._one(name)
        if text is None:
            return otherwise
        number = self._whole(name, text, lowest, highest)
        return otherwise if number is None else number

    def one_of(self, name: str, choices: Sequence[str]) -> str:
        """Read a word; the first of the choices without the parameter."""
        text = self._one(name)
        if text is None:
            return choices[0]
        known = text if text in choices else None
        return self._expected(name, faults.expected_one_of(choices), known) or choices[0]

    def numbers(self, name: str, most: int) -> tuple[int, ...]:
        """Return the numbers of a repeatable parameter, each once, in order."""
        given = request.args.getlist(name)
        if len(given) > most:
            self._faults.append(in_query(name, faults.expected_limit("maxItems", most)))
        read = [self._whole(name, text, 0, LARGEST) for text in given[:most]]
        return tuple(dict.fromkeys(each for each in read if each is not None))

    def instant(self, name: str) -> datetime | None:
        """Read an instant, or a day, which means its beginning in Denmark."""
        text = self._one(name)
        if text is None:
            return None
        day = read_day(text)
        moment = read_instant(text) if day is None else start_of(day)
        return self._expected(name, faults.INSTANT_OR_DAY, moment)

    def day(self, name: str, otherwise: datetime) -> date:
        """Read a day; without the parameter, the day in Denmark of `otherwise`."""
        text = self._one(name)
        day = None if text is None else self._expected(name, faults.DAY, read_day(text))
        return day or day_of(otherwise)

    def cursor(self, name: str) -> PagePosition | None:
        text = self._one(name)
        return None if text is None else self._expected(name, faults.CURSOR, read_cursor(text))

    def text(self, name: str) -> str | None:
        return self._one(name)

    def _one(self, name: str) -> str | None:
        given = request.args.getlist(name)
        if len(given) > 1:
            self._faults.append(in_query(name, faults.GIVEN_TWICE))
        return given[0] if given else None

    def _whole(self, name: str, text: str, lowest: int, highest: int) -> int | None:
        number = int(text) if _NUMBER.fullmatch(text) else None
        if number is None or not lowest <= number <= highest:
            self._faults.append(in_query(name, faults.expected_between(lowest, highest)))
            return None
        return number

    def _expected(self, name: str, words: Text, value: Value | None) -> Value | None:
        if value is None:
            self._faults.append(in_query(name, words))
        return value
