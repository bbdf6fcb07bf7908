"""What a campaign is asked for and what it answers: `Scale` and `Row`.

In: nothing. Out: values. Does not know: how anything is tested or printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Scale:
    """How much to do; `factor` enlarges or shrinks a large run and leaves a small one alone."""

    small: bool
    factor: float = 1.0

    def of(self, *, small: int, large: int) -> int:
        return small if self.small else max(small, round(large * self.factor))


SMALL = Scale(small=True)


class Verdict(StrEnum):
    """What became of an entry."""

    HELD = "held"
    BROKEN = "BROKEN"
    SHOWS_NOTHING = "CONTROL HELD"
    """The control run did not fail, so that the run with the protection shows nothing."""
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    test: str
    """As in the catalogue: `R1`."""
    database: str
    """`SQLite`, `PostgreSQL`, or `–` where there is none."""
    load: str
    faults: str = "–"
    lost: int | None = None
    """None where nothing can be lost."""
    doubled: int | None = None
    broken: tuple[str, ...] = ()
    """What went wrong, in words."""
    control: str | None = None
    """What broke without the protection; None where no protection can be taken away."""
    skipped: str = ""
    note: str = ""
    seconds: float = 0.0
    """Filled in by whoever runs the entry."""

    @property
    def verdict(self) -> Verdict:
        if self.skipped:
            return Verdict.SKIPPED
        if self.broken or self.lost or self.doubled:
            return Verdict.BROKEN
        if self.control is not None and not self.control:
            return Verdict.SHOWS_NOTHING
        return Verdict.HELD

    @property
    def red(self) -> bool:
        return self.verdict in {Verdict.BROKEN, Verdict.SHOWS_NOTHING}
