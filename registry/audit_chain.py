"""Whether the audit log is whole: every line there, unchanged, in its place, up to its head.

In: a database, and perhaps the hash of a line as an operator has noted it down elsewhere.
Out: a `ChainReport` with every fault.
Does not know: what the lines say. Whoever may write to the database can write a whole new chain
from some line on, and its head; only a hash that was kept elsewhere (`anchor`) finds that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, select

from registry import audit, tables
from registry.audit import FIRST_PREVIOUS_HASH, Head
from registry.storage import Database, UnitOfWork

LINES_AT_ONCE = 5_000
"""Lines of one transaction: a long one would keep the database from tidying up."""


class FaultKind(StrEnum):
    """What is wrong with the log."""

    MISSING = "missing"
    """These lines are not there."""
    CHANGED = "changed"
    """These lines are not what their hashes were made of."""
    UNCHAINED = "unchained"
    """The line continues another one than stands before it: one of the two was put there."""
    CUT_OFF = "cut_off"
    """The log ends before these lines, which its head says there are."""
    HEAD_DIFFERS = "head_differs"
    """The head is gone, or is not the newest line."""
    ANCHOR_MISSING = "anchor_missing"
    """No line has the hash that was noted down: the log was written anew, or cut off."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, with the lines from `first` up to `last`, counted from 1."""

    kind: FaultKind
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What was found. `head` is the newest line as found, None without lines."""

    lines: int
    head: Head | None
    faults: tuple[Fault, ...]


def check(
    database: Database,
    *,
    anchor: str | None = None,
    seen: Callable[[int, int], None] = lambda _done, _of: None,
) -> ChainReport:
    """Walk the log from its first line to the newest; lines may be appended meanwhile.

    `seen` is told now and then how many lines are done, of how many. Raises as `Database.reading`.
    """
    walk = _Walk(anchor)
    while True:
        with database.reading() as unit:
            page = _page(unit, walk.latest)
            head = audit.head(unit)
        for row in page:
            walk.step(row)
        seen(walk.lines, walk.lines if head is None else head.sequence)
        if len(page) < LINES_AT_ONCE:
            return walk.ended(head)


def _page(unit: UnitOfWork, after: int | None) -> Sequence[RowMapping]:
    sequence = tables.audit_line.c.sequence
    query = select(tables.audit_line).order_by(sequence).limit(LINES_AT_ONCE)
    return unit.execute(query if after is None else query.where(sequence > after)).mappings().all()


def length(database: Database) -> int | None:
    """Return how many lines the head counts; raises as `Database.reading`."""
    with database.reading() as unit:
        head = audit.head(unit)
    return None if head is None else head.sequence


@dataclass(slots=True)
class _Walk:
    """How far the log has been walked."""

    anchor: str | None
    latest: int | None = None
    previous: str = FIRST_PREVIOUS_HASH
    lines: int = 0
    faults: list[Fault] = field(default_factory=list)

    def step(self, row: RowMapping) -> None:
        columns: dict[str, Any] = {str(name): value for name, value in row.items()}
        stated, place = columns.pop("hash"), columns["sequence"]
        expected = 1 if self.latest is None else self.latest + 1
        if place > expected:
            self._note(FaultKind.MISSING, expected, place - 1)
        elif place < expected or columns["previous_hash"] != self.previous:
            self._note(FaultKind.UNCHAINED, place, place)
        if _hash_of(columns) != stated:
            self._note(FaultKind.CHANGED, place, place)
        elif stated == self.anchor:
            self.anchor = None
        self.latest, self.previous = place, stated
        self.lines += 1

    def ended(self, head: Head | None) -> ChainReport:
        latest = self.latest or 0
        if head is not None and head.sequence > latest:
            self._note(FaultKind.CUT_OFF, latest + 1, head.sequence)
        elif head != Head(latest, self.previous):
            self._note(FaultKind.HEAD_DIFFERS, latest, latest)
        if self.anchor is not None:
            self._note(FaultKind.ANCHOR_MISSING, latest, latest)
        found = None if self.latest is None else Head(self.latest, self.previous)
        return ChainReport(self.lines, found, tuple(self.faults))

    def _note(self, kind: FaultKind, first: int, last: int) -> None:
        """Note a fault; neighbours with the same one become one, so that the list stays short."""
        for index in range(len(self.faults) - 1, max(len(self.faults) - 3, -1), -1):
            known = self.faults[index]
            if known.kind is kind and known.last == first - 1:
                self.faults[index] = Fault(kind, known.first, last)
                return
        self.faults.append(Fault(kind, first, last))


def _hash_of(columns: dict[str, Any]) -> str | None:
    try:
        return audit.hash_of(columns)
    except TypeError:  # SQLite keeps what no line of ours can hold: bytes, or a huge number
        return None
