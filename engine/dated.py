"""Which one was in force on a day?

In: entries that each have a first day. Out: the entry in force on a given day.
Does not know: what the entries are. Rule versions, table rows, code values and parameters are all
asked through this one type. An entry has no last day: it lives until the next one begins, so gaps
and overlaps cannot be written.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Generic, TypeVar

Entry = TypeVar("Entry", covariant=True)

SINCE_EVER = date.min
"""The first day of an entry whose file states none."""


class Dated(Generic[Entry]):
    """Entries sorted by their first day; immutable.

    Two entries with the same first day are the author's mistake and raise `ValueError`; readers
    report it as a problem before they build a `Dated`.
    """

    __slots__ = ("_entries", "_starts")

    def __init__(self, entries: Iterable[tuple[date, Entry]]) -> None:
        ordered = sorted(entries, key=lambda pair: pair[0])
        self._starts: tuple[date, ...] = tuple(start for start, _ in ordered)
        self._entries: tuple[Entry, ...] = tuple(entry for _, entry in ordered)
        for earlier, later in zip(self._starts, self._starts[1:], strict=False):
            if earlier == later:
                raise ValueError(f"two entries begin on {earlier.isoformat()}")

    def on(self, day: date) -> Entry | None:
        """Return the latest entry that begins on or before `day`, or None when asked too early."""
        position = bisect_right(self._starts, day)
        return self._entries[position - 1] if position else None

    @property
    def starts(self) -> tuple[date, ...]:
        """The first day of every entry, ascending."""
        return self._starts

    def latest_first(self) -> Iterator[Entry]:
        """Yield the entries alone, the latest one first."""
        return reversed(self._entries)

    def __iter__(self) -> Iterator[tuple[date, Entry]]:
        return iter(zip(self._starts, self._entries, strict=True))

    def __len__(self) -> int:
        return len(self._starts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dated):
            return NotImplemented
        return self._starts == other._starts and self._entries == other._entries

    def __hash__(self) -> int:
        return hash((self._starts, self._entries))

    def __repr__(self) -> str:
        return f"Dated({list(self)!r})"
