"""Every decision that was made on a registration, with the facts it was made on.

In: a unit of work, facts and their decision. Out: one row, and one for each rule that spoke up;
never changed.
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
from registry.statements import Fixed
from registry.storage import UnitOfWork

_ADD = Fixed(insert(tables.decision))


def write(
    unit: UnitOfWork,
    caller: Caller,
    about: About,
    facts: Facts,
    decision: Decision,
    recorded_at: datetime,
) -> str:
    """Store a decision and return its identifier."""
    decision_id = str(uuid4())
    unit.execute(
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
            "recorded_at": to_microseconds(recorded_at),
        },
    )
    findings = [
        {
            "decision_id": decision_id,
            "position": position,
            "rule": each.rule,
            "code": each.code,
            "refuses": isinstance(each, Violation),
            "recorded_at": to_microseconds(recorded_at),
        }
        for position, each in enumerate((*decision.violations, *decision.advice))
    ]
    if findings:
        unit.execute(insert(tables.decision_finding), findings)
    return decision_id
