"""Whether every stored decision is still the one its own rulebook gives on its own facts.

In: a database, `Releases`, a span of time. Out: a `Verification` with every decision that differs.
Does not know: why somebody asks. A change of stored facts that changes nothing in the answer shows
only where the document is no longer as it was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import RowMapping, Select, func, select

from engine.decide import Decider
from engine.facts import FactsError, read_facts
from engine.problems import EvaluationError, RulebookError
from registry import commands, tables
from registry.days import to_microseconds
from registry.documents import facts_document, outcome_document
from registry.errors import FactsNotSupplied, NoSuchRulebook, RulebookDamaged
from registry.releases import Releases
from registry.storage import Database

DECISIONS_AT_ONCE = 1_000
"""Decisions of one transaction: a long one would keep the database from tidying up."""

_DECISION = tables.decision.c


class Difference(StrEnum):
    """What is wrong with a stored decision."""

    OUTCOME = "outcome"
    """The rulebook gives another answer on these facts, or the same in other words."""
    FACTS = "facts"
    """The facts are not what any registration of ours has written."""
    NOT_DECIDED = "not_decided"
    """The rulebook cannot decide on these facts."""
    RULEBOOK_DAMAGED = "rulebook_damaged"
    """What is stored of its rulebook was changed or taken away."""
    RULEBOOK_UNREADABLE = "rulebook_unreadable"
    """This version of the program no longer reads its rulebook."""


@dataclass(frozen=True, slots=True)
class Differing:
    """One decision that is not what it should be."""

    decision_id: str
    rulebook: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. `not_stored` counts the decisions of rulebooks older than releases."""

    decisions: int
    differing: tuple[Differing, ...]
    not_stored: Mapping[str, int]

    @property
    def equal(self) -> int:
        """How many decisions are byte for byte what they were."""
        return self.decisions - len(self.differing) - sum(self.not_stored.values())


def verify(
    database: Database,
    releases: Releases,
    *,
    begin: datetime | None = None,
    end: datetime | None = None,
    seen: Callable[[int, int], None] = lambda _done, _of: None,
) -> Verification:
    """Decide again what was recorded from `begin` on and before `end`; None: no such bound.

    `seen` is told now and then how many decisions are done, of how many. Raises as
    `Database.reading`.
    """
    walk = _Walk(_Deciders(database, releases))
    whole = _within(select(func.count()).select_from(tables.decision), begin, end)
    with database.reading() as unit:
        total = unit.execute(whole).scalar_one()
    latest = ""
    while True:
        page = _page(database, begin, end, latest)
        for row in page:
            walk.step(row)
        seen(walk.decisions, max(total, walk.decisions))
        if len(page) < DECISIONS_AT_ONCE:
            return Verification(walk.decisions, tuple(walk.differing), dict(walk.not_stored))
        latest = page[-1]["decision_id"]


def _page(
    database: Database, begin: datetime | None, end: datetime | None, after: str
) -> Sequence[RowMapping]:
    query = _within(select(tables.decision), begin, end)
    query = query.where(_DECISION.decision_id > after).order_by(_DECISION.decision_id)
    with database.reading() as unit:
        return unit.execute(query.limit(DECISIONS_AT_ONCE)).mappings().all()


def _within(query: Select[Any], begin: datetime | None, end: datetime | None) -> Select[Any]:
    if begin is not None:
        query = query.where(_DECISION.recorded_at >= to_microseconds(begin))
    if end is not None:
        query = query.where(_DECISION.recorded_at < to_microseconds(end))
    return query


@dataclass(slots=True)
class _Deciders:
    """What decides by each rulebook, or what is wrong with it."""

    database: Database
    releases: Releases
    lacking: dict[str, Difference | None] = field(default_factory=dict)
    """The rulebooks that cannot decide, asked for once."""

    def of(self, rulebook: str) -> Decider | Difference | None:
        """Return the decider, the damage, or None for a rulebook that was never published."""
        if rulebook in self.lacking:
            return self.lacking[rulebook]
        try:
            return self.releases.decider_of(rulebook)
        except NoSuchRulebook:
            was_there = self._was_published(rulebook)
            self.lacking[rulebook] = Difference.RULEBOOK_DAMAGED if was_there else None
        except RulebookDamaged:
            self.lacking[rulebook] = Difference.RULEBOOK_DAMAGED
        except (RulebookError, FactsNotSupplied):
            self.lacking[rulebook] = Difference.RULEBOOK_UNREADABLE
        return self.lacking[rulebook]

    def _was_published(self, rulebook: str) -> bool:
        line = tables.audit_line.c
        query = select(func.count()).where(
            line.operation == commands.PUBLISH_RULEBOOK, line.rulebook == rulebook
        )
        with self.database.reading() as unit:
            return bool(unit.execute(query).scalar_one())


@dataclass(slots=True)
class _Walk:
    """How far the decisions have been walked."""

    deciders: _Deciders
    decisions: int = 0
    differing: list[Differing] = field(default_factory=list)
    not_stored: Counter[str] = field(default_factory=Counter)

    def step(self, row: RowMapping) -> None:
        self.decisions += 1
        decider = self.deciders.of(row["rulebook"])
        if decider is None:
            self.not_stored[row["rulebook"]] += 1
            return
        difference = decider if isinstance(decider, Difference) else _difference(decider, row)
        if difference is not None:
            self.differing.append(Differing(row["decision_id"], row["rulebook"], difference))


def _difference(decider: Decider, row: RowMapping) -> Difference | None:
    operation = row["operation"]
    catalogue = decider.rulebook.catalogue
    if operation not in catalogue.operations:
        return Difference.NOT_DECIDED
    try:
        facts = read_facts(catalogue, operation, orjson.loads(row["facts"]))
        if facts_document(facts) != row["facts"]:
            return Difference.FACTS
        decision = decider.decide(operation, facts)
    except (FactsError, ValueError, TypeError, AttributeError):
        return Difference.FACTS
    except EvaluationError:
        return Difference.NOT_DECIDED
    same = outcome_document(decision) == row["outcome"] and decision.accepted == row["accepted"]
    return None if same else Difference.OUTCOME
