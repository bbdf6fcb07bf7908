"""Look-ups and dated values → `CASE` expressions.

In: what a table answers for each key on each day, and how an answer is written. Out: one
expression, in which keys with equal histories stand together.
Does not know: which fact is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from engine.columnar.dialect import Dialect
from engine.dated import SINCE_EVER
from engine.facts import Scalar
from engine.lookups import Answers

Answer = TypeVar("Answer")


def by_day(dialect: Dialect, day: str, pieces: Sequence[tuple[date, str]]) -> str:
    """Return what is in force on a day; pieces ascend, and the first holds before its own day too.

    A day that is not given has none: whoever may meet one asks for that first.
    """
    merged: list[tuple[date, str]] = []
    for begins, sql in pieces:
        if not merged or merged[-1][1] != sql:
            merged.append((begins, sql))
    first, *later = merged
    if not later:
        return first[1]
    branches = " ".join(
        f"WHEN {day} >= {dialect.literal(begins)} THEN {sql}" for begins, sql in reversed(later)
    )
    return f"(CASE {branches} ELSE {first[1]} END)"


def by_key(
    dialect: Dialect,
    answers: Answers[Answer],
    write: Callable[[Answer], str],
    key: str,
    day: str,
    *,
    day_is_given: bool,
) -> str:
    """Return what a table answers for a key on a day; `otherwise` without a row, key or day."""
    otherwise = write(answers.otherwise)
    groups: dict[str, list[Scalar]] = {}
    for each, starts, found in answers.histories:
        pieces = list(zip((SINCE_EVER, *starts), map(write, found), strict=True))
        if starts[0] == SINCE_EVER:
            pieces = pieces[1:]
        groups.setdefault(by_day(dialect, day, pieces), []).append(each)
    groups.pop(otherwise, None)
    if not groups:
        return otherwise
    branches = [
        f"WHEN {key} IN ({', '.join(dialect.literal(each) for each in keys)}) THEN {sql}"
        for sql, keys in groups.items()
    ]
    if not day_is_given:
        branches.insert(0, f"WHEN {day} IS NULL THEN {otherwise}")
    return f"(CASE {' '.join(branches)} ELSE {otherwise} END)"
