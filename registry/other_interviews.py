"""A citizen's other interviews, as the rules of a registration are told of them.

In: a unit of work, a citizen. Out: `Others`, with the number of the citizen's next revision.
Does not know: what an interview holds beside that, nor any rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from registry import tables
from registry.days import from_microseconds
from registry.interview import EarlierInterview
from registry.statements import Fixed
from registry.storage import UnitOfWork

_INTERVIEW = tables.interview.c
_VERSION = tables.interview_version.c

_OTHERS = Fixed(
    select(
        _INTERVIEW.interview_id,
        _INTERVIEW.type,
        _INTERVIEW.held_at,
        # of all, asked once; whoever has no interview has no version of one either
        select(func.max(_VERSION.citizen_revision))
        .where(_VERSION.citizen_id == bindparam("citizen_id"))
        .scalar_subquery()
        .label("latest_revision"),
    )
    .where(_INTERVIEW.citizen_id == bindparam("citizen_id"))
    .order_by(_INTERVIEW.held_at, _INTERVIEW.interview_id)
)


@dataclass(frozen=True, slots=True)
class Others:
    """What rules are told of a citizen's other interviews, as they stood at one moment."""

    interviews: tuple[EarlierInterview, ...]
    next_revision: int
    """The number that the next version of any interview of this citizen must carry."""


NO_OTHERS = Others((), 1)


def others_of(unit: UnitOfWork, citizen_id: str, leaving_out: str | None = None) -> Others:
    """Return the citizen's interviews by held time, without the one named by `leaving_out`."""
    rows = unit.execute(_OTHERS, {"citizen_id": citizen_id}).all()
    return Others(
        tuple(
            EarlierInterview(row.type, from_microseconds(row.held_at))
            for row in rows
            if row.interview_id != leaving_out
        ),
        next_revision=rows[0].latest_revision + 1 if rows else 1,
    )
