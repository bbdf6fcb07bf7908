"""Stored decisions for analysts: found, counted and read; each look with its audit line.

In: a caller who sees every citizen by the grants of the rulebook, and a filter. Out: pages of
decisions, figures, one decision with the facts it was made on.
Does not know: how a decision is explained, nor which facts may be shown: its caller must not
repeat texts, which may be names. Lines and figures say nothing about whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import distinct, func, select

from registry import commands, decision_rows, tables
from registry.about import NOBODY_KNOWN, About
from registry.audit import AuditEntry, AuditOutcome
from registry.audited_calls import failures_noted, note
from registry.commands import Caller
from registry.days import day_of, from_microseconds
from registry.decides import Decides
from registry.decisions_found import (
    DecisionFilter,
    DecisionPage,
    DecisionPosition,
    Figures,
    StoredDecision,
)
from registry.errors import NotAuthorised, NotFound
from registry.replays_noted import note_replay
from registry.storage import Database
from registry.visibility import Access

_D = tables.decision.c
_F = tables.decision_finding.c
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class DecisionSearch:
    """Looks into the decisions of every organisation; safe to share between threads.

    Methods that take a caller raise `NotAuthorised` for one who does not see every citizen, and
    all of them raise as `Database.reading`.
    """

    database: Database
    clock: Callable[[], datetime]

    def find(
        self,
        caller: Caller,
        decides: Decides,
        wanted: DecisionFilter,
        after: DecisionPosition | None = None,
        limit: int = 50,
    ) -> tuple[DecisionPage, Figures]:
        """Return a page of the decisions wanted, and figures of all of them; one audit line."""
        now = self._admitted(caller, decides, commands.FIND_DECISIONS)
        with self.database.reading() as unit:
            page = decision_rows.page(unit, wanted, after, min(limit, MOST_AT_ONCE))
            figures = decision_rows.figures(unit, wanted)
        note(
            self.database,
            AuditEntry(now, caller, commands.FIND_DECISIONS, AuditOutcome.READ, NOBODY_KNOWN),
        )
        return page, figures

    def read(self, caller: Caller, decides: Decides, decision_id: str) -> StoredDecision:
        """Return one decision, with an audit line about its citizen; raises `NotFound`."""
        now = self._admitted(caller, decides, commands.READ_DECISION)
        with failures_noted(
            self.database, caller, commands.READ_DECISION, now, lambda: NOBODY_KNOWN
        ):
            with self.database.reading() as unit:
                row = unit.execute(
                    select(tables.decision).where(_D.decision_id == decision_id)
                ).one_or_none()
                if row is None:
                    raise NotFound
                line = decision_rows.line_of(row, decision_rows.found_in(unit, [decision_id]))
            about = About(row.citizen_id, row.interview_id)
            # INVARIANT: facts of a citizen are shown to nobody before the line is written or noted
            note(
                self.database,
                AuditEntry(
                    now,
                    caller,
                    commands.READ_DECISION,
                    AuditOutcome.READ,
                    about,
                    decision_id=decision_id,
                    rulebook=row.rulebook,
                ),
            )
        return StoredDecision(line, orjson.loads(row.facts))

    def admit(self, caller: Caller, decides: Decides) -> None:
        """Raise `NotAuthorised`, with its audit line, for one who may not replay decisions."""
        self._admitted(caller, decides, commands.REPLAY_DECISIONS)

    def note_replay(self, caller: Caller, rulebook: str) -> None:
        """Write the audit line of a replay under `rulebook`, before it begins."""
        note_replay(self.database, caller, rulebook, self.clock())

    def fired(self) -> Mapping[str, int]:
        """Return in how many decisions each rule spoke up; without the rules that never did."""
        statement = select(_F.rule, func.count(distinct(_F.decision_id)).label("many")).group_by(
            _F.rule
        )
        with self.database.reading() as unit:
            return {row.rule: row.many for row in unit.execute(statement)}

    def fired_in_codes(self, rule: str) -> Mapping[str, int]:
        """Return how often a rule spoke up with each of its codes."""
        statement = (
            select(_F.code, func.count().label("many")).where(_F.rule == rule).group_by(_F.code)
        )
        with self.database.reading() as unit:
            return {row.code: row.many for row in unit.execute(statement)}

    def count(self) -> int:
        """Return how many decisions are stored."""
        with self.database.reading() as unit:
            return int(unit.execute(select(func.count()).select_from(tables.decision)).scalar_one())

    def facts_after(
        self, after: DecisionPosition | None, limit: int
    ) -> Iterator[tuple[DecisionPosition, str, Mapping[str, Any]]]:
        """Yield position, operation and facts of decisions, the oldest first, for counting only."""
        statement = (
            select(_D.recorded_at, _D.decision_id, _D.operation, _D.facts)
            .order_by(_D.recorded_at, _D.decision_id)
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(decision_rows.beyond(after, later=True))
        with self.database.reading() as unit:
            rows = unit.execute(statement).all()
        for row in rows:
            position = DecisionPosition(from_microseconds(row.recorded_at), row.decision_id)
            yield position, row.operation, orjson.loads(row.facts)

    def _admitted(self, caller: Caller, decides: Decides, operation: str) -> datetime:
        now = self.clock()
        with failures_noted(self.database, caller, operation, now, lambda: NOBODY_KNOWN):
            if not Access(decides, caller, day_of(now)).sees_everyone():
                raise NotAuthorised(caller.organisation_type, operation)
        return now
