"""Every decision that was made on a registration, with the facts it was made on.

In: facts and their decision. Out: what writes one row, and one for each rule that spoke up; they
are never changed.
Does not know: how it was decided. The facts hold names of participants, so the table is as
protected as the interviews; with the rulebook of that id they give the same decision again.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert

from engine.decision import Decision, Violation
from engine.facts import Facts
from registry import tables
from registry.about import About
from registry.commands import Caller
from registry.days import to_microseconds
from registry.documents import facts_document, outcome_document
from registry.statements import Fixed, Written

_ADD = Fixed(insert(tables.decision))
_FIND = Fixed(insert(tables.decision_finding))


def written(
    caller: Caller,
    about: About,
    facts: Facts,
    decision: Decision,
    recorded_at: datetime,
) -> tuple[str, tuple[Written, ...]]:
    """Return the identifier of a decision, and what stores it."""
    decision_id = str(uuid4())
    instant = to_microseconds(recorded_at)
    decided: Written = (
        _ADD,
        {
            "decision_id": decision_id,
            "citizen_id": about.citizen_id,
            "interview_id": about.interview_id,
            "operation": decision.operation,
            "facts": facts_document(facts),
            "outcome": outcome_document(decision),
            "accepted": decision.accepted,
            "rulebook": decision.rulebook,
            "organisation_type": caller.organisation_type,
            "organisation": caller.organisation,
            "recorded_at": instant,
        },
    )
    findings: list[Written] = [
        (
            _FIND,
            {
                "decision_id": decision_id,
                "position": position,
                "rule": each.rule,
                "code": each.code,
                "refuses": isinstance(each, Violation),
                "recorded_at": instant,
            },
        )
        for position, each in enumerate((*decision.violations, *decision.advice))
    ]
    return decision_id, (decided, *findings)
